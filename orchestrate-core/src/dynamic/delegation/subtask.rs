//! A part of a task.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::dynamic::{
    AgentError, AgentInput, AgentOutput, AgentTask, IntoAgent, Retries, TaskPriority,
    context::Dependencies, task::Rollback,
};

/// A part of a task, before somebody is asked to do it: what a [`Master`](super::Master) and a
/// [`Coordination`](crate::dynamic::Coordination) make of a task.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::{Subtask, TaskPriority};
///
/// let chart = Subtask::new("chart", "the last 30 days")
///     .needs(["plotting"])
///     .after(["prices"])
///     .with_priority(TaskPriority::High)
///     .with_timeout(Duration::from_secs(30));
/// assert_eq!((chart.name(), chart.dependencies()), ("chart", &["prices".to_owned()][..]));
/// ```
///
/// # What it is given
///
/// A subtask that comes after others is given what they have produced as well: an object with all that is in its own input,
/// and `results`, an object with the value that each of them has produced, by its name. An own input that is no object
/// stands under `input` then. One of them that is allowed to fail, and has, is not among them. A subtask that comes after
/// nothing is given its own input, and nothing else.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentTask, ParallelOrchestrator, Subtask, agent_fn};
///
/// # futures::executor::block_on(async {
/// let seven = agent_fn("seven", |_| async { Ok(7.into()) });
/// let told = agent_fn("told", |input: AgentInput| async move { Ok(input.into_value().into()) });
/// let tasks = [
///     Subtask::new("n", ()).assigned_to(seven),
///     Subtask::new("m", "both").after(["n"]).assigned_to(told),
/// ];
/// let results = ParallelOrchestrator::new().execute(tasks).await?;
/// assert_eq!(
///     *results.output("m").unwrap().value(),
///     serde_json::json!({ "input": "both", "results": { "n": 7 } }),
/// );
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// # As JSON
///
/// What a model has written can be read: all fields but `name` may be missing. How long a subtask may take, how often it
/// is tried, and how it is undone is not for a model to say.
///
/// ```
/// use orchestrated::dynamic::Subtask;
///
/// let subtasks: Vec<Subtask> = serde_json::from_str(
///     r#"[{ "name": "prices", "input": "AAPL" },
///         { "name": "chart", "needs": ["plotting"], "after": ["prices"], "priority": "high" }]"#,
/// )?;
/// assert_eq!(subtasks[1].needed().collect::<Vec<_>>(), ["plotting"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a subtask does nothing until somebody is asked to do it"]
pub struct Subtask {
    name: String,
    #[serde(default)]
    input: AgentInput,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    priority: TaskPriority,
    #[serde(skip)]
    timeout: Option<Duration>,
    #[serde(skip)]
    retries: Option<Retries>,
    #[serde(skip)]
    idempotent: bool,
    #[serde(skip)]
    optional: bool,
    #[serde(skip)]
    rollback: Option<Rollback>,
}

/// Under which name a subtask finds what those have produced that it comes after.
const RESULTS: &str = "results";

impl Subtask {
    /// Asks for this, with that.
    pub fn new(name: impl Into<String>, input: impl Into<AgentInput>) -> Self {
        Self {
            name: name.into(),
            input: input.into(),
            needs: Vec::new(),
            after: Vec::new(),
            priority: TaskPriority::default(),
            timeout: None,
            retries: None,
            idempotent: false,
            optional: false,
            rollback: None,
        }
    }

    /// Adds capabilities that the agent must have that does it.
    pub fn needs(mut self, capabilities: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.needs.extend(capabilities.into_iter().map(Into::into));
        self
    }

    /// Starts once these are done: it is [given](Self#what-it-is-given) what they have produced.
    pub fn after(mut self, subtasks: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.after.extend(subtasks.into_iter().map(Into::into));
        self
    }

    /// Who goes first when not all that could start may.
    pub fn with_priority(mut self, priority: TaskPriority) -> Self {
        self.priority = priority;
        self
    }

    /// How long one attempt may take.
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Doing it twice does no harm: [`with_retry`](Self::with_retry) asks for that.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Tries it again when it has failed. One that is not [`idempotent`](Self::idempotent) is refused with it, before
    /// anything starts: a second attempt may repeat its effects.
    pub fn with_retry(mut self, retries: Retries) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Its failure does not fail the run, and the subtasks after it are done all the same.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Undoes it when the run fails later: when another subtask fails, or when nothing can be made of the results. A run
    /// that fails waits for a subtask that has this, and drops others.
    pub fn with_rollback<F, R>(mut self, undo: F) -> Self
    where
        F: Fn(AgentOutput) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), AgentError>> + Send + 'static,
    {
        self.rollback = Some(Arc::new(move |output| Box::pin(undo(output))));
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is given besides what others produce.
    #[must_use]
    pub fn input(&self) -> &AgentInput {
        &self.input
    }

    /// What the agent must be capable of that does it.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        self.needs.iter().map(String::as_str)
    }

    /// The subtasks that it comes after.
    #[must_use]
    pub fn dependencies(&self) -> &[String] {
        &self.after
    }

    /// Who goes first when not all that could start may.
    #[must_use]
    pub fn priority(&self) -> TaskPriority {
        self.priority
    }

    /// The task of this agent that does it.
    pub fn assigned_to(&self, agent: impl IntoAgent) -> AgentTask {
        let mut task = AgentTask::new(&*self.name, agent, self.input.clone());
        if !self.after.is_empty() {
            let own = self.input.clone();
            task = task
                .after(&self.after)
                .with_input_from(move |done| Ok(with_results(own.clone(), done)));
        }
        if !self.needs.is_empty() {
            task = task.needs(&self.needs);
        }
        if self.priority != TaskPriority::default() {
            task = task.with_priority(self.priority);
        }
        if let Some(limit) = self.timeout {
            task = task.with_timeout(limit);
        }
        if let Some(retries) = self.retries {
            task = task.with_retry(retries);
        }
        if self.idempotent {
            task = task.idempotent();
        }
        if self.optional {
            task = task.optional();
        }
        if let Some(undo) = self.rollback.clone() {
            task = task.with_rollback(move |output| undo(output));
        }
        task
    }

    /// Whether its own input has something where the results of others shall stand.
    pub(super) fn has_results_of_its_own(&self) -> bool {
        let own = self.input.value().as_object();
        !self.after.is_empty() && own.is_some_and(|own| own.contains_key(RESULTS))
    }
}

impl fmt::Debug for Subtask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subtask")
            .field("name", &self.name)
            .field("input", self.input.value())
            .field("needs", &self.needs)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

fn with_results(own: AgentInput, done: &Dependencies<'_>) -> AgentInput {
    let results = done.outputs();
    let results = results.map(|(name, output)| (name.to_owned(), output.value().clone()));
    own.with(RESULTS, Value::Object(results.collect()))
}
