//! The body of `run`: stage by stage, straight down.

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{
    at, dataflow, join, plan,
    scope::{Held, Scope, ours, run as run_ident},
    undo,
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
            // What must be undone must be awaited, whatever else fails.
            _ if undo::has_undo(model) => dataflow::dataflow(&mut scope, stage),
            [step] => single(&mut scope, step),
            _ if stage.len() == 1 => join::join(&mut scope, &steps),
            _ => dataflow::dataflow(&mut scope, stage),
        });
    }
    body.extend(scope.used_by_options());
    let tail = tail(model);
    let begin = ours! {
        let #run = &match #facade::__private::Run::<'_, Self>::begin(__start) {
            ::core::result::Result::Ok(__begun) => __begun,
            ::core::result::Result::Err(__failure) => {
                return ::core::result::Result::Err(__failure);
            }
        };
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
    ours! {{
        #(#inputs)*
        #facade::__private::run::<Self, _, _>(launcher, |__start| async move {
            #begin
            #body
        })
    }}
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
    let output = scope.unwrapped(
        step,
        &ours!(__returned),
        |failure| ours!(return ::core::result::Result::Err(#failure)),
    );
    scope.consume(step);
    for &value in &scope.model.steps[step].outputs {
        scope.held[value] = Held::Owned;
    }
    // Where an orchestrator limits how many steps run at once, this one waits here.
    let takes_turn = matches!(scope.model.kind(step), Kind::Agent | Kind::Tool | Kind::Mcp)
        && !scope.is_guarded(step);
    let enter = if takes_turn {
        let name = scope.model.steps[step].syntax.name.span();
        quote_spanned! {at(name)=>
            if #run.enter(#place) {
                #run.turn(#place).await;
            }
        }
    } else {
        ours!(#run.enter(#place);)
    };
    ours! {
        #prelude
        #enter
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
