//! A directed graph over indices, and what is computed on it. It takes indices and gives indices
//! back, and knows no names.

pub(crate) mod barriers;
pub(crate) mod critical_path;
pub(crate) mod cycles;
pub(crate) mod levels;
pub(crate) mod reach;

/// No vertex: the place of an edge that leads nowhere, in the lists that [`Digraph::new`] reads.
pub(crate) const NOWHERE: usize = usize::MAX;

/// One list of indices for each vertex, all in one piece of memory (compressed sparse rows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lists {
    /// Where each list starts in `items`, and after the last one where it ends.
    starts: Vec<usize>,
    items: Vec<usize>,
}

impl Lists {
    /// No lists yet, with room for so many lists and items.
    pub(crate) fn with_capacity(lists: usize, items: usize) -> Self {
        let mut starts = Vec::with_capacity(lists + 1);
        starts.push(0);
        Self {
            starts,
            items: Vec::with_capacity(items),
        }
    }

    /// Adds an item to the list that is being written.
    pub(crate) fn push(&mut self, item: usize) {
        self.items.push(item);
    }

    /// Ends the list that is being written.
    pub(crate) fn close(&mut self) {
        self.starts.push(self.items.len());
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(crate) fn get(&self, list: usize) -> &[usize] {
        &self.items[self.starts[list]..self.starts[list + 1]]
    }

    /// The lists the other way round: list `x` of the result holds `v` as often as list `v` of
    /// `self` holds `x`. Since the lists are read from first to last, those of the result are
    /// sorted. Every item must be less than [`Lists::len`].
    fn transposed(&self) -> Self {
        let mut starts = vec![0; self.len() + 1];
        for &item in &self.items {
            starts[item + 1] += 1;
        }
        for list in 0..self.len() {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![0; self.items.len()];
        for list in 0..self.len() {
            for &item in self.get(list) {
                items[next[item]] = list;
                next[item] += 1;
            }
        }
        Self { starts, items }
    }
}

/// A directed graph, readable in both directions. Every list is sorted and free of duplicates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digraph {
    dependencies: Lists,
    dependents: Lists,
}

impl Digraph {
    /// The graph in which vertex `v` depends on what stands in list `v` of `edges`, in any order
    /// and any number of times. [`NOWHERE`] is passed over.
    pub(crate) fn new(edges: &Lists) -> Self {
        let count = edges.len();
        // The vertex that last named this one: a second edge from there is a duplicate.
        let mut named_by = vec![NOWHERE; count];
        let mut unsorted = Lists::with_capacity(count, edges.items.len());
        for vertex in 0..count {
            for &dependency in edges.get(vertex) {
                if dependency != NOWHERE && named_by[dependency] != vertex {
                    named_by[dependency] = vertex;
                    unsorted.push(dependency);
                }
            }
            unsorted.close();
        }
        // Turning the lists round twice sorts them in linear time.
        let dependents = unsorted.transposed();
        Self {
            dependencies: dependents.transposed(),
            dependents,
        }
    }

    /// How many vertices there are.
    pub(crate) fn len(&self) -> usize {
        self.dependencies.len()
    }

    /// What `vertex` depends on directly, in ascending order.
    pub(crate) fn dependencies(&self, vertex: usize) -> &[usize] {
        self.dependencies.get(vertex)
    }

    /// What depends on `vertex` directly, in ascending order.
    pub(crate) fn dependents(&self, vertex: usize) -> &[usize] {
        self.dependents.get(vertex)
    }
}

/// Helpers for the tests of this folder.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Digraph, Lists};

    /// The lists of `dependencies[v]`.
    pub(crate) fn lists<const N: usize>(dependencies: [&[usize]; N]) -> Lists {
        let mut lists = Lists::with_capacity(N, 0);
        for list in dependencies {
            for &item in list {
                lists.push(item);
            }
            lists.close();
        }
        lists
    }

    /// The graph in which `v` depends on `dependencies[v]`.
    pub(crate) fn digraph<const N: usize>(dependencies: [&[usize]; N]) -> Digraph {
        Digraph::new(&lists(dependencies))
    }
}

#[cfg(test)]
mod tests {
    use super::{NOWHERE, testing::digraph};

    #[test]
    fn lists_are_sorted_and_free_of_duplicates_in_both_directions() {
        let graph = digraph([&[], &[], &[1, 0, NOWHERE, 1], &[2, 0, 2]]);
        assert_eq!(graph.len(), 4);
        assert_eq!(graph.dependencies(2), [0, 1]);
        assert_eq!(graph.dependencies(3), [0, 2]);
        assert_eq!(graph.dependents(0), [2, 3]);
        assert_eq!(graph.dependents(1), [2]);
        assert!(graph.dependents(3).is_empty());
    }

    #[test]
    fn a_graph_may_be_empty() {
        assert_eq!(digraph([]).len(), 0);
    }
}
