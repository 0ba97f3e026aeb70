//! One operation.

use orchestrate_plan::Kind;
use serde::Serialize;
use serde_json::Value;

/// One operation of a graph that is known only at run time: what a step is to a `workflow!`.
///
/// What depends on what follows from the names that it reads and produces. The methods named like lists add to what is
/// there:
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::Operation, plan::Kind};
///
/// let review = Operation::new("review", Kind::Agent)
///     .reads(["diff", "practices"])
///     .produces(["findings"])
///     .after(["lint"])
///     .by("coder")
///     .with_parameters(serde_json::json!({ "strict": true }));
/// assert_eq!(review.inputs, ["diff", "practices"]);
/// assert_eq!(review.performer(), "coder");
/// ```
///
/// # As JSON
///
/// All fields but `id` may be missing or null: the kind is then `agent`, the lists are empty. The words for kinds are those
/// of a `workflow!`: `agent`, `tool`, `mcp`, `fn`, `flow`, `human`.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::dynamic::Operation;
///
/// let review: Operation = serde_json::from_str(
///     r#"{ "id": "review", "kind": "agent", "inputs": ["diff"], "agent": "coder" }"#,
/// )?;
/// assert_eq!(
///     serde_json::to_string(&review)?,
///     r#"{"id":"review","kind":"agent","inputs":["diff"],"agent":"coder"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A field of another name is an error, which names the field that may have been meant: an operation whose `depends_on` were
/// passed over would run too early.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Operation {
    /// What it is called. Every operation of a graph has a name of its own.
    pub id: String,
    /// What it is: an agent, a tool.
    pub kind: Kind,
    /// The names of the values that it reads: inputs of the whole, or outputs of other operations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// The names of the values that it produces. Where there are none it produces one value, which is called like the
    /// operation: see [`Operation::output_names`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
    /// Operations that come before this one although it reads nothing of theirs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Who does it, by the name in a registry. Where nobody is named: see [`Operation::performer`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What it is given besides its inputs; null where that is nothing.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub parameters: Value,
}

impl Operation {
    /// An operation that reads nothing, and produces a value that is called like it.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: Kind) -> Self {
        Self {
            id: id.into(),
            kind,
            inputs: Vec::new(),
            outputs: Vec::new(),
            after: Vec::new(),
            agent: None,
            parameters: Value::Null,
        }
    }

    /// Adds names of values that it reads.
    #[must_use]
    pub fn reads(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.inputs.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds names of values that it produces.
    #[must_use]
    pub fn produces(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.outputs.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds operations that come before this one.
    #[must_use]
    pub fn after(mut self, operations: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.after.extend(operations.into_iter().map(Into::into));
        self
    }

    /// Says who does it.
    #[must_use]
    pub fn by(mut self, agent: impl Into<String>) -> Self {
        self.agent = Some(agent.into());
        self
    }

    /// Says what it is given besides its inputs.
    #[must_use]
    pub fn with_parameters(mut self, parameters: impl Into<Value>) -> Self {
        self.parameters = parameters.into();
        self
    }

    /// Who does it: the agent of that name, or where none is named the one that is called like the operation.
    #[must_use]
    pub fn performer(&self) -> &str {
        self.agent.as_deref().unwrap_or(&self.id)
    }

    /// The names of what it produces: its outputs, or its own name where none are named.
    ///
    /// ```
    /// # use orchestrate_core as orchestrated;
    /// use orchestrated::{dynamic::Operation, plan::Kind};
    ///
    /// let fetch = Operation::new("fetch", Kind::Tool);
    /// assert_eq!(fetch.output_names(), ["fetch"]);
    /// assert_eq!(fetch.produces(["page", "links"]).output_names(), ["page", "links"]);
    /// ```
    #[must_use]
    pub fn output_names(&self) -> &[String] {
        if self.outputs.is_empty() {
            std::slice::from_ref(&self.id)
        } else {
            &self.outputs
        }
    }
}
