#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod lock;

#[cfg(feature = "metrics")]
pub use orchestrate_core::Metrics;
#[cfg(feature = "progress")]
pub use orchestrate_core::Progress;
#[cfg(feature = "report")]
pub use orchestrate_core::Report;
#[cfg(feature = "dynamic")]
pub use orchestrate_core::dynamic;
#[cfg(feature = "otel")]
pub use orchestrate_core::otel;
#[cfg(feature = "alerts")]
pub use orchestrate_core::{Alarm, AlarmState, Alert, Measured};
pub use orchestrate_core::{
    Answer, Approvals, Approved, Approver, ApproverGone, AttemptTrace, AutoApprover, BatchMetrics,
    CancelToken, Cause, ChannelApprover, Context, Decision, Detail, Event, EventKind, Events,
    Executor, FailedStep, Failure, Fault, Frame, FromDecision, Gantt, History, IntoQuestion,
    Launcher, Monitor, NoExecutor, Observer, Orchestrator, Panic, PendingApproval, Percentiles,
    PlanRef, Progressed, Question, Reason, Refusal, Rejected, Request, Rollback, RollbackOutcome,
    RunId, RunOutcome, RunStatus, RunTrace, Snapshot, StepFailure, StepHistory, StepMetrics,
    StepOutcome, StepStats, StepTrace, TaskHandle, TerminalApprover, Totals, Trace, UndoOutcome,
    UndoTrace, Wait, WaitTrace, WithAgents, Withdrawn, Within, WithoutAgents, Workflow,
    WorkflowMetrics, WorkflowStats, approval_channel, chrome, plan,
};
pub use orchestrate_macros::workflow;

#[doc(hidden)]
pub use lock::__lock;
#[doc(hidden)]
pub use orchestrate_core::__private;
#[doc(hidden)]
pub use orchestrate_macros::__editor;

/// The code of the book compiles and runs, or fails to compile, as its chapters say.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../docs/src/first_workflow.md")]
    mod first_workflow {}
    #[doc = include_str!("../docs/src/plan.md")]
    mod plan {}
    #[doc = include_str!("../docs/src/dry_run.md")]
    mod dry_run {}
    #[doc = include_str!("../docs/src/grammar.md")]
    mod grammar {}
    #[doc = include_str!("../docs/src/options.md")]
    mod options {}
    #[doc = include_str!("../docs/src/trying_again.md")]
    mod trying_again {}
    #[doc = include_str!("../docs/src/going_on.md")]
    mod going_on {}
    #[doc = include_str!("../docs/src/many.md")]
    mod many {}
    #[doc = include_str!("../docs/src/remembering.md")]
    mod remembering {}
    #[doc = include_str!("../docs/src/limits.md")]
    mod limits {}
    #[doc = include_str!("../docs/src/every_core.md")]
    mod every_core {}
    #[doc = include_str!("../docs/src/undo.md")]
    mod undo {}
    #[doc = include_str!("../docs/src/human_steps.md")]
    mod human_steps {}
    #[doc = include_str!("../docs/src/while_it_runs.md")]
    mod while_it_runs {}
    // It shows what that feature adds.
    #[cfg(feature = "otel")]
    #[doc = include_str!("../docs/src/traces.md")]
    mod traces {}
    #[doc = include_str!("../docs/src/after_a_run.md")]
    mod after_a_run {}
    #[cfg(feature = "report")]
    #[doc = include_str!("../docs/src/report.md")]
    mod report {}
    // One of its blocks reads YAML.
    #[cfg(feature = "yaml")]
    #[doc = include_str!("../docs/src/dynamic.md")]
    mod dynamic {}
    #[cfg(feature = "dynamic")]
    #[doc = include_str!("../docs/src/orchestrators.md")]
    mod orchestrators {}
    #[doc = include_str!("../docs/src/patterns.md")]
    mod patterns {}
    #[doc = include_str!("../docs/src/errors.md")]
    mod errors {}
    #[doc = include_str!("../docs/src/composing.md")]
    mod composing {}
    #[doc = include_str!("../docs/src/editor.md")]
    mod editor {}
    #[doc = include_str!("../docs/src/large.md")]
    mod large {}
    #[doc = include_str!("../docs/src/peers.md")]
    mod peers {}
}
