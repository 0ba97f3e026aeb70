//! What runs do, in numbers, for whatever collects them.

mod names;
mod series;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use metrics::Recorder;
use tokio::time::Instant;

use self::{
    names::{
        ATTEMPTS, CACHE_HITS, METRICS, RETRIES, ROLLBACKS, RUN_DURATION, RUNS, RUNS_RUNNING,
        STEP_DURATION, STEP_FAILURES, STEP_WAIT, STEPS, STEPS_RUNNING, STEPS_WAITING,
    },
    series::{Group, Series},
};
use super::{
    Event, EventKind, Observer, RunOutcome, Sink, StepOutcome,
    live::{Live, LiveStep, Phase, Told},
};
use crate::RunId;

/// Of how many steps there are metrics, unless something else is said.
const MAX_STEPS: usize = 1000;

/// Counts and measures what runs do, through the [`metrics`](https://docs.rs/metrics) facade: an observer.
///
/// Whatever is installed there as the recorder collects it: an exporter for Prometheus, `StatsD`, OpenTelemetry. Install it
/// before the first run. It is told in place, by the threads that poll the runs, and misses nothing.
///
/// | metric | labels | what it is |
/// | --- | --- | --- |
/// | `orchestrated_runs_total` | `workflow`, `outcome` | counter: runs that have ended |
/// | `orchestrated_run_duration_seconds` | `workflow`, `outcome` | histogram: from the start of a run to its end |
/// | `orchestrated_runs_running` | `workflow` | gauge |
/// | `orchestrated_steps_total` | `workflow`, `step`, `kind`, `outcome` | counter: steps that have ended |
/// | `orchestrated_step_duration_seconds` | `workflow`, `step`, `kind`, `outcome` | histogram: from the start of a step to its end, with all its attempts and the pauses between them, without what it waited for its turn |
/// | `orchestrated_step_failures_total` | `workflow`, `step`, `kind`, `cause` | counter: steps that have failed, excused or not |
/// | `orchestrated_step_wait_seconds` | `workflow`, `step`, `kind`, `for` | histogram: each time for which a step, or an item of it, has waited: for its `turn`, a `retry`, an `approval`, a `batch`, a `cache` |
/// | `orchestrated_attempts_total` | `workflow`, `step`, `kind`, `outcome` | counter: attempts that have ended, `finished` or with the cause of their failure. A step without options has none |
/// | `orchestrated_retries_total` | `workflow`, `step`, `kind` | counter: attempts that were not the first one |
/// | `orchestrated_cache_hits_total` | `workflow`, `step`, `kind` | counter: steps whose output was remembered |
/// | `orchestrated_rollbacks_total` | `workflow`, `step`, `kind`, `outcome` | counter: `undone`, `failed`, `irreversible` |
/// | `orchestrated_steps_running` | `kind` | gauge: steps at work; with `kind="agent"`, the agents. Of a step with `each`, its items count |
/// | `orchestrated_steps_waiting` | `for` | gauge: steps, and items of them, that wait |
///
/// `workflow` is the path of the workflow (`my_crate::CodeReview`), `outcome` the word of a
/// [`RunOutcome`](RunOutcome::word) or a [`StepOutcome`](StepOutcome::word), `cause` that of a
/// [`Cause`](crate::Cause::word). So the text of a program bounds them all. Where plans are put together at run time it
/// does not: after the first 1,000 steps, or [so many](Self::max_steps), the labels of others are `other`.
///
/// With the feature `metrics`.
///
/// ```
/// # mod orchestrated { pub use ::orchestrated::*; pub use orchestrate_core::Metrics; }
/// use orchestrated::{workflow, Metrics, Orchestrator};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
/// let prometheus = recorder.handle();
/// let orchestrator = Orchestrator::new().observer(Metrics::with_recorder(recorder));
/// Greet { name: "Ada" }.run(&orchestrator).await?;
/// assert!(prometheus.render().contains("orchestrated_runs_total"));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    /// None for the one that is installed.
    recorder: Option<Box<dyn Recorder + Send + Sync>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    series: Series,
    /// Those that are running, and those inside them that have ended and can still be rolled back.
    runs: HashMap<RunId, Measured>,
    /// How many of them have ended.
    ended: usize,
}

/// A run that is running.
struct Measured {
    live: Live,
    /// The run of which it is a part, through others, or itself.
    root: RunId,
    workflow: usize,
    /// By the indices of the steps, once something is told of them.
    steps: Vec<Option<usize>>,
}

impl Metrics {
    /// Records to the recorder that is installed: that of the program, or for a while that of the thread.
    #[must_use]
    pub fn new() -> Self {
        Self::of(None)
    }

    /// Records to this recorder, whatever is installed.
    #[must_use]
    pub fn with_recorder(recorder: impl Recorder + Send + Sync + 'static) -> Self {
        Self::of(Some(Box::new(recorder)))
    }

    /// Of at most so many steps, over all workflows, there are metrics of their own; the others share theirs, with the
    /// label `other`. As many workflows have metrics of their own.
    #[must_use]
    pub fn max_steps(self, steps: usize) -> Self {
        self.0.state().series.limit(steps);
        self
    }

    fn of(recorder: Option<Box<dyn Recorder + Send + Sync>>) -> Self {
        let mut state = State::default();
        state.series.limit(MAX_STEPS);
        Self(Arc::new(Shared {
            recorder,
            state: Mutex::new(state),
        }))
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Metrics {
    fn observe(&mut self, event: &Event) {
        self.0.tell(event);
    }

    fn __sink(&self) -> Option<Arc<dyn Sink>> {
        Some(self.0.clone())
    }
}

impl Sink for Shared {
    fn tell(&self, event: &Event) {
        let mut state = self.state();
        match &self.recorder {
            Some(recorder) => state.tell(event, &**recorder),
            None => metrics::with_recorder(|recorder| state.tell(event, recorder)),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // What is half measured is measured in part.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&mut self, event: &Event, recorder: &dyn Recorder) {
        let now = Instant::now();
        self.series.describe(&METRICS, recorder);
        if let Some(live) = Live::begin(event, now) {
            let workflow = self.series.workflow(live.plan.path());
            let of = self.series.of_workflow(workflow);
            of.add(&RUNS_RUNNING, "", 1.0, recorder);
            let steps = vec![None; live.steps.len()];
            let around = live.within.and_then(|within| self.runs.get(&within.run));
            let root = around.map_or(event.run, |around| around.root);
            let run = Measured {
                live,
                root,
                workflow,
                steps,
            };
            self.runs.insert(event.run, run);
            return;
        }
        let Some(run) = self.runs.get_mut(&event.run) else {
            return;
        };
        match &event.kind {
            EventKind::RunEnded { outcome } => {
                let took = event.at.saturating_sub(run.live.started);
                let workflow = run.workflow;
                if run.root != event.run && run.live.can_be_undone() {
                    self.ended += 1;
                } else {
                    self.forget(event.run);
                }
                self.run_ended(workflow, outcome, took, recorder);
            }
            kind => {
                if let Some(step) = kind.step().filter(|&step| step < run.steps.len()) {
                    run.tell(&mut self.series, event, step, now, recorder);
                }
            }
        }
    }

    /// Forgets this run, and those inside it that have ended.
    fn forget(&mut self, run: RunId) {
        self.runs.remove(&run);
        if self.ended > 0 {
            let before = self.runs.len();
            self.runs.retain(|_, other| other.root != run);
            self.ended = self.ended.saturating_sub(before - self.runs.len());
        }
    }

    fn run_ended(
        &mut self,
        workflow: usize,
        outcome: &RunOutcome,
        took: Duration,
        recorder: &dyn Recorder,
    ) {
        let of = self.series.of_workflow(workflow);
        of.add(&RUNS_RUNNING, "", -1.0, recorder);
        of.count(&RUNS, outcome.word(), recorder);
        of.time(&RUN_DURATION, outcome.word(), took, recorder);
    }
}

impl Measured {
    fn tell(
        &mut self,
        series: &mut Series,
        event: &Event,
        step: usize,
        now: Instant,
        recorder: &dyn Recorder,
    ) {
        let before = at_work(&self.live.steps[step]);
        let told = self.live.tell(event, now);
        let after = at_work(&self.live.steps[step]);
        let plan = &self.live.plan.steps()[step];
        let overall = series.overall();
        if before != after {
            #[expect(clippy::cast_precision_loss, reason = "so many do not run at once")]
            let more = after as f64 - before as f64;
            overall.add(&STEPS_RUNNING, plan.kind().word(), more, recorder);
        }
        if let EventKind::StepWaiting { on, .. } = &event.kind {
            overall.add(&STEPS_WAITING, on.word(), 1.0, recorder);
        }
        for (on, _) in &told.waited {
            overall.add(&STEPS_WAITING, on.word(), -1.0, recorder);
        }
        let workflow = self.workflow;
        let index = *self.steps[step]
            .get_or_insert_with(|| series.step(workflow, plan.name(), plan.kind().word()));
        measure(series.of_step(index), &event.kind, &told, recorder);
    }
}

/// How much of a step is at work: of one with `each`, its items.
fn at_work(step: &LiveStep) -> usize {
    match step.phase() {
        Phase::Running => step.items_at_work().max(1),
        _ => 0,
    }
}

fn measure(of: &mut Group, kind: &EventKind, told: &Told, recorder: &dyn Recorder) {
    for (on, waited) in &told.waited {
        of.time(&STEP_WAIT, on.word(), *waited, recorder);
    }
    match kind {
        EventKind::AttemptStarted { attempt, .. } if *attempt > 1 => {
            of.count(&RETRIES, "", recorder);
        }
        EventKind::AttemptEnded { fault, .. } => {
            let cause = fault.as_ref().map(|fault| fault.cause.word());
            of.count(&ATTEMPTS, cause.unwrap_or("finished"), recorder);
        }
        EventKind::StepEnded { outcome, .. } => step_ended(of, outcome, told.took, recorder),
        EventKind::StepUndone { outcome, .. } => of.count(&ROLLBACKS, outcome.word(), recorder),
        _ => {}
    }
}

fn step_ended(
    of: &mut Group,
    outcome: &StepOutcome,
    took: Option<Duration>,
    recorder: &dyn Recorder,
) {
    of.count(&STEPS, outcome.word(), recorder);
    if let Some(took) = took {
        of.time(&STEP_DURATION, outcome.word(), took, recorder);
    }
    if let Some(fault) = outcome.fault() {
        of.count(&STEP_FAILURES, fault.cause.word(), recorder);
    }
    if matches!(outcome, StepOutcome::Cached) {
        of.count(&CACHE_HITS, "", recorder);
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
