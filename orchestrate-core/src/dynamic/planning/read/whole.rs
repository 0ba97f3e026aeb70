//! The operations of a whole: a list, or an object around one.

use std::fmt;

use orchestrate_plan::nearest;
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    super::{Operation, Operations, PlanError},
    names::{Name, Names, Optional, Word},
    operation::ReadOperation,
    reading::Reading,
};

const FIELDS: [&str; 3] = ["name", "inputs", "operations"];

/// What models write in place of `operations`.
const MEANT: [&str; 5] = ["steps", "tasks", "nodes", "plan", "subtasks"];

pub(super) struct ReadOperations<'r, 'l>(pub(super) &'r mut Reading<'l>);

impl<'de> DeserializeSeed<'de> for ReadOperations<'_, '_> {
    type Value = Operations;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Operations, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadOperations<'_, '_> {
    type Value = Operations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of operations, or an object with `operations`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Operations, A::Error> {
        List(self.0).visit_seq(items).map(Operations::from)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Operations, A::Error> {
        let Self(reading) = self;
        let mut whole = Operations::default();
        let mut seen = [false; FIELDS.len()];
        let mut has_unknown = false;
        while let Some(key) = fields.next_key_seed(Word)? {
            let field = FIELDS.iter().position(|field| *field == key);
            let Some(field) = field.filter(|&field| !seen[field]) else {
                has_unknown |= field.is_none();
                reading.note(match field {
                    Some(_) => PlanError::RepeatedField {
                        operation: None,
                        field: key,
                    },
                    None => PlanError::UnknownField {
                        operation: None,
                        nearest: meant(&key),
                        field: key,
                    },
                })?;
                fields.next_value::<IgnoredAny>()?;
                continue;
            };
            seen[field] = true;
            match FIELDS[field] {
                "name" => {
                    if let Some(name) = fields.next_value_seed(Optional(Name(reading)))? {
                        whole.name = name;
                    }
                }
                "inputs" => whole.inputs = fields.next_value_seed(Names(reading, "inputs"))?,
                _ => whole.list = fields.next_value_seed(List(reading))?,
            }
        }
        // A field that nobody knows may be the one that is missing.
        if !seen[2] && !has_unknown {
            reading.note(PlanError::MissingField {
                operation: None,
                field: "operations",
            })?;
        }
        Ok(whole)
    }
}

/// The field that may have been meant.
fn meant(key: &str) -> Option<&'static str> {
    if MEANT.contains(&&*key.to_lowercase()) {
        return Some("operations");
    }
    let near = nearest(key, FIELDS).into_iter().next()?;
    FIELDS.into_iter().find(|field| **field == near)
}

struct List<'r, 'l>(&'r mut Reading<'l>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = Vec<Operation>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = Vec<Operation>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of operations")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut operations = Vec::new();
        while let Some(operation) = items.next_element_seed(ReadOperation(&mut *self.0))? {
            operations.push(operation);
        }
        Ok(operations)
    }
}
