//! An answer that a closure makes.

use std::fmt;

use super::{AggregateError, ResultAggregator};
use crate::dynamic::{AgentError, AgentOutput, TaskResults};

/// Makes the answer by a closure, which sees the tasks that have failed, too.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentTask, Custom, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let length = std::sync::Arc::new(agent_fn("length", |input: AgentInput| async move {
///     Ok(input.to::<&str>()?.len().into())
/// }));
/// let tasks = ["one", "three"].map(|word| AgentTask::new(word, std::sync::Arc::clone(&length), word));
/// let sum = Custom::new(|results| {
///     let lengths: Result<Vec<u64>, _> = results.outputs().map(|(_, length)| length.to::<u64>()).collect();
///     Ok(lengths?.iter().sum::<u64>().into())
/// });
/// let sum = ParallelOrchestrator::new().with_aggregator(sum).execute_aggregated(tasks).await?;
/// assert_eq!(sum.to::<u64>()?, 8);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy)]
pub struct Custom<F> {
    aggregate: F,
    needs_all: bool,
}

impl<F> Custom<F>
where
    F: Fn(&TaskResults) -> Result<AgentOutput, AgentError> + Send + Sync,
{
    /// The closure is called once the tasks have ended, whatever became of them.
    pub const fn new(aggregate: F) -> Self {
        Self {
            aggregate,
            needs_all: false,
        }
    }

    /// It needs all tasks to succeed: the first failure ends all.
    #[must_use]
    pub fn needs_all(mut self) -> Self {
        self.needs_all = true;
        self
    }
}

impl<F> ResultAggregator for Custom<F>
where
    F: Fn(&TaskResults) -> Result<AgentOutput, AgentError> + Send + Sync,
{
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        Ok((self.aggregate)(results)?)
    }

    fn tolerates_failures(&self) -> bool {
        !self.needs_all
    }
}

impl<F> fmt::Debug for Custom<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom")
            .field("needs_all", &self.needs_all)
            .finish_non_exhaustive()
    }
}
