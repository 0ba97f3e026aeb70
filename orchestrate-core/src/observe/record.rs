//! What has been told of one run, put together: what charts and reports are made of.

use std::time::{Duration, SystemTime};

use super::{Fault, PlanRef, RunOutcome, StepOutcome, UndoOutcome, Wait, Within};
use crate::RunId;

/// What has been told of one run so far. All times are on the clock of its orchestrator, as in an
/// [`Event`](super::Event).
///
/// With the feature `serde` it serializes and deserializes, so a report can be made later and elsewhere.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RunTrace {
    /// The run.
    pub run: RunId,
    /// Its plan.
    pub plan: PlanRef,
    /// The step of which it is a part, if it is one.
    pub within: Option<Within>,
    /// What the clock on the wall showed when it started.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::wall"))]
    pub wall: SystemTime,
    /// When it started.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub started: Duration,
    /// When it ended, if it has.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub ended: Option<Duration>,
    /// How it ended, if it has.
    pub outcome: Option<RunOutcome>,
    /// Its steps, by their indices in the plan: one for each, reached or not.
    pub steps: Vec<StepTrace>,
}

/// What has been told of one step of a run.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepTrace {
    /// When it could have started: when it first waited for its turn, or else when it started.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub ready: Option<Duration>,
    /// When it started.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub started: Option<Duration>,
    /// When it ended.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub ended: Option<Duration>,
    /// How it ended.
    pub outcome: Option<StepOutcome>,
    /// The attempts at it, in the order in which they started. Empty for a step without options.
    pub attempts: Vec<AttemptTrace>,
    /// What it waited for, in order.
    pub waits: Vec<WaitTrace>,
    /// How far it said that it had come.
    pub progress: Option<Progressed>,
    /// That it was rolled back.
    pub undone: Option<UndoTrace>,
}

/// One attempt at a step, or at an item of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttemptTrace {
    /// The item, for a step with `each`.
    pub item: Option<usize>,
    /// Which attempt it is, counted from 1.
    pub attempt: u32,
    /// When it started.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub started: Duration,
    /// When it ended, if it has.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub ended: Option<Duration>,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
}

/// A time for which a step, or an item of it, waited.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WaitTrace {
    /// The item, for a step with `each`.
    pub item: Option<usize>,
    /// What for.
    pub on: Wait,
    /// Since when.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub started: Duration,
    /// Until when, if it is over.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::maybe_nanos"))]
    pub ended: Option<Duration>,
}

/// How far a step said that it had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Progressed {
    /// How much is done.
    pub done: u64,
    /// How much there is.
    pub total: u64,
}

/// The rollback of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UndoTrace {
    /// When it was over.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub at: Duration,
    /// How it went; of several items, how the last one that failed went, or else how all of them did.
    pub outcome: UndoOutcome,
}

impl RunTrace {
    /// How long it took; none while it runs.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        Some(self.ended?.saturating_sub(self.started))
    }

    /// The last moment that is known of it: its end, or the latest of what has been told.
    #[must_use]
    pub fn latest(&self) -> Duration {
        let steps = self.steps.iter().filter_map(StepTrace::latest);
        let undone = self.steps.iter().filter_map(|step| step.undone.as_ref());
        let times = steps
            .chain(undone.map(|undone| undone.at))
            .chain(self.ended);
        times.fold(self.started, Duration::max)
    }
}

impl StepTrace {
    /// How long it took, from its start to its end; none when it has not ended, or never started.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        Some(self.ended?.saturating_sub(self.started?))
    }

    fn latest(&self) -> Option<Duration> {
        let attempts = self
            .attempts
            .iter()
            .map(|attempt| attempt.ended.unwrap_or(attempt.started));
        let waits = self
            .waits
            .iter()
            .map(|wait| wait.ended.unwrap_or(wait.started));
        let own = [self.ready, self.started, self.ended].into_iter().flatten();
        own.chain(attempts).chain(waits).max()
    }
}
