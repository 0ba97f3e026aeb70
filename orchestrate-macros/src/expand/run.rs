//! The body of `run`: stage by stage, straight down.

use std::rc::Rc;

use orchestrate_plan::Layout;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{
    at,
    lives::Lives,
    outside::Outside,
    parts,
    scope::{Scope, ours, run as run_ident},
    spawn, undo,
};
use crate::model::Model;

/// A run: its body, and what it has outside of it.
pub(super) struct Body {
    pub(super) body: TokenStream,
    pub(super) outside: Outside,
}

pub(super) fn run(model: &Model<'_>, layout: &Layout) -> Body {
    let Model {
        facade,
        syntax: workflow,
        ..
    } = model;
    let run = run_ident();
    // Each input in a local of its own, so that rustc can say which one no step reads.
    let inputs = (0..workflow.inputs.len()).map(|input| spawn::input(model, input));
    let mut scope = Scope::new(model, layout, Rc::new(Lives::new(model, layout)));
    let mut body = parts::run(&mut scope);
    body.extend(scope.used_by_options());
    body.extend(scope.gone());
    body.extend(spawn::left(model));
    let tail = tail(model);
    let begin = ours! {
        if let ::core::result::Result::Err(__failure) = __begins.begin() {
            return ::core::result::Result::Err(__failure);
        }
        let #run = &__begins;
    };
    let body = if undo::has_undo(model) {
        undone(model, &body, &tail)
    } else {
        ours! {
            #body
            #run.finish();
            #tail
        }
    };
    // What borrows for too long of what the run holds is told of at the name of the workflow, and not at all of it.
    let whole =
        quote_spanned!(at(workflow.name.span())=> |mut __begins| async move { #begin #body });
    let body = ours! {{
        #(#inputs)*
        #facade::__private::run::<Self, _, _>(launcher, #whole)
    }};
    Body {
        body,
        outside: scope.outside,
    }
}

/// A run that has something to undo: the steps in a block of their own, so that what undoes them outlives it.
fn undone(model: &Model<'_>, body: &TokenStream, tail: &TokenStream) -> TokenStream {
    let (facade, outcome) = (&model.facade, &model.outcome);
    let (output, error, run) = (&outcome.output, &outcome.error, run_ident());
    let steps = (0..model.steps.len()).filter(|&step| undo::undoes(model, step));
    let steps: Vec<usize> = steps.collect();
    let count = steps.len();
    let kept: Vec<_> = steps.iter().map(|&step| ours("undo", step)).collect();
    let arms = steps.iter().zip(&kept).map(|(step, kept)| {
        let undo = if model.steps[*step].syntax.options.each.is_some() {
            // The last to complete first, here too.
            ours! {
                for __undo in ::core::mem::take(&mut #kept).into_iter().rev() {
                    __rollbacks.extend(__undo.await);
                }
            }
        } else {
            ours! {
                if let ::core::option::Option::Some(__undo) = #kept.take() {
                    __rollbacks.extend(__undo.await);
                }
            }
        };
        ours!(#step => { #undo })
    });
    let slots = steps.iter().zip(&kept).map(|(&step, kept)| {
        if model.steps[step].syntax.options.each.is_some() {
            ours!(let mut #kept = ::std::vec::Vec::new();)
        } else {
            ours!(let mut #kept = ::core::option::Option::None;)
        }
    });
    ours! {
        let mut __completed = #facade::__private::Completed::<#count>::new();
        #(#slots)*
        let __ended: ::core::result::Result<#output, #facade::Failure<#error>> = #run.caught(async {
            #body
            #tail
        }).await;
        let __undo = async move {
            let mut __rollbacks = #facade::__private::Rollbacks::new();
            for __step in __completed.last_first() {
                match __step {
                    #(#arms)*
                    _ => {}
                }
            }
            __rollbacks
        };
        match __ended {
            ::core::result::Result::Ok(__output) => ::core::result::Result::Ok((__output, __undo)),
            ::core::result::Result::Err(__failure) => {
                ::core::result::Result::Err(__failure.__undone(__undo.await))
            }
        }
    }
}

/// The last expression, as a function of what is left.
fn tail(model: &Model<'_>) -> TokenStream {
    let (outcome, tail) = (&model.outcome, &model.syntax.tail);
    let run = run_ident();
    // What is wrong with the expression as a whole is shown at its start, and what it should be at its type or, where
    // there is none, at the workflow's name.
    let returns = outcome.returns.as_ref().map_or_else(
        || quote_spanned!(model.syntax.name.span()=> ()),
        ToTokens::to_token_stream,
    );
    let start = tail.clone().into_iter().next();
    let start = start.map_or_else(Span::mixed_site, |token| at(token.span()));
    let body = if undo::has_undo(model) {
        let last = quote_spanned!(start=> || -> #returns { #tail });
        ours! {
            match #run.finished(#last) {
                ::core::result::Result::Ok(__output) => __output,
                ::core::result::Result::Err(__failure) => return ::core::result::Result::Err(__failure),
            }
        }
    } else {
        quote_spanned!(start=> (|| -> #returns { #tail })())
    };
    if outcome.fallible {
        ours! {
            match #body {
                ::core::result::Result::Ok(__output) => ::core::result::Result::Ok(__output),
                ::core::result::Result::Err(__error) => ::core::result::Result::Err(#run.finished_with(__error)),
            }
        }
    } else {
        ours!(::core::result::Result::Ok(#body))
    }
}
