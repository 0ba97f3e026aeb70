//! What is asked for on the command line.

use std::ffi::OsString;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Fetches weather bulletins from servers that are slow, flaky and down by turns, and tells what it took.

Usage: resilient_fetch [OPTIONS]

Options:
      --runs N          how many bulletins, from 1 to 10000 [default: 40]
      --at-once N       how many of them at the same time, from 1 to 100 [default: 4]
      --without-mirror  nobody answers in place of the weather server
  -h, --help            prints this
";

/// What is to be fetched.
#[derive(Debug)]
pub(crate) struct Request {
    /// How many bulletins.
    pub(crate) runs: usize,
    /// How many of them at the same time.
    pub(crate) at_once: usize,
    /// Whether the mirror is up.
    pub(crate) has_mirror: bool,
}

/// An argument that is not what it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OptionsError {
    /// It is unknown, or lacks its value.
    #[error(transparent)]
    Argument(#[from] lexopt::Error),
    /// A number that is none, or too small or too large.
    #[error("`{option}` takes a number from 1 to {most}, and not `{given}`")]
    Number {
        option: &'static str,
        most: usize,
        given: String,
    },
}

impl Default for Request {
    fn default() -> Self {
        Self {
            runs: 40,
            at_once: 4,
            has_mirror: true,
        }
    }
}

impl Request {
    /// Reads the arguments. `None` when help is asked for.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<Self>, OptionsError> {
        use lexopt::prelude::*;

        let mut request = Self::default();
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("runs") => request.runs = number("--runs", &parser.value()?, 10_000)?,
                Long("at-once") => request.at_once = number("--at-once", &parser.value()?, 100)?,
                Long("without-mirror") => request.has_mirror = false,
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(arg.unexpected().into()),
            }
        }
        Ok(Some(request))
    }
}

/// A number from 1 to `most`.
fn number(option: &'static str, given: &OsString, most: usize) -> Result<usize, OptionsError> {
    let number = given.to_str().and_then(|given| given.parse().ok());
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| OptionsError::Number {
            option,
            most,
            given: given.display().to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Request>, String> {
        Request::parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_options() {
        let request = parse(&["--runs=7", "--at-once", "2", "--without-mirror"]);
        let request = request.unwrap().unwrap();
        assert_eq!((request.runs, request.at_once), (7, 2));
        assert!(!request.has_mirror);
        assert!(parse(&["-h"]).unwrap().is_none());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for given in ["0", "10001", "-1", "many", ""] {
            assert_eq!(
                parse(&["--runs", given]).unwrap_err(),
                format!("`--runs` takes a number from 1 to 10000, and not `{given}`")
            );
        }
        assert!(
            parse(&["--at-once", "101"])
                .unwrap_err()
                .contains("--at-once")
        );
        assert!(parse(&["--at-once"]).unwrap_err().contains("--at-once"));
        assert!(parse(&["--mirror"]).unwrap_err().contains("--mirror"));
        assert!(parse(&["12"]).unwrap_err().contains("12"));
        assert!(parse(&["--without-mirror=yes"]).is_err());
    }
}
