//! A run: what an expansion calls between its steps.

mod elsewhere;
mod id;
mod join;
mod state;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context as TaskContext, Poll},
};

pub use elsewhere::Elsewhere;
pub use id::RunId;

pub(crate) use state::RunState;

use crate::{
    Cause, Context, Failure, Fault, Frame, Orchestrator, Panic, Reason, Refusal, Workflow,
    failure::StepError,
    guard::StepRun,
    launcher::{Flow, Part},
    place::Place,
    planned::{Drawn, Planned},
    spans,
    stop::Stop,
    watch::{Interrupt, Watch},
};

/// How deep workflows nest: a workflow in a workflow in a workflow.
pub(crate) const MAX_DEPTH: u8 = 3;

/// A run: what an expansion calls around its steps.
#[derive(Debug)]
pub struct Run<'o, W> {
    state: RunState<'o>,
    workflow: PhantomData<fn() -> W>,
}

impl<'o, W: Workflow> Run<'o, W> {
    /// One that has not begun. `drawn`: its plan, where that is not the constant one of the workflow.
    #[inline]
    pub(crate) fn new(
        orchestrator: &'o Orchestrator,
        part: &Part<'o>,
        watch: Option<Arc<Watch>>,
        drawn: Option<&'o &'o dyn Drawn>,
    ) -> Self {
        let above = match part {
            // One that undoes nothing by itself is dropped, or awaited to its end where its step undoes it as a whole.
            Part::Flow { stop, .. } if W::__UNDOES => Some(*stop),
            _ => None,
        };
        let state = RunState {
            base: Place::OUTSIDE,
            plan: Planned::new(W::PLAN, drawn),
            orchestrator,
            watch,
            stop: Stop::below(above),
            is_whole: matches!(part, Part::Whole),
            in_step: matches!(part, Part::Step { .. }),
            identity: OnceLock::new(),
        };
        Self {
            state,
            workflow: PhantomData,
        }
    }

    /// Starts the run, at its first poll.
    ///
    /// # Errors
    ///
    /// When it must not: an agent below an agent, or too deep; or it cannot: the orchestrator lacks what the plan asks for,
    /// or has been shut down.
    #[inline]
    pub fn begin(&mut self) -> Result<(), Failure<W::Error>> {
        let outer = Place::here();
        self.state.base = Place::of_run(outer);
        let RunState {
            base,
            plan,
            orchestrator,
            watch,
            is_whole,
            in_step,
            ..
        } = &self.state;
        let watch = watch.as_deref();
        base.enter();
        // Outside of every run there is nothing that could forbid it.
        if outer != Place::OUTSIDE {
            Self::admit(*plan, *base, watch)?;
        }
        // What has begun may go on with what it is made of: it must be able to undo.
        if *is_whole && orchestrator.state().shutdown.is_down() {
            Self::refuse(*plan, watch, Reason::Refused(Refusal::ShutDown))?;
        }
        // What a flow asks for has been looked at with the run of which it is a part, where it was known then.
        let is_flow = !is_whole && !in_step;
        if (!is_flow || plan.is_drawn()) && plan.is_checked(W::__CHECKED) {
            Self::check(*plan, orchestrator, watch)?;
        }
        if let Some(watch) = &self.state.watch {
            self.state.begins(watch);
        }
        Ok(())
    }

    fn admit(
        plan: Planned<'_>,
        base: Place,
        watch: Option<&Watch>,
    ) -> Result<(), Failure<W::Error>> {
        if base.level() > MAX_DEPTH {
            Self::refuse(plan, watch, Reason::Refused(Refusal::TooDeep(base.level())))
        } else if base.below_agent() && plan.get().launches_agents() {
            Self::refuse(plan, watch, Reason::NestedAgent)
        } else {
            Ok(())
        }
    }

    /// All that the plan asks for must be there.
    #[cold]
    fn check(
        plan: Planned<'_>,
        orchestrator: &Orchestrator,
        watch: Option<&Watch>,
    ) -> Result<(), Failure<W::Error>> {
        plan.check(orchestrator).or_else(|unready| {
            Self::refuse(plan, watch, Reason::Refused(Refusal::Unready(unready)))
        })
    }

    #[cold]
    fn refuse(
        plan: Planned<'_>,
        watch: Option<&Watch>,
        reason: Reason<W::Error>,
    ) -> Result<(), Failure<W::Error>> {
        let failure = Failure::of::<W>(plan, None, reason);
        if let Some(teller) = watch.and_then(|watch| watch.teller.as_ref()) {
            teller.ended(Some(&failure), W::__ERRORS.describe);
        }
        spans::told(None, &failure, W::__ERRORS.describe);
        Err(failure)
    }

    /// From here on, until the next call, it is this step that runs, which need not wait for a turn.
    #[inline]
    pub fn enter(&self, step: Place) {
        self.state.base.at(step).enter();
        if let Some(watch) = &self.state.watch {
            self.state.starts(watch, step);
        }
    }

    /// This step is done.
    #[inline]
    pub fn leave(&self, step: Place) {
        if let Some(watch) = &self.state.watch {
            RunState::step_returned(watch, step);
        }
    }

    /// From here on, until the next call, no step runs: what is dropped has outlived the last of its readers.
    #[inline]
    pub fn between(&self) {
        self.state.base.enter();
    }

    /// Every step is done: the last expression runs.
    #[inline]
    pub fn finish(&self) {
        if let Some(teller) = self.state.teller() {
            teller.settle();
        }
        self.between();
    }

    /// Polls one of several steps that run at the same time.
    #[inline]
    pub fn poll<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<F::Output> {
        self.state.poll(step, future, cx)
    }

    /// The same where what has been done must be undone even when a step panics.
    pub fn poll_caught<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Result<F::Output, Failure<W::Error>>> {
        // What has panicked is never polled again: it is dropped.
        match catch_unwind(AssertUnwindSafe(|| self.poll(step, future, cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => {
                if let Some(watch) = &self.state.watch {
                    RunState::close_step(watch, step);
                }
                let reason = Reason::Panicked(Panic::new(payload));
                let failure = self.failure(step.step(), reason);
                Poll::Ready(Err(self.step_told(step.step(), failure)))
            }
        }
    }

    /// The same where a panic need not fail the run.
    #[cfg(feature = "dynamic")]
    pub(crate) fn poll_quiet<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Result<F::Output, Panic>> {
        match catch_unwind(AssertUnwindSafe(|| self.poll(step, future, cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => {
                if let Some(watch) = &self.state.watch {
                    RunState::close_step(watch, step);
                }
                Poll::Ready(Err(Panic::new(payload)))
            }
        }
    }

    /// Whether somebody listens to what it tells.
    #[cfg(feature = "dynamic")]
    pub(crate) fn is_told(&self) -> bool {
        self.state.teller().is_some() || self.state.spans().is_some()
    }

    /// Drops a step, whatever its destructors do: why the run fails is known already.
    pub fn drop_step(&self, step: Place, drop: impl FnOnce()) {
        self.state.base.at(step).enter();
        let _ = catch_unwind(AssertUnwindSafe(drop));
        if let (Some(spans), Some(index)) = (self.state.spans(), step.step()) {
            spans.give_up(index);
        }
        if let Some(watch) = &self.state.watch {
            if let (Some(teller), Some(index)) = (&watch.teller, step.step()) {
                teller.dropped(index);
            }
            RunState::close_step(watch, step);
        }
    }

    /// Why the run must end now, if it must; and from then on it is stopping.
    pub fn interrupted(&self) -> Option<Failure<W::Error>> {
        let watch = self.state.watch.as_ref();
        let interrupt = match watch.and_then(|watch| watch.interrupt.get()) {
            Some(interrupt) => *interrupt,
            None if self.state.stop.is_set_above() || self.state.is_cancelled() => {
                Interrupt::Cancelled
            }
            None => return None,
        };
        let reason = match interrupt {
            Interrupt::TimedOut(limit) => Reason::TimedOut(limit),
            Interrupt::Cancelled => Reason::Cancelled,
        };
        Some(self.told(self.failure(None, reason)))
    }

    /// A run that stops ends with this where nothing else says why.
    #[cold]
    pub fn cancelled(&self) -> Failure<W::Error> {
        self.told(self.failure(None, Reason::Cancelled))
    }

    /// Nothing new starts from here on.
    pub fn stop(&self) {
        self.state.stop.set();
    }

    /// Whether that has been said: by a stage, or by a step of which an item or its workflow has failed.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.state.stop.is_set()
    }

    /// Whether that has been said in this run, and not only in one of which it is a part.
    #[cfg(feature = "dynamic")]
    pub(crate) fn has_failed(&self) -> bool {
        self.state.stop.is_set_here()
    }

    /// A step with options.
    #[must_use]
    pub fn step(&self, step: Place) -> StepRun<'_> {
        StepRun::new(&self.state, step.step().unwrap_or_default())
    }

    /// All the steps of a run that has something to undo: a panic between them, or in what they leave behind, must not
    /// lose that.
    pub fn caught<F>(&self, steps: F) -> Caught<'_, 'o, W, F> {
        Caught { run: self, steps }
    }

    /// The last expression, in a run that has something to undo.
    ///
    /// # Errors
    ///
    /// When it panics.
    pub fn finished<T>(&self, last: impl FnOnce() -> T) -> Result<T, Failure<W::Error>> {
        self.finish();
        catch_unwind(AssertUnwindSafe(last)).map_err(|payload| {
            let reason = Reason::Panicked(Panic::new(payload));
            self.told(self.failure(None, reason))
        })
    }

    /// The `cx` of a step.
    #[must_use]
    pub fn context(&self, step: Place) -> Context<'_> {
        Context::new(&self.state, step.step().unwrap_or_default(), 1)
    }

    /// What launches the workflow of a flow step.
    #[must_use]
    pub fn flow(&self) -> Flow<'_> {
        self.state.flow(&self.state.stop)
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
        self.step_failed(step, StepError::from(failure), convert)
    }

    /// A step with options has failed.
    #[cold]
    pub fn step_failed<E>(
        &self,
        step: Place,
        error: StepError<E>,
        convert: impl FnOnce(E) -> W::Error,
    ) -> Failure<W::Error> {
        let frame = Frame::new(&self.state.plan.into(), step.step());
        let failure = Failure::of_step(frame, error, convert, W::__ERRORS.source);
        self.step_told(step.step(), failure)
    }

    fn fail(&self, step: Option<usize>, error: W::Error) -> Failure<W::Error> {
        self.step_told(step, self.failure(step, Reason::Error(error)))
    }

    #[cold]
    fn failure(&self, step: Option<usize>, reason: Reason<W::Error>) -> Failure<W::Error> {
        Failure::of::<W>(self.state.plan, step, reason)
    }

    /// Another step has failed before: this one fails nothing more.
    #[cold]
    pub fn failed_too(&self, step: Place, cause: Cause) {
        if let (Some(teller), Some(index)) = (self.state.teller(), step.step()) {
            let fault = Fault::new(cause, String::new());
            teller.failed(index, fault.outcome());
        }
    }

    /// A step is not run, because one has failed that it comes after.
    #[cfg(feature = "dynamic")]
    #[cold]
    pub(crate) fn left_out(&self, step: Place) {
        if let (Some(teller), Some(index)) = (self.state.teller(), step.step()) {
            teller.polls(index);
            teller.note(index, crate::StepOutcome::Skipped);
            teller.returned(index);
        }
    }

    /// A step has failed, and with it the run: who listens is told.
    fn step_told(&self, step: Option<usize>, failure: Failure<W::Error>) -> Failure<W::Error> {
        if let (Some(teller), Some(step)) = (self.state.teller(), step) {
            let fault = Fault::of_reason(failure.reason(), W::__ERRORS.describe);
            teller.failed(step, fault.outcome());
        }
        self.told(failure)
    }

    /// An event for who listens.
    fn told(&self, failure: Failure<W::Error>) -> Failure<W::Error> {
        spans::told(self.state.spans(), &failure, W::__ERRORS.describe);
        failure
    }
}

pin_project_lite::pin_project! {
    /// The steps of a run, of which what panics is caught. Not an `async fn`, which would hold them twice.
    #[derive(Debug)]
    pub struct Caught<'r, 'o, W, F> {
        run: &'r Run<'o, W>,
        #[pin]
        steps: F,
    }
}

impl<W, F, T> Future for Caught<'_, '_, W, F>
where
    W: Workflow,
    F: Future<Output = Result<T, Failure<W::Error>>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // What has panicked is never polled again: it is dropped.
        let polled = catch_unwind(AssertUnwindSafe(|| this.steps.poll(cx)));
        let polled = polled.unwrap_or_else(|payload| {
            let step = Place::here().step();
            let reason = Reason::Panicked(Panic::new(payload));
            let failure = this.run.failure(step, reason);
            Poll::Ready(Err(this.run.step_told(step, failure)))
        });
        if let Poll::Ready(ended) = &polled {
            if ended.is_err() {
                // What undoes them takes time, in which a run of which this is a part must not go on.
                this.run.stop();
            }
            // And it is no part of any step.
            this.run.finish();
        }
        polled
    }
}
