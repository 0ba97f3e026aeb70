//! A run: what an expansion calls between its steps, and the future around them.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll},
    time::{Duration, Instant},
};

use orchestrate_plan::Plan;
use tokio::time::Sleep;

use crate::{
    CancelToken, Context, Failure, Frame, Panic, Reason, Refusal,
    cancel::CancelSource,
    failure::SourceOf,
    launcher::{Flow, Limit, Scope},
    place::Place,
    spans::Spans,
};

/// How deep workflows nest: a workflow in a workflow in a workflow.
pub(crate) const MAX_DEPTH: u8 = 3;

/// Names a run: unique in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u64);

impl RunId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number of the run: runs that were asked for theirs later have larger ones.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an expansion knows about the error of its workflow.
pub struct Errors<E> {
    /// What [`Error::source`](std::error::Error::source) of a failure gives.
    pub source: SourceOf<E>,
    /// The error's text, as far as its type has one.
    pub describe: fn(&E) -> String,
}

impl<E> Clone for Errors<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Errors<E> {}

impl<E> fmt::Debug for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errors").finish_non_exhaustive()
    }
}

/// A run that has not started: what the body of a workflow is given.
#[derive(Debug)]
pub struct Start<E> {
    scope: Scope,
    plan: &'static Plan,
    errors: Errors<E>,
    spans: Option<Spans>,
}

impl<E> Start<E> {
    pub(crate) fn new(scope: Scope, plan: &'static Plan, errors: Errors<E>) -> Self {
        Self {
            scope,
            plan,
            errors,
            spans: Spans::of(plan),
        }
    }

    /// Starts the run, at its first poll.
    ///
    /// # Errors
    ///
    /// When it must not: an agent below an agent, or too deep.
    #[inline]
    pub fn begin(self) -> Result<Run<E>, Failure<E>> {
        let Self {
            mut scope,
            plan,
            errors,
            spans,
        } = self;
        let outer = Place::here();
        let level = outer.level().saturating_add(1);
        let base = Place::of_run(outer, level);
        base.enter();
        if level > MAX_DEPTH {
            return Err(refused(
                plan,
                Reason::Refused(Refusal::TooDeep(level)),
                errors,
            ));
        }
        if base.below_agent() && plan.launches_agents() {
            return Err(refused(plan, Reason::NestedAgent, errors));
        }
        if let Limit::For(limit) = scope.limit {
            scope.limit = match tokio::time::Instant::now().checked_add(limit) {
                Some(moment) => Limit::Until(moment.into_std()),
                None => Limit::None,
            };
        }
        let state = RunState {
            base,
            plan,
            scope,
            spans,
            id: OnceLock::new(),
            cancel: OnceLock::new(),
        };
        if let Some(spans) = &state.spans {
            spans.start(state.id());
        }
        Ok(Run { state, errors })
    }

    fn time_limit(&self) -> Option<Duration> {
        match self.scope.limit {
            Limit::For(limit) => Some(limit),
            Limit::None | Limit::Until(_) => None,
        }
    }
}

#[cold]
fn refused<E>(plan: &'static Plan, reason: Reason<E>, errors: Errors<E>) -> Failure<E> {
    Failure::new(Frame::new(plan, None), reason, errors.source)
}

/// What a run knows of itself, whatever it fails with.
#[derive(Debug)]
pub(crate) struct RunState {
    /// The run's part of a [`Place`].
    base: Place,
    plan: &'static Plan,
    scope: Scope,
    spans: Option<Spans>,
    // Both made when they are first asked for: most runs never are.
    id: OnceLock<RunId>,
    cancel: OnceLock<CancelSource>,
}

impl RunState {
    pub(crate) fn id(&self) -> RunId {
        *self.id.get_or_init(RunId::next)
    }

    pub(crate) fn plan(&self) -> &'static Plan {
        self.plan
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.scope.limit {
            Limit::Until(moment) => Some(moment),
            Limit::None | Limit::For(_) => None,
        }
    }

    pub(crate) fn cancellation(&self) -> CancelToken {
        self.cancel.get_or_init(CancelSource::new).token()
    }
}

impl Drop for RunState {
    fn drop(&mut self) {
        if let Some(source) = self.cancel.get() {
            source.cancel();
        }
    }
}

/// A run that has started: what an expansion calls around its steps.
#[derive(Debug)]
pub struct Run<E> {
    state: RunState,
    errors: Errors<E>,
}

impl<E> Run<E> {
    /// From here on, until the next call, it is this step that runs.
    #[inline]
    pub fn enter(&self, step: Place) {
        self.state.base.at(step).enter();
        if let (Some(spans), Some(index)) = (&self.state.spans, step.step()) {
            spans.enter(self.state.id(), index);
        }
    }

    /// This step is done.
    #[inline]
    pub fn leave(&self, step: Place) {
        if let (Some(spans), Some(index)) = (&self.state.spans, step.step()) {
            spans.close(index);
        }
    }

    /// Every step is done: the last expression runs.
    #[inline]
    pub fn finish(&self) {
        self.state.base.enter();
    }

    /// Polls one of several steps that run at the same time.
    #[inline]
    pub fn poll<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<F::Output> {
        self.enter(step);
        let poll = future.poll(cx);
        if poll.is_ready() {
            self.leave(step);
        }
        poll
    }

    /// The `cx` of a step.
    #[must_use]
    pub fn context(&self, step: Place) -> Context<'_> {
        Context::new(&self.state, step.step().unwrap_or_default(), 1)
    }

    /// What launches the workflow of a flow step.
    #[must_use]
    pub fn flow(&self) -> Flow {
        Flow(self.state.scope())
    }

    /// The step has returned an error.
    #[cold]
    pub fn failed(&self, step: Place, error: E) -> Failure<E> {
        Failure::new(
            self.frame(step.step()),
            Reason::Error(error),
            self.errors.source,
        )
    }

    /// The last expression is an error.
    #[cold]
    pub fn finished_with(&self, error: E) -> Failure<E> {
        Failure::new(self.frame(None), Reason::Error(error), self.errors.source)
    }

    /// The workflow of a flow step has failed.
    #[cold]
    pub fn flow_failed<I>(
        &self,
        step: Place,
        failure: Failure<I>,
        convert: impl FnOnce(I) -> E,
    ) -> Failure<E> {
        failure.within(self.frame(step.step()), convert, self.errors.source)
    }

    fn frame(&self, step: Option<usize>) -> Frame {
        Frame::new(self.state.plan, step)
    }
}

pin_project_lite::pin_project! {
    /// The future of a run: polls the body at the place where it stands, catches what panics in it, and keeps the
    /// deadline.
    #[must_use = "a workflow does nothing until its future is awaited"]
    pub struct RunFuture<F, E> {
        #[pin]
        body: Option<F>,
        // Where the body stood when it was polled last; none before its first poll.
        at: Option<Place>,
        plan: &'static Plan,
        errors: Errors<E>,
        spans: Option<Spans>,
        timer: Option<Box<Timer>>,
    }
}

#[derive(Debug)]
struct Timer {
    limit: Duration,
    /// Made at the first poll, since the time runs from there.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<F, E> RunFuture<F, E> {
    pub(crate) fn new(start: Start<E>, body: impl FnOnce(Start<E>) -> F) -> Self {
        let (plan, errors, spans) = (start.plan, start.errors, start.spans.clone());
        let timer = start
            .time_limit()
            .map(|limit| Box::new(Timer { limit, sleep: None }));
        Self {
            body: Some(body(start)),
            at: None,
            plan,
            errors,
            spans,
            timer,
        }
    }
}

impl<F, E> fmt::Debug for RunFuture<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunFuture")
            .field("workflow", &self.plan.name())
            .finish_non_exhaustive()
    }
}

impl<F, T, E> Future for RunFuture<F, E>
where
    F: Future<Output = Result<T, Failure<E>>>,
{
    type Output = Result<T, Failure<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            panic!("the future of a run was polled after it had ended");
        };
        if let Some(timer) = this.timer.as_mut()
            && this.at.is_none()
            && let Err(refusal) = timer.start()
        {
            this.body.set(None);
            return Poll::Ready(Err(refused(
                this.plan,
                Reason::Refused(refusal),
                *this.errors,
            )));
        }

        let outer = Place::here();
        if let Some(at) = *this.at {
            at.enter();
            if let Some(spans) = this.spans {
                spans.resume();
            }
        }
        // A body that has panicked is never looked at again: it is dropped below.
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(cx)));
        let at = Place::here();
        *this.at = Some(at);
        if let Some(spans) = this.spans {
            spans.suspend();
        }
        outer.enter();

        let failure = match polled {
            Ok(Poll::Ready(Ok(output))) => return Poll::Ready(Ok(output)),
            Ok(Poll::Ready(Err(failure))) => failure,
            Ok(Poll::Pending) => {
                let Some(limit) = this.timer.as_mut().and_then(|timer| timer.over(cx)) else {
                    return Poll::Pending;
                };
                Failure::new(
                    Frame::new(this.plan, None),
                    Reason::TimedOut(limit),
                    this.errors.source,
                )
            }
            Err(payload) => {
                let reason = Reason::Panicked(Panic::new(payload));
                Failure::new(Frame::new(this.plan, at.step()), reason, this.errors.source)
            }
        };
        this.body.set(None);
        if let Some(spans) = this.spans {
            let text = failure.describe(this.errors.describe);
            spans.failed(failure.step(), failure.batch(), &text);
        }
        Poll::Ready(Err(failure))
    }
}

impl Timer {
    fn start(&mut self) -> Result<(), Refusal> {
        // tokio has no way to ask for its timer but to try, and what is missing is said by a panic.
        let sleep = catch_unwind(|| Box::pin(tokio::time::sleep(self.limit)));
        self.sleep = Some(sleep.map_err(|_| Refusal::NoTimer)?);
        Ok(())
    }

    /// The limit, once it has passed.
    fn over(&mut self, cx: &mut TaskContext<'_>) -> Option<Duration> {
        let sleep = self.sleep.as_mut()?;
        sleep.as_mut().poll(cx).is_ready().then_some(self.limit)
    }
}
