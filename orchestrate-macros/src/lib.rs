//! The `workflow!` macro. Users find it, with its documentation, in the crate `orchestrated`.
//!
//! Tokens pass through `syntax` (what is written), `model` (what the names mean), `check` (what can never work) and
//! `expand` (what it becomes); `report` gathers the mistakes on the way, and `message` holds every sentence of theirs.

mod check;
mod expand;
mod message;
mod model;
#[cfg(test)]
mod mutations;
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
