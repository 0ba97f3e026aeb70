//! The types of what expressions see and give.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use crate::{
    expand::{at, functions},
    model::{Model, Wrap},
    syntax::{Shape, Work, plain},
};

/// The type of an item of the step, as it is given one by one.
pub(super) fn item_type(model: &Model<'_>, step: usize) -> Option<TokenStream> {
    let each = model.steps[step].syntax.options.each.as_ref()?;
    let mut reads = model.steps[step].reads.iter();
    let position = reads.position(|read| plain(read.name) == plain(&each.items))?;
    let items = read_type(model, step, position)?;
    // All that is asked of the items is asked at their word: it is one mistake.
    let span = at(each.items.span());
    Some(quote_spanned!(span=> <#items as ::core::iter::IntoIterator>::Item))
}

/// The same as the body gets it: a slice of them, with `batch`.
pub(in crate::expand) fn item_of_body(model: &Model<'_>, step: usize) -> Option<TokenStream> {
    let item = item_type(model, step)?;
    if model.steps[step].syntax.options.batch.is_none() {
        return Some(item);
    }
    let facade = &model.facade;
    Some(ours!(&[<#item as #facade::__private::Item>::Owned]))
}

/// The type of what the body produced before.
pub(in crate::expand) fn last_type(model: &Model<'_>, step: usize) -> TokenStream {
    let value = value_type(model, step);
    ours!(::core::option::Option<&#value>)
}

/// The type of one of the reads, as the step's body gets it.
pub(super) fn read_type(model: &Model<'_>, step: usize, position: usize) -> Option<TokenStream> {
    let read = &model.steps[step].reads[position];
    if let Work::Function { params, .. } = &model.steps[step].syntax.work
        && let Some(param) = params.get(position)
    {
        return functions::param_type(model, step, param, read);
    }
    Some(functions::value_type(
        model,
        read.how,
        read.value?,
        read.name.span(),
    ))
}

/// What is in the `Ok` of what the body returns; of a batch, one of it.
pub(in crate::expand) fn value_type(model: &Model<'_>, step: usize) -> TokenStream {
    let (facade, syntax) = (&model.facade, model.steps[step].syntax);
    let ty = match &syntax.work {
        Work::Function { output, .. } => match &output.returns {
            None => ours!(()),
            Some(returns) if output.fallible => {
                ours!(<#returns as #facade::__private::Outcome>::Output)
            }
            Some(returns) => returns.clone(),
        },
        Work::Flow { path, .. } => ours!(<#path as #facade::Workflow>::Output),
    };
    Wrap::of(&syntax.options).item(&ty)
}

/// What is in the `Err`.
pub(in crate::expand) fn error_type(model: &Model<'_>, step: usize) -> TokenStream {
    let facade = &model.facade;
    match &model.steps[step].syntax.work {
        Work::Function { output, .. } => match &output.returns {
            Some(returns) if output.fallible => {
                ours!(<#returns as #facade::__private::Outcome>::Error)
            }
            _ => ours!(::core::convert::Infallible),
        },
        Work::Flow { path, .. } => ours!(<#path as #facade::Workflow>::Error),
    }
}

/// The names and the types of what the body produces.
pub(super) fn outputs(model: &Model<'_>, step: usize) -> Vec<(Ident, TokenStream)> {
    let syntax = model.steps[step].syntax;
    match model.function_of(step).map(|output| &output.shape) {
        Some(Shape::Nothing) => Vec::new(),
        Some(Shape::Named(names)) => names
            .iter()
            .map(|(name, ty)| (name.clone(), ours!(#ty)))
            .collect(),
        _ => vec![(syntax.name.clone(), value_type(model, step))],
    }
}
