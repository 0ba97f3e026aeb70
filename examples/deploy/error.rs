//! What can end a deploy.

use std::{io, path::PathBuf};

use crate::{findings::Finding, store::StoreError};

/// Why a site was not published. Each names the file that it is about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeployError {
    /// A file or folder is missing, or may not be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A file or folder could not be written, moved or removed.
    #[error("cannot write `{}`", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// There is nowhere to publish to.
    #[error("cannot publish to `{}`: there is no such folder", path.display())]
    NoFolder { path: PathBuf },
    /// A page that is not text.
    #[error("cannot read `{}`: line {line} is not UTF-8", path.display())]
    NotText { path: PathBuf, line: usize },
    /// A site without a single page.
    #[error("there is no page under `{}`", path.display())]
    NoPages { path: PathBuf },
    /// A `site.toml` that does not say what it should.
    #[error("`{}`: {reason}", path.display())]
    Manifest { path: PathBuf, reason: String },
    /// A site that does not say what it may weigh.
    #[error("`site.toml` has no table `[weight]`")]
    NoLimits,
    /// The reviewers found what may not go out.
    #[error("the site is not fit to be published:{}", Finding::lines(.0))]
    Unfit(Vec<Finding>),
    /// This version has been published before.
    #[error("release `{version}` is there already: `{}`", path.display())]
    Taken { version: String, path: PathBuf },
    /// What is served is not what was released.
    #[error("`{}` is not served as it was released", path.display())]
    NotServed { path: PathBuf },
    /// The fault that was asked for.
    #[error("the fault that `--fail-at {0}` asks for")]
    Injected(String),
    /// Work on another thread was stopped before its end.
    #[error("work was stopped before its end")]
    Stopped(#[from] tokio::task::JoinError),
    /// A pointer or an announcement could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeployError {
    pub(crate) fn unreadable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Unreadable { path, source }
    }

    pub(crate) fn unwritable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Unwritable { path, source }
    }
}

/// Runs what keeps a disk busy on a thread where it holds nothing else up.
pub(crate) async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, DeployError> + Send + 'static,
) -> Result<T, DeployError> {
    tokio::task::spawn_blocking(run).await?
}
