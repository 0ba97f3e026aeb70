//! The future of a run.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Waker},
};

use tokio::time::Sleep;

use crate::{
    CancelToken, Failure, Fault, Orchestrator, Panic, Reason, Refusal, Workflow,
    launcher::{Part, Scope},
    place::Place,
    planned::{Drawn, Planned},
    run::Run,
    shutdown::Running,
    spans,
    watch::{Interrupt, Watch},
};

pin_project_lite::pin_project! {
    /// The future of a run: polls the body at the place where it stands, catches what panics in it, and keeps the
    /// deadline.
    #[must_use = "a workflow does nothing until its future is awaited"]
    pub struct RunFuture<'o, W, F> {
        #[pin]
        body: Option<F>,
        // Where the body stood when it was polled last; outside before its first poll.
        at: Place,
        clock: Option<Box<Clock>>,
        orchestrator: &'o Orchestrator,
        // The plan, where it is not the constant one of the workflow.
        drawn: Option<&'o &'o dyn Drawn>,
        workflow: PhantomData<fn() -> W>,
    }
}

/// What is looked at when a run is polled that somebody watches.
struct Clock {
    watch: Arc<Watch>,
    /// Made at the first poll, since the time runs from there.
    sleep: Option<Pin<Box<Sleep>>>,
    /// What cancels the run: a shutdown, the tokens of its orchestrator, its own.
    signals: Vec<Signal>,
    /// Whether its own token is among them.
    has_token: bool,
    /// Who is woken by them, once the run has waited for something.
    woken: Option<Waker>,
    /// Whether it is a part of a run, which is cancelled in its place.
    is_part: bool,
    /// A shutdown waits for its end.
    running: Option<Running>,
}

type Signal = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl<'o, W: Workflow, F> RunFuture<'o, W, F> {
    #[inline]
    pub(crate) fn new(scope: Scope<'o>, body: impl FnOnce(Run<'o, W>) -> F) -> Self {
        Self::by(None, scope, body)
    }

    /// A run by this plan, where it is not the constant one of the workflow.
    #[inline]
    pub(crate) fn by(
        drawn: Option<&'o &'o dyn Drawn>,
        scope: Scope<'o>,
        body: impl FnOnce(Run<'o, W>) -> F,
    ) -> Self {
        let watch = Watch::over::<W>(Planned::new(W::PLAN, drawn), &scope);
        let is_whole = matches!(scope.part, Part::Whole);
        let clock = watch
            .as_ref()
            .map(|watch| Box::new(Clock::new(watch, is_whole)));
        let run = Run::new(scope.orchestrator, &scope.part, watch, drawn);
        Self {
            body: Some(body(run)),
            at: Place::OUTSIDE,
            clock,
            orchestrator: scope.orchestrator,
            drawn,
            workflow: PhantomData,
        }
    }
}

impl<W: Workflow, F> fmt::Debug for RunFuture<'_, W, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunFuture")
            .field("workflow", &Planned::new(W::PLAN, self.drawn).get().name())
            .finish_non_exhaustive()
    }
}

impl<W, F, T> Future for RunFuture<'_, W, F>
where
    W: Workflow,
    F: Future<Output = Result<T, Failure<W::Error>>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let outer = Place::here();
        let drawn = *this.drawn;
        let plan = || Planned::new(W::PLAN, drawn);
        loop {
            let Some(body) = this.body.as_mut().as_pin_mut() else {
                panic!("the future of a run was polled after it had ended");
            };
            // One that has been cancelled since its last poll starts nothing any more.
            let is_cancelled = match this.clock {
                Some(clock) => clock.is_cancelled(*this.at, this.orchestrator),
                None => *this.at != Place::OUTSIDE && this.orchestrator.state().shutdown.is_down(),
            };
            if is_cancelled && !W::__UNDOES {
                let failure = Failure::of::<W>(plan(), None, Reason::Cancelled);
                this.at.enter();
                end(this.body, this.clock, &failure, W::__ERRORS.describe);
                outer.enter();
                return Poll::Ready(Err(failure));
            }
            if let Some(clock) = this.clock
                && let Err(refusal) = clock.resume(*this.at, this.orchestrator)
            {
                let failure = Failure::of::<W>(plan(), None, Reason::Refused(refusal));
                end(this.body, this.clock, &failure, W::__ERRORS.describe);
                return Poll::Ready(Err(failure));
            }
            if *this.at != Place::OUTSIDE {
                this.at.enter();
            }
            // A body that has panicked is never looked at again: it is dropped below.
            let polled = catch_unwind(AssertUnwindSafe(|| body.poll(cx)));
            let at = Place::here();
            outer.enter();
            if let Some(clock) = this.clock {
                clock.suspend();
            }
            let failure = match polled {
                Ok(Poll::Ready(output)) => {
                    if let Some(clock) = this.clock {
                        clock.told(output.as_ref().err(), W::__ERRORS.describe);
                        if let Some(spans) = &clock.watch.spans {
                            spans::ended(spans, &output, W::__ERRORS.describe);
                        }
                    }
                    // Spans end with the run, and not with its future.
                    *this.clock = None;
                    return Poll::Ready(output);
                }
                Ok(Poll::Pending) => {
                    *this.at = at;
                    let interrupt = match this.clock {
                        Some(clock) => clock.interrupt(cx, this.orchestrator),
                        // What is a part of another run ends with that.
                        None if outer == Place::OUTSIDE
                            && this.orchestrator.state().shutdown.is_down() =>
                        {
                            Some(Interrupt::Cancelled)
                        }
                        None => None,
                    };
                    let Some(interrupt) = interrupt else {
                        return Poll::Pending;
                    };
                    if W::__UNDOES
                        && let Some(clock) = this.clock
                    {
                        // It sees to it itself: what must be undone takes time.
                        let _ = clock.watch.interrupt.set(interrupt);
                        continue;
                    }
                    Failure::of::<W>(plan(), None, interrupt.into())
                }
                Err(payload) => {
                    let failure =
                        Failure::of::<W>(plan(), at.step(), Reason::Panicked(Panic::new(payload)));
                    if let (Some(clock), Some(step)) = (&*this.clock, at.step()) {
                        clock.panicked(step, &failure, W::__ERRORS.describe);
                    }
                    failure
                }
            };
            at.enter();
            end(this.body, this.clock, &failure, W::__ERRORS.describe);
            outer.enter();
            return Poll::Ready(Err(failure));
        }
    }
}

impl<E> From<Interrupt> for Reason<E> {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::TimedOut(limit) => Self::TimedOut(limit),
            Interrupt::Cancelled => Self::Cancelled,
        }
    }
}

/// Everything that still runs is dropped before anybody hears of the failure.
#[cold]
fn end<F, E>(
    mut body: Pin<&mut Option<F>>,
    clock: &mut Option<Box<Clock>>,
    failure: &Failure<E>,
    describe: fn(&E) -> String,
) {
    // What panics now is not why the run has failed: that is known already.
    let _ = catch_unwind(AssertUnwindSafe(|| body.set(None)));
    let clock = clock.take();
    if let Some(clock) = &clock {
        clock.told(Some(failure), describe);
    }
    let spans = clock.as_ref().and_then(|clock| clock.watch.spans.as_ref());
    spans::told(spans, failure, describe);
}

impl Clock {
    #[cold]
    fn new(watch: &Arc<Watch>, is_whole: bool) -> Self {
        Self {
            watch: Arc::clone(watch),
            sleep: None,
            signals: Vec::new(),
            has_token: false,
            woken: None,
            is_part: !is_whole,
            running: None,
        }
    }

    /// A poll begins; the first one at no place yet.
    #[cold]
    fn resume(&mut self, at: Place, orchestrator: &Orchestrator) -> Result<(), Refusal> {
        if at != Place::OUTSIDE {
            if let Some(spans) = &self.watch.spans {
                spans.resume();
            }
            return Ok(());
        }
        if let Some(limit) = self.watch.limit {
            // tokio has no way to ask for its timer but to try, and what is missing is said by a panic.
            let sleep = catch_unwind(|| Box::pin(tokio::time::sleep(limit)));
            let sleep = sleep.map_err(|_| Refusal::NoTimer)?;
            let _ = self.watch.ends.set(sleep.deadline().into_std());
            self.sleep = Some(sleep);
        }
        if !self.is_part {
            self.running = Some(Running::new(orchestrator.state()));
        }
        Ok(())
    }

    /// Whether the run has been cancelled. Before its first poll it has not begun: then a shutdown refuses it.
    #[cold]
    fn is_cancelled(&self, at: Place, orchestrator: &Orchestrator) -> bool {
        let is_down = at != Place::OUTSIDE && orchestrator.state().shutdown.is_down();
        let from_outside =
            || is_down || orchestrator.tokens().iter().any(CancelToken::is_cancelled);
        self.watch.is_cancelled() || !self.is_part && from_outside()
    }

    /// The run has ended: who listens is told.
    #[cold]
    fn told<E>(&self, failure: Option<&Failure<E>>, describe: fn(&E) -> String) {
        if let Some(teller) = &self.watch.teller {
            teller.ended(failure, describe);
        }
    }

    /// A step has panicked, and so the run fails.
    #[cold]
    fn panicked<E>(&self, step: usize, failure: &Failure<E>, describe: fn(&E) -> String) {
        if let Some(teller) = &self.watch.teller {
            let fault = Fault::of_reason(failure.reason(), describe);
            teller.failed(step, fault.outcome());
        }
    }

    /// A poll ends.
    #[cold]
    fn suspend(&self) {
        if let Some(teller) = &self.watch.teller {
            teller.settle();
        }
        if let Some(spans) = &self.watch.spans {
            spans.suspend();
        }
    }

    /// Whether the run must end, and why; told once.
    #[cold]
    fn interrupt(
        &mut self,
        cx: &mut TaskContext<'_>,
        orchestrator: &Orchestrator,
    ) -> Option<Interrupt> {
        if self.watch.interrupt.get().is_some() {
            return None;
        }
        let mut is_new = self.woken.is_none();
        // A run that never waits is never woken: most are not worth what wakes them.
        if is_new && !self.is_part {
            let tokens = orchestrator.tokens().iter();
            let tokens = tokens.chain([orchestrator.state().shutdown.token()]);
            self.signals = tokens.map(signal).collect();
        }
        if let Some(token) = self.watch.token.get()
            && !self.has_token
        {
            self.has_token = true;
            self.signals.push(signal(token));
            is_new = true;
        }
        let waker = cx.waker();
        if !is_new
            && self
                .woken
                .as_ref()
                .is_some_and(|woken| woken.will_wake(waker))
        {
            return self.has_come(orchestrator);
        }
        self.woken = Some(waker.clone());
        if let (Some(sleep), Some(limit)) = (&mut self.sleep, self.watch.limit)
            && sleep.as_mut().poll(cx).is_ready()
        {
            return Some(Interrupt::TimedOut(limit));
        }
        let signals = self.signals.iter_mut();
        let mut polled = signals.map(|signal| signal.as_mut().poll(cx));
        polled
            .any(|poll| poll.is_ready())
            .then_some(Interrupt::Cancelled)
    }

    /// Whether that has come which wakes the run, where it is known to do so.
    fn has_come(&self, orchestrator: &Orchestrator) -> Option<Interrupt> {
        if let (Some(sleep), Some(limit)) = (&self.sleep, self.watch.limit)
            && sleep.is_elapsed()
        {
            return Some(Interrupt::TimedOut(limit));
        }
        let is_cancelled =
            self.watch.is_cancelled() || !self.is_part && orchestrator.is_cancelled();
        is_cancelled.then_some(Interrupt::Cancelled)
    }
}

/// The future of the run is gone; of one that has ended that has been told.
impl Drop for Clock {
    fn drop(&mut self) {
        if let Some(teller) = &self.watch.teller {
            teller.gone();
        }
    }
}

fn signal(token: &CancelToken) -> Signal {
    let token = token.clone();
    Box::pin(async move { token.cancelled().await })
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, executor::block_on};

    use std::time::Duration;

    use super::*;
    use crate::testing::{AGENT, PLAIN, script, turn};

    #[test]
    fn a_panic_is_a_failure_of_the_step_that_ran() {
        let panics = script(|run| {
            Box::pin(async move {
                run.enter(AGENT);
                turn().await;
                run.enter(PLAIN);
                turn().await;
                panic!("at the second")
            })
        });
        let failure = block_on(panics.run(&Orchestrator::new())).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Script`: step `counts` panicked: at the second"
        );
        assert_eq!(Place::here(), Place::OUTSIDE);
    }

    #[test]
    fn every_poll_ends_where_it_began() {
        let waits = script(|run| {
            Box::pin(async move {
                run.enter(AGENT);
                turn().await;
                assert_eq!(Place::here().step(), Some(0));
                Ok(1)
            })
        });
        let orchestrator = Orchestrator::new();
        let mut run = std::pin::pin!(waits.run(&orchestrator));
        assert!(run.as_mut().now_or_never().is_none());
        assert_eq!(Place::here(), Place::OUTSIDE);
        // It goes on at its own place, wherever it is polled.
        PLAIN.enter();
        assert_eq!(run.now_or_never().unwrap().unwrap(), 1);
        assert_eq!(Place::here(), PLAIN);
        Place::OUTSIDE.enter();
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_drops_the_body() {
        struct Tells(std::sync::mpsc::Sender<Option<usize>>);
        impl Drop for Tells {
            fn drop(&mut self) {
                let _ = self.0.send(Place::here().step());
            }
        }
        let (to, from) = std::sync::mpsc::channel();
        let slow = script(move |run| {
            Box::pin(async move {
                run.enter(PLAIN);
                let _tells = Tells(to);
                std::future::pending().await
            })
        });
        let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
        let failure = slow.run(&orchestrator).await.unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::TimedOut(limit) if *limit == Duration::from_secs(1))
        );
        assert_eq!(from.recv(), Ok(Some(1)));
        assert_eq!(Place::here(), Place::OUTSIDE);
    }

    #[test]
    fn without_a_timer_nothing_starts() {
        let never = script(|_| Box::pin(async { panic!("it has started") }));
        let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
        let failure = block_on(never.run(&orchestrator)).unwrap_err();
        assert!(matches!(
            failure.reason(),
            Reason::Refused(Refusal::NoTimer)
        ));
    }

    #[test]
    fn a_run_can_be_shown() {
        let orchestrator = Orchestrator::new();
        let scope = Scope {
            orchestrator: &orchestrator,
            part: Part::Whole,
        };
        let run = RunFuture::<crate::testing::Script, ()>::new(scope, |_| ());
        assert_eq!(format!("{run:?}"), "RunFuture { workflow: \"Script\", .. }");
    }
}
