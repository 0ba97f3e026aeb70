//! A list of resources that is constant or owned.

/// Names of resources, and how much of each: constant, or owned.
#[derive(Clone, Debug)]
pub(crate) enum Resources {
    Static(&'static [(&'static str, usize)]),
    Owned(Vec<(String, usize)>),
}

impl Resources {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Static(resources) => resources.len(),
            Self::Owned(resources) => resources.len(),
        }
    }

    pub(super) fn iter(
        &self,
    ) -> impl ExactSizeIterator<Item = (&str, usize)> + DoubleEndedIterator + Clone {
        (0..self.len()).map(|index| match self {
            Self::Static(resources) => resources[index],
            Self::Owned(resources) => (resources[index].0.as_str(), resources[index].1),
        })
    }

    /// Adds resources. Constant ones become owned.
    pub(crate) fn extend(&mut self, resources: impl Iterator<Item = (String, usize)>) {
        if let Self::Static(fixed) = *self {
            let owned = fixed.iter().map(|&(name, count)| (name.to_owned(), count));
            *self = Self::Owned(owned.collect());
        }
        if let Self::Owned(owned) = self {
            owned.extend(resources);
        }
    }
}

/// Resources are equal when they read the same, wherever they are kept.
impl PartialEq for Resources {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Resources {}
