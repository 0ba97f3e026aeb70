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
mod expressions;
mod functions;
mod guard;
mod join;
mod plan;
mod run;
mod scope;
#[cfg(test)]
mod tests;
mod undo;

use orchestrate_plan::Layout;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};

use quote::quote_spanned;
use syn::Attribute;

use crate::{
    model::{How, Model},
    syntax::{is_lint, plain},
};

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

/// Lints of steps that a strict caller would see although nothing is wrong: a type that is read by reference is the
/// user's choice where it is produced, and whether a body waits is its own matter.
fn step_lints() -> TokenStream {
    ours! {
        #[allow(
            elided_lifetimes_in_paths,
            mismatched_lifetime_syntaxes,
            single_use_lifetimes,
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
    let (body, kept) = match layout {
        None => {
            let never = ours! {{
                let _ = launcher;
                ::core::future::pending()
            }};
            (never, None)
        }
        Some(layout) if undo::has_undo(model) => {
            let kept = kept(model, &run::run(model, layout));
            (
                ours!({ #facade::__private::whole(Self::__run_kept(self, launcher)) }),
                Some(kept),
            )
        }
        Some(layout) => (run::run(model, layout), None),
    };
    let functions = functions::functions(model, layout);
    let (step_lints, output, error) = (step_lints(), &outcome.output, &outcome.error);
    // What is wrong with a call of it is shown beside the workflow's name.
    let at = at(name.span());
    let run = Ident::new("run", at);
    let launcher =
        quote_spanned!(at=> launcher: &dyn #facade::Launcher<<Self as #facade::Workflow>::Agents>);
    let runs = format!("Runs the workflow [`{}`]({0}).", plain(name));
    // Where it is unsound, what its bodies use or not is of no interest yet.
    let unsound = layout.is_none().then(|| ours!(#[allow(unused, dead_code)]));
    ours! {
        #(#cfgs)*
        #(#lints)*
        // A lifetime of the struct has but one use here.
        #[allow(single_use_lifetimes)]
        impl #impl_generics #name #ty_generics #where_clause {
            /// The plan: steps, batches, stages and the critical path, made while this was compiled.
            #vis const PLAN: &'static #facade::plan::Plan = <Self as #facade::Workflow>::PLAN;

            #[doc = #runs]
            ///
            /// Nothing happens until the future is polled; dropping it ends the run at once, and undoes nothing.
            ///
            /// # Errors
            ///
            /// When a step fails or panics: the failure says which, and why. Nothing new starts then, the steps that are
            /// running are dropped, or awaited where they must be undone, and what must be undone is.
            #[allow(
                clippy::all,
                clippy::pedantic,
                clippy::nursery,
                clippy::restriction,
                elided_lifetimes_in_paths,
                non_snake_case,
                non_upper_case_globals,
                unreachable_code,
                unused_qualifications,
                unused_results,
                let_underscore_drop
            )]
            #vis fn #run(self, #launcher) -> impl ::core::future::Future<
                Output = ::core::result::Result<#output, #facade::Failure<#error>>,
            > #body

            #kept
        }

        #(#cfgs)*
        #(#lints)*
        #unsound
        #step_lints
        impl #impl_generics #name #ty_generics #where_clause {
            #functions
        }
    }
}

/// The run of a workflow that has something to undo: with the output comes what undoes it.
fn kept(model: &Model<'_>, body: &TokenStream) -> TokenStream {
    let (facade, outcome) = (&model.facade, &model.outcome);
    let (output, error, undo) = (&outcome.output, &outcome.error, undo_future(model));
    ours! {
        #[doc(hidden)]
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
            clippy::restriction,
            elided_lifetimes_in_paths,
            non_snake_case,
            non_upper_case_globals,
            unreachable_code,
            unused_qualifications,
            unused_results,
            let_underscore_drop
        )]
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
        ours! {
            fn __part(
                self,
                launcher: &dyn #facade::Launcher<Self::Agents>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(Self::Output, #undo), #facade::Failure<Self::Error>>,
            > {
                #name::__run_kept(self, launcher)
            }
        }
    });
    let errors = plan::errors(model);
    // Where rustc lists what is a workflow, it shows the name.
    let implements = quote_spanned!(name.span()=> impl);
    // Nor does it propose to declare there what it does not find.
    let no_generics = model.generics.params.is_empty().then(|| ours!(<>));
    let mut items = Group::new(
        Delimiter::Brace,
        ours! {
            type Output = #output;
            type Error = #error;
            type Agents = #agents;
            type __Undoes = #undo_type;

            const __CAN_FAIL: ::core::primitive::bool = #can_fail;
            const __UNDOES: ::core::primitive::bool = #undoes;
            const __CONTEXT: ::core::primitive::bool = #reads_context;
            const __ACCOUNTED: ::core::primitive::bool = #accounted;
            const __DEADLINE: ::core::option::Option<::core::time::Duration> = #deadline;
            const PLAN: &'static #facade::plan::Plan = #plan;
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
