//! What users see: the plan of a workflow.

mod batch;
mod check;
mod display;
mod dot;
mod links;
mod mermaid;
mod packed;
mod step;
mod unready;
#[cfg(feature = "serde")]
mod wire;

use core::{fmt, ops::Range, time::Duration};
use std::borrow::Cow;

pub use batch::Batch;
use batch::{Batches, Numbers};
pub use check::Host;
#[doc(hidden)]
pub use packed::{Unusual, Whole};
#[doc(hidden)]
pub use step::StaticStep;
pub use step::Step;
pub use unready::{Unmet, Unready};

use crate::{
    analyze::analyze,
    digraph::critical_path::{CriticalPath, critical_path},
    graph::Graph,
    layout::Layout,
    names::Names,
    problem::Problems,
};

/// The plan of a workflow: its steps, what they depend on, and the batches and stages in which they
/// run.
///
/// The plan of a workflow that is declared in the source is a constant. One that is put together at
/// run time comes from [`Plan::new`]. Both are the same type, and equal when they say the same,
/// wherever they are declared.
///
/// Printed, a plan is a table with a line a step. It names what a step reads from other steps and
/// what it asks for, and unfolds the workflows inside it. Where a stage has several batches, the
/// stages are shown as well: inside such a stage a step starts as soon as its own inputs are there.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node, Plan};
///
/// let graph = Graph::new(["text"])
///     .with(Node::new("split", Kind::Tool).reads(["text"]).produces(["head", "tail"]))
///     .with(Node::new("sum", Kind::Agent).reads(["head"]).produces(["sum"]))
///     .with(Node::new("store", Kind::Mcp).reads(["tail"]).after(["sum"]));
/// let plan = Plan::new("Digest", &graph)?;
/// assert_eq!(
///     plan.to_string(),
///     "\
/// Digest: 3 steps in 3 batches, one at a time
///   batch 1  split  tool   -> head, tail
///   batch 2  sum    agent  <- head
///   batch 3  store  mcp    <- tail  after sum"
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(try_from = "wire::PlanWire")
)]
pub struct Plan {
    name: Cow<'static, str>,
    path: Cow<'static, str>,
    deadline: Option<Duration>,
    strict: bool,
    inputs: Names,
    steps: Cow<'static, [Step]>,
    batches: Batches,
    /// The batches before which each stage ends.
    stages: Numbers,
}

/// A constant plan that is written by hand; expansions write a [`Packed`](crate::Packed) one. What it says is trusted.
///
/// The steps stand in an inline constant, because a [`Step`] has a destructor, and a constant may
/// hold it only there: `steps: const { &[Step::__from_static(StaticStep { .. })] }`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct StaticPlan {
    pub name: &'static str,
    pub path: &'static str,
    pub inputs: &'static [&'static str],
    pub steps: &'static [Step],
    /// Batch by batch, where it ends in `order`.
    pub batches: &'static [usize],
    pub order: &'static [usize],
    /// The batches before which each stage ends.
    pub stages: &'static [usize],
}

impl Plan {
    #[doc(hidden)]
    #[must_use]
    pub const fn __from_static(parts: StaticPlan) -> Self {
        Self {
            name: Cow::Borrowed(parts.name),
            path: Cow::Borrowed(parts.path),
            deadline: None,
            strict: false,
            inputs: Names::Static(parts.inputs),
            steps: Cow::Borrowed(parts.steps),
            batches: Batches {
                ends: Numbers::Static(parts.batches),
                steps: Cow::Borrowed(parts.order),
            },
            stages: Numbers::Static(parts.stages),
        }
    }

    /// Plans a graph: what the macro does while a program compiles, at run time.
    ///
    /// No step of it can fail, and none is given the plan of another workflow: see
    /// [`Plan::with_fallible`] and [`Plan::with_flow`].
    ///
    /// # Errors
    ///
    /// All problems of the graph, as in [`analyze()`].
    pub fn new(name: impl Into<String>, graph: &Graph) -> Result<Self, Problems> {
        let layout = analyze(graph)?;
        Ok(Self::from_layout(name.into(), graph, &layout))
    }

    fn from_layout(name: String, graph: &Graph, layout: &Layout) -> Self {
        let steps = graph
            .nodes
            .iter()
            .enumerate()
            .map(|(step, node)| Step::new(step, node, layout));
        Self {
            path: Cow::Owned(name.clone()),
            name: Cow::Owned(name),
            deadline: None,
            strict: false,
            inputs: Names::Owned(graph.inputs.clone()),
            steps: steps.collect(),
            batches: Batches {
                ends: Numbers::Owned(layout.batch_ends().collect()),
                steps: Cow::Owned(layout.order().to_vec()),
            },
            stages: Numbers::Owned(layout.stages().iter().map(|stage| stage.end).collect()),
        }
    }

    /// Says that a step can fail.
    ///
    /// # Panics
    ///
    /// When there is no such step.
    #[must_use]
    pub fn with_fallible(mut self, step: usize) -> Self {
        self.steps.to_mut()[step].set_fallible();
        self
    }

    /// Says which workflow a [`Flow`](crate::Kind::Flow) step runs.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, Plan};
    ///
    /// let review = Graph::new(["pr"]).with(Node::new("look", Kind::Agent).reads(["pr"]));
    /// let release = Graph::new(["pr"]).with(Node::new("review", Kind::Flow).reads(["pr"]));
    /// let plan = Plan::new("Release", &release)?.with_flow(0, Plan::new("Review", &review)?);
    /// assert!(plan.launches_agents());
    /// assert_eq!(plan.depth(), 2);
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no such step.
    #[must_use]
    pub fn with_flow(mut self, step: usize, plan: Self) -> Self {
        self.steps.to_mut()[step].set_flow(plan);
        self
    }

    /// Says how long a run may take.
    #[must_use]
    pub fn with_deadline(mut self, of_a_run: Duration) -> Self {
        self.deadline = Some(of_a_run);
        self
    }

    /// Says that nothing of a batch starts before the whole batch before it is done:
    /// `#[schedule(batches)]`.
    #[must_use]
    pub fn with_strict_batches(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The workflow's name.
    #[must_use]
    pub const fn name(&self) -> &str {
        match &self.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(name) => name.as_str(),
        }
    }

    /// The workflow's name with that of the module that it is declared in: what it is known by among
    /// all the workflows of a program. Only the name, for a plan that was put together at run time.
    ///
    /// It is not a part of what a plan says: plans that differ only here are equal.
    #[must_use]
    pub const fn path(&self) -> &str {
        match &self.path {
            Cow::Borrowed(path) => path,
            Cow::Owned(path) => path.as_str(),
        }
    }

    /// How long a run may take: `#[deadline(60s)]`.
    #[must_use]
    pub const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Whether nothing of a batch starts before the whole batch before it is done:
    /// `#[schedule(batches)]`.
    #[must_use]
    pub const fn has_strict_batches(&self) -> bool {
        self.strict
    }

    /// The names of the workflow's inputs, in the order of their declaration.
    #[must_use]
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.inputs.iter()
    }

    /// The steps, in the order of their declaration. Everywhere in a plan a step is meant by its
    /// index in this list.
    #[must_use]
    pub const fn steps(&self) -> &[Step] {
        match &self.steps {
            Cow::Borrowed(steps) => steps,
            Cow::Owned(steps) => steps.as_slice(),
        }
    }

    /// The step of that name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps().iter().find(|step| step.name() == name)
    }

    /// How many batches there are: as many as the longest chain of dependencies has steps.
    #[must_use]
    pub const fn batch_count(&self) -> usize {
        self.batches.len()
    }

    /// A batch.
    ///
    /// # Panics
    ///
    /// When `index` is not less than [`Plan::batch_count`].
    #[must_use]
    pub const fn batch(&self, index: usize) -> Batch<'_> {
        assert!(index < self.batch_count(), "the plan has no such batch");
        Batch { plan: self, index }
    }

    /// The batches, from the first to the last.
    #[must_use]
    pub fn batches(
        &self,
    ) -> impl ExactSizeIterator<Item = Batch<'_>> + DoubleEndedIterator + Clone {
        (0..self.batch_count()).map(|index| Batch { plan: self, index })
    }

    /// The stages, as ranges of batches: together they are all batches, in order, and between each
    /// two lies a natural barrier.
    #[must_use]
    pub fn stages(
        &self,
    ) -> impl ExactSizeIterator<Item = Range<usize>> + DoubleEndedIterator + Clone {
        (0..self.stages.len()).map(|stage| self.stages.range(stage))
    }

    /// How many steps the largest batch has.
    ///
    /// Where each stage is one batch, no more steps than that ever run at once. In a stage of
    /// several batches it can be more, since a step of a later batch may start while one of an
    /// earlier batch is still running.
    #[must_use]
    pub fn width(&self) -> usize {
        self.batches()
            .map(|batch| batch.indices().len())
            .max()
            .unwrap_or(0)
    }

    /// Whether running this workflow launches sub-agents: it has an agent step, or a workflow
    /// inside it launches agents.
    #[must_use]
    pub const fn launches_agents(&self) -> bool {
        let steps = self.steps();
        let mut index = 0;
        // A constant function has no iterators.
        while index < steps.len() {
            if steps[index].kind().is_agent() {
                return true;
            }
            if let Some(flow) = steps[index].flow()
                && flow.launches_agents()
            {
                return true;
            }
            index += 1;
        }
        false
    }

    /// Whether [`Plan::check`] has anything to look at, whatever the host, here or in a workflow
    /// inside. Without, a plan is always ready; only the deadline of a host may be too short for it.
    #[must_use]
    pub const fn needs_check(&self) -> bool {
        let steps = self.steps();
        let mut index = 0;
        while index < steps.len() {
            if steps[index].options().is_checked() {
                return true;
            }
            if let Some(flow) = steps[index].flow()
                && flow.needs_check()
            {
                return true;
            }
            index += 1;
        }
        self.deadline.is_some()
    }

    /// How many workflows are nested: 1 for a workflow without flow steps, else one more than the
    /// deepest workflow inside it.
    #[must_use]
    pub const fn depth(&self) -> usize {
        let steps = self.steps();
        let mut deepest = 0;
        let mut index = 0;
        while index < steps.len() {
            if let Some(flow) = steps[index].flow() {
                let depth = flow.depth();
                if depth > deepest {
                    deepest = depth;
                }
            }
            index += 1;
        }
        deepest + 1
    }

    /// The longest chain of dependent steps, counted in steps.
    #[must_use]
    pub fn critical_path(&self) -> CriticalPath {
        self.critical_path_by(|_| 1)
    }

    /// The longest chain of dependent steps, when each step takes its weight. Weights are added up
    /// to at most `u64::MAX`.
    ///
    /// `weight` is asked once for each step, in the order of declaration. O(V + E).
    pub fn critical_path_by(&self, mut weight: impl FnMut(&Step) -> u64) -> CriticalPath {
        let steps = self.steps();
        let order = self
            .batches()
            .flat_map(|batch| batch.indices().iter().copied());
        critical_path(
            order,
            steps.len(),
            |step| steps[step].dependencies(),
            |step| weight(&steps[step]),
        )
    }

    /// The plan as a [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flowchart: a subgraph
    /// for each batch, a shape for each kind of step. An edge bears the names of the values that it
    /// carries where these differ from the name of the step that produces them; a dotted edge
    /// carries no value, only order. What a step asks for stands below its name. A workflow inside is a
    /// subgraph with its own batches.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, Plan};
    ///
    /// let graph = Graph::default()
    ///     .with(Node::new("split", Kind::Tool).produces(["head", "tail"]))
    ///     .with(Node::new("join", Kind::Plain).reads(["head", "tail"]));
    /// let plan = Plan::new("Shuffle", &graph)?;
    /// assert_eq!(
    ///     plan.mermaid().to_string(),
    ///     r#"flowchart TD
    ///     subgraph b0["batch 1"]
    ///         s0["split (tool)"]
    ///     end
    ///     subgraph b1["batch 2"]
    ///         s1("join (fn)")
    ///     end
    ///     s0 -->|"head, tail"| s1
    /// "#
    /// );
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    #[must_use]
    pub fn mermaid(&self) -> impl fmt::Display + fmt::Debug + '_ {
        mermaid::Mermaid(self)
    }

    /// The plan as a graph for [Graphviz](https://graphviz.org/doc/info/lang.html), which draws what
    /// is too large for other tools: `dot -Tsvg`. It shows what [`Plan::mermaid`] shows, with a
    /// cluster for each batch and for each workflow inside.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, Plan};
    ///
    /// let graph = Graph::default()
    ///     .with(Node::new("split", Kind::Tool).produces(["head", "tail"]))
    ///     .with(Node::new("join", Kind::Plain).reads(["head", "tail"]));
    /// let plan = Plan::new("Shuffle", &graph)?;
    /// assert_eq!(
    ///     plan.dot().to_string(),
    ///     r#"digraph "Shuffle" {
    ///     compound=true;
    ///     graph [fontname="sans-serif"];
    ///     node [fontname="sans-serif"];
    ///     edge [fontname="sans-serif"];
    ///     subgraph "cluster_b0" {
    ///         label="batch 1";
    ///         "s0" [label="split (tool)", shape="box"];
    ///     }
    ///     subgraph "cluster_b1" {
    ///         label="batch 2";
    ///         "s1" [label="join (fn)", shape="ellipse"];
    ///     }
    ///     "s0" -> "s1" [label="head, tail"];
    /// }
    /// "#
    /// );
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    #[must_use]
    pub fn dot(&self) -> impl fmt::Display + fmt::Debug + '_ {
        dot::Dot(self)
    }
}

/// Everything but the path.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            name,
            path: _,
            deadline,
            strict,
            inputs,
            steps,
            batches,
            stages,
        } = self;
        *name == other.name
            && *deadline == other.deadline
            && *strict == other.strict
            && *inputs == other.inputs
            && *steps == other.steps
            && *batches == other.batches
            && *stages == other.stages
    }
}

impl Eq for Plan {}
