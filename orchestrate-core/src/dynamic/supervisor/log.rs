//! What has happened so far, and in numbers.

use std::{collections::BTreeMap, time::Duration};

use super::{Assessment, SupervisorState};
use crate::dynamic::{AgentInput, TaskResult};

/// One state that a process was in: who acted, what came of it, and where that led.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SupervisionEntry {
    /// When this state began, counted from the start.
    pub at: Duration,
    /// The state.
    pub state: SupervisorState,
    /// Who acted; none where nobody was asked, because nothing was left to do.
    pub agent: Option<String>,
    /// What it has produced, or why it has failed.
    pub action: Option<TaskResult>,
    /// How long it has worked.
    pub took: Duration,
    /// What the supervisor had made of how things stood.
    pub assessment: Assessment,
    /// The state that came next; none where the supervisor failed to say, or named one that may not come next.
    pub next: Option<SupervisorState>,
    /// The numbers after that.
    pub metrics: SupervisionMetrics,
}

/// A supervised process in numbers: those that are always kept, and [values](Self::value) of your own, which
/// [`Supervision::measure`](super::Supervision::measure) sets.
///
/// ```
/// use orchestrated::dynamic::SupervisionMetrics;
///
/// let mut metrics = SupervisionMetrics::default();
/// metrics.set("coverage", 0.5);
/// metrics.add("defects", 2.0);
/// metrics.add("defects", 1.0);
/// assert_eq!((metrics.value("coverage"), metrics.value("defects")), (Some(0.5), Some(3.0)));
/// assert_eq!(metrics.actions(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SupervisionMetrics {
    pub(super) transitions: usize,
    pub(super) actions: usize,
    pub(super) failures: usize,
    pub(super) worked: Duration,
    pub(super) elapsed: Duration,
    values: BTreeMap<String, f64>,
}

impl SupervisionMetrics {
    /// How often one state has followed another.
    #[must_use]
    pub fn transitions(&self) -> usize {
        self.transitions
    }

    /// How often somebody has acted.
    #[must_use]
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// How many of these actions have failed.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// How long all actions together have taken.
    #[must_use]
    pub fn worked(&self) -> Duration {
        self.worked
    }

    /// How long it was since the start when the last action had ended.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// A value of your own.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.values.get(name).copied()
    }

    /// The values of your own, by their names.
    #[must_use]
    pub fn values(&self) -> impl ExactSizeIterator<Item = (&str, f64)> {
        self.values
            .iter()
            .map(|(name, &value)| (name.as_str(), value))
    }

    /// Sets a value of your own.
    pub fn set(&mut self, name: impl Into<String>, value: f64) {
        self.values.insert(name.into(), value);
    }

    /// Adds to a value of your own, which is 0 before.
    pub fn add(&mut self, name: impl Into<String>, more: f64) {
        *self.values.entry(name.into()).or_default() += more;
    }
}

/// How things stand: what a supervisor decides by.
///
/// See [`Supervision`](super::Supervision), whose methods are given it.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'s> {
    pub(super) state: SupervisorState,
    pub(super) process: &'s AgentInput,
    pub(super) metrics: &'s SupervisionMetrics,
    pub(super) log: &'s [SupervisionEntry],
}

impl<'s> Situation<'s> {
    /// The state.
    #[must_use]
    pub fn state(&self) -> SupervisorState {
        self.state
    }

    /// What is supervised.
    #[must_use]
    pub fn process(&self) -> &'s AgentInput {
        self.process
    }

    /// The numbers.
    #[must_use]
    pub fn metrics(&self) -> &'s SupervisionMetrics {
        self.metrics
    }

    /// The states before this one, the first one first.
    #[must_use]
    pub fn log(&self) -> &'s [SupervisionEntry] {
        self.log
    }
}
