//! What a run, or many, amount to in numbers.

mod display;
mod measure;
mod path;
mod stats;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use path::critical_path;
pub use stats::{Percentiles, StepStats, WorkflowStats};

/// What a run amounts to: how long it took, what ran side by side, what that gained, and what bounds it.
///
/// From [`RunTrace::metrics`](crate::RunTrace::metrics). How things count:
///
/// - An *operation* is a step that has started, however it ended. Steps that were skipped (`when`), whose output was
///   remembered (`cache`), or that were never reached, are none. A step with `each` is one operation, whatever the number
///   of its items, and so is a flow step: the run inside it has metrics of its own.
/// - The *duration* of an operation is the time from its start to its end: with all its attempts, the pauses between them,
///   and what it waits for meanwhile, such as the answer of a person. What it waited for its turn is not in it, but in
///   [`StepMetrics::waited`]. Of a run that has not ended, everything ends at the last moment that is known.
/// - The *sequential time* is what the operations would take one after the other: their durations, added up. Of a step with
///   `each` it is the sum over its items, each from the start of its first attempt to the end of its last one.
///
/// With the feature `serde` it serializes and deserializes; times are whole nanoseconds then. Printed, it is a summary of a
/// few lines.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WorkflowMetrics {
    /// The name of the workflow.
    pub workflow: String,
    /// How long the run took.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub total_duration: Duration,
    /// The batches in which two operations or more have run.
    pub parallel_batches: Vec<BatchMetrics>,
    /// The operations that were the only one of their batch.
    pub sequential_steps: Vec<StepMetrics>,
    /// Operations in parallel batches, of all operations: from 0 to 1; 0 where there is none.
    pub parallelization_ratio: f64,
    /// The sequential time, by the total duration: 3 is three times as fast as one after the other. Less than 1 where the run
    /// waited for its turn. 1 for a run that took no time.
    pub speedup_factor: f64,
    /// What the operations would take one after the other.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub sequential_time: Duration,
    /// The steps that bounded the run, from the first to the last, by name: the one that failed it, or else the one that ended
    /// last; of those that it had to wait for, the one that ended last; and so on.
    pub critical_path: Vec<String>,
    /// The operation that bounds the run most: the longest on the critical path.
    pub bottleneck: Option<StepMetrics>,
}

/// A batch of which several operations have run.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BatchMetrics {
    /// Which batch of the plan it is, counted from 0.
    pub batch: usize,
    /// Its operations, by name.
    pub operations: Vec<String>,
    /// The duration of the longest.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub max_duration: Duration,
    /// Their mean duration.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub avg_duration: Duration,
    /// The name of the longest: of equals, the one that was declared first.
    pub bottleneck: String,
}

/// An operation in numbers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepMetrics {
    /// The name of the step.
    pub name: String,
    /// The batch that it is in, counted from 0.
    pub batch: usize,
    /// How long it took, from its start to its end, without what it waited for its turn.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub duration: Duration,
    /// How long it waited for its turn.
    #[cfg_attr(feature = "serde", serde(with = "super::wire::nanos"))]
    pub waited: Duration,
    /// How many attempts it took; of a step with `each`, of all its items.
    pub attempts: usize,
}
