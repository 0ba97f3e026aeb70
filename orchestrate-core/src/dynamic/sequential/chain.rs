//! Agents one after the other.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use super::ChainError;
use crate::{
    StepFailure,
    dynamic::{AgentInput, AgentOutput, AgentTask, IntoAgent, context::Dependencies},
};

/// Agents one after the other: each is given what the one before it has produced.
///
/// A link has the name of its agent; the second of that name is `name 2`, the third `name 3`. What runs a chain is a
/// [`SequentialOrchestrator`](super::SequentialOrchestrator).
///
/// ```
/// use orchestrated::dynamic::{AgentChain, AgentError, AgentInput, SequentialOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let words = agent_fn("words", |text: AgentInput| async move {
///     Ok(text.to::<&str>()?.split(' ').map(str::to_owned).collect::<Vec<_>>().into())
/// });
/// let count = agent_fn("count", |input: AgentInput| async move {
///     Ok(input.get::<Vec<String>>("words")?.len().into())
/// });
/// let verdict = agent_fn("verdict", |count: AgentInput| async move {
///     match count.to::<usize>()? {
///         0..5 => Err(AgentError::msg("too short")),
///         _ => Ok("long enough".into()),
///     }
/// });
/// let shrug = agent_fn("shrug", |why: AgentInput| async move { Ok(format!("who knows: {}", why.to::<&str>()?).into()) });
/// let chain = AgentChain::new()
///     .then(words)
///     .then_with_transform(count, |words| AgentInput::default().with("words", words.into_value()))
///     .then(verdict)
///     .then_with_fallback(shrug, |failure| failure.to_string().into());
/// let output = SequentialOrchestrator::new().execute(chain, "one two three").await?;
/// assert_eq!(output.to::<&str>()?, "who knows: step `verdict` failed: too short");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Default)]
#[must_use = "a chain does nothing until an orchestrator executes it"]
pub struct AgentChain {
    links: Vec<Link>,
    /// The agent of the first fallback that came before any link.
    misplaced: Option<String>,
}

#[derive(Clone)]
struct Link {
    /// What is asked. Its name is made unique where nobody has given it one.
    task: AgentTask,
    is_named: bool,
    transform: Option<Arc<Transform>>,
}

type Transform = dyn Fn(AgentOutput) -> AgentInput + Send + Sync;

impl AgentChain {
    /// One without links.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a link that is given the output of the one before it; the first is given the input of the chain.
    pub fn then(self, agent: impl IntoAgent) -> Self {
        self.with_link(of_agent(agent), false, None)
    }

    /// Adds a link that is given what is made of the output of the one before it; the first, what is made of the input of
    /// the chain.
    ///
    /// What panics in `transform` fails the link.
    pub fn then_with_transform(
        self,
        agent: impl IntoAgent,
        transform: impl Fn(AgentOutput) -> AgentInput + Send + Sync + 'static,
    ) -> Self {
        self.with_link(of_agent(agent), false, Some(Arc::new(transform)))
    }

    /// Adds an agent that stands in for the link before it: it is asked only when that has failed, and given what is made
    /// of the failure. Its output is that of the link. Several are asked in order, each with the failure of the one before.
    ///
    /// Where there is no link yet, the chain cannot be planned.
    pub fn then_with_fallback(
        mut self,
        agent: impl IntoAgent,
        input: impl Fn(&StepFailure) -> AgentInput + Send + Sync + 'static,
    ) -> Self {
        let agent = agent.into_agent();
        match self.links.pop() {
            Some(mut link) => {
                link.task = link.task.with_fallback(agent, input);
                self.links.push(link);
            }
            None => {
                self.misplaced
                    .get_or_insert_with(|| agent.name().to_owned());
            }
        }
        self
    }

    /// Adds a link with options of its own: a name, attempts, a time-out, what undoes it. It is given the output of the link
    /// before it, whatever the task says of its input.
    ///
    /// An [`optional`](AgentTask::optional) one that fails passes on what it was given. It may come
    /// [`after`](AgentTask::after) earlier links by their names, whose outputs it then finds in its context.
    ///
    /// ```
    /// use std::time::Duration;
    /// use orchestrated::dynamic::{AgentChain, AgentInput, AgentTask, Retries, SequentialOrchestrator, agent_fn};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let trim = agent_fn("trim", |text: AgentInput| async move { Ok(text.to::<&str>()?.trim().into()) });
    /// let length = agent_fn("length", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) });
    /// let measure = AgentTask::new("measure", length, ())
    ///     .with_timeout(Duration::from_secs(5))
    ///     .idempotent()
    ///     .with_retry(Retries::new(3));
    /// let chain = AgentChain::new().then(trim).then_task(measure);
    /// let output = SequentialOrchestrator::new().execute(chain, "  four ").await?;
    /// assert_eq!(output.to::<usize>()?, 4);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn then_task(self, task: AgentTask) -> Self {
        self.with_link(task, true, None)
    }

    fn with_link(
        mut self,
        task: AgentTask,
        is_named: bool,
        transform: Option<Arc<Transform>>,
    ) -> Self {
        self.links.push(Link {
            task,
            is_named,
            transform,
        });
        self
    }

    /// How many links it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The names of its links, in their order.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentChain, AgentInput, agent_fn};
    ///
    /// let same = std::sync::Arc::new(agent_fn("same", |input: AgentInput| async move { Ok(input.into_value().into()) }));
    /// let chain = AgentChain::new().then(std::sync::Arc::clone(&same)).then(same);
    /// assert_eq!(chain.names(), ["same".into(), "same 2".into()]);
    /// ```
    #[must_use]
    pub fn names(&self) -> Vec<Arc<str>> {
        let own = self.links.iter().filter(|link| link.is_named);
        let mut taken: HashSet<Arc<str>> = own.map(|link| link.task.shared_name()).collect();
        let mut counts = HashMap::new();
        let names = self.links.iter().map(|link| {
            let name = link.task.shared_name();
            if link.is_named || taken.insert(Arc::clone(&name)) {
                return name;
            }
            let count = counts.entry(Arc::clone(&name)).or_insert(1_usize);
            loop {
                *count += 1;
                let numbered: Arc<str> = format!("{name} {count}").into();
                if taken.insert(Arc::clone(&numbered)) {
                    return numbered;
                }
            }
        });
        names.collect()
    }

    /// The links as tasks of which each comes after the one before.
    pub(super) fn tasks(&self, input: &AgentInput) -> Result<Vec<AgentTask>, ChainError> {
        if let Some(agent) = &self.misplaced {
            let agent = agent.clone();
            return Err(ChainError::FallbackOfNothing { agent });
        }
        if self.is_empty() {
            return Err(ChainError::Empty);
        }
        let names = self.names();
        let before = std::iter::once(None).chain(names.iter().cloned().map(Some));
        let links = self.links.iter().zip(names.iter()).zip(before);
        let tasks = links.map(|((link, name), before)| link.task(name, before, input));
        Ok(tasks.collect())
    }
}

fn of_agent(agent: impl IntoAgent) -> AgentTask {
    let agent = agent.into_agent();
    let name: Arc<str> = agent.name().into();
    AgentTask::new(name, agent, ())
}

impl Link {
    /// The link as a task after the one `before`; the first, with the input of the chain.
    fn task(&self, name: &Arc<str>, before: Option<Arc<str>>, input: &AgentInput) -> AgentTask {
        let mut task = self.task.clone().with_name(Arc::clone(name));
        if let Some(before) = &before
            && !task.dependencies().iter().any(|after| **after == **before)
        {
            task = task.after([&**before]);
        }
        let transform = self.transform.clone();
        let input = input.clone();
        task.with_input_from(move |done| {
            let passed = passed(done, before.as_deref(), &input);
            let Some(transform) = &transform else {
                let given = AgentInput::from(passed);
                done.keep(&given);
                return Ok(given);
            };
            // What panics in it has made nothing: then the link has been given what was passed to it.
            let mut kept = Kept {
                done,
                given: passed.clone().into(),
            };
            kept.given = transform(passed);
            Ok(kept.given.clone())
        })
    }
}

/// What a link passes on: its output, or what it was given where it has failed.
fn passed(done: &Dependencies<'_>, before: Option<&str>, input: &AgentInput) -> AgentOutput {
    let Some(before) = before else {
        return input.clone().into();
    };
    match done.output(before) {
        Some(output) => output.clone(),
        None => done.given(before).unwrap_or(input).clone().into(),
    }
}

/// Keeps what a link has been given, however that was made.
struct Kept<'d, 'r> {
    done: &'d Dependencies<'r>,
    given: AgentInput,
}

impl Drop for Kept<'_, '_> {
    fn drop(&mut self) {
        self.done.keep(&self.given);
    }
}

impl fmt::Debug for AgentChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AgentChain").field(&self.names()).finish()
    }
}
