//! `fn_graph`: functions with logic edges, run by `for_each_concurrent`.
//!
//! It says when a function may run, and hands it out; who runs it, and what passes from one function to the next, is its
//! user's. Here functions are boxed, as in its documentation, and give numbers by cells that the run shares: that is less
//! than its `resman` feature does, which looks values up by type and checks their borrows while it runs.

use std::sync::OnceLock;

use fn_graph::{DataAccessDyn, FnGraph, FnGraphBuilder, TypeIds};
use futures::future::{BoxFuture, FutureExt};

use crate::{By, Contender, Job, Known, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "fn_graph",
    package: "fn_graph",
    by: By::Peer,
    steps: Steps::InPlace,
    is_send: true,
    builds: true,
    cannot: runs_all,
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), move |graph| run(job, graph))
    },
};

/// What the functions give.
type Numbers = [OnceLock<u64>];

trait Function: Send + Sync {
    fn run<'n>(&'n self, numbers: &'n Numbers) -> BoxFuture<'n, ()>;
}

struct Step {
    known: &'static Known,
    at: usize,
    work: Work,
}

impl Function for Step {
    fn run<'n>(&'n self, numbers: &'n Numbers) -> BoxFuture<'n, ()> {
        let gave = |read: usize| *numbers[read].get().expect("it has run before");
        let sum = self.known.sum(self.at, gave);
        async move {
            let number = self.work.on(sum).await;
            numbers[self.at].set(number).expect("it runs once");
        }
        .boxed()
    }
}

/// A function of any type. What it reads and writes is no resource of the graph's.
struct Boxed(Box<dyn Function>);

impl DataAccessDyn for Boxed {
    fn borrows(&self) -> TypeIds {
        TypeIds::new()
    }

    fn borrow_muts(&self) -> TypeIds {
        TypeIds::new()
    }
}

fn build(job: Job) -> FnGraph<Boxed> {
    let known = job.known();
    let work = job.work;
    let mut graph = FnGraphBuilder::new();
    let ids: Vec<_> = (0..known.len())
        .map(|at| graph.add_fn(Boxed(Box::new(Step { known, at, work }))))
        .collect();
    for (id, reads) in ids.iter().zip(&known.graph.steps) {
        for read in reads {
            graph
                .add_logic_edge(ids[*read], *id)
                .expect("there is no cycle");
        }
    }
    graph.build()
}

async fn run(job: Job, graph: FnGraph<Boxed>) -> u64 {
    let known = job.known();
    let numbers: Vec<OnceLock<u64>> = (0..known.len()).map(|_| OnceLock::new()).collect();
    graph
        .for_each_concurrent(None, |function| function.0.run(&numbers))
        .await;
    let number = |end: &usize| *numbers[*end].get().expect("it has run");
    known.ends.iter().map(number).sum()
}
