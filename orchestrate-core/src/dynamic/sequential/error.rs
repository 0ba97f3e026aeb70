//! What goes wrong with chains of agents.

use std::{error::Error, fmt};

use crate::{StepFailure, dynamic::text::quoted};

/// Why a chain of agents can never work, or has no output.
///
/// ```
/// use orchestrated::dynamic::{AgentChain, AgentInput, ChainError, OrchestrationError, SequentialOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let stand_in = agent_fn("stand-in", |input: AgentInput| async { Ok(input.into()) });
/// let chain = AgentChain::new().then_with_fallback(stand_in, |_| AgentInput::default());
/// let error = SequentialOrchestrator::new().execute(chain, ()).await.unwrap_err();
/// assert!(matches!(&error, OrchestrationError::Chain(ChainError::FallbackOfNothing { agent }) if agent == "stand-in"));
/// # });
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChainError {
    /// It has no links.
    Empty,
    /// A fallback was given before there was a link that it could stand in for.
    FallbackOfNothing {
        /// The name of its agent.
        agent: String,
    },
    /// None of its links has an output, and its failures were not to fail the run.
    NoOutput {
        /// The first failure.
        failure: StepFailure,
    },
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the chain has no links: add one with `then`"),
            Self::FallbackOfNothing { agent } => write!(
                f,
                "agent {} is a fallback of no link: add the link that it stands in for before it, with `then`",
                quoted(agent)
            ),
            Self::NoOutput { failure } => {
                write!(f, "no link of the chain has an output: {failure}")
            }
        }
    }
}

impl Error for ChainError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoOutput { failure } => failure.source(),
            _ => None,
        }
    }
}
