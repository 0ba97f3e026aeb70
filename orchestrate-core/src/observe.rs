//! What is told of runs while they run, and who listens.

mod event;
mod observer;
mod outcome;
mod plan_ref;
mod record;
#[cfg(feature = "serde")]
mod wire;

pub use event::{Event, EventKind, Wait, Within};
pub use observer::Observer;
pub use outcome::{Cause, Fault, RunOutcome, StepOutcome, UndoOutcome};
pub use plan_ref::PlanRef;
pub use record::{AttemptTrace, Progressed, RunTrace, StepTrace, UndoTrace, WaitTrace};
