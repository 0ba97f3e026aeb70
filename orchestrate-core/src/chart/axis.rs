//! The times that an axis names.

use std::{iter, time::Duration};

/// What lies between two of them: 1, 2 or 5 of a power of ten, up to a second; then what a clock shows.
const SECONDS: [u64; 15] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 43_200,
];
const DAY: Duration = Duration::from_hours(24);

/// From zero to the end in equal steps, that are easy to count in: at most `count` after zero.
pub(super) fn ticks(end: Duration, count: usize) -> Vec<Duration> {
    let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    let fits = |step: &Duration| {
        step.checked_mul(count + 1)
            .is_none_or(|beyond| beyond > end)
    };
    let step = steps().find(fits).unwrap_or(Duration::MAX);
    let ticks = iter::successors(Some(Duration::ZERO), |tick| tick.checked_add(step));
    ticks.take_while(|tick| *tick <= end).collect()
}

fn steps() -> impl Iterator<Item = Duration> {
    let powers = (0..9).map(|power| 10_u64.pow(power));
    let short = powers.flat_map(|power| [1, 2, 5].map(|digit| Duration::from_nanos(digit * power)));
    let days = iter::successors(Some(DAY), |days| days.checked_mul(2));
    short.chain(SECONDS.map(Duration::from_secs)).chain(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Glance;

    #[test]
    fn ticks_are_easy_to_count_in() {
        let check = |millis: u64, count, expected: &str| {
            let ticks = ticks(Duration::from_millis(millis), count);
            let shown: Vec<_> = ticks.iter().map(|tick| Glance(*tick).to_string()).collect();
            assert_eq!(shown.join(" "), expected);
        };
        check(2_000, 4, "0s 500ms 1s 1.5s 2s");
        check(1_999, 4, "0s 500ms 1s 1.5s");
        check(83, 5, "0s 20ms 40ms 60ms 80ms");
        check(100_000, 3, "0s 30s 1m 1m 30s");
        check(7_200_000, 2, "0s 1h 2h");
        check(400 * 86_400_000, 4, "0s 128d 256d 384d");
        check(0, 4, "0s");
        check(5, 0, "0s 5ms");
        assert!(ticks(Duration::MAX, 6).len() <= 7);
    }
}
