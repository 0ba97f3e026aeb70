//! Who does what is asked.

use std::{fmt, future::Future, sync::Arc};

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{AgentContext, AgentError, AgentInput, AgentOutput, AgentTask};

/// A sub-agent: it does a task when it is asked to, and launches no other agents.
///
/// It is implemented with [`async_trait`](super::async_trait), and stands behind a pointer: an `Arc<dyn Agent>` does many
/// tasks at once.
///
/// ```
/// use orchestrated::dynamic::{
///     Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, ParallelOrchestrator, async_trait,
/// };
///
/// struct Shout;
///
/// #[async_trait]
/// impl Agent for Shout {
///     fn name(&self) -> &str { "shout" }
///
///     async fn execute(&self, _: AgentContext<'_>, input: AgentInput) -> Result<AgentOutput, AgentError> {
///         Ok(AgentOutput::new(input.to::<&str>()?.to_uppercase()).with_confidence(0.9))
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let results = ParallelOrchestrator::new().execute([AgentTask::new("greet", Shout, "hello")]).await?;
/// assert_eq!(results.output("greet").unwrap().to::<&str>()?, "HELLO");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// What it is given to work with, [`AgentContext`], launches no agents. One that makes an orchestrator of its own and has
/// that run agents fails: nothing of it starts.
///
/// # Panics
///
/// One that panics in [`execute`](Self::execute) fails its task, and one that panics in [`can_handle`](Self::can_handle)
/// cannot handle it. What it says of itself ([`name`](Self::name), [`kind`](Self::kind),
/// [`capabilities`](Self::capabilities)) is asked at any time, for plans and messages too, and must not panic. A panic there
/// goes to who puts tasks, routers and chains together, and within a run it fails that run; nothing that others share is
/// left broken by it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an agent",
    label = "not an agent",
    note = "implement `Agent` for it, or make one of a closure with `agent_fn`",
    note = "an agent that several tasks share stands in an `Arc`: give each an `Arc::clone` of it"
)]
#[async_trait]
pub trait Agent: Send + Sync {
    /// Its name: that of its type, where it says nothing. What the runs of an orchestrator share of its tasks (how long
    /// they take, whether a breaker is open) is known by it, so two agents that are not alike have two names.
    fn name(&self) -> &str {
        short(std::any::type_name::<Self>())
    }

    /// What it is to the rule about agents, and in a plan: an agent, where it says nothing. A skill may be a tool. Whatever it
    /// says, it launches no agents itself.
    fn kind(&self) -> Kind {
        Kind::Agent
    }

    /// What it can do, in words of your own: what a [`Router`](super::Router) goes by.
    fn capabilities(&self) -> &[String] {
        &[]
    }

    /// Whether it can do this task: whether it is capable of all that the task [needs](AgentTask::needs), where it says
    /// nothing.
    fn can_handle(&self, task: &AgentTask) -> bool {
        let capabilities = self.capabilities();
        task.needed()
            .all(|need| capabilities.iter().any(|able| able == need))
    }

    /// Does the task.
    ///
    /// # Errors
    ///
    /// When it cannot.
    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError>;
}

/// The last word of the path of a type, without what it is generic over.
pub(super) fn short(path: &str) -> &str {
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

impl fmt::Debug for dyn Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Agent({})", self.name())
    }
}

/// What a task takes as its agent: an [`Agent`], an [`Arc`] of one, which many tasks share, or a box with one.
///
/// ```
/// use std::sync::Arc;
/// use orchestrated::dynamic::{Agent, AgentInput, AgentTask, agent_fn};
///
/// let echo = Arc::new(agent_fn("echo", |input: AgentInput| async { Ok(input.into()) }));
/// let any: Arc<dyn Agent> = echo.clone();
/// let tasks = [AgentTask::new("one", Arc::clone(&echo), 1), AgentTask::new("two", &any, 2)];
/// assert_eq!(tasks[1].agent().unwrap().name(), "echo");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an agent",
    label = "not an agent",
    note = "implement `Agent` for it, or make one of a closure with `agent_fn`",
    note = "an agent that several tasks share stands in an `Arc`: give each an `Arc::clone` of it"
)]
pub trait IntoAgent {
    /// The agent.
    fn into_agent(self) -> Arc<dyn Agent>;
}

impl<A: Agent + 'static> IntoAgent for A {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::new(self)
    }
}

impl<T: Agent + 'static> IntoAgent for Arc<T> {
    fn into_agent(self) -> Arc<dyn Agent> {
        self
    }
}

impl IntoAgent for Arc<dyn Agent> {
    fn into_agent(self) -> Self {
        self
    }
}

impl<T: Agent + 'static> IntoAgent for &Arc<T> {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::<T>::clone(self)
    }
}

impl IntoAgent for &Arc<dyn Agent> {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::clone(self)
    }
}

impl IntoAgent for Box<dyn Agent> {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::from(self)
    }
}

/// An agent that is a closure: see [`agent_fn`].
#[derive(Clone)]
pub struct AgentFn<F> {
    name: Arc<str>,
    kind: Kind,
    capabilities: Vec<String>,
    run: F,
}

/// Makes an agent of an async function of its input.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, agent_fn};
///
/// let double = agent_fn("double", |input: AgentInput| async move { Ok((input.to::<i64>()? * 2).into()) })
///     .capable_of(["arithmetic"]);
/// # let _ = double;
/// ```
pub fn agent_fn<F, R>(name: impl Into<Arc<str>>, run: F) -> AgentFn<F>
where
    F: Fn(AgentInput) -> R + Send + Sync,
    R: Future<Output = Result<AgentOutput, AgentError>> + Send,
{
    AgentFn {
        name: name.into(),
        kind: Kind::Agent,
        capabilities: Vec::new(),
        run,
    }
}

impl<F> AgentFn<F> {
    /// Adds what it can do.
    #[must_use]
    pub fn capable_of(mut self, capabilities: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let capabilities = capabilities.into_iter().map(Into::into);
        self.capabilities.extend(capabilities);
        self
    }

    /// Says what it is, where that is no agent.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
}

#[async_trait]
impl<F, R> Agent for AgentFn<F>
where
    F: Fn(AgentInput) -> R + Send + Sync,
    R: Future<Output = Result<AgentOutput, AgentError>> + Send,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn capabilities(&self) -> &[String] {
        &self.capabilities
    }

    async fn execute(
        &self,
        _: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        (self.run)(input).await
    }
}

impl<F> fmt::Debug for AgentFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Agent({})", self.name)
    }
}
