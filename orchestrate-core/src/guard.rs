//! A step with options: what an expansion calls between them.
//!
//! The options of a step wrap it, one around the other, and the expansion writes that out as plain code: a loop for
//! `retry`, a `match` for `fallback`. What is here is what such a layer needs of the runtime.

use std::{
    convert::Infallible,
    future::Future,
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context as TaskContext, Poll, ready},
    time::Duration,
};

use orchestrate_plan::{Plan, Priority};
use tokio::time::{Instant, Sleep};

use crate::{
    __private::Outcome,
    ApproverGone, Context, Decision, FailedStep, Failure, FromDecision, Panic, Question, Reason,
    Refusal, Request, Rollback, StepFailure,
    failure::{AnyError, StepError},
    launcher::Flow,
    policy::{
        backoff::Backoff,
        batch::{Batch, BatchError},
        breaker::{Admission, Guards},
        limiter::{Permit, Request as Turn},
    },
    run::RunState,
    stop::Stop,
};

/// How long one attempt may take.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// As long as it likes.
    None,
    /// This long.
    After(Duration),
    /// 1.5 x the 95th percentile of what the step has taken, once it has run often enough; this until then.
    Adaptive(Duration),
}

/// What an attempt takes while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    /// Whether it counts as one of the steps that run at once.
    pub counted: bool,
    /// Who goes first when there is not enough.
    pub priority: Priority,
    /// How much it takes of what.
    pub uses: &'static [(&'static str, usize)],
}

/// One attempt at a step: which one, how long it may take, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// How long it may take.
    pub limit: Limit,
    /// Whether it is recorded how long it took.
    pub recorded: bool,
    /// What it takes while it runs.
    pub takes: Takes,
}

impl Attempt {
    /// One that takes nothing, and as long as it likes.
    #[must_use]
    pub const fn bare(number: u32) -> Self {
        Self {
            number,
            limit: Limit::None,
            recorded: false,
            takes: Takes {
                counted: false,
                priority: Priority::Normal,
                uses: &[],
            },
        }
    }
}

/// A step of a run.
#[derive(Clone, Copy, Debug)]
pub struct StepRun<'r> {
    run: &'r RunState<'r>,
    index: usize,
}

impl<'r> StepRun<'r> {
    pub(crate) fn new(run: &'r RunState<'r>, index: usize) -> Self {
        Self { run, index }
    }

    fn plan(&self) -> &'static Plan {
        self.run.plan()
    }

    fn name(&self) -> &'static str {
        self.plan().steps()[self.index].name()
    }

    /// Of which step something is, that the runs of an orchestrator share.
    fn key(&self) -> (&'static str, &'static str) {
        (self.plan().path(), self.name())
    }

    /// Whether nothing new may start.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.run.stop().is_set()
    }

    /// The `cx` of an attempt.
    #[must_use]
    pub fn context(&self, attempt: u32) -> Context<'r> {
        Context::new(self.run, self.index, attempt)
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
    ) -> Result<T, StepError<E>> {
        let body = Standing(body);
        let returned = self.attempt(attempt, Result::is_ok, body).await;
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
        let returned = self.attempt(attempt, |_| true, body).await;
        returned.map_err(|reason| StepError::new(reason, attempt.number))
    }

    /// What stops the workflow of one attempt at a flow step.
    #[must_use]
    pub fn stop(&self) -> Stop<'r> {
        Stop::below(Some(self.run.stop()))
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
        let returned = self.attempt(attempt, Result::is_ok, body.as_mut()).await;
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

    /// A human step: what it asks is answered by a person.
    ///
    /// # Errors
    ///
    /// That nobody is there to ask any more, or that it took too long.
    pub async fn decided<D: FromDecision, F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<D, StepError<Infallible>> {
        let decision = self.decision(attempt, question).await?;
        Ok(D::from_decision(decision))
    }

    /// The same where a rejection is an error of the step.
    ///
    /// # Errors
    ///
    /// The step's own, and those of [`decided`](Self::decided).
    pub async fn decided_or<D, F>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<D::Output, StepError<D::Error>>
    where
        D: FromDecision + Outcome,
        F: Future<Output = Question>,
    {
        let decision = self.decision(attempt, question).await?;
        let decided = D::from_decision(decision).into_result();
        decided.map_err(|error| StepError::new(Reason::Error(error), attempt.number))
    }

    /// The same where nobody looks at the decision.
    ///
    /// # Errors
    ///
    /// A rejection, and those of [`decided`](Self::decided).
    pub async fn allowed<F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<(), StepError<Infallible>> {
        let decision = self.decision(attempt, question).await?;
        match decision.into_result() {
            Ok(_) => Ok(()),
            Err(rejected) => Err(StepError::new(Reason::Rejected(rejected), attempt.number)),
        }
    }

    async fn decision<E, F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<Decision, StepError<E>> {
        let asked = async {
            let request = Request::of(&self.context(attempt.number), question.await);
            self.ask(request).await
        };
        let answer = self.attempt(attempt, Result::is_ok, asked).await;
        let answer = answer.flatten();
        answer.map_err(|reason| StepError::new(reason, attempt.number))
    }

    /// A critical step asks before it starts. The inputs: their names and texts.
    ///
    /// # Errors
    ///
    /// A rejection, and that nobody is there to ask any more.
    pub async fn approved<E, const N: usize>(
        &self,
        inputs: [(&'static str, String); N],
    ) -> Result<(), StepError<E>> {
        let request = Request::critical(&self.context(1), inputs);
        let answer = self
            .attempt(Attempt::bare(1), Result::is_ok, self.ask(request))
            .await;
        let allowed = answer.flatten().and_then(|decision| {
            let result = decision.into_result();
            result.map(drop).map_err(Reason::Rejected)
        });
        allowed.map_err(|reason| StepError::new(reason, 0))
    }

    /// Asks, and waits for the answer for as long as the run does not stop.
    async fn ask<E>(&self, request: Request) -> Result<Decision, Reason<E>> {
        // A plan that asks for an approver is not run without one.
        let Some(approver) = self.run.orchestrator().asked() else {
            return Err(ApproverGone::new().into());
        };
        let mut answer = std::pin::pin!(approver.ask(request));
        std::future::poll_fn(|cx| {
            if self.is_stopping() {
                return Poll::Ready(Err(Reason::Cancelled));
            }
            answer.as_mut().poll(cx).map_err(Reason::from)
        })
        .await
    }

    /// The error of a step whose failure is none of the run's, or that the run stops: then nothing makes good for it.
    ///
    /// # Errors
    ///
    /// The error.
    pub fn stopped<E, O>(&self, error: StepError<E>) -> Result<StepError<O>, StepError<E>> {
        if error.is_cancelled() || self.is_stopping() {
            Ok(error.stopped())
        } else {
            Err(error)
        }
    }

    /// An item of a step has failed, and so the run does: nothing new starts, while other items are awaited. What those
    /// have undone that fail after the first is told with it.
    pub fn item_failed<E>(&self, first: Option<StepError<E>>, error: StepError<E>) -> StepError<E> {
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
        };
        timed
            .await
            .unwrap_or_else(|cut| Err(StepError::new(cut.into(), 1)))
    }

    async fn attempt<T, E>(
        &self,
        attempt: Attempt,
        counts: impl FnOnce(&T) -> bool,
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
        let started = attempt.recorded.then(Instant::now);
        let ended = Timed {
            body,
            limit,
            sleep: None,
        }
        .await;
        // A failure that comes at once says nothing about how long the step takes; one that took too long does.
        let counts = match &ended {
            Ok(returned) => counts(returned),
            Err(cut) => matches!(cut, Cut::TimedOut(_)),
        };
        if let Some(started) = started.filter(|_| counts) {
            let histories = &self.run.orchestrator().state().histories;
            let (workflow, step) = self.key();
            let took = started.elapsed();
            // It was cut off a little later than that. If that were what it takes, its limit would be too short for it.
            let took = limit.map_or(took, |limit| took.min(limit));
            histories.record(workflow, step, took);
        }
        ended.map_err(Reason::from)
    }

    /// How long the step takes, once it has run often enough.
    fn usual(&self) -> Option<Duration> {
        let (workflow, step) = self.key();
        self.run
            .orchestrator()
            .state()
            .histories
            .p95(workflow, step)
    }

    /// What an attempt takes, as soon as it is free.
    async fn permit<E>(&self, takes: Takes) -> Result<Option<Permit>, Reason<E>> {
        let Some(limiter) = self.run.orchestrator().limiter() else {
            return Ok(None);
        };
        let request = Turn {
            priority: takes.priority,
            // What a step runs by its `cx` runs in that step's turn.
            counted: takes.counted && self.run.takes_turns(),
            uses: takes.uses,
        };
        if !request.counted && request.uses.is_empty() {
            return Ok(None);
        }
        let mut acquire = limiter.acquire(request);
        let permit = std::future::poll_fn(|cx| {
            if self.is_stopping() {
                return Poll::Ready(Err(Reason::Cancelled));
            }
            // More than there is has been refused before the run.
            let acquired = ready!(Pin::new(&mut acquire).poll(cx));
            Poll::Ready(acquired.map_err(|_| Reason::Cancelled))
        });
        permit.await.map(Some)
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
    #[cold]
    pub fn erase<E>(&self, error: StepError<E>, erase: impl FnOnce(E) -> AnyError) -> StepFailure {
        let step = FailedStep::new(self.plan(), self.index);
        let step = step.expect("a step that runs is in its plan");
        StepFailure::new(step, error.map(erase))
    }

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
        let breakers = &self.run.orchestrator().state().breakers;
        let breaker = breakers.get(name.map_or_else(|| Guards::Step(self.key()), Guards::Named));
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
        if self.is_in_a_turn() {
            return cache.get_or_try_alone(key, make).await;
        }
        let mut value = std::pin::pin!(cache.get_or_try(key, make));
        std::future::poll_fn(|cx| {
            // Nobody waits for what another run makes when this one stops.
            if self.is_stopping() && !makes.load(Ordering::Relaxed) {
                return Poll::Ready(Err(StepError::new(Reason::Cancelled, 0)));
            }
            value.as_mut().poll(cx)
        })
        .await
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
        let batch: std::sync::Arc<Batch<I, O>> = batches.of::<I, O>(self.key(), group);
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

/// A limit that adapts: half as much again as the step usually takes. A timer counts in milliseconds, so no less than one.
fn adapted(p95: Duration) -> Duration {
    p95.saturating_add(p95 / 2).max(Duration::from_millis(1))
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

/// A body that stands in the frame of the run, and is dropped with this.
///
/// An `async fn` keeps room for what it is given and once more for what it makes of it. So a body that went from one to the
/// next by value would take several times its size, and be moved as often.
struct Standing<'f, F>(Pin<&'f mut Option<F>>);

impl<F: Future> Future for Standing<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let body = self.0.as_mut().as_pin_mut();
        body.expect("a body is there until it is dropped").poll(cx)
    }
}

impl<F> Drop for Standing<'_, F> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

pin_project_lite::pin_project! {
    /// An attempt under its limit; what panics in it is caught.
    struct Timed<F> {
        #[pin]
        body: F,
        limit: Option<Duration>,
        // Made when the body first waits: most limits are never reached, and an attempt that is done at once needs none.
        #[pin]
        sleep: Option<Sleep>,
    }
}

/// Why an attempt has not returned.
enum Cut {
    Panicked(Panic),
    TimedOut(Duration),
    NoTimer,
}

impl<F: Future> Future for Timed<F> {
    type Output = Result<F::Output, Cut>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // A body that has panicked is never looked at again.
        match catch_unwind(AssertUnwindSafe(|| this.body.poll(cx))) {
            Ok(Poll::Ready(output)) => return Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => {}
            Err(payload) => return Poll::Ready(Err(Cut::Panicked(Panic::new(payload)))),
        }
        let Some(limit) = *this.limit else {
            return Poll::Pending;
        };
        if this.sleep.is_none() {
            match timer(limit) {
                Some(sleep) => this.sleep.set(Some(sleep)),
                None => return Poll::Ready(Err(Cut::NoTimer)),
            }
        }
        match this.sleep.as_pin_mut() {
            Some(sleep) => sleep.poll(cx).map(|()| Err(Cut::TimedOut(limit))),
            None => Poll::Pending,
        }
    }
}

impl<E> From<Cut> for Reason<E> {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Panicked(panic) => Self::Panicked(panic),
            Cut::TimedOut(limit) => Self::TimedOut(limit),
            Cut::NoTimer => Self::Refused(Refusal::NoTimer),
        }
    }
}

/// None without a tokio runtime that has its timer enabled: tokio has no way to ask for it but to try, and what is
/// missing is said by a panic.
fn timer(duration: Duration) -> Option<Sleep> {
    catch_unwind(|| tokio::time::sleep(duration)).ok()
}
