//! `dagx` 0.3.1, as its README does: `#[task]`, and a spawner that is `tokio::spawn`.
//!
//! The spawner gets a future that must run detached (`Fn(BoxFuture<'static, ()>)`), so there is no way to run its tasks in
//! place; a layer of a single task it runs in place itself. At most eight dependencies a task, which is what a fan has. A
//! run takes the tasks out of the graph (`nodes[id].take()` in `DagRunner::run`), so a graph runs once.

#![expect(
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    reason = "a task has a parameter for each that it depends on"
)]

use dagx::{DagRunner, Task, TaskHandle, task};

use crate::{Contender, Job, Shape, TASKS, Tasks, WIDTH, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "dagx 0.3.1",
    tasks: Tasks::Spawned,
    is_send: true,
    load: |load| load.spawned(orchestration),
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

async fn orchestration(job: Job) -> u64 {
    let dag = DagRunner::new();
    let results = build(&dag, job);
    dag.run(|task| {
        tokio::spawn(task);
    })
    .await
    .expect("no task fails");
    results
        .into_iter()
        .map(|result| dag.get(result).expect("it has run"))
        .sum()
}

/// The tasks that nobody depends on.
fn build(dag: &DagRunner, Job { shape, work }: Job) -> Vec<TaskHandle<u64>> {
    match shape {
        Shape::Independent => (0..TASKS as u64)
            .map(|number| TaskHandle::from(dag.add_task(Source(work, number))))
            .collect(),
        Shape::Fan => {
            let source = TaskHandle::from(dag.add_task(Source(work, 1)));
            let [a, b, c, d, e, f, g, h]: [_; WIDTH] =
                std::array::from_fn(|_| dag.add_task(Step(work)).depends_on(source));
            let sink = dag.add_task(Sink(work));
            vec![sink.depends_on((&a, &b, &c, &d, &e, &f, &g, &h))]
        }
        Shape::Chain => {
            let mut last = TaskHandle::from(dag.add_task(Source(work, 1)));
            for _ in 1..TASKS {
                last = dag.add_task(Step(work)).depends_on(last);
            }
            vec![last]
        }
    }
}
