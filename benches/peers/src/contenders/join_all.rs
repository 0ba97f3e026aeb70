//! `join_all` of boxed futures, layer after layer: tasks of different types in one list cost at least their boxes.

use futures::future::{BoxFuture, FutureExt, join_all};

use crate::{Contender, Job, Shape, TASKS, Tasks, WIDTH, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "join_all of boxes",
    tasks: Tasks::InPlace,
    is_send: true,
    load: |load| load.spawned(orchestration),
    again: None,
};

async fn orchestration(job: Job) -> u64 {
    match job.shape {
        Shape::Independent => layer(job.work, 0..TASKS as u64).await,
        Shape::Fan => {
            let source = boxed(job.work, 1).await;
            let sum = layer(job.work, [source; WIDTH]).await;
            boxed(job.work, sum).await
        }
        Shape::Chain => {
            let mut number = 1;
            for _ in 0..TASKS {
                number = boxed(job.work, number).await;
            }
            number
        }
    }
}

/// Tasks that do not depend on each other: what they give, added up.
async fn layer(work: Work, numbers: impl IntoIterator<Item = u64>) -> u64 {
    let tasks = numbers.into_iter().map(|number| boxed(work, number));
    join_all(tasks).await.into_iter().sum()
}

fn boxed(work: Work, number: u64) -> BoxFuture<'static, u64> {
    work.on(number).boxed()
}
