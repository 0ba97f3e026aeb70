//! What steps are taken to take.

use core::time::Duration;
use std::collections::{BTreeMap, HashMap};

/// How long steps are expected to take: what [`Plan::dry_run`](crate::Plan::dry_run) counts with.
///
/// For a step counts, of these, the first that there is:
///
/// 1. what is given here, by [`Estimates::with`];
/// 2. what it has taken before, by a history; a flow step where that does not know all its steps;
/// 3. its `#[estimate(..)]`, which is in the plan;
/// 4. for a flow step, what its workflow takes;
/// 5. what [`Estimates::otherwise`] says: nothing, unless it is called.
///
/// A history of an orchestrator becomes estimates by `Estimates::from(&orchestrator.history())`.
///
/// ```
/// use std::time::Duration;
/// use orchestrate_plan::{Estimates, Graph, Kind, Node, Plan};
///
/// let graph = Graph::default()
///     .with(Node::new("fetch", Kind::Mcp).produces(["fetch"]).estimate(Duration::from_secs(1)))
///     .with(Node::new("sum", Kind::Agent).reads(["fetch"]));
/// let estimates = Estimates::new().with("sum", Duration::from_secs(3));
/// let dry_run = Plan::new("Digest", &graph)?.dry_run(&estimates);
/// assert_eq!(dry_run.duration(), Duration::from_secs(4));
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estimates {
    given: BTreeMap<String, Duration>,
    items: BTreeMap<String, u32>,
    history: HashMap<String, Measured>,
    otherwise: Duration,
}

/// What a step has taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) median: Duration,
    pub(super) p95: Option<Duration>,
}

impl Estimates {
    /// Nothing but what the plan says.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A step takes this long: one attempt at it, for one item.
    ///
    /// A step of a workflow inside is meant by its path: `review/look` is step `look` of the
    /// workflow that flow step `review` runs. A name that no step has is told in
    /// [`DryRun::unknown`](crate::DryRun::unknown).
    #[must_use]
    pub fn with(mut self, step: impl Into<String>, time: Duration) -> Self {
        self.given.insert(step.into(), time);
        self
    }

    /// A step with `each` has so many items. Without, it is counted with one.
    #[must_use]
    pub fn items(mut self, step: impl Into<String>, count: u32) -> Self {
        self.items.insert(step.into(), count);
        self
    }

    /// A step has taken this long before: half of its attempts no longer than `median`, and 95 of
    /// 100 no longer than `p95`, where that is known.
    ///
    /// `step` is the [path](crate::Plan::path) of the workflow, `/`, and the name of the step, as in
    /// a history: `my_crate::CodeReview/review`. It holds wherever that workflow is run.
    #[must_use]
    pub fn measured(
        mut self,
        step: impl Into<String>,
        median: Duration,
        p95: Option<Duration>,
    ) -> Self {
        self.history.insert(step.into(), Measured { median, p95 });
        self
    }

    /// What a step takes of which nothing else is known. Such steps are named in
    /// [`DryRun::without_estimate`](crate::DryRun::without_estimate) all the same.
    #[must_use]
    pub fn otherwise(mut self, time: Duration) -> Self {
        self.otherwise = time;
        self
    }

    pub(super) fn given(&self, path: &str) -> Option<Duration> {
        self.given.get(path).copied()
    }

    pub(super) fn items_of(&self, path: &str) -> Option<u32> {
        self.items.get(path).copied()
    }

    pub(super) fn history(&self, workflow: &str, step: &str) -> Option<Measured> {
        // Most dry runs have no history, and need no name put together.
        if self.history.is_empty() {
            return None;
        }
        self.history.get(&format!("{workflow}/{step}")).copied()
    }

    pub(super) fn unknown(&self) -> Duration {
        self.otherwise
    }

    /// The paths of steps for which something is given.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.given.keys().chain(self.items.keys());
        names.map(String::as_str)
    }
}
