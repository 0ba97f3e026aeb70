//! Outputs that must be there.

use std::{error::Error, fmt};

use orchestrate_plan::nearest;

use super::{
    AgentContext, AgentOutput, Dependencies, TaskResults,
    text::{listed, quoted},
};
use crate::StepFailure;

/// Why there is no output of a task: what `require` says of it.
///
/// ```
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let broken = agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("no network")) });
/// let orchestrator = ParallelOrchestrator::new().collect_errors(true);
/// let results = orchestrator.execute([AgentTask::new("page", broken, ())]).await?;
/// let told = |task| results.require(task).unwrap_err().to_string();
/// assert_eq!(told("page"), "step `page` failed: no network");
/// assert_eq!(told("pag"), "no task is named `pag`; did you mean `page`?");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NoOutput {
    /// There is no task of that name.
    Unknown {
        /// The name.
        task: String,
        /// The task that may have been meant.
        nearest: Option<String>,
    },
    /// The task that asks does not come after it, and so cannot know of it.
    NotBefore {
        /// The task that is asked for.
        task: String,
        /// The task that asks.
        of: String,
        /// Those that this one does come after.
        before: Vec<String>,
    },
    /// The task has failed.
    Failed(StepFailure),
}

impl fmt::Display for NoOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { task, nearest } => {
                write!(f, "no task is named {}", quoted(task))?;
                match nearest {
                    Some(near) => write!(f, "; did you mean {}?", quoted(near)),
                    None => Ok(()),
                }
            }
            Self::NotBefore { task, of, before } => {
                write!(
                    f,
                    "task {} does not come after {}",
                    quoted(of),
                    quoted(task)
                )?;
                if before.is_empty() {
                    return f.write_str(": it comes after none");
                }
                let before = before.iter().map(String::as_str);
                write!(f, ": it comes after {}", listed(before))
            }
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for NoOutput {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(failure) => failure.source(),
            Self::Unknown { .. } | Self::NotBefore { .. } => None,
        }
    }
}

impl TaskResults {
    /// The output of the task of this name, which must be there: [`output`](Self::output) for `?`.
    ///
    /// # Errors
    ///
    /// When there is no such task, and when it has failed.
    pub fn require(&self, task: &str) -> Result<&AgentOutput, NoOutput> {
        match self.get(task) {
            Some(Ok(output)) => Ok(output),
            Some(Err(failure)) => Err(NoOutput::Failed(failure.clone())),
            None => Err(NoOutput::Unknown {
                task: task.to_owned(),
                nearest: nearest(task, self.iter().map(|(name, _)| name))
                    .into_iter()
                    .next(),
            }),
        }
    }
}

impl<'r> Dependencies<'r> {
    /// What a task has produced, which must be there: [`output`](Self::output) for `?`.
    ///
    /// # Errors
    ///
    /// When this task does not come after it, and when it has failed.
    pub fn require(&self, task: &str) -> Result<&'r AgentOutput, NoOutput> {
        if let Some(output) = self.output(task) {
            return Ok(output);
        }
        Err(match self.failure(task) {
            Some(failure) => NoOutput::Failed(failure.clone()),
            None => NoOutput::NotBefore {
                task: task.to_owned(),
                of: self.task().name().to_owned(),
                before: self.task().dependencies().to_vec(),
            },
        })
    }
}

impl<'r> AgentContext<'r> {
    /// What a task has produced that this one comes after, which must be there: [`output`](Self::output) for `?`.
    ///
    /// ```
    /// use orchestrated::dynamic::{
    ///     Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, ParallelOrchestrator, async_trait,
    /// };
    ///
    /// struct Next;
    ///
    /// #[async_trait]
    /// impl Agent for Next {
    ///     async fn execute(&self, cx: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
    ///         Ok((cx.require("first")?.to::<u64>()? + 1).into())
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let error = ParallelOrchestrator::new().execute([AgentTask::new("next", Next, ())]).await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "workflow `Parallel`: step `next` failed: task `next` does not come after `first`: it comes after none"
    /// );
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// When this task does not come after it, and when it has failed.
    pub fn require(&self, task: &str) -> Result<&'r AgentOutput, NoOutput> {
        self.dependencies().require(task)
    }
}
