//! Names, lists of names, and keys.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, SeqAccess, Visitor},
};

use super::{super::PlanError, reading::Reading};
use crate::dynamic::text::start;

/// One name.
pub(super) struct Name<'r, 'l>(pub(super) &'r mut Reading<'l>);

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<String, E> {
        if let Some(error) = self.0.limits.name(name) {
            return Err(self.0.stop(error));
        }
        self.0.count_text(name)?;
        Ok(name.to_owned())
    }
}

/// A list of names, or null for none.
pub(super) struct Names<'r, 'l>(pub(super) &'r mut Reading<'l>, pub(super) &'static str);

impl<'de> DeserializeSeed<'de> for Names<'_, '_> {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let listed = Optional(NameList(self.0, self.1)).deserialize(deserializer)?;
        Ok(listed.unwrap_or_default())
    }
}

struct NameList<'r, 'l>(&'r mut Reading<'l>, &'static str);

impl<'de> DeserializeSeed<'de> for NameList<'_, '_> {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // Not as a list: then some say what they found, and some do not.
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NameList<'_, '_> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let Self(reading, field) = self;
        let limit = reading.limits.names;
        let mut names = Vec::new();
        while let Some(name) = items.next_element_seed(Name(&mut *reading))? {
            if names.len() == limit {
                return Err(reading.stop(PlanError::TooManyNames {
                    operation: reading.place(),
                    field,
                    limit,
                }));
            }
            names.push(name);
        }
        Ok(names)
    }
}

/// What may be null.
pub(super) struct Optional<S>(pub(super) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Optional<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Optional<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

/// A word of a grammar: a key, or a kind. Of one that is far too long to be one, the start.
pub(super) struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Word {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<String, E> {
        Ok(start(word))
    }
}
