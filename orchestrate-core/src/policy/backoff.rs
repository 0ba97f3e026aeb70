use std::time::Duration;

use orchestrate_plan::backoff;

/// How long a step waits before it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The wait after the first failure; it doubles from there.
    pub(crate) base: Duration,
    /// No wait is longer.
    pub(crate) max: Duration,
    /// Full jitter: waits are spread evenly between nothing and what they would have been.
    pub(crate) jitter: bool,
}

impl Backoff {
    /// How long to wait after so many failed attempts.
    pub(crate) fn delay(&self, failed_attempts: u32) -> Duration {
        let longest = backoff(self.base, self.max, failed_attempts);
        if !self.jitter {
            return longest;
        }
        // Nobody waits for the 584 years that fit into the count.
        let longest = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(fastrand::u64(0..=longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const PLAIN: Backoff = Backoff {
        base: Duration::from_millis(100),
        max: Duration::from_millis(300),
        jitter: false,
    };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits = [1, 2, 3, 4].map(|failed| PLAIN.delay(failed));
        assert_eq!(waits, [100 * MS, 200 * MS, 300 * MS, 300 * MS]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn jitter_spreads_from_nothing_to_the_whole_wait() {
        let jitter = Backoff {
            jitter: true,
            ..PLAIN
        };
        let waits: Vec<_> = (0..2_000).map(|_| jitter.delay(3)).collect();
        assert!(waits.iter().all(|&wait| wait <= 300 * MS));
        // Each third of the range gets its share: far from it, 2,000 evenly spread waits never come.
        for third in 0..3 {
            let range = 100 * third * MS..100 * (third + 1) * MS;
            let share = waits.iter().filter(|wait| range.contains(wait)).count();
            assert!((500..=840).contains(&share), "{share} in {range:?}");
        }
    }

    #[test]
    fn the_ends_of_the_range_are_fine() {
        let (base, max) = (Duration::MAX, Duration::MAX);
        let endless = Backoff {
            base,
            max,
            jitter: true,
        };
        assert!(endless.delay(u32::MAX) <= Duration::from_nanos(u64::MAX));
        let none = Backoff {
            base: Duration::ZERO,
            ..endless
        };
        assert_eq!(none.delay(9), Duration::ZERO);
    }
}
