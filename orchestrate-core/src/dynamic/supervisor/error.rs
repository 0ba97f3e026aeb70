//! What goes wrong with a supervision.

use std::{error::Error, fmt};

use super::{SupervisionEntry, SupervisionMetrics, SupervisorState};
use crate::{Failure, dynamic::AgentError};

/// A supervision that has failed, with all that is known of it.
///
/// It is in [`OrchestrationError::Supervision`](crate::dynamic::OrchestrationError::Supervision).
#[derive(Debug)]
#[non_exhaustive]
pub struct SupervisionFailure {
    /// Why. Where the supervisor is to blame, its error is a [`SupervisionError`].
    pub failure: Failure<AgentError>,
    /// The state in which it failed.
    pub state: SupervisorState,
    /// The states that the process was in before.
    pub log: Vec<SupervisionEntry>,
    /// The numbers.
    pub metrics: SupervisionMetrics,
}

/// What a supervisor may not do.
///
/// It is the error in the [`SupervisionFailure`]:
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, Assessment, OrchestrationError, Situation, Supervision, SupervisionError, Supervisor,
///     SupervisorState, agent_fn, async_trait,
/// };
///
/// /// Is never content.
/// struct Restless;
///
/// #[async_trait]
/// impl Supervision for Restless {
///     async fn assess(&self, _: &Situation<'_>) -> Result<Assessment, AgentError> {
///         Ok(Assessment::default().ready_for_execution())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let works = std::sync::Arc::new(agent_fn("works", |_: AgentInput| async { Ok(().into()) }));
/// let supervisor = SupervisorState::ALL.iter().fold(Supervisor::new(Restless).with_max_transitions(4), |all, &state| {
///     all.with_agent(state, works.clone())
/// });
/// let Err(OrchestrationError::Supervision(ended)) = supervisor.execute(()).await else { panic!("it has no end") };
/// let error = ended.failure.error().and_then(|error| error.downcast_ref::<SupervisionError>());
/// assert!(matches!(error, Some(SupervisionError::TooManyTransitions { limit: 4, .. })));
/// assert_eq!(ended.log.len(), 4);
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SupervisionError {
    /// It went from one state to another that may not come next.
    IllegalTransition {
        /// From which.
        from: SupervisorState,
        /// To which.
        to: SupervisorState,
    },
    /// It has come to no end after so many transitions.
    TooManyTransitions {
        /// How many are allowed.
        limit: usize,
        /// The state in which the process stands.
        state: SupervisorState,
    },
    /// There is no agent for a state, and none for the state that the assessment asks for.
    NoAgent {
        /// The state.
        state: SupervisorState,
        /// The state that the assessment asks for.
        asked: SupervisorState,
        /// The states for which there are agents.
        known: Vec<SupervisorState>,
    },
}

impl fmt::Display for SupervisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IllegalTransition { from, to } => {
                write!(f, "the state `{to}` may not come after `{from}`")?;
                states(f, "; these may: ", from.next())
            }
            Self::TooManyTransitions { limit, state } => write!(
                f,
                "the process is still `{state}` after {limit} transition{}, and no more are allowed",
                if *limit == 1 { "" } else { "s" }
            ),
            Self::NoAgent {
                state,
                asked,
                known,
            } => {
                write!(f, "there is no agent for the state `{state}`")?;
                if asked != state {
                    write!(f, ", and none for `{asked}`, which the assessment asks for")?;
                }
                match known.len() {
                    0 => f.write_str("; there are no agents"),
                    _ => states(f, "; there are agents for: ", known),
                }
            }
        }
    }
}

impl Error for SupervisionError {}

fn states(f: &mut fmt::Formatter<'_>, before: &str, states: &[SupervisorState]) -> fmt::Result {
    for (i, state) in states.iter().enumerate() {
        let before = if i == 0 { before } else { ", " };
        write!(f, "{before}`{state}`")?;
    }
    Ok(())
}
