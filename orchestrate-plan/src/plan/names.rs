//! A list of names that is constant or owned.

/// Names: constant, or owned. A `Cow` cannot be both here, because an owned list of constant names
/// is of no use.
#[derive(Clone, Debug)]
pub(super) enum Names {
    Static(&'static [&'static str]),
    Owned(Vec<String>),
}

impl Names {
    const fn len(&self) -> usize {
        match self {
            Self::Static(names) => names.len(),
            Self::Owned(names) => names.len(),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        (0..self.len()).map(|index| match self {
            Self::Static(names) => names[index],
            Self::Owned(names) => &names[index],
        })
    }
}

/// Names are equal when they read the same, wherever they are kept.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Names {}
