//! One way of writing a graph, as the benchmark sees it.

use std::{convert::Infallible, future::Future, pin::Pin};

use orchestrated::{Failure, Orchestrator};

use crate::driver::Driver;

/// The sum that a run gives.
pub(crate) trait Answer {
    fn sum(self) -> u64;
}

impl Answer for u64 {
    fn sum(self) -> u64 {
        self
    }
}

impl Answer for Result<u64, Failure<Infallible>> {
    fn sum(self) -> u64 {
        self.expect("nothing fails here")
    }
}

type Run = Box<dyn Fn(&Driver, u64) -> u64>;
type Start = Box<dyn Fn(u64) -> Pin<Box<dyn Future<Output = u64>>>>;

/// The workflow itself, or a rival.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Drives a run in place.
    pub(crate) run: Run,
    /// Makes a run, in a box of its own.
    pub(crate) start: Start,
    /// The size of the future, in bytes.
    pub(crate) size: usize,
}

impl Contender {
    pub(crate) fn new<F>(
        name: &'static str,
        orchestrator: &'static Orchestrator,
        make: impl Fn(u64, &'static Orchestrator) -> F + Copy + 'static,
    ) -> Self
    where
        F: Future<Output: Answer> + 'static,
    {
        Self {
            name,
            run: Box::new(move |driver, input| driver.run(make(input, orchestrator)).sum()),
            start: Box::new(move |input| {
                Box::pin(async move { make(input, orchestrator).await.sum() })
            }),
            size: size_of_val(&make(1, orchestrator)),
        }
    }
}
