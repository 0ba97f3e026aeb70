//! Tasks side by side.

use std::{borrow::Cow, sync::Arc, time::Duration};

use super::{
    AgentOutput, AgentTask, OrchestrationError, PlanErrors, ResultAggregator, TaskGraph,
    TaskResults, TaskStream, aggregate, stream::AT_ONCE,
};
use crate::Orchestrator;

/// Executes tasks side by side: as many at once as it may, each as soon as those are done that it comes after.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::{AgentInput, AgentTask, ParallelOrchestrator, agent_fn};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let length = std::sync::Arc::new(agent_fn("length", |input: AgentInput| async move {
///     Ok(input.to::<&str>()?.len().into())
/// }));
/// let orchestrator = ParallelOrchestrator::new()
///     .with_concurrency(10)
///     .with_timeout(Duration::from_secs(60));
/// let tasks = ["one", "three"].map(|word| AgentTask::new(word, std::sync::Arc::clone(&length), word));
/// let results = orchestrator.execute(tasks).await?;
/// let lengths: Vec<_> = results.outputs().map(|(name, length)| format!("{name}: {}", length.value())).collect();
/// assert_eq!(lengths, ["one: 3", "three: 5"]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "an orchestrator does nothing until it executes tasks"]
pub struct ParallelOrchestrator {
    orchestrator: Orchestrator,
    name: Cow<'static, str>,
    at_most: Option<usize>,
    timeout: Option<Duration>,
    collect_errors: bool,
    aggregator: Option<Arc<dyn ResultAggregator>>,
}

impl Default for ParallelOrchestrator {
    fn default() -> Self {
        Self::new()
    }
}

impl ParallelOrchestrator {
    /// One without limits, on an [`Orchestrator`] of its own. The first failure of a task ends all.
    pub fn new() -> Self {
        Self {
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed("Parallel"),
            at_most: None,
            timeout: None,
            collect_errors: false,
            aggregator: None,
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

    /// Lets at most so many tasks of one call run at once, at least 1. Of those that could start, the ones with the highest
    /// priority go first.
    pub fn with_concurrency(mut self, tasks: usize) -> Self {
        self.at_most = Some(tasks.max(1));
        self
    }

    /// How long one attempt at a task may take that says nothing itself.
    pub fn with_timeout(mut self, of_a_task: Duration) -> Self {
        self.timeout = Some(of_a_task);
        self
    }

    /// Goes on when a task fails, and tells of each what became of it; otherwise the first failure ends all.
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.collect_errors = collect;
        self
    }

    /// What makes one answer of the results: for [`execute_aggregated`](Self::execute_aggregated).
    pub fn with_aggregator(mut self, aggregator: impl ResultAggregator + 'static) -> Self {
        self.set_aggregator(aggregator);
        self
    }

    /// The same for an orchestrator that stands somewhere already: from the next call on.
    ///
    /// ```
    /// use orchestrated::dynamic::{FirstSuccessful, MajorityVote, ParallelOrchestrator};
    ///
    /// let mut orchestrator = ParallelOrchestrator::new().with_aggregator(FirstSuccessful);
    /// orchestrator.set_aggregator(MajorityVote);
    /// ```
    pub fn set_aggregator(&mut self, aggregator: impl ResultAggregator + 'static) -> &mut Self {
        self.aggregator = Some(Arc::new(aggregator));
        self
    }

    /// The graph that [`execute`](Self::execute) would run: its plan can be looked at first.
    ///
    /// # Errors
    ///
    /// All that is wrong with the tasks.
    pub fn plan(
        &self,
        tasks: impl IntoIterator<Item = AgentTask>,
    ) -> Result<TaskGraph, PlanErrors> {
        let tasks = tasks.into_iter().map(|task| match self.timeout {
            Some(limit) => task.or_timeout(limit),
            None => task,
        });
        let graph = TaskGraph::new(self.name.clone(), tasks)?.collect_errors(self.collect_errors);
        Ok(match self.at_most {
            Some(tasks) => graph.with_concurrency(tasks),
            None => graph,
        })
    }

    /// Executes the tasks, and hands out what became of each as soon as it has ended: as many tasks as
    /// [`with_concurrency`](Self::with_concurrency) says run at once, 32 where it says nothing, and each is taken from
    /// `tasks` when there is room for it. So there can be any number of them, and no more of them are in memory than run: who
    /// is slow to take what has become of them slows them down.
    ///
    /// Each task is a run of its own, with its own events and its own deadline, and none comes after another. A priority means
    /// nothing among them, but for the limits of the orchestrator. The first failure is handed out and ends the stream,
    /// unless [errors are collected](Self::collect_errors); what runs then is dropped.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentInput, AgentTask, ParallelOrchestrator, agent_fn};
    ///
    /// # futures::executor::block_on(async {
    /// let square = std::sync::Arc::new(agent_fn("square", |n: AgentInput| async move {
    ///     Ok(n.to::<u64>()?.pow(2).into())
    /// }));
    /// let tasks = (1..=1000_u64).map(move |n| AgentTask::new(n.to_string(), std::sync::Arc::clone(&square), n));
    /// let mut results = ParallelOrchestrator::new().with_concurrency(8).execute_streaming(tasks);
    /// let mut sum = 0;
    /// while let Some((_, result)) = results.next().await {
    ///     sum += result?.to::<u64>()?;
    /// }
    /// assert_eq!(sum, 333_833_500);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn execute_streaming<T>(&self, tasks: T) -> TaskStream<T::IntoIter>
    where
        T: IntoIterator<Item = AgentTask>,
    {
        let at_most = self.at_most.unwrap_or(AT_ONCE);
        TaskStream::new(
            self.clone(),
            tasks.into_iter(),
            at_most,
            self.collect_errors,
        )
    }

    pub(super) fn orchestrator(&self) -> &Orchestrator {
        &self.orchestrator
    }

    /// Executes the tasks, and says what became of each, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// When the tasks cannot be planned, a task fails (unless [errors are collected](Self::collect_errors)), or the run
    /// as a whole does: it is cancelled, takes too long, or must not start.
    pub async fn execute(
        &self,
        tasks: impl IntoIterator<Item = AgentTask>,
    ) -> Result<TaskResults, OrchestrationError> {
        let graph = self.plan(tasks)?;
        Ok(graph.run(&self.orchestrator).await?)
    }

    /// Executes the tasks, and makes one answer of what became of them: by the
    /// [aggregator](Self::with_aggregator). What the run does, and what it tells, is otherwise that of
    /// [`execute`](Self::execute).
    ///
    /// What counts are the outputs of the tasks that no other task comes after: what comes before those is for them. An
    /// output that comes when the answer is decided already, because its task could not be dropped, does not count. A task
    /// that fails ends nothing, unless the aggregator [needs all](ResultAggregator::tolerates_failures); the aggregator
    /// sees all failures.
    ///
    /// The answer is part of the run: where there is none, the run has failed, and the tasks with a
    /// [rollback](AgentTask::with_rollback) are undone.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, MajorityVote, ParallelOrchestrator, agent_fn};
    ///
    /// # futures::executor::block_on(async {
    /// let broken = std::sync::Arc::new(agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("no network")) }));
    /// let tasks = ["a", "b"].map(|name| AgentTask::new(name, std::sync::Arc::clone(&broken), ()));
    /// let orchestrator = ParallelOrchestrator::new().with_aggregator(MajorityVote);
    /// assert_eq!(
    ///     orchestrator.execute_aggregated(tasks).await.unwrap_err().to_string(),
    ///     "no task has succeeded: step `a` failed: no network; step `b` failed: no network"
    /// );
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute); when there is no answer; and when no aggregator is set: then nothing starts.
    pub async fn execute_aggregated(
        &self,
        tasks: impl IntoIterator<Item = AgentTask>,
    ) -> Result<AgentOutput, OrchestrationError> {
        let Some(aggregator) = &self.aggregator else {
            return Err(OrchestrationError::NoAggregator);
        };
        let collects = self.collect_errors || aggregator.tolerates_failures();
        let graph = self.plan(tasks)?.collect_errors(collects);
        let answered = aggregate::run(graph, aggregator, &self.orchestrator).await?;
        Ok(answered.answer)
    }
}
