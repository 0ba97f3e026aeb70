//! What is told of runs while they run, and who listens.

#[cfg(feature = "alerts")]
mod alert;
mod event;
mod listeners;
mod live;
#[cfg(feature = "metrics")]
mod meter;
mod metrics;
mod monitor;
mod observer;
mod outcome;
mod plan_ref;
#[cfg(feature = "progress")]
mod progress;
mod record;
mod teller;
#[cfg(test)]
#[cfg_attr(
    not(all(feature = "metrics", feature = "progress", feature = "alerts")),
    expect(dead_code, reason = "not every observer is there to be tested")
)]
pub(crate) mod told;
mod trace;
#[cfg(feature = "serde")]
mod wire;

#[cfg(feature = "alerts")]
pub(crate) use alert::Watcher;
#[cfg(feature = "alerts")]
pub use alert::{Alarm, AlarmState, Alert, Measured};
pub use event::{Event, EventKind, Wait, Within};
pub use listeners::Events;
pub(crate) use listeners::{CAPACITY, Clock, Listeners};
#[cfg(feature = "metrics")]
pub use meter::Metrics;
pub(crate) use metrics::critical_path;
pub use metrics::{
    BatchMetrics, Percentiles, StepMetrics, StepStats, WorkflowMetrics, WorkflowStats,
};
pub use monitor::{Monitor, RunStatus, Snapshot, Totals};
pub use observer::{Observer, Sink};
pub use outcome::{Cause, Fault, RunOutcome, StepOutcome, UndoOutcome};
pub use plan_ref::PlanRef;
#[cfg(feature = "progress")]
pub use progress::Progress;
pub use record::{AttemptTrace, Progressed, RunTrace, StepTrace, UndoTrace, WaitTrace};
pub(crate) use teller::Teller;
pub use teller::Told;
pub use trace::Trace;
