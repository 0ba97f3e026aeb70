//! Why there is no answer.

use std::{error::Error, fmt};

use crate::{
    StepFailure,
    dynamic::{AgentError, TaskResults},
};

/// Why no answer could be made of what became of tasks.
///
/// ```
/// use orchestrated::dynamic::{AggregateError, MajorityVote, ResultAggregator as _, TaskResults};
///
/// let nothing = MajorityVote.aggregate(&TaskResults::default()).unwrap_err();
/// assert_eq!(nothing.to_string(), "there is nothing to aggregate: there was no task");
/// assert!(matches!(nothing, AggregateError::Empty));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum AggregateError {
    /// There was no task.
    Empty,
    /// No task has succeeded.
    NoSuccess {
        /// Why each has not, in the order in which the tasks were given.
        failures: Vec<StepFailure>,
    },
    /// The aggregator says so itself.
    Failed(AgentError),
}

/// The most failures that a message tells.
const TOLD: usize = 12;

impl AggregateError {
    /// Of these results none is a success; or there are none at all.
    #[must_use]
    pub fn no_success(results: &TaskResults) -> Self {
        if results.is_empty() {
            return Self::Empty;
        }
        let failures = results.failures().map(|(_, failure)| failure.clone());
        Self::NoSuccess {
            failures: failures.collect(),
        }
    }

    /// An error that is only a text.
    #[must_use]
    pub fn msg(text: impl fmt::Display) -> Self {
        Self::Failed(AgentError::msg(text))
    }
}

/// What went by `?` through an [`AgentError`] comes out as it was.
impl From<AgentError> for AggregateError {
    fn from(error: AgentError) -> Self {
        if !error.is::<Self>() {
            return Self::Failed(error);
        }
        match error.into_inner().downcast() {
            Ok(own) => *own,
            Err(other) => Self::Failed(AgentError::new(other)),
        }
    }
}

impl fmt::Display for AggregateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing to aggregate: there was no task"),
            Self::NoSuccess { failures } => {
                f.write_str("no task has succeeded")?;
                for (i, failure) in failures.iter().take(TOLD).enumerate() {
                    write!(f, "{}{failure}", if i == 0 { ": " } else { "; " })?;
                }
                match failures.len().saturating_sub(TOLD) {
                    0 => Ok(()),
                    more => write!(f, "; and {more} more"),
                }
            }
            Self::Failed(error) => write!(f, "the results could not be aggregated: {error}"),
        }
    }
}

impl Error for AggregateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::Empty | Self::NoSuccess { .. } => None,
        }
    }
}
