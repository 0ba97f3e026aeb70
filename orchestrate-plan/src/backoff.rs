//! How long to wait between two attempts.

use core::time::Duration;

/// How long to wait after so many failed attempts at a step: `base` after the first one, twice as
/// long after each further one, and never longer than `max`.
///
/// Nothing overflows: what cannot be represented is longer than `max`. Before anything has failed
/// there is nothing to wait for.
///
/// ```
/// use core::time::Duration;
/// use orchestrate_plan::backoff;
///
/// let ms = Duration::from_millis;
/// assert_eq!([1, 2, 3, 4, 5].map(|failed| backoff(ms(100), ms(1000), failed)), [100, 200, 400, 800, 1000].map(ms));
/// assert_eq!(backoff(ms(100), ms(1000), u32::MAX), ms(1000));
/// assert_eq!(backoff(ms(100), ms(1000), 0), Duration::ZERO);
/// ```
#[must_use]
pub const fn backoff(base: Duration, max: Duration, failed_attempts: u32) -> Duration {
    if failed_attempts == 0 || base.is_zero() {
        return Duration::ZERO;
    }
    let (mut delay, mut doublings) = (base, failed_attempts - 1);
    // At most as many turns as a duration has bits, because what doubles gets to `max` or to the
    // longest duration there is.
    while doublings > 0 && is_less(delay, max) {
        delay = delay.saturating_mul(2);
        doublings -= 1;
    }
    if is_less(delay, max) { delay } else { max }
}

/// How long `attempts` attempts wait in all when all of them fail: the sum of [`backoff()`] between
/// each and the next.
///
/// ```
/// use core::time::Duration;
/// use orchestrate_plan::backoff_total;
///
/// let ms = Duration::from_millis;
/// assert_eq!(backoff_total(ms(100), ms(1000), 4), ms(100 + 200 + 400));
/// assert_eq!(backoff_total(ms(100), ms(1000), 1), Duration::ZERO);
/// assert_eq!(backoff_total(ms(100), ms(1000), 105), ms(100 + 200 + 400 + 800 + 100 * 1000));
/// ```
#[must_use]
pub const fn backoff_total(base: Duration, max: Duration, attempts: u32) -> Duration {
    let (mut total, mut failed) = (Duration::ZERO, 1);
    while failed < attempts {
        let delay = backoff(base, max, failed);
        // From here on all delays are the same.
        if delay.is_zero() || !is_less(delay, max) {
            return total.saturating_add(delay.saturating_mul(attempts - failed));
        }
        total = total.saturating_add(delay);
        failed += 1;
    }
    total
}

/// `a < b`, which is not `const` yet.
const fn is_less(a: Duration, b: Duration) -> bool {
    a.as_nanos() < b.as_nanos()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_can_be_worked_out_while_a_program_compiles() {
        const DELAY: Duration = backoff(Duration::from_secs(1), Duration::from_mins(1), 3);
        const TOTAL: Duration = backoff_total(Duration::from_secs(1), Duration::from_mins(1), 3);
        assert_eq!(
            (DELAY, TOTAL),
            (Duration::from_secs(4), Duration::from_secs(3))
        );
    }

    #[test]
    fn nothing_overflows() {
        let ns = Duration::from_nanos(1);
        for failed in [94, 95, 200, u32::MAX] {
            assert_eq!(backoff(Duration::MAX, Duration::MAX, failed), Duration::MAX);
            assert_eq!(backoff(ns, Duration::MAX, failed.max(96)), Duration::MAX);
            assert_eq!(
                backoff_total(ns, Duration::MAX, failed.max(97)),
                Duration::MAX
            );
            assert_eq!(
                backoff(Duration::ZERO, Duration::MAX, failed),
                Duration::ZERO
            );
            assert_eq!(
                backoff_total(Duration::ZERO, Duration::MAX, failed),
                Duration::ZERO
            );
            assert_eq!(
                backoff_total(Duration::MAX, Duration::ZERO, failed),
                Duration::ZERO
            );
        }
        // A base that is longer than the longest delay.
        assert_eq!(backoff(2 * ns, ns, 1), ns);
    }

    proptest! {
        #[test]
        fn it_is_what_the_formula_says(
            base in 0..10_000_000_u64,
            max in 0..1_000_000_000_000_u64,
            failed in 1..60_u32,
        ) {
            let expected = (u128::from(base) << (failed - 1)).min(u128::from(max));
            let (base, max) = (Duration::from_nanos(base), Duration::from_nanos(max));
            prop_assert_eq!(backoff(base, max, failed).as_nanos(), expected);
            let sum = (1..failed).map(|n| backoff(base, max, n)).sum::<Duration>();
            prop_assert_eq!(backoff_total(base, max, failed), sum);
        }
    }
}
