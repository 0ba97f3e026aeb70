use std::{any::Any, fmt};

use orchestrated::workflow;

workflow! {
    /// `T` may be a reference: that is said once, whatever reads or returns it.
    workflow Cloned<T: Send + Sync + Clone, U>(one: T, other: Vec<Option<U>>) -> T
    where
        U: fmt::Debug + Send + Sync,
    {
        #[spawn]
        fn cloned(one) -> T { one.clone() }
        #[blocking]
        fn again(one) -> Option<T> { Some(one.clone()) }
        #[spawn]
        fn length(other) -> usize { other.len() }
        again.filter(|_| length > 1).unwrap_or(cloned)
    }

    /// These may not.
    workflow Fine<T: Send + Sync + 'static, U: Any + Send + Sync>(one: T, other: U) -> usize {
        #[spawn]
        fn size(one) -> usize { size_of_val(one) }
        #[spawn]
        fn more(other) -> usize { size_of_val(other) }
        size + more
    }
}

fn main() {}
