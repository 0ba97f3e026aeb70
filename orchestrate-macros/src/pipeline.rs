//! The passes, one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::{check, expand, message, model::Model, report::Report, syntax};

/// Expands a call. Whatever is wrong with it, the result is Rust: the errors, and everything that could be made of the
/// rest.
pub(crate) fn workflow(tokens: TokenStream) -> TokenStream {
    match catch_unwind(AssertUnwindSafe(|| expand_all(tokens))) {
        Ok(expansion) => expansion,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string);
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let message = message::panicked(text.as_deref().unwrap_or("no message"));
            message::error(Span::call_site(), &message).to_compile_error()
        }
    }
}

fn expand_all(tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let call = syntax::parse(tokens, &mut report);
    let mut expansion = report.errors();
    for workflow in &call.workflows {
        // What is wrong with one workflow is not held against the others.
        let mut report = Report::default();
        let model = Model::new(workflow, &mut report);
        let layout = check::check(&model, &mut report);
        report.errors().to_tokens(&mut expansion);
        report.warnings().to_tokens(&mut expansion);
        let sound = layout.filter(|_| !report.has_errors() && !workflow.incomplete);
        expand::workflow(&model, sound.as_ref()).to_tokens(&mut expansion);
    }
    expansion
}
