//! How things that have happened are said, in a line.

use std::time::Duration;

use crate::{
    Cause, Fault, RunOutcome, StepOutcome, UndoOutcome, Wait,
    observe::live::{Counts, Live, Over},
    text::Brief,
};

/// How a step ended.
pub(super) fn step(outcome: &StepOutcome, took: Option<Duration>) -> String {
    let after = took.map_or(String::new(), |took| format!(" after {}", Brief(took)));
    match outcome {
        StepOutcome::Finished => {
            let took = took.map_or(String::new(), |took| format!(" in {}", Brief(took)));
            format!("finished{took}")
        }
        StepOutcome::Cached => "remembered".to_owned(),
        StepOutcome::Skipped => "left out".to_owned(),
        StepOutcome::Excused(fault) => {
            format!("failed{after}, and the run goes on: {}", first_line(fault))
        }
        StepOutcome::Failed(fault) => format!("failed{after}: {}", first_line(fault)),
        StepOutcome::Stopped => format!("stopped{after}"),
    }
}

/// How a run ended.
pub(super) fn run(live: &Live, counts: Counts, outcome: &RunOutcome, took: Duration) -> String {
    let after = Brief(took);
    let steps = steps(counts.total);
    match outcome {
        RunOutcome::Finished => match unneeded(live) {
            0 => format!("finished: {steps} in {after}"),
            unneeded => {
                let own = live.steps.len();
                let needed = own - unneeded;
                format!(
                    "finished: {needed} of {} in {after}, no more was needed",
                    self::steps(own)
                )
            }
        },
        RunOutcome::Dropped => format!("dropped after {after}"),
        RunOutcome::Failed { step, fault } => {
            let step = step.and_then(|step| live.plan.steps().get(step));
            let what = match fault.cause {
                Cause::Cancelled => "cancelled",
                _ => "failed",
            };
            let whole = format!("{what} after {after}, {} of {steps} done", counts.completed);
            match step {
                None if fault.message.is_empty() => whole,
                Some(step) => format!("{whole}: at `{}`", step.name()),
                None => format!("{whole}: {}", first_line(fault)),
            }
        }
    }
}

/// How many of its own steps have not ended, or were stopped: of a graph that was decided before.
fn unneeded(live: &Live) -> usize {
    let steps = live.steps.iter();
    let unneeded = steps.filter(|step| matches!(step.over, None | Some(Over::Stopped)));
    unneeded.count()
}

/// How a rollback went.
pub(super) fn undo(outcome: &UndoOutcome) -> String {
    match outcome {
        UndoOutcome::Undone => "rolled back".to_owned(),
        UndoOutcome::Failed(error) => format!("could not be rolled back: {}", first(error)),
        UndoOutcome::Irreversible(reason) => format!("cannot be undone: {}", first(reason)),
    }
}

/// What a step waits for.
pub(super) fn wait(on: &Wait) -> String {
    match on {
        Wait::Turn => "waits for its turn".to_owned(),
        Wait::Retry { pause } => format!("tries again in {}", Brief(*pause)),
        Wait::Approval => "waits for an answer".to_owned(),
        Wait::Batch => "waits for its batch".to_owned(),
        Wait::Cache => "waits for another run to compute it".to_owned(),
    }
}

/// That not all is known.
pub(super) fn missed(events: u64) -> String {
    format!("({events} events were missed: what is shown is not all)")
}

pub(super) fn steps(steps: usize) -> String {
    match steps {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    }
}

pub(super) fn first_line(fault: &Fault) -> String {
    first(&fault.to_string()).to_owned()
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
