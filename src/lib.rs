#![doc = include_str!("../README.md")]

pub use orchestrate_core::{
    CancelToken, Context, FailedStep, Failure, Frame, Launcher, Orchestrator, Panic, Reason,
    Refusal, RunId, WithAgents, WithoutAgents, Workflow, plan,
};
pub use orchestrate_macros::workflow;

#[doc(hidden)]
pub use orchestrate_core::__private;

/// The code of the book compiles and runs, or fails to compile, as its chapters say.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../docs/src/first_workflow.md")]
    mod first_workflow {}
    #[doc = include_str!("../docs/src/plan.md")]
    mod plan {}
    #[doc = include_str!("../docs/src/grammar.md")]
    mod grammar {}
    #[doc = include_str!("../docs/src/errors.md")]
    mod errors {}
    #[doc = include_str!("../docs/src/composing.md")]
    mod composing {}
}
