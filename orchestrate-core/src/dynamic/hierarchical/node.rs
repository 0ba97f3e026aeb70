//! What a node of a hierarchy is.

use super::HierarchicalOrchestrator;
use crate::dynamic::{
    AgentChain, AgentInput, AgentOutput, AgentTask, ChainError, OrchestrationError,
    ParallelOrchestrator, SequentialOrchestrator, TaskGraph, TaskResults,
};

/// A node of a [`HierarchicalOrchestrator`]: what is run as one part of it.
///
/// Its tasks, a chain and a hierarchy become one by `From`, so that they can be added as they are.
///
/// ```
/// use orchestrated::dynamic::{
///     AgentChain, AgentInput, AgentTask, HierarchicalOrchestrator, OrchestratorNode, ParallelOrchestrator, agent_fn,
/// };
///
/// # fn main() -> Result<(), orchestrated::dynamic::OrchestrationError> {
/// let same = std::sync::Arc::new(agent_fn("same", |input: AgentInput| async move { Ok(input.into_value().into()) }));
/// let tasks = |names: [&str; 2]| names.map(|name| AgentTask::new(name, std::sync::Arc::clone(&same), name)).to_vec();
/// let mut orchestrator = HierarchicalOrchestrator::new();
/// orchestrator
///     .add_node("read", OrchestratorNode::Parallel(tasks(["a", "b"])))?
///     // The same, by `From`.
///     .add_node("look", tasks(["c", "d"]))?
///     // With settings.
///     .add_node("try", OrchestratorNode::ParallelBy(
///         ParallelOrchestrator::new().with_concurrency(1).collect_errors(true),
///         tasks(["e", "f"]),
///     ))?
///     .add_node("tell", AgentChain::new().then(std::sync::Arc::clone(&same)))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OrchestratorNode {
    /// Tasks side by side. The first failure of one fails the node.
    Parallel(Vec<AgentTask>),
    /// Tasks side by side, by the settings of this orchestrator: how many at once, how long each, and whether their errors
    /// are collected. What it runs [`on`](ParallelOrchestrator::on) and its name are those of the hierarchy and the node.
    ParallelBy(ParallelOrchestrator, Vec<AgentTask>),
    /// A chain of agents. A link that fails fails the node.
    Sequential(AgentChain),
    /// A chain of agents, by the settings of this orchestrator, but for what it runs [`on`](SequentialOrchestrator::on) and
    /// its name.
    SequentialBy(SequentialOrchestrator, AgentChain),
    /// A hierarchy inside the hierarchy, by its settings, but for what it runs [`on`](HierarchicalOrchestrator::on) and its
    /// name.
    Nested(HierarchicalOrchestrator),
}

impl OrchestratorNode {
    /// What runs the node with this input, where it is no hierarchy.
    pub(super) fn graph(
        &self,
        name: &str,
        input: AgentInput,
    ) -> Result<TaskGraph, OrchestrationError> {
        match self {
            Self::Parallel(tasks) => side_by_side(ParallelOrchestrator::new(), name, tasks, &input),
            Self::ParallelBy(by, tasks) => side_by_side(by.clone(), name, tasks, &input),
            Self::Sequential(chain) => {
                let by = SequentialOrchestrator::new();
                by.named(name.to_owned()).plan(chain, input)
            }
            Self::SequentialBy(by, chain) => by.clone().named(name.to_owned()).plan(chain, input),
            Self::Nested(hierarchy) => Ok(hierarchy.graph_of(name, &hierarchy.runs(), &input)?),
        }
    }

    /// What the node produces.
    pub(super) fn output(&self, results: &TaskResults) -> Result<AgentOutput, ChainError> {
        match self {
            Self::Sequential(_) | Self::SequentialBy(..) => {
                SequentialOrchestrator::output(results.clone())
            }
            Self::Parallel(_) | Self::ParallelBy(..) | Self::Nested(_) => {
                Ok(together(results.outputs()))
            }
        }
    }
}

fn side_by_side(
    by: ParallelOrchestrator,
    name: &str,
    tasks: &[AgentTask],
    input: &AgentInput,
) -> Result<TaskGraph, OrchestrationError> {
    let tasks = tasks.iter().cloned().map(|task| {
        let asks_for_nothing = task.input().is_some_and(|own| own.value().is_null());
        if asks_for_nothing {
            task.with_input(input.clone())
        } else {
            task
        }
    });
    Ok(by.named(name.to_owned()).plan(tasks)?)
}

/// Outputs as one: an object with a name for each, of which one is as sure as of the least sure of them.
pub(super) fn together<'o>(
    outputs: impl Iterator<Item = (&'o str, &'o AgentOutput)>,
) -> AgentOutput {
    let mut confidence: f64 = 1.0;
    let mut object = serde_json::Map::new();
    for (name, output) in outputs {
        confidence = confidence.min(output.confidence());
        object.insert(name.to_owned(), output.value().clone());
    }
    AgentOutput::new(object).with_confidence(confidence)
}

impl From<Vec<AgentTask>> for OrchestratorNode {
    fn from(tasks: Vec<AgentTask>) -> Self {
        Self::Parallel(tasks)
    }
}

impl From<AgentChain> for OrchestratorNode {
    fn from(chain: AgentChain) -> Self {
        Self::Sequential(chain)
    }
}

impl From<HierarchicalOrchestrator> for OrchestratorNode {
    fn from(hierarchy: HierarchicalOrchestrator) -> Self {
        Self::Nested(hierarchy)
    }
}
