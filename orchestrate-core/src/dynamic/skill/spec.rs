//! Chains as data: what a model writes, read under limits.

mod read;
mod write;

use std::{borrow::Cow, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error},
};

use self::read::Reading;
use super::{SkillPlanError, SkillPlanErrors, SkillStep};
use crate::dynamic::value::{Count, ReadValue};

/// The steps of a chain, as data: what a model writes, and a [`SkillChain`](super::SkillChain) executes.
///
/// As serde sees it, it is an object with `steps` and, where wanted, a `name`; a bare list of steps is read too. A step is the
/// name of a skill, or an object:
///
/// | field | what it is | without it |
/// | --- | --- | --- |
/// | `skill` | the name of its skill | an error |
/// | `name` | its name in plans, events and failures | that of its skill |
/// | `parameters` | what the skill is told besides its input | nothing |
/// | `output` | what it hands on: a path, or an object of paths; see [`OutputMapping`](super::OutputMapping) | all |
/// | `on_failure` | `"fail"`, `{"retry": 3}`, or `{"skip": {"default": ..}}` | `"fail"` |
/// | `timeout_ms` | how long one attempt may take, in milliseconds | no bound |
/// | `idempotent` | whether running it twice does no harm | what its skill says |
///
/// In place of the number of attempts, `retry` takes an object with `attempts` and, where wanted, `backoff_ms`,
/// `max_backoff_ms` and `jitter`. Beside the `default`, `skip` takes a `confidence`.
///
/// ```
/// use orchestrated::dynamic::{SkillChainLimits, SkillChainSpec, SkillCall, SkillChain, SkillRegistry, skill_fn};
///
/// let written_by_a_model = r#"{
///     "name": "Research",
///     "steps": [
///         { "skill": "search", "parameters": { "limit": 3 }, "output": "/results", "on_failure": { "retry": 3 } },
///         { "skill": "sumarise", "on_failure": { "skip": { "default": "no summary" } } }
///     ]
/// }"#;
/// let spec = SkillChainSpec::from_json(written_by_a_model, &SkillChainLimits::default())?;
///
/// let echo = |name: &str| skill_fn(name, |call: SkillCall| async move { Ok(call.input.into_value().into()) });
/// let skills = SkillRegistry::new().with(echo("search"))?.with(echo("summarise"))?;
/// assert_eq!(
///     SkillChain::of(spec, &skills).unwrap_err().to_string(),
///     "`retry` on step `search`, but neither it nor skill `search` is declared idempotent: a second attempt may repeat its \
///      effects\n\
///      steps[1]: no skill is named `sumarise`; did you mean `summarise`? there are: `search`, `summarise`"
/// );
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SkillChainSpec {
    /// The name of its runs; `Chain` where there is none.
    pub name: Option<Cow<'static, str>>,
    /// The steps.
    pub steps: Vec<SkillStep>,
}

/// How large a chain may be that comes from outside: from a model, from a file, from the network.
///
/// A text is read up to the first limit that it exceeds, and no further. So what it takes to refuse one is bounded by the
/// limits, whatever is in it.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::{SkillChainLimits, SkillChainSpec};
///
/// let mut limits = SkillChainLimits::default();
/// limits.steps = 1;
/// limits.time = Duration::from_secs(10);
/// let text = r#"[{ "skill": "search", "timeout_ms": 60000 }, "summarise"]"#;
/// assert_eq!(
///     SkillChainSpec::from_json(text, &limits).unwrap_err().to_string(),
///     "steps: 2 steps: at most 1 are allowed\n\
///      steps[0].timeout_ms: 60000 milliseconds: at most 10000 are allowed"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillChainLimits {
    /// How many bytes a text may have: 256 KiB.
    pub bytes: usize,
    /// How many values there may be in it, each number, text, list and object: 10,000.
    pub values: usize,
    /// How deep lists and objects may lie inside one another in it: 24.
    pub nesting: usize,
    /// How many steps there may be: 64.
    pub steps: usize,
    /// How many names an output may be mapped to: 64.
    pub names: usize,
    /// How many bytes a name, or a path, may have: 256.
    pub name_bytes: usize,
    /// How many attempts a step may ask for: 10.
    pub attempts: u32,
    /// How long a time-out, or a wait between attempts, may be: an hour.
    pub time: Duration,
}

impl Default for SkillChainLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 10,
            values: 10_000,
            nesting: 24,
            steps: 64,
            names: 64,
            name_bytes: 256,
            attempts: 10,
            time: Duration::from_hours(1),
        }
    }
}

impl SkillChainSpec {
    /// These steps.
    #[must_use]
    pub fn new(steps: impl IntoIterator<Item = impl Into<SkillStep>>) -> Self {
        Self {
            name: None,
            steps: steps.into_iter().map(Into::into).collect(),
        }
    }

    /// Reads a chain from JSON under limits. Whether its skills exist is looked at by
    /// [`SkillChain::of`](super::SkillChain::of).
    ///
    /// # Errors
    ///
    /// All unknown and missing fields, all that is of a wrong type or too much, each with its place, up to a hundred of them.
    /// What is no JSON, has a name twice in one object, or exceeds the limits on bytes, values or nesting ends the reading.
    ///
    /// ```
    /// use orchestrated::dynamic::{SkillChainLimits, SkillChainSpec};
    ///
    /// let errors = |text| SkillChainSpec::from_json(text, &SkillChainLimits::default()).unwrap_err().to_string();
    /// assert_eq!(
    ///     errors(r#"{ "steps": [{ "skil": "search" }, { "skill": 3, "on_failure": "retry" }] }"#),
    ///     "steps[0].skil: unknown field; did you mean `skill`?\n\
    ///      steps[1].skill: a name is expected, and not a number\n\
    ///      steps[1].on_failure: `\"fail\"`, or an object with `retry` or `skip`, is expected, and not a text"
    /// );
    /// assert_eq!(errors("[{]"), "line 1, column 3: key must be a string");
    /// ```
    pub fn from_json(text: &str, limits: &SkillChainLimits) -> Result<Self, SkillPlanErrors> {
        if text.len() > limits.bytes {
            return Err(SkillPlanError::TooMuch {
                place: String::new(),
                what: "bytes",
                found: text.len(),
                limit: limits.bytes,
            }
            .into());
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = ReadValue::outermost(&mut Counted::new(limits)).deserialize(&mut deserializer);
        let value = value.and_then(|value| deserializer.end().map(|()| value));
        let value = value.map_err(|error| unreadable(&error))?;
        Reading::new(limits).chain(&value)
    }
}

/// How many values there were in a text.
struct Counted<'l> {
    limits: &'l SkillChainLimits,
    values: usize,
}

impl<'l> Counted<'l> {
    fn new(limits: &'l SkillChainLimits) -> Self {
        Self { limits, values: 0 }
    }
}

impl Count for Counted<'_> {
    fn value<E: Error>(&mut self, depth: usize) -> Result<(), E> {
        let SkillChainLimits {
            values, nesting, ..
        } = *self.limits;
        if self.values == values {
            return Err(E::custom(format_args!(
                "there are too many values: at most {values} are allowed"
            )));
        }
        if depth > nesting {
            return Err(E::custom(format_args!(
                "lists and objects nest too deep: at most {nesting} levels are allowed"
            )));
        }
        self.values += 1;
        Ok(())
    }

    /// The bytes of a whole text are counted before it is read.
    fn text<E: Error>(&mut self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

fn unreadable(error: &serde_json::Error) -> SkillPlanError {
    let text = error.to_string();
    // The place is told apart.
    let place = format!(" at line {} column {}", error.line(), error.column());
    SkillPlanError::Unreadable {
        message: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
        line: error.line(),
        column: error.column(),
    }
}

/// Under the limits that there are by default, but for those on bytes, which only who has the text can count.
impl<'de> Deserialize<'de> for SkillChainSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limits = SkillChainLimits::default();
        let value = ReadValue::outermost(&mut Counted::new(&limits)).deserialize(deserializer)?;
        Reading::new(&limits)
            .chain(&value)
            .map_err(D::Error::custom)
    }
}

impl Serialize for SkillChainSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::chain(self).serialize(serializer)
    }
}
