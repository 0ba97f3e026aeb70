//! What a hook is told.

use std::{fmt, time::Duration};

use super::Alert;
use crate::{RunId, text::Brief};

/// That an [`Alert`] is raised, or clear again.
///
/// Printed, it is one line: ``raised: step `review` runs for 30s or more: 30s (run 4 of `CodeReview`, step `review`)``.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alarm {
    /// The alert.
    pub alert: Alert,
    /// Whether it is raised now, or clear.
    pub state: AlarmState,
    /// What was measured when it was raised or became clear.
    pub value: Measured,
    /// The run in which it was raised, where it is about one: the same when it is clear.
    pub run: Option<RunId>,
    /// The name of the workflow of that run.
    pub workflow: Option<String>,
    /// The step for which it was raised, where it is about one: the same when it is clear.
    pub step: Option<String>,
    /// When, on the clock of the events: see [`Event::at`](crate::Event::at).
    pub at: Duration,
}

/// Whether an alert is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// The threshold has been reached.
    Raised,
    /// It is no longer.
    Cleared,
}

/// What an alert measures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Measured {
    /// The longest time of those that run or wait at that moment.
    Time(Duration),
    /// The share of runs that failed: 1 is all of them.
    Share(f64),
    /// How many wait.
    Count(usize),
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.state, self.alert, self.value)?;
        let run = self.run.zip(self.workflow.as_ref());
        if let Some((run, workflow)) = run {
            write!(f, " (run {run} of `{workflow}`")?;
            if let Some(step) = &self.step {
                write!(f, ", step `{step}`")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Raised => "raised",
            Self::Cleared => "clear",
        })
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => Brief(*time).fmt(f),
            Self::Share(share) => write!(f, "{:.0}%", share * 100.0),
            Self::Count(count) => count.fmt(f),
        }
    }
}
