//! What observers make of real runs, in virtual time.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

#[cfg(feature = "alerts")]
#[path = "observers/alerts.rs"]
mod alerts;
#[cfg(feature = "metrics")]
#[path = "observers/metrics.rs"]
mod metrics;
#[path = "observers/monitor.rs"]
mod monitor;
#[cfg(feature = "progress")]
#[path = "observers/progress.rs"]
mod progress;
#[path = "observers/runs.rs"]
mod runs;
