//! On what steps run that run apart from their run, and how many threads they hold.

use std::{collections::BTreeMap, sync::Arc};

use super::Orchestrator;
use crate::{Executor, executor::Current, policy::limiter::Limiter};

impl Orchestrator {
    /// Runs the steps with `#[spawn]` and `#[blocking]` on this executor. Without one, it is the tokio runtime on which the
    /// run is polled.
    ///
    /// See [`Executor`] for one that is not tokio.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Sum(numbers: Vec<u64>) -> u64 {
    ///         #[spawn]
    ///         fn sum(numbers) -> u64 { numbers.iter().sum() }
    ///         sum
    ///     }
    /// }
    ///
    /// // The run is polled here, and the step runs on that runtime.
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let orchestrator = Orchestrator::new().executor(runtime.handle().clone());
    /// let sum = futures::executor::block_on(Sum { numbers: vec![1, 2, 3] }.run(&orchestrator))?;
    /// assert_eq!(sum, 6);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn executor(self, executor: impl Executor + 'static) -> Self {
        self.set(|settings| settings.executor = Some(Arc::new(executor)))
    }

    /// Lets at most `threads` bodies of steps with `#[blocking]` run at once, in all the runs of this orchestrator together.
    /// At least 1: for 0 it is 1. Without it, there are as many as the machine has cores.
    ///
    /// Who goes first is said by `#[priority(..)]`; those of one priority go in their order. A body counts until it has
    /// ended, also when nobody waits for it any more. Like [`max_concurrency`](Self::max_concurrency), it begins to count
    /// anew: clones that were made before keep theirs.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Both(text: String) -> usize {
    ///         #[blocking]
    ///         fn lines(text) -> usize { text.lines().count() }
    ///         #[blocking]
    ///         fn words(text) -> usize { text.split_whitespace().count() }
    ///         lines + words
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// // One after the other.
    /// let orchestrator = Orchestrator::new().blocking_threads(1);
    /// assert_eq!(Both { text: "one two".to_owned() }.run(&orchestrator).await?, 3);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn blocking_threads(self, threads: usize) -> Self {
        self.set(|settings| settings.threads = Some(at_once(threads)))
    }

    /// What runs steps apart from their run.
    pub(crate) fn executor_of_steps(&self) -> &dyn Executor {
        let settings = self.settings.as_ref();
        let executor = settings.and_then(|settings| settings.executor.as_deref());
        executor.unwrap_or(&Current)
    }

    /// The threads that their bodies hold.
    pub(crate) fn threads(&self) -> &Arc<Limiter> {
        let settings = self.settings.as_ref();
        let threads = settings.and_then(|settings| settings.threads.as_ref());
        threads.unwrap_or_else(|| {
            self.state.threads.get_or_init(|| {
                let cores = std::thread::available_parallelism();
                at_once(cores.map_or(1, std::num::NonZero::get))
            })
        })
    }
}

/// So many at once, and no resources.
fn at_once(threads: usize) -> Arc<Limiter> {
    Arc::new(Limiter::new(Some(threads.max(1)), BTreeMap::new()))
}
