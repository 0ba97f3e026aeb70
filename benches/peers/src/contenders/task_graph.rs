//! `orchestrated::dynamic::TaskGraph`: a graph that is known only at run time, of tasks that ask an agent.
//!
//! Values are serde's, as they are for its users; every task has a name, and every result is found by it. All tasks are
//! polled in place. A `TaskGraph` runs as often as it is asked to.

use std::sync::Arc;

use orchestrated::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, TaskGraph, async_trait,
};

use super::workflow::ORCHESTRATOR;
use crate::{By, Contender, Job, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "TaskGraph",
    package: "orchestrated",
    by: By::Us,
    steps: Steps::InPlace,
    is_send: true,
    builds: true,
    cannot: runs_all,
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), move |graph| run(job, graph))
    },
};

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

fn build(job: Job) -> TaskGraph {
    let known = job.known();
    let adder: Arc<dyn Agent> = Arc::new(Adder(job.work));
    let tasks = known.graph.steps.iter().zip(&known.names);
    let tasks = tasks.map(|(reads, name)| {
        let task = AgentTask::new(name, &adder, u64::from(reads.is_empty()));
        task.after(reads.iter().map(|read| &known.names[*read]))
    });
    TaskGraph::new("Peers", tasks).expect("the graph can work")
}

async fn run(job: Job, graph: TaskGraph) -> u64 {
    let known = job.known();
    let results = graph.run(&*ORCHESTRATOR).await.expect("no task fails");
    let number = |end: &usize| results.output(&known.names[*end])?.to::<u64>().ok();
    known
        .ends
        .iter()
        .map(|end| number(end).expect("a number"))
        .sum()
}
