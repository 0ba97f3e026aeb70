//! The metrics: their names, their units, and what they say.

use metrics::Unit;

/// A metric.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    pub(super) unit: Unit,
    /// The label that tells its series apart, besides what they are about; empty where there is none.
    pub(super) label: &'static str,
    pub(super) about: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Counter,
    Gauge,
    Histogram,
}

const fn counter(name: &'static str, label: &'static str, about: &'static str) -> Metric {
    Metric {
        name,
        sort: Sort::Counter,
        unit: Unit::Count,
        label,
        about,
    }
}

const fn gauge(name: &'static str, label: &'static str, about: &'static str) -> Metric {
    Metric {
        sort: Sort::Gauge,
        ..counter(name, label, about)
    }
}

const fn seconds(name: &'static str, label: &'static str, about: &'static str) -> Metric {
    Metric {
        sort: Sort::Histogram,
        unit: Unit::Seconds,
        ..counter(name, label, about)
    }
}

pub(super) const RUNS: Metric = counter(
    "orchestrated_runs_total",
    "outcome",
    "Runs that have ended.",
);
pub(super) const RUN_DURATION: Metric = seconds(
    "orchestrated_run_duration_seconds",
    "outcome",
    "From the start of a run to its end.",
);
pub(super) const RUNS_RUNNING: Metric = gauge(
    "orchestrated_runs_running",
    "",
    "Runs that are running now.",
);
pub(super) const STEPS: Metric = counter(
    "orchestrated_steps_total",
    "outcome",
    "Steps that have ended.",
);
pub(super) const STEP_DURATION: Metric = seconds(
    "orchestrated_step_duration_seconds",
    "outcome",
    "From the start of a step to its end, without what it waited for its turn.",
);
pub(super) const STEP_FAILURES: Metric = counter(
    "orchestrated_step_failures_total",
    "cause",
    "Steps that have failed, excused or not.",
);
pub(super) const STEP_WAIT: Metric = seconds(
    "orchestrated_step_wait_seconds",
    "for",
    "Each time for which a step, or an item of it, has waited.",
);
pub(super) const ATTEMPTS: Metric = counter(
    "orchestrated_attempts_total",
    "outcome",
    "Attempts at steps that have ended.",
);
pub(super) const RETRIES: Metric = counter(
    "orchestrated_retries_total",
    "",
    "Attempts at steps that were not the first one.",
);
pub(super) const CACHE_HITS: Metric = counter(
    "orchestrated_cache_hits_total",
    "",
    "Steps whose output was remembered.",
);
pub(super) const ROLLBACKS: Metric = counter(
    "orchestrated_rollbacks_total",
    "outcome",
    "Rollbacks of steps.",
);
pub(super) const STEPS_RUNNING: Metric = gauge(
    "orchestrated_steps_running",
    "kind",
    "Steps, and items of them, that are at work now.",
);
pub(super) const STEPS_WAITING: Metric = gauge(
    "orchestrated_steps_waiting",
    "for",
    "Steps, and items of them, that wait now.",
);

/// All of them.
pub(super) const METRICS: [Metric; 13] = [
    RUNS,
    RUN_DURATION,
    RUNS_RUNNING,
    STEPS,
    STEP_DURATION,
    STEP_FAILURES,
    STEP_WAIT,
    ATTEMPTS,
    RETRIES,
    CACHE_HITS,
    ROLLBACKS,
    STEPS_RUNNING,
    STEPS_WAITING,
];
