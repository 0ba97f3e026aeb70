//! What a supervisor makes of how things stand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SupervisorState;

/// What a supervisor makes of how things stand, before somebody is asked to act. What is not said is not so.
///
/// It can be read from what a model has written:
///
/// ```
/// use orchestrated::dynamic::{Assessment, SupervisorState};
///
/// let read: Assessment = serde_json::from_str(r#"{ "needs_monitoring": true, "data": { "errors": 3 } }"#)?;
/// let made = Assessment::default().needs_monitoring().with_data(serde_json::json!({ "errors": 3 }));
/// assert_eq!(read, made);
/// assert_eq!(read.asks_for(), SupervisorState::Monitoring);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something of its own, and several may hold"
)]
pub struct Assessment {
    /// Something has gone wrong that must be put right.
    pub needs_recovery: bool,
    /// Somebody should look at what has been done.
    pub needs_monitoring: bool,
    /// There is something to execute.
    pub ready_for_execution: bool,
    /// Nothing is left to do: nobody is asked to act any more.
    pub finished: bool,
    /// What else is known: what acts is given it.
    pub data: Value,
}

impl Assessment {
    /// Says that something must be put right.
    #[must_use]
    pub fn needs_recovery(mut self) -> Self {
        self.needs_recovery = true;
        self
    }

    /// Says that somebody should look at what has been done.
    #[must_use]
    pub fn needs_monitoring(mut self) -> Self {
        self.needs_monitoring = true;
        self
    }

    /// Says that there is something to execute.
    #[must_use]
    pub fn ready_for_execution(mut self) -> Self {
        self.ready_for_execution = true;
        self
    }

    /// Says that nothing is left to do.
    #[must_use]
    pub fn finished(mut self) -> Self {
        self.finished = true;
        self
    }

    /// Says what else is known.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.data = data.into();
        self
    }

    /// Which state it asks for: the first that is needed of recovering, monitoring and executing; else planning.
    #[must_use]
    pub fn asks_for(&self) -> SupervisorState {
        if self.needs_recovery {
            SupervisorState::Recovering
        } else if self.needs_monitoring {
            SupervisorState::Monitoring
        } else if self.ready_for_execution {
            SupervisorState::Executing
        } else {
            SupervisorState::Planning
        }
    }
}
