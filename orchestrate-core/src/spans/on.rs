//! What a run, and what polls it, tells of its spans.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{Level, Span, level_filters::LevelFilter};

use super::{
    attempt::AttemptSpan,
    open::{Ended, Outcome},
    state::State,
};
use crate::{Failure, RunId, StepFailure, planned::Planned};

/// The spans of one run. Those of the run, of a step and of an attempt are entered while it is polled, and each is closed
/// when that for which it stands is done.
#[derive(Clone, Debug)]
pub(crate) struct Spans(Arc<Mutex<State>>);

impl Spans {
    /// None when nobody listens.
    #[inline]
    pub(crate) fn of(plan: Planned<'_>) -> Option<Self> {
        if LevelFilter::current() < Level::INFO {
            return None;
        }
        Some(Self::open(plan))
    }

    #[cold]
    fn open(plan: Planned<'_>) -> Self {
        Self(Arc::new(Mutex::new(State::new(plan.into()))))
    }

    /// The run starts, as a child of the span that is current there.
    #[cold]
    pub(crate) fn start(&self, id: RunId) {
        self.state().start(id);
    }

    /// A poll of the run begins.
    #[cold]
    pub(crate) fn resume(&self) {
        self.state().resume();
    }

    /// A poll of the run ends.
    #[cold]
    pub(crate) fn suspend(&self) {
        self.settle();
        self.state().suspend();
    }

    /// From here on, it is this step that runs.
    #[cold]
    pub(crate) fn enter(&self, run: RunId, index: usize) {
        self.settle();
        self.state().enter(run, index);
    }

    /// This step is done.
    #[cold]
    pub(crate) fn close(&self, index: usize) {
        let before = self.state().close(index);
        if let Some(before) = before {
            before.end();
        }
    }

    /// This step is dropped. One that is done has ended already.
    #[cold]
    pub(crate) fn give_up(&self, index: usize) {
        self.state().give_up(index);
    }

    /// An attempt at this step starts: the one of this number, counted from 1.
    #[cold]
    pub(crate) fn attempt(&self, index: usize, number: u32) -> AttemptSpan {
        let span = self.state().attempt(index, number);
        AttemptSpan::new(self.clone(), index, span)
    }

    /// The output of this step was in its cache.
    #[cold]
    pub(crate) fn cached(&self, index: usize) {
        let mut state = self.state();
        if !state.is_per_item(index) {
            state.note(index, Ended::of(Outcome::Cached));
        }
    }

    /// This step has failed, which does not fail the run: an event in its span. It may still be made good for.
    #[cold]
    pub(crate) fn absorbed(&self, index: usize, failure: &StepFailure) {
        let error = failure.reason().describe(ToString::to_string);
        let mut state = self.state();
        if !state.is_per_item(index) {
            let ended = Ended {
                outcome: Outcome::of(failure.reason().cause()),
                error: Some(error.clone()),
            };
            state.note(index, ended);
        }
        drop(state);
        // The step is being polled.
        tracing::warn!(
            target: "orchestrated",
            step = failure.step(),
            attempts = failure.attempts(),
            error,
            "step failed, and its run goes on",
        );
    }

    /// The span of the attempt at this step that is being polled, or of the step.
    #[cfg(feature = "otel")]
    pub(crate) fn innermost(&self, index: usize) -> Option<Span> {
        let state = self.state();
        state.attempt.as_ref().or(state.step_span(index)).cloned()
    }

    fn settle(&self) {
        let settled = self.state().settle();
        if let Some(settled) = settled {
            settled.end();
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run has failed: an event in its span. Whoever listens to failures alone has no spans, and is told all the same.
#[cold]
pub(crate) fn told<E>(spans: Option<&Spans>, failure: &Failure<E>, describe: fn(&E) -> String) {
    if LevelFilter::current() < Level::ERROR {
        return;
    }
    let error = failure.describe(describe);
    let run = spans.and_then(|spans| {
        let ended = Ended {
            outcome: Outcome::of(failure.reason().cause()),
            error: Some(error.clone()),
        };
        spans.state().failed(failure.step(), &ended)
    });
    // Not by naming the span as the parent of the event: who sees the one may well not see the other.
    let _inside = run.as_ref().map(Span::enter);
    tracing::error!(
        target: "orchestrated",
        workflow = failure.workflow(),
        step = failure.step(),
        batch = failure.batch(),
        error,
        "run failed",
    );
}

/// The run has ended so. Of several failures, it is this one that it ends with.
#[cold]
pub(crate) fn ended<T, E>(
    spans: &Spans,
    ended: &Result<T, Failure<E>>,
    describe: fn(&E) -> String,
) {
    let ended = match ended {
        Ok(_) => Ended::of(Outcome::Ok),
        Err(failure) => Ended {
            outcome: Outcome::of(failure.reason().cause()),
            error: Some(failure.describe(describe)),
        },
    };
    spans.state().ended = Some(ended);
}
