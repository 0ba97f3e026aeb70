//! What can end a review.

use std::{io, path::PathBuf};

use crate::store::StoreError;

/// Why a review ended without a report. Each names the file that it is about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReviewError {
    /// A file or folder is missing, or may not be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A source that is not text.
    #[error("cannot read `{}`: line {line} is not UTF-8", path.display())]
    NotText { path: PathBuf, line: usize },
    /// A folder without a single source.
    #[error("there is no Rust source under `{}`", path.display())]
    NothingToReview { path: PathBuf },
    /// A manifest from which the edition cannot be read.
    #[error("cannot tell the edition from `{}`, line {line}: {reason}", path.display())]
    Manifest {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    /// A file of practices that does not follow its own rules.
    #[error("`{}`, line {line}: {reason}", path.display())]
    Practices {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    /// The formatter could not be started.
    #[error("cannot run `rustfmt`; is it installed? (`rustup component add rustfmt`)")]
    Rustfmt(#[source] io::Error),
    /// Work on another thread was stopped before its end.
    #[error("`{work}` was stopped before its end")]
    Stopped {
        work: &'static str,
        #[source]
        source: tokio::task::JoinError,
    },
    /// The report could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}
