//! What can be told of a run.

use std::time::{Duration, SystemTime};

use super::{Cause, Fault, PlanRef, RunOutcome, StepOutcome, UndoOutcome};
use crate::RunId;

/// Something that has happened in a run.
///
/// With the feature `serde` it serializes and deserializes; times are whole nanoseconds then.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Event {
    /// The run in which it happened.
    pub run: RunId,
    /// When it happened, counted from the moment when the orchestrator was first observed: the same clock for all its
    /// runs. It never goes backwards within a run.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub at: Duration,
    /// What happened.
    pub kind: EventKind,
}

/// What has happened.
///
/// Steps and batches are meant by their indices in the plan of the run, which [`RunStarted`](Self::RunStarted) carries.
/// `item` is the index of an item, for a step with `each`. Attempts are counted from 1, in each round of a `repeat` anew.
///
/// Of every run that is told of, `RunStarted` is the first event and [`RunEnded`](Self::RunEnded) the last, but for the
/// [`StepUndone`](Self::StepUndone) of a flow step's run that is undone with the run around it. Of every step that has
/// started, or waited for its turn, [`StepEnded`](Self::StepEnded) tells once how it ended. A step that was never reached
/// is not told of.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum EventKind {
    /// A run starts.
    RunStarted {
        /// Its plan.
        plan: PlanRef,
        /// The step that runs it, as a flow or by its `cx`, if one does.
        within: Option<Within>,
        /// What the clock on the wall shows at this moment.
        #[cfg_attr(feature = "serde", serde(with = "super::wire::wall"))]
        wall: SystemTime,
    },
    /// The first step of a batch starts.
    BatchStarted {
        /// The batch.
        batch: usize,
    },
    /// The last step of a batch has ended.
    BatchEnded {
        /// The batch.
        batch: usize,
    },
    /// A step starts.
    StepStarted {
        /// The step.
        step: usize,
    },
    /// A step, or an item of it, waits. It does so until the next event of the same step and item that is not
    /// [`StepProgress`](Self::StepProgress); a step as a whole also until the next event of one of its items.
    StepWaiting {
        /// The step.
        step: usize,
        /// The item.
        item: Option<usize>,
        /// What it waits for.
        on: Wait,
    },
    /// An attempt at a step starts. Told of steps with options alone: a step without has one, which is the step itself.
    AttemptStarted {
        /// The step.
        step: usize,
        /// The item.
        item: Option<usize>,
        /// Which attempt it is.
        attempt: u32,
    },
    /// An attempt has ended.
    AttemptEnded {
        /// The step.
        step: usize,
        /// The item.
        item: Option<usize>,
        /// Which attempt it was.
        attempt: u32,
        /// Why it failed, if it did.
        fault: Option<Fault>,
    },
    /// How far a step has come: from [`Context::progress`](crate::Context::progress), or the items of an `each` that are
    /// done.
    StepProgress {
        /// The step.
        step: usize,
        /// How much is done.
        done: u64,
        /// How much there is.
        total: u64,
    },
    /// An item of a step with `each` has ended: it has its output, or has failed. One that is dropped is not told of.
    ItemEnded {
        /// The step.
        step: usize,
        /// The item.
        item: usize,
    },
    /// A step has ended.
    StepEnded {
        /// The step.
        step: usize,
        /// How.
        outcome: StepOutcome,
    },
    /// A step has been rolled back, because the run failed later; or could not be.
    StepUndone {
        /// The step.
        step: usize,
        /// How that went.
        outcome: UndoOutcome,
    },
    /// A run has ended.
    RunEnded {
        /// How.
        outcome: RunOutcome,
    },
}

/// Of which step a run is a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Within {
    /// The run of that step.
    pub run: RunId,
    /// The step, by its index.
    pub step: usize,
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Wait {
    /// Its turn: a limit on how many steps run at once, or a resource that others hold.
    Turn,
    /// The pause before the next attempt.
    Retry {
        /// How long it is.
        #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
        pause: Duration,
    },
    /// The answer of a person.
    Approval,
    /// Other calls, to be gathered with (`batch`), and then what comes of them.
    Batch,
    /// A value that another run is computing (`cache`).
    Cache,
}

impl Wait {
    /// What it waits for, in a word or two: `turn`, `retry`, `approval`, `batch`, `cache`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Retry { .. } => "retry",
            Self::Approval => "approval",
            Self::Batch => "batch",
            Self::Cache => "cache",
        }
    }
}

impl EventKind {
    /// The step that it is about, by its index, if it is about one.
    #[must_use]
    pub fn step(&self) -> Option<usize> {
        match *self {
            Self::StepStarted { step }
            | Self::StepWaiting { step, .. }
            | Self::AttemptStarted { step, .. }
            | Self::AttemptEnded { step, .. }
            | Self::StepProgress { step, .. }
            | Self::ItemEnded { step, .. }
            | Self::StepEnded { step, .. }
            | Self::StepUndone { step, .. } => Some(step),
            Self::RunStarted { .. }
            | Self::RunEnded { .. }
            | Self::BatchStarted { .. }
            | Self::BatchEnded { .. } => None,
        }
    }
}

impl Event {
    /// An event: for who replays a run, or tests an observer.
    #[must_use]
    pub fn new(run: RunId, at: Duration, kind: EventKind) -> Self {
        Self { run, at, kind }
    }

    /// Why something failed, if that is what it tells.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match &self.kind {
            EventKind::AttemptEnded { fault, .. } => fault.as_ref(),
            EventKind::StepEnded { outcome, .. } => outcome.fault(),
            EventKind::RunEnded { outcome } => outcome.fault(),
            _ => None,
        }
    }

    /// Whether it tells that something was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.fault()
            .is_some_and(|fault| fault.cause == Cause::Cancelled)
    }
}
