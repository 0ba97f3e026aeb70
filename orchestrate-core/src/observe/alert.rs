//! Thresholds, and who is told when they are passed.

mod alarm;
mod hook;
mod subjects;
#[cfg(test)]
mod tests;
mod watcher;

use std::{fmt, time::Duration};

pub use alarm::{Alarm, AlarmState, Measured};
pub(crate) use watcher::Watcher;

use crate::text::Brief;

/// What to be told of: see [`Orchestrator::alert_when`](crate::Orchestrator::alert_when).
///
/// ```
/// use std::time::Duration;
/// # use orchestrate_core as orchestrated;
/// use orchestrated::Alert;
///
/// let alert = Alert::slow_step("review", Duration::from_secs(30));
/// assert_eq!(alert.to_string(), "step `review` runs for 30s or more");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Alert(Rule);

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    SlowStep {
        step: Option<String>,
        limit: Duration,
    },
    FailureRate {
        share: f64,
        runs: usize,
    },
    QueueLength(usize),
    QueueTime(Duration),
}

impl Alert {
    /// A step of this name, in whatever workflow, has been running for so long: since it started, with all its attempts
    /// and the pauses between them. It is clear when no step of this name has.
    #[must_use]
    pub fn slow_step(step: impl Into<String>, limit: Duration) -> Self {
        let step = Some(step.into());
        Self(Rule::SlowStep { step, limit })
    }

    /// Any step has been running for so long. Human steps do not count, nor do flows: their steps do.
    #[must_use]
    pub fn any_slow_step(limit: Duration) -> Self {
        Self(Rule::SlowStep { step: None, limit })
    }

    /// Of the last so many runs, at least this share has failed: `0.2` for one of five. It is clear when it is less.
    ///
    /// It says nothing before so many runs have ended. Runs count that are no part of another one; those that were
    /// cancelled or dropped do not count. A share above 1 is 1, and one below 0, or that is no number, asks for a single
    /// failure; `runs` is at least 1.
    #[must_use]
    pub fn failure_rate(share: f64, runs: usize) -> Self {
        let share = if share > 0.0 { share.min(1.0) } else { 0.0 };
        let runs = runs.max(1);
        Self(Rule::FailureRate { share, runs })
    }

    /// At least so many steps, or items of them, wait for their turn at once. It is clear when there are fewer. At least 1:
    /// for 0 it is 1.
    #[must_use]
    pub fn queue_length(waiting: usize) -> Self {
        Self(Rule::QueueLength(waiting.max(1)))
    }

    /// A step, or an item of it, has been waiting for its turn for so long. It is clear when none has.
    #[must_use]
    pub fn queue_time(limit: Duration) -> Self {
        Self(Rule::QueueTime(limit))
    }
}

/// When it is raised, in words.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::SlowStep { step, limit } => {
                match step {
                    Some(step) => write!(f, "step `{step}`")?,
                    None => f.write_str("a step")?,
                }
                write!(f, " runs for {} or more", Brief(*limit))
            }
            Rule::FailureRate { share, runs } => {
                write!(
                    f,
                    "{:.0}% or more of the last {runs} runs failed",
                    share * 100.0
                )
            }
            Rule::QueueLength(1) => f.write_str("a step waits for its turn"),
            Rule::QueueLength(waiting) => write!(f, "{waiting} steps or more wait for their turn"),
            Rule::QueueTime(limit) => {
                write!(f, "a step waits for its turn for {} or more", Brief(*limit))
            }
        }
    }
}
