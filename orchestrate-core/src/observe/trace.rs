//! What runs have done, kept for who wants to look at it.

mod collect;
mod kept;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kept::Kept;

use super::{Event, Observer, RunTrace, Sink, WorkflowStats};
use crate::RunId;

/// Keeps what the runs of an orchestrator have done: charts and metrics are made of it.
///
/// It is told in place, and misses nothing: of an event it makes a look-up and a note. All clones are one trace.
///
/// It keeps the runs that have not ended, and the latest 256 that have: [`keeping`](Self::keeping) sets another number.
/// The runs inside a run count too. When there is one too many, the run that ended first goes, with the runs inside it. Of
/// each step the first 10,000 attempts and the first 10,000 waits are kept. A run of ten steps takes about 3 KB.
///
/// ```
/// use orchestrated::{workflow, Gantt, Orchestrator, Trace};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let trace = Trace::new();
/// let orchestrator = Orchestrator::new().observer(trace.clone());
/// Greet { name: "Ada" }.run(&orchestrator).await?;
///
/// let run = trace.last().expect("it has run");
/// println!("{}", Gantt::of(&run));
/// println!("{}", run.metrics());
/// assert_eq!(run.plan.name(), "Greet");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Trace(Arc<Shared>);

#[derive(Debug)]
struct Shared(Mutex<Kept>);

/// How many runs that have ended are kept, where nobody says.
const ENDED: usize = 256;

impl Trace {
    /// A trace that keeps the latest 256 runs.
    #[must_use]
    pub fn new() -> Self {
        Self::keeping(ENDED)
    }

    /// A trace that keeps the latest `runs` runs that have ended, but at least one.
    #[must_use]
    pub fn keeping(runs: usize) -> Self {
        Self(Arc::new(Shared(Mutex::new(Kept::new(runs.max(1))))))
    }

    /// The runs that are kept, in the order in which they started. Those inside other runs are among them, and those that
    /// have not ended yet: as far as they have come.
    #[must_use]
    pub fn runs(&self) -> Vec<RunTrace> {
        // Copied outside of the lock.
        let runs = self.0.kept().all();
        runs.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// A run, if it is kept.
    #[must_use]
    pub fn run(&self, run: RunId) -> Option<RunTrace> {
        let found = self.0.kept().find(run);
        found.map(Arc::unwrap_or_clone)
    }

    /// The run that started last, of those that are no part of another.
    #[must_use]
    pub fn last(&self) -> Option<RunTrace> {
        let found = self.0.kept().last();
        found.map(Arc::unwrap_or_clone)
    }

    /// Numbers over all the runs that are kept, for each workflow: see [`WorkflowStats::of_runs`].
    #[must_use]
    pub fn metrics(&self) -> Vec<WorkflowStats> {
        let runs = self.0.kept().all();
        WorkflowStats::over(runs.iter().map(|run| &**run))
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Trace {
    fn observe(&mut self, event: &Event) {
        self.0.tell(event);
    }

    fn __sink(&self) -> Option<Arc<dyn Sink>> {
        Some(self.0.clone())
    }
}

impl Sink for Shared {
    fn tell(&self, event: &Event) {
        self.kept().tell(event);
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
