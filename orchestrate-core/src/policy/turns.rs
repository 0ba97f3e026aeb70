//! The turns of the steps of one run, where an orchestrator limits how many run at once: for steps without options. Those
//! with options take theirs attempt by attempt.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context as TaskContext, Poll},
};

use orchestrate_plan::{Plan, Priority};

use super::limiter::{Acquire, Limiter, Permit, Request};
use crate::place::Place;

/// What a step without options asks for.
const ORDINARY: Request = Request {
    priority: Priority::Normal,
    counted: true,
    uses: &[],
};

#[derive(Debug)]
pub(crate) struct Turns {
    limiter: Arc<Limiter>,
    steps: Mutex<Vec<State>>,
}

/// How a step stands.
#[derive(Debug)]
enum State {
    Before,
    Waits(Acquire),
    Runs(#[expect(dead_code, reason = "held, and given back when it is dropped")] Permit),
    /// It is done, or needs none.
    Free,
}

impl Turns {
    pub(crate) fn new(limiter: &Arc<Limiter>, plan: &Plan) -> Self {
        let steps = plan.steps().iter().map(|_| State::Before);
        Self {
            limiter: Arc::clone(limiter),
            steps: Mutex::new(steps.collect()),
        }
    }

    /// Ready once the step has its turn.
    #[cold]
    pub(crate) fn poll(&self, step: Place, cx: &mut TaskContext<'_>) -> Poll<()> {
        let mut steps = self.steps();
        let taking = step.step().filter(|_| step.takes_turn());
        let Some(state) = taking.and_then(|step| steps.get_mut(step)) else {
            return Poll::Ready(());
        };
        if matches!(state, State::Before) {
            *state = State::Waits(self.limiter.acquire(ORDINARY));
        }
        if let State::Waits(acquire) = state {
            match Pin::new(acquire).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(permit)) => *state = State::Runs(permit),
                // One of at least one always fits.
                Poll::Ready(Err(_)) => *state = State::Free,
            }
        }
        Poll::Ready(())
    }

    /// The step is done.
    pub(crate) fn end(&self, step: Place) {
        let ended = step.step().and_then(|step| {
            let mut steps = self.steps();
            Some(std::mem::replace(steps.get_mut(step)?, State::Free))
        });
        // It wakes who is next: not under our lock.
        drop(ended);
    }

    fn steps(&self) -> MutexGuard<'_, Vec<State>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
