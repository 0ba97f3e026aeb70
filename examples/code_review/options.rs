//! What is asked for on the command line.

use std::{ffi::OsString, path::PathBuf};

use crate::seeing::Seeing;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Reviews the Rust sources under a folder and writes a report in Markdown.

Usage: code_review [OPTIONS] [DIR]

Arguments:
  [DIR]               the folder to review [default: this repository]

Options:
      --out FILE        where the report goes [default: target/code_review.md]
      --practices FILE  the best practices to review by [default: the file that this example ships]
      --long LINES      a function with more lines of code is long [default: 50]
      --plan            prints the plan and what it would take, and ends
      --progress        shows what runs meanwhile, on the standard error stream
      --report FILE     writes a page about the run, FILE.html, also of one that fails
  -h, --help            prints this
";

/// One review to be made.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The folder to review.
    pub(crate) folder: PathBuf,
    /// Where the report goes.
    pub(crate) out: PathBuf,
    /// The file of best practices.
    pub(crate) practices: PathBuf,
    /// A function with more lines of code than this is long.
    pub(crate) long: usize,
    /// What is to be seen of the run.
    pub(crate) seeing: Seeing,
}

impl Default for Request {
    fn default() -> Self {
        let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        Self {
            practices: repository.join("examples/code_review/best_practices.md"),
            folder: repository,
            out: PathBuf::from("target/code_review.md"),
            long: 50,
            seeing: Seeing::default(),
        }
    }
}

impl Request {
    /// Reads the arguments. `None` when help is asked for.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;

        let mut request = Self::default();
        let mut folder = None;
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("out") => request.out = parser.value()?.into(),
                Long("practices") => request.practices = parser.value()?.into(),
                Long("long") => request.long = parser.value()?.parse()?,
                Long("plan") => request.seeing.plan = true,
                Long("progress") => request.seeing.progress = true,
                Long("report") => request.seeing.report = Some(parser.value()?.into()),
                Short('h') | Long("help") => return Ok(None),
                Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
                _ => return Err(arg.unexpected()),
            }
        }
        if let Some(folder) = folder {
            request.folder = folder;
        }
        Ok(Some(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Request>, String> {
        Request::parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_folder_and_the_options() {
        let request = parse(&["--long", "12", "src", "--out=x.md"])
            .unwrap()
            .unwrap();
        assert_eq!(request.folder, PathBuf::from("src"));
        assert_eq!(request.out, PathBuf::from("x.md"));
        assert_eq!(request.long, 12);
        assert!(!request.seeing.plan && !request.seeing.progress);
        let request = parse(&["--plan", "--progress", "--report", "x.html"])
            .unwrap()
            .unwrap();
        assert!(request.seeing.plan && request.seeing.progress);
        assert_eq!(request.seeing.report, Some(PathBuf::from("x.html")));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(parse(&["a", "b"]).unwrap_err().contains("\"b\""));
        assert!(parse(&["--lung", "3"]).unwrap_err().contains("--lung"));
        assert!(parse(&["--long", "much"]).unwrap_err().contains("much"));
        assert!(parse(&["-h"]).unwrap().is_none());
    }
}
