//! The result of planning: everything in indices.

use core::ops::Range;

use crate::{
    digraph::{
        Digraph,
        critical_path::{CriticalPath, critical_path},
        levels::Levels,
    },
    graph::Graph,
    problem::Producer,
    resolve::Sources,
};

/// What [`analyze`](crate::analyze()) has worked out about a graph. A step is its index in
/// [`Graph::nodes`], and a batch counts from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    digraph: Digraph,
    levels: Levels,
    stages: Vec<Range<usize>>,
    sources: Sources,
    idle_orders: Vec<IdleOrder>,
}

impl Layout {
    pub(crate) fn new(
        digraph: Digraph,
        levels: Levels,
        stages: Vec<Range<usize>>,
        sources: Sources,
        idle_orders: Vec<IdleOrder>,
    ) -> Self {
        Self {
            digraph,
            levels,
            stages,
            sources,
            idle_orders,
        }
    }

    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.digraph.len()
    }

    /// Whether there is no step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The steps that `step` depends on directly, by data or by order: sorted, each once.
    ///
    /// # Panics
    ///
    /// When `step` is not less than [`Layout::len`].
    #[must_use]
    pub fn dependencies(&self, step: usize) -> &[usize] {
        self.digraph.dependencies(step)
    }

    /// The steps that depend on `step` directly: sorted, each once.
    ///
    /// # Panics
    ///
    /// When `step` is not less than [`Layout::len`].
    #[must_use]
    pub fn dependents(&self, step: usize) -> &[usize] {
        self.digraph.dependents(step)
    }

    /// Where each entry of the step's [`reads`](crate::Node::reads) comes from, in their order.
    ///
    /// # Panics
    ///
    /// When `step` is not less than [`Layout::len`].
    #[must_use]
    pub fn sources(&self, step: usize) -> &[Producer] {
        self.sources.get(step)
    }

    /// All steps, batch by batch, and in the order of their declaration inside a batch. No step
    /// stands before one that it depends on.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        self.levels.order()
    }

    /// The batch of `step`: 0 when it depends on no other step, else one more than the highest
    /// among those that it depends on.
    ///
    /// # Panics
    ///
    /// When `step` is not less than [`Layout::len`].
    #[must_use]
    pub fn batch_of(&self, step: usize) -> usize {
        self.levels.of(step)
    }

    /// How many batches there are: as many as the longest chain of dependencies has steps.
    #[must_use]
    pub fn batch_count(&self) -> usize {
        self.levels.len()
    }

    /// The steps of a batch, in the order of their declaration.
    ///
    /// # Panics
    ///
    /// When `batch` is not less than [`Layout::batch_count`].
    #[must_use]
    pub fn batch(&self, batch: usize) -> &[usize] {
        self.levels.get(batch)
    }

    /// The steps of each batch, from the first batch to the last.
    #[must_use]
    pub fn batches(&self) -> impl ExactSizeIterator<Item = &[usize]> + DoubleEndedIterator {
        (0..self.batch_count()).map(|batch| self.batch(batch))
    }

    /// Where each batch ends in [`Layout::order`].
    pub(crate) fn batch_ends(&self) -> impl Iterator<Item = usize> {
        self.batches().scan(0, |end, batch| {
            *end += batch.len();
            Some(*end)
        })
    }

    /// The stages, as ranges of batches: together they are all batches, in order, and between each
    /// two lies a natural barrier.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, analyze};
    ///
    /// // Two lanes that meet: `d` need not wait for `a`, but `e` waits for everything.
    /// let graph = Graph::default()
    ///     .with(Node::new("a", Kind::Tool).produces(["a"]))
    ///     .with(Node::new("b", Kind::Tool).produces(["b"]))
    ///     .with(Node::new("c", Kind::Tool).reads(["a"]).produces(["c"]))
    ///     .with(Node::new("d", Kind::Tool).reads(["b"]).produces(["d"]))
    ///     .with(Node::new("e", Kind::Plain).reads(["c", "d"]).produces(["e"]));
    /// assert_eq!(analyze(&graph)?.stages(), [0..2, 2..3]);
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    #[must_use]
    pub fn stages(&self) -> &[Range<usize>] {
        &self.stages
    }

    /// The orders that change nothing, by step and then as they were written.
    ///
    /// An order `#[after(a)]` on step `b` is idle when `b` depends on `a` without it, directly or
    /// not, or when it is written twice. All of them can be taken away together. The search has a
    /// budget (some million dependencies looked at), and what lies beyond is not listed: every
    /// order that is listed is idle, and on all but huge graphs every idle order is listed.
    #[must_use]
    pub fn idle_orders(&self) -> &[IdleOrder] {
        &self.idle_orders
    }

    /// The longest chain of dependent steps, when each step takes its weight. Weights are added up
    /// to at most `u64::MAX`.
    ///
    /// `weight` is asked once for each step, in the order of declaration. O(V + E).
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, analyze};
    ///
    /// let graph = Graph::default()
    ///     .with(Node::new("slow", Kind::Agent).produces(["slow"]))
    ///     .with(Node::new("quick", Kind::Tool).produces(["quick"]))
    ///     .with(Node::new("join", Kind::Plain).reads(["slow", "quick"]).produces(["join"]));
    /// let path = analyze(&graph)?.critical_path(|step| if step == 0 { 30 } else { 1 });
    /// assert_eq!(path.steps, [0, 2]);
    /// assert_eq!(path.length, 31);
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    pub fn critical_path(&self, weight: impl FnMut(usize) -> u64) -> CriticalPath {
        critical_path(
            self.order().iter().copied(),
            self.len(),
            |step| self.dependencies(step),
            weight,
        )
    }
}

/// An order that changes nothing: see [`Layout::idle_orders`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdleOrder {
    /// The step that has the order.
    pub node: usize,
    /// Which of the step's [`after`](crate::Node::after) it is.
    pub after: usize,
}

impl IdleOrder {
    /// What is wrong, in one line.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, analyze};
    ///
    /// let graph = Graph::default()
    ///     .with(Node::new("a", Kind::Tool).produces(["a"]))
    ///     .with(Node::new("b", Kind::Tool).reads(["a"]).after(["a"]));
    /// let idle = analyze(&graph)?.idle_orders()[0];
    /// assert_eq!(
    ///     idle.message(&graph),
    ///     "`#[after(a)]` on step `b` changes nothing: `b` already depends on `a`"
    /// );
    /// # Ok::<(), orchestrate_plan::Problems>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `graph` is not the one that was analyzed.
    #[must_use]
    pub fn message(&self, graph: &Graph) -> String {
        let node = &graph.nodes[self.node];
        let (step, before) = (&node.name, &node.after[self.after]);
        format!(
            "`#[after({before})]` on step `{step}` changes nothing: \
             `{step}` already depends on `{before}`"
        )
    }
}
