//! Cycles: for each knot of vertices that depend on one another, short ones that have no vertex in
//! common.

use std::collections::VecDeque;

use super::{Digraph, NOWHERE};
use crate::budget::Budget;

/// The most that is spent to find the shortest cycle of one component, in vertices and edges looked
/// at. A search from every vertex takes `V * (V + E)` of them, so up to this a component may have
/// about a thousand vertices.
const SHORTEST_OF_ALL: u64 = 1 << 22;

/// The most that is spent altogether once each component has had its first cycle, in the same unit.
const ALTOGETHER: u64 = 1 << 24;

/// Cycles of `graph` in the direction of its data: each vertex is a dependency of the next, and the
/// last one of the first.
///
/// Two cycles have no vertex in common. Each starts with its lowest vertex, and they come in the
/// order of these. There are none if and only if the graph has no cycle. A vertex that depended on
/// itself would not count: such edges are no part of a [`Digraph`] here.
///
/// In each strongly connected component (R. Tarjan, "Depth-first search and linear graph
/// algorithms", 1972) a shortest cycle is taken and its vertices are removed, and so on with the
/// components of what is left. On hostile input this work is bounded: a component too large for
/// [`SHORTEST_OF_ALL`] gives a shortest cycle through its lowest vertex instead, and after
/// [`ALTOGETHER`] the rest is left out. Each component of the whole graph still gives one cycle,
/// because all the first ones together take O(V + E).
pub(crate) fn cycles(graph: &Digraph) -> Vec<Vec<usize>> {
    let mut search = Search::new(graph);
    let mut budget = Budget::new(ALTOGETHER);
    let all: Vec<usize> = (0..graph.len()).collect();
    let mut components = VecDeque::from(search.components(&all));
    // Those of the whole graph come first, and are always looked at.
    let mut owed = components.len();

    let mut cycles = Vec::new();
    while let Some(component) = components.pop_front() {
        let edges: usize = component
            .iter()
            .map(|&vertex| graph.dependents(vertex).len())
            .sum();
        let size = (component.len() + edges) as u64;
        let from_all = size.saturating_mul(component.len() as u64);
        let cycle = if from_all <= SHORTEST_OF_ALL && budget.spend(from_all) {
            search.shortest(&component)
        } else if owed > 0 || budget.spend(size) {
            search.shortest(&component[..1])
        } else {
            break;
        };
        owed = owed.saturating_sub(1);
        for &vertex in &cycle {
            search.part[vertex] = NOWHERE;
        }
        if cycle.len() < component.len() && budget.spend(size) {
            let rest: Vec<usize> = component
                .into_iter()
                .filter(|&vertex| search.part[vertex] != NOWHERE)
                .collect();
            components.extend(search.components(&rest));
        }
        cycles.push(cycle);
    }
    cycles.sort_unstable_by_key(|cycle| cycle[0]);
    cycles
}

/// What the searches share: allocated once, and never cleared as a whole.
struct Search<'g> {
    graph: &'g Digraph,
    /// Which component a vertex belongs to, or [`NOWHERE`] when it lies on no cycle any more. A
    /// search follows an edge only inside one.
    part: Vec<usize>,
    parts: usize,
    /// Tarjan: the number of a vertex in the order of visits, 0 before its visit; and the lowest
    /// number known to be reachable.
    number: Vec<usize>,
    lowest: Vec<usize>,
    /// Breadth first: the search that reached a vertex last, from where, and in how many edges.
    reached_by: Vec<usize>,
    reached_from: Vec<usize>,
    distance: Vec<usize>,
    searches: usize,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Digraph) -> Self {
        let zeros = || vec![0; graph.len()];
        Self {
            graph,
            part: zeros(),
            parts: 1,
            number: zeros(),
            lowest: zeros(),
            reached_by: zeros(),
            reached_from: zeros(),
            distance: zeros(),
            searches: 0,
        }
    }

    /// The strongly connected components with more than one vertex, inside `vertices`: these belong
    /// to one part, and are all of it that is left. Each component becomes a part of its own, in
    /// ascending order.
    fn components(&mut self, vertices: &[usize]) -> Vec<Vec<usize>> {
        let Some(&first) = vertices.first() else {
            return Vec::new();
        };
        let part = self.part[first];
        for &vertex in vertices {
            self.number[vertex] = 0;
        }
        let mut components = Vec::new();
        let mut visits = 0;
        // Visited vertices whose component is not known yet; and the path to the current one, with
        // the next edge to follow.
        let mut open = Vec::new();
        let mut path: Vec<(usize, usize)> = Vec::new();
        for &root in vertices {
            if self.number[root] != 0 {
                continue;
            }
            path.push((root, 0));
            while let Some((vertex, edge)) = path.last_mut() {
                let vertex = *vertex;
                if *edge == 0 {
                    visits += 1;
                    self.number[vertex] = visits;
                    self.lowest[vertex] = visits;
                    open.push(vertex);
                }
                if let Some(&next) = self.graph.dependents(vertex).get(*edge) {
                    // The first edge counts as followed even when it leads out, so that a vertex is
                    // numbered once.
                    *edge += 1;
                    if self.part[next] != part {
                        continue;
                    }
                    if self.number[next] == 0 {
                        path.push((next, 0));
                    } else {
                        self.lowest[vertex] = self.lowest[vertex].min(self.number[next]);
                    }
                    continue;
                }
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    self.lowest[parent] = self.lowest[parent].min(self.lowest[vertex]);
                }
                if self.lowest[vertex] == self.number[vertex] {
                    let start = open.iter().rposition(|&other| other == vertex).unwrap_or(0);
                    components.extend(self.separate(open.drain(start..).collect()));
                }
            }
        }
        components.sort_unstable_by_key(|component: &Vec<usize>| component[0]);
        components
    }

    /// Makes a component a part of its own. One vertex alone lies on no cycle, and is no component
    /// that anyone asks for.
    fn separate(&mut self, mut component: Vec<usize>) -> Option<Vec<usize>> {
        let is_cyclic = component.len() > 1;
        let part = if is_cyclic { self.parts } else { NOWHERE };
        self.parts += usize::from(is_cyclic);
        for &vertex in &component {
            self.part[vertex] = part;
        }
        component.sort_unstable();
        is_cyclic.then_some(component)
    }

    /// A shortest among the cycles through one of `starts`, which belong to one component; of
    /// equals the one found from the first of them. When `starts` is the component, in ascending
    /// order, its first vertex is its lowest: from a lower one it would have been found before.
    fn shortest(&mut self, starts: &[usize]) -> Vec<usize> {
        let mut best: Vec<usize> = Vec::new();
        for &start in starts {
            let bound = if best.is_empty() {
                usize::MAX
            } else {
                best.len()
            };
            if let Some(last) = self.way_back(start, bound) {
                best.clear();
                let mut vertex = last;
                while vertex != start {
                    best.push(vertex);
                    vertex = self.reached_from[vertex];
                }
                best.push(start);
                best.reverse();
            }
            // Nothing is shorter than two steps that depend on each other.
            if best.len() == 2 {
                break;
            }
        }
        best
    }

    /// The last vertex of a shortest cycle through `start` that has less than `bound` vertices, by
    /// a search breadth first.
    fn way_back(&mut self, start: usize, bound: usize) -> Option<usize> {
        self.searches += 1;
        self.reached_by[start] = self.searches;
        self.distance[start] = 0;
        let mut queue = VecDeque::from([start]);
        while let Some(vertex) = queue.pop_front() {
            let distance = self.distance[vertex] + 1;
            if distance >= bound {
                return None;
            }
            for &next in self.graph.dependents(vertex) {
                if next == start {
                    return Some(vertex);
                }
                if self.part[next] == self.part[start] && self.reached_by[next] != self.searches {
                    self.reached_by[next] = self.searches;
                    self.reached_from[next] = vertex;
                    self.distance[next] = distance;
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Digraph, cycles};
    use crate::digraph::{Lists, testing::digraph};

    fn check<const N: usize>(dependencies: [&[usize]; N], expected: &[&[usize]]) {
        assert_eq!(cycles(&digraph(dependencies)), expected);
    }

    #[test]
    fn no_cycle() {
        check([&[], &[0], &[0, 1]], &[]);
        check([], &[]);
    }

    #[test]
    fn a_cycle_is_listed_once_in_the_direction_of_its_data() {
        // 0 reads 2, 2 reads 1, 1 reads 0.
        check([&[2], &[0], &[1]], &[&[0, 1, 2]]);
        check([&[1], &[2], &[0]], &[&[0, 2, 1]]);
    }

    #[test]
    fn the_shortest_is_taken_and_the_rest_of_the_component_is_free_again() {
        // 0 -> 1 -> 2 -> 3 -> 0, and 2 -> 1.
        check([&[3], &[0, 2], &[1], &[2]], &[&[1, 2]]);
    }

    #[test]
    fn independent_cycles_are_all_listed() {
        check([&[2], &[3], &[0], &[1], &[0, 1]], &[&[0, 2], &[1, 3]]);
    }

    #[test]
    fn two_cycles_in_one_component() {
        // 0 <-> 1, 2 <-> 3, and edges both ways between the pairs.
        check([&[1, 2], &[0], &[3, 1], &[2]], &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn a_shared_step_stands_in_one_cycle() {
        // 0 <-> 1 <-> 2: both cycles need 1.
        check([&[1], &[0, 2], &[1]], &[&[0, 1]]);
    }

    /// `count` vertices, each the dependent of the one before it, and the first of the last; with
    /// `back` also the other way round.
    fn ring(count: usize, back: bool) -> Digraph {
        let mut lists = Lists::with_capacity(count, count);
        for vertex in 0..count {
            lists.push((vertex + count - 1) % count);
            if back {
                lists.push((vertex + 1) % count);
            }
            lists.close();
        }
        Digraph::new(&lists)
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn large_components_end() {
        assert_eq!(
            cycles(&ring(100_000, false)),
            [(0..100_000).collect::<Vec<_>>()]
        );

        // Each vertex and its neighbour are a cycle: there are half as many as vertices, and a
        // search for each would be quadratic.
        let cycles = cycles(&ring(100_000, true));
        assert_eq!(cycles[0], [0, 1]);
        let mut seen = vec![false; 100_000];
        for &vertex in cycles.iter().flatten() {
            assert!(
                !std::mem::replace(&mut seen[vertex], true),
                "{vertex} stands in two cycles"
            );
        }
    }
}
