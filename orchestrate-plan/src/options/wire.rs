//! What a step asks for, as serde sees it.

use core::time::Duration;
use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{KeptUndo, Options, StaticOptions, Undo, resources::Resources};
use crate::{names::Names, priority::Priority};

/// What is not there is not asked for.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Options", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them is an attribute that a step has or has not"
)]
struct Wire<'o> {
    idempotent: bool,
    optional: bool,
    /// None where an expression says it.
    attempts: Option<u32>,
    backoff: Option<(Duration, Duration)>,
    /// None where an expression says it.
    rounds: Option<u32>,
    timeout: Option<Duration>,
    limited: bool,
    adaptive: bool,
    cache: bool,
    breaker: bool,
    fallbacks: usize,
    default: bool,
    quorum: Option<usize>,
    estimate: Option<Duration>,
    priority: Priority,
    uses: Vec<(Cow<'o, str>, usize)>,
    requires: Vec<Cow<'o, str>>,
    approval: bool,
    undo: WireUndo<'o>,
    condition: bool,
    each: bool,
    concurrency: Option<usize>,
    batch: bool,
    critical: bool,
    spawn: bool,
    blocking: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Undo", rename_all = "lowercase")]
enum WireUndo<'o> {
    Nothing,
    Rollback,
    Irreversible(Cow<'o, str>),
}

impl Default for Wire<'_> {
    fn default() -> Self {
        static NONE: Options = Options::from_static(StaticOptions::NONE);
        (&NONE).into()
    }
}

impl<'o> From<&'o Options> for Wire<'o> {
    fn from(options: &'o Options) -> Self {
        let uses = options.uses();
        Self {
            idempotent: options.is_idempotent(),
            optional: options.is_optional(),
            attempts: options.max_attempts(),
            backoff: options.backoff(),
            rounds: options.max_rounds(),
            timeout: options.timeout(),
            limited: options.limited,
            adaptive: options.is_adaptive(),
            cache: options.is_cached(),
            breaker: options.has_breaker(),
            fallbacks: options.fallbacks(),
            default: options.has_default(),
            quorum: options.quorum,
            estimate: options.estimate(),
            priority: options.priority(),
            uses: uses.map(|(name, count)| (name.into(), count)).collect(),
            requires: options.requires().map(Cow::Borrowed).collect(),
            approval: options.needs_approval(),
            undo: match options.undo() {
                Undo::Nothing => WireUndo::Nothing,
                Undo::Rollback => WireUndo::Rollback,
                Undo::Irreversible(reason) => WireUndo::Irreversible(reason.into()),
            },
            condition: options.is_conditional(),
            each: options.is_per_item(),
            concurrency: options.concurrency,
            batch: options.is_batched(),
            critical: options.is_critical(),
            spawn: options.is_spawned(),
            blocking: options.is_blocking(),
        }
    }
}

impl Serialize for Options {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        for (count, what) in [
            (
                wire.attempts,
                "a step is attempted at least once, but `attempts` is 0",
            ),
            (
                wire.rounds,
                "a step has at least one round, but `rounds` is 0",
            ),
        ] {
            if count == Some(0) {
                return Err(D::Error::custom(what));
            }
        }
        let uses = wire.uses.into_iter();
        let requires = wire.requires.into_iter();
        Ok(Self {
            idempotent: wire.idempotent,
            optional: wire.optional,
            attempts: wire.attempts.unwrap_or(0),
            backoff: wire.backoff,
            rounds: wire.rounds.unwrap_or(0),
            timeout: wire.timeout,
            limited: wire.limited && wire.timeout.is_none(),
            adaptive: wire.adaptive,
            cache: wire.cache,
            breaker: wire.breaker,
            fallbacks: wire.fallbacks,
            default: wire.default,
            quorum: wire.quorum,
            estimate: wire.estimate,
            priority: wire.priority,
            uses: Resources::Owned(
                uses.map(|(name, count)| (name.into_owned(), count))
                    .collect(),
            ),
            requires: Names::Owned(requires.map(Cow::into_owned).collect()),
            approval: wire.approval,
            undo: match wire.undo {
                WireUndo::Nothing => KeptUndo::Nothing,
                WireUndo::Rollback => KeptUndo::Rollback,
                WireUndo::Irreversible(reason) => {
                    KeptUndo::Irreversible(Cow::Owned(reason.into_owned()))
                }
            },
            condition: wire.condition,
            each: wire.each,
            concurrency: wire.concurrency,
            batch: wire.batch,
            critical: wire.critical,
            spawn: wire.spawn,
            blocking: wire.blocking,
        })
    }
}
