//! What options make of the inputs of a step: keys, items, texts.
#![allow(missing_docs, reason = "hidden, and called by expansions alone")]

use std::{any::type_name, fmt, hash::Hash};

use crate::{__private::Probe, StepFailure};

/// A type by another name, which stands at the option that asks for it.
pub type Same<T> = T;

/// What a value is known by in a cache: `cache(key = ..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a cache",
    label = "not a key",
    note = "a key is compared by value and outlives the run: it is `Hash`, `Eq`, `Send`, `Sync` and `'static`"
)]
pub trait CacheKey: Hash + Eq + Send + Sync + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Hash + Eq + Send + Sync + 'static> CacheKey for T {}

/// An input as a part of the key of a cache: owned, since it outlives the run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a part of the key of a cache",
    label = "all the inputs of this step are its key",
    note = "what makes a call the same is said with `key`: `#[cache(key = name.clone())]`",
    note = "a key is compared by value and outlives the run: it is `Clone`, `Hash`, `Eq`, `Send`, `Sync` and `'static`"
)]
pub trait Key {
    type Key: CacheKey;
    fn key(self) -> Self::Key;
}
#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: CacheKey> + ?Sized> Key for &T {
    type Key = T::Owned;
    fn key(self) -> T::Owned {
        self.to_owned()
    }
}
#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: CacheKey> + ?Sized> Key for Option<&T> {
    type Key = Option<T::Owned>;
    fn key(self) -> Self::Key {
        self.map(ToOwned::to_owned)
    }
}

/// An item as what is kept of it beyond its step: in a batch with those of others, or until it is undone.
#[diagnostic::on_unimplemented(
    message = "the items of this step cannot be kept: `{Self}` is no reference to something that is `Clone`",
    label = "cannot be kept"
)]
pub trait Item {
    type Owned;
    fn kept(self) -> Self::Owned;
}
#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Item for &T {
    type Owned = T::Owned;
    fn kept(self) -> T::Owned {
        self.to_owned()
    }
}
// The entries of a map.
#[diagnostic::do_not_recommend]
impl<A: Item, B: Item> Item for (A, B) {
    type Owned = (A::Owned, B::Owned);
    fn kept(self) -> Self::Owned {
        (self.0.kept(), self.1.kept())
    }
}

/// How many of an optional input have succeeded: what a quorum counts.
pub trait Succeeded {
    fn succeeded(&self) -> usize;
}
impl<T> Succeeded for Result<&T, &StepFailure> {
    fn succeeded(&self) -> usize {
        usize::from(self.is_ok())
    }
}
impl<T> Succeeded for &Vec<Result<T, StepFailure>> {
    fn succeeded(&self) -> usize {
        self.iter().filter(|item| item.is_ok()).count()
    }
}
impl<T: Succeeded> Succeeded for Option<T> {
    fn succeeded(&self) -> usize {
        self.as_ref().map_or(0, Succeeded::succeeded)
    }
}

/// An input as a text, for the person who is asked: what it says of itself, or its type.
pub trait ShowsDebug {
    fn shown(&self) -> String;
}
impl<T: fmt::Debug> ShowsDebug for &Probe<'_, T> {
    fn shown(&self) -> String {
        format!("{:?}", self.0)
    }
}
pub trait ShowsType {
    fn shown(&self) -> String;
}
impl<T> ShowsType for Probe<'_, T> {
    fn shown(&self) -> String {
        format!("a `{}`", type_name::<T>().trim_start_matches('&'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_items_are_owned() {
        assert_eq!("a".key(), "a".to_owned());
        assert_eq!(Some(&vec![1]).key(), Some(vec![1]));
        assert_eq!([1, 2][..].kept(), vec![1, 2]);
        assert_eq!((&1, "b").kept(), (1, "b".to_owned()));
    }

    #[test]
    fn a_quorum_counts_what_is_there() {
        let one: Result<&u32, &StepFailure> = Ok(&1);
        assert_eq!(one.succeeded() + Some(one).succeeded(), 2);
        let items: &Vec<Result<u32, StepFailure>> = &vec![Ok(1), Ok(2)];
        assert_eq!(Some(items).succeeded(), 2);
        assert_eq!(None::<Result<&u32, &StepFailure>>.succeeded(), 0);
    }

    #[test]
    fn an_input_says_what_it_can() {
        struct Mute;
        assert_eq!((&&Probe(&[1])).shown(), "[1]");
        let mute = &&Probe(&Mute);
        assert!(mute.shown().ends_with("Mute`"));
    }
}
