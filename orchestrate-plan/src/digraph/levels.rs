//! Levels: how many edges the longest path to a vertex has. A level is a batch.

use super::Digraph;

/// The vertices of a graph without cycles, level by level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    /// The level of each vertex.
    of: Vec<usize>,
    /// All vertices, level by level, and in ascending order inside a level. No vertex stands before
    /// one that it depends on.
    order: Vec<usize>,
    /// Where each level starts in `order`, and after the last one where it ends.
    starts: Vec<usize>,
}

impl Levels {
    /// The levels of `graph`, or nothing when it has a cycle. O(V + E).
    ///
    /// This is Kahn's algorithm (A. B. Kahn, "Topological sorting of large networks", 1962): a
    /// vertex is taken when all that it depends on has been taken; its level is one more than the
    /// highest level among these.
    pub(crate) fn new(graph: &Digraph) -> Option<Self> {
        let count = graph.len();
        let mut of = vec![0; count];
        let mut waits_for: Vec<usize> = (0..count)
            .map(|vertex| graph.dependencies(vertex).len())
            .collect();
        let mut taken = Vec::with_capacity(count);
        taken.extend((0..count).filter(|&vertex| waits_for[vertex] == 0));

        let mut next = 0;
        while let Some(&vertex) = taken.get(next) {
            next += 1;
            for &dependent in graph.dependents(vertex) {
                of[dependent] = of[dependent].max(of[vertex] + 1);
                waits_for[dependent] -= 1;
                if waits_for[dependent] == 0 {
                    taken.push(dependent);
                }
            }
        }
        (taken.len() == count).then(|| Self::sort(of))
    }

    /// Sorts the vertices by their levels; a counting sort keeps those of one level in ascending
    /// order.
    fn sort(of: Vec<usize>) -> Self {
        let count = of.iter().max().map_or(0, |highest| highest + 1);
        let mut starts = vec![0; count + 1];
        for &level in &of {
            starts[level + 1] += 1;
        }
        for level in 0..count {
            starts[level + 1] += starts[level];
        }
        let mut next = starts.clone();
        let mut order = vec![0; of.len()];
        for (vertex, &level) in of.iter().enumerate() {
            order[next[level]] = vertex;
            next[level] += 1;
        }
        Self { of, order, starts }
    }

    /// The level of `vertex`.
    pub(crate) fn of(&self, vertex: usize) -> usize {
        self.of[vertex]
    }

    /// All vertices: see the field.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// How many levels there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The vertices of a level, in ascending order.
    pub(crate) fn get(&self, level: usize) -> &[usize] {
        &self.order[self.starts[level]..self.starts[level + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::Levels;
    use crate::digraph::testing::digraph;

    #[test]
    fn a_level_is_the_longest_path() {
        // 3 can be reached in one edge and in three.
        let levels = Levels::new(&digraph([&[], &[0], &[1], &[0, 2], &[]])).expect("no cycle");
        assert_eq!(levels.len(), 4);
        assert_eq!(levels.order(), [0, 4, 1, 2, 3]);
        assert_eq!(levels.get(0), [0, 4]);
        assert_eq!(levels.of(3), 3);
    }

    #[test]
    fn declaration_order_does_not_matter() {
        let levels = Levels::new(&digraph([&[2, 1], &[3], &[], &[2]])).expect("no cycle");
        assert_eq!(levels.order(), [2, 3, 1, 0]);
    }

    #[test]
    fn a_cycle_has_no_levels() {
        assert_eq!(Levels::new(&digraph([&[1], &[0], &[]])), None);
    }

    #[test]
    fn nothing_has_no_levels_but_is_sorted() {
        let levels = Levels::new(&digraph([])).expect("no cycle");
        assert_eq!(levels.len(), 0);
        assert!(levels.order().is_empty());
    }
}
