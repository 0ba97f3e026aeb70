//! A master and its workers.

use std::{borrow::Cow, sync::Arc, time::Duration};

use super::{
    Agent, AgentError, AgentInput, AgentOutput, Assignment, IntoAgent, Master, OrchestrationError,
    PlanLimits, Subtask, TaskResults,
    delegation::{Delegated, Delegation},
};
use crate::{Orchestrator, StepFailure};

/// A master divides a task, workers do its parts side by side, and the master makes one of the results.
///
/// One run does all of it, in steps: `decompose`, `assign`, `work` (a flow: the subtasks, planned when they are known),
/// `aggregate`, `learn`. So the limits, the deadline, the observers and the cancellation of its orchestrator hold for the
/// whole, and the rule about agents for the master, too.
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, AgentOutput, Master, MasterWorker, Subtask, TaskResults, agent_fn, async_trait,
/// };
///
/// /// Counts the words of a text, line by line.
/// struct Lines;
///
/// #[async_trait]
/// impl Master for Lines {
///     async fn decompose(&self, text: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
///         let lines = text.to::<&str>()?.lines().enumerate();
///         Ok(lines.map(|(i, line)| Subtask::new(format!("line {i}"), line)).collect())
///     }
///
///     async fn aggregate(&self, _: &AgentInput, results: &TaskResults) -> Result<AgentOutput, AgentError> {
///         let counts = results.outputs().map(|(_, count)| count.to::<usize>());
///         Ok(counts.sum::<Result<usize, _>>()?.into())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let workers = ["first", "second"].map(|name| {
///     agent_fn(name, |line: AgentInput| async move { Ok(line.to::<&str>()?.split(' ').count().into()) })
/// });
/// let outcome = MasterWorker::new(Lines, workers).execute("to be or\nnot\nto be").await?;
/// assert_eq!(outcome.output.to::<usize>()?, 6);
/// let who: Vec<_> = outcome.assignments.iter().map(|asked| asked.worker.name()).collect();
/// assert_eq!(who, ["first", "second", "first"]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "an orchestrator does nothing until it executes a task"]
pub struct MasterWorker {
    how: Delegation,
}

/// What a master and its workers have done.
///
/// See [`MasterWorker::execute`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MasterOutcome {
    /// What the master has made of the results.
    pub output: AgentOutput,
    /// Who was asked to do what, in the order of the subtasks.
    pub assignments: Vec<Assignment>,
    /// What became of the subtasks, by their names.
    pub results: TaskResults,
    /// Why the master has not learned from it, where that has failed.
    pub not_learned: Option<StepFailure>,
}

impl MasterWorker {
    /// This master, with these workers, on an [`Orchestrator`] of its own. The first failure of a worker ends all.
    pub fn new(
        master: impl Master + 'static,
        workers: impl IntoIterator<Item = impl IntoAgent>,
    ) -> Self {
        let mut how = Delegation::new("MasterWorker", Arc::new(master), "aggregate");
        how.workers = workers.into_iter().map(IntoAgent::into_agent).collect();
        how.learns = true;
        Self { how }
    }

    /// Adds a worker.
    pub fn with_worker(mut self, worker: impl IntoAgent) -> Self {
        self.how.workers.push(worker.into_agent());
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

    /// How long one attempt at a subtask may take that says nothing itself, and how long each step of the master.
    pub fn with_timeout(mut self, of_a_step: Duration) -> Self {
        self.how.timeout = Some(of_a_step);
        self
    }

    /// Goes on when a worker fails: the master is told of each subtask what became of it. Otherwise the first failure ends
    /// all.
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.how.collect_errors = collect;
        self
    }

    /// Looks at each output of a worker: one that this refuses is a failure of its subtask, and with
    /// [`Subtask::with_retry`] the subtask is tried again.
    pub fn with_validation(
        mut self,
        validate: impl Fn(&Subtask, &AgentOutput) -> Result<(), AgentError> + Send + Sync + 'static,
    ) -> Self {
        self.how.validation = Some(Arc::new(validate));
        self
    }

    /// How many subtasks the master may make, how long their names may be, how many may stand side by side, and how many may
    /// come after one another: `operations`, `name_bytes`, `names`, `width` and `depth`. More than that is refused before any
    /// of them starts. Where nothing is said these are the defaults of [`PlanLimits`], but that all 1,000 subtasks may stand
    /// side by side, and one may come after all others.
    pub fn with_limits(mut self, limits: PlanLimits) -> Self {
        self.how.limits = limits;
        self
    }

    /// The workers.
    #[must_use]
    pub fn workers(&self) -> &[Arc<dyn Agent>] {
        &self.how.workers
    }

    /// Has the task done.
    ///
    /// # Errors
    ///
    /// [`OrchestrationError::Run`] when a step fails: the master cannot divide the task, the subtasks can never work (a
    /// [`PlanErrors`](super::PlanErrors) in the failure), nobody can do one of them ([`Unassignable`](super::Unassignable)),
    /// a worker fails and errors are not collected; or when the run as a whole fails: it is cancelled, takes too long, or
    /// must not start. [`OrchestrationError::NotAggregated`], with all results, when it fails after the work was done.
    pub async fn execute(
        &self,
        task: impl Into<AgentInput>,
    ) -> Result<MasterOutcome, OrchestrationError> {
        let Delegated {
            output,
            assignments,
            results,
            not_learned,
        } = self.how.execute(task.into()).await?;
        Ok(MasterOutcome {
            output,
            assignments,
            results,
            not_learned,
        })
    }
}
