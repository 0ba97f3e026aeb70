//! The calls of an evening, out of a CSV file.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use orchestrated::plan::Priority;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// When it comes.
    pub(crate) came: Time,
    /// How urgent it is.
    pub(crate) priority: Priority,
    /// What has happened, and where.
    pub(crate) what: String,
    /// How long somebody at a desk is busy with it.
    pub(crate) takes: Duration,
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(u64);

/// Why there are no calls.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallsError {
    /// The file is missing, or may not be read, or is no CSV.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
    /// A row that does not say what it should.
    #[error("`{}`, line {line}: {reason}", path.display())]
    BrokenRow {
        path: PathBuf,
        line: u64,
        reason: String,
    },
}

const HEADER: [&str; 5] = ["came", "priority", "what", "place", "seconds"];

/// Reads the calls of a file, in the order in which they come.
pub(crate) fn read(path: &Path) -> Result<Vec<Call>, CallsError> {
    let unreadable = |source| CallsError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    let broken = |line, reason| CallsError::BrokenRow {
        path: path.to_path_buf(),
        line,
        reason,
    };
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    if reader.headers().map_err(unreadable)? != HEADER[..] {
        let reason = format!("the header should be `{}`", HEADER.join(","));
        return Err(broken(1, reason));
    }
    let mut calls = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        calls.push(call(&record).map_err(|reason| broken(line, reason))?);
    }
    calls.sort_by_key(|call| call.came);
    Ok(calls)
}

fn call(record: &csv::StringRecord) -> Result<Call, String> {
    let field = |index: usize| record.get(index).unwrap_or_default();
    let priority = Priority::ALL
        .into_iter()
        .find(|priority| priority.word() == field(1));
    let priority = priority.ok_or_else(|| format!("there is no priority `{}`", field(1)))?;
    let seconds = field(4).parse().ok().filter(|seconds| *seconds > 0);
    let seconds = seconds.ok_or_else(|| format!("`{}` is no number of seconds", field(4)))?;
    Ok(Call {
        came: Time::parse(field(0))
            .ok_or_else(|| format!("`{}` is no time: hh:mm:ss", field(0)))?,
        priority,
        what: format!("{} ({})", field(2), field(3)),
        takes: Duration::from_secs(seconds),
    })
}

impl Time {
    #[cfg(test)]
    pub(crate) const MIDNIGHT: Self = Self(0);

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(str::parse::<u64>);
        let (hours, minutes, seconds) = (
            parts.next()?.ok()?,
            parts.next()?.ok()?,
            parts.next()?.ok()?,
        );
        let good = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
        good.then_some(Self(hours * 3_600 + minutes * 60 + seconds))
    }

    /// How long after another one it is.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// The time that is so much later.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0 + duration.as_secs())
    }
}

/// `20:04:30`; after midnight the hours go on.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = self;
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Call>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        super::read(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_calls_in_the_order_of_their_times() {
        let calls = read("came,priority,what,place,seconds\n20:00:05,low,B,x,30\n19:59:59,critical,\"A, b\",y,60\n").unwrap();
        let told: Vec<_> = calls
            .iter()
            .map(|call| (call.came.to_string(), &*call.what))
            .collect();
        assert_eq!(
            told,
            [
                ("19:59:59".to_owned(), "A, b (y)"),
                ("20:00:05".to_owned(), "B (x)")
            ]
        );
        assert_eq!(calls[1].came.since(calls[0].came), Duration::from_secs(6));
        assert_eq!(calls[0].priority, Priority::Critical);
    }

    #[test]
    fn names_what_is_wrong() {
        for (text, named) in [
            ("", "the header should be"),
            ("when,what\n", "line 1: the header should be `came,"),
            (
                "came,priority,what,place,seconds\n20:00:05,low,a,x,30\n20:60:00,low,a,x,30\n",
                "line 3: `20:60:00`",
            ),
            (
                "came,priority,what,place,seconds\n20:00,low,a,x,30\n",
                "line 2: `20:00`",
            ),
            (
                "came,priority,what,place,seconds\n20:00:05,urgent,a,x,30\n",
                "line 2: there is no priority `urgent`",
            ),
            (
                "came,priority,what,place,seconds\n20:00:05,low,a,x,0\n",
                "line 2: `0` is no number",
            ),
            (
                "came,priority,what,place,seconds\n20:00:05,low\n",
                "cannot read",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(named), "no {named} in: {error}");
        }
        assert!(super::read(Path::new("no/where")).is_err());
    }
}
