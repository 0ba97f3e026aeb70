//! The passes, one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::{
    check, expand, message,
    model::{self, Model},
    report::Report,
    syntax::{self, Call},
};

/// Expands a call. Whatever is wrong with it, the result is Rust: the errors, and everything that could be made of the
/// rest.
pub(crate) fn workflow(tokens: TokenStream) -> TokenStream {
    located(|| expanded(tokens))
}

/// The same, without a net.
pub(crate) fn expanded(tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let written = tokens.clone();
    let call = read(tokens, &mut report);
    // What an editor looks at first stands first.
    let mut expansion = call_for_editors(&call, &written);
    compiled(&call, report).to_tokens(&mut expansion);
    expansion
}

/// What rust-analyzer sees instead of the runs.
pub(crate) fn for_editors(tokens: TokenStream) -> TokenStream {
    // What is wrong is told where it is compiled.
    located(|| seen_by_editors(&read(tokens, &mut Report::default())))
}

/// The same of a call that has been read, without a net.
pub(crate) fn seen_by_editors(call: &Call) -> TokenStream {
    let mut unheard = Report::default();
    let workflows = call.workflows.iter();
    workflows
        .map(|workflow| expand::for_editors(&Model::new(workflow, &mut unheard)))
        .collect()
}

/// The call that only rust-analyzer expands: for rustc it is a few tokens in a row.
fn call_for_editors(call: &Call, tokens: &TokenStream) -> TokenStream {
    let Some(first) = call.workflows.first() else {
        return TokenStream::new();
    };
    let facade = model::facade(first);
    // Seen as the call itself is: what it is made of is the user's.
    quote_spanned! {Span::call_site()=>
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            #facade::__editor! { #tokens }
        };
    }
}

/// What is compiled: the errors, the warnings, and the workflows.
pub(crate) fn compiled(call: &Call, mut report: Report) -> TokenStream {
    let workflows = expand_each(call, &mut report);
    let mut expansion = report.errors();
    report.warnings().to_tokens(&mut expansion);
    workflows.to_tokens(&mut expansion);
    expansion
}

/// Makes an error of a panic: rustc would show it as one of its own, without a word on what to do.
fn located(expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let message = message::panicked(text.as_deref().unwrap_or("no message"));
        message::error(Span::call_site(), &message).to_compile_error()
    })
}

/// The workflows of a call, and what is wrong with how they are written.
pub(crate) fn read(tokens: TokenStream, report: &mut Report) -> Call {
    let mut call = syntax::parse(tokens, report);
    check::twice(&mut call, report);
    call
}

/// The workflows of a call, and all that is wrong with them.
pub(crate) fn expand_each(call: &Call, all: &mut Report) -> TokenStream {
    let endless = check::endless(call, all);
    let mut expansion = TokenStream::new();
    for (index, workflow) in call.workflows.iter().enumerate() {
        // What is wrong with one workflow is not held against the others.
        let mut report = Report::default();
        let model = Model::new(workflow, &mut report);
        let layout = check::check(&model, &mut report);
        // What an option would have given to a step that could not be read must not be missed by rustc.
        let is_read = !workflow.incomplete
            && !model
                .steps
                .iter()
                .any(|step| step.syntax.options.incomplete);
        let is_sound = !report.has_errors() && is_read && !endless.contains(&index);
        all.extend(report);
        let sound = layout.filter(|_| is_sound);
        expand::workflow(&model, sound.as_ref()).to_tokens(&mut expansion);
    }
    expansion
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::{located, workflow};
    use crate::testing::tokens;

    #[test]
    fn a_panic_is_an_error_that_asks_for_a_report() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let expansion = located(|| panic!("a {} is missing", "word"));
        std::panic::set_hook(hook);
        let text = expansion.to_string();
        assert!(text.contains("compile_error"), "{text}");
        assert!(
            text.contains("it panicked with `a word is missing`"),
            "{text}"
        );
        assert!(text.contains("please report this"), "{text}");
    }

    #[test]
    fn nothing_becomes_nothing() {
        assert!(workflow(tokens("")).is_empty());
    }

    /// The names of the items of an expansion, each with its first word.
    fn shape(input: &str) -> Vec<String> {
        let file: syn::File = syn::parse2(workflow(tokens(input))).expect("an expansion is Rust");
        let items = file
            .items
            .into_iter()
            .filter(|item| !matches!(item, syn::Item::Macro(_)));
        items
            .map(|item| match item {
                syn::Item::Struct(item) => format!("struct {}", item.ident),
                syn::Item::Impl(item) => {
                    let of = item.trait_.map_or_else(String::new, |(path, _)| {
                        format!("{} for ", path.to_token_stream())
                    });
                    format!("impl {of}{}", item.self_ty.to_token_stream())
                }
                _ => "another".to_owned(),
            })
            .collect()
    }

    #[test]
    fn the_shape_is_the_same_with_mistakes_and_without() {
        let sound = shape("workflow X(a: u32) -> u32 { tool fn b(a) -> u32 { *a } b }");
        assert_eq!(sound.len(), 5, "{sound:?}");
        for mistake in [
            "workflow X(a: u32) -> u32 { tool fn b(c) -> u32 { *c } b }",
            "workflow X(a: u32) -> u32 { tool fn b(a) -> { *a } b }",
            "workflow X(a: u32) -> { tool fn b(a) -> u32 { *a } b }",
            "workflow X(a: u32) -> u32 { tool fn b(a,,) -> u32 { a } b }",
            "workflow X(a: u32) -> u32;",
            "workflow X { tool fn b() {} }",
        ] {
            assert_eq!(shape(mistake), sound, "{mistake}");
        }
    }
}
