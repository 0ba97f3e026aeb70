//! `orchestrated::dynamic`: an agent, tasks that ask it, and a `ParallelOrchestrator` that plans and runs them.
//!
//! Values are serde's, as they are for its users; every task has a name, and every result is found by it. All tasks are
//! polled in place. A `TaskGraph` runs as often as it is asked to.

use std::sync::{Arc, LazyLock};

use orchestrated::{
    Orchestrator,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, ParallelOrchestrator,
        TaskResults, async_trait,
    },
};

use crate::{Again, Contender, Job, Load, Shape, TASKS, Tasks, WIDTH, Work, contender::at_once};

pub(crate) const CONTENDER: Contender = Contender {
    name: "orchestrated",
    tasks: Tasks::InPlace,
    is_send: true,
    load: |load| load.spawned(orchestration),
    again: Some(again),
};

const NAMES: [&str; TASKS] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// One more than what it is given and what the tasks give that it comes after.
struct Adder(Work);

#[async_trait]
impl Agent for Adder {
    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let mut number: u64 = input.to()?;
        for (_, output) in cx.outputs() {
            number += output.to::<u64>()?;
        }
        Ok(AgentOutput::new(self.0.on(number).await))
    }
}

/// One for all, as a service has.
static ORCHESTRATOR: LazyLock<(ParallelOrchestrator, Orchestrator)> = LazyLock::new(|| {
    let orchestrator = Orchestrator::new();
    (ParallelOrchestrator::new().on(&orchestrator), orchestrator)
});

async fn orchestration(job: Job) -> u64 {
    let run = ORCHESTRATOR.0.execute(tasks(job)).await;
    sum(job.shape, &run.expect("no task fails"))
}

fn again(load: Load) -> Again {
    Box::pin(async move {
        let mut graphs = Vec::new();
        for _ in 0..load.orchestrations {
            let (parallel, orchestrator) = &*ORCHESTRATOR;
            let graph = parallel.plan(tasks(load.job)).expect("it can work");
            graph.run(orchestrator).await.expect("no task fails");
            graphs.push(graph);
        }
        Box::new(move || {
            at_once(graphs.into_iter().map(move |graph| {
                tokio::spawn(async move {
                    let run = graph.run(&ORCHESTRATOR.1).await;
                    sum(load.job.shape, &run.expect("no task fails"))
                })
            }))
        }) as _
    })
}

/// What the tasks that nobody comes after give, added up.
fn sum(shape: Shape, results: &TaskResults) -> u64 {
    let ends = match shape {
        Shape::Independent => &NAMES[..],
        Shape::Fan | Shape::Chain => &NAMES[TASKS - 1..],
    };
    let number = |name: &&str| results.output(name)?.to::<u64>().ok();
    ends.iter()
        .map(|name| number(name).expect("a number"))
        .sum()
}

fn tasks(Job { shape, work }: Job) -> Vec<AgentTask> {
    let adder: Arc<dyn Agent> = Arc::new(Adder(work));
    let task = |at: usize, number: u64| AgentTask::new(NAMES[at], &adder, number);
    match shape {
        Shape::Independent => (0..TASKS).map(|at| task(at, at as u64)).collect(),
        Shape::Fan => {
            let source = task(0, 1);
            let wide = (1..=WIDTH).map(|at| task(at, 0).after([NAMES[0]]));
            let sink = task(TASKS - 1, 0).after(NAMES[1..=WIDTH].iter().copied());
            [source].into_iter().chain(wide).chain([sink]).collect()
        }
        Shape::Chain => {
            let next = |at: usize| task(at, 0).after([NAMES[at - 1]]);
            [task(0, 1)]
                .into_iter()
                .chain((1..TASKS).map(next))
                .collect()
        }
    }
}
