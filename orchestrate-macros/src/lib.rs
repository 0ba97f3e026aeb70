//! The `workflow!` macro. Users find it, with its documentation, in the crate `orchestrated`.
//!
//! Tokens pass through `syntax` (what is written), `model` (what the names mean), `check` (what can never work) and
//! `expand` (what it becomes); `report` gathers the mistakes on the way, and `message` holds every sentence of theirs.

#![forbid(unsafe_code)]

mod check;
mod expand;
#[cfg(test)]
mod fuzz;
mod message;
mod model;
mod pipeline;
mod report;
#[cfg(test)]
mod same_plan;
mod syntax;
#[cfg(test)]
mod testing;

/// Declares workflows: steps, what they read, and what they produce.
///
/// The guide is on the front page of `orchestrated`, the whole grammar in its book.
#[proc_macro]
pub fn workflow(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    pipeline::workflow(input.into()).into()
}

/// What rust-analyzer sees of the workflows in a call: `workflow!` calls it, and nobody else.
#[doc(hidden)]
#[proc_macro]
pub fn __editor(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    pipeline::for_editors(input.into()).into()
}
