//! What a step asks for, by its options: each with the word that asks, where a message about it is shown.

mod parse;
mod settings;
#[cfg(test)]
mod tests;
mod value;

use std::time::Duration;

use orchestrate_plan::Priority;
use proc_macro2::{Ident, Span, TokenStream};
use syn::LitStr;

pub(super) use parse::{Reader, deadline, flag, is_broken_option};

use super::After;

/// The options of a step.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) after: Option<After>,
    pub(crate) idempotent: Option<Ident>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Timeout>,
    pub(crate) cache: Option<Cache>,
    /// In the order in which they are tried.
    pub(crate) fallback: Vec<Expression>,
    pub(crate) default: Option<Expression>,
    pub(crate) optional: Option<Ident>,
    pub(crate) quorum: Option<Quorum>,
    pub(crate) rollback: Option<Expression>,
    pub(crate) irreversible: Option<Irreversible>,
    pub(crate) when: Option<Expression>,
    pub(crate) each: Option<Each>,
    pub(crate) batch: Option<Batch>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) priority: Option<(Ident, Priority)>,
    pub(crate) uses: Option<Uses>,
    pub(crate) requires: Option<Requires>,
    pub(crate) estimate: Option<Time>,
    pub(crate) critical: Option<Ident>,
    pub(crate) spawn: Option<Ident>,
    pub(crate) blocking: Option<Ident>,
    /// The words of all of them, and of what may have been meant for one.
    pub(crate) words: Vec<Ident>,
    /// Some of them could not be read: what is missing must not be held against the rest.
    pub(crate) incomplete: bool,
}

/// An expression that sees the inputs of its step, as the body does: raw tokens, never parsed.
pub(crate) struct Expression {
    /// The option, or the setting in it, whose expression it is.
    pub(crate) word: Ident,
    pub(crate) tokens: TokenStream,
}

/// How many.
pub(crate) enum Count {
    /// A number, which is not 0.
    Literal(u64, Span),
    Expression(Expression),
}

/// How long.
pub(crate) enum Time {
    /// `250ms`, `10s`, `5m`, `1h`.
    Literal(Duration, Span),
    /// Of the type `Duration`.
    Expression(Expression),
}

/// `#[retry(3)]`, `#[retry(attempts = 3, backoff = 100ms, max_backoff = 5s, jitter, when = expr)]`.
pub(crate) struct Retry {
    pub(crate) word: Ident,
    pub(crate) attempts: Count,
    pub(crate) backoff: Option<Time>,
    pub(crate) max_backoff: Option<Time>,
    pub(crate) jitter: bool,
    /// Sees `error`.
    pub(crate) when: Option<Expression>,
}

/// `#[timeout(10s)]`, `#[timeout(adaptive, start = 30s)]`.
pub(crate) struct Timeout {
    pub(crate) adaptive: bool,
    /// What it is at first, or always.
    pub(crate) limit: Time,
}

/// `#[cache]`, `#[cache(ttl = 1h, capacity = 256, key = expr)]`.
pub(crate) struct Cache {
    pub(crate) word: Ident,
    pub(crate) ttl: Option<Time>,
    pub(crate) capacity: Option<Count>,
    pub(crate) key: Option<Expression>,
}

/// `#[quorum(2)]`.
pub(crate) struct Quorum {
    pub(crate) word: Ident,
    pub(crate) count: Count,
}

/// `#[irreversible = "reason"]`.
pub(crate) struct Irreversible {
    pub(crate) word: Ident,
    pub(crate) reason: LitStr,
}

/// `#[each(item in items, concurrency = 8)]`.
pub(crate) struct Each {
    pub(crate) word: Ident,
    pub(crate) item: Ident,
    pub(crate) items: Ident,
    pub(crate) concurrency: Option<Count>,
}

/// `#[batch(size = 50, wait = 2ms)]`.
pub(crate) struct Batch {
    pub(crate) word: Ident,
    pub(crate) size: Count,
    pub(crate) wait: Option<Time>,
}

/// `#[repeat(max = 3, until = expr)]`.
pub(crate) struct Repeat {
    pub(crate) word: Ident,
    pub(crate) max: Count,
    /// Sees the output.
    pub(crate) until: Expression,
}

/// `#[breaker]`, `#[breaker(name = "server", failures = 5, cooldown = 60s)]`.
pub(crate) struct Breaker {
    pub(crate) word: Ident,
    pub(crate) name: Option<LitStr>,
    pub(crate) failures: Option<Count>,
    pub(crate) cooldown: Option<Time>,
}

/// `#[uses(gpu = 1, disk = 2)]`.
pub(crate) struct Uses {
    pub(crate) word: Ident,
    pub(crate) resources: Vec<(Ident, u64)>,
}

/// `#[requires("db:write", "db:read")]`.
pub(crate) struct Requires {
    pub(crate) permissions: Vec<LitStr>,
}

impl Options {
    /// The option by which the body runs more than once, or may.
    pub(crate) fn again(&self) -> Option<&Ident> {
        let retry = self.retry.as_ref().map(|retry| &retry.word);
        let repeat = self.repeat.as_ref().map(|repeat| &repeat.word);
        let each = self.each.as_ref().map(|each| &each.word);
        let batch = self.batch.as_ref().map(|batch| &batch.word);
        retry.or(repeat).or(each).or(batch)
    }

    /// The expressions that are made when the body has run.
    pub(crate) fn after_body(&self) -> impl Iterator<Item = &Expression> {
        let retry = self.retry.as_ref().and_then(|retry| retry.when.as_ref());
        let until = self.repeat.as_ref().map(|repeat| &repeat.until);
        self.fallback
            .iter()
            .chain(&self.default)
            .chain(&self.rollback)
            .chain(retry)
            .chain(until)
    }

    /// The option by which the body runs outside of the run's future: `spawn` or `blocking`.
    pub(crate) fn apart(&self) -> Option<&Ident> {
        self.spawn.as_ref().or(self.blocking.as_ref())
    }

    /// The option by which a failure of the step does not end the run.
    pub(crate) fn absorbed(&self) -> Option<&Ident> {
        let default = self.default.as_ref().map(|default| &default.word);
        self.optional.as_ref().or(default)
    }
}

impl Count {
    /// The number, where it is one.
    pub(crate) const fn literal(&self) -> Option<u64> {
        match self {
            Self::Literal(number, _) => Some(*number),
            Self::Expression(_) => None,
        }
    }
}

impl Time {
    /// The time, where it is written as one.
    pub(crate) const fn literal(&self) -> Option<(Duration, Span)> {
        match self {
            Self::Literal(time, span) => Some((*time, *span)),
            Self::Expression(_) => None,
        }
    }
}
