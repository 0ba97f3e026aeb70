//! What goes into an agent, and what comes out of it.

mod read;

use std::{fmt, sync::Arc};

use orchestrate_plan::nearest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub(super) use read::{Count, ReadValue};

/// A value that is cheap to clone.
#[derive(Clone)]
enum Shared {
    /// A number, a truth value, or nothing: as cheap as a pointer.
    Small(Value),
    Large(Arc<Value>),
}

impl Shared {
    fn get(&self) -> &Value {
        match self {
            Self::Small(value) => value,
            Self::Large(value) => value,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Small(value) => value,
            Self::Large(value) => Arc::unwrap_or_clone(value),
        }
    }
}

/// As JSON: how it is kept is nobody's business.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.get(), f)
    }
}

impl From<Value> for Shared {
    fn from(value: Value) -> Self {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::Small(value),
            Value::String(_) | Value::Array(_) | Value::Object(_) => Self::Large(Arc::new(value)),
        }
    }
}

/// What an agent is given: a value of serde's, most often an object with a name for each thing. Cheap to clone.
///
/// ```
/// use orchestrated::dynamic::AgentInput;
///
/// let input = AgentInput::default().with("symbol", "AAPL").with("days", 30);
/// assert_eq!(input.get::<String>("symbol")?, "AAPL");
/// assert_eq!(
///     input.get::<u32>("day").unwrap_err().to_string(),
///     "there is no `day`; did you mean `days`? there are `days`, `symbol`"
/// );
/// # Ok::<_, orchestrated::dynamic::ValueError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AgentInput(Shared);

/// What an agent has produced: a value of serde's, and how sure the agent is of it. Cheap to clone.
///
/// ```
/// use orchestrated::dynamic::AgentOutput;
///
/// let output = AgentOutput::new("buy").with_confidence(0.8);
/// assert_eq!((output.to::<&str>()?, output.confidence()), ("buy", 0.8));
/// # Ok::<_, orchestrated::dynamic::ValueError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AgentOutput {
    value: Shared,
    confidence: f64,
}

impl AgentInput {
    /// An input: anything that is a value of serde's.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        Self(value.into().into())
    }

    /// An input made of anything that serializes.
    ///
    /// # Errors
    ///
    /// When it does not serialize to a value of JSON: a map whose keys are no texts, for instance.
    pub fn of(value: &impl Serialize) -> Result<Self, ValueError> {
        value_of(value).map(Self::new)
    }

    /// With this under this name: an object with one thing more. What was there and is no object, and not nothing, stands
    /// under the name `input` then.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut object = match self.0.into_value() {
            Value::Object(object) => object,
            Value::Null => Map::new(),
            other => Map::from_iter([("input".to_owned(), other)]),
        };
        object.insert(name.into(), value.into());
        Self::new(object)
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.0.get()
    }

    /// What stands under this name, as whatever it shall be. Text can be borrowed: `get::<&str>("symbol")`.
    ///
    /// # Errors
    ///
    /// When the input is no object, has no such name, or holds something else there.
    pub fn get<'v, T: Deserialize<'v>>(&'v self, name: &str) -> Result<T, ValueError> {
        get(self.value(), name)
    }

    /// The whole value, as whatever it shall be.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn to<'v, T: Deserialize<'v>>(&'v self) -> Result<T, ValueError> {
        to(self.value())
    }

    /// The value itself.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl AgentOutput {
    /// An output of which the agent is sure: a confidence of 1.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        Self {
            value: value.into().into(),
            confidence: 1.0,
        }
    }

    /// An output made of anything that serializes.
    ///
    /// # Errors
    ///
    /// When it does not serialize to a value of JSON: a map whose keys are no texts, for instance.
    pub fn of(value: &impl Serialize) -> Result<Self, ValueError> {
        value_of(value).map(Self::new)
    }

    /// How sure the agent is, from 0 to 1: what is less is 0, what is more is 1, and what is no number is 0.
    #[must_use]
    pub fn with_confidence(mut self, confidence: f64) -> Self {
        self.confidence = if confidence.is_nan() {
            0.0
        } else {
            // Zero is zero, whatever its sign.
            confidence.clamp(0.0, 1.0) + 0.0
        };
        self
    }

    /// How sure the agent is, from 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.value.get()
    }

    /// What stands under this name, as whatever it shall be.
    ///
    /// # Errors
    ///
    /// When the output is no object, has no such name, or holds something else there.
    pub fn get<'v, T: Deserialize<'v>>(&'v self, name: &str) -> Result<T, ValueError> {
        get(self.value(), name)
    }

    /// The whole value, as whatever it shall be.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn to<'v, T: Deserialize<'v>>(&'v self) -> Result<T, ValueError> {
        to(self.value())
    }

    /// The value itself.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.value.into_value()
    }
}

fn value_of(value: &impl Serialize) -> Result<Value, ValueError> {
    serde_json::to_value(value).map_err(|error| ValueError::Unwritable(error.to_string()))
}

fn get<'v, T: Deserialize<'v>>(value: &'v Value, name: &str) -> Result<T, ValueError> {
    let Value::Object(object) = value else {
        return Err(ValueError::NoObject {
            name: name.to_owned(),
            found: kind(value),
        });
    };
    let Some(found) = object.get(name) else {
        return Err(ValueError::Missing {
            name: name.to_owned(),
            known: object.keys().cloned().collect(),
        });
    };
    T::deserialize(found).map_err(|error| ValueError::OfOtherType {
        name: Some(name.to_owned()),
        why: error.to_string(),
    })
}

fn to<'v, T: Deserialize<'v>>(value: &'v Value) -> Result<T, ValueError> {
    T::deserialize(value).map_err(|error| ValueError::OfOtherType {
        name: None,
        why: error.to_string(),
    })
}

/// What a value is, for people.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Why something cannot be got out of an input or an output, or put in.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, ValueError};
///
/// let input = AgentInput::default().with("days", 30);
/// assert!(matches!(input.get::<u32>("weeks"), Err(ValueError::Missing { known, .. }) if known == ["days"]));
/// assert!(matches!(input.get::<&str>("days"), Err(ValueError::OfOtherType { .. })));
/// assert_eq!(
///     AgentInput::new(30).get::<u32>("days").unwrap_err().to_string(),
///     "there is no `days`: the value is a number, and no object"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// There is nothing of that name.
    Missing {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// There are no names at all: the value is no object.
    NoObject {
        /// The name that was asked for.
        name: String,
        /// What the value is.
        found: &'static str,
    },
    /// It is of another type.
    OfOtherType {
        /// Its name; none for the whole value.
        name: Option<String>,
        /// What serde says of it.
        why: String,
    },
    /// It does not serialize: what serde says of it.
    Unwritable(String),
}

/// The most names that a message lists.
const LISTED: usize = 12;

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name, known } => {
                write!(f, "there is no `{name}`")?;
                let near = nearest(name, known.iter().map(String::as_str));
                if let Some(near) = near.first() {
                    write!(f, "; did you mean `{near}`?")?;
                }
                for (i, name) in known.iter().take(LISTED).enumerate() {
                    let before = match (i, near.is_empty()) {
                        (0, true) => "; there are",
                        (0, false) => " there are",
                        _ => ",",
                    };
                    write!(f, "{before} `{name}`")?;
                }
                if known.len() > LISTED {
                    write!(f, " and {} more", known.len() - LISTED)?;
                }
                Ok(())
            }
            Self::NoObject { name, found } => {
                write!(
                    f,
                    "there is no `{name}`: the value is {found}, and no object"
                )
            }
            Self::OfOtherType {
                name: Some(name),
                why,
            } => write!(f, "`{name}` is of another type: {why}"),
            Self::OfOtherType { name: None, why } => {
                write!(f, "the value is of another type: {why}")
            }
            Self::Unwritable(why) => write!(f, "it does not serialize: {why}"),
        }
    }
}

impl std::error::Error for ValueError {}

/// Nothing.
impl Default for AgentInput {
    fn default() -> Self {
        Self::new(Value::Null)
    }
}

impl<T: Into<Value>> From<T> for AgentInput {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Into<Value>> From<T> for AgentOutput {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// What one agent has produced, another is given.
impl From<AgentOutput> for AgentInput {
    fn from(output: AgentOutput) -> Self {
        Self(output.value)
    }
}

/// What an agent was given, as it is: an output of which one is sure.
impl From<AgentInput> for AgentOutput {
    fn from(input: AgentInput) -> Self {
        Self {
            value: input.0,
            confidence: 1.0,
        }
    }
}

/// The value as JSON; `{:#}` takes several lines.
impl fmt::Display for AgentInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// The value as JSON, without the confidence; `{:#}` takes several lines.
impl fmt::Display for AgentOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// Whether they hold the same value.
impl PartialEq for AgentInput {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

/// Whether they hold the same value, with the same confidence.
impl PartialEq for AgentOutput {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value() && self.confidence.to_bits() == other.confidence.to_bits()
    }
}

impl Serialize for AgentInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AgentInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::new)
    }
}

/// An output as serde sees it.
#[derive(Serialize, Deserialize)]
struct Wire<V> {
    value: V,
    #[serde(default = "sure")]
    confidence: f64,
}

fn sure() -> f64 {
    1.0
}

impl Serialize for AgentOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wire = Wire {
            value: self.value(),
            confidence: self.confidence,
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AgentOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::<Value>::deserialize(deserializer)?;
        Ok(Self::new(wire.value).with_confidence(wire.confidence))
    }
}

/// Nothing, of which the agent is sure.
impl Default for AgentOutput {
    fn default() -> Self {
        Self::new(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AgentInput, AgentOutput};

    #[test]
    fn values_print_as_json() {
        let output = AgentOutput::new(json!({ "days": 3 })).with_confidence(0.5);
        assert_eq!(output.to_string(), r#"{"days":3}"#);
        assert_eq!(
            format!("{output:?}"),
            r#"AgentOutput { value: {"days":3}, confidence: 0.5 }"#
        );
        assert_eq!(format!("{output:#}"), "{\n  \"days\": 3\n}");
        let input = AgentInput::new("buy");
        assert_eq!(format!("{input} {input:?}"), r#""buy" AgentInput("buy")"#);
    }
}
