//! How runs, steps and rollbacks end, for who only looks at it.

use std::fmt;

use crate::Reason;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum StepOutcome {
    /// It has its output.
    Finished,
    /// Its output was remembered (`cache`): it has not run.
    Cached,
    /// It has not run: its condition did not hold (`when`), or a task has failed that it comes after, of a graph that
    /// collects errors.
    Skipped,
    /// It failed, and something made good for that (`fallback`, `default`) or it was `optional`: the run goes on.
    Excused(Fault),
    /// It failed, and so the run does.
    Failed(Fault),
    /// It was stopped, because its run ended before it did: the run failed, was cancelled or dropped, or all that was asked
    /// for was there already. See [`RunOutcome::Finished`].
    Stopped,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum RunOutcome {
    /// It has its output.
    ///
    /// All its steps have ended then, and none has failed or was stopped, with one exception: the run of a graph that was
    /// decided early, because an aggregator needed no more results
    /// (`FirstSuccessful`, see `orchestrated::dynamic`). Of its steps some have ended, one at least well enough to decide it;
    /// those that were running are stopped, and others have never started.
    Finished,
    /// It failed, or was cancelled, or took too long.
    Failed {
        /// The step that failed, by its index; none when the failure is of the run as a whole.
        step: Option<usize>,
        /// Why.
        fault: Fault,
    },
    /// Its future was dropped before it had ended.
    Dropped,
}

/// How the rollback of a step went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum UndoOutcome {
    /// It is undone.
    Undone,
    /// The rollback itself failed, with this error.
    Failed(String),
    /// It cannot be undone, for this reason.
    Irreversible(String),
}

/// Why something has failed: in a word, and as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fault {
    /// Of what sort it is.
    pub cause: Cause,
    /// What the error, the panic or the refusal says. It may have several lines.
    pub message: String,
}

impl Fault {
    /// A fault: for who replays a run, or tests an observer.
    #[must_use]
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            cause,
            message: message.into(),
        }
    }

    /// Of a failure whose error may have no text of its own.
    pub(crate) fn of_reason<E>(reason: &Reason<E>, describe: impl Fn(&E) -> String) -> Self {
        Self::new(reason.cause(), reason.describe(describe))
    }

    /// What becomes of a step by it: one that is cancelled has not failed, but was stopped.
    pub(crate) fn outcome(self) -> StepOutcome {
        match self.cause {
            Cause::Cancelled => StepOutcome::Stopped,
            _ => StepOutcome::Failed(self),
        }
    }
}

/// As one line would say it: the message, or the cause where there is none.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            f.write_str(self.cause.word())
        } else {
            f.write_str(&self.message)
        }
    }
}

/// Of what sort a failure is: [`Reason`](crate::Reason), without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Cause {
    /// A step returned an error.
    Error,
    /// A step panicked.
    Panicked,
    /// An attempt took longer than its `timeout`, or the run longer than its deadline.
    TimedOut,
    /// It was cancelled.
    Cancelled,
    /// The breaker of the step is open.
    BreakerOpen,
    /// Too few of the step's optional inputs have succeeded.
    Quorum,
    /// The condition of a `repeat` did not hold in time.
    Unsatisfied,
    /// The call of a step with `batch` failed with others.
    Batch,
    /// A person has said no.
    Rejected,
    /// There is nobody to ask.
    NoApprover,
    /// It was not started.
    Refused,
}

impl<E> Reason<E> {
    /// Of what sort it is.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::Error(_) => Cause::Error,
            Self::Panicked(_) => Cause::Panicked,
            Self::TimedOut(_) => Cause::TimedOut,
            Self::Cancelled => Cause::Cancelled,
            Self::BreakerOpen(_) => Cause::BreakerOpen,
            Self::Quorum { .. } => Cause::Quorum,
            Self::Unsatisfied { .. } => Cause::Unsatisfied,
            Self::BatchLength { .. } | Self::Batch(_) => Cause::Batch,
            Self::Rejected(_) => Cause::Rejected,
            Self::NoApprover(_) => Cause::NoApprover,
            Self::Refused(_) | Self::NestedAgent => Cause::Refused,
        }
    }
}

impl Cause {
    /// All of them: a bounded set, as labels of metrics need it.
    pub const ALL: [Self; 11] = [
        Self::Error,
        Self::Panicked,
        Self::TimedOut,
        Self::Cancelled,
        Self::BreakerOpen,
        Self::Quorum,
        Self::Unsatisfied,
        Self::Batch,
        Self::Rejected,
        Self::NoApprover,
        Self::Refused,
    ];

    /// As it stands in labels and logs: `error`, `timed_out`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::BreakerOpen => "breaker_open",
            Self::Quorum => "quorum",
            Self::Unsatisfied => "unsatisfied",
            Self::Batch => "batch",
            Self::Rejected => "rejected",
            Self::NoApprover => "no_approver",
            Self::Refused => "refused",
        }
    }
}

impl StepOutcome {
    /// Why the step failed, if it did; also where that is excused.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Excused(fault) | Self::Failed(fault) => Some(fault),
            _ => None,
        }
    }

    /// As it stands in labels, logs and charts: `finished`, `cached`, `skipped`, `excused`, `failed`, `stopped`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Cached => "cached",
            Self::Skipped => "skipped",
            Self::Excused(_) => "excused",
            Self::Failed(_) => "failed",
            Self::Stopped => "stopped",
        }
    }
}

impl RunOutcome {
    /// Why the run failed, if it did.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Failed { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// As it stands in labels, logs and charts: `finished`, `dropped`, or the word of the [`Cause`] where that is
    /// `cancelled`, `timed_out` or `refused`, and else `failed`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Dropped => "dropped",
            Self::Failed { fault, .. } => match fault.cause {
                Cause::Cancelled | Cause::TimedOut | Cause::Refused => fault.cause.word(),
                _ => "failed",
            },
        }
    }
}

impl UndoOutcome {
    /// As it stands in logs and charts: `undone`, `failed`, `irreversible`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Undone => "undone",
            Self::Failed(_) => "failed",
            Self::Irreversible(_) => "irreversible",
        }
    }
}
