//! The one executor of graphs that were put together at run time: it drives the same run, with the same options, as the
//! expansion of a `workflow!` does.

mod attempt;
mod drive;
mod running;

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use super::{
    AgentError, AgentInput, DynamicWorkflow, TaskGraph, TaskResult, TaskResults, context::Common,
    graph::Graph,
};
use crate::{
    Failure, PlanRef, StepFailure,
    failure::{FailedStep, StepError},
    launcher::Scope,
    planned::Drawn,
    run::Run,
    run_future::RunFuture,
    undo::Rollbacks,
};
use drive::Drive;

/// After so many tasks that end without a pause, whoever else the executor has is let in, and what stops the run is looked at.
pub(super) const IN_A_ROW: usize = 128;

/// A run of a graph.
type TaskRun<'g> = Run<'g, DynamicWorkflow>;

/// What undoes a task: it holds nothing of the run.
type Undo = Pin<Box<dyn Future<Output = Rollbacks> + Send>>;

/// Runs the tasks of a graph; with what has become of them comes what undoes them.
pub(super) async fn run(
    tasks: TaskGraph,
    scope: Scope<'_>,
) -> Result<(TaskResults, impl Future<Output = Rollbacks> + Send + use<>), Failure<AgentError>> {
    let drawn: &dyn Drawn = &**tasks.graph();
    let body = |run| execute(&tasks, run);
    let (results, undo) = RunFuture::<DynamicWorkflow, _>::by(Some(&drawn), scope, body).await?;
    Ok((results, last_first(undo)))
}

async fn execute(
    tasks: &TaskGraph,
    mut run: TaskRun<'_>,
) -> Result<(TaskResults, Vec<Undo>), Failure<AgentError>> {
    run.begin()?;
    let run = &run;
    let results: Vec<OnceLock<TaskResult>> = tasks
        .graph()
        .tasks()
        .iter()
        .map(|_| OnceLock::new())
        .collect();
    let kept = if tasks.settings().keeps_inputs {
        results.len()
    } else {
        0
    };
    let given: Vec<OnceLock<AgentInput>> = (0..kept).map(|_| OnceLock::new()).collect();
    let mut undo = Vec::new();
    let common = Common {
        graph: tasks.graph(),
        results: &results,
        given: &given,
    };
    let driven = Drive::new(run, tasks.settings(), &common, &mut undo);
    let ended = run.caught(driven).await.and_then(|()| {
        let results = told(tasks, results);
        conclude(run, tasks, &results).map(|()| results)
    });
    match ended {
        Ok(results) => Ok((results, undo)),
        Err(failure) => Err(failure.__undone(last_first(undo).await)),
    }
}

/// The last thing that the run does, where there is one.
fn conclude(
    run: &TaskRun<'_>,
    tasks: &TaskGraph,
    results: &TaskResults,
) -> Result<(), Failure<AgentError>> {
    let Some(last) = &tasks.settings().concludes else {
        return Ok(());
    };
    let done = run.finished(|| last(results));
    let done = done.and_then(|ended| ended.map_err(|error| run.finished_with(error)));
    if done.is_err() {
        // What undoes the tasks takes time, in which a run of which this is a part must not go on.
        run.stop();
    }
    done
}

/// Undoes what has completed, the last to complete first.
async fn last_first(undo: Vec<Undo>) -> Rollbacks {
    let mut rollbacks = Rollbacks::new();
    for undo in undo.into_iter().rev() {
        rollbacks.extend(undo.await);
    }
    rollbacks
}

/// What has become of each task. One that nothing is known of was dropped, because nothing more was needed.
fn told(tasks: &TaskGraph, results: Vec<OnceLock<TaskResult>>) -> TaskResults {
    let graph = tasks.graph();
    let named = graph.tasks().iter().zip(results).enumerate();
    let entries = named.map(|(index, (task, result))| {
        let result = result.into_inner().unwrap_or_else(|| {
            let error = StepError::<AgentError>::new(crate::Reason::Cancelled, 0);
            Err(failure_of(graph, index, error))
        });
        (task.shared_name(), result)
    });
    TaskResults::new(entries.collect())
}

/// The failure of a task that does not fail its run.
#[cold]
fn failure_of(graph: &Graph, task: usize, error: StepError<AgentError>) -> StepFailure {
    let plan = PlanRef::from(Arc::clone(graph.plan()));
    let step = FailedStep::new(&plan, task);
    let step = step.expect("a task is a step of the plan of its graph");
    StepFailure::new(step, error.map(AgentError::into_inner))
}
