//! Agents one after the other.

mod chain;
mod error;
mod results;

use std::{borrow::Cow, time::Duration};

pub use chain::AgentChain;
pub use error::ChainError;
pub use results::ChainResults;

use super::{AgentInput, AgentOutput, OrchestrationError, TaskGraph};
use crate::Orchestrator;

/// Executes a chain of agents: one after the other, each with what the one before has produced.
///
/// What a link that fails does, when its attempts and its fallbacks have failed as well:
///
/// | [`stop_on_error`](Self::stop_on_error) | [`continue_on_failure`](Self::continue_on_failure) | the run | the links after it | the output |
/// | --- | --- | --- | --- | --- |
/// | `true` (default) | `false` (default) | fails | are not run | none |
/// | `true` | `true` | fails: `stop_on_error` wins | are not run | none |
/// | `false` | `false` | does not fail | are not run | the last there is |
/// | `false` | `true` | does not fail | go on with what the failed link was given | the last there is |
///
/// Where no link has an output, a run that does not fail ends in [`ChainError::NoOutput`]. One link alone is excused by
/// [`AgentTask::optional`](super::AgentTask::optional): see [`AgentChain::then_task`].
///
/// What a failed link was given passes through the transform of the link after it, as the output would have.
///
/// ```
/// use orchestrated::dynamic::{AgentChain, AgentError, AgentInput, SequentialOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let chain = || {
///     let double = agent_fn("double", |n: AgentInput| async move { Ok((n.to::<i64>()? * 2).into()) });
///     let refuse = agent_fn("refuse", |_: AgentInput| async { Err(AgentError::msg("no")) });
///     let negate = agent_fn("negate", |n: AgentInput| async move { Ok((-n.to::<i64>()?).into()) });
///     AgentChain::new().then(double).then(refuse).then(negate)
/// };
/// let strict = SequentialOrchestrator::new();
/// let error = strict.execute(chain(), 4).await.unwrap_err();
/// assert_eq!(error.to_string(), "workflow `Sequential`: step `refuse` failed: no");
///
/// let half_way = SequentialOrchestrator::new().stop_on_error(false);
/// assert_eq!(half_way.execute(chain(), 4).await?.to::<i64>()?, 8);
///
/// let all_the_way = SequentialOrchestrator::new().stop_on_error(false).continue_on_failure(true);
/// assert_eq!(all_the_way.execute(chain(), 4).await?.to::<i64>()?, -8);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "an orchestrator does nothing until it executes a chain"]
pub struct SequentialOrchestrator {
    orchestrator: Orchestrator,
    name: Cow<'static, str>,
    timeout: Option<Duration>,
    stop_on_error: bool,
    continue_on_failure: bool,
}

impl Default for SequentialOrchestrator {
    fn default() -> Self {
        Self::new()
    }
}

impl SequentialOrchestrator {
    /// One without limits, on an [`Orchestrator`] of its own. The first failure of a link ends all.
    pub fn new() -> Self {
        Self {
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed("Sequential"),
            timeout: None,
            stop_on_error: true,
            continue_on_failure: false,
        }
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Whether a link that fails fails the run. It does where nobody says otherwise.
    pub fn stop_on_error(mut self, stop: bool) -> Self {
        self.stop_on_error = stop;
        self
    }

    /// Whether the links after one that has failed are run, with what that one was given. It means something only without
    /// [`stop_on_error`](Self::stop_on_error), which wins.
    pub fn continue_on_failure(mut self, go_on: bool) -> Self {
        self.continue_on_failure = go_on;
        self
    }

    /// How long one attempt at a link may take that says nothing itself.
    pub fn with_timeout(mut self, of_a_link: Duration) -> Self {
        self.timeout = Some(of_a_link);
        self
    }

    /// The graph that [`execute`](Self::execute) would run: its plan can be looked at first, and a
    /// [`DynamicWorkflow`](super::DynamicWorkflow) of it is what a `flow` step runs.
    ///
    /// # Errors
    ///
    /// When the chain has no links, or a fallback before the first one; all that is wrong with the options of its links.
    pub fn plan(
        &self,
        chain: &AgentChain,
        input: impl Into<AgentInput>,
    ) -> Result<TaskGraph, OrchestrationError> {
        let goes_on = self.continue_on_failure && !self.stop_on_error;
        let tasks = chain.tasks(&input.into())?.into_iter().map(|task| {
            let task = match self.timeout {
                Some(limit) => task.or_timeout(limit),
                None => task,
            };
            if goes_on { task.optional() } else { task }
        });
        let graph = TaskGraph::new(self.name.clone(), tasks)?;
        Ok(graph.collect_errors(!self.stop_on_error).keeping_inputs())
    }

    /// Executes the chain, and gives its output.
    ///
    /// # Errors
    ///
    /// When the chain cannot be planned; a link fails, and [that fails the run](Self::stop_on_error); no link has an
    /// output; or the run as a whole fails: it is cancelled, takes too long, or must not start.
    pub async fn execute(
        &self,
        chain: AgentChain,
        input: impl Into<AgentInput>,
    ) -> Result<AgentOutput, OrchestrationError> {
        let results = self.execute_detailed(chain, input).await?;
        Ok(results.into_output()?)
    }

    /// Executes the chain, and says what became of each of its links.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentChain, AgentError, AgentInput, SequentialOrchestrator, agent_fn};
    ///
    /// # futures::executor::block_on(async {
    /// let read = agent_fn("read", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) });
    /// let judge = agent_fn("judge", |_: AgentInput| async { Err(AgentError::msg("no opinion")) });
    /// let chain = AgentChain::new().then(read).then(judge);
    /// let results = SequentialOrchestrator::new().stop_on_error(false).execute_detailed(chain, "four").await?;
    /// assert_eq!(results.output().unwrap().to::<usize>()?, 4);
    /// let judged = results.links().get("judge").unwrap().as_ref().unwrap_err();
    /// assert_eq!(judged.to_string(), "step `judge` failed: no opinion");
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute); but where no link has an output, that can be seen from the results.
    pub async fn execute_detailed(
        &self,
        chain: AgentChain,
        input: impl Into<AgentInput>,
    ) -> Result<ChainResults, OrchestrationError> {
        let graph = self.plan(&chain, input)?;
        Ok(ChainResults::new(graph.run(&self.orchestrator).await?))
    }

    /// The output of a chain that was run as a part of something else.
    pub(super) fn output(results: super::TaskResults) -> Result<AgentOutput, ChainError> {
        ChainResults::new(results).into_output()
    }
}
