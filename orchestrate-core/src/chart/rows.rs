//! Which lines a chart has, and what stands in each.

mod collapse;
mod mark;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    time::Duration,
};

pub(super) use mark::Mark;
use orchestrate_plan::Kind;

use super::bars::{Bar, Look, bars, items};
use crate::{
    Fault, RunId, RunOutcome, RunTrace, StepOutcome, UndoTrace,
    observe::critical_path,
    text::{Glance, printable},
};

/// The chart of a run, with the runs inside it.
#[derive(Debug)]
pub(super) struct Chart<'r> {
    pub(super) run: &'r RunTrace,
    pub(super) from: Duration,
    pub(super) to: Duration,
    pub(super) rows: Vec<Row<'r>>,
}

/// A line of a chart: a step; a run, where a step has several; or the steps of a batch that have no line of their own.
#[derive(Debug)]
pub(super) struct Row<'r> {
    pub(super) run: RunId,
    pub(super) step: Option<usize>,
    pub(super) kind: Option<Kind>,
    /// How many runs it is inside of.
    pub(super) depth: usize,
    /// Which batch it is in, of its own run.
    pub(super) batch: usize,
    pub(super) name: Cow<'r, str>,
    pub(super) bars: Vec<Bar<'r>>,
    /// The attempts at its items, in the order of their starts.
    pub(super) items: Vec<Bar<'r>>,
    /// When it ended, for what takes no time: a step that has not run.
    pub(super) point: Option<Duration>,
    pub(super) lasted: Option<Duration>,
    pub(super) marks: Vec<Mark>,
    /// Why the step failed, if it did.
    pub(super) fault: Option<&'r Fault>,
    /// That it was rolled back.
    pub(super) undone: Option<&'r UndoTrace>,
    /// Whether it stands for several steps: then the longest is told.
    pub(super) is_together: bool,
    /// Whether it is on the critical path of its run.
    pub(super) on_path: bool,
}

/// The runs inside each step.
type Inside<'r> = HashMap<(RunId, usize), Vec<&'r RunTrace>>;

/// Each run that is no part of another of them, in their order.
pub(super) fn charts(runs: &[RunTrace], lines: usize) -> Vec<Chart<'_>> {
    let mut known = HashSet::new();
    // Of two that bear one number the first; so no run is inside itself.
    let runs: Vec<&RunTrace> = runs.iter().filter(|run| known.insert(run.run)).collect();
    let mut inside: Inside<'_> = HashMap::new();
    for run in &runs {
        if let Some(within) = run.within {
            inside
                .entry((within.run, within.step))
                .or_default()
                .push(run);
        }
    }
    let around = |run: &RunTrace| run.within.is_some_and(|within| known.contains(&within.run));
    let wholes = runs.iter().filter(|run| !around(run));
    wholes.map(|run| chart(run, &inside, lines)).collect()
}

impl Row<'_> {
    /// How long it lasted: `1.2s`; of several steps the longest, `≤1.2s`.
    pub(super) fn time(&self) -> Option<String> {
        let most = if self.is_together { "≤" } else { "" };
        Some(format!("{most}{}", Glance(self.lasted?)))
    }
}

impl Chart<'_> {
    /// `CodeReview  finished in 1.9s`
    pub(super) fn title(&self) -> String {
        let name = printable(self.run.plan.name());
        format!("{name}  {}", ending(self.run, self.to))
    }

    /// How long the axis is: never nothing.
    pub(super) fn length(&self) -> Duration {
        self.to
            .saturating_sub(self.from)
            .max(Duration::from_nanos(1))
    }

    /// The names of the steps of the run that were never reached.
    pub(super) fn unreached(&self) -> Vec<Cow<'_, str>> {
        let steps = self.run.plan.steps().iter().zip(&self.run.steps);
        let unreached = steps.filter(|(_, step)| step.ready.is_none() && step.ended.is_none());
        unreached
            .map(|(planned, _)| printable(planned.name()))
            .collect()
    }
}

/// How the run ended: `finished in 1.9s`, `failed at publish after 1.9s`.
fn ending(run: &RunTrace, now: Duration) -> String {
    let took = Glance(
        run.took()
            .unwrap_or_else(|| now.saturating_sub(run.started)),
    );
    let Some(outcome) = &run.outcome else {
        return format!("running for {took}");
    };
    let word = outcome.word().replace('_', " ");
    match outcome {
        RunOutcome::Finished => format!("finished in {took}"),
        RunOutcome::Failed {
            step: Some(step), ..
        } => {
            let step = run.plan.steps().get(*step);
            let at = step.map(|step| format!(" at {}", printable(step.name())));
            format!("{word}{} after {took}", at.unwrap_or_default())
        }
        _ => format!("{word} after {took}"),
    }
}

fn chart<'r>(run: &'r RunTrace, inside: &Inside<'r>, lines: usize) -> Chart<'r> {
    let mut to = run.latest();
    latest_inside(run, inside, &mut to);
    let mut builder = Builder {
        inside,
        lines,
        now: to,
        rows: Vec::new(),
    };
    let itself = Around {
        is_bottleneck: true,
        on_path: true,
    };
    builder.run(run, 0, itself);
    Chart {
        run,
        from: run.started,
        to,
        rows: builder.rows,
    }
}

fn latest_inside(run: &RunTrace, inside: &Inside<'_>, latest: &mut Duration) {
    for step in 0..run.steps.len() {
        for run in inside.get(&(run.run, step)).into_iter().flatten() {
            *latest = run.latest().max(*latest);
            latest_inside(run, inside, latest);
        }
    }
}

/// What the step is that runs a run: of a run that no step runs, both are so.
#[derive(Clone, Copy, Default)]
struct Around {
    is_bottleneck: bool,
    on_path: bool,
}

struct Builder<'r, 'i> {
    inside: &'i Inside<'r>,
    lines: usize,
    now: Duration,
    rows: Vec<Row<'r>>,
}

impl<'r> Builder<'r, '_> {
    /// The steps of a run. A bottleneck is shown where those around it are one, and so is the critical path.
    fn run(&mut self, run: &'r RunTrace, depth: usize, around: Around) {
        let path = around.on_path.then(|| critical_path(run));
        let path: HashSet<usize> = path.into_iter().flatten().collect();
        let bottleneck = run.bottleneck().filter(|_| around.is_bottleneck);
        for batch in run.plan.batches() {
            let indices = batch.indices().iter();
            let reached = indices.filter_map(|&step| {
                let mut row = step_row(run, step, self.now)?;
                row.depth = depth;
                row.on_path = path.contains(&step);
                if bottleneck == Some(step) && run.steps.len() > 1 {
                    row.marks.insert(0, Mark::Bottleneck);
                }
                Some(row)
            });
            let (rows, others) = collapse::collapse(reached.collect(), self.lines);
            for row in rows {
                let around = Around {
                    is_bottleneck: row.marks.contains(&Mark::Bottleneck),
                    on_path: row.on_path,
                };
                let step = row.step;
                self.rows.push(row);
                let runs = step.and_then(|step| self.inside.get(&(run.run, step)));
                self.inside_of_step(runs.map_or(&[], Vec::as_slice), depth + 1, around);
            }
            self.rows.extend(others);
        }
    }

    fn inside_of_step(&mut self, runs: &[&'r RunTrace], depth: usize, around: Around) {
        if let [run] = runs {
            self.run(run, depth, around);
            return;
        }
        let rows = runs.iter().map(|run| run_row(run, depth, self.now));
        let (rows, others) = collapse::collapse(rows.collect(), self.lines);
        for row in rows {
            let run = runs.iter().find(|run| run.run == row.run);
            self.rows.push(row);
            if let Some(run) = run {
                self.run(run, depth + 1, Around::default());
            }
        }
        self.rows.extend(others);
    }
}

/// The line of a step; none for one that was not reached.
fn step_row(run: &RunTrace, index: usize, now: Duration) -> Option<Row<'_>> {
    let planned = run.plan.steps().get(index)?;
    let step = run.steps.get(index)?;
    if step.ready.is_none() && step.ended.is_none() {
        return None;
    }
    // What a run leaves behind has ended with it.
    let now = run.ended.unwrap_or(now);
    let bars = bars(step, now);
    let idle = matches!(
        step.outcome,
        Some(StepOutcome::Cached | StepOutcome::Skipped)
    );
    Some(Row {
        run: run.run,
        step: Some(index),
        kind: Some(planned.kind()),
        depth: 0,
        batch: planned.batch(),
        name: printable(planned.name()),
        point: step.ended.filter(|_| idle),
        lasted: step.started.filter(|_| !idle).map(|_| step.lasted(now)),
        bars,
        items: items(step, now),
        marks: mark::marks(step),
        fault: step.outcome.as_ref().and_then(StepOutcome::fault),
        undone: step.undone.as_ref(),
        is_together: false,
        on_path: false,
    })
}

/// The line of one of several runs of a step.
fn run_row(run: &RunTrace, depth: usize, now: Duration) -> Row<'_> {
    let end = run.ended.unwrap_or(now);
    Row {
        run: run.run,
        step: None,
        kind: None,
        depth,
        batch: 0,
        name: Cow::Owned(format!("{} #{}", printable(run.plan.name()), run.run)),
        bars: vec![Bar::new(run.started, end, Look::Group)],
        items: Vec::new(),
        point: None,
        lasted: Some(end.saturating_sub(run.started)),
        marks: mark::of_run(run),
        fault: run.outcome.as_ref().and_then(RunOutcome::fault),
        undone: None,
        is_together: false,
        on_path: false,
    }
}
