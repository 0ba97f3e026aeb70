//! This crate against the field: every contender on every graph, in one run, taking turns.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` prints tables in Markdown and writes all figures as JSON.
//! `--write` renews the tables in the README and in the book, too. `--quick` measures few rounds, to see that all works;
//! `--only <word>`, as often as one likes, leaves out the graphs or contenders whose names do not have the word.
//!
//! A cell is a graph, what is in its steps, and how runs follow one another: in turn, each as the root of tokio's runtime of a
//! single thread, or 10,000 at once, each as a task. What is measured is a whole run, as its user pays for it: the graph is put
//! together where that is done at run time, run, and its result read, which is checked. `run alone` leaves out the first of
//! these. Times are medians over rounds; every round begins with another contender. A ratio is the median of the ratios of
//! the rounds, to the best version by hand of the cell. Allocations, and the bytes that live at the peak, are exact.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

mod about;
mod cell;
mod figures;
mod options;
mod renew;
mod report;
mod rounds;
mod tables;

use std::{error::Error, fs, process::ExitCode};

use options::Options;
use orchestrate_peers::Driver;
use report::Report;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::read()? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    let drivers = [Driver::one_thread(), Driver::two_workers()];
    let cells = cell::all(&options, &drivers);
    let mut measured = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        eprintln!("{:>2} of {}: {cell}", at + 1, cells.len());
        measured.push(cell.measure(&options)?);
    }
    let report = Report::of(&options, measured);
    println!("{}", tables::whole(&report));
    fs::write(&options.json, serde_json::to_string_pretty(&report)?)
        .map_err(|error| format!("{}: {error}", options.json.display()))?;
    println!("All figures: {}", options.json.display());
    if options.write {
        renew::documents(&report)?;
    }
    Ok(())
}
