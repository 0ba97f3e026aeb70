//! Makes the pictures of the README, out of what the library itself prints: a plan, a Gantt chart, a compile error.
//!
//! ```text
//! cargo run -p pictures               # writes docs/pictures/*.svg
//! cargo run -p pictures -- --check    # says whether they are what they would be
//! ```
//!
//! The run that is drawn is one in virtual time, so that every picture is the same wherever it is made.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

mod mistake;
mod review;

use std::{error::Error, fs, path::Path, process::ExitCode};

use anstyle_svg::Term;

/// As wide as a page shows text of that size.
const WIDTH: usize = 100;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> ExitCode {
    let check = match &std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [only] if only == "--check" => true,
        other => {
            eprintln!("error: unexpected {other:?}; there is only `--check`");
            return ExitCode::FAILURE;
        }
    };
    match made().await.and_then(|pictures| seen_to(&pictures, check)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every picture by its name.
async fn made() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let (plan, chart) = review::shown(WIDTH).await?;
    Ok(vec![
        ("plan.svg", drawn(&plan)),
        ("gantt.svg", drawn(&chart)),
        ("error.svg", drawn(&mistake::told()?)),
    ])
}

/// What a terminal would show, as a picture.
fn drawn(text: &str) -> String {
    Term::new()
        .palette(anstyle_lossy::palette::WIN10_CONSOLE)
        .render_svg(text)
}

/// Writes the pictures, or looks whether they are there.
fn seen_to(pictures: &[(&str, String)], check: bool) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, picture) in pictures {
        let path = folder.join(name);
        if !check {
            fs::write(&path, picture).map_err(|error| format!("{}: {error}", path.display()))?;
            println!("{}", path.display());
        } else if fs::read_to_string(&path).ok().as_ref() != Some(picture) {
            let path = path.display();
            return Err(format!("{path} is out of date: run `cargo run -p pictures`").into());
        }
    }
    Ok(())
}
