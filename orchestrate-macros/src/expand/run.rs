//! The body of `run`: stage by stage, straight down.

use orchestrate_plan::Layout;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{
    at, dataflow, join, plan,
    scope::{Held, Scope, run as run_ident},
};
use crate::model::Model;

pub(super) fn run(model: &Model<'_>, layout: &Layout) -> TokenStream {
    let Model {
        facade,
        syntax: workflow,
        ..
    } = model;
    let run = run_ident();
    // Each input in a local of its own, so that rustc can say which one no step reads.
    let inputs = workflow.inputs.iter().map(|input| {
        let name = &input.name;
        ours!(let #name = self.#name;)
    });
    let mut scope = Scope::new(model, layout);
    let mut body = TokenStream::new();
    for stage in stages(model, layout) {
        let steps: Vec<usize> = stage
            .clone()
            .flat_map(|batch| layout.batch(batch))
            .copied()
            .collect();
        body.extend(match steps[..] {
            [step] => single(&mut scope, step),
            _ if stage.len() == 1 => join::join(&mut scope, &steps),
            _ => dataflow::dataflow(&mut scope, stage),
        });
    }
    let tail = tail(model);
    ours! {{
        #(#inputs)*
        #facade::__private::run::<Self, _>(launcher, |__watch| async move {
            let #run = &match #facade::__private::Run::<Self>::begin(__watch) {
                ::core::result::Result::Ok(__begun) => __begun,
                ::core::result::Result::Err(__failure) => {
                    return ::core::result::Result::Err(__failure);
                }
            };
            #body
            #run.finish();
            #tail
        })
    }}
}

/// The runs of batches that are expanded together.
fn stages(model: &Model<'_>, layout: &Layout) -> Vec<core::ops::Range<usize>> {
    if model.syntax.strict_batches {
        (0..layout.batch_count())
            .map(|batch| batch..batch + 1)
            .collect()
    } else {
        layout.stages().to_vec()
    }
}

/// A stage of one step: it is simply called.
fn single(scope: &mut Scope<'_>, step: usize) -> TokenStream {
    let (run, place) = (run_ident(), plan::place(scope.model, step));
    let prelude = scope.prelude(step);
    let call = scope.call(step, &scope.arguments(step));
    let returned = if scope.is_async(step) {
        let name = scope.model.steps[step].syntax.name.span();
        quote_spanned!(at(name)=> #call.await)
    } else {
        call
    };
    let pattern = scope.pattern(step);
    let output = scope.unwrapped(step, &ours!(__returned), |failure| ours!(return #failure));
    scope.consume(step);
    for &value in &scope.model.steps[step].outputs {
        scope.held[value] = Held::Owned;
    }
    ours! {
        #prelude
        #run.enter(#place);
        let __returned = #returned;
        #run.leave(#place);
        let #pattern = #output;
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
    let body = quote_spanned!(start=> (|| -> #returns { #tail })());
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
