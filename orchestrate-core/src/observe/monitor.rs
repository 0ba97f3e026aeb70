//! What is running, at any time.

mod board;
mod display;
mod pace;
mod snapshot;
#[cfg(test)]
mod tests;
#[cfg(feature = "progress")]
mod tree;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

#[cfg(feature = "progress")]
pub(crate) use board::View;
pub(crate) use board::{Board, Change};
pub use snapshot::{RunStatus, Snapshot, Totals};

use super::{Event, Observer, RunOutcome, Sink};
use crate::{
    History,
    observe::{
        EventKind,
        live::{Live, Over},
    },
};

/// How many runs that have ended are kept.
const ENDED: usize = 16;

/// Says at any time what is running: an observer that keeps count.
///
/// Clones are the same monitor: one goes to the orchestrator, another one is asked for a [`snapshot`](Self::snapshot). It
/// begins with what happens once it observes. Of what has ended it keeps the counters and the last 16 runs, so it does not
/// grow with the time for which it is used.
///
/// It is told in place, by the threads that poll the runs, and so it misses nothing. A snapshot takes less than a
/// microsecond a step of the runs that are running; they wait meanwhile if they have something to tell.
///
/// ```
/// use orchestrated::{workflow, Monitor, Orchestrator};
///
/// workflow! {
///     workflow Greet(name: &str, monitor: &Monitor) -> (String, f64) {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         tool fn percentage(greeting, monitor) -> f64 { monitor.snapshot().runs[0].percentage }
///         (greeting, percentage)
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let monitor = Monitor::new();
/// let orchestrator = Orchestrator::new().observer(monitor.clone());
/// let (greeting, percentage) = Greet { name: "Ada", monitor: &monitor }.run(&orchestrator).await?;
/// assert_eq!((greeting.as_str(), percentage), ("Hello, Ada!", 50.0));
///
/// let snapshot = monitor.snapshot();
/// assert!(snapshot.runs.is_empty());
/// assert_eq!(snapshot.totals.runs_finished, 1);
/// println!("{snapshot}");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Monitor(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    board: Board,
    /// The latest ones, the last one first.
    ended: VecDeque<RunStatus>,
    totals: Totals,
}

impl Monitor {
    /// A monitor that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in how long steps have taken before, so that it can say from the first run on how long one will go on: see
    /// [`RunStatus::remaining`].
    ///
    /// ```
    /// use orchestrated::{Monitor, Orchestrator};
    ///
    /// let orchestrator = Orchestrator::new();
    /// // .. a history has been loaded ..
    /// let monitor = Monitor::new().with_history(&orchestrator.history());
    /// ```
    #[must_use]
    pub fn with_history(self, history: &History) -> Self {
        self.0.state().board.load(history);
        self
    }

    /// What is running now, and what has been counted.
    ///
    /// Times are those of the clock that the thread sees that asks: the same as that of the runs, but where a test has
    /// paused that of its runtime and asks from outside.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.0.state().snapshot(Instant::now())
    }
}

impl Observer for Monitor {
    fn observe(&mut self, event: &Event) {
        self.0.tell(event);
    }

    fn __sink(&self) -> Option<Arc<dyn Sink>> {
        Some(self.0.clone())
    }
}

impl Sink for Shared {
    fn tell(&self, event: &Event) {
        self.state().tell(event, Instant::now());
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // What is half told is only half counted.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&mut self, event: &Event, now: Instant) {
        self.totals.tell(&event.kind);
        if let EventKind::StepEnded { step, outcome } = &event.kind
            && !self.is_flow(event, *step)
        {
            self.totals.count(Over::of(outcome));
        }
        let Change { ended, .. } = self.board.tell(event, now);
        if let (Some((live, counts)), EventKind::RunEnded { outcome }) = (ended, &event.kind) {
            self.ended.truncate(ENDED - 1);
            let elapsed = event.at.saturating_sub(live.started);
            self.ended
                .push_front(RunStatus::ended(&live, counts, elapsed, outcome.clone()));
        }
    }

    fn is_flow(&self, event: &Event, step: usize) -> bool {
        let live = self.board.run(event.run);
        let step = live.and_then(|live| live.plan.steps().get(step));
        step.is_some_and(|step| step.flow().is_some())
    }

    fn snapshot(&self, now: Instant) -> Snapshot {
        let view = self.board.view(now);
        let runs: Vec<_> = self
            .board
            .runs()
            .map(|live| RunStatus::of(&view, live))
            .collect();
        let mut totals = self.totals;
        totals.runs_running = runs.len();
        totals.active_agents = self.board.runs().map(Live::agents).sum();
        Snapshot {
            runs,
            ended: self.ended.iter().cloned().collect(),
            totals,
        }
    }
}

impl Totals {
    fn tell(&mut self, kind: &EventKind) {
        match kind {
            EventKind::RunStarted { .. } => self.runs_started += 1,
            EventKind::RunEnded { outcome } => match outcome {
                RunOutcome::Finished => self.runs_finished += 1,
                RunOutcome::Failed { .. } => self.runs_failed += 1,
                RunOutcome::Dropped => self.runs_dropped += 1,
            },
            EventKind::AttemptStarted { attempt, .. } if *attempt > 1 => self.retries += 1,
            _ => {}
        }
    }

    fn count(&mut self, over: Over) {
        match over {
            Over::Completed => self.completed += 1,
            Over::Failed => self.failed += 1,
            Over::Skipped => self.skipped += 1,
            Over::Stopped => self.stopped += 1,
        }
    }
}
