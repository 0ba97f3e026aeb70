//! What the options of a step cost while all goes well, and what it costs when somebody listens: steps with an option beside the same steps without, in the same
//! binary, taking turns.
//!
//! `cargo bench -p orchestrate-benches --bench options`. Ten steps in a chain, or side by side; they are ready at once, or
//! yield once. Each figure is a median over rounds, on tokio's current-thread runtime with its timer. What counts is the
//! difference for each step, what is allocated for a run (without, and with), and how much larger a step makes the future
//! of its run.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{
    future::Future,
    hint::black_box,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use orchestrated::{
    Alert, Event, Failure, Metrics, Monitor, Orchestrator, Progress, StepFailure, Trace,
};

/// How many steps a workflow has, or how many items its step.
const STEPS: u32 = 10;

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

/// The error of steps that never fail.
#[derive(Debug)]
struct Never;

/// The number in what a step reads, or in what it has produced, however its options wrap it.
trait Number {
    fn number(self) -> u64;
}

macro_rules! numbers {
    ($($wrapped:ty: $unwrap:expr),* $(,)?) => {
        $(impl Number for $wrapped {
            fn number(self) -> u64 {
                $unwrap(self)
            }
        })*
    };
}

numbers! {
    u64: |number| number,
    &u64: |number: &u64| *number,
    Option<u64>: |number: Option<u64>| number.unwrap_or(0),
    Option<&u64>: |number: Option<&u64>| number.map_or(0, |number| *number),
    Result<u64, StepFailure>: |number: Result<u64, _>| number.unwrap_or(0),
    Result<&u64, &StepFailure>: |number: Result<&u64, _>| number.map_or(0, |number| *number),
}

async fn work(yields: bool, number: impl Number) -> Result<u64, Never> {
    if yields {
        Yield::default().await;
    }
    Ok(black_box(number.number()) + 1)
}

/// The same with a time-out, as one would write it.
async fn work_in_time(yields: bool, number: impl Number) -> Result<u64, Never> {
    let work = tokio::time::timeout(Duration::from_secs(10), work(yields, number));
    work.await.unwrap_or(Err(Never))
}

/// Ten steps with the same options: `Chain`, in which each reads the one before, and `Fan`, in which all read the input.
macro_rules! steps {
    ($module:ident, $kind:ident, [$($option:tt)*]) => {
        steps!($module, $kind, [$($option)*], work);
    };
    ($module:ident, $kind:ident, [$($option:tt)*], $work:ident) => {
        #[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub, dead_code)]
        mod $module {
            use super::{Never, Number, $work as work};

            orchestrated::workflow! {
                pub(super) workflow Chain(yields: &bool, input: u64) -> Result<u64, Never> {
                    $($option)* $kind fn a(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn b(yields, a) -> Result<u64, Never> { work(*yields, a).await }
                    $($option)* $kind fn c(yields, b) -> Result<u64, Never> { work(*yields, b).await }
                    $($option)* $kind fn d(yields, c) -> Result<u64, Never> { work(*yields, c).await }
                    $($option)* $kind fn e(yields, d) -> Result<u64, Never> { work(*yields, d).await }
                    $($option)* $kind fn f(yields, e) -> Result<u64, Never> { work(*yields, e).await }
                    $($option)* $kind fn g(yields, f) -> Result<u64, Never> { work(*yields, f).await }
                    $($option)* $kind fn h(yields, g) -> Result<u64, Never> { work(*yields, g).await }
                    $($option)* $kind fn i(yields, h) -> Result<u64, Never> { work(*yields, h).await }
                    $($option)* $kind fn j(yields, i) -> Result<u64, Never> { work(*yields, i).await }
                    Ok(j.number())
                }

                pub(super) workflow Fan(yields: &bool, input: u64) -> Result<u64, Never> {
                    $($option)* $kind fn a(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn b(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn c(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn d(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn e(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn f(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn g(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn h(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn i(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    $($option)* $kind fn j(yields, input) -> Result<u64, Never> { work(*yields, input).await }
                    Ok([a, b, c, d, e, f, g, h, i, j].map(Number::number).iter().sum())
                }
            }
        }
    };
}

steps!(none, tool, []);
steps!(timeout_by_hand, tool, [], work_in_time);
steps!(timeout, tool, [#[timeout(10s)]]);
steps!(adaptive, tool, [#[timeout(adaptive, start = 10s)]]);
steps!(retry, tool, [#[idempotent] #[retry(3)]]);
steps!(uses, tool, [#[uses(gpu = 1)]]);
steps!(cache, tool, [#[idempotent] #[cache]]);
steps!(breaker, tool, [#[breaker]]);
steps!(named_breaker, tool, [#[breaker(name = "server")]]);
steps!(fallback, tool, [#[fallback(Ok(0))]]);
steps!(default, tool, [#[default(0)]]);
steps!(optional, tool, [#[optional]]);
steps!(when, tool, [#[when(true)]]);
steps!(repeat, tool, [#[repeat(max = 3, until = true)]]);
steps!(rollback, tool, [#[rollback(())]]);
steps!(priority, tool, [#[priority(high)]]);
steps!(agent, agent, []);
steps!(four, tool, [#[idempotent] #[breaker] #[retry(3)] #[timeout(10s)] #[uses(gpu = 1)]]);

#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    dead_code
)]
mod items {
    use super::{Never, work};

    orchestrated::workflow! {
        /// One step for all the items.
        pub(super) workflow ByHand(yields: &bool, items: &[u64]) -> Result<u64, Never> {
            tool fn all(yields, items) -> Result<Vec<u64>, Never> {
                futures::future::try_join_all(items.iter().map(|item| work(*yields, item))).await
            }

            Ok(all.iter().sum())
        }

        pub(super) workflow BoundedByHand(yields: &bool, items: &[u64]) -> Result<u64, Never> {
            tool fn all(yields, items) -> Result<Vec<u64>, Never> {
                use futures::{StreamExt as _, TryStreamExt as _};
                let works = items.iter().map(|item| work(*yields, item)).collect::<Vec<_>>();
                futures::stream::iter(works).buffered(4).try_collect().await
            }

            Ok(all.iter().sum())
        }

        pub(super) workflow Each(yields: &bool, items: &[u64]) -> Result<u64, Never> {
            #[each(item in items)]
            tool fn all(yields, items) -> Result<u64, Never> { work(*yields, item).await }

            Ok(all.iter().sum())
        }

        pub(super) workflow Bounded(yields: &bool, items: &[u64]) -> Result<u64, Never> {
            #[each(item in items, concurrency = 4)]
            tool fn all(yields, items) -> Result<u64, Never> { work(*yields, item).await }

            Ok(all.iter().sum())
        }
    }
}

/// What is being measured, and how thoroughly.
struct Bench {
    runtime: tokio::runtime::Runtime,
    rounds: usize,
    only: Option<String>,
}

impl Bench {
    /// One option. `without` and `with` get whether their steps yield.
    fn pair<A, B>(
        &self,
        option: &str,
        shape: &str,
        steps: u32,
        without: impl Fn(&'static bool) -> A,
        with: impl Fn(&'static bool) -> B,
    ) where
        A: Future<Output = Result<u64, Failure<Never>>>,
        B: Future<Output = Result<u64, Failure<Never>>>,
    {
        let name = format!("{option} {shape}");
        if self.only.as_ref().is_some_and(|only| !name.contains(only)) {
            return;
        }
        let bytes = |future: usize| u32::try_from(future).map_or(f64::NAN, f64::from);
        let frame = bytes(size_of_val(&with(&true))) - bytes(size_of_val(&without(&true)));
        let frame = frame / f64::from(steps);
        for yields in [&false, &true] {
            if *yields && option == "cache hit" {
                // A hit does not even ask its step.
                continue;
            }
            let without = || {
                self.runtime
                    .block_on(without(black_box(yields)))
                    .unwrap_or(0)
            };
            let with = || self.runtime.block_on(with(black_box(yields))).unwrap_or(0);
            // Whatever is made once is made now.
            assert_eq!(
                (0..200).map(|_| without()).max(),
                (0..200).map(|_| with()).max()
            );
            let runs = if self.rounds == 1 { 10 } else { 2_000 };
            let mut times = (Vec::new(), Vec::new());
            for _ in 0..self.rounds {
                times.0.push(time(runs, without));
                times.1.push(time(runs, with));
            }
            let allocations = [
                allocation_counter::measure(|| _ = black_box(without())),
                allocation_counter::measure(|| _ = black_box(with())),
            ];
            let (without, with) = (median(&mut times.0), median(&mut times.1));
            println!(
                "{option:15} {shape:8} {:7} {without:>10.1} {with:>10.1} {:>7.2} {:>8.1} {:>7} {:>7} {frame:>8.0}",
                if *yields { "yields" } else { "ready" },
                with / without,
                (with - without) / f64::from(steps),
                allocations[0].count_total,
                allocations[1].count_total,
            );
        }
    }
}

/// Nanoseconds a run.
fn time<T>(runs: u32, run: impl Fn() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(runs)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Measures one option in both shapes.
macro_rules! measure {
    ($bench:ident, $option:literal, $module:ident on $orchestrator:expr) => {
        measure!($bench, $option, $module on $orchestrator, beside none);
    };
    ($bench:ident, $option:literal, $module:ident on $orchestrator:expr, beside $without:ident) => {{
        let (plain, ours) = (Orchestrator::new(), $orchestrator);
        let input = || black_box(1);
        $bench.pair(
            $option,
            "chain",
            STEPS,
            |yields| $without::Chain { yields, input: input() }.run(&plain),
            |yields| $module::Chain { yields, input: input() }.run(&ours),
        );
        $bench.pair(
            $option,
            "fan",
            STEPS,
            |yields| $without::Fan { yields, input: input() }.run(&plain),
            |yields| $module::Fan { yields, input: input() }.run(&ours),
        );
    }};
}

fn main() {
    // `cargo bench` says so; `cargo test --all-targets` only wants to know whether this runs.
    let mut arguments = std::env::args().skip(1);
    let is_real = std::env::args().any(|argument| argument == "--bench");
    let bench = Bench {
        runtime: tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime"),
        rounds: if is_real { 41 } else { 1 },
        only: arguments.find(|argument| !argument.starts_with('-')),
    };
    println!(
        "{:15} {:8} {:7} {:>10} {:>10} {:>7} {:>8} {:>7} {:>7} {:>8}",
        "option",
        "shape",
        "steps",
        "without ns",
        "with ns",
        "ratio",
        "ns/step",
        "allocs",
        "allocs",
        "bytes/st"
    );
    let new = Orchestrator::new;
    let gpus = || Orchestrator::new().resource("gpu", 64);
    measure!(bench, "none", none on new());
    measure!(bench, "(by hand)", timeout_by_hand on new());
    measure!(bench, "timeout", timeout on new());
    measure!(bench, "adaptive", adaptive on new());
    measure!(bench, "retry", retry on new());
    measure!(bench, "uses", uses on gpus());
    measure!(bench, "cache hit", cache on new());
    measure!(bench, "breaker", breaker on new());
    measure!(bench, "breaker, named", named_breaker on new());
    measure!(bench, "fallback", fallback on new());
    measure!(bench, "default", default on new());
    measure!(bench, "optional", optional on new());
    measure!(bench, "when", when on new());
    measure!(bench, "repeat", repeat on new());
    measure!(bench, "rollback", rollback on new());
    measure!(bench, "priority", priority on new());
    measure!(bench, "max_concurrency", agent on new().max_concurrency(64), beside agent);
    measure!(bench, "limited", none on gpus());
    // Who listens: the same steps, without options.
    measure!(bench, "closure", none on new().observer(|event: &Event| {
        black_box(event.at);
    }));
    let (streaming, _events) = new().events();
    measure!(bench, "stream, full", none on streaming);
    measure!(bench, "Trace", none on new().observer(Trace::new()));
    measure!(bench, "Monitor", none on new().observer(Monitor::new()));
    measure!(bench, "Metrics", none on new().observer(Metrics::with_recorder(metrics::NoopRecorder)));
    measure!(bench, "Progress", none on new().observer(Progress::to(std::io::sink())));
    measure!(bench, "alert", none on new().alert_when(Alert::any_slow_step(Duration::from_mins(1)), |_| ()));
    measure!(bench, "two of them", none on new().observer(Trace::new()).observer(Monitor::new()));
    measure!(bench, "four of them", four on gpus());
    for items in [10, 100] {
        let numbers: Vec<u64> = (0..u64::from(items)).collect();
        let (numbers, orchestrator) = (numbers.as_slice(), Orchestrator::new());
        let shape = format!("of {items}");
        bench.pair(
            "each",
            &shape,
            items,
            |yields| {
                items::ByHand {
                    yields,
                    items: black_box(numbers),
                }
                .run(&orchestrator)
            },
            |yields| {
                items::Each {
                    yields,
                    items: black_box(numbers),
                }
                .run(&orchestrator)
            },
        );
        bench.pair(
            "each, 4 at once",
            &shape,
            items,
            |yields| {
                items::BoundedByHand {
                    yields,
                    items: black_box(numbers),
                }
                .run(&orchestrator)
            },
            |yields| {
                items::Bounded {
                    yields,
                    items: black_box(numbers),
                }
                .run(&orchestrator)
            },
        );
    }
}
