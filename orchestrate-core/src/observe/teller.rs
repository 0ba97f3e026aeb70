//! What one run tells those who listen.
//!
//! The run calls this between its steps. What it tells is in order: every step that starts ends once, and a batch ends
//! when the last of its steps has. Whether a step has failed is known only after it has returned, from what the run does
//! next; so that it has ended is told at the next call, which always follows in the same poll.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use super::{
    Event, EventKind, Fault, PlanRef, RunOutcome, StepOutcome, UndoOutcome, Wait, Within,
    listeners::Listeners,
};
use crate::{Failure, RunId, orchestrator::State as Shared};

/// Tells of one run.
#[derive(Debug)]
pub(crate) struct Teller {
    listeners: Listeners,
    shared: Arc<Shared>,
    plan: PlanRef,
    within: Option<Within>,
    /// None before the run has started.
    run: OnceLock<RunId>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    steps: Vec<Step>,
    /// How many steps of each batch have not ended, and whether one has started.
    batches: Vec<(usize, bool)>,
    /// A step that has returned, and when: whether it has failed is not known yet.
    returned: Option<(usize, Duration)>,
    has_ended: bool,
}

/// How a step stands.
#[derive(Clone, Debug, Default)]
struct Step {
    stands: Stands,
    started: Duration,
    /// What its options have made of it.
    noted: Option<StepOutcome>,
    /// Why the latest attempt at it, or at an item of it, has failed.
    fault: Option<Fault>,
    /// Whether its attempts are recorded in the history, one by one.
    is_recorded: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stands {
    #[default]
    Before,
    /// It waits for its turn.
    Waits,
    Runs,
    Ended,
}

impl Teller {
    pub(crate) fn new(
        listeners: &Listeners,
        shared: &Arc<Shared>,
        plan: PlanRef,
        within: Option<Within>,
    ) -> Self {
        Self {
            listeners: listeners.clone(),
            shared: Arc::clone(shared),
            within,
            run: OnceLock::new(),
            state: Mutex::new(State {
                steps: vec![Step::default(); plan.steps().len()],
                batches: plan
                    .batches()
                    .map(|batch| (batch.indices().len(), false))
                    .collect(),
                returned: None,
                has_ended: false,
            }),
            plan,
        }
    }

    /// The run starts.
    #[cold]
    pub(crate) fn start(&self, run: RunId) {
        if self.run.set(run).is_err() {
            return;
        }
        let at = self.shared.clock.now();
        let wall = self.shared.clock.wall(at);
        let (plan, within) = (self.plan.clone(), self.within);
        self.send(at, EventKind::RunStarted { plan, within, wall });
    }

    /// A step without options waits for its turn.
    pub(crate) fn waits(&self, step: usize) {
        let mut state = self.settled();
        if state.stands(step) == Some(Stands::Before) {
            state.steps[step].stands = Stands::Waits;
            let on = Wait::Turn;
            self.now(EventKind::StepWaiting {
                step,
                item: None,
                on,
            });
        }
    }

    /// A step is about to be polled.
    pub(crate) fn polls(&self, step: usize) {
        let mut state = self.settled();
        if !matches!(state.stands(step), Some(Stands::Before | Stands::Waits)) {
            return;
        }
        let at = self.shared.clock.now();
        state.steps[step].stands = Stands::Runs;
        state.steps[step].started = at;
        let batch = self.plan.steps()[step].batch();
        if !std::mem::replace(&mut state.batches[batch].1, true) {
            self.send(at, EventKind::BatchStarted { batch });
        }
        self.send(at, EventKind::StepStarted { step });
    }

    /// A step has returned.
    pub(crate) fn returned(&self, step: usize) {
        let mut state = self.settled();
        if state.stands(step) == Some(Stands::Runs) {
            state.returned = Some((step, self.shared.clock.now()));
        }
    }

    /// Nothing follows at once: what has returned has not failed.
    #[cold]
    pub(crate) fn settle(&self) {
        drop(self.settled());
    }

    /// The step that has just returned has failed, or one that has panicked.
    pub(crate) fn failed(&self, step: usize, outcome: StepOutcome) {
        let mut state = self.state();
        let at = match state.returned.take() {
            Some((returned, at)) if returned == step => at,
            other => {
                state.returned = other;
                self.settle_in(&mut state);
                self.shared.clock.now()
            }
        };
        let outcome = state.with_message(step, outcome);
        self.end_step(&mut state, step, at, outcome);
    }

    /// A step is dropped; one that has returned has been told of.
    #[cold]
    pub(crate) fn dropped(&self, step: usize) {
        let mut state = self.state();
        if state.returned.is_some_and(|(returned, _)| returned == step) {
            return;
        }
        self.settle_in(&mut state);
        let at = self.shared.clock.now();
        if state.is_underway(step) {
            self.end_step(&mut state, step, at, StepOutcome::Stopped);
        }
    }

    /// What the options of a step have made of it, should it not fail after all.
    pub(crate) fn note(&self, step: usize, outcome: StepOutcome) {
        if let Some(step) = self.state().steps.get_mut(step) {
            step.noted = Some(outcome);
        }
    }

    /// The history knows of its attempts.
    pub(crate) fn is_recorded(&self, step: usize) {
        if let Some(step) = self.state().steps.get_mut(step) {
            step.is_recorded = true;
        }
    }

    /// Something within a step.
    pub(crate) fn within(&self, kind: EventKind) {
        let mut state = self.settled();
        // That another item succeeds does not unmake the failure of one.
        if let EventKind::AttemptEnded {
            step, item, fault, ..
        } = &kind
            && let Some(step) = state.steps.get_mut(*step)
            && (item.is_none() || fault.is_some())
        {
            step.fault.clone_from(fault);
        }
        // What goes on elsewhere may tell of a run that is over.
        if !state.has_ended {
            self.now(kind);
        }
    }

    /// What became of a step that had to be undone; also after the run.
    pub(crate) fn undone(&self, step: usize, outcome: UndoOutcome) {
        let _state = self.settled();
        self.now(EventKind::StepUndone { step, outcome });
    }

    /// The run has ended. One that was refused has not started before.
    #[cold]
    pub(crate) fn ended<E>(&self, failure: Option<&Failure<E>>, describe: fn(&E) -> String) {
        self.start(RunId::next());
        self.end(|| {
            let Some(failure) = failure else {
                return RunOutcome::Finished;
            };
            let name = failure.step();
            let step = name.and_then(|name| {
                self.plan
                    .steps()
                    .iter()
                    .position(|step| step.name() == name)
            });
            let fault = Fault::of_reason(failure.reason(), describe);
            RunOutcome::Failed { step, fault }
        });
    }

    /// The future of the run is gone.
    #[cold]
    pub(crate) fn gone(&self) {
        if self.run.get().is_some() {
            self.end(|| RunOutcome::Dropped);
        }
    }

    fn end(&self, outcome: impl FnOnce() -> RunOutcome) {
        let mut state = self.settled();
        if std::mem::replace(&mut state.has_ended, true) {
            return;
        }
        let at = self.shared.clock.now();
        for step in 0..state.steps.len() {
            if state.is_underway(step) {
                self.end_step(&mut state, step, at, StepOutcome::Stopped);
            }
        }
        for batch in 0..state.batches.len() {
            let (left, has_started) = state.batches[batch];
            if has_started && left > 0 {
                self.send(at, EventKind::BatchEnded { batch });
            }
        }
        self.send(at, EventKind::RunEnded { outcome: outcome() });
    }

    fn end_step(&self, state: &mut State, step: usize, at: Duration, outcome: StepOutcome) {
        let Some(stood) = state.steps.get_mut(step) else {
            return;
        };
        if stood.stands == Stands::Ended {
            return;
        }
        stood.stands = Stands::Ended;
        if outcome == StepOutcome::Finished && !stood.is_recorded {
            let took = at.saturating_sub(stood.started);
            let planned = &self.plan.steps()[step];
            let histories = &self.shared.histories;
            histories.record(self.plan.path(), planned.name(), took);
        }
        self.send(at, EventKind::StepEnded { step, outcome });
        let batch = self.plan.steps()[step].batch();
        let (left, has_started) = &mut state.batches[batch];
        *left = left.saturating_sub(1);
        if *left == 0 && *has_started {
            self.send(at, EventKind::BatchEnded { batch });
        }
    }

    /// The state, after what has returned has been told of.
    fn settled(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        self.settle_in(&mut state);
        state
    }

    fn settle_in(&self, state: &mut State) {
        if let Some((step, at)) = state.returned.take() {
            let noted = state.steps[step].noted.take();
            let outcome = noted.unwrap_or(StepOutcome::Finished);
            self.end_step(state, step, at, outcome);
        }
    }

    fn now(&self, kind: EventKind) {
        self.send(self.shared.clock.now(), kind);
    }

    // Called with the state locked, so that all is told in order.
    fn send(&self, at: Duration, kind: EventKind) {
        if let Some(&run) = self.run.get() {
            self.listeners.tell(Event::new(run, at, kind));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stands(&self, step: usize) -> Option<Stands> {
        self.steps.get(step).map(|step| step.stands)
    }

    /// The outcome, with what is known of a failure of which only the cause is.
    fn with_message(&mut self, step: usize, outcome: StepOutcome) -> StepOutcome {
        let known = self.steps.get_mut(step).and_then(|step| step.fault.take());
        match (outcome, known) {
            (StepOutcome::Failed(fault), Some(known))
                if fault.message.is_empty() && fault.cause == known.cause =>
            {
                StepOutcome::Failed(known)
            }
            (outcome, _) => outcome,
        }
    }

    fn is_underway(&self, step: usize) -> bool {
        matches!(self.stands(step), Some(Stands::Waits | Stands::Runs))
    }
}

/// What can tell of a run also when that is over: nothing where nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Told(Option<Arc<Teller>>);

impl Told {
    pub(crate) fn new(teller: Option<&Arc<Teller>>) -> Self {
        Self(teller.cloned())
    }

    pub(crate) fn undone(&self, step: usize, outcome: impl FnOnce() -> UndoOutcome) {
        if let Some(teller) = &self.0 {
            teller.undone(step, outcome());
        }
    }
}
