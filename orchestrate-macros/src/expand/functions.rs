//! Each step as an ordinary function of its inputs, which its author can test alone.

use std::collections::HashSet;

use orchestrate_plan::{Kind, Layout, nearest};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use syn::spanned::Spanned;

use super::{at, expressions};
use crate::{
    model::{How, Model, Read, Step},
    syntax::{self, Param, Work, plain},
};

pub(super) fn functions(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let mut names = HashSet::new();
    let steps = model.steps.iter().enumerate();
    // Of two steps with one name, which is a mistake, the first is kept.
    let steps = steps.filter(|(_, step)| names.insert(plain(&step.function)));
    let mut functions: TokenStream = steps
        .filter_map(|(index, step)| function(model, layout, index, step))
        .collect();
    functions.extend(expressions::functions(model));
    functions
}

fn function(
    model: &Model<'_>,
    layout: Option<&Layout>,
    index: usize,
    step: &Step<'_>,
) -> Option<TokenStream> {
    let Work::Function {
        params,
        output,
        body,
    } = &step.syntax.work
    else {
        return None;
    };
    let (attributes, vis, name) = (&step.syntax.attributes, &step.syntax.vis, &step.function);
    let types: Option<Vec<TokenStream>> = params
        .iter()
        .zip(&step.reads)
        .map(|(param, read)| param_type(model, index, param, read))
        .collect();
    let is_known = types.is_some();
    debug_assert!(
        is_known || layout.is_none(),
        "a sound workflow knows all its names"
    );
    // A name that nobody knows has no type that the body could be checked with: the function is there, and takes anything.
    let types = types.unwrap_or_else(|| vec![ours!(impl ::core::marker::Sized); params.len()]);
    let body = if !is_known {
        ours!({ ::core::unreachable!() })
    } else if step.syntax.kind == Kind::Human {
        // That it builds none is said at the body.
        let facade = model.facade_at(body.span());
        let question = quote_spanned!(body.span()=> #facade::IntoQuestion::into_question(#body));
        ours!({ #question })
    } else {
        // What is of use to an option is not of no use: nobody is told that the body has none for it.
        let each = &step.syntax.options.each;
        let item = each.as_ref().map(|each| &each.item);
        let item = item.filter(|_| expressions::has_unnamed_item(model, index));
        let used = params
            .iter()
            .map(|param| &param.name)
            .chain(item)
            .filter(|name| expressions::mentions(model, index, name));
        let used: Vec<_> = used.collect();
        if used.is_empty() {
            body.to_token_stream()
        } else {
            let tokens = body.stream();
            let mut whole = Group::new(Delimiter::Brace, ours!(#(let _ = &#used;)* #tokens));
            whole.set_span(body.span());
            whole.to_token_stream()
        }
    };
    let item = expressions::has_unnamed_item(model, index)
        .then(|| {
            let (ty, each) = (
                expressions::item_of_body(model, index)?,
                step.syntax.options.each.as_ref()?,
            );
            let name = &each.item;
            Some(ours!(#name: #ty))
        })
        .flatten();
    let params = params.iter().zip(&types).map(|(param, ty)| {
        let (attributes, name) = (&param.attributes, &param.name);
        ours!(#(#attributes)* #name: #ty)
    });
    let params = ours!(#(#params,)* #item);
    let question = (step.syntax.kind == Kind::Human).then(|| {
        let facade = &model.facade;
        ours!(#facade::Question)
    });
    let returns = question.as_ref().or(output.returns.as_ref());
    let arrow = returns.map(|ty| ours!(-> #ty));
    let span = at(step.syntax.kind_span);
    let function = if step.syntax.kind == Kind::Plain {
        quote_spanned!(span=> fn #name(#params) #arrow #body)
    } else if reads_a_flow(model, step) {
        // What a flow produces is named through its path, which may leave out lifetimes: an `async fn` forbids that.
        let produced = returns.map_or_else(|| ours!(()), |ty| ours!(#ty));
        quote_spanned!(span=> fn #name(#params) -> impl ::core::future::Future<Output = #produced> { async move #body })
    } else {
        quote_spanned!(span=> async fn #name(#params) #arrow #body)
    };
    let doc = doc(step.syntax);
    // The braces of a human body stand around what is made a question.
    let braces = (step.syntax.kind == Kind::Human).then(|| ours!(#[allow(unused_braces)]));
    Some(ours! {
        #doc
        // What is around the functions allows it; a body is none of that.
        #[warn(unexpected_cfgs)]
        #braces
        #(#attributes)*
        #vis #function
    })
}

/// The docs of a step that has none.
pub(super) fn doc(step: &syntax::Step) -> Option<TokenStream> {
    let mut attributes = step.attributes.iter();
    let is_documented = attributes.any(|attribute| attribute.path().is_ident("doc"));
    (!is_documented).then(|| {
        let doc = format!("The step `{}`.", plain(&step.name));
        ours!(#[doc = #doc])
    })
}

pub(super) fn reads_a_flow(model: &Model<'_>, step: &Step<'_>) -> bool {
    let is_flow = |value: usize| {
        model.values[value]
            .producer
            .is_some_and(|producer| model.kind(producer) == Kind::Flow)
    };
    step.reads.iter().filter_map(|read| read.value).any(is_flow)
}

/// The type of an input, as the function takes it.
pub(super) fn param_type(
    model: &Model<'_>,
    step: usize,
    param: &Param,
    read: &Read<'_>,
) -> Option<TokenStream> {
    if let Some(ty) = &param.ty {
        return Some(ours!(#ty));
    }
    let span = param.name.span();
    if read.how == How::Context {
        let facade = &model.facade;
        return Some(quote_spanned!(span=> &#facade::Context<'_>));
    }
    match read.how {
        How::Last => return Some(expressions::last_type(model, step)),
        How::Item => return expressions::item_of_body(model, step),
        _ => {}
    }
    let index = read.value.or_else(|| meant(model, &param.name))?;
    Some(value_type(model, read.how, index, span))
}

/// The type of a value, as a step gets it that reads it so.
pub(super) fn value_type(model: &Model<'_>, how: How, index: usize, span: Span) -> TokenStream {
    let value = &model.values[index];
    let ty = &value.ty;
    match (value.reference, how) {
        // As it is written: a borrow that may be passed on again must not be bound to the whole run.
        (Some(true), _) => {
            let ty = &model.syntax.inputs[index].ty;
            ours!(#ty)
        }
        (Some(false), _) => ours!(#ty),
        (None, How::Move | How::Copy | How::CopyCounted) => value.wrap.owned(&model.facade, ty),
        (None, _) => {
            // All that is asked of the path of a flow is asked at the path.
            let span = model.path_of_flow(index).map_or(span, Spanned::span);
            value.wrap.lent(&model.facade, ty, span)
        }
    }
}

/// The type of a value, as the run holds it.
pub(super) fn held_type(model: &Model<'_>, value: usize) -> TokenStream {
    let facade = &model.facade;
    let value = &model.values[value];
    let owned = value.wrap.owned(facade, &value.ty);
    if value.wrap.counted {
        ours!(#facade::__private::Counted<#owned>)
    } else {
        owned
    }
}

/// The value that a mistyped name is nearest to: its type lets the body be checked all the same.
pub(super) fn meant(model: &Model<'_>, name: &Ident) -> Option<usize> {
    if model.syntax.incomplete {
        // It may mean what could not be read.
        return None;
    }
    let names: Vec<String> = model
        .values
        .iter()
        .map(|value| plain(&value.name))
        .collect();
    let near = nearest(&plain(name), names.iter().map(String::as_str));
    names.iter().position(|name| near.first() == Some(name))
}
