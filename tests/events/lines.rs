//! Events as lines that are easily compared.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    Event, EventKind, Events, Orchestrator, PlanRef, RunId, RunOutcome, StepOutcome, UndoOutcome,
    Wait,
};

use crate::well_formed::{told, well_formed};

/// An orchestrator that is observed, and what it tells.
pub(crate) fn observed() -> (Orchestrator, Events) {
    Orchestrator::new().events()
}

/// Waits, in virtual time.
pub(crate) async fn ms(n: u64) {
    tokio::time::sleep(Duration::from_millis(n)).await;
}

/// All that has been told so far, as lines; it is whole.
pub(crate) fn lines(events: &mut Events) -> String {
    let told = told(events);
    well_formed(&told);
    shown(&told)
}

/// Events as lines: when, in which workflow, what.
pub(crate) fn shown(events: &[Event]) -> String {
    let mut plans: HashMap<RunId, PlanRef> = HashMap::new();
    let mut lines = String::new();
    for event in events {
        if let EventKind::RunStarted { plan, .. } = &event.kind {
            plans.insert(event.run, plan.clone());
        }
        let plan = &plans[&event.run];
        let name = |step: usize| plan.steps()[step].name().to_owned();
        let item = |item: Option<usize>| item.map_or_else(String::new, |item| format!("[{item}]"));
        let what = match &event.kind {
            EventKind::RunStarted { within: None, .. } => "starts".to_owned(),
            EventKind::RunStarted {
                within: Some(within),
                ..
            } => {
                let above = &plans[&within.run];
                format!(
                    "starts within {}.{}",
                    above.name(),
                    above.steps()[within.step].name()
                )
            }
            EventKind::BatchStarted { batch } => format!("batch {} starts", batch + 1),
            EventKind::BatchEnded { batch } => format!("batch {} ends", batch + 1),
            EventKind::StepStarted { step } => format!("{} starts", name(*step)),
            EventKind::StepWaiting { step, item: i, on } => {
                let on = match on {
                    Wait::Retry { pause } => format!("retry in {pause:?}"),
                    on => on.word().to_owned(),
                };
                format!("{}{} waits: {on}", name(*step), item(*i))
            }
            EventKind::AttemptStarted {
                step,
                item: i,
                attempt,
            } => format!("{}{} attempt {attempt}", name(*step), item(*i)),
            EventKind::AttemptEnded {
                step,
                item: i,
                attempt,
                fault,
            } => {
                let ended = fault.as_ref().map_or_else(
                    || "is done".to_owned(),
                    |fault| format!("fails: {fault} ({})", fault.cause.word()),
                );
                format!("{}{} attempt {attempt} {ended}", name(*step), item(*i))
            }
            EventKind::StepProgress { step, done, total } => {
                format!("{} {done}/{total}", name(*step))
            }
            EventKind::ItemEnded { step, item } => format!("{}[{item}] ends", name(*step)),
            EventKind::StepEnded { step, outcome } => match outcome {
                StepOutcome::Excused(fault) | StepOutcome::Failed(fault) => format!(
                    "{} {}: {fault} ({})",
                    name(*step),
                    outcome.word(),
                    fault.cause.word()
                ),
                outcome => format!("{} {}", name(*step), outcome.word()),
            },
            EventKind::StepUndone { step, outcome } => match outcome {
                UndoOutcome::Failed(why) | UndoOutcome::Irreversible(why) => {
                    format!("{} undo {}: {why}", name(*step), outcome.word())
                }
                outcome => format!("{} {}", name(*step), outcome.word()),
            },
            EventKind::RunEnded { outcome } => match outcome {
                RunOutcome::Failed { step, fault } => format!(
                    "{}{}: {fault}",
                    outcome.word(),
                    step.map_or_else(String::new, |step| format!(" at {}", name(step)))
                ),
                outcome => outcome.word().to_owned(),
            },
            other => panic!("{other:?}"),
        };
        let _ = writeln!(lines, "{:<4} {} {what}", event.at.as_millis(), plan.name());
    }
    lines
}

/// Keeps what it is told.
#[derive(Clone, Default)]
pub(crate) struct Kept(pub(crate) Arc<Mutex<Vec<Event>>>);

impl orchestrated::Observer for Kept {
    fn observe(&mut self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}
