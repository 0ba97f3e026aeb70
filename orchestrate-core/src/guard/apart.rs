//! A body that runs apart from its run: as a task of the executor, or on a thread that it may hold.
//!
//! The run has one end of a channel, the body the other one. The body drops its inputs before it sends what it produced,
//! so the run can take them back. It knows its step (its place, its span), and that nobody waits for it any more.

mod inside;

use std::{
    any::Any,
    convert::Infallible,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context as TaskContext, Poll, ready},
};

use orchestrate_plan::Priority;
use tokio::sync::oneshot;

use self::inside::{Inside, holds_thread};
use super::{Attempt, StepRun};
use crate::{
    Cause, Executor, Fault, NoExecutor, Reason, Refusal, TaskHandle,
    failure::{StepError, told},
    policy::limiter::{Permit, Request as Turn},
};

#[cfg(feature = "otel")]
pub(crate) use self::inside::is_apart;

/// What a body has produced, or what it panicked with.
type Ended<T> = Result<T, Box<dyn Any + Send>>;

/// A body that runs apart from its run, and has not been started yet.
pub struct Apart<T> {
    body: Box<dyn Start>,
    ended: oneshot::Receiver<Ended<T>>,
}

impl<T: Send + 'static> Apart<T> {
    /// A task of its own.
    pub fn task<F>(body: F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (to, ended) = oneshot::channel();
        let body = Some(body);
        Self {
            body: Box::new(Task {
                body,
                to: Some(to),
                inside: None,
            }),
            ended,
        }
    }

    /// Work that holds its thread.
    pub fn thread<F>(body: F) -> Self
    where
        F: FnOnce() -> T + Send + 'static,
    {
        let (to, ended) = oneshot::channel();
        Self {
            body: Box::new(Thread { body, to }),
            ended,
        }
    }
}

impl<T> fmt::Debug for Apart<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apart").finish_non_exhaustive()
    }
}

impl StepRun<'_> {
    /// An attempt at a step that can fail, whose body runs apart.
    ///
    /// # Errors
    ///
    /// Its own error; that it panicked, took too long, was not to start any more, or that there is nothing to run it on.
    pub async fn fallible_apart<T, E>(
        &self,
        attempt: Attempt,
        body: Apart<Result<T, E>>,
        // After the body, which says what the error is: how an error is described goes by its type.
        describe: fn(&E) -> String,
    ) -> Result<T, StepError<E>> {
        let fault = |ended: &Result<Result<T, E>, Refusal>| match ended {
            Ok(ended) => {
                let error = ended.as_ref().err()?;
                Some(Fault::new(Cause::Error, told(error, describe)))
            }
            Err(refusal) => Some(refused(refusal)),
        };
        let counts = |ended: &Result<Result<T, E>, Refusal>| matches!(ended, Ok(Ok(_)));
        let returned = self.apart(attempt, body, counts, fault).await;
        let returned = returned.map_err(|reason| StepError::new(reason, attempt.number))?;
        returned.map_err(|error| StepError::new(Reason::Error(error), attempt.number))
    }

    /// An attempt at a step that cannot.
    ///
    /// # Errors
    ///
    /// That it panicked, took too long, was not to start any more, or that there is nothing to run it on.
    pub async fn infallible_apart<T>(
        &self,
        attempt: Attempt,
        body: Apart<T>,
    ) -> Result<T, StepError<Infallible>> {
        let fault = |ended: &Result<T, Refusal>| ended.as_ref().err().map(refused);
        let returned = self.apart(attempt, body, Result::is_ok, fault).await;
        returned.map_err(|reason| StepError::new(reason, attempt.number))
    }

    async fn apart<T, E>(
        &self,
        attempt: Attempt,
        body: Apart<T>,
        counts: impl FnOnce(&Result<T, Refusal>) -> bool,
        fault: impl FnOnce(&Result<T, Refusal>) -> Option<Fault>,
    ) -> Result<T, Reason<E>> {
        // Before the rest of what it takes, in this order for every step: so nobody waits in a circle.
        let thread = if body.body.blocks() {
            self.thread(attempt.takes.priority).await?
        } else {
            None
        };
        let running = Running {
            executor: self.run.orchestrator().executor_of_steps(),
            body: Some((body.body, thread)),
            ended: body.ended,
            handle: None,
        };
        let returned = self.attempt(attempt, counts, fault, running).await?;
        returned.map_err(Reason::Refused)
    }

    /// One of the threads that may be held at once, as soon as it is free.
    async fn thread<E>(&self, priority: Priority) -> Result<Option<Permit>, Reason<E>> {
        // To wait here on such a thread could be to wait for itself.
        if holds_thread() {
            return Ok(None);
        }
        let turn = Turn {
            priority,
            counted: true,
            uses: &[],
        };
        let permit = self.granted(self.run.orchestrator().threads(), turn).await;
        permit.map(Some)
    }
}

fn refused(refusal: &Refusal) -> Fault {
    Fault::new(Cause::Refused, refusal.to_string())
}

/// A body that starts when this is first polled, and ends with it where it is a task.
struct Running<'r, T> {
    executor: &'r dyn Executor,
    body: Option<(Box<dyn Start>, Option<Permit>)>,
    ended: oneshot::Receiver<Ended<T>>,
    handle: Option<TaskHandle>,
}

impl<T> Future for Running<'_, T> {
    type Output = Result<T, Refusal>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some((body, permit)) = this.body.take() {
            match body.start(this.executor, Inside::here(), permit) {
                Ok(handle) => this.handle = handle,
                Err(why) => return Poll::Ready(Err(Refusal::NoExecutor(why))),
            }
        }
        let ended = ready!(Pin::new(&mut this.ended).poll(cx));
        drop(this.handle.take());
        Poll::Ready(match ended {
            Ok(Ok(output)) => Ok(output),
            // Who polls this catches it, and lays it at the door of the step.
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => Err(Refusal::NoExecutor(NoExecutor::new(
                "its executor dropped it before it had ended",
            ))),
        })
    }
}

/// A body, whatever its type.
trait Start: Send {
    /// Whether it holds its thread.
    fn blocks(&self) -> bool;

    /// Hands it to the executor. `permit`: what it holds until it has ended.
    fn start(
        self: Box<Self>,
        executor: &dyn Executor,
        inside: Inside,
        permit: Option<Permit>,
    ) -> Result<Option<TaskHandle>, NoExecutor>;
}

pin_project_lite::pin_project! {
    struct Task<F: Future> {
        // None once it has ended.
        #[pin]
        body: Option<F>,
        to: Option<oneshot::Sender<Ended<F::Output>>>,
        // Known when it starts.
        inside: Option<Inside>,
    }
}

impl<F> Start for Task<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn blocks(&self) -> bool {
        false
    }

    fn start(
        mut self: Box<Self>,
        executor: &dyn Executor,
        inside: Inside,
        _: Option<Permit>,
    ) -> Result<Option<TaskHandle>, NoExecutor> {
        self.inside = Some(inside);
        executor.spawn(Box::into_pin(self)).map(Some)
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(to) = this.to.as_mut().filter(|to| !to.is_closed()) else {
            // Nobody waits for it any more.
            this.body.set(None);
            return Poll::Ready(());
        };
        // So that it is woken, and ends, also where its executor does not end it.
        let _ = to.poll_closed(cx);
        let ended = {
            let _inside = this.inside.as_ref().map(Inside::enter);
            let polled = catch_unwind(AssertUnwindSafe(|| {
                this.body.as_mut().as_pin_mut().map(|body| body.poll(cx))
            }));
            let ended = match polled {
                Ok(Some(Poll::Pending)) => return Poll::Pending,
                Ok(Some(Poll::Ready(output))) => Ok(output),
                Ok(None) => return Poll::Ready(()),
                Err(payload) => Err(payload),
            };
            // Its inputs go before its output.
            let dropped = catch_unwind(AssertUnwindSafe(|| this.body.set(None)));
            dropped.and(ended)
        };
        *this.inside = None;
        if let Some(to) = this.to.take() {
            let _ = to.send(ended);
        }
        Poll::Ready(())
    }
}

struct Thread<F, T> {
    body: F,
    to: oneshot::Sender<Ended<T>>,
}

impl<F, T> Start for Thread<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    fn blocks(&self) -> bool {
        true
    }

    fn start(
        self: Box<Self>,
        executor: &dyn Executor,
        inside: Inside,
        permit: Option<Permit>,
    ) -> Result<Option<TaskHandle>, NoExecutor> {
        let work = move || {
            let Self { body, to } = *self;
            // Nobody waits for it any more.
            if to.is_closed() {
                return;
            }
            let ended = {
                // It is over before anybody hears of it.
                let inside = inside;
                let _entered = inside.enter_thread();
                // With it go its inputs.
                catch_unwind(AssertUnwindSafe(body))
            };
            drop(permit);
            let _ = to.send(ended);
        };
        executor.spawn_blocking(Box::new(work)).map(|()| None)
    }
}
