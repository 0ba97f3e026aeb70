//! What can take longer than a run may.

use std::time::Duration;

use orchestrate_plan::{Kind, backoff_total};

use crate::{
    message::policies as message,
    model::{Model, Step},
    report::Report,
    syntax::{Retry, Time},
};

/// What a retry waits when nothing else is said.
const BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(30);

pub(super) fn check(model: &Model<'_>, step: &Step<'_>, report: &mut Report) {
    let (workflow, options) = (model.syntax, &step.syntax.options);
    let limit = options.timeout.as_ref().map(|timeout| &timeout.limit);
    if let Some((Duration::ZERO, span)) = limit.and_then(Time::literal) {
        report.error_at(
            span,
            &message::no_time(&format!("`timeout` of step `{}`", step.syntax.name)),
        );
        return;
    }
    let deadline = workflow.deadline.as_ref().and_then(Time::literal);
    let (Some((deadline, _)), Some(timeout)) = (deadline, &options.timeout) else {
        return;
    };
    let Some((limit, span)) = timeout.limit.literal() else {
        return;
    };
    let name = &step.syntax.name;
    if deadline.is_zero() {
        return;
    }
    if limit > deadline {
        let message = message::timeout_beyond(name, limit, &workflow.name, deadline);
        report.error_at(span, &message);
        return;
    }
    // What is adaptive gets shorter; a person is not asked again.
    if let Some(retry) = &options.retry
        && let Some(attempts) = retry.attempts.literal()
        && !timeout.adaptive
        && step.syntax.kind != Kind::Human
    {
        let altogether = altogether(attempts, limit, retry);
        if altogether > deadline {
            let message =
                message::attempts_beyond(name, attempts, altogether, &workflow.name, deadline);
            report.error(&retry.word, &message);
        }
    }
}

/// A run without any time.
pub(super) fn check_deadline(model: &Model<'_>, report: &mut Report) {
    let workflow = model.syntax;
    if let Some((Duration::ZERO, span)) = workflow.deadline.as_ref().and_then(Time::literal) {
        report.error_at(
            span,
            &message::no_time(&format!("`deadline` of workflow `{}`", workflow.name)),
        );
    }
}

/// All attempts to their time-outs, with the waits between them as far as they are written.
fn altogether(attempts: u64, limit: Duration, retry: &Retry) -> Duration {
    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
    let literal = |time: &Option<Time>, otherwise: Duration| match time {
        None => Some(otherwise),
        Some(time) => time.literal().map(|(time, _)| time),
    };
    let waits = literal(&retry.backoff, BACKOFF).zip(literal(&retry.max_backoff, MAX_BACKOFF));
    let waits = waits.map(|(base, max)| backoff_total(base, max, attempts));
    let attempts = limit.checked_mul(attempts).unwrap_or(Duration::MAX);
    attempts.saturating_add(waits.unwrap_or_default())
}
