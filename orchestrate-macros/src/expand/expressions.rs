//! The expressions of options, each as a function of the step's inputs: so it sees what the body sees, and nothing else.

mod in_run;
mod list;
mod types;
mod within;

use std::{collections::HashSet, time::Duration};

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use self::types::{item_type, outputs, read_type};
pub(super) use self::{
    in_run::{in_run, stand_in_run},
    list::{Of, all},
    types::{error_type, item_of_body, last_type, value_type},
};
use super::{at, functions};
use crate::{
    model::{How, Mentions, Model, Read},
    syntax::{Expression, Options, Work, plain},
};

/// An input that an expression sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// One of the reads of the step.
    Read(usize),
    /// The item of a step with `each` that is not among them.
    Item,
}

/// The functions of all the steps.
pub(super) fn functions(model: &Model<'_>) -> TokenStream {
    let steps = 0..model.steps.len();
    let of_steps = steps.map(|step| {
        let functions = Functions { model, step };
        let options = &model.steps[step].syntax.options;
        all(options)
            .into_iter()
            .filter_map(|(what, expression, of)| functions.function(&what, expression, of))
            .chain(functions.whole_key())
            .collect::<TokenStream>()
    });
    of_steps.collect()
}

/// The name of the function of an expression.
pub(super) fn name(model: &Model<'_>, step: usize, what: &str) -> Ident {
    let step = plain(&model.steps[step].syntax.name);
    Ident::new(&format!("__{step}_{what}"), Span::mixed_site())
}

/// The inputs that an expression mentions, in the order in which its function takes them.
///
/// What is not there where the expression is made is no input of it: rustc says so at the user's word.
pub(super) fn seen(model: &Model<'_>, step: usize, expression: &Expression) -> Vec<Seen> {
    let mentions = Mentions::of(&expression.tokens);
    let (has_item, has_last) =
        within::item_and_round(&model.steps[step].syntax.options, expression);
    let mut names = HashSet::new();
    let reads = model.steps[step].reads.iter().enumerate();
    let mut seen: Vec<Seen> = reads
        .filter(|(_, read)| match read.how {
            How::Item => has_item,
            How::Last => has_last,
            _ => true,
        })
        .filter(|(_, read)| mentions.contains(&plain(read.name)))
        .filter(|(_, read)| names.insert(plain(read.name)))
        .map(|(position, _)| Seen::Read(position))
        .collect();
    if let Some(each) = &model.steps[step].syntax.options.each
        && has_item
        && has_unnamed_item(model, step)
        && mentions.contains(&plain(&each.item))
    {
        seen.push(Seen::Item);
    }
    seen
}

/// The inputs that a rollback keeps: what is gone when the step is done cannot be.
pub(super) fn kept(model: &Model<'_>, step: usize, rollback: &Expression) -> Vec<Seen> {
    let mut seen = seen(model, step, rollback);
    seen.retain(|seen| match seen {
        Seen::Read(position) => !matches!(
            model.steps[step].reads[*position].how,
            How::Context | How::Last | How::Move
        ),
        Seen::Item => true,
    });
    seen
}

/// The inputs that are the key of a cache, where no other is said: with `each`, an item is one, and not all of them.
pub(super) fn keyed(model: &Model<'_>, step: usize) -> Vec<Seen> {
    let each = model.steps[step].syntax.options.each.as_ref();
    let items = each.map(|each| plain(&each.items));
    let reads = model.steps[step].reads.iter().enumerate();
    let values = reads.filter(|(_, read)| {
        (read.how.is_value() || read.how == How::Item)
            && items.as_deref() != Some(&plain(read.name))
    });
    let item = has_unnamed_item(model, step).then_some(Seen::Item);
    values
        .map(|(position, _)| Seen::Read(position))
        .chain(item)
        .collect()
}

/// Which outputs of the step a rollback mentions.
pub(super) fn kept_outputs(model: &Model<'_>, step: usize, rollback: &Expression) -> Vec<usize> {
    let mentions = Mentions::of(&rollback.tokens);
    let outputs = outputs(model, step);
    (0..outputs.len())
        .filter(|&output| mentions.contains(&plain(&outputs[output].0)))
        .collect()
}

/// Whether an option of the step mentions a name: then it is of use there, whatever the body does.
pub(super) fn mentions(model: &Model<'_>, step: usize, name: &Ident) -> bool {
    let name = plain(name);
    let options = &model.steps[step].syntax.options;
    let is_items = |each: &crate::syntax::Each| plain(&each.items) == name;
    options.each.as_ref().is_some_and(is_items)
        || all(options)
            .into_iter()
            .any(|(_, expression, _)| Mentions::of(&expression.tokens).contains(&name))
}

/// Whether an option of the step mentions one of its outputs: then it is of use there, though no step reads it.
pub(super) fn mentions_output(model: &Model<'_>, step: usize, name: &Ident) -> bool {
    let options = &model.steps[step].syntax.options;
    let until = options.repeat.as_ref().map(|repeat| &repeat.until);
    let mut expressions = options.rollback.iter().chain(until);
    expressions.any(|expression| Mentions::of(&expression.tokens).contains(&plain(name)))
}

/// Whether a step with `each` does not list its item among its inputs.
pub(super) fn has_unnamed_item(model: &Model<'_>, step: usize) -> bool {
    let step = &model.steps[step];
    step.syntax.options.each.as_ref().is_some_and(|each| {
        let mut reads = step.reads.iter();
        !reads.any(|read| plain(read.name) == plain(&each.item))
    })
}

/// Whether an input is a reference that the workflow was given.
pub(super) fn is_reference(model: &Model<'_>, read: &Read<'_>) -> bool {
    read.value
        .is_some_and(|value| model.values[value].reference.is_some())
}

/// Whether it is a `&mut`.
pub(super) fn is_unique(model: &Model<'_>, read: &Read<'_>) -> bool {
    read.value
        .is_some_and(|value| model.values[value].reference == Some(true))
}

/// A duration that is known.
pub(super) fn duration(duration: Duration) -> TokenStream {
    let seconds = Literal::u64_unsuffixed(duration.as_secs());
    let nanos = Literal::u32_unsuffixed(duration.subsec_nanos());
    ours!(::core::time::Duration::new(#seconds, #nanos))
}

/// `#[uses(..)]`, as the runtime has it.
pub(super) fn uses(options: &Options) -> TokenStream {
    let uses = options.uses.iter().flat_map(|uses| &uses.resources);
    let uses = uses.map(|(name, count)| {
        let name = plain(name);
        let count = Literal::u64_unsuffixed(*count);
        ours!((#name, #count))
    });
    ours!(&[#(#uses),*])
}

#[derive(Clone, Copy)]
struct Functions<'f, 'm> {
    model: &'f Model<'m>,
    step: usize,
}

impl Functions<'_, '_> {
    /// The function of one expression; none while the type of an input is not known.
    fn function(self, what: &str, expression: &Expression, of: Of) -> Option<TokenStream> {
        let (model, step) = (self.model, self.step);
        let facade = &model.facade;
        if matches!(of, Of::Returned | Of::Value) && stand_in_run(model, step) {
            return None;
        }
        let name = name(model, step, what);
        let (mut params, rebound) = if of == Of::Rollback {
            self.kept_params(expression)?
        } else {
            (self.params(expression)?, TokenStream::new())
        };
        // Seen by the user's tokens, since it is made for them.
        let error = Ident::new("error", user_span(expression));
        let seen = seen(model, step, expression).into_iter();
        let is_taken = seen
            .map(|seen| self.name_of(seen))
            .any(|name| name == "error");
        match of {
            // An input of that name has been told of.
            Of::Returned | Of::Value | Of::Retry if is_taken => {}
            Of::Returned | Of::Value => params.push(ours!(#error: &#facade::StepFailure)),
            Of::Retry => {
                let ty = error_type(model, step);
                params.push(ours!(#error: &#ty));
            }
            Of::Until => {
                let outputs = outputs(model, step);
                params.extend(outputs.iter().map(|(name, ty)| ours!(#name: &#ty)));
            }
            _ => {}
        }
        let returns = self.returns(expression, of);
        let mut body = Group::new(Delimiter::Brace, expression.tokens.clone());
        body.set_span(expression.word.span());
        let is_async = matches!(
            of,
            Of::Condition | Of::Until | Of::Returned | Of::Value | Of::Rollback
        );
        let body = if of == Of::Rollback {
            let facade = model.facade_at(expression.word.span());
            let outcome = quote_spanned!(at(expression.word.span())=> #facade::__private::Undone::outcome(__undone));
            ours! {{
                #rebound
                let __undone = #body;
                #outcome.map_err(|__error| {
                    use #facade::__private::{ErasesDebug as _, ErasesDisplay as _, ErasesError as _, ErasesType as _};
                    let __how = (&&&&#facade::__private::Erase::of(&__error)).how();
                    __how.erase(__error)
                })
            }}
        } else {
            ours!(#body)
        };
        let is_flow = matches!(model.steps[step].syntax.work, Work::Flow { .. });
        let function = if !is_async {
            ours!(fn #name(#(#params),*) -> #returns #body)
        } else if is_flow || functions::reads_a_flow(model, &model.steps[step]) {
            // As the function of the step: the path of a flow may leave out lifetimes, and an `async fn` forbids that.
            ours!(fn #name(#(#params),*) -> impl ::core::future::Future<Output = #returns> { async move #body })
        } else {
            ours!(async fn #name(#(#params),*) -> #returns #body)
        };
        Some(ours! {
            #[doc(hidden)]
            #[allow(
                unused_variables,
                clippy::let_unit_value,
                clippy::needless_borrow,
                clippy::unused_unit
            )]
            #function
        })
    }

    /// All the inputs as the key of a cache, where no other is said.
    fn whole_key(self) -> Option<TokenStream> {
        let (model, step) = (self.model, self.step);
        let options = &model.steps[step].syntax.options;
        let cache = options.cache.as_ref().filter(|cache| cache.key.is_none())?;
        let seen = keyed(model, step);
        let params: Option<Vec<TokenStream>> = seen
            .iter()
            .map(|&seen| {
                let (name, ty) = (self.name_of(seen), self.type_of(seen)?);
                Some(ours!(#name: #ty))
            })
            .collect();
        let params = params?;
        // What cannot be a key is told of at the option: it is what asks for it.
        let span = at(cache.word.span());
        let facade = model.facade_at(cache.word.span());
        let name = name(model, step, "key");
        let names = seen.iter().map(|&seen| {
            let mut name = self.name_of(seen);
            name.set_span(name.span().located_at(cache.word.span()));
            name
        });
        let returns = quote_spanned!(span=> impl #facade::__private::CacheKey);
        let key = quote_spanned!(span=> (#(#facade::__private::Key::key(#names),)*));
        Some(ours! {
            #[doc(hidden)]
            fn #name(#(#params),*) -> #returns { #key }
        })
    }

    fn returns(self, expression: &Expression, of: Of) -> TokenStream {
        let (model, step) = (self.model, self.step);
        let facade = &model.facade;
        // What is wrong with the type of an expression is said at its option.
        let word = at(expression.word.span());
        match of {
            Of::Condition | Of::Until | Of::Retry => {
                quote_spanned!(word=> ::core::primitive::bool)
            }
            Of::Returned => match model.function_of(step) {
                Some(output) if model.steps[step].syntax.options.batch.is_none() => {
                    output.returns.clone().unwrap_or_else(|| ours!(()))
                }
                _ => {
                    let (value, error) = (value_type(model, step), error_type(model, step));
                    ours!(::core::result::Result<#value, #error>)
                }
            },
            Of::Value => {
                let (value, facade) = (
                    value_type(model, step),
                    model.facade_at(expression.word.span()),
                );
                quote_spanned!(word=> #facade::__private::Same<#value>)
            }
            Of::Rollback => ours!(::core::result::Result<(), #facade::__private::AnyError>),
            Of::Duration => quote_spanned!(word=> ::core::time::Duration),
            Of::Usize => quote_spanned!(word=> ::core::primitive::usize),
            Of::U32 => quote_spanned!(word=> ::core::primitive::u32),
            Of::Key => {
                let facade = model.facade_at(expression.word.span());
                quote_spanned!(word=> impl #facade::__private::CacheKey)
            }
        }
    }

    fn name_of(self, seen: Seen) -> Ident {
        let step = &self.model.steps[self.step];
        match (seen, &step.syntax.options.each) {
            (Seen::Read(position), _) => step.reads[position].name.clone(),
            (Seen::Item, Some(each)) => each.item.clone(),
            (Seen::Item, None) => Ident::new("__item", Span::mixed_site()),
        }
    }

    fn type_of(self, seen: Seen) -> Option<TokenStream> {
        let (model, step) = (self.model, self.step);
        let Seen::Read(position) = seen else {
            return item_type(model, step);
        };
        let read = &model.steps[step].reads[position];
        if read.how == How::Item {
            return item_type(model, step);
        }
        let ty = read_type(model, step, position)?;
        // What the body takes by value, an expression sees before that.
        let by_value = matches!(read.how, How::Move | How::Copy | How::CopyCounted)
            && !is_reference(model, read);
        Some(if by_value { ours!(&#ty) } else { ty })
    }

    fn params(self, expression: &Expression) -> Option<Vec<TokenStream>> {
        let seen = seen(self.model, self.step, expression).into_iter();
        seen.map(|seen| {
            let (name, ty) = (self.name_of(seen), self.type_of(seen)?);
            Some(ours!(#name: #ty))
        })
        .collect()
    }

    /// What a rollback keeps, clones; and how it sees them, as its step did.
    fn kept_params(self, rollback: &Expression) -> Option<(Vec<TokenStream>, TokenStream)> {
        let (model, step) = (self.model, self.step);
        let facade = &model.facade;
        let mut params = Vec::new();
        let mut rebound = TokenStream::new();
        for seen in kept(model, step, rollback) {
            let name = self.name_of(seen);
            let value = match seen {
                Seen::Read(position) => model.steps[step].reads[position].value,
                Seen::Item => None,
            };
            let Some(value) = value else {
                let ty = item_type(model, step)?;
                params.push(ours!(#name: <#ty as #facade::__private::Item>::Owned));
                rebound.extend(ours!(let #name = &#name;));
                continue;
            };
            let value = &model.values[value];
            if value.reference.is_some() {
                let ty = self.type_of(seen)?;
                params.push(ours!(#name: #ty));
                continue;
            }
            let owned = value.wrap.owned(facade, &value.ty);
            params.push(ours!(#name: #owned));
            let lent = value.wrap.uncounted().lend(&ours!(&#name));
            // A type that the step asks for is asked for here too.
            let ty = self.written_type(seen).map(|ty| ours!(: #ty));
            rebound.extend(ours!(let #name #ty = #lent;));
        }
        let outputs = outputs(model, step);
        for output in kept_outputs(model, step, rollback) {
            let (name, ty) = &outputs[output];
            params.push(ours!(#name: #ty));
            rebound.extend(ours!(let #name = &#name;));
        }
        Some((params, rebound))
    }

    fn written_type(self, seen: Seen) -> Option<TokenStream> {
        let (Seen::Read(position), Work::Function { params, .. }) =
            (seen, &self.model.steps[self.step].syntax.work)
        else {
            return None;
        };
        let ty = params.get(position)?.ty.as_ref()?;
        Some(ours!(#ty))
    }
}

/// Where a name is seen by an expression.
fn user_span(expression: &Expression) -> Span {
    let first = expression.tokens.clone().into_iter().next();
    first.map_or_else(|| expression.word.span(), |token| token.span())
}
