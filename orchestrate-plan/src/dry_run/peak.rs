//! How much of a resource may be taken at once.

use std::collections::VecDeque;

use crate::plan::Plan;

/// With more steps than this that take a resource, the peak is bounded by stages.
const EXACT: usize = 128;

/// The most that steps take together at any moment: the heaviest set of steps of which none depends
/// on another. `takes`: some steps of the plan, each once, and how much each takes.
///
/// A heaviest set of incomparable elements weighs as much as the cheapest cover by chains (R. P.
/// Dilworth, "A Decomposition Theorem for Partially Ordered Sets", Annals of Mathematics 51, 1950,
/// with an element for each unit of weight); and that is the sum of all weights, without a maximum
/// flow between each element and those that come after it (L. R. Ford, D. R. Fulkerson, "Flows in
/// Networks", 1962, section II.8).
pub(super) fn peak(plan: &Plan, takes: &[(usize, usize)]) -> usize {
    let sum = |steps: &mut dyn Iterator<Item = usize>| steps.fold(0, usize::saturating_add);
    if plan.has_strict_batches() {
        let batches = (0..plan.batch_count()).map(|batch| {
            let of_batch = takes
                .iter()
                .filter(|(step, _)| plan.steps()[*step].batch() == batch);
            sum(&mut of_batch.map(|&(_, amount)| amount))
        });
        return batches.max().unwrap_or(0);
    }
    if takes.len() > EXACT {
        // Between two stages lies a barrier.
        let stages = plan.stages().map(|stage| {
            let of_stage = takes
                .iter()
                .filter(|(step, _)| stage.contains(&plan.steps()[*step].batch()));
            sum(&mut of_stage.map(|&(_, amount)| amount))
        });
        return stages.max().unwrap_or(0);
    }
    let total: u128 = takes.iter().map(|&(_, amount)| amount as u128).sum();
    let heaviest = total - Flow::new(plan, takes).maximum();
    usize::try_from(heaviest).unwrap_or(usize::MAX)
}

/// From each step to each step that comes after it, any amount; out of a step and into a step no
/// more than it takes.
struct Flow {
    /// `after[u]`: the positions of those that depend on `u`, directly or not.
    after: Vec<Vec<usize>>,
    /// What may still go out of each, and into each.
    out: Vec<u128>,
    into: Vec<u128>,
    /// `flows[u][v]`.
    flows: Vec<Vec<u128>>,
}

impl Flow {
    fn new(plan: &Plan, takes: &[(usize, usize)]) -> Self {
        let mut position = vec![None; plan.steps().len()];
        for (index, &(step, _)) in takes.iter().enumerate() {
            position[step] = Some(index);
        }
        let mut after = vec![Vec::new(); takes.len()];
        for (later, &(step, _)) in takes.iter().enumerate() {
            for earlier in before(plan, step) {
                if let Some(earlier) = position[earlier] {
                    after[earlier].push(later);
                }
            }
        }
        let amounts: Vec<u128> = takes.iter().map(|&(_, amount)| amount as u128).collect();
        Self {
            after,
            flows: vec![vec![0; takes.len()]; takes.len()],
            out: amounts.clone(),
            into: amounts,
        }
    }

    /// Along shortest paths, until there is none (J. Edmonds, R. M. Karp, 1972).
    fn maximum(mut self) -> u128 {
        let mut total = 0;
        while let Some((path, amount)) = self.path() {
            let last = path.len() - 1;
            self.out[path[0].0] -= amount;
            self.into[path[last].1] -= amount;
            for (index, &(from, to)) in path.iter().enumerate() {
                self.flows[from][to] += amount;
                if index > 0 {
                    // What came here from elsewhere goes there no more.
                    self.flows[from][path[index - 1].1] -= amount;
                }
            }
            total += amount;
        }
        total
    }

    /// A path along which more can flow, as its forward edges, and how much.
    fn path(&self) -> Option<(Vec<(usize, usize)>, u128)> {
        let count = self.after.len();
        // From where each was reached: on the side that gives, and on the side that gets.
        let (mut giver, mut getter) = (vec![None; count], vec![None; count]);
        let mut reached: Vec<bool> = self.out.iter().map(|&left| left > 0).collect();
        let mut queue: VecDeque<usize> = (0..count).filter(|&from| reached[from]).collect();
        while let Some(from) = queue.pop_front() {
            for &to in &self.after[from] {
                if getter[to].is_some() {
                    continue;
                }
                getter[to] = Some(from);
                if self.into[to] > 0 {
                    return Some(self.walk(to, &giver, &getter));
                }
                for other in 0..count {
                    if !reached[other] && self.flows[other][to] > 0 {
                        reached[other] = true;
                        giver[other] = Some(to);
                        queue.push_back(other);
                    }
                }
            }
        }
        None
    }

    fn walk(
        &self,
        end: usize,
        giver: &[Option<usize>],
        getter: &[Option<usize>],
    ) -> (Vec<(usize, usize)>, u128) {
        let (mut path, mut amount, mut next) = (Vec::new(), self.into[end], Some(end));
        while let Some(to) = next
            && let Some(from) = getter[to]
        {
            path.push((from, to));
            next = giver[from];
            amount = amount.min(match next {
                Some(taken) => self.flows[from][taken],
                None => self.out[from],
            });
        }
        path.reverse();
        (path, amount)
    }
}

/// All that a step depends on, directly or not.
fn before(plan: &Plan, step: usize) -> Vec<usize> {
    let mut seen = vec![false; plan.steps().len()];
    let (mut found, mut left) = (Vec::new(), vec![step]);
    while let Some(step) = left.pop() {
        for &dependency in plan.steps()[step].dependencies() {
            if !seen[dependency] {
                seen[dependency] = true;
                found.push(dependency);
                left.push(dependency);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Graph, Kind, Node};

    /// The definition, over all sets of steps.
    fn naive(plan: &Plan, takes: &[(usize, usize)]) -> usize {
        let sets = 0..1_usize << takes.len();
        let weight = |set: usize| {
            let members: Vec<_> = (0..takes.len()).filter(|i| set >> i & 1 == 1).collect();
            let is_free = members.iter().all(|&member| {
                let before = before(plan, takes[member].0);
                members
                    .iter()
                    .all(|&other| !before.contains(&takes[other].0))
            });
            is_free.then(|| members.iter().map(|&member| takes[member].1).sum())
        };
        sets.filter_map(weight).max().unwrap_or(0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 500 }))]
        #[test]
        fn the_heaviest_set_of_steps_that_may_run_at_once(
            edges in prop::collection::vec(prop::collection::vec(0..3_u8, 8), 8),
            amounts in prop::collection::vec(0..5_usize, 8),
            count in 0..9_usize,
        ) {
            let mut graph = Graph::default();
            for (step, edges) in edges.iter().enumerate().take(count) {
                let before = (0..step).filter(|&other| edges[other] == 0);
                graph.nodes.push(
                    Node::new(format!("s{step}"), Kind::Tool)
                        .after(before.map(|other| format!("s{other}"))),
                );
            }
            let plan = Plan::new("Random", &graph).expect("no problems");
            let takes: Vec<_> = (0..count).map(|step| (step, amounts[step])).collect();
            prop_assert_eq!(peak(&plan, &takes), naive(&plan, &takes));
            let strict = plan.with_strict_batches();
            prop_assert!(peak(&strict, &takes) <= naive(&strict, &takes));
        }
    }

    #[test]
    fn more_than_is_looked_at_closely_is_bounded_by_stages() {
        let mut graph = Graph::default();
        for step in 0..=EXACT {
            graph.nodes.push(Node::new(format!("s{step}"), Kind::Tool));
        }
        let all: Vec<String> = (0..=EXACT).map(|step| format!("s{step}")).collect();
        graph.nodes.push(Node::new("last", Kind::Tool).after(all));
        let plan = Plan::new("Wide", &graph).expect("no problems");
        let takes: Vec<_> = (0..EXACT + 2).map(|step| (step, 2)).collect();
        assert_eq!(peak(&plan, &takes), 2 * (EXACT + 1));
    }
}
