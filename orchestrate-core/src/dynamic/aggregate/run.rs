//! A run whose results become one answer.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::{AggregateError, ResultAggregator};
use crate::{
    Orchestrator,
    dynamic::{
        AgentError, AgentOutput, AgentTask, OrchestrationError, TaskGraph, TaskResult, TaskResults,
    },
};

/// One answer in the making.
struct Making {
    aggregator: Arc<dyn ResultAggregator>,
    /// The tasks that others come after: what they produce is for those.
    between: HashSet<String>,
    is_decided: OnceLock<()>,
    /// The tasks that ended after the answer was decided, because they could not be dropped.
    late: Mutex<HashSet<String>>,
    answer: Mutex<Option<Answer>>,
}

type Answer = Result<AgentOutput, AggregateError>;

/// An answer, and what it was made of.
pub(in crate::dynamic) struct Answered {
    pub(in crate::dynamic) answer: AgentOutput,
    pub(in crate::dynamic) results: TaskResults,
}

/// Runs the tasks, and makes one answer of their results as the last thing that the run does: where there is none, the run
/// fails, and undoes what it has done.
pub(in crate::dynamic) async fn run(
    graph: TaskGraph,
    aggregator: &Arc<dyn ResultAggregator>,
    orchestrator: &Orchestrator,
) -> Result<Answered, OrchestrationError> {
    let making = Arc::new(Making {
        aggregator: Arc::clone(aggregator),
        between: between(graph.tasks()),
        is_decided: OnceLock::new(),
        late: Mutex::default(),
        answer: Mutex::default(),
    });
    let (decides, concludes) = (Arc::clone(&making), Arc::clone(&making));
    let graph = graph
        .until(Arc::new(move |task, result| decides.decides(task, result)))
        .concluded(Arc::new(move |results| concludes.conclude(results)));
    let ended = graph.run(orchestrator).await;
    let answer = lock(&making.answer).take();
    match (ended, answer) {
        (Ok(results), Some(Ok(answer))) => Ok(Answered { answer, results }),
        (Err(failure), Some(Err(error))) => Err(OrchestrationError::Aggregate {
            error,
            rollbacks: failure.rollbacks().to_vec(),
        }),
        (Err(failure), _) => Err(failure.into()),
        // A run that ends well has come to its end.
        (Ok(_), _) => Err(OrchestrationError::Aggregate {
            error: AggregateError::msg("the run has ended without an answer"),
            rollbacks: Vec::new(),
        }),
    }
}

fn between(tasks: &[AgentTask]) -> HashSet<String> {
    let before = tasks.iter().flat_map(AgentTask::dependencies);
    before.cloned().collect()
}

impl Making {
    /// A task has ended: whether nothing more is needed.
    fn decides(&self, task: &str, result: &TaskResult) -> bool {
        if self.is_decided.get().is_some() {
            lock(&self.late).insert(task.to_owned());
            return true;
        }
        let is_decided = !self.between.contains(task) && self.aggregator.is_decided(task, result);
        if is_decided {
            let _ = self.is_decided.set(());
        }
        is_decided
    }

    /// The tasks have ended: what the run says to there being no answer.
    fn conclude(&self, results: &TaskResults) -> Result<(), AgentError> {
        let answer = self.aggregate(results);
        let error = answer.as_ref().err().map(AgentError::msg);
        *lock(&self.answer) = Some(answer);
        error.map_or(Ok(()), Err)
    }

    fn aggregate(&self, results: &TaskResults) -> Answer {
        let late = lock(&self.late);
        if self.between.is_empty() && late.is_empty() {
            return self.aggregator.aggregate(results);
        }
        // Why a task has failed that others come after is why those have.
        let counts = |(name, result): &(&str, &TaskResult)| {
            result.is_err() || !self.between.contains(*name) && !late.contains(*name)
        };
        let counted = results.iter().filter(counts);
        let counted = counted.map(|(name, result)| (name, result.clone()));
        self.aggregator.aggregate(&counted.collect())
    }
}

/// What an aggregator leaves behind that panics is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
