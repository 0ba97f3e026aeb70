//! What is asked for on the command line.

use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Takes the emergency calls of an evening, the urgent ones first, and tells who has waited how long.

Usage: emergency [OPTIONS] [CALLS]

Arguments:
  [CALLS]       a CSV file: came,priority,what,place,seconds [default: the evening that this example ships]

Options:
      --desks N   how many calls are taken at the same time [default: 1]
  -h, --help      prints this
";

/// One evening.
#[derive(Debug)]
pub(crate) struct Request {
    /// The file with the calls.
    pub(crate) calls: PathBuf,
    /// How many calls are taken at the same time.
    pub(crate) desks: NonZeroUsize,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            calls: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/emergency/calls.csv"),
            desks: NonZeroUsize::MIN,
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
        let mut calls = None;
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("desks") => request.desks = parser.value()?.parse()?,
                Short('h') | Long("help") => return Ok(None),
                Value(value) if calls.is_none() => calls = Some(PathBuf::from(value)),
                _ => return Err(arg.unexpected()),
            }
        }
        if let Some(calls) = calls {
            request.calls = calls;
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
    fn reads_the_file_and_the_desks() {
        let request = parse(&["a.csv", "--desks", "2"]).unwrap().unwrap();
        assert_eq!((request.calls, request.desks.get()), ("a.csv".into(), 2));
        assert!(parse(&["-h"]).unwrap().is_none());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(parse(&["a", "b"]).unwrap_err().contains("\"b\""));
        assert!(parse(&["--desks", "0"]).unwrap_err().contains('0'));
        assert!(parse(&["--desk", "2"]).unwrap_err().contains("--desk"));
    }
}
