//! What is asked for on the command line.

use std::{ffi::OsString, path::PathBuf};

use crate::seeing::Seeing;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Analyses the sales of a made-up online shop, and writes a chart and a report.

Usage: data_analytics [OPTIONS] [DATA]

Arguments:
  [DATA]              the folder with users.csv, events.csv, demographics.csv and market.csv
                      [default: the data that this example ships]

Options:
      --out DIR         where chart.svg and report.md go [default: target/data_analytics]
      --generate DIR    writes the data that this example ships into a folder, and ends
      --plan            prints the plan and what it would take, and ends
      --progress        shows what runs meanwhile, on the standard error stream
      --report FILE     writes a page about the run, FILE.html, also of one that fails
  -h, --help            prints this
";

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Task {
    /// Print the help.
    Help,
    /// Write the data into a folder.
    Generate(PathBuf),
    /// Analyse.
    Analyse(Request),
}

/// One analysis to be made.
#[derive(Debug)]
pub(crate) struct Request {
    /// The folder with the data files.
    pub(crate) data: PathBuf,
    /// The folder that the chart and the report go to.
    pub(crate) out: PathBuf,
    /// What is to be seen of the run.
    pub(crate) seeing: Seeing,
}

impl Default for Request {
    fn default() -> Self {
        let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        Self {
            data: repository.join("examples/data_analytics/data"),
            out: PathBuf::from("target/data_analytics"),
            seeing: Seeing::default(),
        }
    }
}

impl Task {
    /// Reads the arguments.
    pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;

        let mut request = Request::default();
        let mut data = None;
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("out") => request.out = parser.value()?.into(),
                Long("generate") => return Ok(Self::Generate(parser.value()?.into())),
                Long("plan") => request.seeing.plan = true,
                Long("progress") => request.seeing.progress = true,
                Long("report") => request.seeing.report = Some(parser.value()?.into()),
                Short('h') | Long("help") => return Ok(Self::Help),
                Value(value) if data.is_none() => data = Some(PathBuf::from(value)),
                _ => return Err(arg.unexpected()),
            }
        }
        if let Some(data) = data {
            request.data = data;
        }
        Ok(Self::Analyse(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Task, String> {
        Task::parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_arguments() {
        let Ok(Task::Analyse(request)) = parse(&["data", "--out", "there"]) else {
            panic!("no analysis");
        };
        assert_eq!(request.data, PathBuf::from("data"));
        assert_eq!(request.out, PathBuf::from("there"));
        assert!(!request.seeing.plan && !request.seeing.progress);
        let Ok(Task::Analyse(request)) = parse(&["--plan", "--progress", "--report", "x.html"])
        else {
            panic!("no analysis");
        };
        assert!(request.seeing.plan && request.seeing.progress);
        assert_eq!(request.seeing.report, Some(PathBuf::from("x.html")));
        assert!(matches!(parse(&["--generate=x"]), Ok(Task::Generate(_))));
        assert!(matches!(parse(&["-h"]), Ok(Task::Help)));
        assert!(parse(&["a", "b"]).unwrap_err().contains("\"b\""));
    }
}
