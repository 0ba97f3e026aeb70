//! What goes wrong with hierarchies.

use std::{error::Error, fmt};

use orchestrate_plan::nearest;

use crate::dynamic::{
    OrchestrationError,
    text::{circle, quoted},
};

/// Why a hierarchy cannot be put together like this.
///
/// ```
/// use orchestrated::dynamic::{
///     AgentChain, AgentInput, HierarchicalOrchestrator, HierarchyError, OrchestrationError, OrchestratorNode, agent_fn,
/// };
///
/// let echo = agent_fn("echo", |input: AgentInput| async { Ok(input.into()) });
/// let mut orchestrator = HierarchicalOrchestrator::new();
/// orchestrator.add_node("draft", OrchestratorNode::Sequential(AgentChain::new().then(echo)))?;
/// let error = orchestrator.add_dependency("draft", "plan").unwrap_err();
/// let OrchestrationError::Hierarchy(HierarchyError::UnknownNode { node, .. }) = error else { panic!("{error}") };
/// assert_eq!(node, "plan");
/// # Ok::<_, OrchestrationError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum HierarchyError {
    /// A node has no name: an empty one, or one of spaces only.
    EmptyName,
    /// A name is taken twice.
    DuplicateNode {
        /// That name.
        node: String,
    },
    /// A dependency names a node that was not added.
    UnknownNode {
        /// The name.
        node: String,
        /// The nodes that may have been meant, the nearest first; often none. Three at most.
        nearest: Vec<String>,
    },
    /// A node comes after itself.
    AfterItself {
        /// The node.
        node: String,
    },
    /// A dependency closes a circle: none of its nodes could start.
    Cycle {
        /// The nodes in the direction of their data, each once: the first one depends on the last.
        nodes: Vec<String>,
    },
    /// Hierarchies nest deeper than a run may.
    TooDeep {
        /// The node that would be too deep.
        node: String,
        /// How many levels there would be with it, that of the hierarchy included.
        levels: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A node can never work.
    Node {
        /// The node.
        node: String,
        /// What is wrong with it.
        error: Box<OrchestrationError>,
    },
}

impl HierarchyError {
    pub(super) fn unknown<'n>(node: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::UnknownNode {
            node: node.to_owned(),
            nearest: nearest(node, names),
        }
    }
}

impl fmt::Display for HierarchyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("a node has no name: give it one with a letter in it"),
            Self::DuplicateNode { node } => write!(f, "node {} is already there", quoted(node)),
            Self::UnknownNode { node, nearest } => {
                write!(f, "no node is named {}", quoted(node))?;
                match nearest.first() {
                    Some(near) => write!(f, "; did you mean {}?", quoted(near)),
                    None => f.write_str(": add it with `add_node` first"),
                }
            }
            Self::AfterItself { node } => write!(f, "node {} comes after itself", quoted(node)),
            Self::Cycle { nodes } => write!(f, "nodes form a cycle: {}", circle(nodes, "nodes")),
            Self::TooDeep {
                node,
                levels,
                limit,
            } => write!(
                f,
                "node {} would make {levels} levels, that of the hierarchy included: at most {limit} are allowed",
                quoted(node)
            ),
            Self::Node { node, error } => write!(f, "node {}: {error}", quoted(node)),
        }
    }
}

impl Error for HierarchyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Node { error, .. } => error.source(),
            _ => None,
        }
    }
}
