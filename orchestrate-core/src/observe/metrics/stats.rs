//! Numbers over many runs.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use crate::{
    observe::{RunOutcome, RunTrace, StepOutcome},
    percentile::nearest_rank,
};

/// How the runs of one workflow have gone.
///
/// Runs that have not ended are not counted. With the feature `serde` it serializes and deserializes; times are whole
/// nanoseconds then. Printed, it is a table with a line a step.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WorkflowStats {
    /// The workflow, with the module that it is declared in: see [`Plan::path`](crate::plan::Plan::path).
    pub workflow: String,
    /// How many runs there were.
    pub runs: usize,
    /// How many ended in which way, by [`RunOutcome::word`](crate::RunOutcome::word).
    pub outcomes: BTreeMap<String, usize>,
    /// How many did not finish, of all: from 0 to 1.
    pub failure_rate: f64,
    /// How long they took, however they ended.
    pub durations: Option<Percentiles>,
    /// Its steps, in the order of their declaration.
    pub steps: Vec<StepStats>,
}

/// How a step has gone, over many runs.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepStats {
    /// The name of the step.
    pub name: String,
    /// In how many runs it was reached.
    pub reached: usize,
    /// How many times it ended in which way, by [`StepOutcome::word`](crate::StepOutcome::word).
    pub outcomes: BTreeMap<String, usize>,
    /// How many times it failed, excused or not, of the times that it finished or failed: from 0 to 1.
    pub failure_rate: f64,
    /// How many attempts there were, where it has options that are told of.
    pub attempts: usize,
    /// How long it took, when it finished or failed, without what it waited for its turn: what was skipped, remembered or
    /// stopped is left out.
    pub durations: Option<Percentiles>,
}

/// Percentiles of durations, by nearest rank: each is a duration that has been measured.
///
/// So the p99 of fewer than 100 durations is the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Percentiles {
    /// Half of them took no longer.
    #[cfg_attr(feature = "serde", serde(with = "crate::observe::wire::nanos"))]
    pub p50: Duration,
    /// 95 of 100 took no longer.
    #[cfg_attr(feature = "serde", serde(with = "crate::observe::wire::nanos"))]
    pub p95: Duration,
    /// 99 of 100 took no longer.
    #[cfg_attr(feature = "serde", serde(with = "crate::observe::wire::nanos"))]
    pub p99: Duration,
}

impl WorkflowStats {
    /// Numbers over these runs, for each workflow: in the order in which the workflows first ran. Runs inside other runs count
    /// for their own workflow.
    #[must_use]
    pub fn of_runs(runs: &[RunTrace]) -> Vec<Self> {
        Self::over(runs.iter())
    }

    pub(crate) fn over<'r>(runs: impl Iterator<Item = &'r RunTrace>) -> Vec<Self> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut workflows: Vec<Vec<&RunTrace>> = Vec::new();
        for run in runs.filter(|run| run.ended.is_some()) {
            let place = *places.entry(run.plan.path()).or_insert(workflows.len());
            match workflows.get_mut(place) {
                Some(runs) => runs.push(run),
                None => workflows.push(vec![run]),
            }
        }
        workflows.iter().filter_map(|runs| of_one(runs)).collect()
    }
}

impl Percentiles {
    /// Of no durations there are none.
    fn of(durations: &mut [Duration]) -> Option<Self> {
        Some(Self {
            p50: nearest_rank(durations, 50)?,
            p95: nearest_rank(durations, 95)?,
            p99: nearest_rank(durations, 99)?,
        })
    }
}

/// Of runs of one workflow.
fn of_one(runs: &[&RunTrace]) -> Option<WorkflowStats> {
    // A workflow that was changed between two runs is shown as it is now.
    let plan = &runs.last()?.plan;
    let mut durations: Vec<Duration> = runs.iter().filter_map(|run| run.took()).collect();
    let outcomes = runs.iter().filter_map(|run| run.outcome.as_ref());
    let outcomes = counted(outcomes.map(RunOutcome::word));
    let finished = outcomes.get(RunOutcome::Finished.word());
    let unfinished = runs.len() - finished.copied().unwrap_or(0);
    let names = plan.steps().iter().enumerate();
    Some(WorkflowStats {
        workflow: plan.path().to_owned(),
        runs: runs.len(),
        outcomes,
        failure_rate: rate(unfinished, runs.len()),
        durations: Percentiles::of(&mut durations),
        steps: names
            .map(|(step, planned)| of_step(runs, step, planned.name()))
            .collect(),
    })
}

fn of_step(runs: &[&RunTrace], step: usize, name: &str) -> StepStats {
    // By name, where a plan has changed.
    let same = |run: &RunTrace| {
        let planned = run.plan.steps().get(step);
        planned.is_some_and(|planned| planned.name() == name)
    };
    let traces = runs.iter().filter(|run| same(run));
    let traces: Vec<_> = traces.filter_map(|run| run.steps.get(step)).collect();
    let ended = traces
        .iter()
        .filter_map(|step| Some((step, step.outcome.as_ref()?)));
    let (mut durations, mut failed, mut ran) = (Vec::new(), 0, 0);
    for (step, outcome) in ended.clone() {
        if let StepOutcome::Finished | StepOutcome::Excused(_) | StepOutcome::Failed(_) = outcome {
            ran += 1;
            failed += usize::from(outcome.fault().is_some());
            durations.extend(step.ended.map(|ended| step.lasted(ended)));
        }
    }
    StepStats {
        name: name.to_owned(),
        reached: traces
            .iter()
            .filter(|step| step.ready.is_some() || step.ended.is_some())
            .count(),
        outcomes: counted(ended.map(|(_, outcome)| outcome.word())),
        failure_rate: rate(failed, ran),
        attempts: traces.iter().map(|step| step.attempts.len()).sum(),
        durations: Percentiles::of(&mut durations),
    }
}

fn counted<'w>(words: impl Iterator<Item = &'w str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

fn rate(some: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if all == 0 {
        0.0
    } else {
        number(some) / number(all)
    }
}
