//! Who divides a task.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Assignment, Subtask, Worker, Workers};
use crate::dynamic::{AgentError, AgentInput, AgentOutput, TaskResults, agent::short};

/// Who divides a task, says who does what, and makes one of the results: see [`MasterWorker`](crate::dynamic::MasterWorker).
///
/// Each method is a step of the run, of the kind agent: it is told to observers, counts against the limits, and may not
/// launch agents itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how to divide a task",
    label = "no `Master`",
    note = "implement `Master` for it: who divides the task, and makes one of the results"
)]
#[async_trait]
pub trait Master: Send + Sync {
    /// Its name: that of its type, where it says nothing. What the runs of an orchestrator know of it, they know by this.
    fn name(&self) -> &str {
        short(std::any::type_name::<Self>())
    }

    /// Divides the task.
    ///
    /// # Errors
    ///
    /// When it cannot: then nobody is asked to do anything.
    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError>;

    /// Says who does a subtask; none of them, where nobody can. It is asked for one subtask after the other, in their
    /// order, and all of them have somebody before anything starts. Where it says nothing, it is one who is capable, and of
    /// these the one who has got the fewest: [`Workers::capable_of`].
    ///
    /// # Errors
    ///
    /// When it cannot say: then nobody is asked to do anything.
    async fn assign<'w>(
        &self,
        subtask: &Subtask,
        workers: &Workers<'w>,
    ) -> Result<Option<Worker<'w>>, AgentError> {
        Ok(workers.capable_of(subtask))
    }

    /// Makes one of the results. Among these are failures where [errors are
    /// collected](crate::dynamic::MasterWorker::collect_errors).
    ///
    /// # Errors
    ///
    /// When it cannot: the run has failed, and the results are in its [error](crate::dynamic::OrchestrationError).
    async fn aggregate(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError>;

    /// Learns from what was done, so that it does better the next time. Where it says nothing, it learns nothing. It is
    /// called once there is an output.
    ///
    /// # Errors
    ///
    /// When it cannot. That fails nothing: see [`MasterOutcome::not_learned`](crate::dynamic::MasterOutcome).
    async fn learn(&self, execution: &Execution<'_>) -> Result<(), AgentError> {
        let _ = execution;
        Ok(())
    }
}

/// What was done about a task.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Execution<'e> {
    /// The task.
    pub task: &'e AgentInput,
    /// Who was asked to do what, and how long that took.
    pub assignments: &'e [Assignment],
    /// What became of it, by the names of the subtasks.
    pub results: &'e TaskResults,
    /// What was made of it.
    pub output: &'e AgentOutput,
}

#[async_trait]
impl<M: Master + ?Sized> Master for Arc<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        (**self).decompose(task).await
    }

    async fn assign<'w>(
        &self,
        subtask: &Subtask,
        workers: &Workers<'w>,
    ) -> Result<Option<Worker<'w>>, AgentError> {
        (**self).assign(subtask, workers).await
    }

    async fn aggregate(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        (**self).aggregate(task, results).await
    }

    async fn learn(&self, execution: &Execution<'_>) -> Result<(), AgentError> {
        (**self).learn(execution).await
    }
}
