//! Which steps of a stage come one after the other.

use std::collections::VecDeque;

/// How many edges are looked at to have fewer chains.
const WORK: usize = 100_000;

/// Steps in chains, as few as there can be: each step but the first of one depends on the step before it. `order`: all of
/// them, what is depended on first; `before`: what a step depends on.
///
/// With one step before it, and one after it, a step is matched twice at most: so the fewest chains are a largest matching,
/// which is found by augmenting paths. <https://en.wikipedia.org/wiki/Path_cover>
pub(super) fn chains<'d>(
    order: &[usize],
    before: impl Fn(usize) -> &'d [usize],
) -> Vec<Vec<usize>> {
    let mut links = Links::new(order);
    for &step in order {
        // Most go on with one that nobody goes on with yet.
        let free = |&on: &usize| links.is_here(on) && links.next[on].is_none();
        if let Some(on) = before(step).iter().copied().find(free) {
            links.link(on, step);
        }
    }
    for &step in order {
        if links.previous[step].is_none() && links.work < WORK {
            links.augment(step, &before);
        }
    }
    let firsts = order.iter().filter(|&&step| links.previous[step].is_none());
    firsts
        .map(|&first| core::iter::successors(Some(first), |&step| links.next[step]).collect())
        .collect()
}

/// Which step goes on with which; by step.
struct Links {
    is_here: Vec<bool>,
    next: Vec<Option<usize>>,
    previous: Vec<Option<usize>>,
    /// Which search has come to a step last, and from where.
    seen: Vec<(usize, usize)>,
    searches: usize,
    work: usize,
}

impl Links {
    fn new(order: &[usize]) -> Self {
        let count = order.iter().max().map_or(0, |last| last + 1);
        let mut is_here = vec![false; count];
        for &step in order {
            is_here[step] = true;
        }
        Self {
            is_here,
            next: vec![None; count],
            previous: vec![None; count],
            seen: vec![(0, 0); count],
            searches: 0,
            work: 0,
        }
    }

    fn is_here(&self, step: usize) -> bool {
        self.is_here.get(step).is_some_and(|is_here| *is_here)
    }

    fn link(&mut self, on: usize, step: usize) {
        self.next[on] = Some(step);
        self.previous[step] = Some(on);
    }

    /// Finds what a step can go on with, if others go on with something else.
    fn augment<'d>(&mut self, step: usize, before: &impl Fn(usize) -> &'d [usize]) {
        self.searches += 1;
        let mut queue = VecDeque::from([step]);
        while let Some(step) = queue.pop_front() {
            for &on in before(step) {
                self.work += 1;
                if !self.is_here(on) || self.seen[on].0 == self.searches {
                    continue;
                }
                self.seen[on] = (self.searches, step);
                if let Some(other) = self.next[on] {
                    queue.push_back(other);
                    continue;
                }
                self.relink(on);
                return;
            }
        }
    }

    /// Back along the way that the search has come.
    fn relink(&mut self, free: usize) {
        let mut free = Some(free);
        while let Some(on) = free {
            let (_, step) = self.seen[on];
            free = self.previous[step];
            self.link(on, step);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(before: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let order: Vec<usize> = (0..before.len()).collect();
        chains(&order, |step| &before[step])
    }

    /// The most steps of which none depends on another, on the way of any others: no fewer chains can hold them, where each
    /// may go on with any that it depends on.
    fn fewest(before: &[Vec<usize>]) -> usize {
        fn matched(before: &[Vec<usize>], step: usize, next: &mut [Option<usize>]) -> usize {
            let Some(on) = before.get(step) else {
                return 0;
            };
            let mut most = matched(before, step + 1, next);
            for &on in on {
                if next[on].is_none() {
                    next[on] = Some(step);
                    most = most.max(1 + matched(before, step + 1, next));
                    next[on] = None;
                }
            }
            most
        }
        before.len() - matched(before, 0, &mut vec![None; before.len()])
    }

    #[test]
    fn one_goes_on_with_another_where_a_third_has_no_choice() {
        let before = [vec![], vec![], vec![0, 1], vec![0], vec![2, 3], vec![2, 3]];
        assert_eq!(of(&before), [vec![0, 3, 5], vec![1, 2, 4]]);
    }

    #[test]
    fn layers_have_as_many_as_are_side_by_side() {
        let side = 30;
        let before: Vec<Vec<usize>> = (0..900)
            .map(|step| match step / side {
                0 => vec![],
                layer => [0, 7, 11]
                    .map(|by| (layer - 1) * side + (step + by * layer) % side)
                    .to_vec(),
            })
            .collect();
        assert_eq!(of(&before).len(), side);
    }

    fn graphs(steps: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
        let picks = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
        prop::collection::vec(picks, 1..steps).prop_map(|picks| {
            let before = picks.iter().enumerate().map(|(step, picks)| {
                let on = picks.iter().filter(|_| step > 0);
                let mut on: Vec<usize> = on.map(|pick| pick.index(step)).collect();
                on.sort_unstable();
                on.dedup();
                on
            });
            before.collect()
        })
    }

    proptest! {
        #[test]
        fn each_step_is_in_one_chain_after_one_that_it_depends_on(before in graphs(60)) {
            let chains = of(&before);
            let mut all = chains.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..before.len()).collect::<Vec<_>>());
            for chain in &chains {
                for pair in chain.windows(2) {
                    prop_assert!(before[pair[1]].contains(&pair[0]));
                }
            }
        }

        #[test]
        fn there_are_as_few_as_there_can_be(before in graphs(9)) {
            prop_assert_eq!(of(&before).len(), fewest(&before));
        }
    }
}
