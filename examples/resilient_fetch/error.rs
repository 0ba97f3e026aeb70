//! What can go wrong with a request.

use std::io;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// Nobody listens, or the connection was lost.
    #[error("no connection to {url}")]
    Lost {
        url: String,
        #[source]
        source: io::Error,
    },
    /// The connection was closed without an answer.
    #[error("{url} hung up without an answer")]
    HungUp { url: String },
    /// The answer is that there is none.
    #[error("{url} answered with status {status}")]
    Status { url: String, status: u16 },
    /// An answer that nobody understands.
    #[error("the answer is {0}")]
    Garbled(&'static str),
}

impl FetchError {
    /// Whether a second request may fare better.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            Self::Lost { .. } | Self::HungUp { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            Self::Garbled(_) => false,
        }
    }
}
