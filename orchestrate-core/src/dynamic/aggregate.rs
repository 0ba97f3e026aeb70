//! One answer out of many.

mod all;
mod custom;
mod equal;
mod error;
mod run;
#[cfg(test)]
mod tests;
mod vote;

use std::{fmt, sync::Arc};

pub use all::{Collect, Merge};
pub use custom::Custom;
pub use error::AggregateError;
pub(super) use run::{Answered, run};
pub use vote::{AverageConfidence, FirstSuccessful, MajorityVote};

use super::{AgentOutput, TaskResult, TaskResults};

/// Makes one answer of what became of tasks: see
/// [`ParallelOrchestrator::execute_aggregated`](super::ParallelOrchestrator::execute_aggregated) and
/// [`ParallelSkills`](super::ParallelSkills).
///
/// ```
/// use orchestrated::dynamic::{
///     AgentInput, AgentOutput, AgentTask, AggregateError, ParallelOrchestrator, ResultAggregator, TaskResults, agent_fn,
/// };
///
/// /// The longest text of all.
/// struct Longest;
///
/// impl ResultAggregator for Longest {
///     fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
///         let texts = results.outputs().map(|(_, output)| output);
///         let longest = texts.max_by_key(|output| output.value().as_str().map_or(0, str::len));
///         longest.cloned().ok_or_else(|| AggregateError::no_success(results))
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let echo = std::sync::Arc::new(agent_fn("echo", |input: AgentInput| async { Ok(AgentOutput::new(input.into_value())) }));
/// let tasks = ["one", "three", "two"].map(|word| AgentTask::new(word, std::sync::Arc::clone(&echo), word));
/// let longest = ParallelOrchestrator::new().with_aggregator(Longest).execute_aggregated(tasks).await?;
/// assert_eq!(longest.to::<&str>()?, "three");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no answer of results",
    label = "no `ResultAggregator`",
    note = "take `FirstSuccessful`, `MajorityVote` or another that there is, or make one of a closure with `Custom::new`"
)]
pub trait ResultAggregator: Send + Sync {
    /// The answer.
    ///
    /// # Errors
    ///
    /// When none can be made of these results: there are none, or too few have succeeded.
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError>;

    /// Whether nothing more is needed, now that this task has ended so: then the others are cancelled. It is asked once a
    /// task, in the order in which they end; where it says nothing, all are waited for.
    fn is_decided(&self, task: &str, result: &TaskResult) -> bool {
        let _ = (task, result);
        false
    }

    /// Whether it makes an answer of the tasks that succeed, where others fail; where it says nothing, it does. Otherwise
    /// the first failure ends all.
    fn tolerates_failures(&self) -> bool {
        true
    }
}

/// Several orchestrators may share one.
impl<R: ResultAggregator + ?Sized> ResultAggregator for Arc<R> {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        (**self).aggregate(results)
    }

    fn is_decided(&self, task: &str, result: &TaskResult) -> bool {
        (**self).is_decided(task, result)
    }

    fn tolerates_failures(&self) -> bool {
        (**self).tolerates_failures()
    }
}

impl fmt::Debug for dyn ResultAggregator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResultAggregator")
    }
}
