//! What became of a chain.

use super::ChainError;
use crate::dynamic::{AgentOutput, DependencyFailed, TaskResults};

/// What became of the links of a chain, by their names and in their order, and what the chain as a whole has produced.
///
/// See [`SequentialOrchestrator::execute_detailed`](super::SequentialOrchestrator::execute_detailed).
#[derive(Clone, Debug, Default)]
pub struct ChainResults {
    links: TaskResults,
}

impl ChainResults {
    pub(super) fn new(links: TaskResults) -> Self {
        Self { links }
    }

    /// What became of each link. One that was not run because another has failed has a [`DependencyFailed`] as its failure.
    #[must_use]
    pub fn links(&self) -> &TaskResults {
        &self.links
    }

    /// What became of each link, by value.
    #[must_use]
    pub fn into_links(self) -> TaskResults {
        self.links
    }

    /// What the chain has produced: the output of the last link that has one.
    #[must_use]
    pub fn output(&self) -> Option<&AgentOutput> {
        self.links.outputs().next_back().map(|(_, output)| output)
    }

    /// The same by value.
    ///
    /// # Errors
    ///
    /// When no link has an output: with the first failure.
    pub fn into_output(self) -> Result<AgentOutput, ChainError> {
        if let Some(output) = self.output() {
            return Ok(output.clone());
        }
        let mut failures = self.links.failures().map(|(_, failure)| failure);
        let failure = failures.find(|failure| failure.downcast_ref::<DependencyFailed>().is_none());
        Err(match failure {
            Some(failure) => ChainError::NoOutput {
                failure: failure.clone(),
            },
            None => ChainError::Empty,
        })
    }
}
