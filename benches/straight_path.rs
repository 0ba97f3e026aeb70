//! What the straight path costs: an expansion beside the same graph written by hand, in the same binary, taking turns.
//!
//! `cargo bench -p orchestrate-benches --bench straight_path`. Steps are ready at once, or yield once; each figure is a
//! median over rounds, and what counts is the ratio. Two drivers: a bare loop that polls with a waker that does nothing
//! (the hardest on us: there is nothing else that costs), and tokio's current-thread runtime.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{
    future::Future,
    hint::black_box,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Instant,
};

use orchestrated::{Failure, Orchestrator};

/// Waits for one poll.
#[derive(Debug, Default)]
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[expect(non_snake_case, reason = "the functions are named after the shapes")]
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    unused_variables
)]
mod ready {
    pub(crate) const KIND: &str = "ready";

    async fn work(sum: u64) -> u64 {
        std::hint::black_box(sum) + 1
    }

    include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
}

#[expect(non_snake_case, reason = "the functions are named after the shapes")]
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    unused_variables
)]
mod yields {
    pub(crate) const KIND: &str = "yields";

    async fn work(sum: u64) -> u64 {
        crate::Yield::default().await;
        std::hint::black_box(sum) + 1
    }

    include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
}

/// How the runs are polled.
enum Driver {
    Bare,
    Tokio(tokio::runtime::Runtime),
}

impl Driver {
    fn name(&self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Tokio(_) => "tokio",
        }
    }

    fn run<F: Future>(&self, future: F) -> F::Output {
        match self {
            Self::Bare => {
                // Through a pointer, as every executor does: none knows the body of what it polls.
                let future = pin!(future);
                let mut future: Pin<&mut dyn Future<Output = F::Output>> = black_box(future);
                let mut cx = Context::from_waker(Waker::noop());
                loop {
                    if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                        return output;
                    }
                }
            }
            Self::Tokio(runtime) => runtime.block_on(future),
        }
    }
}

/// What is being measured, and how thoroughly.
struct Bench {
    drivers: Vec<Driver>,
    rounds: usize,
    only: Option<String>,
    orchestrator: Orchestrator,
}

impl Bench {
    fn pair<H, O>(
        &mut self,
        kind: &str,
        name: &str,
        steps: usize,
        hand: impl Fn(u64) -> H,
        ours: impl Fn(u64, &'static Orchestrator) -> O,
    ) where
        H: Future<Output = u64>,
        O: Future<Output = Result<u64, Failure<std::convert::Infallible>>>,
    {
        if self
            .only
            .as_ref()
            .is_some_and(|only| !name.contains(only.as_str()))
        {
            return;
        }
        let orchestrator: &'static Orchestrator = Box::leak(Box::new(self.orchestrator.clone()));
        for driver in &self.drivers {
            let runs =
                (200_000 / steps).clamp(100, 20_000) / if self.rounds == 1 { 100 } else { 1 };
            assert_eq!(
                driver.run(hand(1)),
                driver
                    .run(ours(1, orchestrator))
                    .expect("nothing fails here")
            );
            let mut times = (Vec::new(), Vec::new());
            for _ in 0..self.rounds {
                times.0.push(time(runs, || driver.run(hand(black_box(1)))));
                times.1.push(time(runs, || {
                    driver.run(ours(black_box(1), orchestrator)).unwrap_or(0)
                }));
            }
            let allocations = allocation_counter::measure(|| {
                let _ = black_box(driver.run(ours(black_box(1), orchestrator)));
            });
            let by_hand = allocation_counter::measure(|| {
                black_box(driver.run(hand(black_box(1))));
            });
            let (hand, ours) = (median(&mut times.0), median(&mut times.1));
            println!(
                "{:6} {kind:7} {name:12} {hand:>10.1} {ours:>10.1} {:>7.2}   {:>6.2} {:>7} {:>7}",
                driver.name(),
                ours / hand,
                (ours - hand) / f64::from(u32::try_from(steps).unwrap_or(u32::MAX)),
                by_hand.count_total,
                allocations.count_total,
            );
        }
    }
}

/// Nanoseconds a run.
fn time<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(runs).unwrap_or(u32::MAX))
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    // `cargo bench` says so; `cargo test --all-targets` only wants to know whether this runs.
    let mut arguments = std::env::args().skip(1).peekable();
    let is_real = std::env::args().any(|argument| argument == "--bench");
    let only = arguments.find(|argument| !argument.starts_with('-'));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let mut bench = Bench {
        drivers: vec![Driver::Bare, Driver::Tokio(runtime)],
        rounds: if is_real { 41 } else { 1 },
        only,
        orchestrator: Orchestrator::new(),
    };
    println!(
        "{:6} {:7} {:12} {:>10} {:>10} {:>7}   {:>6} {:>7} {:>7}",
        "driver", "steps", "shape", "hand ns", "ours ns", "ratio", "ns/st", "allocs", "allocs"
    );
    ready::all(&mut bench);
    yields::all(&mut bench);
}
