//! What steps ask for with their options, where it takes more than a line: who goes first when there is not enough for
//! everybody, how long to wait between attempts, what is not worth trying, what is known already, what is done in one go,
//! and how long steps have taken.
//!
//! What is shared here is shared by the runs of one orchestrator. No lock is held while anything else runs.

pub(crate) mod backoff;
pub(crate) mod batch;
pub(crate) mod breaker;
pub(crate) mod cache;
pub(crate) mod each;
pub(crate) mod history;
pub(crate) mod limiter;
pub(crate) mod turns;
