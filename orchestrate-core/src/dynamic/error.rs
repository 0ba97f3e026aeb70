//! What goes wrong with agents, and with what orchestrates them.

use std::{error::Error, fmt, ops::Deref, sync::Arc};

use super::{
    AggregateError, ChainError, HierarchyError, PlanErrors, SkillPlanErrors, SupervisionFailure,
    TaskResults,
};
use crate::{Failure, Rollback, StepFailure, failure::Name};

/// Why an agent has failed: any error, or a text.
///
/// Every error becomes one by `?`. It is none itself, as the type of an error that holds any other cannot be; it
/// dereferences to the error that it holds.
///
/// ```
/// use orchestrated::dynamic::AgentError;
///
/// fn number(text: &str) -> Result<i32, AgentError> {
///     if text.is_empty() {
///         return Err(AgentError::msg("nothing to read"));
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(number("").unwrap_err().to_string(), "nothing to read");
/// assert!(number("x").unwrap_err().is::<std::num::ParseIntError>());
/// ```
///
/// A text, a boxed error (`Box<dyn Error + Send + Sync>`) and an `anyhow::Error` are no `Error`s themselves, so `?` does not
/// take them alone; `map_err(AgentError::new)` does:
///
/// ```
/// use orchestrated::dynamic::AgentError;
///
/// fn first(words: &[&str]) -> Result<String, AgentError> {
///     let word = words.first().ok_or("there are no words").map_err(AgentError::new)?;
///     Ok((*word).to_owned())
/// }
/// assert_eq!(first(&[]).unwrap_err().to_string(), "there are no words");
/// ```
pub struct AgentError {
    // In a box, so that it is one pointer wide in every `Result` of an agent.
    inner: Box<Inner>,
}

struct Inner {
    error: Box<dyn Error + Send + Sync>,
    is_permanent: bool,
}

impl AgentError {
    /// This error.
    #[must_use]
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            inner: Box::new(Inner {
                error: error.into(),
                is_permanent: false,
            }),
        }
    }

    /// An error that is only a text.
    #[must_use]
    pub fn msg(text: impl fmt::Display) -> Self {
        Self::new(text.to_string())
    }

    /// Another attempt would fail as well: a task with [`retry`](super::AgentTask::with_retry) makes none.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.inner.is_permanent = true;
        self
    }

    /// Whether another attempt would fail as well.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.inner.is_permanent
    }

    /// The error that it holds.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.inner.error
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for AgentError {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

impl From<AgentError> for Box<dyn Error + Send + Sync> {
    fn from(error: AgentError) -> Self {
        error.into_inner()
    }
}

impl From<AgentError> for Box<dyn Error> {
    fn from(error: AgentError) -> Self {
        error.into_inner()
    }
}

impl Deref for AgentError {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.inner.error
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.error.fmt(f)
    }
}

impl fmt::Debug for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.error.fmt(f)
    }
}

/// A task was not run, because one that it comes after has failed.
///
/// It is the reason in the [`StepFailure`] of such a task, where errors are
/// [collected](super::TaskGraph::collect_errors).
///
/// ```
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, DependencyFailed, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let broken = agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("no network")) });
/// let count = agent_fn("count", |_: AgentInput| async { Ok(0.into()) });
/// let tasks = [AgentTask::new("fetch", broken, ()), AgentTask::new("count", count, ()).after(["fetch"])];
/// let results = ParallelOrchestrator::new().collect_errors(true).execute(tasks).await?;
/// let failure = results.get("count").unwrap().as_ref().unwrap_err();
/// assert_eq!(&*failure.downcast_ref::<DependencyFailed>().unwrap().dependency, "fetch");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DependencyFailed {
    /// The task that has failed, or was not run itself.
    pub dependency: Arc<str>,
}

impl fmt::Display for DependencyFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not run, because `{}` has failed, which it comes after",
            Name(&self.dependency)
        )
    }
}

impl Error for DependencyFailed {}

/// Why an orchestrator of agents has no result.
///
/// ```
/// use orchestrated::{
///     Reason,
///     dynamic::{AgentError, AgentInput, AgentTask, OrchestrationError, ParallelOrchestrator, PlanError, agent_fn},
/// };
///
/// # futures::executor::block_on(async {
/// let broken = std::sync::Arc::new(agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("no network")) }));
/// let fetch = || AgentTask::new("fetch", broken.clone(), ());
///
/// // Nothing has started.
/// match ParallelOrchestrator::new().execute([fetch(), fetch()]).await {
///     Err(OrchestrationError::Plan(errors)) => {
///         assert!(matches!(errors.iter().next(), Some(PlanError::DuplicateOperation { .. })));
///     }
///     other => panic!("{other:?}"),
/// }
///
/// // The run has failed.
/// let error = ParallelOrchestrator::new().execute([fetch()]).await.unwrap_err();
/// assert_eq!(error.to_string(), "workflow `Parallel`: step `fetch` failed: no network");
/// let failure = error.failure().ok_or("there was a run")?;
/// assert!(matches!(failure.reason(), Reason::Error(_)));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OrchestrationError {
    /// The graph of its tasks can never work: nothing has started.
    Plan(PlanErrors),
    /// The steps of skills can never work: nothing has started.
    Skills(SkillPlanErrors),
    /// The run has failed.
    Run(Failure<AgentError>),
    /// A task of a [stream](super::ParallelOrchestrator::execute_streaming) has failed.
    Task(StepFailure),
    /// A chain of agents can never work, or none of its links has an output.
    Chain(ChainError),
    /// A hierarchy cannot be put together like this.
    Hierarchy(HierarchyError),
    /// The tasks have ended, and no answer can be made of what became of them.
    Aggregate {
        /// Why not.
        error: AggregateError,
        /// What was undone because of that.
        rollbacks: Vec<Rollback>,
    },
    /// One answer was asked for, and no aggregator is set that could make it: nothing has started.
    NoAggregator,
    /// The run has failed after all subtasks were done: when one was to be made of their results, or later.
    NotAggregated {
        /// Why.
        failure: Failure<AgentError>,
        /// What became of the subtasks.
        results: TaskResults,
    },
    /// The run of a [`Supervisor`](super::Supervisor) has failed.
    Supervision(Box<SupervisionFailure>),
}

impl OrchestrationError {
    /// Why the run has failed, where there was one.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure<AgentError>> {
        match self {
            Self::Run(failure) | Self::NotAggregated { failure, .. } => Some(failure),
            Self::Supervision(supervision) => Some(&supervision.failure),
            _ => None,
        }
    }
}

impl fmt::Display for OrchestrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(errors) => errors.fmt(f),
            Self::Skills(errors) => errors.fmt(f),
            Self::Run(failure) | Self::NotAggregated { failure, .. } => failure.fmt(f),
            Self::Supervision(supervision) => supervision.failure.fmt(f),
            Self::Task(failure) => failure.fmt(f),
            Self::Chain(error) => error.fmt(f),
            Self::Hierarchy(error) => error.fmt(f),
            Self::Aggregate { error, rollbacks } => {
                error.fmt(f)?;
                let is_long = f.alternate();
                for rollback in rollbacks.iter().filter(|_| is_long) {
                    write!(f, "\n  {rollback}")?;
                }
                Ok(())
            }
            Self::NoAggregator => f.write_str(
                "no aggregator is set: set one by `with_aggregator`, or take the results by `execute`",
            ),
        }
    }
}

impl Error for OrchestrationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Plan(_) | Self::Skills(_) | Self::NoAggregator => None,
            Self::Run(failure) | Self::NotAggregated { failure, .. } => failure.source(),
            Self::Supervision(supervision) => supervision.failure.source(),
            Self::Task(failure) => failure.source(),
            Self::Chain(error) => error.source(),
            Self::Hierarchy(error) => error.source(),
            Self::Aggregate { error, .. } => error.source(),
        }
    }
}

impl From<PlanErrors> for OrchestrationError {
    fn from(errors: PlanErrors) -> Self {
        Self::Plan(errors)
    }
}

impl From<SkillPlanErrors> for OrchestrationError {
    fn from(errors: SkillPlanErrors) -> Self {
        Self::Skills(errors)
    }
}

impl From<Failure<AgentError>> for OrchestrationError {
    fn from(failure: Failure<AgentError>) -> Self {
        Self::Run(failure)
    }
}

impl From<ChainError> for OrchestrationError {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

impl From<HierarchyError> for OrchestrationError {
    fn from(error: HierarchyError) -> Self {
        Self::Hierarchy(error)
    }
}
