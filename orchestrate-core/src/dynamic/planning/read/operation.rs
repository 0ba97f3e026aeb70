//! One operation.

use std::fmt;

use orchestrate_plan::{Kind, nearest};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, Visitor,
        value::{Error as ValueError, StrDeserializer},
    },
};

use super::{
    super::{Operation, OperationPlace, PlanError},
    names::{Name, Names, Optional, Word},
    reading::Reading,
};
use crate::dynamic::value::ReadValue;

const FIELDS: [&str; 7] = [
    "id",
    "kind",
    "inputs",
    "outputs",
    "after",
    "agent",
    "parameters",
];

/// What models write in place of our words, and what they mean by it.
const MEANT: [(&str, &str); 15] = [
    ("name", "id"),
    ("task", "id"),
    ("type", "kind"),
    ("operation_type", "kind"),
    ("reads", "inputs"),
    ("produces", "outputs"),
    ("depends_on", "after"),
    ("dependson", "after"),
    ("dependencies", "after"),
    ("requires", "after"),
    ("assignee", "agent"),
    ("agent_id", "agent"),
    ("params", "parameters"),
    ("args", "parameters"),
    ("arguments", "parameters"),
];

const KINDS: [&str; 6] = ["agent", "tool", "mcp", "fn", "flow", "human"];

pub(super) struct ReadOperation<'r, 'l>(pub(super) &'r mut Reading<'l>);

impl<'de> DeserializeSeed<'de> for ReadOperation<'_, '_> {
    type Value = Operation;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Operation, D::Error> {
        let Self(reading) = self;
        let begun = reading.begin()?;
        let operation = deserializer.deserialize_any(Fields {
            reading: &mut *reading,
            begun,
        })?;
        reading.finish();
        Ok(operation)
    }
}

struct Fields<'r, 'l> {
    reading: &'r mut Reading<'l>,
    /// How many mistakes there were before this operation.
    begun: usize,
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = Operation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation: an object with an `id`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Operation, A::Error> {
        let Self { reading, begun } = self;
        let mut operation = Operation::new("", Kind::Agent);
        let mut seen = [false; FIELDS.len()];
        while let Some(key) = fields.next_key_seed(Word)? {
            let field = FIELDS.iter().position(|field| *field == key);
            let Some(field) = field.filter(|&field| !seen[field]) else {
                let operation = reading.place();
                reading.note(match field {
                    Some(_) => PlanError::RepeatedField {
                        operation,
                        field: key,
                    },
                    None => PlanError::UnknownField {
                        operation,
                        nearest: meant(&key),
                        field: key,
                    },
                })?;
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            seen[field] = true;
            match FIELDS[field] {
                "id" => {
                    operation.id = fields.next_value_seed(Name(reading))?;
                    reading.is_named(&operation.id, begun);
                }
                "kind" => {
                    if let Some(word) = fields.next_value_seed(Optional(Word))? {
                        operation.kind = kind(&word, reading)?;
                    }
                }
                "inputs" => operation.inputs = fields.next_value_seed(Names(reading, "inputs"))?,
                "outputs" => {
                    operation.outputs = fields.next_value_seed(Names(reading, "outputs"))?;
                }
                "after" => operation.after = fields.next_value_seed(Names(reading, "after"))?,
                "agent" => operation.agent = fields.next_value_seed(Optional(Name(reading)))?,
                _ => {
                    operation.parameters = fields.next_value_seed(ReadValue::outermost(reading))?;
                }
            }
        }
        if !seen[0] {
            reading.note(PlanError::MissingField {
                operation: reading.place(),
                field: "id",
            })?;
        }
        Ok(operation)
    }
}

/// The field that may have been meant.
fn meant(key: &str) -> Option<&'static str> {
    let folded = key.to_lowercase();
    let known = MEANT.iter().find(|(written, _)| *written == folded);
    known.map(|&(_, meant)| meant).or_else(|| {
        let near = nearest(key, FIELDS).into_iter().next()?;
        FIELDS.into_iter().find(|field| **field == near)
    })
}

/// The kind of that word. An unknown one is a mistake, and that of an agent from then on.
fn kind<E: serde::de::Error>(word: &str, reading: &mut Reading<'_>) -> Result<Kind, E> {
    let deserializer: StrDeserializer<'_, ValueError> = word.into_deserializer();
    if let Ok(kind) = Kind::deserialize(deserializer) {
        return Ok(kind);
    }
    let unnamed = OperationPlace { index: 0, id: None };
    reading.note(PlanError::UnknownKind {
        operation: reading.place().unwrap_or(unnamed),
        kind: word.to_owned(),
        nearest: nearest(word, KINDS).into_iter().next(),
    })?;
    Ok(Kind::Agent)
}
