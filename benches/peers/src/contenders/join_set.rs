//! tokio's `JoinSet`, as one writes it who has no crate for graphs: each task is spawned, layer after layer.

use tokio::task::JoinSet;

use crate::{Contender, Job, Shape, TASKS, Tasks, WIDTH, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "JoinSet",
    tasks: Tasks::Spawned,
    is_send: true,
    load: |load| load.spawned(orchestration),
    again: None,
};

async fn orchestration(job: Job) -> u64 {
    let mut tasks = JoinSet::new();
    match job.shape {
        Shape::Independent => layer(&mut tasks, job.work, 0..TASKS as u64).await,
        Shape::Fan => {
            let source = layer(&mut tasks, job.work, [1]).await;
            let sum = layer(&mut tasks, job.work, [source; WIDTH]).await;
            layer(&mut tasks, job.work, [sum]).await
        }
        Shape::Chain => {
            let mut number = 1;
            for _ in 0..TASKS {
                number = layer(&mut tasks, job.work, [number]).await;
            }
            number
        }
    }
}

/// Tasks that do not depend on each other: what they give, added up.
async fn layer(
    tasks: &mut JoinSet<u64>,
    work: Work,
    numbers: impl IntoIterator<Item = u64>,
) -> u64 {
    for number in numbers {
        tasks.spawn(work.on(number));
    }
    let mut sum = 0;
    while let Some(task) = tasks.join_next().await {
        sum += task.expect("no task panics");
    }
    sum
}
