//! Runs as a tree of spans.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    time::Duration,
};

use orchestrate_plan::Kind;

use super::json::Text;
use crate::{AttemptTrace, Fault, RunId, RunOutcome, RunTrace, StepOutcome, StepTrace, WaitTrace};

/// A run that is no part of another.
pub(super) struct Process<'r> {
    pub(super) run: &'r RunTrace,
    /// Each stands after the one that it is inside of.
    pub(super) spans: Vec<Span<'r>>,
}

/// Something that took time.
pub(super) struct Span<'r> {
    pub(super) from: Duration,
    pub(super) to: Duration,
    /// What it is inside of.
    pub(super) around: Option<usize>,
    pub(super) what: What<'r>,
}

pub(super) enum What<'r> {
    Run(&'r RunTrace),
    Step {
        run: &'r RunTrace,
        index: usize,
        step: &'r StepTrace,
    },
    Attempt(&'r AttemptTrace),
    Wait(&'r WaitTrace),
}

type Inside<'r> = HashMap<(RunId, usize), Vec<&'r RunTrace>>;

pub(super) fn processes(runs: &[RunTrace]) -> Vec<Process<'_>> {
    let mut known = HashSet::new();
    let runs: Vec<&RunTrace> = runs.iter().filter(|run| known.insert(run.run)).collect();
    let mut inside = Inside::new();
    let mut wholes = Vec::new();
    for run in runs {
        match run.within.filter(|within| known.contains(&within.run)) {
            Some(within) => inside
                .entry((within.run, within.step))
                .or_default()
                .push(run),
            None => wholes.push(run),
        }
    }
    wholes
        .into_iter()
        .map(|run| {
            let mut tree = Tree {
                inside: &inside,
                spans: Vec::new(),
            };
            let end = tree.end(run);
            tree.run(run, None, end);
            Process {
                run,
                spans: tree.spans,
            }
        })
        .collect()
}

struct Tree<'r, 'i> {
    inside: &'i Inside<'r>,
    spans: Vec<Span<'r>>,
}

impl<'r> Tree<'r, '_> {
    /// The last moment that is known of a run or of those inside it.
    fn end(&self, run: &RunTrace) -> Duration {
        let steps = (0..run.steps.len()).filter_map(|step| self.inside.get(&(run.run, step)));
        let inside = steps.flatten().map(|run| self.end(run));
        inside.fold(run.latest(), Duration::max)
    }

    fn run(&mut self, run: &'r RunTrace, around: Option<usize>, now: Duration) {
        let end = run.ended.unwrap_or(now);
        let at = self.push(run.started, end, around, What::Run(run));
        for (index, step) in run.steps.iter().enumerate() {
            if let Some(from) = step.ready.or(step.started) {
                let to = step.ended.unwrap_or(end);
                let at = self.push(from, to, Some(at), What::Step { run, index, step });
                self.step(run.run, index, step, at);
            }
        }
    }

    fn step(&mut self, run: RunId, index: usize, step: &'r StepTrace, at: usize) {
        let end = self.spans.get(at).map_or(Duration::ZERO, |span| span.to);
        // Those of one item, in the order of their starts.
        let mut attempts: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for attempt in &step.attempts {
            let to = attempt.ended.unwrap_or(end);
            let span = self.push(attempt.started, to, Some(at), What::Attempt(attempt));
            attempts.entry(attempt.item).or_default().push(span);
        }
        for wait in &step.waits {
            let to = wait.ended.unwrap_or(end);
            let of_item = attempts.get(&wait.item).map_or(&[][..], Vec::as_slice);
            let around = self.around(of_item, wait.started, to).unwrap_or(at);
            self.push(wait.started, to, Some(around), What::Wait(wait));
        }
        for run in self.inside.get(&(run, index)).into_iter().flatten() {
            // Of several items nobody knows which one runs it.
            let own = attempts.get(&None).map_or(&[][..], Vec::as_slice);
            let to = run.ended.unwrap_or(end);
            let around = self.around(own, run.started, to).unwrap_or(at);
            self.run(run, Some(around), end);
        }
    }

    /// The attempt in which that happened, if it did in one.
    fn around(&self, attempts: &[usize], from: Duration, to: Duration) -> Option<usize> {
        let started = |attempt: &usize| {
            let span = self.spans.get(*attempt);
            span.is_some_and(|span| span.from <= from)
        };
        let candidates = attempts.partition_point(started);
        let last = attempts.get(candidates.checked_sub(1)?)?;
        let holds = self.spans.get(*last).is_some_and(|span| to <= span.to);
        holds.then_some(*last)
    }

    fn push(
        &mut self,
        from: Duration,
        to: Duration,
        around: Option<usize>,
        what: What<'r>,
    ) -> usize {
        let to = to.max(from);
        self.spans.push(Span {
            from,
            to,
            around,
            what,
        });
        self.spans.len() - 1
    }
}

impl What<'_> {
    pub(super) fn category(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Step { .. } => "step",
            Self::Attempt(_) => "attempt",
            Self::Wait(_) => "wait",
        }
    }
}

impl Span<'_> {
    pub(super) fn name(&self) -> Cow<'_, str> {
        match &self.what {
            What::Run(run) => run.plan.name().into(),
            What::Step { run, index, .. } => {
                let step = run.plan.steps().get(*index);
                step.map_or("", |step| step.name()).into()
            }
            What::Attempt(AttemptTrace {
                item: Some(item),
                attempt: 1,
                ..
            }) => format!("item {item}").into(),
            What::Attempt(AttemptTrace {
                item: Some(item),
                attempt,
                ..
            }) => format!("item {item}, attempt {attempt}").into(),
            What::Attempt(attempt) => format!("attempt {}", attempt.attempt).into(),
            What::Wait(wait) => format!("waits: {}", wait.on.word()).into(),
        }
    }

    /// From when to when a step ran, if this is one that does something itself.
    pub(super) fn running(&self) -> Vec<(Duration, Duration)> {
        let What::Step { run, index, step } = &self.what else {
            return Vec::new();
        };
        let planned = run.plan.steps().get(*index);
        match planned.filter(|step| step.kind() != Kind::Flow) {
            Some(_) => step.at_work(self.to),
            None => Vec::new(),
        }
    }

    /// What is known of it, as JSON by name.
    pub(super) fn arguments(&self) -> Vec<(&'static str, String)> {
        let mut arguments = Vec::new();
        match &self.what {
            What::Run(run) => {
                arguments.push(("run", run.run.to_string()));
                let outcome = run.outcome.as_ref();
                arguments.push(("outcome", text(outcome.map_or("running", RunOutcome::word))));
                arguments.extend(outcome.and_then(RunOutcome::fault).map(error));
            }
            What::Step { run, index, step } => {
                arguments.push(("step", index.to_string()));
                if let Some(planned) = run.plan.steps().get(*index) {
                    arguments.push(("kind", text(planned.kind().word())));
                    arguments.push(("batch", (planned.batch() + 1).to_string()));
                }
                let outcome = step.outcome.as_ref();
                arguments.push((
                    "outcome",
                    text(outcome.map_or("running", StepOutcome::word)),
                ));
                if !step.attempts.is_empty() {
                    arguments.push(("attempts", step.attempts.len().to_string()));
                }
                arguments.extend(outcome.and_then(StepOutcome::fault).map(error));
            }
            What::Attempt(attempt) => {
                arguments.push(("attempt", attempt.attempt.to_string()));
                arguments.extend(attempt.item.map(|item| ("item", item.to_string())));
                arguments.extend(attempt.fault.as_ref().map(error));
            }
            What::Wait(wait) => {
                arguments.extend(wait.item.map(|item| ("item", item.to_string())));
            }
        }
        arguments
    }
}

fn text(text: &str) -> String {
    Text(text).to_string()
}

fn error(fault: &Fault) -> (&'static str, String) {
    ("error", text(&fault.to_string()))
}
