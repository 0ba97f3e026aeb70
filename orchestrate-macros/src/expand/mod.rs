//! What a workflow becomes: a struct, its plan, its run, and a function for each step.
//!
//! The shape is the same with mistakes and without: only the body of the run and the plan are missing where they could
//! not be made. Everything that is ours is `mixed_site`, so no body sees it; everything that is the user's is emitted as
//! the user's own tokens, so that errors, hover and completion find them.

/// `quote!` with every word of ours unseen by the user's code, and the user's unseen by ours.
macro_rules! ours {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod dataflow;
mod definition;
mod editor;
mod expressions;
mod functions;
mod guard;
mod helper;
mod join;
mod lives;
mod outside;
mod parts;
mod plan;
mod run;
mod scope;
mod spawn;
mod stage;
mod strands;
#[cfg(test)]
mod tests;
mod undo;
mod wide;

use orchestrate_plan::Layout;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};

use quote::quote_spanned;
use syn::Attribute;

use self::outside::Outside;
use crate::{
    model::{How, Model},
    syntax::{is_lint, plain},
};

pub(crate) use editor::workflow as for_editors;

/// Expands a workflow; one without a layout has mistakes, which are reported elsewhere.
pub(crate) fn workflow(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let definition = definition::definition(model, layout);
    let inherent = inherent(model, layout);
    let implementation = implementation(model, layout);
    let depth = layout.map(|_| plan::depth_checks(model));
    ours! {
        #definition
        #inherent
        #implementation
        #depth
    }
}

/// What an editor does not look at: it has other items of these names, without a word of ours at a place of the user's.
///
/// The macro gives back what it is given. What is in a call that is not there, rust-analyzer does not take for code; and what
/// stands around it must allow `unexpected_cfgs`, since cargo does not know of `rust_analyzer`.
fn compiled(model: &Model<'_>, items: &TokenStream) -> TokenStream {
    let facade = &model.facade;
    ours! {
        #[cfg(not(rust_analyzer))]
        #facade::__private::compiled! { #items }
    }
}

/// Lints of steps that a strict caller would see although nothing is wrong: a type that is read by reference is the
/// user's choice where it is produced, and whether a body waits is its own matter.
fn step_lints() -> TokenStream {
    ours! {
        #[allow(
            elided_lifetimes_in_paths,
            mismatched_lifetime_syntaxes,
            single_use_lifetimes,
            unexpected_cfgs,
            clippy::borrowed_box,
            clippy::extra_unused_lifetimes,
            clippy::manual_async_fn,
            clippy::needless_lifetimes,
            clippy::needless_pass_by_ref_mut,
            clippy::needless_pass_by_value,
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::ref_option_ref,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
            clippy::type_complexity,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_self
        )]
    }
}

/// Lints of the body of a run, which is ours but for the user's words in it.
fn run_lints() -> TokenStream {
    ours! {
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
            clippy::restriction,
            elided_lifetimes_in_paths,
            non_snake_case,
            non_upper_case_globals,
            single_use_lifetimes,
            unreachable_code,
            unused_qualifications,
            unused_results,
            let_underscore_drop
        )]
    }
}

/// `run`, `PLAN`, and the steps.
fn inherent(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let Model {
        facade,
        syntax: workflow,
        outcome,
        ..
    } = model;
    let (vis, name) = (&workflow.vis, &workflow.name);
    let (impl_generics, ty_generics, where_clause) = model.generics.split_for_impl();
    let (cfgs, lints) = (cfgs(workflow), lints(workflow));
    let run::Body { body, outside } = match layout {
        None => {
            let body = ours! {{
                let _ = launcher;
                ::core::future::pending()
            }};
            run::Body {
                body,
                outside: Outside::default(),
            }
        }
        Some(layout) => run::run(model, layout),
    };
    let (body, kept) = if layout.is_some() && undo::has_undo(model) {
        (
            ours!({ #facade::__private::whole(Self::__run_kept(self, launcher)) }),
            Some(kept(model, &body)),
        )
    } else {
        (body, None)
    };
    let run_lints = run_lints();
    let outside = (!outside.is_empty()).then(|| {
        let outside = compiled(model, &outside.items(model));
        ours! {
            #(#cfgs)*
            #(#lints)*
            #run_lints
            #[allow(unexpected_cfgs)]
            const _: () = { #outside };
        }
    });
    let functions = functions::functions(model, layout);
    let (step_lints, output, error) = (step_lints(), &outcome.output, &outcome.error);
    // What is wrong with a call of it, or with what becomes of its future, is shown beside the workflow's name.
    let at = at(name.span());
    let run = Ident::new("run", at);
    let reference = {
        let itself = quote_spanned!(before(at)=> Self as);
        let dynamic = quote_spanned!(before(at)=> dyn);
        quote_spanned!(at=> &#dynamic #facade::Launcher<<#itself #facade::Workflow>::Agents>)
    };
    let launcher = quote_spanned!(at=> launcher: #reference);
    let future = {
        let result = ours!(::core::result::Result<#output, #facade::Failure<#error>>);
        quote_spanned!(at=> impl ::core::future::Future<Output = #result>)
    };
    let docs = run_docs(model);
    // Where it is unsound, what its bodies use or not is of no interest yet.
    let unsound = layout.is_none().then(|| ours!(#[allow(unused, dead_code)]));
    let run = compiled(
        model,
        &ours! {
            #docs
            #run_lints
            #vis fn #run(self, #launcher) -> #future #body

            #kept
        },
    );
    let functions = compiled(model, &functions);
    ours! {
        #(#cfgs)*
        #(#lints)*
        // A lifetime of the struct has but one use here; and cargo does not know of `rust_analyzer`.
        #[allow(single_use_lifetimes, unexpected_cfgs)]
        impl #impl_generics #name #ty_generics #where_clause {
            /// The plan: steps, batches, stages and the critical path, made while this was compiled.
            #[allow(dead_code)]
            #vis const PLAN: &'static #facade::plan::Plan = <Self as #facade::Workflow>::PLAN;

            #run
        }

        #(#cfgs)*
        #(#lints)*
        #unsound
        #step_lints
        impl #impl_generics #name #ty_generics #where_clause {
            #functions
        }

        #outside
    }
}

/// The docs of `run`.
fn run_docs(model: &Model<'_>) -> TokenStream {
    let runs = format!("Runs the workflow [`{}`]({0}).", plain(&model.syntax.name));
    ours! {
        #[doc = #runs]
        ///
        /// Nothing happens until the future is polled; dropping it ends the run at once, and undoes nothing.
        ///
        /// # Errors
        ///
        /// When a step fails or panics: the failure says which, and why. Nothing new starts then, the steps that are
        /// running are dropped, or awaited where they must be undone, and what must be undone is.
    }
}

/// The run of a workflow that has something to undo: with the output comes what undoes it.
fn kept(model: &Model<'_>, body: &TokenStream) -> TokenStream {
    let (facade, outcome) = (&model.facade, &model.outcome);
    let (output, error, undo) = (&outcome.output, &outcome.error, undo_future(model));
    let run_lints = run_lints();
    ours! {
        #[doc(hidden)]
        #run_lints
        fn __run_kept(
            self,
            launcher: &dyn #facade::Launcher<<Self as #facade::Workflow>::Agents>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(#output, #undo), #facade::Failure<#error>>,
        > #body
    }
}

/// What undoes a run: it holds nothing of the launcher.
fn undo_future(model: &Model<'_>) -> TokenStream {
    let facade = &model.facade;
    let params = model.generics.params.iter().map(|param| match param {
        syn::GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            ours!(#lifetime)
        }
        syn::GenericParam::Type(param) => {
            let name = &param.ident;
            ours!(#name)
        }
        syn::GenericParam::Const(param) => {
            let name = &param.ident;
            ours!(#name)
        }
    });
    ours!(impl ::core::future::Future<Output = #facade::__private::Rollbacks> + use<#(#params),*>)
}

/// `impl Workflow`.
fn implementation(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let Model {
        facade,
        syntax: workflow,
        outcome,
        ..
    } = model;
    let name = &workflow.name;
    let (impl_generics, ty_generics, where_clause) = model.generics.split_for_impl();
    let (cfgs, lints) = (cfgs(workflow), lints(workflow));
    let (output, error) = (&outcome.output, &outcome.error);
    let agents = plan::agents(model, layout);
    let plan = plan::plan(model, layout);
    let can_fail = outcome.fallible;
    let (undo_type, undoes) = undo::undo_type(model, layout);
    let deadline = plan::deadline(model, layout);
    let accounted = undo::accounted(model, layout);
    let reads_context = model.steps.iter().any(|step| {
        let mut reads = step.reads.iter();
        reads.any(|read| read.how == How::Context)
    });
    let part = (layout.is_some() && undo::has_undo(model)).then(|| {
        let undo = undo_future(model);
        let part = ours! {
            fn __part(
                self,
                launcher: &dyn #facade::Launcher<Self::Agents>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(Self::Output, #undo), #facade::Failure<Self::Error>>,
            > {
                #name::__run_kept(self, launcher)
            }
        };
        compiled(model, &part)
    });
    let errors = plan::errors(model);
    // What is asked of a flow is asked at its path: an editor would show it there.
    let asked = compiled(
        model,
        &ours! {
            type Agents = #agents;
            type __Undoes = #undo_type;

            const __CAN_FAIL: ::core::primitive::bool = #can_fail;
            const __UNDOES: ::core::primitive::bool = #undoes;
            const __CONTEXT: ::core::primitive::bool = #reads_context;
            const __ACCOUNTED: ::core::primitive::bool = #accounted;
        },
    );
    let plan = compiled(
        model,
        &ours!(const PLAN: &'static #facade::plan::Plan = #plan;),
    );
    let agents = plan::agents(model, None);
    let for_editors = ours! {
        #[cfg(rust_analyzer)]
        type Agents = #agents;
        #[cfg(rust_analyzer)]
        type __Undoes = #facade::__private::UndoesNothing;
        #[cfg(rust_analyzer)]
        const PLAN: &'static #facade::plan::Plan = loop {};
    };
    // Where rustc lists what is a workflow, it shows the name.
    let implements = quote_spanned!(before(name.span())=> impl);
    // Nor does it propose to declare there what it does not find.
    let no_generics = model.generics.params.is_empty().then(|| ours!(<>));
    let mut items = Group::new(
        Delimiter::Brace,
        ours! {
            type Output = #output;
            type Error = #error;
            #for_editors
            #asked
            const __DEADLINE: ::core::option::Option<::core::time::Duration> = #deadline;
            #plan
            const __ERRORS: #facade::__private::Errors<Self::Error> = #errors;

            fn run(
                self,
                launcher: &dyn #facade::Launcher<Self::Agents>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<Self::Output, #facade::Failure<Self::Error>>,
            > {
                #name::run(self, launcher)
            }

            #part
        },
    );
    items.set_span(name.span());
    ours! {
        #(#cfgs)*
        #(#lints)*
        #[automatically_derived]
        #[allow(
            clippy::all,
            clippy::pedantic,
            elided_lifetimes_in_paths,
            single_use_lifetimes,
            unexpected_cfgs,
            unused_qualifications
        )]
        #implements #no_generics #impl_generics #facade::Workflow for #name #ty_generics #where_clause #items
    }
}

/// `#[cfg(..)]`: on everything that a workflow becomes.
fn cfgs(workflow: &crate::syntax::Workflow) -> Vec<&Attribute> {
    workflow
        .attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}

/// `#[allow(..)]` and its like: wherever there is code of the user's.
fn lints(workflow: &crate::syntax::Workflow) -> Vec<&Attribute> {
    workflow
        .attributes
        .iter()
        .filter(|attribute| is_lint(attribute))
        .collect()
}

/// A span of ours, shown at a place of the user's.
fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The place just before a word of the user's: what starts there is shown at the word, and an editor does not take it for
/// the word itself.
fn before(span: Span) -> Span {
    if proc_macro::is_available() {
        span.unwrap().start().into()
    } else {
        span
    }
}
