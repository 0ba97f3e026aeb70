//! `wake.rs` of `orchestrate-core` with its own tests; with the feature `loom`, models of what threads do with it: no wake-up is lost, and
//! the last count frees the block.

#[cfg(all(test, loom))]
mod models;
#[cfg(all(test, loom))]
mod sync;
#[cfg(test)]
#[allow(dead_code, reason = "strands ask more of it than branches do")]
#[path = "../../../orchestrate-core/src/wake.rs"]
mod wake;
