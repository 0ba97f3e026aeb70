//! What an agent sees of its run.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use orchestrate_plan::Plan;

use super::{AgentInput, AgentOutput, AgentTask, TaskResult, graph::Graph};
use crate::{
    Context, Launcher, StepFailure,
    launcher::{
        Scope,
        sealed::{NoAgents, Sealed},
    },
    planned::Drawn,
};

/// What an agent sees of its run: all that the [`Context`] of a step shows, its task, and what the tasks have produced that
/// it comes after.
///
/// Like that it launches workflows without agents alone: `Lookup { .. }.run(&cx).await`. A sub-agent cannot launch other
/// sub-agents.
///
/// ```
/// use orchestrated::dynamic::{
///     Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, ParallelOrchestrator, agent_fn, async_trait,
/// };
///
/// /// Adds up what the tasks before it have counted.
/// struct Sum;
///
/// #[async_trait]
/// impl Agent for Sum {
///     async fn execute(&self, cx: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
///         assert_eq!((cx.workflow(), cx.step(), cx.attempt()), ("Parallel", "sum", 1));
///         let counts = cx.outputs().map(|(_, count)| count.to::<u64>());
///         Ok(counts.sum::<Result<u64, _>>()?.into())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let count = std::sync::Arc::new(agent_fn("count", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) }));
/// let tasks = [
///     AgentTask::new("one", count.clone(), "1"),
///     AgentTask::new("two", count, "22"),
///     AgentTask::new("sum", Sum, ()).after(["one", "two"]),
/// ];
/// let results = ParallelOrchestrator::new().execute(tasks).await?;
/// assert_eq!(results.output("sum").unwrap().to::<u64>()?, 3);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy)]
pub struct AgentContext<'r> {
    context: Context<'r>,
    done: Dependencies<'r>,
}

/// What the tasks have produced that a task comes after.
#[derive(Clone, Copy)]
pub struct Dependencies<'r> {
    common: &'r Common<'r>,
    of: usize,
}

/// What all the tasks of a run have in common.
pub(super) struct Common<'r> {
    pub(super) graph: &'r Graph,
    /// What has become of each.
    pub(super) results: &'r [OnceLock<TaskResult>],
    /// What each has been given. Nothing where nobody asks.
    pub(super) given: &'r [OnceLock<AgentInput>],
}

impl<'r> AgentContext<'r> {
    pub(super) fn new(context: Context<'r>, done: Dependencies<'r>) -> Self {
        Self { context, done }
    }

    /// The task.
    pub fn task(&self) -> &'r AgentTask {
        self.done.task()
    }

    /// What a task has produced that this one comes after; none where it has failed, or is none of those.
    #[must_use]
    pub fn output(&self, task: &str) -> Option<&'r AgentOutput> {
        self.done.output(task)
    }

    /// Why a task has failed that this one comes after: one that is [`optional`](AgentTask::optional).
    #[must_use]
    pub fn failure(&self, task: &str) -> Option<&'r StepFailure> {
        self.done.failure(task)
    }

    /// The same as one value, for who makes an input of it.
    #[must_use]
    pub fn dependencies(&self) -> Dependencies<'r> {
        self.done
    }

    /// What the tasks have produced that this one comes after, in the order in which it names them.
    pub fn outputs(&self) -> impl Iterator<Item = (&'r str, &'r AgentOutput)> + use<'r> {
        self.done.outputs()
    }
}

impl<'r> Dependencies<'r> {
    pub(super) fn new(common: &'r Common<'r>, of: usize) -> Self {
        Self { common, of }
    }

    /// What a task has produced; none where it has failed, or is none of those.
    #[must_use]
    pub fn output(&self, task: &str) -> Option<&'r AgentOutput> {
        self.result(task)?.as_ref().ok()
    }

    /// Why a task has failed.
    #[must_use]
    pub fn failure(&self, task: &str) -> Option<&'r StepFailure> {
        self.result(task)?.as_ref().err()
    }

    /// What they have produced, in the order in which the task names them.
    pub fn outputs(&self) -> impl Iterator<Item = (&'r str, &'r AgentOutput)> + use<'r> {
        let results = self.common.results;
        self.common
            .graph
            .before(self.of)
            .filter_map(move |(name, at)| {
                let output = results[at].get()?.as_ref().ok()?;
                Some((name, output))
            })
    }

    /// Keeps what the task is given, in a graph that [keeps inputs](super::TaskGraph::keeping_inputs).
    pub(super) fn keep(&self, input: &AgentInput) {
        if let Some(given) = self.common.given.get(self.of) {
            // It is made once, however often the task is tried.
            let _ = given.set(input.clone());
        }
    }

    /// What was kept of a task that it comes after.
    pub(super) fn given(&self, task: &str) -> Option<&'r AgentInput> {
        self.common.given.get(self.place(task)?)?.get()
    }

    pub(super) fn index(&self) -> usize {
        self.of
    }

    pub(super) fn task(&self) -> &'r AgentTask {
        self.common.graph.task(self.of)
    }

    pub(super) fn plan(&self) -> &'r Arc<Plan> {
        Drawn::plan(self.common.graph)
    }

    fn result(&self, task: &str) -> Option<&'r TaskResult> {
        self.common.results[self.place(task)?].get()
    }

    fn place(&self, task: &str) -> Option<usize> {
        let mut before = self.common.graph.before(self.of);
        let (_, at) = before.find(|&(name, _)| name == task)?;
        Some(at)
    }
}

impl<'r> Deref for AgentContext<'r> {
    type Target = Context<'r>;

    fn deref(&self) -> &Context<'r> {
        &self.context
    }
}

impl Sealed for AgentContext<'_> {}
#[diagnostic::do_not_recommend]
impl<A: NoAgents> Launcher<A> for AgentContext<'_> {
    fn __scope(&self) -> Scope<'_> {
        Launcher::<A>::__scope(&self.context)
    }
}

impl fmt::Debug for AgentContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentContext")
            .field("task", &self.task().name())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Dependencies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.common.graph.before(self.of).map(|(name, _)| name))
            .finish()
    }
}
