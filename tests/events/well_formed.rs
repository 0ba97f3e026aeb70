//! What must hold of all that is told, whatever the runs are: see `well_formed`.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::FutureExt as _;
use orchestrated::{
    Cause, Event, EventKind, Events, PlanRef, RunId, RunOutcome, StepOutcome, Wait,
};

/// All that has been told so far.
pub(crate) fn told(events: &mut Events) -> Vec<Event> {
    // Tokio would have the task give its thread up after so many.
    let mut next = || tokio::task::unconstrained(events.next()).now_or_never();
    std::iter::from_fn(|| next().flatten()).collect()
}

/// A run, as far as it has been told of.
struct Run {
    plan: PlanRef,
    at: Duration,
    steps: BTreeMap<usize, Step>,
    batches: BTreeMap<usize, bool>,
    outcome: Option<RunOutcome>,
}

#[derive(Default)]
struct Step {
    has_started: bool,
    /// By item.
    parts: BTreeMap<Option<usize>, Part>,
    /// The items that have ended.
    ended: BTreeSet<usize>,
    /// How many items are done, of how many.
    progress: Option<(u64, u64)>,
    outcome: Option<StepOutcome>,
}

/// A step, or an item of it.
#[derive(Default)]
struct Part {
    /// The attempt that is under way.
    attempt: Option<u32>,
    /// The number of the latest one.
    number: u32,
    /// Until when it pauses before the next attempt.
    pause: Option<Duration>,
}

/// All that has been told is whole:
///
/// - a run starts once and ends once, and time does not go back in it;
/// - a batch starts with the first of its steps, and ends once, with the last of them;
/// - a step that has started or waited ends once, and what is told of it lies in between;
/// - of a step, and of an item of it, there is one attempt at a time; they are numbered from 1, in each round anew, and an
///   attempt that follows on a pause starts no earlier than that is over;
/// - an item ends once, and nothing is told of it after that;
/// - of a step with items, more and more are done, and never more than there are;
/// - a run is within a step that runs;
/// - of a run that has finished, every step has ended, and none has failed or was stopped; but of a graph that was decided
///   early some have ended, none has failed, and the others were stopped or never started: see `well_formed_if_decided`;
/// - a run that fails by a step says which, and that step has failed by the same;
/// - nothing is undone that has not ended.
///
/// Gives the runs that are within no other, and how they ended.
pub(crate) fn well_formed(events: &[Event]) -> Vec<(RunId, RunOutcome)> {
    well_formed_if_decided(events, &[])
}

/// The same where the graphs of these names may be decided before all their steps have ended.
pub(crate) fn well_formed_if_decided(
    events: &[Event],
    decided: &[&str],
) -> Vec<(RunId, RunOutcome)> {
    let mut runs: BTreeMap<RunId, Run> = BTreeMap::new();
    let mut whole = Vec::new();
    for event in events {
        let shown = format!("{event:?}");
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
        let may_be_decided = decided.contains(&run.plan.name());
        run.ended(*id, outcome, may_be_decided);
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
        let has_items = self.plan.steps()[index].options().is_per_item();
        if let EventKind::StepStarted { .. } = event.kind {
            let batch = self.plan.steps()[index].batch();
            assert_eq!(self.batches.get(&batch), Some(&false), "{shown}");
            assert!(!std::mem::replace(&mut step.has_started, true), "{shown}");
        }
        step.take(event, has_items, shown);
    }

    /// Whether it has steps that were stopped, or never started.
    fn is_stopped(&self) -> bool {
        let stopped = |step: &Step| step.outcome == Some(StepOutcome::Stopped);
        self.steps.len() < self.plan.steps().len() || self.steps.values().any(stopped)
    }

    fn ended(&self, id: RunId, outcome: &RunOutcome, may_be_decided: bool) {
        let name = format!("{} {id}: {outcome:?}", self.plan.name());
        assert!(self.batches.values().all(|has_ended| *has_ended), "{name}");
        for (&index, step) in &self.steps {
            let name = format!("{name}: {}", self.plan.steps()[index].name());
            assert!(step.outcome.is_some(), "{name}");
        }
        match outcome {
            RunOutcome::Finished if may_be_decided && self.is_stopped() => {
                let outcomes = || self.steps.values().filter_map(|step| step.outcome.as_ref());
                let failed = |outcome: &StepOutcome| matches!(outcome, StepOutcome::Failed(_));
                assert!(!outcomes().any(failed), "{name}");
                let ended = |outcome: &StepOutcome| !matches!(outcome, StepOutcome::Stopped);
                assert!(outcomes().any(ended), "{name}: nothing has decided it");
            }
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
                // What panics while it is dropped does so at the step that ran last.
                if fault.cause == Cause::Panicked && fault.message == "panicked: dropped" {
                    return;
                }
                assert_eq!(of_step, &StepOutcome::Failed(fault.clone()), "{name}");
            }
            _ => {}
        }
    }
}

impl Step {
    fn take(&mut self, event: &Event, has_items: bool, shown: &str) {
        match &event.kind {
            EventKind::StepWaiting { item, on, .. } => {
                // One without options waits for its turn before it starts.
                assert!(self.has_started || *on == Wait::Turn, "{shown}");
                let part = self.part(*item, shown);
                part.pause = match on {
                    Wait::Retry { pause } => Some(event.at + *pause),
                    _ => part.pause,
                };
                // Only a person is asked within an attempt.
                let asks = *on == Wait::Approval;
                assert!(part.attempt.is_none() || asks, "{shown}");
            }
            EventKind::AttemptStarted { item, attempt, .. } => {
                assert!(self.has_started, "{shown}");
                assert_eq!(item.is_some(), has_items, "{shown}");
                let part = self.part(*item, shown);
                assert_eq!(part.attempt.replace(*attempt), None, "{shown}");
                assert!(*attempt == 1 || *attempt == part.number + 1, "{shown}");
                part.number = *attempt;
                let pause = part.pause.take();
                assert!(pause.is_none_or(|pause| pause <= event.at), "{shown}");
            }
            EventKind::AttemptEnded { item, attempt, .. } => {
                let under_way = self.part(*item, shown).attempt.take();
                assert_eq!(under_way, Some(*attempt), "{shown}");
            }
            EventKind::StepProgress { done, total, .. } if has_items => {
                assert!(done <= total && self.has_started, "{shown}");
                let before = self.progress.replace((*done, *total));
                let before = before.map_or(0, |(done, _)| done);
                assert_eq!(*done, before + 1, "{shown}");
                assert!(self.ended.len() as u64 >= *done, "{shown}");
            }
            EventKind::ItemEnded { item, .. } => {
                assert_eq!(self.part(Some(*item), shown).attempt, None, "{shown}");
                assert!(has_items && self.ended.insert(*item), "{shown}");
            }
            EventKind::StepEnded { outcome, .. } => {
                if has_items && *outcome == StepOutcome::Finished {
                    let ended = self.ended.len() as u64;
                    let (done, total) = self.progress.unwrap_or_default();
                    assert_eq!((ended, done), (total, total), "{shown}");
                }
                if !matches!(outcome, StepOutcome::Stopped | StepOutcome::Failed(_)) {
                    let mut parts = self.parts.values();
                    assert!(parts.all(|part| part.attempt.is_none()), "{shown}");
                }
                self.outcome = Some(outcome.clone());
            }
            _ => {}
        }
    }

    fn part(&mut self, item: Option<usize>, shown: &str) -> &mut Part {
        let has_ended = item.is_some_and(|item| self.ended.contains(&item));
        assert!(!has_ended, "{shown}");
        self.parts.entry(item).or_default()
    }
}
