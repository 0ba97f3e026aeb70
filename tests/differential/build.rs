//! Writes the workflows: those of the fixed seeds, and of the seeds that the environment asks for.

use std::{env, fs, path::Path};

#[path = "src/dice.rs"]
mod dice;
#[path = "src/draw.rs"]
mod draw;
#[path = "src/source.rs"]
mod source;

/// `7` or `100..200`, with commas between them: these seeds, and no others.
const SEEDS: &str = "ORCHESTRATED_SEEDS";

/// What is always tested.
const FIXED: std::ops::Range<u64> = 0..32;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-env-changed={SEEDS}");
    let seeds = match env::var(SEEDS) {
        Ok(wanted) if !wanted.trim().is_empty() => seeds(&wanted),
        _ => FIXED.collect(),
    };
    let graphs: Vec<draw::Graph> = seeds.into_iter().map(draw::graph).collect();
    let folder = env::var_os("OUT_DIR").expect("cargo gives a folder");
    fs::write(
        Path::new(&folder).join("graphs.rs"),
        source::source(&graphs),
    )
    .expect("the folder can be written to");
}

fn seeds(wanted: &str) -> Vec<u64> {
    let number = |text: &str| -> u64 {
        let number = text.trim().parse();
        number.unwrap_or_else(|_| {
            panic!("{SEEDS} holds seeds (`7`) and ranges (`0..9`), not `{text}`")
        })
    };
    let parts = wanted.split(',').map(|part| match part.split_once("..") {
        Some((start, end)) => number(start)..number(end),
        None => number(part)..number(part) + 1,
    });
    parts.flatten().collect()
}
