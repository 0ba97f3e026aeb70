//! tokio's `JoinSet`, as one writes it: each step is spawned as soon as what it reads is there.

use tokio::task::JoinSet;

use super::ready_steps::ReadySteps;
use crate::{By, Contender, Job, Steps, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "JoinSet",
    package: "tokio",
    by: By::Hand,
    steps: Steps::Spawned,
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
    let mut running = JoinSet::new();
    let spawn = |running: &mut JoinSet<_>, step, number| {
        running.spawn(async move { (step, job.work.on(number).await) });
    };
    ready.first(|step, number| spawn(&mut running, step, number));
    while let Some(done) = running.join_next().await {
        let (step, number) = done.expect("no step panics");
        ready.done(step, number, |step, number| {
            spawn(&mut running, step, number);
        });
    }
    ready.result()
}
