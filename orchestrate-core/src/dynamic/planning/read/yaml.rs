//! YAML: the same reading, under the budgets of what parses it.

use serde::de::DeserializeSeed;
use serde_saphyr::{
    Error, alias_limits, budget, options,
    options::{DuplicateKeyPolicy, MergeKeyPolicy},
    with_deserializer_from_str_with_options,
};

use super::{
    super::Operations,
    reading::{Reading, Unread},
    whole::ReadOperations,
};

/// An operation is an object in a list in an object, and its parameters a field of it.
const AROUND: usize = 4;

/// What aliases may stand for altogether, in pieces of YAML. What is kept of it is counted besides.
const REPLAYED: usize = 100_000;

/// How many pieces of YAML are kept for aliases: some 200 bytes each.
const RECORDED: usize = 10_000;

pub(super) fn read(text: &str, reading: &mut Reading<'_>) -> Result<Operations, Unread> {
    let nesting = reading.limits.nesting.saturating_add(AROUND);
    // A piece of YAML is at least a byte, but for those that end what was begun.
    let pieces = text.len().saturating_mul(2).saturating_add(16);
    let options = options! {
        budget: budget! {
            max_depth: nesting,
            flow_nesting_limit: nesting,
            max_events: pieces.saturating_add(REPLAYED),
            max_nodes: pieces.saturating_add(REPLAYED),
            max_recorded_anchor_events: RECORDED,
            max_recorded_anchor_bytes: reading.limits.bytes,
        },
        alias_limits: alias_limits! {
            max_total_replayed_events: REPLAYED,
            max_replay_stack_depth: nesting,
        },
        // They are told where the field is known.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        with_snippet: false,
    };
    let read = with_deserializer_from_str_with_options(text, options, |deserializer| {
        ReadOperations(reading).deserialize(deserializer)
    });
    read.map_err(|error| Unread::from(&error))
}

impl From<&Error> for Unread {
    fn from(error: &Error) -> Self {
        let place = error.location();
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let error = error.without_snippet();
        let text = match error {
            Error::MultipleDocuments { .. } => "there is more than one document".to_owned(),
            error => error.to_string(),
        };
        // The place is told apart.
        let suffix =
            place.map(|place| format!(" at line {}, column {}", place.line(), place.column()));
        let message = suffix.and_then(|suffix| text.strip_suffix(&suffix).map(str::to_owned));
        Self {
            message: message.unwrap_or(text),
            line: place.map(|place| number(place.line())),
            column: place.map(|place| number(place.column())),
        }
    }
}
