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
    attempts: u32,
    timeout: Option<Duration>,
    adaptive: bool,
    estimate: Option<Duration>,
    priority: Priority,
    uses: Vec<(Cow<'o, str>, usize)>,
    requires: Vec<Cow<'o, str>>,
    approval: bool,
    undo: WireUndo<'o>,
    condition: bool,
    each: bool,
    critical: bool,
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
            attempts: options.attempts(),
            timeout: options.timeout(),
            adaptive: options.is_adaptive(),
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
            critical: options.is_critical(),
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
        if wire.attempts == 0 {
            return Err(D::Error::custom(
                "a step is attempted at least once, but `attempts` is 0",
            ));
        }
        let uses = wire.uses.into_iter();
        let requires = wire.requires.into_iter();
        Ok(Self {
            idempotent: wire.idempotent,
            optional: wire.optional,
            attempts: wire.attempts,
            timeout: wire.timeout,
            adaptive: wire.adaptive,
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
            critical: wire.critical,
        })
    }
}
