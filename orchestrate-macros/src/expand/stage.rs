//! Some of the stages of a run, one after the other, in the scope that they are expanded in.

use core::ops::Range;

use orchestrate_plan::{Kind, Layout};
use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::{
    at, dataflow, join, plan,
    scope::{Held, Scope, run as run_ident},
    strands, undo, wide,
};
use crate::model::Model;

/// The runs of batches that are expanded together.
pub(super) fn stages(model: &Model<'_>, layout: &Layout) -> Vec<Range<usize>> {
    if model.syntax.strict_batches {
        (0..layout.batch_count())
            .map(|batch| batch..batch + 1)
            .collect()
    } else {
        layout.stages().to_vec()
    }
}

/// The steps of a stage, batch by batch.
pub(super) fn steps(layout: &Layout, stage: &Range<usize>) -> Vec<usize> {
    let batches = stage.clone().flat_map(|batch| layout.batch(batch));
    batches.copied().collect()
}

/// A stage, and the end of what is not needed after it.
pub(super) fn stage(scope: &mut Scope<'_>, stage: Range<usize>) -> TokenStream {
    let steps = steps(scope.layout, &stage);
    let batches = stage.clone();
    let mut expansion = match steps[..] {
        // What must be undone must be awaited, whatever else fails.
        _ if undo::has_undo(scope.model) => dataflow::dataflow(scope, stage),
        [step] => single(scope, step),
        _ if strands::is_woven(scope, &stage, &steps) => strands::strands(scope, stage),
        _ if stage.len() > 1 => dataflow::dataflow(scope, stage),
        _ if wide::is_wide(scope, &steps) => wide::wide(scope, &steps),
        _ => join::join(scope, &steps),
    };
    expansion.extend(scope.unread(&steps));
    expansion.extend(scope.ended(batches));
    expansion
}

/// A stage of one step: it is simply called.
fn single(scope: &mut Scope<'_>, step: usize) -> TokenStream {
    let run = run_ident();
    let prelude = scope.prelude(step);
    let call = scope.call(step, &scope.arguments(step));
    let name = scope.model.steps[step].syntax.name.span();
    // Where an orchestrator limits how many steps run at once, this one waits there.
    let takes_turn = matches!(scope.model.kind(step), Kind::Agent | Kind::Tool | Kind::Mcp)
        && !scope.is_guarded(step);
    let (called, returned) = if takes_turn {
        (
            TokenStream::new(),
            quote_spanned!(at(name)=> #run.call(#step, #call).await),
        )
    } else {
        let returned = if scope.is_async(step) {
            quote_spanned!(at(name)=> #call.await)
        } else {
            call
        };
        let place = plan::place(scope.model, step);
        let called = ours! {
            #run.enter(#place);
            let __returned = #returned;
            #run.leave(#place);
        };
        (called, ours!(__returned))
    };
    let pattern = scope.pattern(step);
    let output = scope.unwrapped(
        step,
        &returned,
        |failure| ours!(return ::core::result::Result::Err(#failure)),
    );
    scope.consume(step);
    for &value in &scope.model.steps[step].outputs {
        scope.held[value] = Held::Owned;
    }
    ours! {
        #prelude
        #called
        let #pattern = #output;
    }
}
