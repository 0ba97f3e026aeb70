//! What graphs of 10, 100 and 1,000 steps cost a step: an expansion beside the same graph by hand, in all the ways of
//! [`orchestrate_benches::Rival`], in the same binary, taking turns.
//!
//! `cargo bench -p orchestrate-benches --bench large`, with `-- --help` for its options. Figures are medians over rounds; what
//! counts is the ratio to the best rival in the same row. Steps are ready at once, or yield once, or wait at a gate that
//! lets one of them through at a time: then the polls say whether the wake of one step polls the others.
//!
//! rustc is a quarter of an hour at the graphs of 1,000 steps, most of it for the versions by hand.
//! `ORCHESTRATE_BENCH_STEPS=10,100` leaves them out.
//!
//! How a step ends is looked up when it is polled, so that every graph is compiled once: about a nanosecond a poll, for all
//! alike. `cells` uses `OnceCell`, so unlike a workflow's its runs cannot go to another thread.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

mod contender;
mod driver;
mod memory;
mod work;

use std::{hint::black_box, time::Instant};

use lexopt::{Arg, Parser, ValueExt as _};
use orchestrated::Orchestrator;

use self::{contender::Contender, driver::Driver, work::Mode};

#[expect(non_snake_case, reason = "the functions are named after the shapes")]
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    unused_variables
)]
mod graphs {
    use crate::{
        contender::Contender,
        work::{there, work},
    };

    include!(concat!(env!("OUT_DIR"), "/large.rs"));
}

const HELP: &str = "\
What graphs of 10, 100 and 1,000 steps cost a step, beside the same graphs by hand.

--only <text>   graphs whose names have this in them: Chain, Fan100, ..
--mode <name>   one of ready, yields, gated; all of them unless told
--quick         3 rounds instead of 21
--memory        the sizes of runs, and what ten thousand of them take, instead of times
--help          this
";

/// What is being measured, and how thoroughly.
struct Bench {
    orchestrator: &'static Orchestrator,
    drivers: Vec<Driver>,
    gate: Driver,
    modes: Vec<Mode>,
    rounds: usize,
    runs: usize,
    memory: bool,
    only: Option<String>,
}

impl Bench {
    /// Takes a graph, in all the ways that it is written; ours is the first.
    fn graph(
        &mut self,
        name: &str,
        steps: usize,
        _is_level: bool,
        contenders: impl FnOnce(&'static Orchestrator) -> Vec<Contender>,
    ) {
        if self.only.as_ref().is_some_and(|only| !name.contains(only)) {
            return;
        }
        let contenders = contenders(self.orchestrator);
        if self.memory {
            memory::print(name, steps, self.runs, &contenders);
            return;
        }
        for &mode in &self.modes {
            mode.set();
            if mode == Mode::Gated {
                self.times(&self.gate, mode, name, steps, &contenders);
            } else {
                for driver in &self.drivers {
                    self.times(driver, mode, name, steps, &contenders);
                }
            }
        }
    }

    fn times(
        &self,
        driver: &Driver,
        mode: Mode,
        name: &str,
        steps: usize,
        contenders: &[Contender],
    ) {
        let expected = (contenders[0].run)(driver, 1);
        for contender in contenders {
            assert_eq!((contender.run)(driver, 1), expected, "{}", contender.name);
        }
        let runs = match self.runs {
            1 => 1,
            // Where a wake polls all that wait, a run is quadratic.
            _ if mode == Mode::Gated => (1_000_000 / steps / steps).clamp(3, 2_000),
            _ => (100_000 / steps).clamp(20, 5_000),
        };
        let mut times = vec![Vec::new(); contenders.len()];
        for _ in 0..self.rounds {
            for (contender, times) in contenders.iter().zip(&mut times) {
                times.push(time(runs, || (contender.run)(driver, black_box(1))));
            }
        }
        let per_step: Vec<f64> = times
            .iter_mut()
            .map(|times| median(times) / count(steps))
            .collect();
        let (best, least) = contenders
            .iter()
            .zip(&per_step)
            .skip(1)
            .min_by(|a, b| a.1.total_cmp(b.1))
            .expect("there are rivals");
        print!(
            "{:6} {:7} {name:12} {steps:>5} | {:>8.1} {:>8.1} {:>6.2} {:9} |",
            driver.name(),
            mode.name(),
            per_step[0],
            least,
            per_step[0] / least,
            best.name
        );
        for (contender, nanoseconds) in contenders.iter().zip(&per_step) {
            print!(" {} {nanoseconds:.1}", contender.name);
            let allocations = allocation_counter::measure(|| {
                black_box((contender.run)(driver, black_box(1)));
            });
            print!(" ({}", allocations.count_total);
            if mode == Mode::Gated {
                (contender.run)(driver, 1);
                let polls = u32::try_from(work::polls()).unwrap_or(u32::MAX);
                print!(", {:.1}", f64::from(polls) / count(steps));
            }
            print!(")");
        }
        println!();
    }
}

/// Nanoseconds a run.
fn time<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e9 / count(runs)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn main() -> Result<(), lexopt::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let mut bench = Bench {
        orchestrator: Box::leak(Box::new(Orchestrator::new())),
        drivers: vec![Driver::Bare, Driver::Tokio(runtime.expect("a runtime"))],
        gate: Driver::gate(),
        modes: Mode::ALL.to_vec(),
        rounds: 1,
        runs: 1,
        memory: false,
        only: None,
    };
    let (mut is_real, mut is_quick) = (false, false);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            // `cargo bench` says so; `cargo test --all-targets` only wants to know whether this runs.
            Arg::Long("bench") => is_real = true,
            Arg::Long("quick") => is_quick = true,
            Arg::Long("memory") => bench.memory = true,
            Arg::Long("only") => bench.only = Some(arguments.value()?.string()?),
            Arg::Long("mode") => {
                let name = arguments.value()?.string()?;
                let mode = Mode::ALL.into_iter().find(|mode| mode.name() == name);
                bench.modes = vec![mode.ok_or_else(|| format!("no mode is named `{name}`"))?];
            }
            Arg::Long("help") => {
                print!("{HELP}");
                return Ok(());
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if is_real {
        bench.rounds = if is_quick { 3 } else { 21 };
        bench.runs = 10_000;
    }
    if bench.memory {
        memory::head(bench.runs);
    } else {
        println!(
            "{:6} {:7} {:12} {:>5} | {:>8} {:>8} {:>6} {:9} | each: ns a step (allocations a run; polls a step at the gate)",
            "driver", "steps", "graph", "steps", "ours ns", "best ns", "ratio", "best"
        );
    }
    graphs::all(&mut bench);
    Ok(())
}
