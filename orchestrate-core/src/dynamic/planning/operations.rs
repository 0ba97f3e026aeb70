//! The operations of a graph.

use serde::Serialize;

use super::operation::Operation;

/// What a whole is called that nobody has named.
pub(super) const UNNAMED: &str = "Operations";

/// The operations of a graph, and what the whole reads.
///
/// The order of the operations carries no meaning. It decides only in which order equals are listed.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, Operations, analyze}, plan::Kind};
///
/// let operations = Operations::reading(["url"])
///     .named("Digest")
///     .with(Operation::new("page", Kind::Mcp).reads(["url"]))
///     .with(Operation::new("summary", Kind::Agent).reads(["page"]));
/// assert_eq!(analyze(operations)?.name(), "Digest");
/// # Ok::<(), orchestrated::dynamic::PlanErrors>(())
/// ```
///
/// # As JSON
///
/// Either a list of [operations](Operation), or an object with `operations` and, where wanted, `inputs` and a `name`.
/// [`Operations::from_json`] reads a text under limits that you set. What is read in another way is held to
/// [`PlanLimits::default`](super::PlanLimits): how many operations, names and values there are, and how long names are.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::dynamic::Operations;
///
/// let operations: Operations = serde_json::from_str(
///     r#"{ "name": "Digest", "inputs": ["url"], "operations": [{ "id": "page", "inputs": ["url"] }] }"#,
/// )?;
/// assert_eq!((&*operations.name, operations.list.len()), ("Digest", 1));
/// let list: Operations = serde_json::from_str(r#"[{ "id": "page" }]"#)?;
/// assert_eq!(list.name, "Operations");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Operations {
    /// What the whole is called: the name of the plan.
    pub name: String,
    /// The names of the values that are there from the start.
    pub inputs: Vec<String>,
    /// The operations, in the order of their declaration.
    #[serde(rename = "operations")]
    pub list: Vec<Operation>,
}

impl Operations {
    /// No operations yet, of a whole that reads these values.
    #[must_use]
    pub fn reading(inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            inputs: inputs.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Says what the whole is called.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds an operation.
    #[must_use]
    pub fn with(mut self, operation: Operation) -> Self {
        self.list.push(operation);
        self
    }
}

/// No operations, under the name `Operations`.
impl Default for Operations {
    fn default() -> Self {
        Self {
            name: UNNAMED.to_owned(),
            inputs: Vec::new(),
            list: Vec::new(),
        }
    }
}

impl From<Vec<Operation>> for Operations {
    fn from(list: Vec<Operation>) -> Self {
        Self {
            list,
            ..Self::default()
        }
    }
}

impl<const N: usize> From<[Operation; N]> for Operations {
    fn from(list: [Operation; N]) -> Self {
        Vec::from(list).into()
    }
}

impl From<&[Operation]> for Operations {
    fn from(list: &[Operation]) -> Self {
        list.to_vec().into()
    }
}

impl From<&Self> for Operations {
    fn from(operations: &Self) -> Self {
        operations.clone()
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Vec::from_iter(operations).into()
    }
}

impl Extend<Operation> for Operations {
    fn extend<I: IntoIterator<Item = Operation>>(&mut self, operations: I) {
        self.list.extend(operations);
    }
}
