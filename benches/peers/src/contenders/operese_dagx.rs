//! `operese-dagx`, a fork of `dagx`, in two ways: with `tokio::spawn` as its README does, and in place.
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

use crate::{By, Contender, Job, Steps, Work};

pub(crate) const SPAWNED: Contender = Contender {
    name: "operese-dagx",
    package: "operese-dagx",
    by: By::Peer,
    steps: Steps::Spawned,
    is_send: true,
    builds: true,
    cannot: |known| (known.graph.most_reads() > 8).then_some("a task has at most 8 dependencies"),
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), spawned)
    },
};

pub(crate) const IN_PLACE: Contender = Contender {
    name: "operese-dagx in place",
    steps: Steps::InPlace,
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), in_place)
    },
    ..SPAWNED
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

async fn spawned((dag, ends): Built) -> u64 {
    let output = dag
        .run(|task| async move { tokio::spawn(task).await.expect("no task panics") })
        .await;
    sum(output.expect("no task fails"), ends)
}

async fn in_place((dag, ends): Built) -> u64 {
    let output = dag.run(|task| task).await;
    sum(output.expect("no task fails"), ends)
}

fn sum(mut output: DagOutput, ends: Vec<TaskHandle<u64>>) -> u64 {
    ends.into_iter().map(|end| output.get(end)).sum()
}

type Built = (DagRunner, Vec<TaskHandle<u64>>);

fn build(job: Job) -> Built {
    let known = job.known();
    let mut dag = DagRunner::new();
    let mut tasks: Vec<TaskHandle<u64>> = Vec::with_capacity(known.len());
    for reads in &known.graph.steps {
        let reads: Vec<_> = reads.iter().map(|read| &tasks[*read]).collect();
        let task = add(&mut dag, job.work, &reads);
        tasks.push(task);
    }
    // A handle is no `Clone`; the steps that no other reads are the last ones.
    let ends = tasks.split_off(known.ends[0]);
    (dag, ends)
}

/// A task that depends on those.
fn add(dag: &mut DagRunner, work: Work, reads: &[&TaskHandle<u64>]) -> TaskHandle<u64> {
    match *reads {
        [] => dag.add_task(Source(work)),
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
