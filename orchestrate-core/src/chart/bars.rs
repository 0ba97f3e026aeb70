//! What a step did when: the bars of its line.

use std::time::Duration;

use crate::{AttemptTrace, Cause, Fault, StepOutcome, StepTrace, Wait};

/// A stretch of time in the line of a step. Where two meet, the later one lies on the earlier one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar<'r> {
    pub(super) from: Duration,
    pub(super) to: Duration,
    pub(super) look: Look,
    /// The item, where it is an attempt at one.
    pub(super) item: Option<usize>,
    /// Which attempt it is, where it is one.
    pub(super) attempt: Option<u32>,
    /// What it waits for, where it does.
    pub(super) wait: Option<&'r Wait>,
    /// Why it failed, where it did.
    pub(super) fault: Option<&'r Fault>,
}

/// What is shown of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Work,
    Wait,
    /// What came to nothing.
    Fault,
    /// It was stopped.
    Stopped,
    /// Several steps or runs together.
    Group,
}

impl<'r> Bar<'r> {
    pub(super) fn new(from: Duration, to: Duration, look: Look) -> Self {
        Self {
            from,
            to: to.max(from),
            look,
            item: None,
            attempt: None,
            wait: None,
            fault: None,
        }
    }

    fn of_attempt(attempt: &'r AttemptTrace, end: Duration, look: Look) -> Self {
        let look = match &attempt.fault {
            Some(fault) if fault.cause == Cause::Cancelled => Look::Stopped,
            Some(_) => Look::Fault,
            None => look,
        };
        Self {
            item: attempt.item,
            attempt: Some(attempt.attempt),
            fault: attempt.fault.as_ref(),
            ..Self::new(attempt.started, attempt.ended.unwrap_or(end), look)
        }
    }
}

/// The bars of a step; what has not ended goes on until `now`. A step that has not run has at most waited.
pub(super) fn bars(step: &StepTrace, now: Duration) -> Vec<Bar<'_>> {
    let mut bars = Vec::new();
    let end = step.ended.unwrap_or(now);
    if let Some(StepOutcome::Cached | StepOutcome::Skipped) = step.outcome {
        return waits(step, Duration::ZERO, end).collect();
    }
    if let Some(ready) = step.ready
        && step.started != Some(ready)
    {
        bars.push(Bar::new(ready, step.started.unwrap_or(end), Look::Wait));
    }
    let Some(started) = step.started else {
        return bars;
    };
    let look = match step.outcome {
        Some(StepOutcome::Stopped) => Look::Stopped,
        _ => Look::Work,
    };
    let fault = step.outcome.as_ref().and_then(StepOutcome::fault);
    let own = step
        .attempts
        .iter()
        .filter(|attempt| attempt.item.is_none());
    let whole = match fault {
        Some(_) if step.attempts.is_empty() => Bar {
            fault,
            ..Bar::new(started, end, Look::Fault)
        },
        _ => Bar::new(started, end, look),
    };
    let mut parts = Vec::new();
    // A single attempt is the step itself.
    if own.clone().count() > 1 || own.clone().any(|attempt| attempt.fault.is_some()) {
        parts.extend(own.map(|attempt| Bar::of_attempt(attempt, end, look)));
    } else if fault.is_some()
        && let Some(item) = last_failed(step)
    {
        parts.push(Bar::of_attempt(item, end, look));
    }
    parts.extend(waits(step, started, end));
    bars.extend(between(whole, &mut parts));
    bars
}

/// What the step waited for since then.
fn waits(step: &StepTrace, since: Duration, end: Duration) -> impl Iterator<Item = Bar<'_>> {
    let waits = step.waits.iter();
    let own = waits.filter(move |wait| wait.item.is_none() && wait.started >= since);
    own.map(move |wait| Bar {
        wait: Some(&wait.on),
        ..Bar::new(wait.started, wait.ended.unwrap_or(end), Look::Wait)
    })
}

/// The attempts at the items of a step.
pub(super) fn items(step: &StepTrace, now: Duration) -> Vec<Bar<'_>> {
    let end = step.ended.unwrap_or(now);
    let items = step.attempts.iter().filter(|it| it.item.is_some());
    items
        .map(|attempt| Bar::of_attempt(attempt, end, Look::Work))
        .collect()
}

/// The parts of a step, and the step itself between them: so that nothing lies on anything else, but waits on attempts.
fn between<'r>(whole: Bar<'r>, parts: &mut [Bar<'r>]) -> Vec<Bar<'r>> {
    parts.sort_by_key(|part| (part.from, part.to));
    let mut bars = Vec::with_capacity(parts.len() + 1);
    let mut at = whole.from;
    for part in parts.iter() {
        if part.from > at {
            let look = match whole.look {
                Look::Fault => Look::Work,
                look => look,
            };
            bars.push(Bar::new(at, part.from, look));
        }
        bars.push(*part);
        at = at.max(part.to);
    }
    // A failure shows at the end, whatever the step did till then.
    if whole.to > at || parts.is_empty() || whole.look == Look::Fault {
        let from = at.min(whole.to);
        bars.push(Bar { from, ..whole });
    }
    bars
}

fn last_failed(step: &StepTrace) -> Option<&AttemptTrace> {
    let failed = step
        .attempts
        .iter()
        .filter(|attempt| attempt.fault.is_some());
    failed.max_by_key(|attempt| attempt.ended)
}
