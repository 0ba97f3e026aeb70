//! The spans of a run, of its batches, steps and attempts, for who listens to `tracing`. Nothing here runs when nobody
//! does.

#[cfg(feature = "tracing")]
mod attempt;
#[cfg(feature = "tracing")]
mod current;
#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod on;
#[cfg(feature = "tracing")]
mod open;
#[cfg(feature = "tracing")]
mod state;
#[cfg(all(test, feature = "tracing"))]
mod tests;

#[cfg(feature = "tracing")]
pub(crate) use attempt::AttemptSpan;
#[cfg(feature = "tracing")]
pub(crate) use current::{CurrentSpan, EnteredSpan};
#[cfg(not(feature = "tracing"))]
pub(crate) use off::{AttemptSpan, CurrentSpan, EnteredSpan, Spans, ended, told};
#[cfg(feature = "tracing")]
pub(crate) use on::{Spans, ended, told};
