//! One run, put together of what is told of it.

use std::{collections::HashMap, mem, sync::Arc, time::Duration};

use crate::observe::{
    AttemptTrace, Event, EventKind, Progressed, RunTrace, StepTrace, UndoOutcome, UndoTrace,
    WaitTrace,
};

/// How many attempts at a step are kept, and how many of its waits: the first ones.
const KEPT: usize = 10_000;

/// A run, and what in it has not ended.
#[derive(Debug)]
pub(super) struct Collected {
    trace: Arc<RunTrace>,
    /// By step; empty once the run has ended.
    open: Vec<OpenStep>,
}

/// What of a step has not ended, by item.
type OpenStep = HashMap<Option<usize>, Open>;

/// What of a step, or of an item of it, has not ended: indices into its trace.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    attempt: Option<usize>,
    wait: Option<usize>,
}

impl Collected {
    /// A run that starts; nothing if that is not what the event tells.
    pub(super) fn start(event: &Event) -> Option<Self> {
        let EventKind::RunStarted { plan, within, wall } = &event.kind else {
            return None;
        };
        let steps = plan.steps().len();
        let trace = RunTrace {
            run: event.run,
            plan: plan.clone(),
            within: *within,
            wall: *wall,
            started: event.at,
            ended: None,
            outcome: None,
            steps: vec![StepTrace::default(); steps],
        };
        Some(Self {
            trace: Arc::new(trace),
            open: vec![OpenStep::new(); steps],
        })
    }

    pub(super) fn trace(&self) -> &Arc<RunTrace> {
        &self.trace
    }

    /// Takes in what has happened. Steps that the plan has not change nothing, and after the end only rollbacks do.
    pub(super) fn tell(&mut self, event: &Event) {
        // Copies the run only while somebody else holds it.
        let trace = Arc::make_mut(&mut self.trace);
        let at = event.at;
        if let EventKind::RunEnded { outcome } = &event.kind {
            if trace.ended.is_none() {
                for (step, open) in trace.steps.iter_mut().zip(mem::take(&mut self.open)) {
                    close_all(step, open, at);
                }
                trace.ended = Some(at);
                trace.outcome = Some(outcome.clone());
            }
            return;
        }
        let Some(index) = event.kind.step() else {
            return;
        };
        let Some(step) = trace.steps.get_mut(index) else {
            return;
        };
        if let EventKind::StepUndone { outcome, .. } = &event.kind {
            undone(step, outcome, at);
        } else if let Some(open) = self.open.get_mut(index) {
            told(step, open, event);
        }
    }
}

/// What is told of a step while its run goes on.
fn told(step: &mut StepTrace, open: &mut OpenStep, event: &Event) {
    let at = event.at;
    match &event.kind {
        EventKind::StepStarted { .. } => {
            end_wait(step, open, None, at);
            step.ready.get_or_insert(at);
            step.started.get_or_insert(at);
        }
        EventKind::StepWaiting { item, on, .. } => {
            end_wait(step, open, *item, at);
            step.ready.get_or_insert(at);
            if step.waits.len() < KEPT {
                open.entry(*item).or_default().wait = Some(step.waits.len());
                step.waits.push(WaitTrace {
                    item: *item,
                    on: on.clone(),
                    started: at,
                    ended: None,
                });
            }
        }
        EventKind::AttemptStarted { item, attempt, .. } => {
            end_wait(step, open, *item, at);
            end_attempt(step, open, *item, at);
            if step.attempts.len() < KEPT {
                open.entry(*item).or_default().attempt = Some(step.attempts.len());
                step.attempts.push(AttemptTrace {
                    item: *item,
                    attempt: *attempt,
                    started: at,
                    ended: None,
                    fault: None,
                });
            }
        }
        EventKind::AttemptEnded { item, fault, .. } => {
            end_wait(step, open, *item, at);
            if let Some(attempt) = end_attempt(step, open, *item, at) {
                attempt.fault.clone_from(fault);
            }
        }
        EventKind::StepProgress { done, total, .. } => {
            step.progress = Some(Progressed {
                done: *done,
                total: *total,
            });
        }
        EventKind::ItemEnded { item, .. } => {
            end_wait(step, open, Some(*item), at);
            end_attempt(step, open, Some(*item), at);
        }
        EventKind::StepEnded { outcome, .. } => {
            close_all(step, mem::take(open), at);
            if step.ended.is_none() {
                step.ended = Some(at);
                step.outcome = Some(outcome.clone());
            }
        }
        _ => {}
    }
}

/// It waits no more; nor does the step as a whole when an item of it goes on.
fn end_wait(step: &mut StepTrace, open: &mut OpenStep, item: Option<usize>, at: Duration) {
    for of in [Some(item), item.and(Some(None))].into_iter().flatten() {
        let wait = open.get_mut(&of).and_then(|open| open.wait.take());
        if let Some(wait) = wait.and_then(|wait| step.waits.get_mut(wait)) {
            wait.ended = Some(at);
        }
    }
}

fn end_attempt<'s>(
    step: &'s mut StepTrace,
    open: &mut OpenStep,
    item: Option<usize>,
    at: Duration,
) -> Option<&'s mut AttemptTrace> {
    // The waits of it have ended before.
    let attempt = open.remove(&item)?.attempt?;
    let attempt = step.attempts.get_mut(attempt)?;
    attempt.ended = Some(at);
    Some(attempt)
}

fn close_all(step: &mut StepTrace, open: OpenStep, at: Duration) {
    for open in open.into_values() {
        if let Some(wait) = open.wait.and_then(|wait| step.waits.get_mut(wait)) {
            wait.ended = Some(at);
        }
        let attempt = open.attempt;
        if let Some(attempt) = attempt.and_then(|attempt| step.attempts.get_mut(attempt)) {
            attempt.ended = Some(at);
        }
    }
}

/// The items of a step are undone one by one: what could not be undone is not forgotten for what could.
fn undone(step: &mut StepTrace, outcome: &UndoOutcome, at: Duration) {
    match &mut step.undone {
        Some(undone) => {
            undone.at = undone.at.max(at);
            if *outcome != UndoOutcome::Undone {
                undone.outcome = outcome.clone();
            }
        }
        none => {
            *none = Some(UndoTrace {
                at,
                outcome: outcome.clone(),
            });
        }
    }
}
