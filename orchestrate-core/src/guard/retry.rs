//! The attempts at a step, and the rounds of them.

use std::time::Duration;

use super::StepRun;
use crate::{Reason, Refusal, Rollback, Wait, failure::StepError, policy::backoff::Backoff};

/// The attempts at a step.
#[derive(Debug)]
pub struct Retry {
    attempts: u32,
    backoff: Backoff,
    made: u32,
    /// What the attempts before the last one have undone.
    rollbacks: Vec<Rollback>,
}

impl Retry {
    /// At most so many, and at least one.
    #[must_use]
    pub fn new(attempts: u32, base: Duration, max: Duration, jitter: bool) -> Self {
        Self {
            attempts: attempts.max(1),
            backoff: Backoff { base, max, jitter },
            made: 0,
            rollbacks: Vec::new(),
        }
    }

    /// The number of the next attempt, counted from 1.
    pub fn begin(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    /// Waits for the next attempt, if there is one. `wanted`: whether the error is worth one.
    pub async fn again<E>(
        &mut self,
        step: &StepRun<'_>,
        error: &mut StepError<E>,
        wanted: bool,
    ) -> bool {
        self.rollbacks.append(&mut error.rollbacks);
        let again = self.waited(step, error, wanted).await;
        if !again {
            error.rollbacks = std::mem::take(&mut self.rollbacks);
        }
        again
    }

    async fn waited<E>(&self, step: &StepRun<'_>, error: &mut StepError<E>, wanted: bool) -> bool {
        if !wanted || self.made >= self.attempts || step.is_stopping() {
            return false;
        }
        let delay = self.backoff.delay(self.made);
        if !delay.is_zero() {
            step.waits(Wait::Retry { pause: delay });
        }
        if !delay.is_zero() && !step.sleep(delay).await {
            error.reason = Reason::Refused(Refusal::NoTimer);
            return false;
        }
        !step.is_stopping()
    }
}

/// The condition of `repeat` has not been met.
#[must_use]
#[cold]
pub fn unsatisfied<E>(rounds: u32, attempts: u32) -> StepError<E> {
    StepError::new(Reason::Unsatisfied { rounds }, attempts)
}

/// Looks at the quorum of a step.
///
/// # Errors
///
/// When there is none.
pub fn quorum<E>(needed: usize, succeeded: usize) -> Result<(), StepError<E>> {
    if succeeded >= needed {
        return Ok(());
    }
    Err(StepError::new(Reason::Quorum { needed, succeeded }, 0))
}
