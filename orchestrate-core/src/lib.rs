//! The runtime of [`orchestrated`](https://docs.rs/orchestrated): what an expansion of `workflow!` calls, and what its
//! users hold in their hands.
//!
//! Nobody depends on this crate directly: `orchestrated` re-exports what is public here.
//!
//! - [`Orchestrator`] runs workflows; it alone launches agents. [`Launcher`] is the rule about who may run what.
//! - [`Workflow`] is what `workflow!` implements, [`Context`] what a step sees of its run, [`Failure`] why a run failed.
//! - [`Executor`] is what runs steps apart from the future of their run.
//! - [`Approver`] is who answers the [`Question`] of a human step.
//! - `guard` is what the options of a step need, `policy` what the runs of an orchestrator share for them, `undo` what is
//!   rolled back.
//! - `spans` tells `tracing` of runs, and `otel` carries that on to OpenTelemetry.
//! - `run` polls a workflow: it keeps the place where a run stands, catches panics, and keeps the deadline.

pub mod __private;
mod approval;
mod approve;
mod branch;
mod cancel;
mod chart;
mod context;
mod counted;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod erase;
mod errors;
mod executor;
mod failure;
mod guard;
mod launcher;
mod observe;
mod orchestrator;
#[cfg(feature = "otel")]
pub mod otel;
mod percentile;
mod place;
mod planned;
mod policy;
#[cfg(feature = "report")]
mod report;
mod run;
mod run_future;
mod shutdown;
mod slot;
mod spans;
mod stop;
mod strand;
#[cfg(test)]
mod testing;
mod text;
mod undo;
mod values;
mod wake;
mod watch;
mod workflow;

pub use approval::{
    Answer, Approvals, Approved, Approver, ApproverGone, AutoApprover, ChannelApprover, Decision,
    Detail, FromDecision, IntoQuestion, PendingApproval, Question, Rejected, Request,
    TerminalApprover, Withdrawn, approval_channel,
};
pub use cancel::CancelToken;
pub use chart::{Gantt, chrome};
pub use context::Context;
pub use executor::{Executor, NoExecutor, TaskHandle};
pub use failure::{
    FailedStep, Failure, Frame, Panic, Reason, Refusal, Rollback, RollbackOutcome, StepFailure,
};
pub use launcher::{Launcher, WithAgents, WithoutAgents};
#[cfg(feature = "metrics")]
pub use observe::Metrics;
#[cfg(feature = "progress")]
pub use observe::Progress;
#[cfg(feature = "alerts")]
pub use observe::{Alarm, AlarmState, Alert, Measured};
pub use observe::{
    AttemptTrace, BatchMetrics, Cause, Event, EventKind, Events, Fault, Monitor, Observer,
    Percentiles, PlanRef, Progressed, RunOutcome, RunStatus, RunTrace, Snapshot, StepMetrics,
    StepOutcome, StepStats, StepTrace, Totals, Trace, UndoOutcome, UndoTrace, Wait, WaitTrace,
    Within, WorkflowMetrics, WorkflowStats,
};
pub use orchestrator::Orchestrator;
pub use policy::history::{History, StepHistory};
#[cfg(feature = "report")]
pub use report::Report;
pub use run::RunId;
pub use workflow::Workflow;

pub use orchestrate_plan as plan;
