//! The states of a supervised process.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Assessment;
use crate::dynamic::TaskResult;

/// Where a supervised process stands. There are no other states: a `match` over them is whole.
///
/// From which state to which it may go:
///
/// | from | to |
/// | --- | --- |
/// | initialising | itself, planning, recovering, done, failed |
/// | planning | itself, executing, recovering, done, failed |
/// | executing | itself, planning, monitoring, recovering, done, failed |
/// | monitoring | itself, planning, executing, recovering, done, failed |
/// | recovering | itself, planning, executing, monitoring, done, failed |
/// | done, failed | nowhere: they are terminal |
///
/// ```
/// use orchestrated::dynamic::SupervisorState;
///
/// assert!(SupervisorState::Planning.may_become(SupervisorState::Executing));
/// assert!(!SupervisorState::Planning.may_become(SupervisorState::Initialising));
/// assert!(SupervisorState::Failed.is_terminal());
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum SupervisorState {
    /// It is being set up: where every process starts.
    #[default]
    Initialising,
    /// It is decided what to do.
    Planning,
    /// It is done.
    Executing,
    /// It is looked at what that has come to.
    Monitoring,
    /// Something has gone wrong, and is put right.
    Recovering,
    /// It is over, and has done what it should.
    Done,
    /// It is over, and has not.
    Failed,
}

use SupervisorState::{Done, Executing, Failed, Initialising, Monitoring, Planning, Recovering};

impl SupervisorState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Initialising,
        Planning,
        Executing,
        Monitoring,
        Recovering,
        Done,
        Failed,
    ];

    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Done | Failed)
    }

    /// The states that may come after it.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Initialising => &[Initialising, Planning, Recovering, Done, Failed],
            Planning => &[Planning, Executing, Recovering, Done, Failed],
            Executing => &[Executing, Planning, Monitoring, Recovering, Done, Failed],
            Monitoring => &[Monitoring, Planning, Executing, Recovering, Done, Failed],
            Recovering => &[Recovering, Planning, Executing, Monitoring, Done, Failed],
            Done | Failed => &[],
        }
    }

    /// Whether that state may come after this one.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// What comes after it where nobody says otherwise: the first of these that holds.
    ///
    /// 1. The action has failed, or recovery is needed that is not going on: recovering.
    /// 2. The process is [finished](Assessment::finished): done.
    /// 3. From initialising to planning, from planning to executing, from executing to monitoring.
    /// 4. From monitoring and from recovering to what the assessment [asks for](Assessment::asks_for); to planning, where
    ///    that is recovering again.
    ///
    /// A terminal state stays what it is.
    #[must_use]
    pub fn usual_next(self, action: Option<&TaskResult>, assessment: &Assessment) -> Self {
        let has_failed = matches!(action, Some(Err(_)));
        match self {
            Done | Failed => self,
            _ if has_failed || (assessment.needs_recovery && self != Recovering) => Recovering,
            _ if assessment.finished => Done,
            Initialising => Planning,
            Planning => Executing,
            Executing => Monitoring,
            Monitoring | Recovering => match assessment.asks_for() {
                Recovering => Planning,
                asked => asked,
            },
        }
    }

    /// The word for it, in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Initialising => "initialising",
            Planning => "planning",
            Executing => "executing",
            Monitoring => "monitoring",
            Recovering => "recovering",
            Done => "done",
            Failed => "failed",
        }
    }
}

/// Writes [`SupervisorState::word`]; width and alignment are respected.
impl fmt::Display for SupervisorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminal_states_lead_nowhere_and_each_state_can_end_well_and_badly() {
        for state in SupervisorState::ALL {
            assert_eq!(state.next().is_empty(), state.is_terminal(), "{state}");
            if !state.is_terminal() {
                assert!(
                    state.may_become(Done) && state.may_become(Failed),
                    "{state}"
                );
                assert!(state.may_become(Recovering), "{state}");
            }
            assert!(state == Initialising || !state.may_become(Initialising));
        }
    }

    #[test]
    fn what_usually_comes_next_is_allowed() {
        for state in SupervisorState::ALL {
            for bits in 0..16u8 {
                let assessment = Assessment {
                    needs_recovery: bits & 1 != 0,
                    needs_monitoring: bits & 2 != 0,
                    ready_for_execution: bits & 4 != 0,
                    finished: bits & 8 != 0,
                    ..Assessment::default()
                };
                let action = Ok(crate::dynamic::AgentOutput::default());
                for action in [None, Some(&action)] {
                    let next = state.usual_next(action, &assessment);
                    let stays = state.is_terminal() && next == state;
                    assert!(state.may_become(next) || stays, "{state} -> {next}");
                }
            }
        }
    }

    #[test]
    fn a_state_is_written_as_its_word() {
        for state in SupervisorState::ALL {
            let written = serde_json::to_value(state).unwrap();
            assert_eq!(written, state.word());
        }
    }
}
