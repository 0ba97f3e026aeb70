//! The runs, as the script of the page reads them: times in nanoseconds since the first of them started.
//!
//! What is not there is left out, and what follows from the rest the script works out: it is a file that people send.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use super::headline::Headline;
use crate::{
    AttemptTrace, Cause, Fault, RunId, RunOutcome, RunTrace, StepOutcome, StepTrace, UndoOutcome,
    WaitTrace,
    plan::{Batch, Plan, Step},
};

/// All of them.
#[derive(Serialize)]
pub(super) struct View<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    runs: Vec<RunView<'a>>,
}

#[derive(Serialize)]
struct RunView<'a> {
    id: u64,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    /// Milliseconds since 1970.
    wall: u64,
    from: u64,
    /// The last moment that is known of it, which may be after its end: it was undone then.
    to: u64,
    took: u64,
    done: bool,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultView<'a>>,
    /// Another run, by its place in the list, and its step.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<(usize, usize)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<u64>,
    batches: Vec<&'a [usize]>,
    work: u64,
    path: Vec<usize>,
    critical_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    slowest: Option<usize>,
    peak: usize,
    waited: u64,
    again: usize,
    steps: Vec<StepView<'a>>,
}

#[derive(Serialize)]
struct StepView<'a> {
    name: &'a str,
    kind: &'static str,
    batch: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reads: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gives: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    needs: &'a [usize],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    /// The name of the workflow that a flow step runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waits: Vec<WaitView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<UndoView<'a>>,
}

#[derive(Serialize)]
struct FaultView<'a> {
    cause: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct AttemptView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<usize>,
    attempt: u32,
    from: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultView<'a>>,
}

#[derive(Serialize)]
struct WaitView {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<usize>,
    on: &'static str,
    from: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u64>,
}

#[derive(Serialize)]
struct ProgressView {
    done: u64,
    total: u64,
}

#[derive(Serialize)]
struct UndoView<'a> {
    at: u64,
    how: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl<'a> View<'a> {
    pub(super) fn new(runs: &'a [RunTrace], title: Option<&'a str>) -> Self {
        let clock = Clock {
            zero: runs.iter().map(|run| run.started).min().unwrap_or_default(),
        };
        let parents = parents(runs);
        let views = runs.iter().zip(parents);
        Self {
            title,
            runs: views
                .map(|(run, within)| RunView::new(run, within, clock))
                .collect(),
        }
    }
}

/// The run and the step that each run is a part of, if that run is here.
///
/// A run from elsewhere may say anything: what would make it a part of itself is not believed.
fn parents(runs: &[RunTrace]) -> Vec<Option<(usize, usize)>> {
    let places: HashMap<RunId, usize> = (runs.iter().enumerate())
        .map(|(place, run)| (run.run, place))
        .collect();
    let claimed: Vec<Option<(usize, usize)>> = (runs.iter())
        .map(|run| {
            let within = run.within?;
            let place = *places.get(&within.run)?;
            (within.step < runs[place].plan.steps().len()).then_some((place, within.step))
        })
        .collect();
    let ends = |mut place: usize| {
        (0..=runs.len()).any(|_| match claimed[place] {
            Some((outer, _)) => {
                place = outer;
                false
            }
            None => true,
        })
    };
    (0..runs.len())
        .map(|place| claimed[place].filter(|_| ends(place)))
        .collect()
}

/// Times, counted from when the first run started.
#[derive(Clone, Copy)]
struct Clock {
    zero: Duration,
}

impl Clock {
    fn at(self, time: Duration) -> u64 {
        nanos(time.saturating_sub(self.zero))
    }

    fn maybe(self, time: Option<Duration>) -> Option<u64> {
        Some(self.at(time?))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl<'a> RunView<'a> {
    fn new(run: &'a RunTrace, within: Option<(usize, usize)>, clock: Clock) -> Self {
        let plan = &run.plan;
        let headline = Headline::of(run);
        let latest = run.latest();
        let wall = run.wall.duration_since(SystemTime::UNIX_EPOCH);
        let wall = nanos(wall.unwrap_or_default()) / 1_000_000;
        let steps = plan.steps().iter().enumerate();
        Self {
            id: run.run.get(),
            name: plan.name(),
            module: (plan.path() != plan.name()).then(|| plan.path()),
            wall,
            from: clock.at(run.started),
            to: clock.at(latest),
            took: nanos(run.took().unwrap_or(latest.saturating_sub(run.started))),
            done: run.ended.is_some(),
            outcome: run.outcome.as_ref().map_or("running", RunOutcome::word),
            fault: run.outcome.as_ref().and_then(RunOutcome::fault).map(fault),
            within,
            deadline: plan.deadline().map(nanos),
            batches: plan.batches().map(Batch::indices).collect(),
            work: nanos(headline.work),
            path: headline.path,
            critical_time: nanos(headline.critical),
            slowest: headline.bottleneck,
            peak: headline.peak,
            waited: nanos(headline.waited),
            again: headline.again,
            steps: steps
                .map(|(index, step)| StepView::new(step, run.steps.get(index), clock))
                .collect(),
        }
    }
}

impl<'a> StepView<'a> {
    fn new(step: &'a Step, trace: Option<&'a StepTrace>, clock: Clock) -> Self {
        let outcome = trace.and_then(|trace| trace.outcome.as_ref());
        let undo = trace.and_then(|trace| trace.undone.as_ref());
        let progress = trace.and_then(|trace| trace.progress);
        Self {
            name: step.name(),
            kind: step.kind().word(),
            batch: step.batch(),
            reads: step.inputs().collect(),
            gives: step.outputs().collect(),
            needs: step.dependencies(),
            options: step.asks(),
            flow: step.flow().map(Plan::name),
            ready: trace.and_then(|trace| clock.maybe(trace.ready)),
            start: trace.and_then(|trace| clock.maybe(trace.started)),
            end: trace.and_then(|trace| clock.maybe(trace.ended)),
            outcome: outcome.map(StepOutcome::word),
            fault: outcome.and_then(StepOutcome::fault).map(fault),
            attempts: trace.map_or_else(Vec::new, |trace| {
                let attempts = trace.attempts.iter();
                attempts
                    .map(|attempt| attempt_view(attempt, clock))
                    .collect()
            }),
            waits: trace.map_or_else(Vec::new, |trace| {
                let waits = trace.waits.iter();
                waits.map(|wait| wait_view(wait, clock)).collect()
            }),
            progress: progress.map(|progress| ProgressView {
                done: progress.done,
                total: progress.total,
            }),
            undo: undo.map(|undo| UndoView {
                at: clock.at(undo.at),
                how: undo.outcome.word(),
                why: match &undo.outcome {
                    UndoOutcome::Undone => None,
                    UndoOutcome::Failed(why) | UndoOutcome::Irreversible(why) => Some(why),
                },
            }),
        }
    }
}

fn fault(fault: &Fault) -> FaultView<'_> {
    FaultView {
        cause: Cause::word(fault.cause),
        message: if fault.message.is_empty() {
            fault.cause.word()
        } else {
            &fault.message
        },
    }
}

fn attempt_view(attempt: &AttemptTrace, clock: Clock) -> AttemptView<'_> {
    AttemptView {
        item: attempt.item,
        attempt: attempt.attempt,
        from: clock.at(attempt.started),
        to: clock.maybe(attempt.ended),
        fault: attempt.fault.as_ref().map(fault),
    }
}

fn wait_view(wait: &WaitTrace, clock: Clock) -> WaitView {
    WaitView {
        item: wait.item,
        on: wait.on.word(),
        from: clock.at(wait.started),
        to: clock.maybe(wait.ended),
    }
}
