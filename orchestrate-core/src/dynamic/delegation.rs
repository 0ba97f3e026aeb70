//! One divides a task, others do its parts, and the first makes one of what they produce: what
//! [`MasterWorker`](super::MasterWorker) and [`Coordinator`](super::Coordinator) have in common.

mod error;
mod master;
mod run;
mod subtask;
mod watched;
mod workers;

pub use error::{Unassignable, Unassigned};
pub use master::{Execution, Master};
pub(super) use run::{Delegated, Delegation};
pub use subtask::Subtask;
pub(super) use watched::{Took, Watched};
pub use workers::{Assignment, Worker, Workers};
