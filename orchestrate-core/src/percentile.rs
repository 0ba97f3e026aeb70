//! Percentiles of what has been measured.

use std::time::Duration;

/// The percentile by nearest rank: the shortest of the durations that at least `percent` of a hundred of them do not
/// exceed, which is the one at rank ⌈n · percent / 100⌉ when they are sorted (definition 1 of Hyndman and Fan, *Sample
/// Quantiles in Statistical Packages*, The American Statistician 50, 1996). So it is a duration that has been measured.
///
/// Of no durations there is none. Their order is not kept. O(n).
pub(crate) fn nearest_rank(durations: &mut [Duration], percent: usize) -> Option<Duration> {
    let rank = (percent.min(100) * durations.len()).div_ceil(100).max(1);
    if rank > durations.len() {
        return None;
    }
    Some(*durations.select_nth_unstable(rank - 1).1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_nearest_rank() {
        let of = |percent, n: u32| {
            let mut durations: Vec<_> = (1..=n).rev().map(|i| i * MS).collect();
            nearest_rank(&mut durations, percent).map(|found| found.as_millis())
        };
        assert_eq!([of(50, 0), of(50, 1), of(50, 2)], [None, Some(1), Some(1)]);
        assert_eq!(
            [of(50, 3), of(95, 20), of(99, 20)],
            [Some(2), Some(19), Some(20)]
        );
        assert_eq!(
            [of(0, 3), of(100, 3), of(200, 3)],
            [Some(1), Some(3), Some(3)]
        );
    }

    proptest! {
        /// The definition, word for word.
        #[test]
        fn the_shortest_that_so_many_do_not_exceed(
            durations in prop::collection::vec(0..50_u32, 1..200),
            percent in 1..=100_usize,
        ) {
            let mut durations: Vec<_> = durations.into_iter().map(|ms| ms * MS).collect();
            let enough = |limit: &Duration| {
                durations.iter().filter(|&took| took <= limit).count() * 100 >= percent * durations.len()
            };
            let expected = durations.iter().copied().filter(enough).min();
            prop_assert_eq!(nearest_rank(&mut durations, percent), expected);
        }
    }
}
