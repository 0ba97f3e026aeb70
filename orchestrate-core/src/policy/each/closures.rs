//! Items with closures around them, for tests.

use std::future::Future;

use super::{Around, EachFuture, Others};

/// What is around the items of a test: two closures; and the first failure counts, or all of them are added up.
pub(crate) struct Closures<S, X, E> {
    pub(crate) stop: S,
    pub(crate) stopped: X,
    pub(crate) add: fn(Option<E>, E) -> E,
}

impl<S: Fn() -> bool, X: Fn() -> E, E> Around<E> for Closures<S, X, E> {
    fn is_stopping(&self) -> bool {
        (self.stop)()
    }

    fn stopped(&self) -> E {
        (self.stopped)()
    }

    fn failed(&self, before: Option<E>, error: E) -> E {
        (self.add)(before, error)
    }

    fn ended(&self, _: usize) {}

    fn done(&self, _: usize, _: usize) {}
}

pub(crate) fn each<T, I, M, F, V, E, S, X>(
    items: T,
    concurrency: Option<usize>,
    others: Others,
    stop: S,
    stopped: X,
    make: M,
) -> EachFuture<T::IntoIter, M, F, V, E, Closures<S, X, E>>
where
    T: IntoIterator<Item = I>,
    M: FnMut(usize, I) -> F,
    F: Future<Output = Result<V, E>>,
    S: Fn() -> bool,
    X: Fn() -> E,
{
    let add = Option::unwrap_or;
    let around = Closures { stop, stopped, add };
    super::each(items, concurrency, others, around, make)
}
