//! How a time is written for people.

use core::{fmt, time::Duration};

/// A time as it is written in a plan and in a message: `250ms`, `1.5s`, `1m 30s`, `2h`.
///
/// What is less than a thousandth of the last unit is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time(pub(crate) Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        if seconds == 0 {
            return match nanos {
                0 => f.write_str("0s"),
                1..1_000 => write!(f, "{nanos}ns"),
                1_000..1_000_000 => decimal(f, (nanos / 1_000).into(), nanos % 1_000, "µs"),
                _ => decimal(f, (nanos / 1_000_000).into(), nanos / 1_000 % 1_000, "ms"),
            };
        }
        let mut gap = "";
        for (count, unit) in [(seconds / 3600, "h"), (seconds / 60 % 60, "m")] {
            if count > 0 {
                write!(f, "{gap}{count}{unit}")?;
                gap = " ";
            }
        }
        let (seconds, millis) = (seconds % 60, nanos / 1_000_000);
        if seconds > 0 || millis > 0 {
            f.write_str(gap)?;
            decimal(f, seconds, millis, "s")?;
        }
        Ok(())
    }
}

/// A number with three decimals, without the zeros at their end.
fn decimal(f: &mut fmt::Formatter<'_>, whole: u64, thousandths: u32, unit: &str) -> fmt::Result {
    if thousandths == 0 {
        return write!(f, "{whole}{unit}");
    }
    let decimals = format!("{thousandths:03}");
    write!(f, "{whole}.{}{unit}", decimals.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let check = |time: Duration, expected: &str| assert_eq!(Time(time).to_string(), expected);
        check(Duration::ZERO, "0s");
        check(Duration::from_nanos(7), "7ns");
        check(Duration::from_nanos(1_500), "1.5µs");
        check(Duration::from_millis(250), "250ms");
        check(Duration::from_nanos(1_020_999), "1.02ms");
        check(Duration::from_nanos(999_999_999), "999.999ms");
        check(Duration::from_secs(10), "10s");
        check(Duration::from_millis(1_500), "1.5s");
        check(Duration::from_nanos(1_234_567_891), "1.234s");
        check(Duration::from_nanos(1_000_000_001), "1s");
        check(Duration::from_mins(1), "1m");
        check(Duration::from_secs(90), "1m 30s");
        check(Duration::from_millis(60_005), "1m 0.005s");
        check(Duration::from_hours(1), "1h");
        check(Duration::from_secs(3 * 3600 + 5), "3h 5s");
        check(Duration::from_secs(25 * 3600 + 61), "25h 1m 1s");
        check(Duration::MAX, "5124095576030431h 15.999s");
    }
}
