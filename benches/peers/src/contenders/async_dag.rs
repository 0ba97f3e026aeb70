//! `async_dag`, as its front page does: closures, and edges by the position of a parameter.
//!
//! A graph keeps `Box<dyn Curry>` and values of `Box<dyn IntoAny>`, neither of which is `Send`: so a run stays on the thread
//! that it was started on. Its tasks are polled in place, by `select_all` anew after each that ends. Tasks are `FnOnce`, so a
//! graph runs once. At most twelve parameters a task.

use async_dag::{Graph, NodeIndex};

use crate::{By, Contender, Job, Steps, Work};

pub(crate) const CONTENDER: Contender = Contender {
    name: "async_dag",
    package: "async_dag",
    by: By::Peer,
    steps: Steps::InPlace,
    is_send: false,
    builds: true,
    cannot: |known| (known.graph.most_reads() > 12).then_some("a task has at most 12 dependencies"),
    measure: |bench| {
        let job = bench.job;
        bench.graphs_here(move || build(job), run)
    },
};

type Built = (Graph<'static>, Vec<NodeIndex>);

async fn run((mut graph, ends): Built) -> u64 {
    graph.run().await;
    ends.into_iter()
        .map(|end| graph.get_value::<u64>(end).expect("it has run"))
        .sum()
}

fn build(job: Job) -> Built {
    let known = job.known();
    let mut graph = Graph::new();
    let mut tasks = Vec::with_capacity(known.len());
    for reads in &known.graph.steps {
        let task = add(&mut graph, reads.len(), job.work);
        for (place, read) in (0..).zip(reads) {
            graph
                .update_dependency(tasks[*read], task, place)
                .expect("numbers go with numbers");
        }
        tasks.push(task);
    }
    let ends = known.ends.iter().map(|end| tasks[*end]).collect();
    (graph, ends)
}

macro_rules! add {
    ($graph:ident, $work:ident, $reads:ident: $($count:literal [$($name:ident)*],)*) => {
        match $reads {
            0 => $graph.add_task(move || $work.on(1)),
            $($count => $graph.add_task(move |$($name: u64),*| $work.on(0 $(+ $name)*)),)*
            _ => unreachable!("`cannot` has said so"),
        }
    };
}

/// A task of so many parameters.
fn add(graph: &mut Graph<'static>, reads: usize, work: Work) -> NodeIndex {
    add! { graph, work, reads:
        1 [a],
        2 [a b],
        3 [a b c],
        4 [a b c d],
        5 [a b c d e],
        6 [a b c d e f],
        7 [a b c d e f g],
        8 [a b c d e f g h],
        9 [a b c d e f g h i],
        10 [a b c d e f g h i j],
        11 [a b c d e f g h i j k],
        12 [a b c d e f g h i j k l],
    }
}
