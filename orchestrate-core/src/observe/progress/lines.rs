//! What is worth a line that stays.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use super::texts;
use crate::{
    Event, EventKind, PlanRef, RunId, RunOutcome, StepOutcome, UndoOutcome, Wait,
    observe::{
        live::{Counts, Live},
        monitor::{Board, Change},
    },
    text::Brief,
};

/// Of a run, so many failures are told one by one; then how many more there were.
const FAILURES: usize = 10;
/// Of a run with more steps than this, not every step is told of.
const MANY: usize = 100;
/// How many of 100 steps make a line, then.
const SHARE: usize = 5;

/// What runs, and what has been said of it.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) board: Board,
    /// By the runs that are no part of another one.
    said: HashMap<RunId, Said>,
    /// Runs inside others that have ended and can still be rolled back.
    ended: HashMap<RunId, Ended>,
}

/// What is needed to say something of a run that has ended.
struct Ended {
    root: RunId,
    path: String,
    plan: PlanRef,
}

#[derive(Debug, Default)]
struct Said {
    failures: usize,
    /// How many steps have ended since the last line, or since that was last asked.
    ended: usize,
    /// How many steps there are.
    total: usize,
    /// How many shares of the steps were done.
    shares: usize,
}

/// A line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) about: About,
    /// The run that it is about, or of which the one that it is about is a part.
    pub(super) root: RunId,
    /// The workflow, and the steps that lead to what it is about: `Release/review/files`.
    pub(super) path: String,
    pub(super) text: String,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Something goes on as it should.
    Going,
    /// A run has ended as it should.
    Done,
    /// An attempt failed.
    Tried,
    /// Something failed, and the run goes on.
    Excused,
    Failed,
}

impl Lines {
    /// Takes in what has happened, and says what it is worth.
    pub(super) fn tell(&mut self, event: &Event, now: Instant) -> Vec<Line> {
        let Change { told, ended } = self.board.tell(event, now);
        let mut lines = match (ended, &event.kind) {
            (Some((live, counts)), EventKind::RunEnded { outcome }) => {
                self.run_ended(&live, counts, outcome, event.at)
            }
            (_, EventKind::RunStarted { .. }) => self.run_started(event.run, now),
            (_, EventKind::StepEnded { step, outcome }) => {
                self.step_ended(event.run, *step, outcome, told.took)
            }
            (_, kind) => kind
                .step()
                .and_then(|step| self.step(event, step))
                .into_iter()
                .collect(),
        };
        if let EventKind::StepEnded { .. } = event.kind {
            lines.extend(self.share(event.run, now));
        }
        lines
    }

    fn run_started(&mut self, run: RunId, now: Instant) -> Vec<Line> {
        let Some(live) = self.board.run(run).filter(|live| self.is_root(live)) else {
            return Vec::new();
        };
        let total = self.board.view(now).counts(live).total;
        let text = format!("started, {}", texts::steps(total));
        let started = root_line(live, About::Going, text);
        let said = Said {
            total,
            ..Said::default()
        };
        self.said.insert(run, said);
        vec![started]
    }

    fn run_ended(
        &mut self,
        live: &Live,
        counts: Counts,
        outcome: &RunOutcome,
        at: Duration,
    ) -> Vec<Line> {
        // A run inside another one is a step of that, which is told of.
        let Some(said) = self.said.remove(&live.run) else {
            if live.can_be_undone() {
                let (root, path) = self.path(live);
                let plan = live.plan.clone();
                self.ended.insert(live.run, Ended { root, path, plan });
            }
            return Vec::new();
        };
        if !self.ended.is_empty() {
            self.ended.retain(|_, ended| ended.root != live.run);
        }
        let more = said.failures.saturating_sub(FAILURES);
        let more = (more > 0).then(|| format!("{more} more have failed"));
        let more = more.map(|text| root_line(live, About::Excused, text));
        let about = match outcome {
            RunOutcome::Finished => About::Done,
            _ => About::Failed,
        };
        let took = at.saturating_sub(live.started);
        let text = texts::run(live, counts, outcome, took);
        more.into_iter()
            .chain([root_line(live, about, text)])
            .collect()
    }

    fn step_ended(
        &mut self,
        run: RunId,
        step: usize,
        outcome: &StepOutcome,
        took: Option<Duration>,
    ) -> Vec<Line> {
        let about = match outcome {
            StepOutcome::Failed(_) => About::Failed,
            StepOutcome::Excused(_) => About::Excused,
            _ => About::Going,
        };
        // What failed inside a flow has been told of.
        let of_flow = |live: &Live| live.steps.get(step).is_some_and(|s| s.inside.is_some());
        if about == About::Failed && self.board.run(run).is_some_and(of_flow) {
            return Vec::new();
        }
        let line = self.line(run, step, about, texts::step(outcome, took));
        line.into_iter().collect()
    }

    fn step(&mut self, event: &Event, step: usize) -> Option<Line> {
        let (about, text) = match &event.kind {
            EventKind::StepStarted { .. } => {
                let plan = &self.board.run(event.run)?.plan;
                let kind = plan.steps().get(step)?.kind();
                (About::Going, format!("started ({})", kind.word()))
            }
            EventKind::StepWaiting {
                on: on @ Wait::Approval,
                ..
            } => (About::Going, texts::wait(on)),
            EventKind::AttemptEnded {
                item,
                attempt,
                fault: Some(fault),
                ..
            } => {
                let item = item.map_or(String::new(), |item| format!(" at item {item}"));
                let why = texts::first_line(fault);
                let text = format!("attempt {attempt}{item} failed: {why}");
                (About::Tried, text)
            }
            EventKind::StepUndone { outcome, .. } => {
                let about = match outcome {
                    UndoOutcome::Undone => About::Going,
                    _ => About::Failed,
                };
                (about, texts::undo(outcome))
            }
            _ => return None,
        };
        self.line(event.run, step, about, text)
    }

    /// A line about a step, unless too much has been said.
    fn line(&mut self, run: RunId, step: usize, about: About, text: String) -> Option<Line> {
        let (root, path, plan) = match (self.board.run(run), self.ended.get(&run)) {
            (Some(live), _) => {
                let (root, path) = self.path(live);
                (root, path, &live.plan)
            }
            (None, ended) => {
                let Ended { root, path, plan } = ended?;
                (*root, path.clone(), plan)
            }
        };
        let path = format!("{path}/{}", plan.steps().get(step)?.name());
        let said = self.said.entry(root).or_default();
        if about == About::Going && said.total > MANY {
            return None;
        }
        if about != About::Going {
            said.failures += 1;
            if said.failures > FAILURES {
                return None;
            }
        }
        Some(Line {
            about,
            root,
            path,
            text,
        })
    }

    /// A line about a run with many steps, when another share of them is done.
    fn share(&mut self, run: RunId, now: Instant) -> Option<Line> {
        let (root, _) = self.board.root(self.board.run(run)?);
        let said = self.said.get_mut(&root).filter(|said| said.total > MANY)?;
        said.ended += 1;
        // To count them takes a look at each.
        if said.ended * 100 < said.total {
            return None;
        }
        said.ended = 0;
        let live = self.board.run(root)?;
        let view = self.board.view(now);
        let counts = view.counts(live);
        let shares = counts.over() * 100 / SHARE / counts.total.max(1);
        if shares <= said.shares || counts.over() == counts.total {
            return None;
        }
        said.shares = shares;
        let left = view.left(live);
        let left = left.map_or(String::new(), |left| format!(", {} left", Brief(left)));
        let (over, total) = (counts.over(), texts::steps(counts.total));
        let text = format!("{over} of {total} done{left}");
        Some(root_line(live, About::Going, text))
    }

    fn is_root(&self, live: &Live) -> bool {
        self.board.root(live).0 == live.run
    }

    fn path(&self, live: &Live) -> (RunId, String) {
        let (root, steps) = self.board.root(live);
        let first = self.board.run(root).unwrap_or(live);
        let mut path = first.plan.name().to_owned();
        for (run, step) in steps {
            let plan = self.board.run(run).map(|live| &live.plan);
            if let Some(step) = plan.and_then(|plan| plan.steps().get(step)) {
                path += "/";
                path += step.name();
            }
        }
        (root, path)
    }
}

fn root_line(live: &Live, about: About, text: String) -> Line {
    Line {
        about,
        root: live.run,
        path: live.plan.name().to_owned(),
        text,
    }
}
