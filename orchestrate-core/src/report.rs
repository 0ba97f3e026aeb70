//! One page about runs: a file that any browser shows, without a network.

mod headline;
mod page;
#[cfg(test)]
mod tests;
mod view;

use std::{borrow::Cow, fmt, fs, io, path::Path, slice};

use crate::RunTrace;

/// A page about one run or several: the graph of the plan, a timeline, a table of the steps, what failed and why, and what
/// was rolled back.
///
/// Printed, it is HTML: one file that needs no other, and asks no network for anything. It is light or dark as its reader
/// has it, can be used with the keyboard alone, and says to a screen reader what it shows. What the names and errors of a
/// run say is shown as text, whatever they hold.
///
/// A run of a flow step stands below its step when it is among the runs that are given.
///
/// Needs the feature `report`.
///
/// ```no_run
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{Report, RunTrace};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // A run serializes: this one was kept by another program.
/// let kept = std::fs::read_to_string("nightly.json")?;
/// let run: RunTrace = serde_json::from_str(&kept)?;
/// Report::of(&run).title("Last night").write("nightly.html")?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a report is shown when it is printed or written"]
pub struct Report<'a> {
    runs: &'a [RunTrace],
    title: Option<Cow<'a, str>>,
}

impl<'a> Report<'a> {
    /// A report of one run.
    pub fn of(run: &'a RunTrace) -> Self {
        Self::of_runs(slice::from_ref(run))
    }

    /// A report of several runs. Those that were part of a step of another one are shown below that step; where more than
    /// one is left then, the page begins with a list of them.
    pub fn of_runs(runs: &'a [RunTrace]) -> Self {
        Self { runs, title: None }
    }

    /// What stands above the page, instead of the name of the workflow.
    pub fn title(mut self, title: impl Into<Cow<'a, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Writes it to a file, and replaces one that is there. A directory that is missing is not made.
    ///
    /// # Errors
    ///
    /// When the file cannot be written: of the kind that the system says, and with the name of the file.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        fs::write(path, self.to_string()).map_err(|error| {
            let why = format!("cannot write {}: {error}", path.display());
            io::Error::new(error.kind(), why)
        })
    }
}

/// HTML.
impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        page::write(f, self.runs, self.title.as_deref())
    }
}
