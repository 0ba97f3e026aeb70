//! What an agent is asked to do.

mod inner;

use std::{borrow::Cow, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use orchestrate_plan::{Kind, Node, Priority as TaskPriority};

pub(super) use inner::Inner;

use super::{Agent, AgentError, AgentInput, AgentOutput, IntoAgent, context::Dependencies};
use crate::StepFailure;

/// A task: an agent, what it is given, and what may be done when it fails.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::{AgentInput, AgentTask, Retries, TaskPriority, agent_fn};
///
/// let quote = agent_fn("quote", |input: AgentInput| async move { Ok(input.get::<String>("symbol")?.len().into()) });
/// let task = AgentTask::new("apple", quote, AgentInput::default().with("symbol", "AAPL"))
///     .with_priority(TaskPriority::High)
///     .with_timeout(Duration::from_secs(30))
///     .idempotent()
///     .with_retry(Retries::new(3));
/// assert_eq!(task.name(), "apple");
/// ```
#[derive(Clone)]
#[must_use = "a task does nothing until an orchestrator executes it"]
pub struct AgentTask {
    name: Arc<str>,
    work: Work,
    input: Input,
    after: Vec<String>,
    // Most tasks ask for nothing of it.
    options: Option<Box<Options>>,
}

/// Who does it.
#[derive(Clone)]
pub(super) enum Work {
    Agent(Arc<dyn Agent>),
    /// A graph, as a run inside the run.
    Graph(Arc<dyn Inner>),
}

/// What it is given.
#[derive(Clone)]
enum Input {
    Given(AgentInput),
    /// Made of what the tasks have produced that it comes after.
    Made(Arc<MakeInput>),
}

type MakeInput = dyn Fn(&Dependencies<'_>) -> Result<AgentInput, AgentError> + Send + Sync;

/// What a task asks for besides.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) priority: TaskPriority,
    pub(super) timeout: Option<Duration>,
    pub(super) retries: Option<Retries>,
    pub(super) idempotent: bool,
    pub(super) optional: bool,
    pub(super) breaker: Option<CircuitBreaker>,
    pub(super) fallbacks: Vec<Fallback>,
    pub(super) default: Option<AgentOutput>,
    pub(super) on_default: Option<OnDefault>,
    pub(super) rollback: Option<Rollback>,
    pub(super) needs: Vec<String>,
}

/// Who is asked when the task has failed, and what it is given.
#[derive(Clone)]
pub(super) struct Fallback {
    pub(super) agent: Arc<dyn Agent>,
    pub(super) input: Arc<dyn Fn(&StepFailure) -> AgentInput + Send + Sync>,
}

/// Who is told why a task goes on with its default.
pub(super) type OnDefault = Arc<dyn Fn(&StepFailure) + Send + Sync>;

/// What undoes a task, given its output.
pub(super) type Rollback = Arc<dyn Fn(AgentOutput) -> Undoing + Send + Sync>;

type Undoing = Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send>>;

/// How often a task is tried, and how long is waited in between: what `#[retry(..)]` says of a step.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::Retries;
///
/// // At once, after 100 ms, after 200 ms: with jitter, each wait is between half and the whole of that.
/// let retries = Retries::new(3).with_backoff(Duration::from_millis(100)).with_jitter();
/// # let _ = retries;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it is given to a task"]
pub struct Retries {
    pub(super) attempts: u32,
    pub(super) backoff: Duration,
    pub(super) max_backoff: Duration,
    pub(super) jitter: bool,
}

impl Retries {
    /// At most so many attempts, the first included; 0 is taken as 1. The first wait is 100 ms, each is twice as long as
    /// the one before, and none is longer than 30 s.
    pub const fn new(attempts: u32) -> Self {
        Self {
            attempts: if attempts == 0 { 1 } else { attempts },
            backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(30),
            jitter: false,
        }
    }

    /// The first wait.
    pub const fn with_backoff(mut self, first: Duration) -> Self {
        self.backoff = first;
        self
    }

    /// The longest wait.
    pub const fn with_max_backoff(mut self, longest: Duration) -> Self {
        self.max_backoff = longest;
        self
    }

    /// Waits at random between half of the time and all of it, so that those who failed together do not come back
    /// together.
    pub const fn with_jitter(mut self) -> Self {
        self.jitter = true;
        self
    }
}

/// What spares an agent that fails, and those who would wait for it: what `#[breaker(..)]` says of a step. Its state is
/// shared by all runs of one [`Orchestrator`](crate::Orchestrator): by all tasks of the same agent, or by all that name
/// the same breaker.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::CircuitBreaker;
///
/// // Open after five failures in a row, for a minute; then one is let through to find out.
/// let breaker = CircuitBreaker::new(5, Duration::from_secs(60)).named("market data");
/// # let _ = breaker;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is given to a task"]
pub struct CircuitBreaker {
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) failures: u32,
    pub(super) cooldown: Duration,
}

impl CircuitBreaker {
    /// Opens after so many failures in a row, at least one, for this time.
    pub const fn new(failures: u32, cooldown: Duration) -> Self {
        Self {
            name: None,
            failures,
            cooldown,
        }
    }

    /// Shared by all that say this name.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl AgentTask {
    /// Asks the agent to do this with that.
    pub fn new(name: impl AsRef<str>, agent: impl IntoAgent, input: impl Into<AgentInput>) -> Self {
        Self {
            name: name.as_ref().into(),
            work: Work::Agent(agent.into_agent()),
            input: Input::Given(input.into()),
            after: Vec::new(),
            options: None,
        }
    }

    /// A graph inside a graph.
    pub(super) fn of_graph(name: impl Into<Arc<str>>, graph: Arc<dyn Inner>) -> Self {
        Self {
            name: name.into(),
            work: Work::Graph(graph),
            input: Input::Given(AgentInput::default()),
            after: Vec::new(),
            options: None,
        }
    }

    /// Gives it what is made of the tasks that it comes after, once they are done: `done.output("name")`, `done.outputs()`,
    /// `done.failure("name")`. An error in that, or a panic, is a failure of this task.
    pub fn with_input_from(
        mut self,
        make: impl Fn(&Dependencies<'_>) -> Result<AgentInput, AgentError> + Send + Sync + 'static,
    ) -> Self {
        self.input = Input::Made(Arc::new(make));
        self
    }

    /// Gives it this instead.
    pub(super) fn with_input(mut self, input: AgentInput) -> Self {
        self.input = Input::Given(input);
        self
    }

    /// Starts once these tasks are done: it finds what they have produced in
    /// [`AgentContext::output`](super::AgentContext::output).
    pub fn after(mut self, tasks: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let tasks = tasks.into_iter();
        // As a rule these are all, and few.
        self.after.reserve_exact(tasks.size_hint().0);
        self.after
            .extend(tasks.map(|task| task.as_ref().to_owned()));
        self
    }

    /// Who goes first when not all that could start may.
    pub fn with_priority(self, priority: TaskPriority) -> Self {
        self.set(|options| options.priority = priority)
    }

    /// How long one attempt may take.
    pub fn with_timeout(self, limit: Duration) -> Self {
        self.set(|options| options.timeout = Some(limit))
    }

    /// How long one attempt may take, where it says nothing itself.
    pub(super) fn or_timeout(self, limit: Duration) -> Self {
        self.set(|options| options.timeout = options.timeout.or(Some(limit)))
    }

    /// Running it twice does no harm: [`with_retry`](Self::with_retry) asks for that.
    pub fn idempotent(self) -> Self {
        self.set(|options| options.idempotent = true)
    }

    /// Tries it again when it has failed. A task that is not [`idempotent`](Self::idempotent) is refused with it, before
    /// anything starts: a second attempt may repeat its effects.
    pub fn with_retry(self, retries: Retries) -> Self {
        self.set(|options| options.retries = Some(retries))
    }

    /// Does not try it for a while after many failures.
    pub fn with_breaker(self, breaker: CircuitBreaker) -> Self {
        self.set(|options| options.breaker = Some(breaker))
    }

    /// Asks another agent when it has failed, and gives it this. Several are asked in order.
    pub fn with_fallback(
        self,
        agent: impl IntoAgent,
        input: impl Fn(&StepFailure) -> AgentInput + Send + Sync + 'static,
    ) -> Self {
        let fallback = Fallback {
            agent: agent.into_agent(),
            input: Arc::new(input),
        };
        self.set(|options| options.fallbacks.push(fallback))
    }

    /// Goes on with this output when all has failed.
    pub fn with_default(self, output: impl Into<AgentOutput>) -> Self {
        let output = output.into();
        self.set(|options| options.default = Some(output))
    }

    /// Tells why it goes on with its default, when it does.
    pub(super) fn on_default(self, told: OnDefault) -> Self {
        self.set(|options| options.on_default = Some(told))
    }

    /// Its failure does not fail the run, and the tasks after it run all the same:
    /// [`AgentContext::failure`](super::AgentContext::failure) tells them.
    pub fn optional(self) -> Self {
        self.set(|options| options.optional = true)
    }

    /// Undoes it when its run fails later, or the workflow of which that is a part. A run that fails waits for a task that
    /// has this, and drops others.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentError, AgentInput, AgentOutput, AgentTask, agent_fn};
    ///
    /// let book = agent_fn("book", |_: AgentInput| async { Ok(AgentOutput::new(7)) });
    /// let task = AgentTask::new("room", book, "Oslo")
    ///     .with_rollback(|room: AgentOutput| async move { println!("give back {}", room.value()); Ok(()) });
    /// # let _ = task;
    /// ```
    pub fn with_rollback<F, R>(self, undo: F) -> Self
    where
        F: Fn(AgentOutput) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), AgentError>> + Send + 'static,
    {
        let undo: Rollback = Arc::new(move |output| Box::pin(undo(output)));
        self.set(|options| options.rollback = Some(undo))
    }

    /// Adds capabilities that its agent must have: what a router looks for.
    pub fn needs(self, capabilities: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let capabilities = capabilities.into_iter().map(Into::into);
        self.set(|options| options.needs.extend(capabilities))
    }

    fn set(mut self, set: impl FnOnce(&mut Options)) -> Self {
        set(self.options.get_or_insert_default());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn with_name(mut self, name: Arc<str>) -> Self {
        self.name = name;
        self
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The agent that does it; none where that is a graph.
    #[must_use]
    pub fn agent(&self) -> Option<&Arc<dyn Agent>> {
        match &self.work {
            Work::Agent(agent) => Some(agent),
            Work::Graph(_) => None,
        }
    }

    pub(super) fn work(&self) -> &Work {
        &self.work
    }

    /// What it is given; none where that is made of what others produce.
    #[must_use]
    pub fn input(&self) -> Option<&AgentInput> {
        match &self.input {
            Input::Given(input) => Some(input),
            Input::Made(_) => None,
        }
    }

    pub(super) fn make_input(&self, done: &Dependencies<'_>) -> Result<AgentInput, AgentError> {
        match &self.input {
            Input::Given(input) => Ok(input.clone()),
            Input::Made(make) => make(done),
        }
    }

    /// The tasks that it comes after.
    #[must_use]
    pub fn dependencies(&self) -> &[String] {
        &self.after
    }

    /// Who goes first when not all that could start may.
    #[must_use]
    pub fn priority(&self) -> TaskPriority {
        self.options
            .as_ref()
            .map_or(TaskPriority::Normal, |options| options.priority)
    }

    /// What its agent must be capable of.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let options = self.options.as_ref().into_iter();
        options.flat_map(|options| options.needs.iter().map(String::as_str))
    }

    pub(super) fn options(&self) -> Option<&Options> {
        self.options.as_deref()
    }

    /// Whether it is tried again though a second attempt may repeat its effects.
    pub(super) fn retries_unsafely(&self) -> bool {
        self.options().is_some_and(|options| {
            !options.idempotent && options.retries.is_some_and(|retries| retries.attempts > 1)
        })
    }

    pub(super) fn is_optional(&self) -> bool {
        self.options().is_some_and(|options| options.optional)
    }

    pub(super) fn has_rollback(&self) -> bool {
        self.options()
            .is_some_and(|options| options.rollback.is_some())
            || matches!(self.work, Work::Graph(_))
    }

    pub(super) fn kind(&self) -> Kind {
        match &self.work {
            Work::Agent(agent) => agent.kind(),
            Work::Graph(_) => Kind::Flow,
        }
    }

    /// Whether there is anything to look at before it runs.
    pub(super) fn is_checked(&self) -> bool {
        self.kind() == Kind::Human
            || matches!(self.work, Work::Graph(_))
            || self
                .options()
                .is_some_and(|options| options.timeout.is_some())
    }

    /// The name of who does it.
    pub(super) fn performer(&self) -> &str {
        match &self.work {
            Work::Agent(agent) => agent.name(),
            Work::Graph(_) => &self.name,
        }
    }

    /// The task as the planner sees it.
    pub(super) fn node(&self) -> Node {
        let mut node = Node::new(&*self.name, self.kind())
            .reads(&self.after)
            .produces([&*self.name]);
        let Some(options) = self.options() else {
            return node;
        };
        node = node.priority(options.priority);
        if options.idempotent {
            node = node.idempotent();
        }
        if options.optional {
            node = node.optional();
        }
        if let Some(retries) = options.retries {
            node = node
                .retry(retries.attempts)
                .backoff(Some((retries.backoff, retries.max_backoff)));
        }
        if let Some(limit) = options.timeout {
            node = node.timeout(limit);
        }
        if options.breaker.is_some() {
            node = node.breaker();
        }
        for _ in &options.fallbacks {
            node = node.fallback();
        }
        if options.default.is_some() {
            node = node.default_value();
        }
        if options.rollback.is_some() {
            node = node.rollback();
        }
        node
    }
}

impl fmt::Debug for AgentTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentTask")
            .field("name", &self.name)
            .field("agent", &self.performer())
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}
