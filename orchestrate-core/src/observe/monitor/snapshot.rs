//! What is said of runs at a moment.

use std::time::Duration;

use super::board::View;
use crate::{
    RunId, RunOutcome, Within,
    observe::live::{Counts, Live, Phase},
};

/// What is running at a moment, and what has been counted until then: from [`Monitor::snapshot`](crate::Monitor::snapshot).
///
/// Printed, it is a table with a line a run. With the feature `serde` it serializes; times are whole nanoseconds then.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The runs that are running, in the order in which they started, those inside others too.
    pub runs: Vec<RunStatus>,
    /// The last runs that have ended, at most 16, the last one first.
    pub ended: Vec<RunStatus>,
    /// What has been counted since the monitor began.
    pub totals: Totals,
}

/// Where a run stands.
///
/// A flow step counts as the steps of its workflow, as far as these are known from the plan, and as they stand in the
/// latest run of it. So the numbers of a run hold those of the runs inside it, and a flow itself is no step.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RunStatus {
    /// The run.
    pub run: RunId,
    /// The name of its workflow.
    pub workflow: String,
    /// The step that runs it, if one does.
    pub parent: Option<Within>,
    /// How it ended, if it has.
    pub outcome: Option<RunOutcome>,
    /// How many steps it has.
    pub total: usize,
    /// How many have their output; also where that was remembered.
    pub completed: usize,
    /// How many have failed; also where that is excused, and the run goes on.
    pub failed: usize,
    /// How many were left out, because their condition did not hold.
    pub skipped: usize,
    /// How many were stopped, because the run ended before they did.
    pub stopped: usize,
    /// The steps that run, by their names: `review`, and `checks/lint` for a step inside the flow `checks`.
    pub running: Vec<String>,
    /// The steps that wait, by their names: for a turn, the next attempt, a person, other calls, or a cache.
    pub waiting: Vec<String>,
    /// How many of 100 steps are over, however they ended.
    pub percentage: f64,
    /// How many agents are at work in it: of a step with `each`, one an item.
    pub active_agents: usize,
    /// How long it has been running, or had when it ended.
    #[cfg_attr(feature = "serde", serde(with = "crate::observe::wire::nanos"))]
    pub elapsed: Duration,
    /// How long it will go on, if that can be said: the longest chain of the steps that are not over, as if none had to
    /// wait for a turn.
    ///
    /// A step is expected to take the median of its latest 31 times that this monitor has seen (also where its failure was
    /// excused; one that was left out took no time), or was [told of](crate::Monitor::with_history); for one that runs, of
    /// those times that are longer than it has run. Where none was seen, it is what its plan estimates
    /// (`#[estimate(..)]`); for one that runs, also what its [progress](crate::Context::progress) says. A plain `fn` of
    /// which nothing is known counts as nothing. Where anything else is unknown, so is this.
    #[cfg_attr(feature = "serde", serde(with = "crate::observe::wire::maybe_nanos"))]
    pub remaining: Option<Duration>,
}

/// What a monitor has counted since it began, over all runs, those inside others too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Totals {
    /// How many runs are running now.
    pub runs_running: usize,
    /// How many have started.
    pub runs_started: u64,
    /// How many have their output.
    pub runs_finished: u64,
    /// How many failed, were cancelled, or took too long.
    pub runs_failed: u64,
    /// How many were dropped before they had ended.
    pub runs_dropped: u64,
    /// How many steps have their output; also where that was remembered. A flow is none: its steps are.
    pub completed: u64,
    /// How many steps failed; also where that was excused.
    pub failed: u64,
    /// How many steps were left out.
    pub skipped: u64,
    /// How many steps were stopped.
    pub stopped: u64,
    /// How many attempts were not the first one.
    pub retries: u64,
    /// How many agents are at work now.
    pub active_agents: usize,
}

impl RunStatus {
    pub(super) fn of(view: &View<'_>, live: &Live) -> Self {
        let mut now = Now::default();
        now.look(view, live, "");
        Self {
            running: now.running,
            waiting: now.waiting,
            active_agents: now.agents,
            remaining: view.left(live),
            ..Self::counted(live, view.counts(live), view.elapsed(live))
        }
    }

    pub(super) fn ended(
        live: &Live,
        counts: Counts,
        elapsed: Duration,
        outcome: RunOutcome,
    ) -> Self {
        Self {
            outcome: Some(outcome),
            ..Self::counted(live, counts, elapsed)
        }
    }

    fn counted(live: &Live, counts: Counts, elapsed: Duration) -> Self {
        Self {
            run: live.run,
            workflow: live.plan.name().to_owned(),
            parent: live.within,
            outcome: None,
            total: counts.total,
            completed: counts.completed,
            failed: counts.failed,
            skipped: counts.skipped,
            stopped: counts.stopped,
            running: Vec::new(),
            waiting: Vec::new(),
            percentage: counts.percentage(),
            active_agents: 0,
            elapsed,
            remaining: None,
        }
    }
}

impl Counts {
    /// How many of 100 are over.
    pub(crate) fn percentage(&self) -> f64 {
        if self.total == 0 {
            return 100.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "no workflow has so many steps")]
        let share = self.over() as f64 / self.total as f64;
        share * 100.0
    }
}

/// What runs and what waits in a run, and in those inside it.
#[derive(Default)]
struct Now {
    running: Vec<String>,
    waiting: Vec<String>,
    agents: usize,
}

impl Now {
    fn look(&mut self, view: &View<'_>, live: &Live, path: &str) {
        self.agents += live.agents();
        for (index, step) in live.plan.steps().iter().enumerate() {
            let phase = live.steps[index].phase();
            let name = format!("{path}{}", step.name());
            let mut is_around = false;
            for nested in view.inside(live, index) {
                is_around = true;
                self.look(view, nested, &format!("{name}/"));
            }
            match phase {
                Phase::Waiting => self.waiting.push(name),
                // What runs is what is inside.
                Phase::Running if !is_around => self.running.push(name),
                _ => {}
            }
        }
    }
}
