//! What a step hands on of its output.

use std::{error::Error, fmt};

use serde_json::{Map, Value};

use super::super::{AgentError, AgentInput, AgentOutput, text::quoted};

/// The most memory, in bytes, and the most levels of what a step may put together: what is named twice is there twice, and
/// the next step could do the same with it.
const BYTES: usize = 64 << 20;
const LEVELS: usize = 128;

/// What an object takes, for each [`SHARED`] of its fields, besides what is in it: such a map has room for more of them.
const FIELDS: usize = 640;
const SHARED: usize = 5;

/// What a step hands on of its output: the input of the next step, or the output of the whole.
///
/// In a [`SkillChainSpec`](super::SkillChainSpec), nothing (or an empty text) is the whole output, a text is one [path](ValuePath), and
/// an object has a path for each name:
///
/// ```
/// use orchestrated::dynamic::{SkillChainLimits, SkillChainSpec, OutputMapping, SkillStep, ValuePath};
///
/// let mapping = OutputMapping::object([
///     ("best", ValuePath::output("/results/0")),
///     ("question", ValuePath::input("/question")),
/// ]);
/// let text = r#"[{ "skill": "search", "output": { "best": "/results/0", "question": "input:/question" } }]"#;
/// let spec = SkillChainSpec::from_json(text, &SkillChainLimits::default())?;
/// assert_eq!(spec, SkillChainSpec::new([SkillStep::new("search").with_output(mapping)]));
/// # Ok::<_, orchestrated::dynamic::SkillPlanErrors>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputMapping {
    /// The whole output.
    #[default]
    Whole,
    /// What stands at one path.
    Path(ValuePath),
    /// An object: each name with what stands at its path.
    Object(Vec<(String, ValuePath)>),
}

impl OutputMapping {
    /// What stands at this path of the output: see [`ValuePath::output`].
    #[must_use]
    pub fn path(pointer: impl Into<String>) -> Self {
        Self::Path(ValuePath::output(pointer))
    }

    /// An object: each name with what stands at its path. Of a name that is given twice the last holds.
    #[must_use]
    pub fn object(names: impl IntoIterator<Item = (impl Into<String>, ValuePath)>) -> Self {
        let names = names.into_iter();
        Self::Object(names.map(|(name, path)| (name.into(), path)).collect())
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &ValuePath> {
        let (path, names) = match self {
            Self::Whole => (None, &[][..]),
            Self::Path(path) => (Some(path), &[][..]),
            Self::Object(names) => (None, &names[..]),
        };
        path.into_iter().chain(names.iter().map(|(_, path)| path))
    }

    /// What is handed on, as sure as the output is.
    pub(super) fn apply(
        &self,
        output: AgentOutput,
        initial: &AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let value = match self {
            Self::Whole => return Ok(output),
            Self::Path(path) => path.find(&output, initial)?.clone(),
            Self::Object(names) => {
                let mut room = Room(BYTES);
                let mut object = Map::new();
                for (name, path) in names {
                    let found = path.find(&output, initial)?;
                    room.take(found)?;
                    object.insert(name.clone(), found.clone());
                }
                object.into()
            }
        };
        Ok(AgentOutput::new(value).with_confidence(output.confidence()))
    }
}

/// Where a value stands: a JSON pointer (RFC 6901) into the output of the step, or into the initial input of the chain.
///
/// `/results/0/title` is the `title` of the first of the `results`; an empty pointer is the whole. In a name, `~1` stands
/// for a `/` and `~0` for a `~`. As a text, a path into the initial input starts with `input:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePath {
    is_input: bool,
    pointer: String,
}

/// How a path into the initial input starts.
const INPUT: &str = "input:";

impl ValuePath {
    /// Into the output of the step.
    #[must_use]
    pub fn output(pointer: impl Into<String>) -> Self {
        Self {
            is_input: false,
            pointer: pointer.into(),
        }
    }

    /// Into the initial input of the chain; of skills side by side, into the input of the call.
    #[must_use]
    pub fn input(pointer: impl Into<String>) -> Self {
        Self {
            is_input: true,
            pointer: pointer.into(),
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        match text.strip_prefix(INPUT) {
            Some(pointer) => Self::input(pointer),
            None => Self::output(text),
        }
    }

    /// Whether it can point at anything.
    pub(super) fn is_pointer(&self) -> bool {
        let mut after_tilde = self.pointer.split('~').skip(1);
        (self.pointer.is_empty() || self.pointer.starts_with('/'))
            && after_tilde.all(|rest| rest.starts_with(['0', '1']))
    }

    fn find<'v>(
        &self,
        output: &'v AgentOutput,
        initial: &'v AgentInput,
    ) -> Result<&'v Value, AgentError> {
        let value = if self.is_input {
            initial.value()
        } else {
            output.value()
        };
        value.pointer(&self.pointer).ok_or_else(|| {
            let error = AgentError::new(MappingError::Missing { path: self.clone() });
            // The initial input stays what it is.
            if self.is_input {
                error.permanent()
            } else {
                error
            }
        })
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = if self.is_input { INPUT } else { "" };
        write!(f, "{start}{}", self.pointer)
    }
}

/// Why a step cannot hand on what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingError {
    /// Nothing stands at a path.
    Missing {
        /// The path.
        path: ValuePath,
    },
    /// What is put together is too much: more than about 64 MiB of memory, or 128 levels.
    TooLarge,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } if path.is_input => {
                let pointer = quoted(&path.pointer);
                write!(f, "nothing stands at {pointer} of the initial input")
            }
            Self::Missing { path } => {
                write!(f, "nothing stands at {} of the output", quoted(&path.pointer))
            }
            Self::TooLarge => f.write_str(
                "what is handed on is too much: at most 64 MiB of memory and 128 levels are allowed",
            ),
        }
    }
}

impl Error for MappingError {}

/// How many bytes of memory may still be put together.
struct Room(usize);

impl Room {
    /// Takes room for a value, or says that there is none: before it is cloned, and without recursion.
    fn take(&mut self, value: &Value) -> Result<(), AgentError> {
        let mut left = vec![(value, 1)];
        while let Some((value, level)) = left.pop() {
            let room = self.0.checked_sub(size_of::<Value>() + held(value));
            let Some(room) = room.filter(|_| level < LEVELS) else {
                return Err(AgentError::new(MappingError::TooLarge).permanent());
            };
            self.0 = room;
            match value {
                Value::Array(items) => left.extend(items.iter().map(|item| (item, level + 1))),
                Value::Object(object) => {
                    left.extend(object.values().map(|item| (item, level + 1)));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// About how many bytes a value holds, without the values in it.
fn held(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Object(object) => {
            let names: usize = object.keys().map(String::len).sum();
            names + object.len().div_ceil(SHARED) * FIELDS
        }
        _ => 0,
    }
}
