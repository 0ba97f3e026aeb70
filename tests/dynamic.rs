//! Graphs known only at run time.

#![cfg(feature = "dynamic")]

#[cfg(feature = "tracing")]
#[allow(dead_code, reason = "the tests of spans use all of it")]
#[path = "spans/collect.rs"]
mod collect;
#[path = "dynamic/dropped.rs"]
mod dropped;
#[path = "dynamic/extremes.rs"]
mod extremes;
#[path = "dynamic/fair.rs"]
mod fair;
#[path = "dynamic/large.rs"]
mod large;
#[path = "dynamic/nested.rs"]
mod nested;
#[path = "dynamic/options.rs"]
mod options;
#[path = "dynamic/panics.rs"]
mod panics;
#[path = "dynamic/random.rs"]
mod random;
#[path = "dynamic/random_nested.rs"]
mod random_nested;
#[path = "dynamic/rule.rs"]
mod rule;
#[path = "dynamic/seen.rs"]
mod seen;
#[cfg(feature = "tracing")]
#[path = "dynamic/spans.rs"]
mod spans;
#[path = "dynamic/tasks.rs"]
mod tasks;
#[path = "dynamic/types.rs"]
mod types;
#[path = "events/well_formed.rs"]
mod well_formed;
#[path = "dynamic/words.rs"]
mod words;
