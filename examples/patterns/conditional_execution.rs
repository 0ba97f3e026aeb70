//! Conditional execution: which steps run is decided by what an earlier one has found.
//!
//! Use it when there are several ways to the same result, or work that only some inputs need. All ways stand in the plan, so it is
//! checked whatever comes; a run takes one of them, and the other steps cost nothing.
//!
//! ```text
//! cargo run --example conditional_execution               # the gauges in this file, in both of their forms
//! cargo run --example conditional_execution -- my.json    # gauges of yours, as JSON or as CSV
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::BTreeMap,
    error::Error,
    io,
    num::ParseFloatError,
    path::{Path, PathBuf},
};

use orchestrated::{Orchestrator, workflow};
use tokio::fs;

/// How high the water is at which gauge, in metres.
type Gauges = BTreeMap<String, f64>;

workflow! {
    /// Reads gauges in whatever form they come, and writes a warning beside the file if the water is above `limit`.
    workflow Watch(file: &Path, limit: f64) -> Result<(Gauges, Option<PathBuf>), WatchError> {
        tool fn text(file) -> Result<String, io::Error> { fs::read_to_string(file).await }

        fn form(text) -> Form { Form::of(text) }

        #[when(*form == Form::Json)]
        tool fn json(text, form) -> Result<Gauges, serde_json::Error> { serde_json::from_str(text) }

        #[when(*form == Form::Csv)]
        tool fn csv(text, form) -> Result<Gauges, ParseFloatError> {
            let rows = text.lines().filter_map(|row| row.split_once(','));
            rows.map(|(gauge, metres)| Ok((gauge.to_owned(), metres.trim().parse()?))).collect()
        }

        /// The ways meet here: one of them was taken, or none.
        fn gauges(json, csv) -> Result<Gauges, WatchError> { json.or(csv).cloned().ok_or(WatchError::UnknownForm) }

        #[when(gauges.values().any(|metres| metres > limit))]
        tool fn warning(file, gauges, limit) -> Result<PathBuf, io::Error> {
            let high = gauges.iter().filter(|(_, metres)| *metres > limit);
            let lines: Vec<_> = high.map(|(gauge, metres)| format!("{gauge}: {metres} m")).collect();
            let warning = file.with_extension("warning");
            fs::write(&warning, lines.join("\n")).await?;
            Ok(warning)
        }

        Ok((gauges, warning))
    }
}

#[derive(PartialEq)]
enum Form {
    Json,
    Csv,
    Unknown,
}

impl Form {
    /// By what is in it, not by what it is called.
    fn of(text: &str) -> Self {
        match text.trim_start().chars().next() {
            Some('{') => Self::Json,
            Some(_) if text.lines().all(|row| row.split(',').count() == 2) => Self::Csv,
            _ => Self::Unknown,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("this JSON holds no gauges: {0}")]
    Json(#[from] serde_json::Error),
    #[error("this CSV holds no gauges: {0}")]
    Csv(#[from] ParseFloatError),
    #[error("it is neither JSON nor CSV")]
    UnknownForm,
}

const JSON: &str = r#"{ "Kellin": 2.4, "Saltmarsh": 3.1 }"#;
const CSV: &str = "Kellin, 2.2\nSaltmarsh, 2.6\n";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Watch::PLAN);
    let folder = tempfile::tempdir()?;
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        files = vec![folder.path().join("monday"), folder.path().join("tuesday")];
        fs::write(&files[0], JSON).await?;
        fs::write(&files[1], CSV).await?;
    }
    for file in &files {
        let (gauges, warning) = Watch { file, limit: 3.0 }.run(&Orchestrator::new()).await?;
        let then = warning.map_or("all is well", |_| "and a warning is written");
        println!("{gauges:?}, {then}");
    }
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Watch::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read from such a file, and the warning, where one is written.
    async fn watched(text: &str) -> (Result<Vec<f64>, String>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let file = &folder.path().join("gauges");
        fs::write(file, text).await.unwrap();
        let watched = Watch { file, limit: 3.0 }.run(&Orchestrator::new()).await;
        let warning = fs::read_to_string(file.with_extension("warning")).await;
        let gauges = watched.map(|(gauges, _)| gauges.into_values().collect());
        (gauges.map_err(|failure| failure.to_string()), warning.ok())
    }

    #[tokio::test]
    async fn one_of_the_ways_is_taken() {
        assert_eq!(watched(CSV).await, (Ok(vec![2.2, 2.6]), None));
        assert_eq!(watched(JSON).await.0, Ok(vec![2.4, 3.1]));
    }

    #[tokio::test]
    async fn a_warning_is_written_when_there_is_something_to_warn_of() {
        assert_eq!(watched(JSON).await.1.as_deref(), Some("Saltmarsh: 3.1 m"));
    }

    #[tokio::test]
    async fn a_way_that_is_taken_can_fail_and_so_can_the_choice() {
        let told = |step, why| Err(format!("workflow `Watch`: step `{step}` failed: {why}"));
        let (gauges, warning) = watched("Kellin, deep").await;
        let wrong = told("csv", "this CSV holds no gauges: invalid float literal");
        assert_eq!((gauges, warning), (wrong, None));
        let neither = told("gauges", "it is neither JSON nor CSV");
        assert_eq!(watched("high water").await, (neither, None));
    }
}
