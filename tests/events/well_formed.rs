//! What must hold of all that is told, whatever the runs are: see `well_formed`.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use orchestrated::{Event, EventKind, Events, PlanRef, RunId, RunOutcome, StepOutcome};

/// All that has been told so far.
pub(crate) fn told(events: &mut Events) -> Vec<Event> {
    // Tokio would have the task give its thread up after so many.
    let mut next = || tokio::task::unconstrained(events.next()).now_or_never();
    std::iter::from_fn(|| next().flatten()).collect()
}

/// A run, as far as it has been told of.
struct Run {
    plan: PlanRef,
    at: std::time::Duration,
    steps: BTreeMap<usize, Step>,
    batches: BTreeMap<usize, bool>,
    outcome: Option<RunOutcome>,
}

#[derive(Default)]
struct Step {
    has_started: bool,
    attempts: Vec<(Option<usize>, u32)>,
    outcome: Option<StepOutcome>,
}

/// All that has been told is whole:
///
/// - a run starts once and ends once, and time does not go back in it;
/// - a batch starts with the first of its steps, and ends once, with the last of them;
/// - a step that has started or waited ends once, and what is told of it lies in between;
/// - an attempt ends after it has started, if it does;
/// - a run is within a step that runs;
/// - of a run that has finished, every step has ended, and none has failed or was stopped;
/// - a run that fails by a step says which, and that step has failed by the same;
/// - nothing is undone that has not ended.
///
/// Gives the runs that are within no other, and how they ended.
pub(crate) fn well_formed(events: &[Event]) -> Vec<(RunId, RunOutcome)> {
    let mut runs: BTreeMap<RunId, Run> = BTreeMap::new();
    let mut whole = Vec::new();
    for event in events {
        let shown = format!("{event:?}");
        eprintln!(
            "EV {} {:?} {}",
            event.run,
            event.at,
            shown
                .split("kind:")
                .nth(1)
                .unwrap()
                .chars()
                .take(110)
                .collect::<String>()
        );
        if let EventKind::RunStarted { plan, within, .. } = &event.kind {
            match within {
                None => whole.push(event.run),
                Some(within) => {
                    let above = &runs[&within.run].steps[&within.step];
                    assert!(above.has_started && above.outcome.is_none(), "{shown}");
                }
            }
            let run = Run {
                plan: plan.clone(),
                at: event.at,
                steps: BTreeMap::new(),
                batches: BTreeMap::new(),
                outcome: None,
            };
            assert!(runs.insert(event.run, run).is_none(), "{shown}");
            continue;
        }
        let run = runs.get_mut(&event.run).expect(&shown);
        assert!(run.at <= event.at, "{shown}");
        run.at = event.at;
        run.take(event, &shown);
    }
    for (id, run) in &runs {
        let outcome = run.outcome.as_ref();
        let outcome = outcome.unwrap_or_else(|| panic!("{} {id} has not ended", run.plan.name()));
        run.ended(*id, outcome);
    }
    let outcome = |id| (id, runs[&id].outcome.clone().expect("it has ended"));
    whole.into_iter().map(outcome).collect()
}

impl Run {
    fn take(&mut self, event: &Event, shown: &str) {
        if let EventKind::StepUndone { step, .. } = event.kind {
            assert!(self.steps[&step].outcome.is_some(), "{shown}");
            return;
        }
        assert!(self.outcome.is_none(), "{shown}");
        if let EventKind::RunEnded { outcome } = &event.kind {
            self.outcome = Some(outcome.clone());
            return;
        }
        if let EventKind::BatchStarted { batch } = event.kind {
            assert!(self.batches.insert(batch, false).is_none(), "{shown}");
            return;
        }
        if let EventKind::BatchEnded { batch } = event.kind {
            let has_ended = self.batches.get_mut(&batch).expect(shown);
            assert!(!std::mem::replace(has_ended, true), "{shown}");
            return;
        }
        let index = event.kind.step().expect(shown);
        let step = self.steps.entry(index).or_default();
        assert!(step.outcome.is_none(), "{shown}");
        if let EventKind::StepStarted { .. } = event.kind {
            let batch = self.plan.steps()[index].batch();
            assert_eq!(self.batches.get(&batch), Some(&false), "{shown}");
            assert!(!std::mem::replace(&mut step.has_started, true), "{shown}");
        }
        match &event.kind {
            EventKind::AttemptStarted { item, attempt, .. } => {
                assert!(step.has_started, "{shown}");
                step.attempts.push((*item, *attempt));
            }
            EventKind::AttemptEnded { item, attempt, .. } => {
                let started = step.attempts.iter();
                let started = started.rev().position(|of| of == &(*item, *attempt));
                let last = step.attempts.len() - 1;
                step.attempts.swap_remove(last - started.expect(shown));
            }
            EventKind::StepEnded { outcome, .. } => step.outcome = Some(outcome.clone()),
            _ => {}
        }
    }

    fn ended(&self, id: RunId, outcome: &RunOutcome) {
        let name = format!("{} {id}: {outcome:?}", self.plan.name());
        assert!(self.batches.values().all(|has_ended| *has_ended), "{name}");
        for (&index, step) in &self.steps {
            let name = format!("{name}: {}", self.plan.steps()[index].name());
            assert!(step.outcome.is_some(), "{name}");
        }
        match outcome {
            RunOutcome::Finished => {
                assert_eq!(self.steps.len(), self.plan.steps().len(), "{name}");
                for step in self.steps.values() {
                    assert!(step.has_started, "{name}");
                    let outcome = step.outcome.as_ref().expect(&name);
                    let goes_on = !matches!(outcome, StepOutcome::Failed(_) | StepOutcome::Stopped);
                    assert!(goes_on, "{name}: {outcome:?}");
                }
            }
            RunOutcome::Failed {
                step: Some(step),
                fault,
            } => {
                let of_step = self.steps[step].outcome.as_ref().expect(&name);
                assert_eq!(of_step, &StepOutcome::Failed(fault.clone()), "{name}");
            }
            _ => {}
        }
    }
}
