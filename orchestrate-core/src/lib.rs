//! The runtime of [`orchestrated`](https://docs.rs/orchestrated): what an expansion of `workflow!` calls, and what its
//! users hold in their hands.
//!
//! Nobody depends on this crate directly: `orchestrated` re-exports what is public here.
//!
//! - [`Orchestrator`] runs workflows; it alone launches agents. [`Launcher`] is the rule about who may run what.
//! - [`Workflow`] is what `workflow!` implements, [`Context`] what a step sees of its run, [`Failure`] why a run failed.
//! - `run` polls a workflow: it keeps the place where a run stands, catches panics, and keeps the deadline.

pub mod __private;
mod cancel;
mod context;
mod errors;
mod failure;
mod launcher;
mod orchestrator;
mod place;
mod run;
mod run_future;
mod spans;
#[cfg(test)]
mod testing;
mod watch;
mod workflow;

pub use cancel::CancelToken;
pub use context::Context;
pub use failure::{FailedStep, Failure, Frame, Panic, Reason, Refusal};
pub use launcher::{Launcher, WithAgents, WithoutAgents};
pub use orchestrator::Orchestrator;
pub use run::RunId;
pub use workflow::Workflow;

pub use orchestrate_plan as plan;
