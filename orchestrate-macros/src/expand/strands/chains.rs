//! Which steps of a stage come one after the other.

use std::collections::VecDeque;

use super::before::{Before, WORD, bit};

/// How many words of [`Before`] are looked at to have fewer chains.
const WORK: usize = 500_000;

/// Steps in chains, as few as there can be: each but the first of one comes after the one before it, if not right after it. By
/// their places.
///
/// With one step before it, and one after it, a step is matched twice at most: so the fewest chains are a largest matching,
/// which is found by augmenting paths. <https://en.wikipedia.org/wiki/Path_cover>
pub(super) fn chains(before: &Before) -> Vec<Vec<usize>> {
    let count = before.last.len();
    let mut links = Links::new(count);
    let mut level: Vec<usize> = Vec::with_capacity(count);
    for (place, last) in before.last.iter().enumerate() {
        // Most go on with one that nobody goes on with yet: one of the latest batch, for the others are there before it.
        let level_of = |on: &usize| level[*on];
        level.push(last.iter().map(level_of).max().map_or(0, |level| level + 1));
        let free = last.iter().filter(|&&on| links.next[on].is_none());
        if let Some(&on) = free.rev().max_by_key(|&&on| level[on]) {
            links.link(on, place);
        }
    }
    // In each round, a search does not come to where another has been. The last one finds nothing: where searches end in vain,
    // nobody gets further from those that they have come to.
    while links.work < WORK && links.round(before) {}
    let firsts = (0..count).filter(|&place| links.previous[place].is_none());
    firsts
        .map(|first| core::iter::successors(Some(first), |&place| links.next[place]).collect())
        .collect()
}

/// Who goes on with whom; by place.
struct Links {
    next: Vec<Option<usize>>,
    previous: Vec<Option<usize>>,
    /// Whom nobody goes on with: a bit for each.
    free: Vec<u64>,
    /// Whom a search may still come to.
    open: Vec<u64>,
    /// From whom the search has come to one.
    from: Vec<usize>,
    work: usize,
}

impl Links {
    fn new(count: usize) -> Self {
        // Who is not there comes before nobody.
        let every = vec![u64::MAX; count.div_ceil(WORD)];
        Self {
            next: vec![None; count],
            previous: vec![None; count],
            free: every.clone(),
            open: every,
            from: vec![0; count],
            work: 0,
        }
    }

    fn link(&mut self, on: usize, place: usize) {
        self.next[on] = Some(place);
        self.previous[place] = Some(on);
        self.free[on / WORD] &= !bit(on);
    }

    /// Searches for all that go on with nobody. Whether it has found anything.
    fn round(&mut self, before: &Before) -> bool {
        self.open.fill(u64::MAX);
        let mut has_found = false;
        for place in 0..self.previous.len() {
            has_found |= self.previous[place].is_none() && self.augment(place, &before.all);
        }
        has_found
    }

    /// Finds whom one can go on with, if others go on with someone else. Whether there is anybody.
    fn augment(&mut self, place: usize, all: &[Vec<u64>]) -> bool {
        let mut queue = VecDeque::from([place]);
        while let Some(place) = queue.pop_front() {
            self.work += all[place].len();
            let open_here = |links: &Self, word: usize| all[place][word] & links.open[word];
            let words = 0..all[place].len();
            let is_free = |&word: &usize| open_here(self, word) & self.free[word] != 0;
            // The latest, for it has the least to wait for.
            if let Some(word) = words.clone().rev().find(is_free) {
                let free = open_here(self, word) & self.free[word];
                let on = word * WORD + (WORD - 1 - free.leading_zeros() as usize);
                self.from[on] = place;
                self.open[word] &= !bit(on);
                self.relink(on);
                return true;
            }
            for word in words {
                let mut here = open_here(self, word);
                self.open[word] &= !here;
                while here != 0 {
                    let on = word * WORD + here.trailing_zeros() as usize;
                    here &= here - 1;
                    self.from[on] = place;
                    queue.extend(self.next[on]);
                }
            }
        }
        false
    }

    /// Back along the way that the search has come.
    fn relink(&mut self, free: usize) {
        let mut free = Some(free);
        while let Some(on) = free {
            let place = self.from[on];
            free = self.previous[place];
            self.link(on, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn before(on: &[Vec<usize>]) -> Before {
        let order: Vec<usize> = (0..on.len()).collect();
        Before::new(&order, |step| &on[step])
    }

    fn of(on: &[Vec<usize>]) -> Vec<Vec<usize>> {
        chains(&before(on))
    }

    fn comes_before(before: &Before, one: usize, other: usize) -> bool {
        before.all[other][one / WORD] & bit(one) != 0
    }

    /// The most steps of which none comes before another: by Dilworth's theorem, no fewer chains can hold all.
    fn side_by_side(before: &Before) -> u32 {
        let count = before.all.len();
        let sets = 0_u32..1 << count;
        let are_side_by_side = |&set: &u32| {
            let mut here = (0..count).filter(|place| set & (1 << place) != 0);
            here.all(|place| before.all[place][0] & u64::from(set) == 0)
        };
        let sizes = sets.filter(are_side_by_side).map(u32::count_ones);
        sizes.max().unwrap_or(0)
    }

    #[test]
    fn one_goes_on_with_another_where_a_third_has_no_choice() {
        let on = [vec![], vec![], vec![0, 1], vec![0], vec![2, 3], vec![2, 3]];
        assert_eq!(of(&on), [[0, 3, 5], [1, 2, 4]]);
    }

    #[test]
    fn one_goes_on_with_what_it_comes_after_by_way_of_another() {
        let on = [vec![], vec![0], vec![0], vec![1, 2], vec![3], vec![3]];
        assert_eq!(of(&on), [vec![0, 1, 3, 4], vec![2, 5]]);
    }

    #[test]
    fn layers_have_as_many_as_are_side_by_side() {
        let side = 30;
        let on: Vec<Vec<usize>> = (0..900)
            .map(|step| match step / side {
                0 => vec![],
                layer => [0, 7, 11]
                    .map(|by| (layer - 1) * side + (step + by * layer) % side)
                    .to_vec(),
            })
            .collect();
        assert_eq!(of(&on).len(), side);
    }

    fn graphs(steps: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
        let picks = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
        prop::collection::vec(picks, 1..steps).prop_map(|picks| {
            let on = picks.iter().enumerate().map(|(step, picks)| {
                let on = picks.iter().filter(|_| step > 0);
                let mut on: Vec<usize> = on.map(|pick| pick.index(step)).collect();
                on.sort_unstable();
                on.dedup();
                on
            });
            on.collect()
        })
    }

    proptest! {
        #[test]
        fn each_step_is_in_one_chain_after_one_that_it_comes_after(on in graphs(90)) {
            let (before, chains) = (before(&on), of(&on));
            let mut all = chains.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..on.len()).collect::<Vec<_>>());
            for chain in &chains {
                for pair in chain.windows(2) {
                    prop_assert!(comes_before(&before, pair[0], pair[1]));
                }
            }
        }

        #[test]
        fn there_are_as_few_as_there_can_be(on in graphs(12)) {
            prop_assert_eq!(of(&on).len(), side_by_side(&before(&on)) as usize);
        }
    }
}
