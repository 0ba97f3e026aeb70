//! How long `cargo check` takes of a generated workflow, beside the same graph written by hand.
//!
//! `cargo run --release -p orchestrate-benches --bin compile_time`. Each graph is two crates of their own, checked in
//! turns; the times are medians, the ratio is what counts. What both depend on is built before, and so is `cargo` itself
//! measured on a crate without steps: that time is taken off.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Instant, SystemTime},
};

use orchestrate_benches::Shape;

const ROUNDS: usize = 7;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("compile_time");
    let steps: Vec<usize> = env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let steps = if steps.is_empty() { vec![100] } else { steps };
    let mut shapes = Vec::new();
    for &steps in &steps {
        let side = steps.isqrt().max(1);
        shapes.extend([
            Shape::chain(steps),
            Shape::fan(steps),
            Shape::dense(side, side),
            Shape::sparse(side, side),
        ]);
    }

    let mut members = vec!["nothing".to_owned()];
    write(&folder, "nothing", &root, "")?;
    for shape in &shapes {
        for (kind, source) in [("ours", shape.workflow()), ("hand", shape.levels())] {
            let name = format!("{}_{kind}", shape.name.to_lowercase());
            write(&folder, &name, &root, &source)?;
            members.push(name);
        }
    }
    fs::write(
        folder.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"),
    )?;
    // The versions of the workspace: what has been downloaded for it is enough.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    check(&folder, None)?;

    let mut nothing: Vec<f64> = Vec::new();
    for _ in 0..ROUNDS {
        nothing.push(touched(&folder, "nothing")?);
    }
    let nothing = median(&mut nothing);
    println!("cargo check of a crate without steps: {nothing:.2} s, taken off below");
    println!(
        "{:14} {:>6} {:>8} {:>8} {:>6}",
        "shape", "steps", "hand s", "ours s", "ratio"
    );
    for shape in &shapes {
        let name = shape.name.to_lowercase();
        let (mut hand, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            hand.push(touched(&folder, &format!("{name}_hand"))? - nothing);
            ours.push(touched(&folder, &format!("{name}_ours"))? - nothing);
        }
        let (hand, ours) = (median(&mut hand), median(&mut ours));
        println!(
            "{:14} {:>6} {hand:>8.2} {ours:>8.2} {:>6.2}",
            shape.name,
            shape.steps(),
            ours / hand
        );
    }
    Ok(())
}

/// A crate with a graph in it.
fn write(folder: &Path, name: &str, root: &Path, source: &str) -> io::Result<()> {
    let folder = folder.join(name);
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nfutures = \"0.3\"\norchestrated = {{ path = '{}' }}\n",
        root.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let source = format!(
        "#![allow(dead_code, unused, non_snake_case)]\n\
         async fn work(sum: u64) -> u64 {{ std::future::ready(sum).await + 1 }}\n{source}"
    );
    fs::write(folder.join("src/lib.rs"), source)
}

/// Seconds of a check after a change.
fn touched(folder: &Path, name: &str) -> io::Result<f64> {
    let source = fs::File::options()
        .append(true)
        .open(folder.join(name).join("src/lib.rs"))?;
    source.set_modified(SystemTime::now())?;
    let start = Instant::now();
    check(folder, Some(name))?;
    Ok(start.elapsed().as_secs_f64())
}

fn check(folder: &Path, package: Option<&str>) -> io::Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .args(["check", "--quiet"]);
    if let Some(package) = package {
        cargo.args(["--package", package]);
    }
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(io::Error::other("cargo check failed"))
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
