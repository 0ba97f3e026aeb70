//! What the reviewers find, and what is made of it.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use orchestrated::StepFailure;

use crate::error::DeployError;

/// Something in a file that should not be so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: PathBuf,
    line: usize,
    what: String,
}

impl Finding {
    pub(crate) fn new(path: &Path, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_path_buf(),
            line,
            what: what.into(),
        }
    }

    /// Many of them, each on a line of its own.
    pub(crate) fn lines(findings: &[Self]) -> String {
        let lines = findings.iter().map(|finding| format!("\n  {finding}"));
        lines.collect::<Vec<_>>().concat()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}

/// What people should know before they agree. It stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Advice {
    /// What the reviewer of weights has found.
    Given(Vec<Finding>),
    /// There is none, and why.
    Missing(String),
}

/// Lets a site pass that has neither broken links nor broken markup. What it weighs is advice, and may be missing.
pub(crate) fn judge(
    links: &[Finding],
    markup: &[Finding],
    weight: Result<&Vec<Finding>, &StepFailure>,
) -> Result<Advice, DeployError> {
    if !links.is_empty() || !markup.is_empty() {
        let mut all = [links, markup].concat();
        all.sort();
        return Err(DeployError::Unfit(all));
    }
    Ok(match weight {
        Ok(findings) => Advice::Given(findings.clone()),
        Err(failure) => Advice::Missing(failure.to_string()),
    })
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(findings) if findings.is_empty() => {
                f.write_str("none: nothing is too heavy")
            }
            Self::Given(findings) => f.write_str(Finding::lines(findings).trim_start()),
            Self::Missing(why) => write!(f, "none: {why}"),
        }
    }
}
