//! What is needed of a stage once it is over.

use proc_macro2::TokenStream;

use super::{Passing, Stage};
use crate::{
    expand::scope::{Held, ours},
    model::How,
};

/// What is still needed after a stage.
pub(super) struct Kept {
    pub(super) value: usize,
    pub(super) held: Held,
    pub(super) binding: TokenStream,
    pub(super) taken: TokenStream,
}

impl Stage<'_, '_> {
    /// Whether nothing that it produces may borrow from anything: then it ends with the stage, but for what is taken out.
    pub(super) fn is_closed(&self) -> bool {
        !self.undoes
            && !self
                .produced
                .iter()
                .any(|&value| self.scope.lives.borrows(value))
    }

    /// What is needed after the stage.
    fn needed(&self) -> impl Iterator<Item = usize> {
        let last = self.batches.end - 1;
        self.produced.iter().copied().filter(move |&value| {
            let is_gone = matches!(self.passing(value), Passing::Moved | Passing::Counted);
            !is_gone && self.scope.is_needed_after(value, last)
        })
    }

    /// All of that as its own.
    pub(super) fn taken(&self) -> Vec<Kept> {
        let facade = &self.scope.model.facade;
        let taken = self.needed().map(|value| {
            let place = ours("place", value);
            Kept {
                value,
                held: Held::Owned,
                binding: self.scope.binding(value),
                taken: ours!(#facade::__private::produced(#place)),
            }
        });
        taken.collect()
    }

    /// The same where one output may borrow from another: as its own where it is to be moved, and borrowed where it is not.
    pub(super) fn kept(&self) -> Vec<Kept> {
        let (model, facade) = (self.scope.model, &self.scope.model.facade);
        let last = self.batches.end - 1;
        let kept = self.needed().map(|value| {
            let (place, binding) = (ours("place", value), self.scope.binding(value));
            let mut later = model
                .readers(value)
                .filter(|&(step, _)| self.scope.layout.batch_of(step) > last)
                .peekable();
            let is_read = later.peek().is_some();
            let is_moved = later.any(|(_, read)| read.how == How::Move);
            // What is only read is left where it is.
            let (held, taken) = if is_read && !is_moved && !model.is_left(value) {
                (
                    Held::Borrowed,
                    ours!(#facade::__private::produced(#place.as_ref())),
                )
            } else {
                (Held::Owned, ours!(#facade::__private::produced(#place)))
            };
            Kept {
                value,
                held,
                binding,
                taken,
            }
        });
        kept.collect()
    }
}
