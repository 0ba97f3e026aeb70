//! Which of the steps that a step depends on are done last.

/// By step: those before it of which no other depends on them. Once they are done, all are that it depends on. Of the latest
/// batches first, as `order` has them: what is not there yet is likely one of these. `order`: all steps of the stage, what is
/// depended on first; `before`: what a step depends on.
pub(super) fn last<'d>(order: &[usize], before: impl Fn(usize) -> &'d [usize]) -> Vec<Vec<usize>> {
    let count = order.iter().max().map_or(0, |last| last + 1);
    let mut position = vec![None; count];
    for (at, &step) in order.iter().enumerate() {
        position[step] = Some(at);
    }
    let words = order.len().div_ceil(WORD);
    // By position: all that are done before it, a bit for each.
    let mut all: Vec<Vec<u64>> = Vec::with_capacity(order.len());
    let mut last = vec![Vec::new(); count];
    for &step in order {
        let before = before(step).iter();
        let mut direct: Vec<usize> = before.filter_map(|&on| *position.get(on)?).collect();
        direct.sort_unstable_by(|one, other| other.cmp(one));
        let mut others = vec![0; words];
        for &on in &direct {
            for (word, of_other) in others.iter_mut().zip(&all[on]) {
                *word |= of_other;
            }
        }
        let is_last = |&&on: &&usize| others[on / WORD] & bit(on) == 0;
        last[step] = direct.iter().filter(is_last).map(|&on| order[on]).collect();
        for on in direct {
            others[on / WORD] |= bit(on);
        }
        all.push(others);
    }
    last
}

const WORD: usize = u64::BITS as usize;

const fn bit(position: usize) -> u64 {
    1 << (position % WORD)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::any, proptest};

    use super::last;

    #[test]
    fn what_another_waits_for_is_not_waited_for() {
        let before: [&[usize]; 6] = [&[], &[0], &[0, 1], &[0, 2, 9], &[1], &[0, 2, 3, 4]];
        let last = last(&[0, 1, 2, 4, 3, 5], |step| before[step]);
        assert_eq!(last, [&[][..], &[0], &[1], &[2], &[1], &[3, 4]]);
        assert!(super::last(&[], |_| &[]).is_empty());
    }

    proptest! {
        /// Whoever waits for the last has waited for all, and for none of them in vain.
        #[test]
        fn the_last_are_enough_and_none_is_too_many(edges in vec(vec(any::<bool>(), 80), 80)) {
            let before: Vec<Vec<usize>> = (0..80)
                .map(|step| (0..step).filter(|&on| edges[step][on] && edges[on][step]).collect())
                .collect();
            let order: Vec<usize> = (0..80).collect();
            let last = last(&order, |step| &before[step]);
            // Everything that is before a step, found without any cleverness.
            let mut done: Vec<Vec<bool>> = Vec::new();
            for before in &before {
                let mut here = vec![false; 80];
                for &on in before {
                    here[on] = true;
                    for (own, other) in here.iter_mut().zip(&done[on]) {
                        *own |= other;
                    }
                }
                done.push(here);
            }
            for step in 0..80 {
                for &on in &before[step] {
                    let others = || last[step].iter().filter(|&&other| other != on);
                    let through_others = others().any(|&other| done[other][on]);
                    assert_eq!(last[step].contains(&on), !through_others);
                }
                assert!(last[step].iter().all(|on| before[step].contains(on)));
                assert!(last[step].is_sorted_by(|one, other| one > other));
            }
        }
    }
}
