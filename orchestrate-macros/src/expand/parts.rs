//! A large run in parts: neighbouring stages in a function of their own.

use core::ops::Range;

use proc_macro2::TokenStream;

use super::{
    functions,
    helper::Helper,
    join,
    scope::{Held, Scope},
    stage, strands, undo, wide,
};
use crate::syntax::Work;

/// A run of no more steps is one body, which is the easiest to read.
const WHOLE: usize = 48;

/// How many steps there are in a part, if a single stage has no more.
const PART: usize = 32;

/// The stages of a run, those of a large one in functions.
pub(super) fn run(scope: &mut Scope<'_>) -> TokenStream {
    let stages = stage::stages(scope.model, scope.layout);
    let is_whole = scope.model.steps.len() <= WHOLE || undo::has_undo(scope.model);
    let mut body = TokenStream::new();
    let mut part: Vec<Range<usize>> = Vec::new();
    let mut size = 0;
    for stage in stages {
        let steps = stage::steps(scope.layout, &stage);
        let fits = !is_whole && can_be_part(scope, &stage, &steps);
        if !part.is_empty() && (!fits || size + steps.len() > PART) {
            body.extend(expand(scope, &core::mem::take(&mut part)));
            size = 0;
        }
        if fits {
            size += steps.len();
            part.push(stage);
        } else {
            body.extend(stage::stage(scope, stage));
        }
    }
    if !part.is_empty() {
        body.extend(expand(scope, &part));
    }
    body
}

/// Whether what a stage produces can be handed out of a function: it has a name, and borrows from nothing in there.
fn can_be_part(scope: &Scope<'_>, stage: &Range<usize>, steps: &[usize]) -> bool {
    // It is in functions already.
    let is_wide = stage.len() == 1 && wide::is_wide(scope, steps);
    !is_wide
        && !strands::is_large(scope, stage, steps)
        && steps.iter().all(|&step| is_nameable(scope, step))
}

/// Whether the outputs of a step can be given back by a function.
pub(super) fn is_nameable(scope: &Scope<'_>, step: usize) -> bool {
    let model = &scope.model.steps[step];
    let mut outputs = model.outputs.iter();
    // The path of a flow may leave out what an output may not.
    !matches!(model.syntax.work, Work::Flow { .. })
        && outputs.all(|&value| !scope.lives.borrows(value))
}

fn expand(scope: &mut Scope<'_>, stages: &[Range<usize>]) -> TokenStream {
    let (Some(first), Some(last)) = (stages.first(), stages.last()) else {
        return TokenStream::new();
    };
    let last = last.end - 1;
    let stages_steps = stages
        .iter()
        .flat_map(|stage| stage::steps(scope.layout, stage));
    let steps: Vec<usize> = stages_steps.collect();
    if let [_] = steps[..] {
        // It would be a function around a call.
        return stage::stage(scope, first.clone());
    }
    let (model, facade) = (scope.model, scope.model.facade.clone());
    let name = format!("__part_{}", first.start);
    let mut part = Helper::new(scope, &name, &steps, &steps, Some(last));
    for &value in part.given() {
        scope.held[value] = Held::Not;
    }
    let mut body = TokenStream::new();
    for one in stages {
        body.extend(stage::stage(&mut part.scope, one.clone()));
    }
    let kept = steps.iter().flat_map(|&step| &model.steps[step].outputs);
    let kept: Vec<usize> = kept
        .copied()
        .filter(|&value| part.scope.is_read_after(value, last))
        .collect();
    let values = kept.iter().map(|&value| {
        let name = &model.values[value].name;
        ours!(#name)
    });
    let values = ours!((#(#values,)*));
    let types = kept.iter().map(|&value| functions::held_type(model, value));
    let types = ours!((#(#types,)*));
    let is_fallible = join::is_fallible(scope, &steps);
    let error = &model.outcome.error;
    let (returns, values) = if is_fallible {
        (
            ours!(::core::result::Result<#types, #facade::Failure<#error>>),
            ours!(::core::result::Result::Ok(#values)),
        )
    } else {
        (types, values)
    };
    let nothing = TokenStream::new();
    let function = part.function(&nothing, &returns, &ours!(#body #values));
    let call = part.call(&nothing);
    scope.outside.take(&mut part.scope.outside);
    scope.outside.functions.extend(function);
    let patterns = kept.iter().map(|&value| scope.binding(value));
    let patterns = ours!((#(#patterns,)*));
    for value in kept {
        scope.held[value] = Held::Owned;
    }
    let after = scope.ended(first.start..last + 1);
    let values = join::values(&ours!(#call.await), is_fallible);
    ours! {
        let #patterns = #values;
        #after
    }
}
