//! What can end an analysis.

use std::{io, path::PathBuf};

use crate::store::StoreError;

/// Why an analysis ended without a report. What is wrong in a file is named with its line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnalyticsError {
    /// A file is missing, or may not be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A generated file could not be written.
    #[error("cannot write `{}`", path.display())]
    Generate {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A row that does not say what it should.
    #[error("`{}`, line {line}: {reason}", path.display())]
    BrokenRow {
        path: PathBuf,
        line: u64,
        reason: String,
    },
    /// The temporary folder for the database could not be made.
    #[error("cannot make a temporary folder for the database")]
    Folder(#[source] io::Error),
    /// The database refused something.
    #[error("the database cannot {what}")]
    Database {
        what: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    /// The sources do not fit together.
    #[error("the sources do not fit together: {0}")]
    Mismatch(String),
    /// The chart could not be drawn.
    #[error("cannot draw the chart: {0}")]
    Chart(String),
    /// Work on another thread was stopped before its end.
    #[error("`{work}` was stopped before its end")]
    Stopped {
        work: &'static str,
        #[source]
        source: tokio::task::JoinError,
    },
    /// The chart or the report could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs what keeps a core or a disk busy on a thread where it holds nothing else up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: &'static str,
    run: impl FnOnce() -> Result<T, AnalyticsError> + Send + 'static,
) -> Result<T, AnalyticsError> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(source) => Err(AnalyticsError::Stopped { work, source }),
    }
}
