//! The future of a run.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use tokio::time::Sleep;

use crate::{
    Failure, Frame, Panic, Reason, Refusal, Workflow, launcher::Scope, place::Place, watch::Watch,
};

pin_project_lite::pin_project! {
    /// The future of a run: polls the body at the place where it stands, catches what panics in it, and keeps the
    /// deadline.
    #[must_use = "a workflow does nothing until its future is awaited"]
    pub struct RunFuture<W, F> {
        #[pin]
        body: Option<F>,
        // Where the body stood when it was polled last; outside before its first poll.
        at: Place,
        clock: Option<Box<Clock>>,
        workflow: PhantomData<fn() -> W>,
    }
}

/// What is looked at when a run is polled that somebody watches.
#[derive(Debug)]
struct Clock {
    watch: Arc<Watch>,
    /// Made at the first poll, since the time runs from there.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<W: Workflow, F> RunFuture<W, F> {
    #[inline]
    pub(crate) fn new(scope: &Scope, body: impl FnOnce(Option<Arc<Watch>>) -> F) -> Self {
        let watch = Watch::over(W::PLAN, scope.limit, scope.deadline);
        let clock = watch
            .clone()
            .map(|watch| Box::new(Clock { watch, sleep: None }));
        Self {
            body: Some(body(watch)),
            at: Place::OUTSIDE,
            clock,
            workflow: PhantomData,
        }
    }
}

impl<W: Workflow, F> fmt::Debug for RunFuture<W, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunFuture")
            .field("workflow", &W::PLAN.name())
            .finish_non_exhaustive()
    }
}

impl<W, F> Future for RunFuture<W, F>
where
    W: Workflow,
    F: Future<Output = Result<W::Output, Failure<W::Error>>>,
{
    type Output = Result<W::Output, Failure<W::Error>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            panic!("the future of a run was polled after it had ended");
        };
        let outer = Place::here();
        if *this.at != Place::OUTSIDE {
            this.at.enter();
        }
        if let Some(clock) = this.clock
            && let Err(refusal) = clock.resume(*this.at)
        {
            this.body.set(None);
            let frame = Frame::new(W::PLAN, None);
            let reason = Reason::Refused(refusal);
            return Poll::Ready(Err(Failure::new(frame, reason, W::__ERRORS.source)));
        }
        // A body that has panicked is never looked at again: it is dropped below.
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(cx)));
        let at = Place::here();
        *this.at = at;
        if let Some(clock) = this.clock {
            clock.suspend();
        }
        outer.enter();

        let failure = match polled {
            Ok(Poll::Ready(output)) => return Poll::Ready(output),
            Ok(Poll::Pending) => {
                let Some(limit) = this.clock.as_mut().and_then(|clock| clock.over(cx)) else {
                    return Poll::Pending;
                };
                Failure::new(
                    Frame::new(W::PLAN, None),
                    Reason::TimedOut(limit),
                    W::__ERRORS.source,
                )
            }
            Err(payload) => {
                let reason = Reason::Panicked(Panic::new(payload));
                Failure::new(Frame::new(W::PLAN, at.step()), reason, W::__ERRORS.source)
            }
        };
        // Everything that still runs is dropped before anybody hears of the failure.
        this.body.set(None);
        if let Some(clock) = this.clock
            && let Some(spans) = &clock.watch.spans
        {
            let text = failure.describe(W::__ERRORS.describe);
            spans.failed(failure.step(), failure.batch(), &text);
        }
        Poll::Ready(Err(failure))
    }
}

impl Clock {
    /// A poll begins; the first one at no place yet.
    #[cold]
    fn resume(&mut self, at: Place) -> Result<(), Refusal> {
        if at != Place::OUTSIDE {
            if let Some(spans) = &self.watch.spans {
                spans.resume();
            }
        } else if let Some(limit) = self.watch.limit {
            // tokio has no way to ask for its timer but to try, and what is missing is said by a panic.
            let sleep = catch_unwind(|| Box::pin(tokio::time::sleep(limit)));
            let sleep = sleep.map_err(|_| Refusal::NoTimer)?;
            let _ = self.watch.deadline.set(sleep.deadline().into_std());
            self.sleep = Some(sleep);
        }
        Ok(())
    }

    /// A poll ends.
    #[cold]
    fn suspend(&self) {
        if let Some(spans) = &self.watch.spans {
            spans.suspend();
        }
    }

    /// The limit, once it has passed.
    #[cold]
    fn over(&mut self, cx: &mut TaskContext<'_>) -> Option<Duration> {
        let sleep = self.sleep.as_mut()?;
        sleep
            .as_mut()
            .poll(cx)
            .is_ready()
            .then_some(self.watch.limit)
            .flatten()
    }
}
