//! What is told of runs while they run, and who listens.

mod event;
mod listeners;
mod observer;
mod outcome;
mod plan_ref;
mod record;
mod teller;
#[cfg(feature = "serde")]
mod wire;

pub use event::{Event, EventKind, Wait, Within};
pub use listeners::Events;
pub(crate) use listeners::{CAPACITY, Clock, Listeners};
pub use observer::{Observer, Sink};
pub use outcome::{Cause, Fault, RunOutcome, StepOutcome, UndoOutcome};
pub use plan_ref::PlanRef;
pub use record::{AttemptTrace, Progressed, RunTrace, StepTrace, UndoTrace, WaitTrace};
pub(crate) use teller::Teller;
pub use teller::Told;
