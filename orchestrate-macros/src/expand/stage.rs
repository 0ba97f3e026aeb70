//! Some of the stages of a run, one after the other, in the scope that they are expanded in.

use core::ops::Range;

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{Literal, TokenStream};
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
    let prelude = scope.prelude(step);
    let call = scope.call(step, &scope.arguments(step));
    let (called, returned) = called(scope, step, &call, true);
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

/// A step that is awaited by itself: what is done for it, and what it returns. `is_alone`: nothing else runs meanwhile.
pub(super) fn called(
    scope: &Scope<'_>,
    step: usize,
    call: &TokenStream,
    is_alone: bool,
) -> (TokenStream, TokenStream) {
    let (model, run) = (scope.model, run_ident());
    let name = at(model.steps[step].syntax.name.span());
    let place = plan::place(model, step);
    // Where an orchestrator limits how many steps run at once, this one waits there.
    let takes_turn =
        matches!(model.kind(step), Kind::Agent | Kind::Tool | Kind::Mcp) && !scope.is_guarded(step);
    if takes_turn {
        let step = Literal::usize_unsuffixed(step);
        let returned = quote_spanned!(name=> #run.call::<#step, _>(#call).await);
        return (TokenStream::new(), returned);
    }
    if scope.is_async(step) && !is_alone {
        let returned = quote_spanned!(name=> #run.called(#place, #call).await);
        return (TokenStream::new(), returned);
    }
    let returned = if scope.is_async(step) {
        quote_spanned!(name=> #call.await)
    } else {
        call.clone()
    };
    let called = ours! {
        #run.enter(#place);
        let __returned = #returned;
        #run.leave(#place);
    };
    (called, ours!(__returned))
}
