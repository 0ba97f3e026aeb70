//! The few numbers at the head of a report.

use std::time::Duration;

use crate::{RunTrace, observe::critical_path};

/// What is said of a run in numbers.
pub(super) struct Headline {
    /// What the steps would take one after the other.
    pub(super) work: Duration,
    /// The steps that bounded the run.
    pub(super) path: Vec<usize>,
    /// How long those took.
    pub(super) critical: Duration,
    /// The one of those that took longest: to make it quicker helps most.
    pub(super) bottleneck: Option<usize>,
    /// How many steps ran at once, at most.
    pub(super) peak: usize,
    /// For how long steps waited, all together.
    pub(super) waited: Duration,
    /// How many attempts were not the first.
    pub(super) again: usize,
}

impl Headline {
    pub(super) fn of(run: &RunTrace) -> Self {
        let latest = run.latest();
        let path = critical_path(run);
        let on_path = path.iter().filter_map(|&step| run.steps.get(step));
        let critical = total(on_path.map(|step| step.lasted(latest)));
        let spans = run.steps.iter().flat_map(|step| step.at_work(latest));
        let waits = run.steps.iter().flat_map(|step| &step.waits);
        let attempts = run.steps.iter().flat_map(|step| &step.attempts);
        Self {
            work: run.metrics().sequential_time,
            path,
            critical,
            bottleneck: run.bottleneck(),
            peak: peak(spans),
            waited: total(
                waits.map(|wait| wait.ended.unwrap_or(latest).saturating_sub(wait.started)),
            ),
            again: attempts.filter(|attempt| attempt.attempt > 1).count(),
        }
    }
}

fn total(times: impl Iterator<Item = Duration>) -> Duration {
    times.fold(Duration::ZERO, Duration::saturating_add)
}

/// How many of the spans overlap at once. One that ends when another starts does not overlap it.
fn peak(spans: impl Iterator<Item = (Duration, Duration)>) -> usize {
    let mut edges: Vec<(Duration, bool)> = spans
        .flat_map(|(start, end)| [(start, true), (end, false)])
        .collect();
    edges.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, is_start) in edges {
        if is_start {
            now += 1;
            most = most.max(now);
        } else {
            now = now.saturating_sub(1);
        }
    }
    most
}
