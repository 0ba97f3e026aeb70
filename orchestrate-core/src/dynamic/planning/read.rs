//! From a text to operations, or to a plan. What is read is counted while it is read: where a limit is exceeded, reading
//! stops.

mod names;
mod operation;
mod plan;
mod reading;
#[cfg(test)]
mod tests;
mod whole;
#[cfg(feature = "yaml")]
mod yaml;

use orchestrate_plan::Plan;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _},
};

use self::{
    operation::ReadOperation,
    plan::LookAtPlan,
    reading::{Reading, Unread},
    whole::ReadOperations,
};
use super::{Operation, Operations, PlanError, PlanErrors, PlanLimits};

impl Operations {
    /// Reads operations from JSON under limits: a list of [operations](Operation), or an object with `operations` and, where
    /// wanted, `inputs` and a `name`.
    ///
    /// Only the text is looked at: what follows from the names is told by [`analyze_within`](super::analyze_within).
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::dynamic::{Operations, PlanLimits, analyze_within};
    ///
    /// let written_by_a_model = r#"{
    ///     "inputs": ["topic"],
    ///     "operations": [
    ///         { "id": "search", "kind": "mcp", "inputs": ["topic"] },
    ///         { "id": "draft", "inputs": ["topic", "search"], "agent": "writer" }
    ///     ]
    /// }"#;
    /// let limits = PlanLimits::default();
    /// let operations = Operations::from_json(written_by_a_model, &limits)?;
    /// let plan = analyze_within(operations, &limits)?;
    /// assert_eq!(plan.batch_count(), 2);
    /// # Ok::<(), orchestrated::dynamic::PlanErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All unknown, repeated and missing fields and all unknown kinds, up to a hundred of them. What is no JSON, what has a
    /// wrong type and what exceeds a limit ends the reading: that is the last of the errors then.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::dynamic::{Operations, PlanLimits};
    ///
    /// let errors = |text| Operations::from_json(text, &PlanLimits::default()).unwrap_err().to_string();
    /// assert_eq!(
    ///     errors(r#"[{ "id": "draft", "depends_on": ["search"], "kind": "agnet" }]"#),
    ///     "unknown field `depends_on` of operation `draft`; did you mean `after`?\n\
    ///      unknown kind `agnet` of operation `draft`; did you mean `agent`?"
    /// );
    /// assert_eq!(
    ///     errors(r#"[{ "id": "draft", "inputs": 3 }]"#),
    ///     "line 1, column 29, operation `draft`: invalid type: integer `3`, expected a list of names"
    /// );
    /// ```
    pub fn from_json(text: &str, limits: &PlanLimits) -> Result<Self, PlanErrors> {
        in_size(text, limits)?;
        let mut reading = Reading::new(limits);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = ReadOperations(&mut reading).deserialize(&mut deserializer);
        let read = read.and_then(|operations| deserializer.end().map(|()| operations));
        reading.end(read.map_err(|error| unread(&error, text)))
    }

    /// The same for YAML, with the feature `yaml`.
    ///
    /// Anchors and aliases are read, as far as what they stand for keeps within the limits. Merge keys (`<<`) and more than one
    /// document are errors.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::dynamic::{Operations, PlanLimits};
    ///
    /// let text = "
    /// inputs: [topic]
    /// operations:
    ///   - id: search
    ///     kind: mcp
    ///     inputs: [topic]
    ///   - id: draft
    ///     inputs: [topic, search]
    /// ";
    /// let operations = Operations::from_yaml(text, &PlanLimits::default())?;
    /// assert_eq!(operations.list[1].inputs, ["topic", "search"]);
    /// # Ok::<(), orchestrated::dynamic::PlanErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Operations::from_json`].
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str, limits: &PlanLimits) -> Result<Self, PlanErrors> {
        in_size(text, limits)?;
        let mut reading = Reading::new(limits);
        let read = yaml::read(text, &mut reading);
        reading.end(read)
    }
}

/// Reads a plan from JSON under limits: what a plan serializes to, see [`ExecutionPlan`](super::ExecutionPlan).
///
/// What such a text says of batches, stages and dependencies must be what follows from its steps. The workflows inside count
/// for the limit of operations.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, PlanLimits, analyze, read_plan}, plan::Kind};
///
/// let plan = analyze([Operation::new("search", Kind::Mcp)])?;
/// let text = serde_json::to_string(&plan).unwrap();
/// assert_eq!(read_plan(&text, &PlanLimits::default())?, plan);
///
/// let errors = read_plan(&text.replace(r#""batch":0"#, r#""batch":7"#), &PlanLimits::default());
/// assert_eq!(
///     errors.unwrap_err().to_string(),
///     "step `search` is in batch 0, not 7"
/// );
/// # Ok::<(), orchestrated::dynamic::PlanErrors>(())
/// ```
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn read_plan(text: &str, limits: &PlanLimits) -> Result<Plan, PlanErrors> {
    in_size(text, limits)?;
    // At first it is only looked at, without keeping anything of it.
    let mut reading = Reading::new(limits);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let looked = LookAtPlan::of_all(&mut reading).deserialize(&mut deserializer);
    reading.end(looked.map_err(|error| Unread::from(&error)))?;
    serde_json::from_str(text).map_err(|error| Unread::from(&error).at(None).into())
}

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limits = PlanLimits::default();
        let mut reading = Reading::new(&limits);
        let read = ReadOperations(&mut reading).deserialize(deserializer)?;
        reading.check().map_err(D::Error::custom)?;
        Ok(read)
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limits = PlanLimits::default();
        let mut reading = Reading::new(&limits);
        let read = ReadOperation(&mut reading).deserialize(deserializer)?;
        reading.check().map_err(D::Error::custom)?;
        Ok(read)
    }
}

/// Why a text could not be read. What a model writes around its JSON is told to it, since serde's words do not.
fn unread(error: &serde_json::Error, text: &str) -> Unread {
    let mut unread = Unread::from(error);
    let is_json_first = text.trim_start().starts_with(['{', '[']);
    if error.is_syntax() && (!is_json_first || unread.message == "trailing characters") {
        unread.message += ": give the JSON alone, with no words and no code fence around it";
    }
    unread
}

fn in_size(text: &str, limits: &PlanLimits) -> Result<(), PlanErrors> {
    if text.len() > limits.bytes {
        return Err(PlanError::TooLarge {
            bytes: text.len(),
            limit: limits.bytes,
        }
        .into());
    }
    Ok(())
}
