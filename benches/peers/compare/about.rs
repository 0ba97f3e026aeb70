//! What the figures are of: the machine, the compiler, the day.

use std::{
    env, fs,
    thread::available_parallelism,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct About {
    pub(crate) date: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) rustc: &'static str,
    /// Whether this is a build with optimizations: others say nothing.
    pub(crate) release: bool,
}

impl About {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        let system = entry("/etc/os-release", "PRETTY_NAME", '=');
        Self {
            date: date(seconds / 86_400),
            processor: entry("/proc/cpuinfo", "model name", ':')
                .unwrap_or_else(|| "unknown processor".to_owned()),
            cores: available_parallelism().map_or(1, usize::from),
            system: format!(
                "{}, {}",
                system.as_deref().unwrap_or(env::consts::OS),
                format_args!("`{}`", env::consts::ARCH)
            ),
            rustc: env!("RUSTC_VERSION"),
            release: !cfg!(debug_assertions),
        }
    }
}

/// The value of the first line with that key.
fn entry(file: &str, key: &str, separator: char) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(separator)?;
        (found.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// A day as year, month and day, counted from the first of January 1970.
fn date(mut days: u64) -> String {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(11_017), "2000-03-01");
        assert_eq!(date(20_453), "2025-12-31");
        assert_eq!(date(20_454), "2026-01-01");
    }
}
