//! How long rustc takes for generated workflows, beside the same graphs written by hand: see `README.md` beside this file.
//!
//! `cargo run --release -p orchestrate-benches --bin compile_time`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its result, and says what it is doing"
)]

mod arguments;
mod crates;
mod rustc;
mod table;

use std::{env, io, path::PathBuf, process::ExitCode};

use orchestrate_benches::{Rival, Shape};

use self::{
    arguments::{Arguments, HELP},
    crates::Crates,
    rustc::{Cost, Profile},
};

/// One graph, and what it costs in each way of writing it.
struct Row {
    shape: Shape,
    /// How many steps were asked for: by this the rows of a kind belong together.
    size: usize,
    kind: &'static str,
    profiles: Vec<Costs>,
}

/// The medians of one profile, that of a crate without steps taken off where it says so.
struct Costs {
    profile: Profile,
    hand: Cost,
    /// Which way by hand was the cheapest.
    best: Rival,
    ours: Cost,
}

fn main() -> ExitCode {
    // Cargo calls this program again, in the place of rustc.
    if let Some(report) = env::var_os(rustc::REPORT) {
        return rustc::wrapped(&PathBuf::from(report));
    }
    let arguments = match Arguments::parse() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("compile_time: {error}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compile_time: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> io::Result<()> {
    let mut crates = Crates::new(arguments.optimized_macros)?;
    crates.add("nothing", "")?;
    let shapes = arguments.shapes();
    for (_, _, shape) in &shapes {
        crates.add(&of(shape, "ours"), &ours(shape))?;
        for rival in rivals(shape) {
            crates.add(&of(shape, rival.name()), &by_hand(shape, rival))?;
        }
    }
    crates.finish()?;

    let mut profiles = vec![Profile::Check];
    if !arguments.check_only {
        profiles.push(Profile::Release);
    }
    for &profile in &profiles {
        eprintln!("building what all of them depend on, for {profile}");
        crates.cost("nothing", profile)?;
    }
    let mut nothing = Vec::new();
    for &profile in &profiles {
        nothing.push(median_of(arguments.rounds, &[&|| crates.cost("nothing", profile)])?[0]);
    }

    table::head(&nothing, &profiles);
    let mut rows = Vec::new();
    for (kind, size, shape) in shapes {
        let mut costs = Vec::new();
        for (&profile, &nothing) in profiles.iter().zip(&nothing) {
            costs.push(compare(
                &crates,
                &shape,
                profile,
                nothing,
                arguments.rounds,
            )?);
        }
        let row = Row {
            shape,
            size,
            kind,
            profiles: costs,
        };
        table::row(&row);
        rows.push(row);
    }
    table::growth(&rows);
    Ok(())
}

/// All ways to write a graph, taking turns.
fn compare(
    crates: &Crates,
    shape: &Shape,
    profile: Profile,
    nothing: Cost,
    rounds: usize,
) -> io::Result<Costs> {
    let rivals = rivals(shape);
    let mut names = vec![of(shape, "ours")];
    names.extend(rivals.iter().map(|rival| of(shape, rival.name())));
    let runs: Vec<_> = names
        .iter()
        .map(|name| move || crates.cost(name, profile))
        .collect();
    let runs: Vec<&dyn Fn() -> io::Result<Cost>> = runs.iter().map(|run| run as _).collect();
    let medians = median_of(rounds, &runs)?;
    let (best, hand) = rivals
        .iter()
        .zip(&medians[1..])
        .min_by(|a, b| a.1.cpu.total_cmp(&b.1.cpu))
        .ok_or_else(|| io::Error::other("nothing to compare with"))?;
    Ok(Costs {
        profile,
        hand: hand.net(nothing),
        best: *best,
        ours: medians[0].net(nothing),
    })
}

/// The medians of each, over rounds in which each has its turn.
fn median_of(rounds: usize, runs: &[&dyn Fn() -> io::Result<Cost>]) -> io::Result<Vec<Cost>> {
    let mut costs = vec![Vec::new(); runs.len()];
    for _ in 0..rounds {
        for (run, costs) in runs.iter().zip(&mut costs) {
            costs.push(run()?);
        }
    }
    Ok(costs.iter().map(|costs| Cost::median(costs)).collect())
}

/// How somebody would write it by hand.
fn rivals(shape: &Shape) -> Vec<Rival> {
    let ways = [Rival::Levels, Rival::Groups];
    ways.into_iter().filter(|way| way.suits(shape)).collect()
}

fn ours(shape: &Shape) -> String {
    let name = &shape.name;
    format!(
        "{}pub fn started(input: u64) -> Pin<Box<dyn Future<Output = Option<u64>>>> {{\n    \
         Box::pin(async move {{ {name} {{ input }}.run(&::orchestrated::Orchestrator::new()).await.ok() }})\n}}\n",
        shape.workflow()
    )
}

/// The future is made a trait object, or no code would be generated for its body.
fn by_hand(shape: &Shape, rival: Rival) -> String {
    let name = format!("{}_{}", shape.name, rival.name());
    format!(
        "{}{}pub fn started(input: u64) -> Pin<Box<dyn Future<Output = Option<u64>>>> {{\n    \
         Box::pin(async move {{ Some({name}(input).await) }})\n}}\n",
        shape.functions(),
        shape.by_hand(rival)
    )
}

/// The name of a crate.
fn of(shape: &Shape, way: &str) -> String {
    format!("{}_{way}", shape.name.to_lowercase())
}
