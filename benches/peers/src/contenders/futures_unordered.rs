//! `FuturesUnordered` of boxed futures, as one writes it: each step is pushed as soon as what it reads is there.

use futures::{
    future::{BoxFuture, FutureExt},
    stream::{FuturesUnordered, StreamExt},
};

use super::ready_steps::ReadySteps;
use crate::{By, Contender, Job, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "FuturesUnordered",
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
    let mut ready = ReadySteps::of(job.known());
    let mut running = FuturesUnordered::new();
    ready.first(|step, number| running.push(boxed(job.work, step, number)));
    while let Some((step, number)) = running.next().await {
        ready.done(step, number, |step, number| {
            running.push(boxed(job.work, step, number));
        });
    }
    ready.result()
}

/// Steps of a real graph are of different types: in one set they cost their boxes.
fn boxed(work: Work, step: usize, number: u64) -> BoxFuture<'static, (usize, u64)> {
    async move { (step, work.on(number).await) }.boxed()
}
