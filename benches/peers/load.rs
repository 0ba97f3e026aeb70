//! What a run of ten steps costs when many run at once: every contender in one run, taking turns.
//!
//! `cargo bench --manifest-path benches/peers/Cargo.toml --bench load`. Words after `--` leave out what they are not a part of:
//! `-- fan yields` measures fans of steps that yield.
//!
//! All runs of a load are started before the first is awaited, each as a task of a tokio runtime: one with a single thread, or
//! one with two workers. Each puts its graph together, runs it and reads its result, and all of that is measured; `alone` is
//! without the first of these. Times are medians over rounds, a step; every round begins with another contender. `ratio` is
//! to a `JoinSet`. Allocations (a step) and the bytes that live at the peak (a run) are exact, and counted on the runtime of a
//! single thread.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{collections::BTreeMap, fmt::Write as _};

use orchestrate_peers::{Bench, Contender, Driver, How, Job, Look, Measured, Shape, Work, all};

/// Those with ten steps.
const SHAPES: [Shape; 3] = [Shape::Independent, Shape::Fan, Shape::ShortChain];

/// What the others are compared to.
const FIRST: &str = "JoinSet";

/// So many runs at once.
#[derive(Clone, Copy)]
struct Load<'d> {
    driver: &'d Driver,
    job: Job,
    runs: usize,
}

impl Load<'_> {
    fn takes(&self, contender: &Contender) -> bool {
        let stays = matches!(self.driver, Driver::OneThread(_));
        (stays || contender.is_send) && (contender.cannot)(self.job.known()).is_none()
    }

    fn ask(&self, contender: &Contender, look: Look) -> Measured {
        let measured = (contender.measure)(&Bench {
            driver: self.driver,
            job: self.job,
            runs: self.runs,
            how: How::AtOnce,
            look,
        });
        let expected = self.job.known().result * self.runs as u64;
        assert_eq!(measured.sum, expected, "{} {:?}", contender.name, self.job);
        measured
    }
}

/// What was measured of one contender under one load. Times are nanoseconds a step.
#[derive(Default)]
struct Row {
    times: Vec<f64>,
    alone: Vec<f64>,
    /// For a step.
    allocations: Option<f64>,
    /// For a run.
    peak: Option<f64>,
}

impl Row {
    fn round(&mut self, load: Load<'_>, contender: &Contender) {
        let a_step = 1e9 / number(load.runs * load.job.known().len());
        self.times
            .push(load.ask(contender, Look::Whole).seconds * a_step);
        if contender.builds {
            self.alone
                .push(load.ask(contender, Look::RunAlone).seconds * a_step);
        }
    }

    fn count(&mut self, load: Load<'_>, contender: &Contender) {
        if let Driver::OneThread(_) = load.driver {
            let counted = load.ask(contender, Look::Allocations).allocations;
            let count = u32::try_from(counted.count_total).map_or(f64::INFINITY, f64::from);
            self.allocations = Some(count / number(load.runs * load.job.known().len()));
            let kilobytes =
                u32::try_from(counted.bytes_max / 1024).map_or(f64::INFINITY, f64::from);
            self.peak = Some(kilobytes * 1024.0 / number(load.runs));
        }
    }
}

/// What is measured, and how thoroughly.
struct Suite {
    words: Vec<String>,
    loads: Vec<(usize, usize)>,
    contenders: Vec<Contender>,
    /// By driver and contender: the logarithms of its ratios.
    ratios: BTreeMap<(&'static str, usize), Vec<f64>>,
}

impl Suite {
    fn load(&mut self, load: Load<'_>, rounds: usize) {
        let taken: Vec<usize> = (0..self.contenders.len())
            .filter(|at| load.takes(&self.contenders[*at]))
            .collect();
        let mut rows: BTreeMap<usize, Row> = taken.iter().map(|at| (*at, Row::default())).collect();
        // The first round is not counted: code and memory are cold.
        for round in 0..=rounds {
            for turn in 0..taken.len() {
                let at = taken[(round + turn) % taken.len()];
                let mut cold = Row::default();
                let row = rows.get_mut(&at).filter(|_| round > 0);
                row.unwrap_or(&mut cold).round(load, &self.contenders[at]);
            }
        }
        let first = rows
            .iter_mut()
            .find(|(at, _)| self.contenders[**at].name == FIRST)
            .map_or(f64::NAN, |(_, row)| median(&mut row.times));
        for (at, mut row) in rows {
            let contender = &self.contenders[at];
            row.count(load, contender);
            let time = median(&mut row.times);
            let ratio = time / first;
            let ratios = self.ratios.entry((load.driver.name(), at)).or_default();
            ratios.push(ratio.ln());
            println!("{}", line(load, contender, time, ratio, &mut row));
        }
        println!();
    }

    fn summary(&self) {
        println!("geometric means of the ratios");
        for ((driver, at), ratios) in &self.ratios {
            let contender = &self.contenders[*at];
            let mean = (ratios.iter().sum::<f64>() / number(ratios.len())).exp();
            println!(
                "{driver:9} {:21} {:8} {mean:>6.2}",
                contender.name,
                contender.steps.name()
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

fn line(load: Load<'_>, contender: &Contender, time: f64, ratio: f64, row: &mut Row) -> String {
    let Job { shape, work } = load.job;
    let mut line = format!(
        "{:9} {:>6} {:14} {:6} {:21} {:8} {time:>8.0} {ratio:>6.2}",
        load.driver.name(),
        load.runs,
        shape.name(),
        work.name(),
        contender.name,
        contender.steps.name(),
    );
    let alone = (!row.alone.is_empty()).then(|| median(&mut row.alone));
    for (value, digits) in [(alone, 0), (row.allocations, 1), (row.peak, 0)] {
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
    let mut suite = Suite {
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
        "{:9} {:>6} {:14} {:6} {:21} {:8} {:>8} {:>6} {:>8} {:>8} {:>8}",
        "runtime",
        "runs",
        "shape",
        "step",
        "contender",
        "steps",
        "ns/step",
        "ratio",
        "alone",
        "allocs",
        "peak B"
    );
    for driver in [Driver::one_thread(), Driver::two_workers()] {
        for (runs, rounds) in suite.loads.clone() {
            for shape in SHAPES {
                for work in Work::ALL {
                    let load = Load {
                        driver: &driver,
                        job: Job { shape, work },
                        runs,
                    };
                    if suite.is_asked_for(load.job) {
                        suite.load(load, rounds);
                    }
                }
            }
        }
    }
    suite.summary();
}
