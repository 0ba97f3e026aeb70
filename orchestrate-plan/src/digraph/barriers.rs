//! Natural barriers, and the stages between them.

use core::ops::Range;

use super::{Digraph, levels::Levels};

/// The stages of a graph: ranges of levels with a natural barrier between each two. O(V + E).
///
/// Between the levels `i` and `i + 1` lies a natural barrier when every vertex of a later level
/// depends, directly or not, on every vertex of the levels up to `i`. To check that by its words
/// takes a transitive closure. What is checked instead is this.
///
/// Let `m(u)` be the lowest level among the dependents of `u`, or infinity when it has none, and
/// let `S(i) = { u : level(u) <= i < m(u) }`: the vertices before the cut that have no dependent
/// before the cut, its *sinks*. **The barrier exists if and only if every vertex `w` of level `i +
/// 1` depends directly on every sink**, that is, when exactly `|S(i)|` direct dependencies `p` of
/// `w` have `m(p) = i + 1`.
///
/// Proof. First, the count: a direct dependency `p` of `w` has `m(p) <= i + 1`, and it is a sink if
/// and only if `i < m(p)`; so the sinks among the direct dependencies of `w` are those with `m(p) =
/// i + 1`.
///
/// *If.* A vertex of a later level is in level `i + 1` or has an ancestor there, because a vertex
/// of level `k > 0` depends on one of level `k - 1`. A vertex before the cut is a sink or reaches
/// one, because going on to a dependent before the cut must end. So when each `w` of level `i + 1`
/// depends on each sink, all that is after the cut depends on all that is before it.
///
/// *Only if.* With a barrier, `w` depends on each sink `s`, directly or not. Take a path from `s`
/// to `w`. The vertex next to `s` on it is a dependent of `s`, so its level is at least `i + 1`.
/// Levels rise along a path, and it ends in level `i + 1`: that vertex is `w`. So the dependency is
/// direct. ∎
///
/// `|S(i)|` for all `i` is a sum of differences: `u` enters at `level(u)` and leaves at `m(u)`.
pub(crate) fn stages(graph: &Digraph, levels: &Levels) -> Vec<Range<usize>> {
    let count = levels.len();
    if count == 0 {
        return Vec::new();
    }
    // `count` stands for infinity: it is higher than every level.
    let lowest_dependent: Vec<usize> = (0..graph.len())
        .map(|vertex| {
            graph
                .dependents(vertex)
                .iter()
                .map(|&dependent| levels.of(dependent))
                .min()
                .unwrap_or(count)
        })
        .collect();
    let mut enter = vec![0_usize; count + 1];
    let mut leave = vec![0_usize; count + 1];
    for (vertex, &lowest) in lowest_dependent.iter().enumerate() {
        enter[levels.of(vertex)] += 1;
        leave[lowest] += 1;
    }

    let mut stages = Vec::new();
    let mut start = 0;
    let mut sinks = 0;
    for level in 0..count - 1 {
        sinks = sinks + enter[level] - leave[level];
        let after = level + 1;
        let is_barrier = levels.get(after).iter().all(|&vertex| {
            let direct = graph
                .dependencies(vertex)
                .iter()
                .filter(|&&dependency| lowest_dependent[dependency] == after)
                .count();
            direct == sinks
        });
        if is_barrier {
            stages.push(start..after);
            start = after;
        }
    }
    stages.push(start..count);
    stages
}

#[cfg(test)]
mod tests {
    use core::ops::Range;

    use super::stages;
    use crate::digraph::{levels::Levels, testing::digraph};

    fn check<const N: usize>(dependencies: [&[usize]; N], expected: &[Range<usize>]) {
        let graph = digraph(dependencies);
        let levels = Levels::new(&graph).expect("no cycle");
        assert_eq!(stages(&graph, &levels), expected);
    }

    #[test]
    fn fan_out_and_fan_in_have_barriers_everywhere() {
        check([&[], &[0], &[0], &[1, 2]], &[0..1, 1..2, 2..3]);
    }

    #[test]
    fn a_barrier_asks_only_for_paths_to_the_sinks() {
        // 0 is no dependency of 3, but it is one of 1, and 1 is one of 3.
        check([&[], &[0], &[0], &[1, 2], &[1, 2]], &[0..1, 1..2, 2..3]);
    }

    #[test]
    fn two_lanes_are_one_stage() {
        check([&[], &[], &[0], &[1]], std::slice::from_ref(&(0..2)));
    }

    #[test]
    fn a_step_on_its_own_is_before_no_barrier() {
        check([&[], &[], &[1], &[2]], std::slice::from_ref(&(0..3)));
    }

    #[test]
    fn a_long_edge_ends_in_a_barrier() {
        // 1 is read two levels later, so that only there everything depends on everything.
        check([&[], &[], &[0], &[1, 2]], &[0..2, 2..3]);
    }

    #[test]
    fn nothing_has_no_stages() {
        check([], &[]);
    }
}
