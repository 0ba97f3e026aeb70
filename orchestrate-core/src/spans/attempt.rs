//! The span of one attempt at a step.

use tokio::time::Instant;
use tracing::Span;

use super::{
    Spans,
    open::{Ended, Open, Outcome, enter, exit},
};
use crate::Fault;

/// Open while the attempt is made, entered while its body is polled. Dropped before the attempt has ended, it was
/// cancelled.
#[derive(Debug)]
pub(crate) struct AttemptSpan {
    spans: Spans,
    step: usize,
    // None once it has ended.
    open: Option<Open>,
}

/// Its span is left when this is dropped.
pub(crate) struct Entered<'a>(&'a AttemptSpan);

impl AttemptSpan {
    pub(super) fn new(spans: Spans, step: usize, span: Span) -> Self {
        Self {
            spans,
            step,
            open: Some(Open::new(span)),
        }
    }

    pub(crate) fn enter(&self) -> Entered<'_> {
        if let Some(open) = &self.open {
            enter(&open.span);
            #[cfg(feature = "otel")]
            if !open.span.is_none() {
                self.spans.state().attempt = Some(open.span.clone());
            }
        }
        Entered(self)
    }

    /// It has ended so.
    pub(crate) fn end(mut self, fault: Option<&Fault>) {
        let ended = match fault {
            None => {
                let mut state = self.spans.state();
                if !state.is_per_item(self.step) {
                    state.succeeded(self.step);
                }
                Ended::of(Outcome::Ok)
            }
            Some(fault) => Ended {
                outcome: Outcome::of(fault.cause),
                error: Some(fault.to_string()),
            },
        };
        self.close(&ended);
    }

    fn close(&mut self, ended: &Ended) {
        if let Some(open) = self.open.take() {
            open.end(ended, Instant::now());
        }
    }
}

impl Drop for AttemptSpan {
    fn drop(&mut self) {
        self.close(&Ended::of(Outcome::Cancelled));
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        #[cfg(feature = "otel")]
        let _left = self.0.spans.state().attempt.take();
        if let Some(open) = &self.0.open {
            exit(&open.span);
        }
    }
}
