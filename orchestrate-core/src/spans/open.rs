//! A span that is open, and how it ends.

use std::borrow::Cow;

use tokio::time::Instant;
use tracing::Span;

use crate::Cause;

/// How what a span stands for has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Failed,
    Panicked,
    TimedOut,
    Cancelled,
    /// The condition of its `when` did not hold.
    Skipped,
    /// It was in the cache.
    Cached,
}

impl Outcome {
    pub(super) fn of(cause: Cause) -> Self {
        match cause {
            Cause::Panicked => Self::Panicked,
            Cause::TimedOut => Self::TimedOut,
            Cause::Cancelled => Self::Cancelled,
            _ => Self::Failed,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Cached => "cached",
        }
    }

    /// What has been cancelled is not at fault.
    fn is_error(self) -> bool {
        matches!(self, Self::Failed | Self::Panicked | Self::TimedOut)
    }
}

/// How it has ended, and why.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) error: Option<String>,
}

impl Ended {
    pub(super) const fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            error: None,
        }
    }
}

/// A span that is open, and since when.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) span: Span,
    since: Instant,
}

impl Open {
    pub(super) fn new(span: Span) -> Self {
        Self {
            span,
            since: Instant::now(),
        }
    }

    /// Closes it.
    pub(super) fn end(self, ended: &Ended, at: Instant) {
        let Self { span, since } = self;
        let outcome = ended.outcome;
        if outcome == Outcome::Cancelled || outcome.is_error() {
            // It may end while something else is polled. Who takes the moment of its last exit for its end would take it
            // for shorter than it was.
            enter(&span);
            exit(&span);
        }
        span.record("outcome", outcome.word());
        span.record("duration", (at - since).as_secs_f64());
        if let Some(error) = &ended.error {
            span.record("error", &**error);
        }
        if outcome.is_error() {
            span.record("error.type", outcome.word());
            span.record("otel.status_code", "ERROR");
            let why = ended.error.as_deref().unwrap_or(outcome.word());
            span.record("otel.status_description", why);
        }
    }
}

/// What OpenTelemetry shows of a span at first sight. Other listeners see the fields of which it is made.
pub(super) fn shown(what: &str, which: impl std::fmt::Display) -> Option<Cow<'static, str>> {
    cfg!(feature = "otel").then(|| format!("{what} {which}").into())
}

// `Span::enter` gives a guard that borrows the span, and a run is entered in one call and left in another.
pub(super) fn enter(span: &Span) {
    span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
}

pub(super) fn exit(span: &Span) {
    span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
}
