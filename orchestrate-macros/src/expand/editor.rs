//! What an editor sees of a workflow: the functions of its steps without their bodies, and all its values in one scope, with
//! the bodies that read them.
//!
//! In the run a value is a local, and in a step that reads it a parameter: two things, for whoever renames one of them. Here
//! each value is one thing. Its declaration is the user's word where it is produced; each input of a step, each use in a
//! body, in an option and in the last expression is a use of that. So an editor goes from a use to the step that produces
//! the value, finds all its readers, and renames them together.
//!
//! None of it is compiled: it stands in a call of a macro that is there for rust-analyzer alone. And no word of ours stands at
//! a place of the user's, as it does in the run for the sake of errors: an editor would show it there.

mod functions;
mod steps;
mod values;

use proc_macro2::TokenStream;

use self::values::Values;
use super::{cfgs, lints, run_docs};
use crate::model::Model;

/// What stands in for the run and the steps: the same with mistakes and without.
pub(crate) fn workflow(model: &Model<'_>) -> TokenStream {
    let name = &model.syntax.name;
    let (impl_generics, ty_generics, where_clause) = model.generics.split_for_impl();
    let (cfgs, lints) = (cfgs(model.syntax), lints(model.syntax));
    let (run, functions, scope) = (run(model), functions::functions(model), scope(model));
    ours! {
        #(#cfgs)*
        #(#lints)*
        #[allow(warnings)]
        impl #impl_generics #name #ty_generics #where_clause {
            // First: an editor that completes a word looks for it where it stood before, and its length is counted here alone.
            #scope
            #run
            #functions
        }
    }
}

/// `run`, without its body.
fn run(model: &Model<'_>) -> TokenStream {
    let Model {
        facade, outcome, ..
    } = model;
    let (vis, output, error) = (&model.syntax.vis, &outcome.output, &outcome.error);
    let docs = run_docs(model);
    ours! {
        #docs
        #vis fn run(
            self,
            launcher: &dyn #facade::Launcher<<Self as #facade::Workflow>::Agents>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<#output, #facade::Failure<#error>>,
        > {
            let _ = launcher;
            ::core::future::pending()
        }
    }
}

/// The values, and everything that reads them.
fn scope(model: &Model<'_>) -> TokenStream {
    let values = Values::new(model);
    let params = values.params();
    let steps = (0..model.steps.len()).map(|step| steps::step(&values, step));
    let tail = tail(&values);
    ours! {
        #[doc(hidden)]
        fn __values(#(#params),*) {
            #(#steps)*
            #tail
        }
    }
}

/// The last expression.
fn tail(values: &Values<'_>) -> TokenStream {
    let model = values.model;
    let tail = &model.syntax.tail;
    if tail.is_empty() {
        return TokenStream::new();
    }
    let arrow = model.outcome.returns.as_ref().map(|ty| ours!(-> #ty));
    let left = (0..model.values.len()).filter(|&value| model.is_left(value));
    let left = left.map(|value| (value, values.owned(value)));
    values.reader(left, &ours!(#arrow { #tail }), None)
}
