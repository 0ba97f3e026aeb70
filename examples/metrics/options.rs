//! What is asked for on the command line.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Checks the pages of a book, and serves what that took to Prometheus.

Usage: metrics [OPTIONS] [FOLDER]

Arguments:
  [FOLDER]             a folder with Markdown files [default: the book of this library]

Options:
      --rounds N       how often each page is looked at [default: 2]
      --listen ADDRESS where to serve, as IP:PORT; port 0 is any that is free [default: 127.0.0.1:0]
      --serve          goes on serving until it is stopped
  -h, --help           prints this
";

/// What to look at, and where to serve.
#[derive(Debug)]
pub(crate) struct Request {
    /// The folder with the pages.
    pub(crate) folder: PathBuf,
    /// How often each page is looked at.
    pub(crate) rounds: NonZeroUsize,
    /// Where to serve.
    pub(crate) listen: SocketAddr,
    /// Whether to go on serving.
    pub(crate) serve: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/src"),
            rounds: NonZeroUsize::MIN.saturating_add(1),
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            serve: false,
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
                Long("rounds") => request.rounds = parser.value()?.parse_with(rounds)?,
                Long("listen") => request.listen = parser.value()?.parse_with(address)?,
                Long("serve") => request.serve = true,
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

fn rounds(value: &str) -> Result<NonZeroUsize, String> {
    let rounds = value.parse();
    rounds.map_err(|_| "`--rounds` takes a number, and at least 1".to_owned())
}

fn address(value: &str) -> Result<SocketAddr, String> {
    let address = value.parse();
    address.map_err(|_| "`--listen` takes an address such as 127.0.0.1:9090".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Request>, String> {
        Request::parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_what_is_asked_for() {
        let args = [
            "pages",
            "--rounds",
            "3",
            "--listen",
            "127.0.0.1:9090",
            "--serve",
        ];
        let request = parse(&args).unwrap().unwrap();
        assert_eq!(request.folder, PathBuf::from("pages"));
        assert_eq!(request.rounds.get(), 3);
        assert_eq!(request.listen.port(), 9090);
        assert!(request.serve);
        assert!(parse(&["-h"]).unwrap().is_none());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(parse(&["a", "b"]).unwrap_err().contains("\"b\""));
        assert!(parse(&["--rounds", "0"]).unwrap_err().contains("--rounds"));
        assert!(
            parse(&["--listen", "here"])
                .unwrap_err()
                .contains("--listen")
        );
        assert!(parse(&["--round", "2"]).unwrap_err().contains("--round"));
    }
}
