//! One attempt at a body: how long it may take, what it takes while it runs, and how it may end.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use orchestrate_plan::Priority;
use tokio::time::Sleep;

use crate::{Panic, Reason, Refusal, spans::AttemptSpan};

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
    /// How who listens is told of it, if at all: a fallback counts as the attempt after those before it.
    pub told: Option<u32>,
    /// How long it may take.
    pub limit: Limit,
    /// Whether it is recorded how long it took.
    pub recorded: bool,
    /// What it takes while it runs.
    pub takes: Takes,
}

impl Attempt {
    /// A fallback, by its position: it takes nothing, and as long as it likes. `number`: how many attempts were made.
    #[must_use]
    pub const fn fallback(number: u32, position: u32) -> Self {
        Self {
            told: Some(number.saturating_add(position + 1)),
            ..Self::untold(number)
        }
    }

    /// The same for what is no attempt to who listens.
    pub(crate) const fn untold(number: u32) -> Self {
        Self {
            number,
            told: None,
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

/// A limit that adapts: half as much again as the step usually takes. A timer counts in milliseconds, so no less than one.
pub(super) fn adapted(p95: Duration) -> Duration {
    p95.saturating_add(p95 / 2).max(Duration::from_millis(1))
}

/// A body that stands in the frame of the run, and is dropped with this.
///
/// An `async fn` keeps room for what it is given and once more for what it makes of it. So a body that went from one to the
/// next by value would take several times its size, and be moved as often.
pub(super) struct Standing<'f, F>(pub(super) Pin<&'f mut Option<F>>);

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
    pub(super) struct Timed<'s, F> {
        #[pin]
        pub(super) body: F,
        pub(super) limit: Option<Duration>,
        // Made when the body first waits: most limits are never reached, and an attempt that is done at once needs none.
        #[pin]
        pub(super) sleep: Option<Sleep>,
        // Entered while the body is polled.
        pub(super) span: Option<&'s AttemptSpan>,
    }
}

/// Why an attempt has not returned.
pub(super) enum Cut {
    Panicked(Panic),
    TimedOut(Duration),
    NoTimer,
}

impl<F: Future> Future for Timed<'_, F> {
    type Output = Result<F::Output, Cut>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // A body that has panicked is never looked at again.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let _entered = this.span.map(AttemptSpan::enter);
            this.body.poll(cx)
        }));
        match polled {
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
pub(super) fn timer(duration: Duration) -> Option<Sleep> {
    catch_unwind(|| tokio::time::sleep(duration)).ok()
}
