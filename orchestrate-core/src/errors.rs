//! What can be told of an error whose type has no bounds.

use std::{any::type_name, error::Error, fmt};

/// Looks into an error of the type `E` for what [`Error::source`] may give away.
pub(crate) type SourceOf<E> = fn(&E) -> Option<&(dyn Error + 'static)>;

/// What an expansion knows about the error of its workflow: there the type is known, and so is what it implements.
pub struct Errors<E> {
    /// What [`Error::source`] of a failure gives.
    pub source: SourceOf<E>,
    /// The error's text, as far as its type has one.
    pub describe: fn(&E) -> String,
}

impl<E> Errors<E> {
    /// Nothing is known but the name of the type.
    pub const UNKNOWN: Self = Self {
        source: |_| None,
        describe: |_| type_name::<E>().to_owned(),
    };
}

impl<E> fmt::Debug for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errors").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_unknown_error_there_is_its_type() {
        struct Mute;
        let unknown = Errors::<Mute>::UNKNOWN;
        assert!((unknown.source)(&Mute).is_none());
        assert!((unknown.describe)(&Mute).ends_with("Mute"));
    }
}
