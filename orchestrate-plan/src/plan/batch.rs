//! The batches of a plan.

use super::{Plan, Step};

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

/// The steps of each batch: constant, or owned. A `Cow` cannot be both here, because an owned list
/// of constant lists is of no use.
#[derive(Clone, Debug)]
pub(super) enum Batches {
    Static(&'static [&'static [usize]]),
    Owned(Vec<Vec<usize>>),
}

impl Batches {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Static(batches) => batches.len(),
            Self::Owned(batches) => batches.len(),
        }
    }

    pub(super) fn get(&self, batch: usize) -> &[usize] {
        match self {
            Self::Static(batches) => batches[batch],
            Self::Owned(batches) => &batches[batch],
        }
    }
}

impl PartialEq for Batches {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|batch| self.get(batch) == other.get(batch))
    }
}

impl Eq for Batches {}
