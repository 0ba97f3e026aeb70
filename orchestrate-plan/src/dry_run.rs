//! What a run will be like, before it runs.

mod bounds;
mod display;
mod estimates;
mod needs;
mod peak;
#[cfg(test)]
mod tests;
mod worst;

use core::time::Duration;
use std::collections::HashSet;

pub use bounds::HeldUp;
pub use estimates::Estimates;
pub use needs::{Needs, PermissionNeed, ResourceNeed};
pub use worst::{Open, Why, Worst};

use crate::{
    kind::Kind,
    nearest::Nearest,
    plan::{Plan, Step},
};
use worst::Subject;

/// What a run of a workflow is expected to be like: see [`Plan::dry_run`].
///
/// Printed, it is a report. Times of what was expected are about a run in which every first attempt
/// succeeds, every round is good enough, nothing is cached, no step is left out, and nobody waits for
/// a turn; the [worst case](Worst) is about all that may go otherwise.
///
/// ```
/// use std::time::Duration;
/// use orchestrate_plan::{Estimates, Graph, Kind, Node, Plan};
///
/// let ms = Duration::from_millis;
/// let graph = Graph::default()
///     .with(Node::new("files", Kind::Mcp).produces(["files"]).estimate(ms(400)).timeout(ms(900)))
///     .with(Node::new("docs", Kind::Mcp).produces(["docs"]).estimate(ms(300)).timeout(ms(900)))
///     .with(Node::new("review", Kind::Agent).reads(["files", "docs"]).timeout(ms(5_000)).retry(2));
/// let estimates = Estimates::new().with("review", ms(2_000));
/// assert_eq!(
///     Plan::new("CodeReview", &graph)?.dry_run(&estimates).to_string(),
///     "\
/// CodeReview takes about 2.4s
///   batch 1  400ms  files   400ms  estimate  critical
///                   docs    300ms  estimate
///   batch 2  2s     review  2s     given     critical
///
///   critical path   2.4s: files -> review
///   bottleneck      review: 2s, 83% of the run
///   held up         review: 100ms by files alone
///   total work      2.7s: at most 1.1 times as fast as one step after the other
///   strict batches  cost nothing more
///   worst case      11s"
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DryRun {
    /// The name of the workflow.
    pub workflow: String,
    /// Whether it says `#[schedule(batches)]`.
    pub strict: bool,
    /// How long a run may take at most: `#[deadline(..)]`.
    pub deadline: Option<Duration>,
    /// Its steps, in the order of their declaration.
    pub steps: Vec<StepTime>,
    /// Its batches, from the first to the last.
    pub batches: Vec<BatchTime>,
    /// The paths of the steps on the longest chain: no run is shorter. Those of a workflow inside
    /// stand for its flow step, where what that takes is worked out from them.
    pub critical_path: Vec<String>,
    /// What that chain takes.
    pub critical_time: Duration,
    /// The step on that chain that is held up the most by a single one of those that it depends on.
    pub held_up: Option<HeldUp>,
    /// What all steps take together.
    pub total_work: Duration,
    /// What a run may take at worst.
    pub worst: Worst,
    /// What it takes and asks for.
    pub needs: Needs,
    /// The paths of the steps of which nothing is known. They count as what
    /// [`Estimates::otherwise`] says, which is nothing unless it was called.
    pub without_estimate: Vec<String>,
    /// The paths of the steps that run for each of some items, and of which nothing says how many
    /// there are: they are counted with one.
    pub per_item: Vec<String>,
    /// The paths of the steps that may be left out (`when`): they are counted as if they ran.
    pub conditional: Vec<String>,
    /// The names for which an estimate is given, and that no step has.
    pub unknown: Vec<UnknownStep>,
}

/// What a step is expected to take: a part of a [`DryRun`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StepTime {
    /// The step's name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The batch that it is in, counted from 0.
    pub batch: usize,
    /// From when it starts until it is done. An attempt takes no longer than its time-out.
    pub time: Duration,
    /// The same with its items, or the steps of its workflow, one after the other.
    pub work: Duration,
    /// How that is known.
    pub source: Source,
    /// Whether it is on the critical path of its own workflow.
    pub critical: bool,
    /// What it takes at worst.
    pub worst: Worst,
    /// The workflow that a flow step runs.
    pub flow: Option<Box<DryRun>>,
}

/// How it is known what a step takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum Source {
    /// It was given: [`Estimates::with`].
    Given,
    /// From what it has taken before.
    History,
    /// Its attribute says so: `#[estimate(400ms)]`.
    Estimate,
    /// It is a flow step, and takes what its workflow takes.
    Flow,
    /// It is not: [`Estimates::otherwise`].
    Unknown,
}

/// What a batch is expected to take: a part of a [`DryRun`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BatchTime {
    /// Its steps: indices into [`DryRun::steps`].
    pub steps: Vec<usize>,
    /// What the longest of them takes.
    pub time: Duration,
}

/// A name for which an estimate is given, and that no step has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UnknownStep {
    /// The name, as it was given.
    pub name: String,
    /// The path that may have been meant.
    pub nearest: Option<String>,
}

impl Plan {
    /// Works out what a run will be like, without running anything: how long it takes, along which
    /// steps, what it takes at worst, and what it needs. Workflows inside are unfolded.
    ///
    /// O(V + E), but for the resources: see [`ResourceNeed::at_once`].
    #[must_use]
    pub fn dry_run(&self, estimates: &Estimates) -> DryRun {
        let mut dry_run = DryRun::of(self, estimates, "");
        let mut paths = Vec::new();
        all_paths(self, "", &mut paths);
        let known: HashSet<&str> = paths.iter().map(String::as_str).collect();
        let mut names: Vec<&str> = estimates
            .names()
            .filter(|name| !known.contains(name))
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut nearest = Nearest::new(paths.iter().map(String::as_str));
        dry_run.unknown = names
            .into_iter()
            .map(|name| UnknownStep {
                name: name.to_owned(),
                nearest: nearest.find(name, &[]).into_iter().next(),
            })
            .collect();
        dry_run
    }
}

impl DryRun {
    /// What a run is expected to take: its critical path, or with `#[schedule(batches)]` one batch
    /// after the other.
    #[must_use]
    pub fn duration(&self) -> Duration {
        if self.strict {
            self.batches_time()
        } else {
            self.critical_time
        }
    }

    /// What the batches take one after the other: a run with `#[schedule(batches)]`.
    #[must_use]
    pub fn batches_time(&self) -> Duration {
        sum(self.batches.iter().map(|batch| batch.time))
    }

    /// How much longer a run takes with `#[schedule(batches)]`, whether the workflow says it or not.
    #[must_use]
    pub fn strict_batches_cost(&self) -> Duration {
        self.batches_time().saturating_sub(self.critical_time)
    }

    /// How many times as fast as one step after the other a run is at best: the total work over the
    /// critical path. No scheduler does better (R. L. Graham, "Bounds on Multiprocessing Timing
    /// Anomalies", SIAM Journal on Applied Mathematics 17, 1969). 1 where nothing takes any time.
    #[must_use]
    pub fn speed_up(&self) -> f64 {
        if self.critical_time.is_zero() {
            1.0
        } else {
            self.total_work.div_duration_f64(self.critical_time)
        }
    }

    fn of(plan: &Plan, estimates: &Estimates, prefix: &str) -> Self {
        let mut all = Self {
            workflow: plan.name().to_owned(),
            strict: plan.has_strict_batches(),
            deadline: plan.deadline(),
            steps: Vec::with_capacity(plan.steps().len()),
            batches: Vec::with_capacity(plan.batch_count()),
            critical_path: Vec::new(),
            critical_time: Duration::ZERO,
            held_up: None,
            total_work: Duration::ZERO,
            worst: Worst::default(),
            needs: needs::needs(plan, estimates, prefix),
            without_estimate: Vec::new(),
            per_item: Vec::new(),
            conditional: Vec::new(),
            unknown: Vec::new(),
        };
        for step in plan.steps() {
            let step = all.step(plan, step, estimates, prefix);
            all.steps.push(step);
        }
        all.total_work = sum(all.steps.iter().map(|step| step.work));
        for batch in plan.batches() {
            let times = batch.indices().iter().map(|&step| all.steps[step].time);
            let time = times.max().unwrap_or_default();
            all.batches.push(BatchTime {
                steps: batch.indices().to_vec(),
                time,
            });
        }
        let (path, time) = longest(plan, |step| all.steps[step].time);
        all.critical_time = time;
        for step in path {
            all.steps[step].critical = true;
            all.critical_path.extend(unfolded(&all.steps[step], prefix));
        }
        all.held_up = bounds::held_up(plan, &all.steps, prefix);
        all.worst = all.worst(plan);
        all
    }

    /// A step, and what there is to know about it in words.
    fn step(&mut self, plan: &Plan, step: &Step, estimates: &Estimates, prefix: &str) -> StepTime {
        let (options, path) = (step.options(), format!("{prefix}{}", step.name()));
        let flow = step.flow();
        let flow = flow.map(|flow| Box::new(Self::of(flow, estimates, &format!("{path}/"))));
        let measured = estimates.history(plan.path(), step.name());
        // What is known of each step inside says more.
        let of_whole = measured.filter(|_| !flow.as_ref().is_some_and(|flow| flow.is_measured()));
        let (expected, source) = if let Some(time) = estimates.given(&path) {
            (time, Source::Given)
        } else if let Some(measured) = of_whole {
            (measured.median, Source::History)
        } else if let Some(time) = options.estimate() {
            (time, Source::Estimate)
        } else if let Some(flow) = &flow {
            let time = flow.duration();
            (
                flow.deadline.map_or(time, |deadline| time.min(deadline)),
                Source::Flow,
            )
        } else {
            (estimates.unknown(), Source::Unknown)
        };
        let limit = options.timeout().filter(|_| !options.is_adaptive());
        let attempt = limit.map_or(expected, |limit| expected.min(limit));
        let work = match &flow {
            Some(flow) if source == Source::Flow => flow.total_work,
            _ => attempt,
        };
        if options.is_conditional() {
            self.conditional.push(path.clone());
        }
        if source == Source::Unknown {
            self.without_estimate.push(path.clone());
        }
        let items = estimates.items_of(&path).filter(|_| options.is_per_item());
        if options.is_per_item() && items.is_none() {
            self.per_item.push(path.clone());
        }
        if let Some(flow) = &flow
            && source == Source::Flow
        {
            self.without_estimate
                .extend(flow.without_estimate.iter().cloned());
            self.per_item.extend(flow.per_item.iter().cloned());
        }
        if let Some(flow) = &flow {
            self.conditional.extend(flow.conditional.iter().cloned());
        }
        let waves = waves(options, items);
        let worst = worst::worst(&Subject {
            path: &path,
            kind: step.kind(),
            options,
            attempt,
            measured,
            waves,
            flow: flow.as_ref().map(|flow| &flow.worst),
        });
        StepTime {
            name: step.name().to_owned(),
            kind: step.kind(),
            batch: step.batch(),
            time: attempt.saturating_mul(waves.unwrap_or(1)),
            work: work.saturating_mul(items.unwrap_or(1)),
            source,
            critical: false,
            worst,
            flow,
        }
    }

    /// Whether a time is given for one of its steps, or all of them have been measured.
    fn is_measured(&self) -> bool {
        self.is_given() || self.is_known_by_history()
    }

    fn is_given(&self) -> bool {
        let inside = |step: &StepTime| step.flow.as_ref().is_some_and(|flow| flow.is_given());
        let mut steps = self.steps.iter();
        steps.any(|step| step.source == Source::Given || inside(step))
    }

    fn is_known_by_history(&self) -> bool {
        let inside = |step: &StepTime| match &step.flow {
            Some(flow) if step.source == Source::Flow => flow.is_known_by_history(),
            _ => step.source == Source::History,
        };
        self.per_item.is_empty() && self.steps.iter().all(inside)
    }

    fn worst(&self, plan: &Plan) -> Worst {
        let time = if self.strict {
            let batches = self.batches.iter().map(|batch| {
                let times = batch.steps.iter().map(|&step| self.steps[step].worst.time);
                times.max().unwrap_or_default()
            });
            sum(batches)
        } else {
            longest(plan, |step| self.steps[step].worst.time).1
        };
        let open = self.steps.iter().flat_map(|step| step.worst.open.clone());
        Worst {
            time,
            by_deadline: false,
            open: open.collect(),
        }
        .until(self.deadline)
    }
}

/// How many times in a row an item of a step runs, where as many as may run at the same time; 1 for
/// a step without `each`. None where that is not known.
fn waves(options: &crate::Options, items: Option<u32>) -> Option<u32> {
    if !options.is_per_item() {
        return Some(1);
    }
    match (items, options.concurrency()) {
        (Some(items), Some(concurrency)) => {
            let concurrency = u32::try_from(concurrency).unwrap_or(u32::MAX);
            Some(items.div_ceil(concurrency))
        }
        _ if options.has_concurrency() => None,
        (items, _) => Some(items.map_or(1, |items| items.min(1))),
    }
}

/// The longest chain, and of equally long ones that with the most steps; among these, the one whose
/// last step was declared first, and so on backwards. Saturating.
fn longest(plan: &Plan, time: impl Fn(usize) -> Duration) -> (Vec<usize>, Duration) {
    let count = plan.steps().len();
    let mut length = vec![(Duration::ZERO, 0_usize); count];
    let mut comes_from = vec![None; count];
    for batch in plan.batches() {
        for &step in batch.indices() {
            let dependencies = plan.steps()[step].dependencies().iter().copied();
            // `max_by_key` keeps the last of equals; reversed, that is the one declared first.
            let before = dependencies
                .rev()
                .max_by_key(|&dependency| length[dependency]);
            let (sum, steps) = before.map_or((Duration::ZERO, 0), |before| length[before]);
            length[step] = (sum.saturating_add(time(step)), steps + 1);
            comes_from[step] = before;
        }
    }
    let last = (0..count).rev().max_by_key(|&step| length[step]);
    let mut path: Vec<usize> = core::iter::successors(last, |&step| comes_from[step]).collect();
    path.reverse();
    (path, last.map_or(Duration::ZERO, |last| length[last].0))
}

/// The paths that stand for a step on the critical path.
fn unfolded(step: &StepTime, prefix: &str) -> Vec<String> {
    match &step.flow {
        Some(flow) if step.source == Source::Flow && !flow.critical_path.is_empty() => {
            flow.critical_path.clone()
        }
        _ => vec![format!("{prefix}{}", step.name)],
    }
}

fn all_paths(plan: &Plan, prefix: &str, paths: &mut Vec<String>) {
    for step in plan.steps() {
        let path = format!("{prefix}{}", step.name());
        if let Some(flow) = step.flow() {
            all_paths(flow, &format!("{path}/"), paths);
        }
        paths.push(path);
    }
}

fn sum(times: impl Iterator<Item = Duration>) -> Duration {
    times.fold(Duration::ZERO, Duration::saturating_add)
}
