//! How long steps usually take, from what has been seen of them.

use std::{collections::HashMap, num::NonZeroUsize, time::Duration};

use lru::LruCache;
use orchestrate_plan::{Batch, Kind, Plan, Step};

use crate::History;

/// How many durations of a step are kept: the latest ones.
const LATEST: usize = 31;
/// How many workflows are kept: those that ran last.
const WORKFLOWS: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// How many steps of one workflow are kept: more than one has only where graphs of one name are put together at run time.
const STEPS: usize = 4096;

/// The latest durations of the steps of workflows.
#[derive(Debug)]
pub(crate) struct Pace(LruCache<String, HashMap<String, Seen>>);

/// The latest durations of a step: a ring, once it is full.
#[derive(Debug, Default)]
struct Seen {
    latest: Vec<Duration>,
    oldest: usize,
    /// Those that were told of: of attempts, and of a step with `each` at single items.
    loaded: Vec<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self(LruCache::new(WORKFLOWS))
    }
}

impl Pace {
    /// A step has succeeded, and taken so long.
    pub(crate) fn note(&mut self, plan: &Plan, step: &Step, took: Duration) {
        self.seen_mut(plan.path(), step.name(), |seen| seen.push(took));
    }

    /// Takes in what was seen before: all of it as older than what has been noted here, and less of it where that is enough.
    pub(crate) fn load(&mut self, history: &History) {
        for step in history.steps() {
            if let Some((path, name)) = step.name().rsplit_once('/') {
                self.seen_mut(path, name, |seen| seen.prepend(step.durations()));
            }
        }
    }

    /// How long a step will take that has not started: the median of what has been seen; else what its plan estimates, or
    /// the plan of the workflow that it runs. A plain function of which nothing is known counts as nothing.
    pub(crate) fn expected(&self, plan: &Plan, step: &Step) -> Option<Duration> {
        self.left(plan, step, Duration::ZERO)
            .or_else(|| self.expected_of(step.flow()?))
            .or_else(|| (step.kind() == Kind::Plain).then_some(Duration::ZERO))
    }

    /// How long a step will go on that has been running for so long: by the median of those times that were longer, or by
    /// the estimate of its plan where that is longer. None where all that is known says that it should have ended.
    pub(crate) fn left(&self, plan: &Plan, step: &Step, elapsed: Duration) -> Option<Duration> {
        let per_item = step.options().is_per_item();
        let total = match self.seen(plan, step) {
            Some(seen) => seen.median_above(elapsed, per_item),
            // It is of one item, and how many there are is not known.
            None => step.options().estimate().filter(|_| !per_item),
        };
        let total = total.filter(|&total| total > elapsed || elapsed.is_zero())?;
        Some(total.saturating_sub(elapsed))
    }

    /// How long a run of this plan will take.
    fn expected_of(&self, plan: &Plan) -> Option<Duration> {
        longest(plan, |_, step| self.expected(plan, step))
    }

    fn seen_mut(&mut self, path: &str, name: &str, change: impl FnOnce(&mut Seen)) {
        if self.0.get(path).is_none() {
            self.0.put(path.to_owned(), HashMap::new());
        }
        let Some(steps) = self.0.get_mut(path) else {
            return;
        };
        if let Some(seen) = steps.get_mut(name) {
            change(seen);
        } else if steps.len() < STEPS {
            change(steps.entry(name.to_owned()).or_default());
        }
    }

    fn seen(&self, plan: &Plan, step: &Step) -> Option<&Seen> {
        self.0.peek(plan.path())?.get(step.name())
    }
}

/// The longest chain of a plan, by the time that each of its steps has left; none where one is unknown.
pub(crate) fn longest(
    plan: &Plan,
    left: impl Fn(usize, &Step) -> Option<Duration>,
) -> Option<Duration> {
    let steps = plan.steps();
    let mut ends = vec![Duration::ZERO; steps.len()];
    for &step in plan.batches().flat_map(Batch::indices) {
        let before = steps[step].dependencies().iter().map(|&step| ends[step]);
        let starts = before.max().unwrap_or_default();
        ends[step] = starts.saturating_add(left(step, &steps[step])?);
    }
    Some(ends.into_iter().max().unwrap_or_default())
}

impl Seen {
    fn push(&mut self, took: Duration) {
        if self.latest.len() < LATEST {
            self.latest.push(took);
        } else {
            self.latest[self.oldest] = took;
            self.oldest = (self.oldest + 1) % LATEST;
        }
    }

    fn prepend(&mut self, older: &[Duration]) {
        let loaded = [older, &self.loaded].concat();
        self.loaded = loaded[loaded.len().saturating_sub(LATEST)..].to_vec();
    }

    /// The median of those that are longer than this, or of all where this is zero; of two in the middle, the shorter. Those
    /// that were told of count as the oldest, and not where the step runs once an item.
    fn median_above(&self, elapsed: Duration, per_item: bool) -> Option<Duration> {
        let room = if per_item {
            0
        } else {
            LATEST - self.latest.len()
        };
        let loaded = &self.loaded[self.loaded.len().saturating_sub(room)..];
        let longer = |&took: &Duration| took > elapsed || elapsed.is_zero();
        let all = loaded.iter().chain(&self.latest).copied();
        let mut longer: Vec<_> = all.filter(longer).collect();
        let middle = longer.len().checked_sub(1)? / 2;
        Some(*longer.select_nth_unstable(middle).1)
    }
}
