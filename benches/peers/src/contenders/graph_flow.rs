//! `graph-flow`: a session that goes from task to task, and `FanOutTask` where several run at once.
//!
//! A graph of it is a way that one session goes, so that a level of several steps is one task: a `FanOutTask`, which spawns
//! them. So steps wait for their level. Values go through the context of the session, by name and as JSON. The session is run by
//! `Graph::execute_session`, which its documentation advises for many tasks in a row: the cheapest way, without a storage
//! that keeps the session. A graph runs as often as it is asked to.

use std::sync::Arc;

use async_trait::async_trait;
use graph_flow::{
    Context, Graph, GraphBuilder, NextAction, Session, Task, TaskResult, fanout::FanOutTask,
};

use crate::{By, Contender, Job, Known, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "graph-flow",
    package: "graph-flow",
    by: By::Peer,
    steps: Steps::Spawned,
    is_send: true,
    builds: true,
    cannot: runs_all,
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), move |graph| run(job, graph))
    },
};

struct Step {
    known: &'static Known,
    at: usize,
    work: Work,
    next: NextAction,
}

#[async_trait]
impl Task for Step {
    fn id(&self) -> &str {
        &self.known.names[self.at]
    }

    async fn run(&self, context: Context) -> graph_flow::Result<TaskResult> {
        let sum = self
            .known
            .sum(self.at, |read| number(&context, self.known, read));
        context.set(self.id(), self.work.on(sum).await)?;
        Ok(TaskResult::new(None, self.next.clone()))
    }
}

fn number(context: &Context, known: &Known, step: usize) -> u64 {
    context.get(&known.names[step]).expect("it has run")
}

fn build(job: Job) -> Graph {
    let known = job.known();
    let work = job.work;
    let mut graph = GraphBuilder::new("peers");
    let mut before: Option<String> = None;
    for (at, level) in known.levels.iter().enumerate() {
        let next = if at + 1 == known.levels.len() {
            NextAction::End
        } else {
            NextAction::ContinueAndExecute
        };
        let step = |at: usize| -> Arc<dyn Task> {
            let next = next.clone();
            Arc::new(Step {
                known,
                at,
                work,
                next,
            })
        };
        let task = match level[..] {
            [single] => step(single),
            _ => FanOutTask::new(
                format!("level {at}"),
                level.iter().copied().map(step).collect(),
            )
            .with_next_action(next.clone()),
        };
        let id = task.id().to_owned();
        graph = graph.add_task(task);
        if let Some(before) = before {
            graph = graph.add_edge(before, id.clone());
        }
        before = Some(id);
    }
    graph.build().expect("the graph can work")
}

async fn run(job: Job, graph: Graph) -> u64 {
    let known = job.known();
    let first = graph.start_task_id().expect("there is a task");
    let mut session = Session::new_from_task("session".to_owned(), first);
    graph
        .execute_session(&mut session)
        .await
        .expect("no task fails");
    known
        .ends
        .iter()
        .map(|end| number(&session.context, known, *end))
        .sum()
}
