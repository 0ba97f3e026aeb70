//! What is told of runs while they run, and who listens.

mod event;
mod listeners;
mod metrics;
mod observer;
mod outcome;
mod plan_ref;
mod record;
mod teller;
#[cfg(test)]
pub(crate) mod testing;
mod trace;
#[cfg(feature = "serde")]
mod wire;

pub use event::{Event, EventKind, Wait, Within};
pub use listeners::Events;
pub(crate) use listeners::{CAPACITY, Clock, Listeners};
pub(crate) use metrics::critical_path;
pub use metrics::{
    BatchMetrics, Percentiles, StepMetrics, StepStats, WorkflowMetrics, WorkflowStats,
};
pub use observer::{Observer, Sink};
pub use outcome::{Cause, Fault, RunOutcome, StepOutcome, UndoOutcome};
pub use plan_ref::PlanRef;
pub use record::{AttemptTrace, Progressed, RunTrace, StepTrace, UndoTrace, WaitTrace};
pub(crate) use teller::Teller;
pub use teller::Told;
pub use trace::Trace;
