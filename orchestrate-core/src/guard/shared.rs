//! What a step shares with the same step of other runs: its breaker, its cache, its batches.

use std::{
    borrow::Cow,
    future::Future,
    hash::Hash,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use super::StepRun;
use crate::{
    Reason, Wait,
    failure::StepError,
    policy::{
        batch::{Batch, BatchError},
        breaker::{Admission, Guards},
    },
};

impl StepRun<'_> {
    /// Asks the breaker of the step, or the one of this name.
    ///
    /// # Errors
    ///
    /// When it is open.
    pub fn breaker<E>(
        &self,
        name: Option<&'static str>,
        failures: u32,
        cooldown: Duration,
    ) -> Result<Guarded, StepError<E>> {
        self.breaker_of(name.map(Cow::Borrowed), failures, cooldown)
    }

    /// The same for a name that is made up as a program runs.
    pub(crate) fn breaker_of<E>(
        &self,
        name: Option<Cow<'static, str>>,
        failures: u32,
        cooldown: Duration,
    ) -> Result<Guarded, StepError<E>> {
        let breakers = &self.run.orchestrator().state().breakers;
        let breaker = breakers.get(match name {
            Some(name) => Guards::Named(name),
            None => Guards::Step(self.key()),
        });
        match breaker.admit(failures.max(1), cooldown) {
            Ok(admission) => Ok(Guarded(admission)),
            Err(open) => Err(StepError::new(Reason::BreakerOpen(open.retry_in), 0)),
        }
    }

    /// The value of this key, made by `make` where it is not there yet.
    ///
    /// # Errors
    ///
    /// That of `make`.
    pub async fn cached<K, V, E>(
        &self,
        capacity: usize,
        ttl: Option<Duration>,
        key: K,
        make: Pin<&mut impl Future<Output = Result<V, StepError<E>>>>,
    ) -> Result<V, StepError<E>>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let caches = &self.run.orchestrator().state().caches;
        let cache = caches.of::<K, V>(self.key(), capacity.max(1), ttl);
        let makes = AtomicBool::new(false);
        let make = async {
            makes.store(true, Ordering::Relaxed);
            make.await
        };
        let ended = if self.is_in_a_turn() {
            cache.get_or_try_alone(key, make).await
        } else {
            let mut value = std::pin::pin!(cache.get_or_try(key, make));
            let mut waits = false;
            std::future::poll_fn(|cx| {
                // Nobody waits for what another run makes when this one stops.
                if self.is_stopping() && !makes.load(Ordering::Relaxed) {
                    return Poll::Ready(Err(StepError::new(Reason::Cancelled, 0)));
                }
                let value = value.as_mut().poll(cx);
                if value.is_pending() && !waits && !makes.load(Ordering::Relaxed) {
                    waits = true;
                    self.waits(Wait::Cache);
                }
                value
            })
            .await
        };
        if ended.is_ok() && !makes.load(Ordering::Relaxed) {
            self.remembered();
        }
        ended
    }

    /// Whether the whole run is in the turn of a step, which runs it by its `cx`: then it must not wait for somebody who
    /// may be waiting for that turn.
    fn is_in_a_turn(&self) -> bool {
        self.run.orchestrator().limiter().is_some() && !self.run.takes_turns()
    }

    /// Makes a call as one of a batch.
    ///
    /// # Errors
    ///
    /// As the body of the batch fails.
    #[expect(clippy::too_many_arguments, reason = "called by expansions alone")]
    pub async fn batched<I, O, E, F>(
        &self,
        mut group: Vec<usize>,
        item: I,
        size: usize,
        wait: Duration,
        attempt: u32,
        body: impl FnOnce(Vec<I>) -> F,
        // After the body, which says what the error is: how an error is described goes by its type.
        describe: fn(&StepError<E>) -> String,
    ) -> Result<O, StepError<E>>
    where
        I: Send + 'static,
        O: Send + 'static,
        F: Future<Output = Result<Vec<O>, StepError<E>>>,
    {
        // Those that must not wait for the others are gathered apart.
        group.push(usize::from(self.is_in_a_turn()));
        let batches = &self.run.orchestrator().state().batches;
        let batch: Arc<Batch<I, O>> = batches.of::<I, O>(self.key(), group);
        self.waits(Wait::Batch);
        let called = batch.call(item, size.max(1), wait, describe, body).await;
        called.map_err(|error| {
            let reason = match error {
                BatchError::Failed(error) => return error,
                BatchError::Length { given, expected } => Reason::BatchLength {
                    outputs: given,
                    items: expected,
                },
                BatchError::Shared(why) => Reason::Batch(why.to_string()),
                BatchError::LeaderGone => {
                    Reason::Batch("the run that made its call was dropped".to_owned())
                }
            };
            StepError::new(reason, attempt)
        })
    }
}

/// What a breaker has let through, and is told of.
#[derive(Debug)]
pub struct Guarded(Admission);

impl Guarded {
    /// It has ended so. A run that stops says nothing about what the breaker guards.
    pub fn ended<T, E>(self, ended: &Result<T, StepError<E>>) {
        match ended {
            Ok(_) => self.0.succeeded(),
            Err(error) if error.is_cancelled() => drop(self.0),
            Err(_) => self.0.failed(),
        }
    }
}
