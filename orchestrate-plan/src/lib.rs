//! The planner of `orchestrated`.
//!
//! A workflow is a set of *steps*. Each step says what it reads and what it produces, and from that
//! alone this crate works out what depends on what, which steps can run at the same time, and what
//! can never work. It knows no source code and no executor: the macro uses it while a program
//! compiles, and the runtime uses it for workflows that are put together while a program runs. It
//! is one planner, so both say the same.
//!
//! - [`Graph`] goes in: steps, with the names that they read and produce.
//! - [`analyze()`] gives back either a [`Layout`], which speaks in indices, or *all* the
//!   [`Problems`] of the graph.
//! - [`Plan`] is what people look at: it prints as a table and as a Mermaid chart, it can be
//!   `const`, and it serializes.
//! - [`Plan::dry_run`] tells how long a run takes, along which steps, and what it needs.
//! - [`Lock`] is a plan as a text for reviews, and tells what a change of it does to a run.
//! - [`Plan::check`] tells before anything runs whether a [`Host`] has all that the steps ask for.
//!
//! ```
//! use orchestrate_plan::{Graph, Kind, Node, Plan};
//!
//! let graph = Graph::new(["pr"])
//!     .with(Node::new("files", Kind::Mcp).reads(["pr"]).produces(["files"]))
//!     .with(Node::new("practices", Kind::Mcp).reads(["pr"]).produces(["practices"]))
//!     .with(Node::new("review", Kind::Agent).reads(["files", "practices"]).produces(["review"]));
//!
//! let plan = Plan::new("CodeReview", &graph)?;
//! assert_eq!(
//!     plan.to_string(),
//!     "\
//! CodeReview: 3 steps in 2 batches of at most 2
//!   batch 1  files      mcp
//!            practices  mcp
//!   batch 2  review     agent  <- files, practices"
//! );
//! # Ok::<(), orchestrate_plan::Problems>(())
//! ```
//!
//! # Words
//!
//! A step depends on another when it reads one of its outputs, or when it says that it comes
//! *after* it. A *batch* holds all the steps whose dependencies lie in earlier batches. Between two
//! batches lies a *natural barrier* when every step after it depends, directly or not, on every
//! step before it. A *stage* is a run of neighbouring batches with no natural barrier between them.
//!
//! # Features
//!
//! - `serde`: [`Plan`], [`Step`], [`Options`], [`Kind`] and [`Priority`] serialize; all of them but
//!   [`Step`] deserialize, and a plan is checked while it does.

#![forbid(unsafe_code)]

mod analyze;
mod backoff;
mod budget;
mod digraph;
mod dry_run;
mod graph;
mod kind;
mod layout;
mod lock;
mod names;
mod nearest;
mod options;
mod packed;
mod plan;
mod priority;
mod problem;
mod resolve;
#[cfg(test)]
mod testing;
mod time;

pub use analyze::analyze;
pub use backoff::{backoff, backoff_total};
pub use digraph::critical_path::CriticalPath;
pub use dry_run::{
    BatchTime, DryRun, Estimates, HeldUp, Needs, Open, PermissionNeed, ResourceNeed, Source,
    StepTime, UnknownStep, Why, Worst,
};
pub use graph::{Graph, Node};
pub use kind::Kind;
pub use layout::{IdleOrder, Layout};
pub use lock::{Change, Changes, Effect, Lock, LockError};
pub use nearest::nearest;
#[doc(hidden)]
pub use options::StaticOptions;
pub use options::{Options, Undo};
#[doc(hidden)]
pub use packed::{Count, Packed, Packing};
pub use plan::{Batch, Host, Plan, Step, Unmet, Unready};
#[doc(hidden)]
pub use plan::{StaticPlan, StaticStep, Unusual, Whole};
pub use priority::Priority;
pub use problem::{Closing, Part, Place, Problem, Problems, Producer};

/// The two halves of [`analyze()`], for the benchmark of this crate alone.
#[doc(hidden)]
pub mod __bench {
    pub use crate::analyze::arrange;
    pub use crate::resolve::{Resolution, resolve};
}
