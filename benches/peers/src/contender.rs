//! What can be measured.

use crate::{Bench, Known, Measured};

/// Where the steps of a run are polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Each is a task of the runtime; a level of a single one may be polled in place.
    Spawned,
    /// All are polled by the future of their run, so that one thread at a time runs them.
    InPlace,
}

impl Steps {
    /// The words in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spawned => "spawned",
            Self::InPlace => "in place",
        }
    }
}

/// Whose work it is that steps run in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// That of this crate.
    Us,
    /// That of whoever writes the graph down, with no crate for graphs.
    Hand,
    /// That of another crate.
    Peer,
}

/// A way to run graphs.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// What it is called in the tables, and by `--only`: unlike all others.
    pub name: &'static str,
    /// The package whose version counts, as it stands in the lock file.
    pub package: &'static str,
    /// Whose work it is.
    pub by: By,
    /// Where its steps are polled.
    pub steps: Steps,
    /// Whether its runs are `Send`: if not, they all stay on one thread, and a runtime of several has nothing for them.
    pub is_send: bool,
    /// Whether there is something to put together before a run.
    pub builds: bool,
    /// Why it cannot run a graph, if it cannot.
    pub cannot: fn(&Known) -> Option<&'static str>,
    /// Runs the graph of a job, as it is asked to.
    pub measure: fn(&Bench<'_>) -> Measured,
}

/// For those that can run every graph.
pub(crate) fn runs_all(_: &Known) -> Option<&'static str> {
    None
}
