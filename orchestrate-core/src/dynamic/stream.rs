//! Tasks side by side, without an end to them.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use futures_util::{Stream, stream::FuturesUnordered};

use super::{
    AgentOutput, AgentTask, DynamicWorkflow, OrchestrationError, ParallelOrchestrator, PlanError,
    PlanErrors, TaskGraph, execute::IN_A_ROW,
};
use crate::{Orchestrator, Workflow as _};

/// How many tasks of a stream run at once where nothing is said.
pub(super) const AT_ONCE: usize = 32;

/// What became of the tasks of a stream, as they end: see
/// [`ParallelOrchestrator::execute_streaming`].
///
/// It holds the tasks that run and nothing else: a task is taken from those that there are when another has been handed
/// out. Dropped, it drops the tasks that run.
#[must_use = "a stream does nothing unless it is polled"]
pub struct TaskStream<I> {
    orchestrator: ParallelOrchestrator,
    /// None once they are at an end, or one has failed that ends all.
    tasks: Option<I>,
    running: FuturesUnordered<Running>,
    at_most: usize,
    collects_errors: bool,
    /// How many have been handed out without a pause.
    in_a_row: usize,
}

type Running = Pin<Box<dyn Future<Output = Streamed> + Send>>;

/// A task of a stream, and what became of it.
pub type Streamed = (Arc<str>, Result<AgentOutput, OrchestrationError>);

// Nothing in it is pinned: the futures are in boxes.
impl<I> Unpin for TaskStream<I> {}

impl<I: Iterator<Item = AgentTask>> TaskStream<I> {
    pub(super) fn new(
        orchestrator: ParallelOrchestrator,
        tasks: I,
        at_most: usize,
        collects_errors: bool,
    ) -> Self {
        Self {
            orchestrator,
            tasks: Some(tasks),
            running: FuturesUnordered::new(),
            at_most,
            collects_errors,
            in_a_row: 0,
        }
    }

    /// What became of the next task that ends; none when there can be no more. As `StreamExt::next` of `futures`, which is not
    /// needed for it.
    pub async fn next(&mut self) -> Option<Streamed> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn fill(&mut self) {
        while self.running.len() < self.at_most
            && let Some(tasks) = &mut self.tasks
        {
            let Some(task) = tasks.next() else {
                self.tasks = None;
                return;
            };
            let name = task.shared_name();
            let graph = alone(&task).and_then(|()| self.orchestrator.plan([task]));
            let orchestrator = self.orchestrator.orchestrator().clone();
            self.running.push(Box::pin(async move {
                let result = match graph {
                    Ok(graph) => run(graph, &orchestrator).await,
                    Err(errors) => Err(errors.into()),
                };
                (name, result)
            }));
        }
    }
}

impl<I> TaskStream<I> {
    /// Drops what runs, whatever its destructors do: why the stream ends is known already.
    fn drop_running(&mut self) {
        let running = std::mem::take(&mut self.running);
        for task in running {
            let _ = catch_unwind(AssertUnwindSafe(|| drop(task)));
        }
    }
}

/// A task of a stream comes after no other.
fn alone(task: &AgentTask) -> Result<(), PlanErrors> {
    match task.dependencies().first() {
        None => Ok(()),
        Some(after) => Err(PlanError::AfterInStream {
            task: task.name().to_owned(),
            after: after.clone(),
        }
        .into()),
    }
}

/// Each task is a run of its own.
async fn run(
    graph: TaskGraph,
    orchestrator: &Orchestrator,
) -> Result<AgentOutput, OrchestrationError> {
    let results = DynamicWorkflow { graph }.run(orchestrator).await?;
    let mut results = results.into_iter();
    match results.next() {
        Some((_, Ok(output))) => Ok(output),
        Some((_, Err(failure))) => Err(OrchestrationError::Task(failure)),
        None => Ok(AgentOutput::default()),
    }
}

impl<I: Iterator<Item = AgentTask>> Stream for TaskStream<I> {
    type Item = Streamed;

    fn poll_next(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Streamed>> {
        let this = self.get_mut();
        if this.in_a_row >= IN_A_ROW {
            this.in_a_row = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.fill();
        let ended = Pin::new(&mut this.running).poll_next(cx);
        this.in_a_row = if ended.is_ready() {
            this.in_a_row + 1
        } else {
            0
        };
        if let Poll::Ready(Some((_, Err(_)))) = &ended
            && !this.collects_errors
        {
            this.tasks = None;
            this.drop_running();
        }
        ended
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self
            .tasks
            .as_ref()
            .map_or((0, Some(0)), Iterator::size_hint);
        let running = self.running.len();
        // The first failure may end it.
        let least = if self.collects_errors {
            left.0.saturating_add(running)
        } else {
            usize::from(running > 0)
        };
        let most = left.1.and_then(|left| left.checked_add(running));
        (least, most)
    }
}

impl<I> fmt::Debug for TaskStream<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskStream")
            .field("running", &self.running.len())
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}
