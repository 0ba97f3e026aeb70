//! A run: what an expansion calls between its steps.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll},
    time::Instant,
};

use orchestrate_plan::Plan;

use crate::{
    CancelToken, Context, Failure, Frame, Reason, Refusal, Workflow,
    cancel::CancelSource,
    launcher::{Flow, Scope},
    place::Place,
    watch::Watch,
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

/// What a run knows of itself, whatever workflow it is of.
#[derive(Debug)]
pub(crate) struct RunState {
    /// The run's part of a [`Place`].
    base: Place,
    plan: &'static Plan,
    watch: Option<Arc<Watch>>,
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

    /// What a workflow takes from this run that runs as a part of it.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            limit: None,
            deadline: self.deadline(),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.watch.as_ref()?.deadline.get().copied()
    }

    pub(crate) fn cancellation(&self) -> CancelToken {
        self.cancel.get_or_init(CancelSource::new).token()
    }

    #[cold]
    fn enter_span(&self, watch: &Watch, step: Place) {
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.enter(self.id(), index);
        }
    }

    #[cold]
    fn close_span(watch: &Watch, step: Place) {
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.close(index);
        }
    }
}

impl Drop for RunState {
    #[inline]
    fn drop(&mut self) {
        if let Some(source) = self.cancel.get() {
            source.cancel();
        }
    }
}

/// A run that has started: what an expansion calls around its steps.
#[derive(Debug)]
pub struct Run<W> {
    state: RunState,
    workflow: PhantomData<fn() -> W>,
}

impl<W: Workflow> Run<W> {
    /// Starts the run, at its first poll.
    ///
    /// # Errors
    ///
    /// When it must not: an agent below an agent, or too deep.
    #[inline]
    pub fn begin(watch: Option<Arc<Watch>>) -> Result<Self, Failure<W::Error>> {
        let outer = Place::here();
        let base = Place::of_run(outer);
        base.enter();
        // Outside of every run there is nothing that could forbid it.
        if outer != Place::OUTSIDE {
            Self::admit(base)?;
        }
        let state = RunState {
            base,
            plan: W::PLAN,
            watch,
            id: OnceLock::new(),
            cancel: OnceLock::new(),
        };
        if let Some(watch) = &state.watch
            && let Some(spans) = &watch.spans
        {
            spans.start(state.id());
        }
        Ok(Self {
            state,
            workflow: PhantomData,
        })
    }

    fn admit(base: Place) -> Result<(), Failure<W::Error>> {
        let reason = if base.level() > MAX_DEPTH {
            Reason::Refused(Refusal::TooDeep(base.level()))
        } else if base.below_agent() && W::PLAN.launches_agents() {
            Reason::NestedAgent
        } else {
            return Ok(());
        };
        Err(Failure::new(
            Frame::new(W::PLAN, None),
            reason,
            W::__ERRORS.source,
        ))
    }

    /// From here on, until the next call, it is this step that runs.
    #[inline]
    pub fn enter(&self, step: Place) {
        self.state.base.at(step).enter();
        if let Some(watch) = &self.state.watch {
            self.state.enter_span(watch, step);
        }
    }

    /// This step is done.
    #[inline]
    pub fn leave(&self, step: Place) {
        if let Some(watch) = &self.state.watch {
            RunState::close_span(watch, step);
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
    pub fn failed(&self, step: Place, error: W::Error) -> Failure<W::Error> {
        self.fail(step.step(), error)
    }

    /// The last expression is an error.
    #[cold]
    pub fn finished_with(&self, error: W::Error) -> Failure<W::Error> {
        self.fail(None, error)
    }

    /// The workflow of a flow step has failed.
    #[cold]
    pub fn flow_failed<E>(
        &self,
        step: Place,
        failure: Failure<E>,
        convert: impl FnOnce(E) -> W::Error,
    ) -> Failure<W::Error> {
        let frame = Frame::new(W::PLAN, step.step());
        self.told(failure.within(frame, convert, W::__ERRORS.source))
    }

    fn fail(&self, step: Option<usize>, error: W::Error) -> Failure<W::Error> {
        let frame = Frame::new(W::PLAN, step);
        self.told(Failure::new(
            frame,
            Reason::Error(error),
            W::__ERRORS.source,
        ))
    }

    /// An event for who listens.
    fn told(&self, failure: Failure<W::Error>) -> Failure<W::Error> {
        if let Some(watch) = &self.state.watch
            && let Some(spans) = &watch.spans
        {
            let text = failure.describe(W::__ERRORS.describe);
            spans.failed(failure.step(), failure.batch(), &text);
        }
        failure
    }
}
