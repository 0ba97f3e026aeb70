//! Watches one alert: an observer.
//!
//! What happens is looked at when it is told. What is due while nothing happens (a step is still running, or still waiting)
//! is noticed by a task on the runtime that polls the run: it sleeps until the next moment at which the alert could be
//! raised, by tokio's clock, so that it holds when a test pauses that. There is at most one such task an alert, and none
//! while nothing is being timed. Without a tokio runtime it is noticed with the next event of any run, at the latest with
//! the end of the step.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use orchestrate_plan::Kind;
use tokio::{
    runtime::Handle,
    sync::oneshot,
    time::{Instant, sleep_until},
};

use super::{
    Alarm, AlarmState, Alert, Measured, Rule,
    hook::Hook,
    subjects::{Subject, Subjects},
};
use crate::{Cause, Event, EventKind, Observer, PlanRef, RunId, RunOutcome, Wait, observe::Sink};

/// An alert and its hook, as an observer of the runs.
#[derive(Debug)]
pub(crate) struct Watcher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hook: Hook,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    alert: Alert,
    runs: HashMap<RunId, Known>,
    subjects: Subjects,
    /// Whether the last runs failed, the latest one last.
    failed: VecDeque<bool>,
    /// What it was raised for, while it is.
    raised: Reached,
    /// The names of what it was raised for.
    names: Named,
    /// Whether there is a task that waits for the next moment.
    waited_for: bool,
    /// The time of the latest event, and when it was told.
    latest: (Duration, Instant),
}

#[derive(Debug)]
struct Known {
    plan: PlanRef,
    is_root: bool,
}

/// Whether the threshold is reached, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Not,
    /// By all together.
    Together,
    By(Subject),
}

/// The workflow and the step.
type Named = (Option<String>, Option<String>);

impl Watcher {
    pub(crate) fn new(alert: Alert, hook: impl FnMut(&Alarm) + Send + 'static) -> Self {
        let state = State {
            alert,
            runs: HashMap::new(),
            subjects: Subjects::default(),
            failed: VecDeque::new(),
            raised: Reached::Not,
            names: (None, None),
            waited_for: false,
            latest: (Duration::ZERO, Instant::now()),
        };
        Self(Arc::new(Shared {
            hook: Hook::new(hook),
            state: Mutex::new(state),
        }))
    }
}

impl Observer for Watcher {
    fn observe(&mut self, event: &Event) {
        self.0.clone().hear(event);
    }

    fn __sink(&self) -> Option<Arc<dyn Sink>> {
        Some(Arc::new(Told(self.0.clone())))
    }
}

/// A watcher that is told in place.
struct Told(Arc<Shared>);

impl Sink for Told {
    fn tell(&self, event: &Event) {
        self.0.hear(event);
    }

    fn flush(&self) -> Option<oneshot::Receiver<()>> {
        self.0.hook.flush()
    }
}

impl Shared {
    fn hear(self: &Arc<Self>, event: &Event) {
        let mut state = self.state();
        // What is over now may have taken too long without having been noticed.
        self.look(&mut state, event.at);
        state.hear(event, Instant::now());
        self.look(&mut state, event.at);
        if let Some(moment) = state.next_moment()
            && !state.waited_for
            && let Ok(runtime) = Handle::try_current()
        {
            state.waited_for = true;
            // A runtime that shuts down drops the task at once, and that takes the lock.
            drop(state);
            runtime.spawn(wait(Waiter(Arc::downgrade(self)), moment));
        }
    }

    /// Whether the alert is raised now, or clear.
    fn look(&self, state: &mut State, at: Duration) {
        let (value, reached) = state.measure(at);
        match (state.raised, reached) {
            (Reached::Not, Reached::Together | Reached::By(_)) => {
                state.raised = reached;
                state.names = state.named(reached);
                self.hook.call(state.alarm(AlarmState::Raised, value, at));
            }
            (Reached::Together | Reached::By(_), Reached::Not) => {
                self.hook.call(state.alarm(AlarmState::Cleared, value, at));
                state.raised = Reached::Not;
            }
            _ => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whatever stands there is looked at again with the next event.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the next moments at which the alert could be raised, until there is none.
async fn wait(waiter: Waiter, mut moment: Instant) {
    loop {
        sleep_until(moment).await;
        let Some(next) = waiter.0.upgrade().and_then(|shared| {
            let mut state = shared.state();
            let at = state.clock(Instant::now());
            shared.look(&mut state, at);
            state.next_moment()
        }) else {
            return;
        };
        moment = next;
    }
}

/// Says that nobody waits any more, also when the runtime has dropped the task.
struct Waiter(Weak<Shared>);

impl Drop for Waiter {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.state().waited_for = false;
        }
    }
}

impl State {
    fn hear(&mut self, event: &Event, now: Instant) {
        self.latest = (event.at, now);
        match &event.kind {
            EventKind::RunStarted { plan, within, .. } => {
                let (plan, is_root) = (plan.clone(), within.is_none());
                self.runs.insert(event.run, Known { plan, is_root });
            }
            EventKind::RunEnded { outcome } => {
                self.subjects.remove_run(event.run);
                if let Some(Known { is_root: true, .. }) = self.runs.remove(&event.run) {
                    self.count(outcome);
                }
            }
            kind => match &self.alert.0 {
                Rule::SlowStep { .. } => self.running(event, kind),
                Rule::QueueLength(_) | Rule::QueueTime(_) => self.queueing(event, kind),
                Rule::FailureRate { .. } => {}
            },
        }
    }

    fn running(&mut self, event: &Event, kind: &EventKind) {
        match *kind {
            EventKind::StepStarted { step } if self.is_meant(event.run, step) => {
                self.subjects.insert((event.run, step, None), event.at);
            }
            EventKind::StepEnded { step, .. } => self.subjects.remove((event.run, step, None)),
            _ => {}
        }
    }

    fn queueing(&mut self, event: &Event, kind: &EventKind) {
        match *kind {
            EventKind::StepWaiting {
                step,
                item,
                on: Wait::Turn,
            } => self.subjects.insert((event.run, step, item), event.at),
            EventKind::StepWaiting { step, item, .. }
            | EventKind::AttemptStarted { step, item, .. }
            | EventKind::AttemptEnded { step, item, .. } => {
                self.subjects.remove((event.run, step, item));
            }
            EventKind::ItemEnded { step, item } => {
                self.subjects.remove((event.run, step, Some(item)));
            }
            EventKind::StepStarted { step } => self.subjects.remove((event.run, step, None)),
            EventKind::StepEnded { step, .. } => self.subjects.remove_step(event.run, step),
            _ => {}
        }
    }

    /// Whether the alert is about this step.
    fn is_meant(&self, run: RunId, step: usize) -> bool {
        let known = self.runs.get(&run);
        let step = known.and_then(|known| known.plan.steps().get(step));
        match (&self.alert.0, step) {
            (
                Rule::SlowStep {
                    step: Some(name), ..
                },
                Some(step),
            ) => step.name() == name,
            (_, Some(step)) => !matches!(step.kind(), Kind::Flow | Kind::Human),
            (_, None) => false,
        }
    }

    fn count(&mut self, outcome: &RunOutcome) {
        let Rule::FailureRate { runs, .. } = self.alert.0 else {
            return;
        };
        let failed = match outcome {
            RunOutcome::Finished => false,
            RunOutcome::Failed { fault, .. } if fault.cause != Cause::Cancelled => true,
            _ => return,
        };
        self.failed.push_back(failed);
        if self.failed.len() > runs {
            self.failed.pop_front();
        }
    }

    /// What is measured now; and if it is too much, for whom.
    fn measure(&self, at: Duration) -> (Measured, Reached) {
        match self.alert.0 {
            Rule::SlowStep { limit, .. } | Rule::QueueTime(limit) => {
                let Some((since, subject)) = self.subjects.oldest() else {
                    return (Measured::Time(Duration::ZERO), Reached::Not);
                };
                let time = at.saturating_sub(since);
                let reached = Reached::By(subject).when(time >= limit);
                (Measured::Time(time), reached)
            }
            Rule::QueueLength(waiting) => {
                let count = self.subjects.len();
                let reached = Reached::Together.when(count >= waiting);
                (Measured::Count(count), reached)
            }
            Rule::FailureRate { share, runs } => {
                let failed = self.failed.iter().filter(|&&failed| failed).count();
                #[expect(clippy::cast_precision_loss, reason = "nobody asks for so many runs")]
                let rate = failed as f64 / self.failed.len().max(1) as f64;
                let is_known = self.failed.len() == runs && failed > 0;
                let reached = Reached::Together.when(is_known && rate >= share);
                (Measured::Share(rate), reached)
            }
        }
    }

    /// When it could be raised next although nothing happens.
    fn next_moment(&self) -> Option<Instant> {
        let (Rule::SlowStep { limit, .. } | Rule::QueueTime(limit)) = self.alert.0 else {
            return None;
        };
        if self.raised != Reached::Not {
            return None;
        }
        let (since, _) = self.subjects.oldest()?;
        let (at, told) = self.latest;
        told.checked_add(since.checked_add(limit)?.saturating_sub(at))
    }

    /// What the clock of the events shows.
    fn clock(&self, now: Instant) -> Duration {
        let (at, told) = self.latest;
        at + now.saturating_duration_since(told)
    }

    fn named(&self, reached: Reached) -> Named {
        let Reached::By((run, step, _)) = reached else {
            return (None, None);
        };
        let plan = self.runs.get(&run).map(|known| &known.plan);
        let step = plan.and_then(|plan| plan.steps().get(step));
        (
            plan.map(|plan| plan.name().to_owned()),
            step.map(|step| step.name().to_owned()),
        )
    }

    fn alarm(&self, state: AlarmState, value: Measured, at: Duration) -> Alarm {
        let (workflow, step) = self.names.clone();
        let run = match self.raised {
            Reached::By((run, ..)) => Some(run),
            Reached::Not | Reached::Together => None,
        };
        Alarm {
            alert: self.alert.clone(),
            state,
            value,
            run,
            workflow,
            step,
            at,
        }
    }
}

impl Reached {
    fn when(self, is_reached: bool) -> Self {
        if is_reached { self } else { Self::Not }
    }
}
