//! `async_dag` 0.1.2, as its front page does: closures, and edges by the position of a parameter.
//!
//! A graph keeps `Box<dyn Curry>` and values of `Box<dyn IntoAny>`, neither of which is `Send`: so a run stays on the thread
//! that it was started on, and there is nothing to measure on a runtime of several. Its tasks are polled in place, by
//! `select_all` anew after each that ends. Tasks are `FnOnce`, so a graph runs once. At most twelve parameters a task.

use async_dag::{Graph, NodeIndex};

use crate::{Contender, Job, Shape, TASKS, Tasks, WIDTH, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "async_dag 0.1.2",
    tasks: Tasks::InPlace,
    is_send: false,
    load: |load| load.spawned_here(orchestration),
    again: None,
};

async fn orchestration(job: Job) -> u64 {
    let mut graph = Graph::new();
    let results = build(&mut graph, job);
    graph.run().await;
    results
        .into_iter()
        .map(|result| graph.get_value::<u64>(result).expect("it has run"))
        .sum()
}

/// The tasks that nobody depends on.
fn build(graph: &mut Graph<'static>, Job { shape, work }: Job) -> Vec<NodeIndex> {
    match shape {
        Shape::Independent => (0..TASKS as u64)
            .map(|number| graph.add_task(move || work.on(number)))
            .collect(),
        Shape::Fan => {
            let source = graph.add_task(move || work.on(1));
            let [first, others @ ..]: [_; WIDTH] =
                std::array::from_fn(|_| child(graph, source, work));
            let sum = move |a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64| {
                work.on(a + b + c + d + e + f + g + h)
            };
            let sink = graph
                .add_child_task(first, sum, 0)
                .expect("numbers go with numbers");
            for (index, other) in (1..).zip(others) {
                graph
                    .update_dependency(other, sink, index)
                    .expect("numbers go with numbers");
            }
            vec![sink]
        }
        Shape::Chain => {
            let mut last = graph.add_task(move || work.on(1));
            for _ in 1..TASKS {
                last = child(graph, last, work);
            }
            vec![last]
        }
    }
}

fn child(graph: &mut Graph<'static>, parent: NodeIndex, work: Work) -> NodeIndex {
    graph
        .add_child_task(parent, move |before: u64| work.on(before), 0)
        .expect("numbers go with numbers")
}
