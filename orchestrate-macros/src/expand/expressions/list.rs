//! The expressions of the options of a step.

use crate::syntax::{Count, Expression, Options, Time};

/// What an expression gives, and what it sees beside the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expand) enum Of {
    /// A `bool`.
    Condition,
    /// A `bool`; sees the output.
    Until,
    /// A `bool`; sees `error`, as the body returned it.
    Retry,
    /// What the body returns; sees `error`.
    Returned,
    /// What is in its `Ok`; sees `error`.
    Value,
    /// Nothing, or a `Result`; sees the output.
    Rollback,
    Duration,
    Usize,
    U32,
    /// Anything that can be a key.
    Key,
}

/// The expressions of the options of a step: what each is called, and what it gives.
pub(in crate::expand) fn all(options: &Options) -> Vec<(String, &Expression, Of)> {
    let mut all = All(Vec::new());
    all.add("when", options.when.as_ref(), Of::Condition);
    all.add("default", options.default.as_ref(), Of::Value);
    for (position, fallback) in options.fallback.iter().enumerate() {
        all.add(
            &format!("fallback_{position}"),
            Some(fallback),
            Of::Returned,
        );
    }
    all.add("rollback", options.rollback.as_ref(), Of::Rollback);
    if let Some(retry) = &options.retry {
        all.count("attempts", Some(&retry.attempts), Of::U32);
        all.time("backoff", retry.backoff.as_ref());
        all.time("max_backoff", retry.max_backoff.as_ref());
        all.add("retry_when", retry.when.as_ref(), Of::Retry);
    }
    if let Some(timeout) = &options.timeout {
        all.time("timeout", Some(&timeout.limit));
    }
    if let Some(cache) = &options.cache {
        all.time("ttl", cache.ttl.as_ref());
        all.count("capacity", cache.capacity.as_ref(), Of::Usize);
        all.add("key", cache.key.as_ref(), Of::Key);
    }
    if let Some(quorum) = &options.quorum {
        all.count("quorum", Some(&quorum.count), Of::Usize);
    }
    if let Some(each) = &options.each {
        all.count("concurrency", each.concurrency.as_ref(), Of::Usize);
    }
    if let Some(batch) = &options.batch {
        all.count("size", Some(&batch.size), Of::Usize);
        all.time("wait", batch.wait.as_ref());
    }
    if let Some(repeat) = &options.repeat {
        all.count("max", Some(&repeat.max), Of::U32);
        all.add("until", Some(&repeat.until), Of::Until);
    }
    if let Some(breaker) = &options.breaker {
        all.count("failures", breaker.failures.as_ref(), Of::U32);
        all.time("cooldown", breaker.cooldown.as_ref());
    }
    all.0
}

struct All<'o>(Vec<(String, &'o Expression, Of)>);

impl<'o> All<'o> {
    fn add(&mut self, what: &str, expression: Option<&'o Expression>, of: Of) {
        self.0
            .extend(expression.map(|expression| (what.to_owned(), expression, of)));
    }

    fn count(&mut self, what: &str, count: Option<&'o Count>, of: Of) {
        if let Some(Count::Expression(expression)) = count {
            self.add(what, Some(expression), of);
        }
    }

    fn time(&mut self, what: &str, time: Option<&'o Time>) {
        if let Some(Time::Expression(expression)) = time {
            self.add(what, Some(expression), Of::Duration);
        }
    }
}
