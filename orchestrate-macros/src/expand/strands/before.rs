//! What comes before each step of a stage.

/// How many places one word tells apart.
pub(super) const WORD: usize = u64::BITS as usize;

/// By place in the order of a stage: what comes before a step.
pub(super) struct Before {
    /// Those that it depends on and that no other of them depends on: once they are done, all are. As the steps are declared.
    pub(super) last: Vec<Vec<usize>>,
    /// All that it depends on, also by way of others: a bit for each place.
    pub(super) all: Vec<Vec<u64>>,
}

impl Before {
    /// `order`: the steps of the stage, what is depended on first; `dependencies`: what a step depends on, of any stage.
    pub(super) fn new<'d>(order: &[usize], dependencies: impl Fn(usize) -> &'d [usize]) -> Self {
        let mut place = vec![None; order.iter().max().map_or(0, |last| last + 1)];
        for (at, &step) in order.iter().enumerate() {
            place[step] = Some(at);
        }
        let mut before = Self {
            last: Vec::with_capacity(order.len()),
            all: Vec::with_capacity(order.len()),
        };
        for &step in order {
            let dependencies = dependencies(step).iter();
            let mut on: Vec<usize> = dependencies.filter_map(|&on| *place.get(on)?).collect();
            let mut all = vec![0; order.len().div_ceil(WORD)];
            let mut latest_first = on.clone();
            latest_first.sort_unstable_by(|one, other| other.cmp(one));
            // Who comes before another of them comes earlier in the order: that other has been looked at.
            for on in latest_first {
                if all[on / WORD] & bit(on) == 0 {
                    for (word, of_this) in all.iter_mut().zip(&before.all[on]) {
                        *word |= of_this;
                    }
                }
            }
            on.retain(|&on| all[on / WORD] & bit(on) == 0);
            for &on in &on {
                all[on / WORD] |= bit(on);
            }
            before.last.push(on);
            before.all.push(all);
        }
        before
    }
}

/// The bit of a place, in its word.
pub(super) const fn bit(place: usize) -> u64 {
    1 << (place % WORD)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::any, proptest};

    use super::{Before, WORD, bit};

    #[test]
    fn what_another_waits_for_is_not_waited_for() {
        // By step; places are those of the order.
        let on: [&[usize]; 6] = [&[], &[0], &[0, 1], &[0, 2, 9], &[1], &[0, 2, 3, 4]];
        let before = Before::new(&[0, 1, 2, 4, 3, 5], |step| on[step]);
        assert_eq!(before.last, [&[][..], &[0], &[1], &[1], &[2], &[4, 3]]);
        assert_eq!(
            before.all.concat(),
            [0, 0b1, 0b11, 0b11, 0b111, 0b1_1111],
            "of each place"
        );
        assert!(Before::new(&[], |_| &[]).last.is_empty());
    }

    proptest! {
        /// Whoever waits for the last has waited for all, and for none of them in vain.
        #[test]
        fn the_last_are_enough_and_none_is_too_many(edges in vec(vec(any::<bool>(), 80), 80)) {
            let on: Vec<Vec<usize>> = (0..80)
                .map(|step| (0..step).filter(|&on| edges[step][on] && edges[on][step]).collect())
                .collect();
            let order: Vec<usize> = (0..80).collect();
            let before = Before::new(&order, |step| &on[step]);
            // Everything that is before a step, found without any cleverness.
            let mut done: Vec<Vec<bool>> = Vec::new();
            for on in &on {
                let mut here = vec![false; 80];
                for &on in on {
                    here[on] = true;
                    for (own, other) in here.iter_mut().zip(&done[on]) {
                        *own |= other;
                    }
                }
                done.push(here);
            }
            for step in 0..80 {
                let (last, all) = (&before.last[step], &before.all[step]);
                for &on in &on[step] {
                    let others = || last.iter().filter(|&&other| other != on);
                    let through_others = others().any(|&other| done[other][on]);
                    assert_eq!(last.contains(&on), !through_others);
                }
                for (on, done) in done[step].iter().enumerate() {
                    assert_eq!(all[on / WORD] & bit(on) != 0, *done);
                }
                assert!(last.iter().all(|last| on[step].contains(last)));
            }
        }
    }
}
