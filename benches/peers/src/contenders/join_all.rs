//! `join_all` of boxed futures, level after level: steps of different types in one list cost at least their boxes.

use futures::future::{BoxFuture, FutureExt, join_all};

use crate::{By, Contender, Job, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "join_all of boxes",
    package: "futures",
    by: By::Hand,
    steps: Steps::InPlace,
    is_send: true,
    builds: false,
    cannot: runs_all,
    measure: |bench| {
        let job = bench.job;
        bench.runs(move || run(job))
    },
};

async fn run(job: Job) -> u64 {
    let known = job.known();
    let mut gave = vec![0; known.len()];
    for level in &known.levels {
        if let [step] = level[..] {
            gave[step] = boxed(job.work, known.sum(step, |read| gave[read])).await;
            continue;
        }
        let steps = level
            .iter()
            .map(|step| boxed(job.work, known.sum(*step, |read| gave[read])));
        let numbers = join_all(steps).await;
        for (step, number) in level.iter().zip(numbers) {
            gave[*step] = number;
        }
    }
    known.ends.iter().map(|end| gave[*end]).sum()
}

fn boxed(work: Work, number: u64) -> BoxFuture<'static, u64> {
    work.on(number).boxed()
}
