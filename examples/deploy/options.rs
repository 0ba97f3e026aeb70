//! What is asked for on the command line.

use std::{ffi::OsString, path::PathBuf};

use orchestrated::plan::{Kind, Step, nearest};

use crate::{Deploy, Publish, faults::Faults};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Reviews a site, mends its descriptions, asks whether it may go out, and publishes it.

Usage: deploy [OPTIONS] [SITE]

Arguments:
  [SITE]            the folder with `site.toml` and the pages [default: the site that this example ships]

Options:
      --to DIR        the folder that the site is served from; must be there
                      [default: a temporary one that serves an earlier release]
      --yes           asks nobody
      --strict        publishes nothing that was not weighed
      --fail-at STEP  lets a step fail, to see that everything is undone; the optional step `weight` is
                      missed with `--strict` only
  -h, --help          prints this
";

/// One deploy.
#[derive(Debug)]
pub(crate) struct Request {
    /// The folder with the site.
    pub(crate) site: PathBuf,
    /// The folder that it is served from; none for a temporary one.
    pub(crate) to: Option<PathBuf>,
    /// Whether nobody is asked.
    pub(crate) yes: bool,
    /// Whether the site must have been weighed.
    pub(crate) strict: bool,
    /// What is to go wrong.
    pub(crate) faults: Faults,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            site: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/deploy/site"),
            to: None,
            yes: false,
            strict: false,
            faults: Faults::default(),
        }
    }
}

/// The steps that can be made to fail: those with a body of their own. Both plans are constants, so they are known here.
pub(crate) fn steps() -> impl Iterator<Item = &'static str> + Clone {
    let steps = Deploy::PLAN.steps().iter().chain(Publish::PLAN.steps());
    let steps = steps.filter(|step| !matches!(step.kind(), Kind::Human | Kind::Flow));
    steps.map(Step::name)
}

impl Request {
    /// Reads the arguments. `None` when help is asked for.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;

        let mut request = Self::default();
        let mut site = None;
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("to") => request.to = Some(parser.value()?.into()),
                Long("yes") => request.yes = true,
                Long("strict") => request.strict = true,
                Long("fail-at") => request.faults.at = Some(step(parser.value()?.string()?)?),
                Short('h') | Long("help") => return Ok(None),
                Value(value) if site.is_none() => site = Some(PathBuf::from(value)),
                _ => return Err(arg.unexpected()),
            }
        }
        if let Some(site) = site {
            request.site = site;
        }
        Ok(Some(request))
    }
}

/// A step that can be made to fail.
fn step(name: String) -> Result<String, String> {
    if steps().any(|step| step == name) {
        return Ok(name);
    }
    let hint = match nearest(&name, steps()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", steps().collect::<Vec<_>>().join(", ")),
    };
    Err(format!(
        "`--fail-at`: no step `{name}` can be made to fail; {hint}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Request>, String> {
        Request::parse(args.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_folders_and_the_options() {
        let request = parse(&["--yes", "pages", "--to=www", "--fail-at", "written"]);
        let request = request.unwrap().unwrap();
        assert_eq!(request.site, PathBuf::from("pages"));
        assert_eq!(request.to, Some(PathBuf::from("www")));
        assert_eq!(request.faults.at.as_deref(), Some("written"));
        assert!(request.yes && !request.strict);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (args, named) in [
            (&["a", "b"][..], "\"b\""),
            (&["--two"], "--two"),
            (&["--fail-at", "writen"], "did you mean `written`?"),
            (&["--fail-at", "nowhere"], "there are: read, links,"),
            // A person fails nowhere, and a flow where one of its steps does.
            (&["--fail-at", "approved"], "no step `approved`"),
            (&["--fail-at"], "--fail-at"),
        ] {
            let error = parse(args).unwrap_err();
            assert!(error.contains(named), "no {named} in: {error}");
        }
        assert!(parse(&["-h"]).unwrap().is_none());
    }
}
