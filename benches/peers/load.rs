//! What an orchestration of ten tasks costs when many run at once: every contender in one run, taking turns.
//!
//! `cargo bench -p orchestrate-peers --bench load --features dagrs`. Words after `--` leave out what they are not a part of:
//! `-- fan yields` measures fans of tasks that yield.
//!
//! All orchestrations of a load are started before the first is awaited, each as a task of a tokio runtime: one with a single
//! thread, or one with two workers. Each puts its graph together, runs it and reads its result, and all of that is measured;
//! `again` is a graph that has run before, where one can run twice. Times are medians over rounds, a task; every round begins
//! with another contender. `ratio` is to the first contender, a `JoinSet`. Allocations (a task) and the bytes that live at the
//! peak (an orchestration) are exact, and counted on the runtime of a single thread.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{collections::BTreeMap, fmt::Write as _, hint::black_box, time::Instant};

use orchestrate_peers::{Contender, Job, Load, Running, TASKS, all};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime, Runtime};

/// What runs the orchestrations.
enum Driver {
    OneThread(LocalRuntime),
    TwoWorkers(Runtime),
}

impl Driver {
    fn all() -> [Self; 2] {
        let one = Builder::new_current_thread().build_local(LocalOptions::default());
        let two = Builder::new_multi_thread().worker_threads(2).build();
        [
            Self::OneThread(one.expect("a runtime")),
            Self::TwoWorkers(two.expect("a runtime")),
        ]
    }

    fn name(&self) -> &'static str {
        match self {
            Self::OneThread(_) => "1 thread",
            Self::TwoWorkers(_) => "2 workers",
        }
    }

    fn takes(&self, contender: &Contender) -> bool {
        matches!(self, Self::OneThread(_)) || contender.is_send
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        match self {
            Self::OneThread(runtime) => runtime.block_on(future),
            Self::TwoWorkers(runtime) => runtime.block_on(future),
        }
    }

    /// Seconds.
    fn time(&self, load: Load, running: impl FnOnce() -> Running) -> f64 {
        let start = Instant::now();
        let sum = self.block_on(async { running().await });
        let seconds = start.elapsed().as_secs_f64();
        let expected = load.job.shape.result() * load.orchestrations as u64;
        assert_eq!(black_box(sum), expected, "{:?}", load.job);
        seconds
    }
}

/// What was measured of one contender under one load. Times are nanoseconds a task.
#[derive(Default)]
struct Row {
    times: Vec<f64>,
    times_again: Vec<f64>,
    /// For a task.
    allocations: Option<f64>,
    /// For an orchestration.
    peak: Option<f64>,
}

impl Row {
    fn round(&mut self, driver: &Driver, contender: &Contender, load: Load) {
        let a_task = 1e9 / number(load.orchestrations * TASKS);
        let seconds = driver.time(load, || (contender.load)(load));
        self.times.push(seconds * a_task);
        if let Some(again) = contender.again {
            let graphs = driver.block_on(again(load));
            self.times_again.push(driver.time(load, graphs) * a_task);
        }
    }

    fn count(&mut self, driver: &Driver, contender: &Contender, load: Load) {
        if let Driver::OneThread(_) = driver {
            let counted = allocation_counter::measure(|| {
                black_box(driver.block_on((contender.load)(load)));
            });
            let orchestrations = number(load.orchestrations);
            let count = u32::try_from(counted.count_total).map_or(f64::INFINITY, f64::from);
            self.allocations = Some(count / orchestrations / number(TASKS));
            let kilobytes =
                u32::try_from(counted.bytes_max / 1024).map_or(f64::INFINITY, f64::from);
            self.peak = Some(kilobytes * 1024.0 / orchestrations);
        }
    }
}

/// What is measured, and how thoroughly.
struct Bench {
    words: Vec<String>,
    loads: Vec<(usize, usize)>,
    contenders: Vec<Contender>,
    /// By driver and contender: the logarithms of its ratios.
    ratios: BTreeMap<(&'static str, usize), Vec<f64>>,
}

impl Bench {
    fn load(&mut self, driver: &Driver, load: Load, rounds: usize) {
        let taken: Vec<usize> = (0..self.contenders.len())
            .filter(|at| driver.takes(&self.contenders[*at]))
            .collect();
        let mut rows: BTreeMap<usize, Row> = taken.iter().map(|at| (*at, Row::default())).collect();
        // The first round is not counted: code and memory are cold.
        for round in 0..=rounds {
            for turn in 0..taken.len() {
                let at = taken[(round + turn) % taken.len()];
                let mut cold = Row::default();
                let row = rows.get_mut(&at).filter(|_| round > 0);
                row.unwrap_or(&mut cold)
                    .round(driver, &self.contenders[at], load);
            }
        }
        let mut first = None;
        for (at, mut row) in rows {
            let contender = &self.contenders[at];
            row.count(driver, contender, load);
            let time = median(&mut row.times);
            let ratio = time / *first.get_or_insert(time);
            let ratios = self.ratios.entry((driver.name(), at)).or_default();
            ratios.push(ratio.ln());
            println!("{}", line(driver, load, contender, time, ratio, &mut row));
        }
        println!();
    }

    fn summary(&self) {
        println!("geometric means of the ratios");
        for ((driver, at), ratios) in &self.ratios {
            let contender = &self.contenders[*at];
            let mean = (ratios.iter().sum::<f64>() / number(ratios.len())).exp();
            println!(
                "{driver:9} {:18} {:8} {mean:>6.2}",
                contender.name,
                contender.tasks.name()
            );
        }
    }

    fn is_asked_for(&self, job: Job) -> bool {
        let names = [job.shape.name(), job.work.name()];
        self.words
            .iter()
            .all(|word| names.iter().any(|name| name.contains(word.as_str())))
    }
}

fn line(
    driver: &Driver,
    load: Load,
    contender: &Contender,
    time: f64,
    ratio: f64,
    row: &mut Row,
) -> String {
    let Job { shape, work } = load.job;
    let mut line = format!(
        "{:9} {:>6} {:11} {:6} {:18} {:8} {time:>8.0} {ratio:>6.2}",
        driver.name(),
        load.orchestrations,
        shape.name(),
        work.name(),
        contender.name,
        contender.tasks.name(),
    );
    let again = (!row.times_again.is_empty()).then(|| median(&mut row.times_again));
    for (value, digits) in [(again, 0), (row.allocations, 1), (row.peak, 0)] {
        let _ = match value {
            Some(value) => write!(line, " {value:>8.digits$}"),
            None => write!(line, " {:>8}", "-"),
        };
    }
    line
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn main() {
    // `cargo bench` says so; `cargo test --all-targets` only wants to know whether this runs.
    let is_real = std::env::args().any(|argument| argument == "--bench");
    let words = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'));
    let mut bench = Bench {
        words: words.collect(),
        loads: if is_real {
            vec![(1_000, 11), (10_000, 5)]
        } else {
            vec![(10, 1)]
        },
        contenders: all(),
        ratios: BTreeMap::new(),
    };
    println!(
        "{:9} {:>6} {:11} {:6} {:18} {:8} {:>8} {:>6} {:>8} {:>8} {:>8}",
        "runtime",
        "runs",
        "shape",
        "task",
        "contender",
        "tasks",
        "ns/task",
        "ratio",
        "again",
        "allocs",
        "peak B"
    );
    for driver in Driver::all() {
        for (orchestrations, rounds) in bench.loads.clone() {
            for job in Job::all() {
                if bench.is_asked_for(job) {
                    let load = Load {
                        job,
                        orchestrations,
                    };
                    bench.load(&driver, load, rounds);
                }
            }
        }
    }
    bench.summary();
}
