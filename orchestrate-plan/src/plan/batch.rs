//! The batches of a plan.

use core::ops::Range;
use std::borrow::Cow;

use super::{Plan, Step};
use crate::packed::Packed;

/// The steps that depend only on earlier batches, as a view of a [`Plan`].
#[derive(Clone, Copy, Debug)]
pub struct Batch<'p> {
    pub(super) plan: &'p Plan,
    pub(super) index: usize,
}

impl<'p> Batch<'p> {
    /// Which batch it is, counted from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index
    }

    /// The indices of its steps in [`Plan::steps`], in the order of their declaration.
    #[must_use]
    pub fn indices(self) -> &'p [usize] {
        self.plan.batches.get(self.index)
    }

    /// Its steps, in the order of their declaration.
    #[must_use]
    pub fn steps(self) -> impl ExactSizeIterator<Item = &'p Step> + DoubleEndedIterator + Clone {
        let steps = self.plan.steps();
        self.indices().iter().map(|&step| &steps[step])
    }
}

/// The steps of each batch, one batch after the other.
#[derive(Clone, Debug)]
pub(super) struct Batches {
    /// Where each batch ends in `steps`.
    pub(super) ends: Numbers,
    pub(super) steps: Cow<'static, [usize]>,
}

impl Batches {
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, batch: usize) -> &[usize] {
        &self.steps[self.ends.range(batch)]
    }
}

impl PartialEq for Batches {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.steps == other.steps
    }
}

/// Where each of some ranges ends that follow each other from 0: constant, or owned.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    Static(&'static [usize]),
    Packed {
        packed: &'static Packed,
        start: usize,
        length: usize,
    },
    Owned(Vec<usize>),
}

impl Numbers {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Static(ends) => ends.len(),
            Self::Packed { length, .. } => *length,
            Self::Owned(ends) => ends.len(),
        }
    }

    pub(super) fn range(&self, index: usize) -> Range<usize> {
        let end = |index: usize| match self {
            Self::Static(ends) => ends[index],
            Self::Packed { packed, start, .. } => packed.number(start + index),
            Self::Owned(ends) => ends[index],
        };
        index.checked_sub(1).map_or(0, end)..end(index)
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|index| self.range(index) == other.range(index))
    }
}
