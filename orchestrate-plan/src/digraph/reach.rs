//! Detours: what a vertex depends on through others.

use super::{Digraph, NOWHERE, levels::Levels};
use crate::budget::Budget;

/// The most that is spent on all searches together, in vertices and edges looked at.
const ALTOGETHER: u64 = 1 << 22;

/// Finds what a vertex reaches backwards in two edges or more.
pub(crate) struct Detours<'g> {
    graph: &'g Digraph,
    levels: &'g Levels,
    /// The vertex whose search reached this one last.
    reached_by: Vec<usize>,
    budget: Budget,
}

impl<'g> Detours<'g> {
    pub(crate) fn new(graph: &'g Digraph, levels: &'g Levels) -> Self {
        Self {
            graph,
            levels,
            reached_by: vec![NOWHERE; graph.len()],
            budget: Budget::new(ALTOGETHER),
        }
    }

    /// Looks from `vertex` backwards, down to the level of the lowest of `targets`: levels fall
    /// along the way, so that nothing below leads to one of them. One search serves all targets of
    /// a vertex. When the budget is spent it stops: what it has found until then is true, and the
    /// rest is left out.
    pub(crate) fn search(&mut self, vertex: usize, targets: impl Iterator<Item = usize>) {
        let Some(lowest) = targets.map(|target| self.levels.of(target)).min() else {
            return;
        };
        let is_above = |levels: &Levels, other: usize| levels.of(other) > lowest;
        // The direct dependencies are not marked: they count as reached only when there is another
        // way to them.
        let direct = self.graph.dependencies(vertex).iter().copied();
        let mut open: Vec<usize> = direct
            .filter(|&dependency| is_above(self.levels, dependency))
            .collect();
        while let Some(next) = open.pop() {
            let dependencies = self.graph.dependencies(next);
            if !self.budget.spend(1 + dependencies.len() as u64) {
                return;
            }
            for &dependency in dependencies {
                if self.reached_by[dependency] != vertex {
                    self.reached_by[dependency] = vertex;
                    if is_above(self.levels, dependency) {
                        open.push(dependency);
                    }
                }
            }
        }
    }

    /// Says that `vertex` reaches `targets` otherwise. [`NOWHERE`] is passed over.
    pub(crate) fn add(&mut self, vertex: usize, targets: &[usize]) {
        for &target in targets.iter().filter(|&&target| target != NOWHERE) {
            self.reached_by[target] = vertex;
        }
    }

    /// Whether the last [`Detours::search`] from `vertex` found a way of two edges or more to
    /// `target`, or it was [added](Detours::add) since.
    pub(crate) fn is_reached(&self, vertex: usize, target: usize) -> bool {
        self.reached_by[target] == vertex
    }
}
