//! What became of the nodes of a hierarchy.

use std::sync::Arc;

use super::run::NodeRun;
use crate::{
    StepFailure,
    dynamic::{AgentOutput, TaskResult, TaskResults},
};

/// What became of the nodes of a hierarchy, in the order in which they were added.
///
/// See [`HierarchicalOrchestrator::execute`](super::HierarchicalOrchestrator::execute).
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentTask, HierarchicalOrchestrator, OrchestratorNode, agent_fn};
///
/// # futures::executor::block_on(async {
/// let length = agent_fn("length", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) });
/// let mut orchestrator = HierarchicalOrchestrator::new();
/// orchestrator.add_node("facts", OrchestratorNode::Parallel(vec![AgentTask::new("length", length, ())]))?;
/// let results = orchestrator.execute("four").await?;
/// for (node, result) in &results {
///     println!("{node}: {:?}", result.result());
/// }
/// let tasks = results.get("facts").and_then(|node| node.tasks()).unwrap();
/// assert_eq!(tasks.output("length").unwrap().to::<usize>()?, 4);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct NodeResults {
    /// The output of each node, or why there is none.
    nodes: TaskResults,
    /// What became of what is in each node, in the same order.
    inside: Vec<Inside>,
}

/// What became of what is in a node; nothing is known of one that has not run to its end.
#[derive(Clone, Debug, Default)]
struct Inside {
    tasks: Option<TaskResults>,
    nodes: Option<NodeResults>,
}

/// What became of one node.
///
/// It is what [`NodeResults::get`] gives; there is an example.
#[derive(Clone, Copy, Debug)]
pub struct NodeResult<'r> {
    result: &'r TaskResult,
    inside: &'r Inside,
}

impl NodeResults {
    pub(super) fn new(nodes: TaskResults, runs: &[Arc<NodeRun>]) -> Self {
        let inside = runs.iter().map(|run| {
            let tasks = run.results().cloned();
            let is_nested = run.is_nested();
            let nodes = tasks.clone().filter(|_| is_nested);
            Inside {
                nodes: nodes.map(|nodes| Self::new(nodes, run.nodes())),
                tasks,
            }
        });
        Self {
            inside: inside.collect(),
            nodes,
        }
    }

    /// How many nodes there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What became of the node of this name.
    #[must_use]
    pub fn get(&self, node: &str) -> Option<NodeResult<'_>> {
        let mut nodes = self.iter();
        nodes.find_map(|(name, result)| (name == node).then_some(result))
    }

    /// The output of the node of this name, if it has one.
    #[must_use]
    pub fn output(&self, node: &str) -> Option<&AgentOutput> {
        self.nodes.output(node)
    }

    /// The nodes and what became of them, in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, NodeResult<'_>)> {
        let nodes = self.nodes.iter().zip(&self.inside);
        nodes.map(|((name, result), inside)| (name, NodeResult { result, inside }))
    }

    /// The nodes that have an output.
    pub fn outputs(&self) -> impl DoubleEndedIterator<Item = (&str, &AgentOutput)> {
        self.nodes.outputs()
    }

    /// The nodes that have none, and why.
    pub fn failures(&self) -> impl DoubleEndedIterator<Item = (&str, &StepFailure)> {
        self.nodes.failures()
    }
}

impl<'r> IntoIterator for &'r NodeResults {
    type Item = (&'r str, NodeResult<'r>);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'r>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl<'r> NodeResult<'r> {
    /// Its output, or why there is none.
    pub fn result(&self) -> &'r TaskResult {
        self.result
    }

    /// Its output, if it has one.
    #[must_use]
    pub fn output(&self) -> Option<&'r AgentOutput> {
        self.result.as_ref().ok()
    }

    /// Why it has none.
    #[must_use]
    pub fn failure(&self) -> Option<&'r StepFailure> {
        self.result.as_ref().err()
    }

    /// What became of its tasks, or of the links of its chain; of a hierarchy, the outputs of its nodes. None where the node
    /// was not run, or its run has failed.
    #[must_use]
    pub fn tasks(&self) -> Option<&'r TaskResults> {
        self.inside.tasks.as_ref()
    }

    /// What became of its nodes, where it is a hierarchy itself. None where that was not run, or its run has failed.
    #[must_use]
    pub fn nodes(&self) -> Option<&'r NodeResults> {
        self.inside.nodes.as_ref()
    }
}
