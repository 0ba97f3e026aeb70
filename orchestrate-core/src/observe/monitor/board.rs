//! All runs that are running, and what can be said of them at a moment.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    time::Duration,
};

use orchestrate_plan::{Plan, Step};
use tokio::time::Instant;

use super::pace::{Pace, longest};
use crate::{
    Event, EventKind, History, Progressed, RunId, StepOutcome, Within,
    observe::live::{Counts, Live, LiveStep, Over, Phase},
};

/// The runs that are running, and how long their steps usually take.
#[derive(Debug, Default)]
pub(crate) struct Board {
    pub(super) runs: BTreeMap<RunId, Live>,
    /// Those that steps run at the moment.
    inside: HashMap<(RunId, usize), Vec<RunId>>,
    pace: Pace,
}

/// The board at a moment.
#[derive(Debug)]
pub(crate) struct View<'b> {
    pub(super) board: &'b Board,
    now: Instant,
}

/// What an event has changed.
#[derive(Debug, Default)]
pub(crate) struct Change {
    #[cfg(feature = "progress")]
    pub(crate) told: crate::observe::live::Told,
    /// The run that has ended, and what has become of its steps.
    pub(crate) ended: Option<(Live, Counts)>,
}

impl Board {
    /// Takes in what has happened, which is told now.
    pub(crate) fn tell(&mut self, event: &Event, now: Instant) -> Change {
        if let Some(live) = Live::begin(event, now) {
            self.start(live);
            return Change::default();
        }
        let Some(live) = self.runs.get_mut(&event.run) else {
            return Change::default();
        };
        let told = live.tell(event, now);
        match &event.kind {
            EventKind::StepEnded {
                step,
                outcome: StepOutcome::Finished | StepOutcome::Excused(_) | StepOutcome::Skipped,
            } => {
                if let (Some(took), Some(of)) = (told.took, live.plan.steps().get(*step)) {
                    self.pace.note(&live.plan, of, took);
                }
            }
            EventKind::RunEnded { .. } => {
                let ended = self.end(event.run, now);
                return Change {
                    #[cfg(feature = "progress")]
                    told,
                    ended,
                };
            }
            _ => {}
        }
        Change {
            #[cfg(feature = "progress")]
            told,
            ended: None,
        }
    }

    /// Takes in how long steps have taken before.
    pub(crate) fn load(&mut self, history: &History) {
        self.pace.load(history);
    }

    pub(crate) fn run(&self, run: RunId) -> Option<&Live> {
        self.runs.get(&run)
    }

    /// The runs that are running, in the order in which they started.
    pub(crate) fn runs(&self) -> impl ExactSizeIterator<Item = &Live> {
        self.runs.values()
    }

    pub(crate) fn view(&self, now: Instant) -> View<'_> {
        View { board: self, now }
    }

    fn start(&mut self, live: Live) {
        if let Some(Within { run, step }) = live.within {
            // It runs again: what became of it before counts no more.
            if let Some(step) = self.step_mut(run, step) {
                step.inside = None;
            }
            self.inside.entry((run, step)).or_default().push(live.run);
        }
        self.runs.insert(live.run, live);
    }

    fn end(&mut self, run: RunId, now: Instant) -> Option<(Live, Counts)> {
        let counts = self.view(now).counts(self.runs.get(&run)?);
        let live = self.runs.remove(&run)?;
        if let Some(Within { run, step }) = live.within {
            if let Some(step) = self.step_mut(run, step) {
                step.inside = Some(counts);
            }
            if let Entry::Occupied(mut inside) = self.inside.entry((run, step)) {
                inside.get_mut().retain(|&run| run != live.run);
                if inside.get().is_empty() {
                    inside.remove();
                }
            }
        }
        Some((live, counts))
    }

    fn step_mut(&mut self, run: RunId, step: usize) -> Option<&mut LiveStep> {
        self.runs.get_mut(&run)?.steps.get_mut(step)
    }
}

impl<'b> View<'b> {
    /// The runs that a step runs at the moment.
    pub(crate) fn inside(&self, live: &Live, step: usize) -> impl Iterator<Item = &'b Live> {
        let board = self.board;
        let runs = board.inside.get(&(live.run, step));
        let runs = runs.map_or(&[][..], Vec::as_slice).iter();
        runs.filter_map(move |&run| board.run(run))
    }

    /// The one run that a step runs at the moment, as a flow of which there are not many.
    fn the_one_inside(&self, live: &Live, index: usize, step: &Step) -> Option<&'b Live> {
        let mut inside = self.inside(live, index);
        let first = inside.next()?;
        (inside.next().is_none() && !step.options().is_per_item()).then_some(first)
    }

    pub(crate) fn elapsed(&self, live: &Live) -> Duration {
        live.elapsed(self.now)
    }

    /// How long a step has been running.
    #[cfg(feature = "progress")]
    pub(crate) fn step_elapsed(&self, live: &Live, step: usize) -> Duration {
        let started = live.steps.get(step).and_then(|step| step.started);
        started.map_or(Duration::ZERO, |started| {
            live.clock(self.now).saturating_sub(started)
        })
    }

    /// Where the steps of a run stand. A flow step counts as the steps of its workflow.
    pub(crate) fn counts(&self, live: &Live) -> Counts {
        let mut counts = Counts::default();
        for (index, step) in live.plan.steps().iter().enumerate() {
            counts.merge(self.step_counts(live, index, step));
        }
        counts
    }

    fn step_counts(&self, live: &Live, index: usize, step: &Step) -> Counts {
        let mut counts = Counts::default();
        let state = &live.steps[index];
        let Some(flow) = step.flow() else {
            counts.add(1, state.phase());
            return counts;
        };
        let steps = size(flow);
        if step.options().is_per_item() {
            return items(state, steps);
        }
        match (state.phase(), state.inside) {
            (Phase::Over(_), Some(inside)) => return inside,
            (phase @ Phase::Over(_), None) => counts.add(steps, phase),
            (_, inside) => match self.the_one_inside(live, index, step) {
                Some(nested) => return self.counts(nested),
                None => counts.merge(inside.unwrap_or(Counts::ahead(steps))),
            },
        }
        counts
    }

    /// How long a run will go on: none where that is unknown. It is the longest chain of what is left, as if nobody had to
    /// wait for a turn.
    pub(crate) fn left(&self, live: &Live) -> Option<Duration> {
        longest(&live.plan, |index, step| {
            let state = &live.steps[index];
            match state.phase() {
                Phase::Over(_) => Some(Duration::ZERO),
                _ if state.started.is_some() => self.step_left(live, index, step),
                _ => self.board.pace.expected(&live.plan, step),
            }
        })
    }

    fn step_left(&self, live: &Live, index: usize, step: &Step) -> Option<Duration> {
        if let Some(nested) = self.the_one_inside(live, index, step) {
            return self.left(nested);
        }
        let (state, clock) = (&live.steps[index], live.clock(self.now));
        let pace = &self.board.pace;
        pace.left(&live.plan, step, state.worked(clock))
            .or_else(|| by_progress(state, clock))
    }
}

/// How many steps a plan has: a flow step counts as those of its workflow.
pub(crate) fn size(plan: &Plan) -> usize {
    let steps = plan.steps().iter();
    steps.map(|step| step.flow().map_or(1, size)).sum()
}

/// Where the steps of a flow with `each` stand, as far as that can be told: as many are done as it has items done.
fn items(state: &LiveStep, size: usize) -> Counts {
    let mut counts = Counts::default();
    let phase = state.phase();
    if let Phase::Over(_) = phase {
        counts.add(size, phase);
        return counts;
    }
    let done = match state.progress {
        Some((Progressed { done, total }, _)) if total > 0 => {
            let done = u128::from(done.min(total)) * size as u128 / u128::from(total);
            usize::try_from(done).unwrap_or(size)
        }
        _ => 0,
    };
    counts.add(done, Phase::Over(Over::Completed));
    counts.add(size - done, Phase::Ahead);
    counts
}

/// How long an attempt goes on, if it goes as it had gone when it last said how far it had come.
fn by_progress(step: &LiveStep, clock: Duration) -> Option<Duration> {
    let (Progressed { done, total }, at) = step.progress?;
    let tried = step.tried?;
    let took = at.checked_sub(tried)?.as_nanos();
    let whole = took.checked_mul(total.max(done).into())?;
    let whole = u64::try_from(whole.checked_div(done.into())?).ok()?;
    Duration::from_nanos(whole).checked_sub(clock.saturating_sub(tried))
}
