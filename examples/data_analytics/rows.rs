//! Reads rows from CSV files, and says at which line one is broken.

use std::{fs::File, path::Path};

use serde::de::DeserializeOwned;

use crate::error::AnalyticsError;

/// A row and the line that it stands on.
#[derive(Debug)]
pub(crate) struct Row<T> {
    /// The line, from 1.
    pub(crate) line: u64,
    /// What it says.
    pub(crate) value: T,
}

/// Reads all rows of a file with this header. Every row must be `good`, or say why it is not.
pub(crate) fn read<T: DeserializeOwned>(
    path: &Path,
    header: &[&str],
    good: fn(&T) -> Result<(), String>,
) -> Result<Vec<Row<T>>, AnalyticsError> {
    let file = File::open(path).map_err(|source| AnalyticsError::Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    let mut reader = csv::Reader::from_reader(file);
    let found = reader
        .headers()
        .map_err(|error| broken(path, header, error))?;
    if found != header {
        let reason = format!("the header should be `{}`", header.join(","));
        return Err(broken_row(path, 1, reason));
    }
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader.read_record(&mut record);
        if !more.map_err(|error| broken(path, header, error))? {
            return Ok(rows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let value = record
            .deserialize(None)
            .map_err(|error| broken(path, header, error))?;
        good(&value).map_err(|reason| broken_row(path, line, reason))?;
        rows.push(Row { line, value });
    }
}

/// A row of a file that is broken.
pub(crate) fn broken_row(path: &Path, line: u64, reason: String) -> AnalyticsError {
    AnalyticsError::BrokenRow {
        path: path.to_path_buf(),
        line,
        reason,
    }
}

fn broken(path: &Path, header: &[&str], error: csv::Error) -> AnalyticsError {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.into_kind() {
        csv::ErrorKind::Io(source) => {
            return AnalyticsError::Unreadable {
                path: path.to_path_buf(),
                source,
            };
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("it has {len} fields, and the header {expected_len}"),
        csv::ErrorKind::Deserialize { err, .. } => {
            let field = err
                .field()
                .and_then(|at| header.get(usize::try_from(at).ok()?));
            match field {
                Some(field) => format!("field `{field}`: {}", err.kind()),
                None => err.kind().to_string(),
            }
        }
        other => format!("{other:?}"),
    };
    broken_row(path, line, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: impl AsRef<[u8]>, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        let good = |row: &(u8, String)| match row.0 {
            0 => Err("`a` is nought".to_owned()),
            _ => Ok(()),
        };
        let text = match read(&path, &["a", "b"], good) {
            Ok(rows) => format!("{rows:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(text.replace(&path.display().to_string(), "x.csv"), expected);
    }

    #[test]
    fn reads_rows_with_their_lines() {
        check(
            "a,b\n1,x\n2,\"y\nz\"\n3,w\n",
            r#"[Row { line: 2, value: (1, "x") }, Row { line: 3, value: (2, "y\nz") }, Row { line: 5, value: (3, "w") }]"#,
        );
    }

    #[test]
    fn names_the_line_that_is_broken() {
        check(
            "a,b\n1,x\n2\n",
            "`x.csv`, line 3: it has 1 fields, and the header 2",
        );
        check(
            "a,b\n1,x\nno,y\n",
            "`x.csv`, line 3: field `a`: invalid digit found in string",
        );
        check("a,b\n1,x\n0,y\n", "`x.csv`, line 3: `a` is nought");
        check(b"a,b\n1,caf\xe9\n", "`x.csv`, line 2: it is not UTF-8");
        check("a,c\n1,x\n", "`x.csv`, line 1: the header should be `a,b`");
        check("", "`x.csv`, line 1: the header should be `a,b`");
    }

    #[test]
    fn names_a_file_that_is_missing() {
        let error = read::<(u8,)>(Path::new("no/where.csv"), &["a"], |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `no/where.csv`");
    }
}
