//! One attempt at a body that runs apart from the run.

use orchestrate_plan::Kind;
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::Guard;
use crate::{
    expand::{at, expressions, scope::ours, spawn},
    model::How,
};

impl Guard<'_, '_> {
    /// A task, or work for a thread. What it needs is its own: a count of what it reads, and a `cx` that lasts.
    pub(super) fn apart(&self, fallible: bool) -> TokenStream {
        let options = self.options();
        let Some(word) = options.apart() else {
            return TokenStream::new();
        };
        let (attempt, call) = (self.attempt(), self.call_of_body());
        let (own, inside) = (self.own(), self.inside());
        // What must not leave this thread is told of at the option: it is what asks for it.
        let span = at(word.span());
        let there = self.scope.model.facade_at(word.span());
        let (made, body) = if options.spawn.is_some() {
            let wait = (self.scope.model.kind(self.step) != Kind::Plain).then(|| ours!(.await));
            let body = quote_spanned!(span=> async move { #inside #call #wait });
            ("task", body)
        } else {
            let body = quote_spanned!(span=> move || { #inside #call });
            ("thread", body)
        };
        let made = Ident::new(made, span);
        let apart = quote_spanned!(span=> #there::__private::Apart::#made(__body));
        let ends = if fallible {
            ours!(fallible_apart)
        } else {
            ours!(infallible_apart)
        };
        let describe = fallible.then(|| self.describe());
        ours! {{
            #own
            let __body = #body;
            __step.#ends(#attempt, #apart #describe).await
        }}
    }

    /// What is made for the body before it starts.
    fn own(&self) -> TokenStream {
        let model = self.scope.model;
        let reads = model.steps[self.step].reads.iter().enumerate();
        let mut own: TokenStream = reads
            .map(|(position, read)| match read.how {
                How::Context => ours!(let __elsewhere = __step.elsewhere(__attempt);),
                How::Last => ours!(let __last = ::core::clone::Clone::clone(&__last);),
                How::Share if self.is_lent(position) => {
                    let (count, lent) = (ours("count", position), ours("lent", position));
                    ours!(let #lent = ::core::clone::Clone::clone(#count);)
                }
                _ => TokenStream::new(),
            })
            .collect();
        if self.options().batch.is_some() {
            own.extend(ours!(let __batch = ::std::sync::Arc::clone(&__batch);));
        }
        own
    }

    /// The inputs, as the call names them, out of that.
    fn inside(&self) -> TokenStream {
        let model = self.scope.model;
        let reads = model.steps[self.step].reads.iter().enumerate();
        let mut inside: TokenStream = reads
            .map(|(position, read)| match (read.how, read.value) {
                (How::Context, _) => ours! {
                    let __seen = __elsewhere.seen();
                    let __cx = __seen.context();
                },
                (How::Share, Some(value)) if self.is_lent(position) => {
                    let (given, lent) = (&self.given[position], ours("lent", position));
                    let shared = spawn::lent(model, value, &ours!(&*#lent));
                    ours!(let #given = #shared;)
                }
                _ => TokenStream::new(),
            })
            .collect();
        inside.extend(self.item_again());
        inside
    }

    /// The item of the body, out of its own count of all of them.
    fn item_again(&self) -> Option<TokenStream> {
        let (model, facade) = (self.scope.model, self.facade());
        let each = self.options().each.as_ref()?;
        let mut reads = model.steps[self.step].reads.iter();
        let is_read = expressions::has_unnamed_item(model, self.step)
            || reads.any(|read| read.how == How::Item);
        let item = self.item();
        if self.options().batch.is_some() {
            return is_read.then(|| ours!(let #item = &__batch[..];));
        }
        let (items, typed) = (self.items_given()?, self.items_type());
        let span = at(each.items.span());
        is_read.then(|| {
            quote_spanned! {span=>
                let #item = #facade::__private::nth({ let __items: #typed = #items; __items }, __index);
            }
        })
    }

    /// Whether the body has a count of what it reads so.
    fn is_lent(&self, position: usize) -> bool {
        let model = self.scope.model;
        let read = &model.steps[self.step].reads[position];
        read.value
            .is_some_and(|value| spawn::is_counted(model, value))
    }

    /// Whether what the step produced before is counted: then its next round may read it apart from the run.
    pub(super) fn counts_last(&self) -> bool {
        let mut reads = self.scope.model.steps[self.step].reads.iter();
        self.options().apart().is_some() && reads.any(|read| read.how == How::Last)
    }

    /// What the step produced before.
    pub(super) fn last(&self) -> TokenStream {
        if self.counts_last() {
            ours!(__last.as_deref())
        } else {
            ours!(__last.as_ref())
        }
    }
}
