//! `dagx`, as its README does: `#[task]`, and a spawner that is `tokio::spawn`.
//!
//! The spawner gets a future that must run detached (`Fn(BoxFuture<'static, ()>)`), so there is no way to run its tasks in
//! place; a layer of a single task it runs in place itself. At most eight dependencies a task: its documentation sends who
//! has more to tasks in between, which is another graph. A run takes the tasks out of the graph, so a graph runs once.

#![expect(
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    reason = "a task has a parameter for each that it depends on"
)]

use dagx::{DagRunner, Task, TaskHandle, task};

use crate::{By, Contender, Job, Steps, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "dagx",
    package: "dagx",
    by: By::Peer,
    steps: Steps::Spawned,
    is_send: true,
    builds: true,
    cannot: |known| (known.graph.most_reads() > 8).then_some("a task has at most 8 dependencies"),
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), run)
    },
};

struct Source(Work);

#[task]
impl Source {
    async fn run(&self) -> u64 {
        self.0.on(1).await
    }
}

macro_rules! tasks {
    ($($name:ident($($input:ident)*),)*) => {
        $(
            struct $name(Work);

            #[task]
            impl $name {
                async fn run(&self, $($input: &u64),*) -> u64 {
                    self.0.on(0 $(+ $input)*).await
                }
            }
        )*
    };
}

tasks! {
    Of1(a),
    Of2(a b),
    Of3(a b c),
    Of4(a b c d),
    Of5(a b c d e),
    Of6(a b c d e f),
    Of7(a b c d e f g),
    Of8(a b c d e f g h),
}

async fn run((dag, ends): Built) -> u64 {
    dag.run(|task| {
        tokio::spawn(task);
    })
    .await
    .expect("no task fails");
    ends.into_iter()
        .map(|end| dag.get(end).expect("it has run"))
        .sum()
}

type Built = (DagRunner, Vec<TaskHandle<u64>>);

fn build(job: Job) -> Built {
    let known = job.known();
    let dag = DagRunner::new();
    let mut tasks: Vec<TaskHandle<u64>> = Vec::with_capacity(known.len());
    for reads in &known.graph.steps {
        let reads: Vec<_> = reads.iter().map(|read| tasks[*read]).collect();
        tasks.push(add(&dag, job.work, &reads));
    }
    let ends = known.ends.iter().map(|end| tasks[*end]).collect();
    (dag, ends)
}

/// A task that depends on those.
fn add(dag: &DagRunner, work: Work, reads: &[TaskHandle<u64>]) -> TaskHandle<u64> {
    match reads {
        [] => dag.add_task(Source(work)).into(),
        [a] => dag.add_task(Of1(work)).depends_on(a),
        [a, b] => dag.add_task(Of2(work)).depends_on((a, b)),
        [a, b, c] => dag.add_task(Of3(work)).depends_on((a, b, c)),
        [a, b, c, d] => dag.add_task(Of4(work)).depends_on((a, b, c, d)),
        [a, b, c, d, e] => dag.add_task(Of5(work)).depends_on((a, b, c, d, e)),
        [a, b, c, d, e, f] => dag.add_task(Of6(work)).depends_on((a, b, c, d, e, f)),
        [a, b, c, d, e, f, g] => dag.add_task(Of7(work)).depends_on((a, b, c, d, e, f, g)),
        [a, b, c, d, e, f, g, h] => dag.add_task(Of8(work)).depends_on((a, b, c, d, e, f, g, h)),
        _ => unreachable!("`cannot` has said so"),
    }
}
