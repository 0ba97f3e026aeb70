//! `operese-dagx` 0.4.1, a fork of `dagx`, in two ways: with `tokio::spawn` as its README does, and in place.
//!
//! Its spawner gives back a future of the task's result, so what it is given may as well be given back: then its own
//! `FuturesUnordered` polls the tasks of a layer. At most eight dependencies a task. `DagRunner::run` takes the graph, so a
//! graph runs once.

#![expect(
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    reason = "a task has a parameter for each that it depends on"
)]

use operese_dagx::{DagOutput, DagRunner, TaskHandle, task};

use crate::{Contender, Job, Shape, TASKS, Tasks, WIDTH, Work};

pub(crate) const SPAWNED: Contender = Contender {
    name: "operese-dagx 0.4.1",
    tasks: Tasks::Spawned,
    is_send: true,
    load: |load| load.spawned(spawned),
    again: None,
};

pub(crate) const IN_PLACE: Contender = Contender {
    name: "operese-dagx 0.4.1",
    tasks: Tasks::InPlace,
    is_send: true,
    load: |load| load.spawned(in_place),
    again: None,
};

struct Source(Work, u64);

#[task]
impl Source {
    async fn run(&self) -> u64 {
        self.0.on(self.1).await
    }
}

struct Step(Work);

#[task]
impl Step {
    async fn run(&self, before: &u64) -> u64 {
        self.0.on(*before).await
    }
}

struct Sink(Work);

#[task]
impl Sink {
    async fn run(
        &self,
        a: &u64,
        b: &u64,
        c: &u64,
        d: &u64,
        e: &u64,
        f: &u64,
        g: &u64,
        h: &u64,
    ) -> u64 {
        self.0.on(a + b + c + d + e + f + g + h).await
    }
}

async fn spawned(job: Job) -> u64 {
    let (dag, results) = build(job);
    let output = dag
        .run(|task| async move { tokio::spawn(task).await.expect("no task panics") })
        .await;
    sum(output.expect("no task fails"), results)
}

async fn in_place(job: Job) -> u64 {
    let (dag, results) = build(job);
    let output = dag.run(|task| task).await;
    sum(output.expect("no task fails"), results)
}

fn sum(mut output: DagOutput, results: Vec<TaskHandle<u64>>) -> u64 {
    results.into_iter().map(|result| output.get(result)).sum()
}

/// The graph, and the tasks of it that nobody depends on.
fn build(Job { shape, work }: Job) -> (DagRunner, Vec<TaskHandle<u64>>) {
    let mut dag = DagRunner::new();
    let results = match shape {
        Shape::Independent => (0..TASKS as u64)
            .map(|number| dag.add_task(Source(work, number)))
            .collect(),
        Shape::Fan => {
            let source = dag.add_task(Source(work, 1));
            let [a, b, c, d, e, f, g, h]: [_; WIDTH] =
                std::array::from_fn(|_| dag.add_task(Step(work)).depends_on(&source));
            let sink = dag.add_task(Sink(work));
            vec![sink.depends_on((&a, &b, &c, &d, &e, &f, &g, &h))]
        }
        Shape::Chain => {
            let mut last = dag.add_task(Source(work, 1));
            for _ in 1..TASKS {
                last = dag.add_task(Step(work)).depends_on(&last);
            }
            vec![last]
        }
    };
    (dag, results)
}
