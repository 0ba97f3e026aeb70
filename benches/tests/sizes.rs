//! The future of a run is not much larger than that of the same graph by hand.

#![allow(
    dead_code,
    reason = "the graphs are written for a benchmark, which uses more of them"
)]

use std::{
    cell::OnceCell,
    fmt::Write as _,
    future::{Future, poll_fn},
    task::Poll,
};

use orchestrated::Orchestrator;

#[expect(non_snake_case, reason = "the functions are named after the shapes")]
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    unused_variables
)]
mod graphs {
    use super::{Contender, there, work};

    include!(concat!(env!("OUT_DIR"), "/sizes.rs"));
}

/// What a run knows of itself, whatever its graph is: how much larger that of one step is than the step.
fn bare(orchestrator: &Orchestrator) -> usize {
    orchestrated::workflow! {
        workflow One(input: u64) -> u64 {
            tool fn one(input) -> u64 { work(*input).await }
            one
        }
    }
    async fn by_hand(input: u64) -> u64 {
        async fn one(input: &u64) -> u64 {
            work(*input).await
        }
        one(&input).await
    }
    size_of_val(&One { input: 1 }.run(orchestrator)) - size_of_val(&by_hand(1))
}

async fn work(sum: u64) -> u64 {
    tokio::task::yield_now().await;
    sum + 1
}

async fn there<T>(cell: &OnceCell<T>) -> &T {
    poll_fn(|_| cell.get().map_or(Poll::Pending, Poll::Ready)).await
}

struct Contender {
    name: &'static str,
    size: usize,
}

impl Contender {
    fn new<'o, F: Future>(
        name: &'static str,
        orchestrator: &'o Orchestrator,
        make: impl Fn(u64, &'o Orchestrator) -> F,
    ) -> Self {
        let size = size_of_val(&make(1, orchestrator));
        Self { name, size }
    }
}

/// One graph: the size of its run, and of the best by hand that runs it as soon.
struct Sizes {
    graph: &'static str,
    ours: usize,
    hand: usize,
    best: &'static str,
    /// The smallest by hand, whether or not it runs the graph as soon.
    least: usize,
}

#[derive(Default)]
struct Bench {
    sizes: Vec<Sizes>,
    orchestrator: Orchestrator,
}

impl Bench {
    /// Where a level is a barrier, joins by level are the best; elsewhere they start steps later than they could, and it is
    /// a dataflow that a run is compared with.
    fn graph<'b>(
        &'b mut self,
        graph: &'static str,
        _steps: usize,
        is_level: bool,
        contenders: impl FnOnce(&'b Orchestrator) -> Vec<Contender>,
    ) {
        let contenders = contenders(&self.orchestrator);
        let hand = contenders[1..]
            .iter()
            .filter(|contender| is_level || contender.name == "cells")
            .min_by_key(|contender| contender.size)
            .expect("it is there by hand");
        self.sizes.push(Sizes {
            graph,
            ours: contenders[0].size,
            hand: hand.size,
            best: hand.name,
            least: contenders[1..]
                .iter()
                .map(|hand| hand.size)
                .min()
                .unwrap_or(0),
        });
    }
}

#[test]
fn a_run_is_at_most_a_fifth_larger_than_by_hand() {
    let mut bench = Bench::default();
    graphs::all(&mut bench);
    let bare = bare(&bench.orchestrator);
    let mut table = format!("what a run knows of itself has {bare} bytes, which may be added\n");
    let mut is_small = true;
    for Sizes {
        graph,
        ours,
        hand,
        best,
        least,
    } in &bench.sizes
    {
        let fits = *ours <= bare + hand * 6 / 5;
        is_small &= fits;
        let verdict = if fits { "" } else { "  too large" };
        let _ = writeln!(
            table,
            "{graph:12} {ours:>8} by hand {hand:>8} ({best}), the smallest {least:>8}{verdict}"
        );
    }
    assert!(is_small, "{table}");
}
