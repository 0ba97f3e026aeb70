//! The span in which a thread is, for what goes on elsewhere.

use tracing::Span;

use super::open::{enter, exit};

/// The span in which a thread was.
#[derive(Debug)]
pub(crate) struct CurrentSpan(Span);

/// It is left when this is dropped.
pub(crate) struct EnteredSpan<'s>(&'s CurrentSpan);

impl CurrentSpan {
    pub(crate) fn here() -> Self {
        Self(Span::current())
    }

    pub(crate) fn enter(&self) -> EnteredSpan<'_> {
        enter(&self.0);
        EnteredSpan(self)
    }
}

impl Drop for EnteredSpan<'_> {
    fn drop(&mut self) {
        exit(&self.0.0);
    }
}
