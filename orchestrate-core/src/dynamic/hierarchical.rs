//! Orchestrators inside an orchestrator.

mod error;
mod node;
mod results;
mod run;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

pub use error::HierarchyError;
pub use node::OrchestratorNode;
pub use results::{NodeResult, NodeResults};

use super::{
    AgentInput, AgentTask, ExecutionPlan, OrchestrationError, PlanErrors, TaskGraph,
    context::Dependencies,
};
use crate::{Orchestrator, run::MAX_DEPTH};
use node::together;
use run::NodeRun;

/// Executes a graph whose nodes are groups of tasks, chains of agents, and hierarchies: each node is a run inside the run.
///
/// A node starts as soon as those have ended that it depends on.
///
/// # What a node produces
///
/// | node | output | how sure |
/// | --- | --- | --- |
/// | `Parallel` | an object: of each task that has an output, by its name, that | as the least sure of them |
/// | `Sequential` | the last output of the chain | as that |
/// | `Nested` | an object: of each node that has an output, by its name, that | as the least sure of them |
///
/// # What a node is given
///
/// | it depends on | it is given |
/// | --- | --- |
/// | nothing | the initial input |
/// | one node | the output of that |
/// | several | an object: of each of them, by its name, the output |
///
/// To a chain that is the input; to a hierarchy, the initial input. A task of a `Parallel` node keeps its own input; one
/// whose input is nothing (`()`), wherever it stands in the node, gets what the node is given. What a node is not given, its
/// tasks do not see.
///
/// # Failures
///
/// A node that fails fails the run, and what had completed is undone, as far as it has a
/// [rollback](AgentTask::with_rollback). With [`collect_errors`](Self::collect_errors) the run goes on: the nodes that
/// depend on a failed one, directly or not, are not run. That is about nodes; whether a task that fails fails its node is up
/// to the node: see [`OrchestratorNode`].
///
/// # Levels
///
/// The hierarchy is one level, a node with tasks or a chain is one more, and so is a hierarchy inside it: at most 3 are
/// allowed, so that a hierarchy may hold hierarchies of tasks and chains, and no deeper ones.
///
/// ```
/// use orchestrated::dynamic::{AgentChain, AgentInput, AgentTask, HierarchicalOrchestrator, OrchestratorNode, agent_fn};
///
/// # futures::executor::block_on(async {
/// let words = agent_fn("words", |text: AgentInput| async move { Ok(text.to::<&str>()?.split(' ').count().into()) });
/// let letters = agent_fn("letters", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) });
/// let ratio = agent_fn("ratio", |counts: AgentInput| async move {
///     Ok((counts.get::<f64>("letters")? / counts.get::<f64>("words")?).into())
/// });
/// let round = agent_fn("round", |ratio: AgentInput| async move { Ok(ratio.to::<f64>()?.round().into()) });
///
/// let mut orchestrator = HierarchicalOrchestrator::new().named("Style");
/// orchestrator
///     .add_node("analysis", OrchestratorNode::Parallel(vec![
///         AgentTask::new("words", words, ()),
///         AgentTask::new("letters", letters, ()),
///     ]))?
///     .add_node("synthesis", OrchestratorNode::Sequential(AgentChain::new().then(ratio).then(round)))?
///     .add_dependency("synthesis", "analysis")?;
/// assert_eq!(
///     orchestrator.plan()?.to_string(),
///     "\
/// Style: 2 steps in 2 batches, one at a time
///   batch 1  analysis   flow
///              analysis: 2 steps in 1 batch
///                batch 1  words    agent
///                         letters  agent
///   batch 2  synthesis  flow  <- analysis
///              synthesis: 2 steps in 2 batches, one at a time
///                batch 1  ratio  agent
///                batch 2  round  agent  <- ratio"
/// );
/// let results = orchestrator.execute("to be or not to be").await?;
/// assert_eq!(results.output("synthesis").unwrap().to::<f64>()?, 3.0);
/// let analysis = results.get("analysis").unwrap().tasks().unwrap();
/// assert_eq!(analysis.output("words").unwrap().to::<usize>()?, 6);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct HierarchicalOrchestrator {
    orchestrator: Orchestrator,
    name: Cow<'static, str>,
    collect_errors: bool,
    nodes: Vec<Arc<Added>>,
    /// Where each name stands.
    index: HashMap<Arc<str>, usize>,
    /// Of each node, in their order: those that it depends on, in the order in which that was said.
    before: Vec<Vec<usize>>,
}

/// A node that was added.
struct Added {
    name: Arc<str>,
    node: OrchestratorNode,
    plan: ExecutionPlan,
}

impl Default for HierarchicalOrchestrator {
    fn default() -> Self {
        Self::new()
    }
}

impl HierarchicalOrchestrator {
    /// One without nodes, on an [`Orchestrator`] of its own. The first failure of a node ends all.
    #[must_use]
    pub fn new() -> Self {
        Self {
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed("Hierarchical"),
            collect_errors: false,
            nodes: Vec::new(),
            index: HashMap::new(),
            before: Vec::new(),
        }
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    #[must_use]
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures. The run of a node has the name of the node.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Goes on when a node fails, and tells of each what became of it; otherwise the first failure ends all.
    #[must_use]
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.collect_errors = collect;
        self
    }

    /// Adds a node: tasks, a chain, or a hierarchy, which stays as it is now.
    ///
    /// # Errors
    ///
    /// When the name is empty or taken, the node would be the fourth level, or what is in it can never work. The hierarchy
    /// is what it was, then.
    pub fn add_node(
        &mut self,
        name: impl Into<Arc<str>>,
        node: impl Into<OrchestratorNode>,
    ) -> Result<&mut Self, OrchestrationError> {
        let (name, node) = (name.into(), node.into());
        if name.trim().is_empty() {
            return Err(HierarchyError::EmptyName.into());
        }
        let named = || name.as_ref().to_owned();
        if self.index.contains_key(&name) {
            return Err(HierarchyError::DuplicateNode { node: named() }.into());
        }
        let graph = node.graph(&name, AgentInput::default());
        let graph = graph.map_err(|error| HierarchyError::Node {
            node: named(),
            error: Box::new(error),
        })?;
        let plan = graph.plan().clone();
        let (levels, limit) = (plan.depth() + 1, usize::from(MAX_DEPTH));
        if levels > limit {
            return Err(HierarchyError::TooDeep {
                node: named(),
                levels,
                limit,
            }
            .into());
        }
        self.index.insert(Arc::clone(&name), self.nodes.len());
        self.nodes.push(Arc::new(Added { name, node, plan }));
        self.before.push(Vec::new());
        Ok(self)
    }

    /// Lets `node` start after `on`, and gives it the output of that. To say it twice changes nothing.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentChain, AgentInput, HierarchicalOrchestrator, agent_fn};
    ///
    /// # fn main() -> Result<(), orchestrated::dynamic::OrchestrationError> {
    /// let chain = || AgentChain::new().then(agent_fn("same", |input: AgentInput| async move { Ok(input.into_value().into()) }));
    /// let mut orchestrator = HierarchicalOrchestrator::new();
    /// orchestrator.add_node("draft", chain())?.add_node("review", chain())?.add_dependency("review", "draft")?;
    /// let error = orchestrator.add_dependency("draft", "review").unwrap_err();
    /// assert_eq!(error.to_string(), "nodes form a cycle: `draft` -> `review` -> `draft`");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such node, both are the same, or this closes a circle. The hierarchy is what it was, then.
    pub fn add_dependency(
        &mut self,
        node: &str,
        on: &str,
    ) -> Result<&mut Self, OrchestrationError> {
        let (later, earlier) = (self.position(node)?, self.position(on)?);
        if later == earlier {
            let node = node.to_owned();
            return Err(HierarchyError::AfterItself { node }.into());
        }
        if self.before[later].contains(&earlier) {
            return Ok(self);
        }
        if let Some(path) = self.path(later, earlier) {
            let nodes = path.into_iter().map(|at| self.nodes[at].name.to_string());
            let nodes = nodes.collect();
            return Err(HierarchyError::Cycle { nodes }.into());
        }
        self.before[later].push(earlier);
        Ok(self)
    }

    fn position(&self, node: &str) -> Result<usize, HierarchyError> {
        let found = self.index.get(node).copied();
        found.ok_or_else(|| HierarchyError::unknown(node, self.names()))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|added| &*added.name)
    }

    /// A shortest way from one node to one that depends on it, directly or not: both, and what lies between.
    fn path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        // Backwards, along what is known: what each depends on. Of each node found, the next one towards `to`.
        let mut next = HashMap::new();
        let mut seen = HashSet::from([to]);
        let mut layer = vec![to];
        while !layer.is_empty() && !seen.contains(&from) {
            let mut found = Vec::new();
            for later in layer {
                for &earlier in &self.before[later] {
                    if seen.insert(earlier) {
                        next.insert(earlier, later);
                        found.push(earlier);
                    }
                }
            }
            layer = found;
        }
        seen.contains(&from)
            .then(|| std::iter::successors(Some(from), |at| next.get(at).copied()).collect())
    }

    /// The plan, with those of the nodes in it.
    ///
    /// # Errors
    ///
    /// As the planner finds something wrong with the nodes; what was added without an error can be planned.
    pub fn plan(&self) -> Result<ExecutionPlan, OrchestrationError> {
        Ok(self.graph(AgentInput::default())?.plan().clone())
    }

    /// The graph that [`execute`](Self::execute) would run: a [`DynamicWorkflow`](super::DynamicWorkflow) of it is what a
    /// `flow` step runs. Its results are the outputs of the nodes.
    ///
    /// # Errors
    ///
    /// As [`plan`](Self::plan).
    pub fn graph(&self, input: impl Into<AgentInput>) -> Result<TaskGraph, OrchestrationError> {
        Ok(self.graph_of(&self.name, &self.runs(), &input.into())?)
    }

    /// Executes the nodes, and says what became of each, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// When a node fails (unless [errors are collected](Self::collect_errors)), or the run as a whole does: it is
    /// cancelled, takes too long, or must not start.
    pub async fn execute(
        &self,
        input: impl Into<AgentInput>,
    ) -> Result<NodeResults, OrchestrationError> {
        let runs = self.runs();
        let graph = self.graph_of(&self.name, &runs, &input.into())?;
        let results = graph.run(&self.orchestrator).await?;
        Ok(NodeResults::new(results, &runs))
    }

    /// The nodes, for one run.
    fn runs(&self) -> Vec<Arc<NodeRun>> {
        let nodes = self.nodes.iter();
        nodes.map(|node| Arc::new(NodeRun::new(node))).collect()
    }

    fn graph_of(
        &self,
        name: &str,
        runs: &[Arc<NodeRun>],
        input: &AgentInput,
    ) -> Result<TaskGraph, PlanErrors> {
        let nodes = self.nodes.iter().zip(&self.before).zip(runs);
        let tasks = nodes.map(|((added, before), run)| {
            let before = before.iter().map(|&at| &*self.nodes[at].name);
            let input = input.clone();
            AgentTask::of_graph(Arc::clone(&added.name), Arc::clone(run) as _)
                .after(before)
                .with_input_from(move |done| Ok(given(done, &input)))
        });
        let graph = TaskGraph::new(name.to_owned(), tasks)?;
        Ok(graph.collect_errors(self.collect_errors))
    }
}

/// What a node is given: one that depends on another is run only when that has an output.
fn given(done: &Dependencies<'_>, initial: &AgentInput) -> AgentInput {
    let mut outputs = done.outputs();
    match (outputs.next(), outputs.next()) {
        (None, _) => initial.clone(),
        (Some((_, output)), None) => output.clone().into(),
        (Some(_), Some(_)) => together(done.outputs()).into(),
    }
}

impl fmt::Debug for HierarchicalOrchestrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HierarchicalOrchestrator")
            .field("name", &self.name)
            .field("nodes", &self.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
