//! What bounded a run: its critical path as it was.

use std::{cmp::Reverse, time::Duration};

use crate::observe::{RunOutcome, RunTrace, StepTrace};

/// The steps that bounded the run, by their indices, from the first to the last: the one that failed it, or else the one that
/// ended last; of those that it had to wait for, the one that ended last; and so on. Of equals the one in the latest batch, and
/// of those the one that was declared first.
///
/// A step waits for those that it depends on; the first steps of a stage also for all of the stage before it, which matters
/// where a barrier is not natural (`#[schedule(batches)]`).
pub(crate) fn critical_path(run: &RunTrace) -> Vec<usize> {
    let plan = &run.plan;
    let mut latest = vec![None; plan.batch_count()];
    for stage in plan.stages() {
        // The step of the stage before that ended last: what the first batch of this one waited for.
        let steps = stage.clone().flat_map(|batch| plan.batch(batch).indices());
        let last = last(run, steps.copied());
        if let Some(next) = latest.get_mut(stage.end) {
            *next = last;
        }
    }
    let failed = match run.outcome {
        Some(RunOutcome::Failed { step, .. }) => step.filter(|step| *step < run.steps.len()),
        _ => None,
    };
    let Some(end) = failed.or_else(|| last(run, 0..run.steps.len())) else {
        return Vec::new();
    };
    let before = |&step: &usize| {
        let planned = plan.steps().get(step)?;
        let barrier = latest.get(planned.batch()).copied().flatten();
        last(run, planned.dependencies().iter().copied().chain(barrier))
    };
    // Each is in an earlier batch than the one before, so this ends.
    let mut path: Vec<usize> = std::iter::successors(Some(end), before).collect();
    path.reverse();
    path
}

/// The step that ended last, of those that were told of.
fn last(run: &RunTrace, steps: impl Iterator<Item = usize>) -> Option<usize> {
    let place = |step: usize| Some((run.plan.steps().get(step)?.batch(), Reverse(step)));
    let ended = steps.filter_map(|step| Some((end(run, run.steps.get(step)?)?, place(step)?)));
    ended.max().map(|(_, (_, Reverse(step)))| step)
}

fn end(run: &RunTrace, step: &StepTrace) -> Option<Duration> {
    let running = || step.started.map(|_| run.latest());
    step.ended.or_else(running)
}
