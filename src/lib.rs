#![doc = include_str!("../README.md")]

pub use orchestrate_core::{
    CancelToken, Context, Failure, Frame, Launcher, Orchestrator, Panic, Reason, Refusal, RunId,
    WithAgents, WithoutAgents, Workflow, plan,
};
pub use orchestrate_macros::workflow;

#[doc(hidden)]
pub use orchestrate_core::__private;
