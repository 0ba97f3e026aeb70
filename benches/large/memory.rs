//! How large runs are, and what many of them take at the same time.

use std::task::{Context, Waker};

use futures::{Stream as _, stream::FuturesUnordered};

use crate::{contender::Contender, count, work::Mode};

pub(crate) fn head(runs: usize) {
    println!(
        "{:12} {:>5} {:10} {:>10} {:>10} {:>12} {:>12}",
        "graph", "steps", "by", "size", "a step", "live a run", "allocs a run"
    );
    println!(
        "bytes; live: at the peak of {runs} runs at once, boxed in one FuturesUnordered, all waiting"
    );
}

pub(crate) fn print(name: &str, steps: usize, runs: usize, contenders: &[Contender]) {
    Mode::Yields.set();
    for contender in contenders {
        print!(
            "{name:12} {steps:>5} {:10} {:>10} {:>10.1}",
            contender.name,
            contender.size,
            count(contender.size) / count(steps),
        );
        // Thousands of the largest are more than a machine has.
        if steps <= 128 {
            let info = allocation_counter::measure(|| all_at_once(contender, runs));
            let peak = usize::try_from(info.bytes_max).unwrap_or(usize::MAX) / runs;
            let allocations = usize::try_from(info.count_total).unwrap_or(usize::MAX) / runs;
            print!(" {peak:>12} {allocations:>12}");
        }
        println!();
    }
}

/// Runs that all wait, and then go on to their ends.
fn all_at_once(contender: &Contender, runs: usize) {
    let mut running: FuturesUnordered<_> = (0..runs).map(|_| (contender.start)(1)).collect();
    let mut cx = Context::from_waker(Waker::noop());
    while !running.is_empty() {
        let _ = std::pin::Pin::new(&mut running).poll_next(&mut cx);
    }
}
