//! A node in one run.

use std::sync::{Arc, OnceLock};

use orchestrate_plan::Plan;

use super::{Added, OrchestratorNode};
use crate::dynamic::{
    AgentError, AgentInput, AgentOutput, OrchestrationError, TaskGraph, TaskResults, task::Inner,
};

/// A node, and what became of what is in it in one run.
pub(super) struct NodeRun {
    node: Arc<Added>,
    /// The nodes of a hierarchy.
    nodes: Vec<Arc<NodeRun>>,
    results: OnceLock<TaskResults>,
}

impl NodeRun {
    pub(super) fn new(node: &Arc<Added>) -> Self {
        let nodes = match &node.node {
            OrchestratorNode::Nested(hierarchy) => hierarchy.runs(),
            _ => Vec::new(),
        };
        Self {
            node: Arc::clone(node),
            nodes,
            results: OnceLock::new(),
        }
    }

    pub(super) fn nodes(&self) -> &[Arc<Self>] {
        &self.nodes
    }

    pub(super) fn is_nested(&self) -> bool {
        matches!(self.node.node, OrchestratorNode::Nested(_))
    }

    /// What became of its tasks, once it has run to its end.
    pub(super) fn results(&self) -> Option<&TaskResults> {
        self.results.get()
    }
}

impl Inner for NodeRun {
    fn plan(&self) -> Option<Plan> {
        Some(self.node.plan.clone())
    }

    fn graph(&self, input: AgentInput) -> Result<TaskGraph, AgentError> {
        let name = &*self.node.name;
        let graph = match &self.node.node {
            OrchestratorNode::Nested(hierarchy) => hierarchy
                .graph_of(name, &self.nodes, &input)
                .map_err(OrchestrationError::from),
            node => node.graph(name, input),
        };
        graph.map_err(AgentError::new)
    }

    fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError> {
        // Before anything can go wrong: which links have failed is known of a chain without an output, too.
        let _ = self.results.set(results.clone());
        self.node.node.output(results).map_err(AgentError::new)
    }
}
