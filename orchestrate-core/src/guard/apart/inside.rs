//! Where a body stands that runs apart from its run: in its step, as if the run polled it.

use std::cell::Cell;

use crate::{
    place::Place,
    spans::{CurrentSpan, EnteredSpan},
};

thread_local! {
    static HERE: Cell<Apart> = const { Cell::new(Apart::No) };
}

/// What this thread runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apart {
    No,
    Task,
    Thread,
}

/// The step of a body: its place, and its span.
#[derive(Debug)]
pub(super) struct Inside {
    place: Place,
    span: CurrentSpan,
}

/// A thread is inside for as long as this lives.
pub(super) struct Entered<'i> {
    place: Place,
    apart: Apart,
    _span: EnteredSpan<'i>,
}

impl Inside {
    /// Where this thread stands.
    pub(super) fn here() -> Self {
        Self {
            place: Place::here(),
            span: CurrentSpan::here(),
        }
    }

    pub(super) fn enter(&self) -> Entered<'_> {
        self.enter_as(Apart::Task)
    }

    /// On a thread that the body may hold.
    pub(super) fn enter_thread(&self) -> Entered<'_> {
        self.enter_as(Apart::Thread)
    }

    fn enter_as(&self, apart: Apart) -> Entered<'_> {
        let entered = Entered {
            place: Place::here(),
            apart: HERE.replace(apart),
            _span: self.span.enter(),
        };
        self.place.enter();
        entered
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.place.enter();
        HERE.set(self.apart);
    }
}

/// Whether this thread is one that a body holds.
pub(crate) fn holds_thread() -> bool {
    HERE.get() == Apart::Thread
}

/// Whether this thread runs a body apart from its run: then its span is the current one.
#[cfg(feature = "otel")]
pub(crate) fn is_apart() -> bool {
    HERE.get() != Apart::No
}
