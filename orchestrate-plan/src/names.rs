//! A list of names that is constant or owned; and how a name is printed.

use std::borrow::Cow;

use crate::packed::Run;

/// Names: constant, or owned. A `Cow` cannot be both here, because an owned list of constant names
/// is of no use.
#[derive(Clone, Debug)]
pub(crate) enum Names {
    Static(&'static [&'static str]),
    Packed(Run),
    Owned(Vec<String>),
}

/// The same, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'n> {
    Static(&'static [&'static str]),
    Packed(Run),
    Owned(&'n [String]),
}

impl<'n> View<'n> {
    pub(crate) const fn len(self) -> usize {
        match self {
            Self::Static(names) => names.len(),
            Self::Packed(run) => run.len(),
            Self::Owned(names) => names.len(),
        }
    }

    pub(crate) fn iter(
        self,
    ) -> impl ExactSizeIterator<Item = &'n str> + DoubleEndedIterator + Clone {
        (0..self.len()).map(move |index| match self {
            Self::Static(names) => names[index],
            Self::Packed(run) => run.get(index),
            Self::Owned(names) => &names[index],
        })
    }
}

impl Names {
    pub(crate) const fn view(&self) -> View<'_> {
        match self {
            Self::Static(names) => View::Static(names),
            Self::Packed(run) => View::Packed(*run),
            Self::Owned(names) => View::Owned(names.as_slice()),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.view().len()
    }

    /// Adds names. Constant ones become owned.
    pub(crate) fn extend(&mut self, names: impl Iterator<Item = String>) {
        if !matches!(self, Self::Owned(_)) {
            *self = Self::Owned(self.iter().map(str::to_owned).collect());
        }
        if let Self::Owned(owned) = self {
            owned.extend(names);
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.view().iter()
    }
}

/// Names are equal when they read the same, wherever they are kept.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Names {}

/// A name without control characters: one that comes from outside may hold anything, and must not
/// draw on a terminal.
pub(crate) fn printable(name: &str) -> Cow<'_, str> {
    if name.chars().any(char::is_control) {
        Cow::Owned(name.escape_debug().to_string())
    } else {
        Cow::Borrowed(name)
    }
}
