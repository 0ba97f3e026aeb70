//! A coordinator and its specialists.

use std::{borrow::Cow, sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Agent, AgentError, AgentInput, AgentOutput, Assignment, IntoAgent, Master, OrchestrationError,
    PlanLimits, Subtask, TaskResults,
    agent::short,
    delegation::{Delegated, Delegation},
};
use crate::Orchestrator;

/// Who divides a task into subtasks that come after one another, and makes one of what they produce: see [`Coordinator`].
///
/// Each method is a step of the run, of the kind agent: it is told to observers, counts against the limits, and may not
/// launch agents itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how to coordinate",
    label = "no `Coordination`",
    note = "implement `Coordination` for it: who divides the task, and makes one of the results"
)]
#[async_trait]
pub trait Coordination: Send + Sync {
    /// Its name: that of its type, where it says nothing. What the runs of an orchestrator know of it, they know by this.
    fn name(&self) -> &str {
        short(std::any::type_name::<Self>())
    }

    /// Divides the task: what each part needs of who does it, and what it comes after.
    ///
    /// # Errors
    ///
    /// When it cannot: then nobody is asked to do anything.
    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError>;

    /// Makes one of what the parts have produced. Among the results are failures where [errors are
    /// collected](Coordinator::collect_errors), or a subtask is [optional](Subtask::optional).
    ///
    /// # Errors
    ///
    /// When it cannot: the run has failed, and the results are in its [error](OrchestrationError).
    async fn synthesise(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError>;
}

/// Has a task divided, asks for each part an agent that is capable of it, in the order in which they come after one
/// another, and has one made of the results.
///
/// One run does all of it, in steps: `decompose`, `assign`, `work` (a flow: the subtasks, planned when they are known),
/// `synthesise`. So the limits, the deadline, the observers and the cancellation of its orchestrator hold for the whole.
/// Each subtask has its agent before any of them starts: of those who [can handle](Agent::can_handle) it the one who has got
/// the fewest. What a subtask is given is told [there](Subtask#what-it-is-given).
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, AgentOutput, Coordination, Coordinator, Subtask, TaskResults, agent_fn, async_trait,
/// };
///
/// /// What somebody should know of a place.
/// struct Guide;
///
/// #[async_trait]
/// impl Coordination for Guide {
///     async fn decompose(&self, place: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
///         let place = place.to::<&str>()?;
///         Ok(vec![
///             Subtask::new("facts", place).needs(["research"]),
///             Subtask::new("text", ()).needs(["writing"]).after(["facts"]),
///         ])
///     }
///
///     async fn synthesise(&self, place: &AgentInput, results: &TaskResults) -> Result<AgentOutput, AgentError> {
///         let text = results.output("text").ok_or_else(|| AgentError::msg("there is no text"))?;
///         Ok(format!("{}: {}", place.to::<&str>()?, text.to::<&str>()?).into())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let research = agent_fn("atlas", |place: AgentInput| async move { Ok(place.to::<&str>()?.len().into()) });
/// let writing = agent_fn("writer", |input: AgentInput| async move {
///     let facts: serde_json::Value = input.get("results")?;
///     Ok(format!("{} letters", facts["facts"]).into())
/// });
/// let outcome = Coordinator::new(Guide)
///     .with_agent(research.capable_of(["research"]))
///     .with_agent(writing.capable_of(["writing"]))
///     .execute("Oslo")
///     .await?;
/// assert_eq!(outcome.output.to::<&str>()?, "Oslo: 4 letters");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "an orchestrator does nothing until it executes a task"]
pub struct Coordinator {
    how: Delegation,
}

/// What a coordinator and its specialists have done.
///
/// See [`Coordinator::execute`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CoordinatorOutcome {
    /// What was made of the results.
    pub output: AgentOutput,
    /// Who was asked to do what, in the order of the subtasks.
    pub assignments: Vec<Assignment>,
    /// What became of the subtasks, by their names.
    pub results: TaskResults,
}

impl Coordinator {
    /// One without agents, on an [`Orchestrator`] of its own. The first failure of an agent ends all.
    pub fn new(coordination: impl Coordination + 'static) -> Self {
        let master = Arc::new(Coordinates(coordination));
        Self {
            how: Delegation::new("Coordinator", master, "synthesise"),
        }
    }

    /// Adds an agent.
    pub fn with_agent(mut self, agent: impl IntoAgent) -> Self {
        self.how.workers.push(agent.into_agent());
        self
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.how.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.how.name = name.into();
        self
    }

    /// Lets at most so many subtasks run at once, at least 1. Of those that could start, the ones with the highest priority
    /// go first.
    pub fn with_concurrency(mut self, subtasks: usize) -> Self {
        self.how.at_most = Some(subtasks.max(1));
        self
    }

    /// How long one attempt at a subtask may take that says nothing itself, and how long each step of the coordination.
    pub fn with_timeout(mut self, of_a_step: Duration) -> Self {
        self.how.timeout = Some(of_a_step);
        self
    }

    /// Goes on when an agent fails; what comes after its subtask is not done then. Otherwise the first failure ends all.
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.how.collect_errors = collect;
        self
    }

    /// How many subtasks there may be, how long their names may be, how many may stand side by side, and how many may come
    /// after one another: `operations`, `name_bytes`, `names`, `width` and `depth`. More than that is refused before any of
    /// them starts. Where nothing is said these are the defaults of [`PlanLimits`], but that all 1,000 subtasks may stand
    /// side by side, and one may come after all others.
    pub fn with_limits(mut self, limits: PlanLimits) -> Self {
        self.how.limits = limits;
        self
    }

    /// The agents.
    #[must_use]
    pub fn agents(&self) -> &[Arc<dyn Agent>] {
        &self.how.workers
    }

    /// Has the task done.
    ///
    /// # Errors
    ///
    /// [`OrchestrationError::Run`] when a step fails: the task cannot be divided, the subtasks can never work (a
    /// [`PlanErrors`](super::PlanErrors) in the failure: names that are taken twice or unknown, subtasks that come after
    /// each other in a circle), nobody can do one of them ([`Unassignable`](super::Unassignable)), an agent fails and
    /// errors are not collected; or when the run as a whole fails: it is cancelled, takes too long, or must not start.
    /// [`OrchestrationError::NotAggregated`], with all results, when it fails after the work was done.
    pub async fn execute(
        &self,
        task: impl Into<AgentInput>,
    ) -> Result<CoordinatorOutcome, OrchestrationError> {
        let Delegated {
            output,
            assignments,
            results,
            ..
        } = self.how.execute(task.into()).await?;
        Ok(CoordinatorOutcome {
            output,
            assignments,
            results,
        })
    }
}

/// A coordination divides a task as a master does.
struct Coordinates<C>(C);

#[async_trait]
impl<C: Coordination> Master for Coordinates<C> {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        self.0.decompose(task).await
    }

    async fn aggregate(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        self.0.synthesise(task, results).await
    }
}

#[async_trait]
impl<C: Coordination + ?Sized> Coordination for Arc<C> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        (**self).decompose(task).await
    }

    async fn synthesise(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        (**self).synthesise(task, results).await
    }
}
