//! A graph inside another one.

use orchestrate_plan::Plan;

use crate::dynamic::{AgentError, AgentInput, AgentOutput, TaskGraph, TaskResults};

/// A graph inside a graph.
pub(in crate::dynamic) trait Inner: Send + Sync {
    /// Its plan, as far as it is known before it runs.
    fn plan(&self) -> Option<Plan>;

    /// The graph, once what it comes after is done.
    ///
    /// # Errors
    ///
    /// When there is none.
    fn graph(&self, input: AgentInput) -> Result<TaskGraph, AgentError>;

    /// The graph that comes next, where one follows: what becomes of it is asked in the same way.
    ///
    /// # Errors
    ///
    /// When there should be one, and is none.
    fn next(&self, results: &TaskResults) -> Result<Option<TaskGraph>, AgentError> {
        let _ = results;
        Ok(None)
    }

    /// What it produces, of the results of the last graph.
    ///
    /// # Errors
    ///
    /// When it cannot be made of the results.
    fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError>;
}
