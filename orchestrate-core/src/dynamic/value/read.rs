//! Any value of JSON, from outside: counted, no deeper than allowed, and with each name once.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use crate::dynamic::text::quoted;

/// Who counts what is read, and stops the reading where it is too much.
pub(in crate::dynamic) trait Count {
    /// Another value, so deep inside others; what holds values itself is a level deeper.
    ///
    /// # Errors
    ///
    /// When it is one too many, or too deep.
    fn value<E: Error>(&mut self, depth: usize) -> Result<(), E>;

    /// Another text is kept.
    ///
    /// # Errors
    ///
    /// When it is too much.
    fn text<E: Error>(&mut self, text: &str) -> Result<(), E>;
}

/// Reads one value.
pub(in crate::dynamic) struct ReadValue<'c, C> {
    count: &'c mut C,
    depth: usize,
}

impl<'c, C: Count> ReadValue<'c, C> {
    /// A value that lies in no other.
    pub(in crate::dynamic) fn outermost(count: &'c mut C) -> Self {
        Self { count, depth: 0 }
    }

    fn inside(&mut self) -> ReadValue<'_, C> {
        ReadValue {
            count: self.count,
            depth: self.depth + 1,
        }
    }

    fn counted<E: Error>(&mut self, is_nested: bool) -> Result<(), E> {
        self.count.value(self.depth + usize::from(is_nested))
    }

    fn leaf<E: Error>(mut self, value: impl Into<Value>) -> Result<Value, E> {
        self.counted(false)?;
        Ok(value.into())
    }
}

impl<'de, C: Count> DeserializeSeed<'de> for ReadValue<'_, C> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, C: Count> Visitor<'de> for ReadValue<'_, C> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.leaf(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.leaf(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.leaf(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value)
            .ok_or_else(|| E::custom("a number of JSON is neither infinite nor undefined"))?;
        self.leaf(number)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.count.text(value)?;
        self.leaf(value)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.leaf(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.leaf(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.counted(true)?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self.inside())? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        self.counted(true)?;
        let mut values = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            self.count.text(&key)?;
            if values.contains_key(&key) {
                let message = format!("{} is given more than once", quoted(&key));
                return Err(A::Error::custom(message));
            }
            let value = fields.next_value_seed(self.inside())?;
            values.insert(key, value);
        }
        Ok(values.into())
    }
}
