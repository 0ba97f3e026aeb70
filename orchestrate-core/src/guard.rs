//! A step with options: what an expansion calls between them.
//!
//! The options of a step wrap it, one around the other, and the expansion writes that out as plain code: a loop for
//! `retry`, a `match` for `fallback`. What is here is what such a layer needs of the runtime.

mod apart;
mod attempt;
mod human;
mod retry;
mod shared;
mod telling;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    Cause, Context, FailedStep, Failure, Fault, Reason, StepFailure, Wait,
    failure::{AnyError, StepError, told},
    launcher::Flow,
    planned::StepKey,
    policy::{
        each::Around,
        limiter::{Limiter, Permit, Request as Turn},
    },
    run::{Elsewhere, RunState},
    stop::Stop,
};
use attempt::{Cut, Standing, Timed, adapted, timer};

pub use apart::Apart;
#[cfg(feature = "otel")]
pub(crate) use apart::is_apart;
pub use attempt::{Attempt, Limit, Takes};
pub use retry::{Retry, quorum, unsatisfied};

/// A step of a run.
#[derive(Clone, Copy, Debug)]
pub struct StepRun<'r> {
    run: &'r RunState<'r>,
    index: usize,
    /// Of a step with `each`, once it is about one item.
    item: Option<usize>,
}

impl<'r> StepRun<'r> {
    pub(crate) fn new(run: &'r RunState<'r>, index: usize) -> Self {
        Self {
            run,
            index,
            item: None,
        }
    }

    /// One item of it.
    #[must_use]
    pub fn item(self, item: usize) -> Self {
        Self {
            item: Some(item),
            ..self
        }
    }

    /// Of which step something is, that the runs of an orchestrator share.
    fn key(&self) -> StepKey {
        self.run.planned().key(self.index)
    }

    /// Whether nothing new may start.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.run.stop().is_set()
    }

    /// The `cx` of an attempt.
    #[must_use]
    pub fn context(&self, attempt: u32) -> Context<'r> {
        let context = Context::new(self.run, self.index, attempt);
        match self.item {
            Some(_) => context.of_item(),
            None => context,
        }
    }

    /// What the `cx` of an attempt is made of, for a body that runs apart from its run.
    #[must_use]
    pub fn elsewhere(&self, attempt: u32) -> Elsewhere {
        Elsewhere::new(self.run, self.index, attempt, self.item.is_some())
    }

    /// An attempt at a step that can fail.
    ///
    /// # Errors
    ///
    /// Its own error; that it panicked, took too long, or was not to start any more.
    pub async fn fallible<T, E>(
        &self,
        attempt: Attempt,
        body: Pin<&mut Option<impl Future<Output = Result<T, E>>>>,
        // After the body, which says what the error is: how an error is described goes by its type.
        describe: fn(&E) -> String,
    ) -> Result<T, StepError<E>> {
        let body = Standing(body);
        let fault = |ended: &Result<T, E>| {
            let error = ended.as_ref().err()?;
            Some(Fault::new(Cause::Error, told(error, describe)))
        };
        let returned = self.attempt(attempt, Result::is_ok, fault, body).await;
        let returned = returned.map_err(|reason| StepError::new(reason, attempt.number))?;
        returned.map_err(|error| StepError::new(Reason::Error(error), attempt.number))
    }

    /// An attempt at a step that cannot.
    ///
    /// # Errors
    ///
    /// That it panicked, took too long, or was not to start any more.
    pub async fn infallible<T>(
        &self,
        attempt: Attempt,
        body: Pin<&mut Option<impl Future<Output = T>>>,
    ) -> Result<T, StepError<Infallible>> {
        let body = Standing(body);
        let returned = self.attempt(attempt, |_| true, |_| None, body).await;
        returned.map_err(|reason| StepError::new(reason, attempt.number))
    }

    /// What stops the workflow of one attempt at a flow step. `fails`: whether the run fails when this attempt does: then
    /// it stops at once, and not when that has undone what it had done.
    #[must_use]
    pub fn stop(&self, fails: bool) -> Stop<'r> {
        Stop::passing(Some(self.run.stop()), fails)
    }

    /// What launches the workflow of one attempt at a flow step.
    #[must_use]
    pub fn flow<'f>(&self, stop: &'f Stop<'f>) -> Flow<'f>
    where
        'r: 'f,
    {
        self.run.flow(stop)
    }

    /// An attempt at a flow step: one that takes too long is cancelled, and undoes what it must before it ends.
    ///
    /// # Errors
    ///
    /// As the workflow fails; that it panicked, took too long, or was not to start any more.
    pub async fn run_flow<T, E>(
        &self,
        attempt: Attempt,
        undoes: bool,
        stop: &Stop<'_>,
        mut body: Pin<&mut impl Future<Output = Result<T, Failure<E>>>>,
    ) -> Result<T, StepError<E>> {
        // What its error says is told of its own run.
        let fault = |ended: &Result<T, Failure<E>>| {
            let failure = ended.as_ref().err()?;
            Some(Fault::new(failure.reason().cause(), String::new()))
        };
        let attempted = self.attempt(attempt, Result::is_ok, fault, body.as_mut());
        let returned = attempted.await;
        let reason = match returned {
            Ok(returned) => {
                return returned.map_err(|failure| {
                    let mut error = StepError::from(failure);
                    error.attempts = error.attempts.max(attempt.number);
                    error
                });
            }
            Err(reason) => reason,
        };
        let mut error = StepError::new(reason, attempt.number);
        if undoes && matches!(error.reason, Reason::TimedOut(_)) {
            stop.set();
            match body.await {
                // It was done all the same.
                Ok(output) => return Ok(output),
                Err(failure) => error.rollbacks = StepError::from(failure).rollbacks,
            }
        }
        Err(error)
    }

    /// An item of a step has failed, and so the run does: nothing new starts, while other items are awaited. What those
    /// have undone that fail after the first is told with it.
    fn item_failed<E>(&self, first: Option<StepError<E>>, error: StepError<E>) -> StepError<E> {
        self.run.stop().set();
        match first {
            Some(mut first) => {
                first.rollbacks.extend(error.rollbacks);
                first
            }
            None => error,
        }
    }

    /// An item whose layers may panic, apart from its body, or all of them: what the others have to undo must not be lost.
    ///
    /// # Errors
    ///
    /// Its own; that it panicked.
    pub async fn caught<T, E>(
        &self,
        item: impl Future<Output = Result<T, StepError<E>>>,
    ) -> Result<T, StepError<E>> {
        let timed = Timed {
            body: item,
            limit: None,
            sleep: None,
            span: None,
        };
        timed
            .await
            .unwrap_or_else(|cut| Err(StepError::new(cut.into(), 1)))
    }

    async fn attempt<T, E>(
        &self,
        attempt: Attempt,
        counts: impl FnOnce(&T) -> bool,
        // Why it has failed, for who listens.
        fault: impl FnOnce(&T) -> Option<Fault>,
        body: impl Future<Output = T>,
    ) -> Result<T, Reason<E>> {
        if self.is_stopping() {
            return Err(Reason::Cancelled);
        }
        let _permit = self.permit(attempt.takes).await?;
        let limit = match attempt.limit {
            Limit::None => None,
            Limit::After(limit) => Some(limit),
            Limit::Adaptive(start) => Some(self.usual().map_or(start, adapted)),
        };
        let recorded = attempt.recorded || self.is_observed(attempt);
        let started = recorded.then(Instant::now);
        let span = self.attempt_starts(attempt);
        let ended = Timed {
            body,
            limit,
            sleep: None,
            span: span.as_deref(),
        }
        .await;
        self.attempt_ends(attempt, span, &ended, fault);
        // A failure that comes at once says nothing about how long the step takes; one that took too long does.
        let counts = match &ended {
            Ok(returned) => counts(returned),
            Err(cut) => matches!(cut, Cut::TimedOut(_)),
        };
        if let Some(started) = started.filter(|_| counts) {
            let histories = &self.run.orchestrator().state().histories;
            let StepKey { workflow, step } = self.key();
            let took = started.elapsed();
            // It was cut off a little later than that. If that were what it takes, its limit would be too short for it.
            let took = limit.map_or(took, |limit| took.min(limit));
            histories.record(&workflow, &step, took);
        }
        ended.map_err(Reason::from)
    }

    /// How long the step takes, once it has run often enough.
    fn usual(&self) -> Option<Duration> {
        let StepKey { workflow, step } = self.key();
        self.run
            .orchestrator()
            .state()
            .histories
            .p95(&workflow, &step)
    }

    /// What an attempt takes, as soon as it is free.
    async fn permit<E>(&self, takes: Takes) -> Result<Option<Permit>, Reason<E>> {
        let Some(limiter) = self.run.orchestrator().limiter() else {
            return Ok(None);
        };
        let request = Turn {
            priority: takes.priority,
            counted: takes.counted,
            uses: takes.uses,
        };
        // What a step runs by its `cx` runs in that step's turn, and with what that step has taken: to wait here for more
        // could be to wait for itself.
        if !self.run.takes_turns() || !request.counted && request.uses.is_empty() {
            return Ok(None);
        }
        self.granted(limiter, request).await.map(Some)
    }

    /// Waits for what a limiter has to give; not where the run stops.
    async fn granted<E>(&self, limiter: &Arc<Limiter>, request: Turn) -> Result<Permit, Reason<E>> {
        let mut acquire = limiter.acquire(request);
        let mut waits = false;
        let permit = std::future::poll_fn(|cx| {
            if self.is_stopping() {
                return Poll::Ready(Err(Reason::Cancelled));
            }
            // More than there is has been refused before the run.
            let acquired = Pin::new(&mut acquire).poll(cx);
            if acquired.is_pending() && !std::mem::replace(&mut waits, true) {
                self.waits(Wait::Turn);
            }
            let acquired = ready!(acquired);
            Poll::Ready(acquired.map_err(|_| Reason::Cancelled))
        });
        permit.await
    }

    /// Sleeps, less where the run stops; whether there is a timer to do it by.
    async fn sleep(&self, duration: Duration) -> bool {
        let Some(sleep) = timer(duration) else {
            return false;
        };
        let mut sleep = std::pin::pin!(sleep);
        std::future::poll_fn(|cx| {
            if self.is_stopping() {
                return Poll::Ready(());
            }
            sleep.as_mut().poll(cx)
        })
        .await;
        true
    }

    /// Makes the failure into one that readers see.
    ///
    /// # Panics
    ///
    /// Never: a step that runs is in its plan.
    #[cold]
    pub fn erase<E>(&self, error: StepError<E>, erase: impl FnOnce(E) -> AnyError) -> StepFailure {
        let step = FailedStep::new(&self.run.planned().into(), self.index);
        let step = step.expect("a step that runs is in its plan");
        let failure = StepFailure::new(step, error.map(erase));
        self.makes_good(&failure);
        failure
    }
}

/// What is around the items of a step with `each`.
impl<E> Around<StepError<E>> for StepRun<'_> {
    fn is_stopping(&self) -> bool {
        self.is_stopping()
    }

    fn stopped(&self) -> StepError<E> {
        StepError::new(Reason::Cancelled, 0)
    }

    fn failed(&self, before: Option<StepError<E>>, error: StepError<E>) -> StepError<E> {
        self.item_failed(before, error)
    }

    fn ended(&self, index: usize) {
        self.item_ended(index);
    }

    fn done(&self, done: usize, total: usize) {
        self.items_done(done, total);
    }
}
