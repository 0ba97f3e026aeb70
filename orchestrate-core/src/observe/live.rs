//! A run while it runs: what has been told of it so far, as much as is of use before it has ended.

use std::{collections::BTreeMap, time::Duration};

#[cfg(any(feature = "metrics", feature = "progress"))]
use orchestrate_plan::Undo;
use tokio::time::Instant;

use super::{Event, EventKind, Fault, PlanRef, Progressed, StepOutcome, Wait, Within};
use crate::RunId;

/// A run that has started.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) run: RunId,
    pub(crate) plan: PlanRef,
    pub(crate) within: Option<Within>,
    /// When it started, on the clock of its orchestrator.
    pub(crate) started: Duration,
    /// By their indices in the plan.
    pub(crate) steps: Vec<LiveStep>,
    /// The time of the latest event, and when it was told.
    latest: (Duration, Instant),
}

/// A step of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveStep {
    pub(crate) started: Option<Duration>,
    /// How it ended, if it has.
    pub(crate) over: Option<Over>,
    /// Since when it waits, and for what.
    pub(crate) wait: Option<Waiting>,
    /// How long it has waited for its turn since it started.
    queued: Duration,
    /// Those of its items that are under way.
    pub(crate) items: BTreeMap<usize, LiveItem>,
    /// When the attempt at the whole step started, if that was told of; else when the step did.
    pub(crate) tried: Option<Duration>,
    /// Which attempt it is at: 0 before the first one is told of.
    pub(crate) attempt: u32,
    /// Why the last attempt failed, if it did.
    pub(crate) fault: Option<Fault>,
    /// How far it said that it had come, and when.
    pub(crate) progress: Option<(Progressed, Duration)>,
    /// What had become of the steps of the last run that this step ran, as a flow.
    pub(crate) inside: Option<Counts>,
}

/// An item of a step with `each`: it runs where it does not wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveItem {
    wait: Option<Waiting>,
}

/// What is waited for, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) on: Wait,
    pub(crate) since: Duration,
}

/// What has become of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Completed,
    Failed,
    Skipped,
    Stopped,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has not been reached.
    Ahead,
    Waiting,
    Running,
    Over(Over),
}

/// How many steps stand where; those that are ahead are the rest of the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) total: usize,
    pub(crate) completed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) stopped: usize,
    pub(crate) running: usize,
    pub(crate) waiting: usize,
}

/// What an event has brought to an end.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What was waited for, and how long.
    pub(crate) waited: Vec<(Wait, Duration)>,
    /// How long the step has taken, if it has ended now and had started; what it waited for its turn is left out.
    pub(crate) took: Option<Duration>,
}

impl Live {
    /// The run that this event tells of, if it starts one.
    pub(crate) fn begin(event: &Event, now: Instant) -> Option<Self> {
        let EventKind::RunStarted { plan, within, .. } = &event.kind else {
            return None;
        };
        Some(Self {
            run: event.run,
            plan: plan.clone(),
            within: *within,
            started: event.at,
            steps: vec![LiveStep::default(); plan.steps().len()],
            latest: (event.at, now),
        })
    }

    /// Takes in an event of this run. An event about a step that the plan does not have is ignored.
    pub(crate) fn tell(&mut self, event: &Event, now: Instant) -> Told {
        self.latest = (event.at, now);
        let step = event.kind.step();
        match step.and_then(|step| self.steps.get_mut(step)) {
            Some(step) => step.tell(event.at, &event.kind),
            None => Told::default(),
        }
    }

    /// Whether steps of it may be rolled back, also when it has ended, with the run around it.
    #[cfg(any(feature = "metrics", feature = "progress"))]
    pub(crate) fn can_be_undone(&self) -> bool {
        let steps = &mut self.plan.steps().iter();
        steps.any(|step| step.options().undo() != Undo::Nothing)
    }

    /// How many agents are at work: of a step with `each`, one an item.
    pub(crate) fn agents(&self) -> usize {
        let steps = self.plan.steps().iter().zip(&self.steps);
        steps
            .filter(|(step, state)| step.kind().is_agent() && state.phase() == Phase::Running)
            .map(|(_, state)| state.items_at_work().max(1))
            .sum()
    }

    /// What the clock of its orchestrator shows.
    pub(crate) fn clock(&self, now: Instant) -> Duration {
        let (at, told) = self.latest;
        at + now.saturating_duration_since(told)
    }

    pub(crate) fn elapsed(&self, now: Instant) -> Duration {
        self.clock(now).saturating_sub(self.started)
    }
}

impl LiveStep {
    fn tell(&mut self, at: Duration, kind: &EventKind) -> Told {
        let mut told = Told::default();
        match kind {
            EventKind::StepStarted { .. } => {
                self.go(None, at, &mut told);
                self.started = Some(at);
                self.tried = Some(at);
            }
            EventKind::StepWaiting { item, on, .. } => {
                self.go(*item, at, &mut told);
                let wait = Some(Waiting {
                    on: on.clone(),
                    since: at,
                });
                match item {
                    Some(item) => self.items.entry(*item).or_default().wait = wait,
                    None => self.wait = wait,
                }
            }
            EventKind::AttemptStarted { item, attempt, .. } => {
                self.go(*item, at, &mut told);
                if let Some(item) = item {
                    self.items.entry(*item).or_default();
                } else {
                    self.attempt = *attempt;
                    self.tried = Some(at);
                    // What the last one said is of no use any more.
                    self.progress = None;
                }
            }
            EventKind::AttemptEnded { item, fault, .. } => {
                self.go(*item, at, &mut told);
                match item {
                    Some(item) => _ = self.items.remove(item),
                    None => self.fault.clone_from(fault),
                }
            }
            EventKind::StepProgress { done, total, .. } => {
                let (done, total) = (*done, *total);
                self.progress = Some((Progressed { done, total }, at));
            }
            EventKind::ItemEnded { item, .. } => {
                self.go(Some(*item), at, &mut told);
                self.items.remove(item);
            }
            EventKind::StepEnded { outcome, .. } => self.end(at, outcome, &mut told),
            _ => {}
        }
        told
    }

    /// It, or an item of it, waits no more; nor does the step as a whole when an item of it goes on.
    fn go(&mut self, item: Option<usize>, at: Duration, told: &mut Told) {
        let own = self.wait.take().map(|wait| wait.until(at));
        if let (Some(_), Some((Wait::Turn, time))) = (self.started, &own) {
            self.queued += *time;
        }
        let item = item.and_then(|item| self.items.get_mut(&item));
        let of_item = item.and_then(|item| item.wait.take());
        told.waited.extend(own);
        told.waited.extend(of_item.map(|wait| wait.until(at)));
    }

    fn end(&mut self, at: Duration, outcome: &StepOutcome, told: &mut Told) {
        self.go(None, at, told);
        let items = std::mem::take(&mut self.items).into_values();
        let waits = items.filter_map(|item| item.wait);
        told.waited.extend(waits.map(|wait| wait.until(at)));
        told.took = self.started.map(|_| self.worked(at));
        self.over = Some(Over::of(outcome));
    }

    /// How long it has been running; what it waited for its turn is left out.
    pub(crate) fn worked(&self, now: Duration) -> Duration {
        let Some(started) = self.started else {
            return Duration::ZERO;
        };
        let turn = self.wait.as_ref().filter(|wait| wait.on == Wait::Turn);
        let queues = turn.map_or(Duration::ZERO, |wait| now.saturating_sub(wait.since));
        let since = now.saturating_sub(started);
        since.saturating_sub(self.queued).saturating_sub(queues)
    }

    pub(crate) fn phase(&self) -> Phase {
        if let Some(over) = self.over {
            return Phase::Over(over);
        }
        let all_items_wait = !self.items.is_empty() && self.items_at_work() == 0;
        if self.wait.is_some() || all_items_wait {
            return Phase::Waiting;
        }
        if self.started.is_some() || !self.items.is_empty() {
            return Phase::Running;
        }
        Phase::Ahead
    }

    /// How many of its items run.
    pub(crate) fn items_at_work(&self) -> usize {
        let items = self.items.values();
        items.filter(|item| item.wait.is_none()).count()
    }

    /// What it, and its items, wait for.
    #[cfg(feature = "progress")]
    pub(crate) fn waits(&self) -> impl Iterator<Item = &Waiting> {
        let items = self.items.values().filter_map(|item| item.wait.as_ref());
        self.wait.iter().chain(items)
    }
}

impl Waiting {
    fn until(self, at: Duration) -> (Wait, Duration) {
        (self.on, at.saturating_sub(self.since))
    }
}

impl Over {
    pub(crate) fn of(outcome: &StepOutcome) -> Self {
        match outcome {
            StepOutcome::Finished | StepOutcome::Cached => Self::Completed,
            StepOutcome::Skipped => Self::Skipped,
            StepOutcome::Excused(_) | StepOutcome::Failed(_) => Self::Failed,
            StepOutcome::Stopped => Self::Stopped,
        }
    }
}

impl Counts {
    /// Counts so many steps that all stand at the same place.
    pub(crate) fn add(&mut self, steps: usize, phase: Phase) {
        self.total += steps;
        let stand = match phase {
            Phase::Ahead => return,
            Phase::Waiting => &mut self.waiting,
            Phase::Running => &mut self.running,
            Phase::Over(Over::Completed) => &mut self.completed,
            Phase::Over(Over::Failed) => &mut self.failed,
            Phase::Over(Over::Skipped) => &mut self.skipped,
            Phase::Over(Over::Stopped) => &mut self.stopped,
        };
        *stand += steps;
    }

    /// So many steps that have not been reached.
    pub(crate) fn ahead(total: usize) -> Self {
        Self {
            total,
            ..Self::default()
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.completed += other.completed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.stopped += other.stopped;
        self.running += other.running;
        self.waiting += other.waiting;
    }

    /// How many are over, however they ended.
    pub(crate) fn over(&self) -> usize {
        self.completed + self.failed + self.skipped + self.stopped
    }
}
