//! What can take longer than a run may.

use std::time::Duration;

use orchestrate_plan::Kind;

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
    let deadline = workflow.deadline.as_ref().and_then(Time::literal);
    let (Some((deadline, _)), Some(timeout)) = (deadline, &options.timeout) else {
        return;
    };
    let Some((limit, span)) = timeout.limit.literal() else {
        return;
    };
    let name = &step.syntax.name;
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

/// All attempts to their time-outs, with the waits between them as far as they are written.
fn altogether(attempts: u64, limit: Duration, retry: &Retry) -> Duration {
    let attempts_take = limit.as_nanos().saturating_mul(attempts.into());
    let waits_take = waits(attempts - 1, retry).unwrap_or_default();
    duration(attempts_take.saturating_add(waits_take))
}

fn duration(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    let rest = u32::try_from(nanos % SECOND).unwrap_or_default();
    u64::try_from(nanos / SECOND).map_or(Duration::MAX, |seconds| Duration::new(seconds, rest))
}

/// The waits between the attempts in nanoseconds: they double up to their bound.
fn waits(mut count: u64, retry: &Retry) -> Option<u128> {
    let literal = |time: &Option<Time>, otherwise: Duration| match time {
        None => Some(otherwise.as_nanos()),
        Some(time) => time.literal().map(|(time, _)| time.as_nanos()),
    };
    let bound = literal(&retry.max_backoff, MAX_BACKOFF)?;
    let mut wait = literal(&retry.backoff, BACKOFF)?.min(bound);
    let mut sum: u128 = 0;
    while count > 0 && wait < bound && wait > 0 {
        sum = sum.saturating_add(wait);
        wait = wait.saturating_mul(2).min(bound);
        count -= 1;
    }
    Some(sum.saturating_add(wait.saturating_mul(count.into())))
}
