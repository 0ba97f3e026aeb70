//! What goes in: steps, with the names that they read and produce.

use crate::kind::Kind;

/// The steps of a workflow, as they were declared: what [`analyze`](crate::analyze()) works on.
///
/// The order of the steps carries no meaning. It decides only in which order equals are listed.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node};
///
/// let graph = Graph::new(["url"])
///     .with(Node::new("fetch", Kind::Mcp).reads(["url"]).produces(["page"]))
///     .with(Node::new("log", Kind::Plain).after(["fetch"]));
/// assert_eq!(graph.nodes[0].produces, ["page"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The names of the workflow's inputs.
    pub inputs: Vec<String>,
    /// The steps, in the order of their declaration. Everywhere in this crate a step is meant by
    /// its index in this list.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// A workflow with these inputs, and no steps yet.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            inputs: strings(inputs),
            nodes: Vec::new(),
        }
    }

    /// Adds a step.
    #[must_use]
    pub fn with(mut self, node: Node) -> Self {
        self.nodes.push(node);
        self
    }
}

/// One step: its name, and the names that it reads and produces. Raw identifiers come without their
/// `r#`.
///
/// The methods named like fields add to what is there:
///
/// ```
/// use orchestrate_plan::{Kind, Node};
///
/// let node = Node::new("split", Kind::Tool).reads(["text"]).produces(["head"]).produces(["tail"]);
/// assert_eq!(node.produces, ["head", "tail"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The step's name.
    pub name: String,
    /// What the step is.
    pub kind: Kind,
    /// Names of workflow inputs, or of outputs of other steps.
    pub reads: Vec<String>,
    /// The names of the step's outputs: usually its own name, or those of its named tuple; none if
    /// it runs for its effect.
    pub produces: Vec<String>,
    /// Names of *steps* that come before this one although it reads nothing of theirs.
    pub after: Vec<String>,
}

impl Node {
    /// A step that reads nothing and produces nothing.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            reads: Vec::new(),
            produces: Vec::new(),
            after: Vec::new(),
        }
    }

    /// Adds names that the step reads.
    #[must_use]
    pub fn reads(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.reads.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds names that the step produces.
    #[must_use]
    pub fn produces(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.produces.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds names of steps that come before this one.
    #[must_use]
    pub fn after(mut self, steps: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.after.extend(steps.into_iter().map(Into::into));
        self
    }
}

/// A step without a name, of [`Kind::Plain`]: a start for `Node { .., ..Node::default() }`.
impl Default for Node {
    fn default() -> Self {
        Self::new(String::new(), Kind::Plain)
    }
}

fn strings(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}
