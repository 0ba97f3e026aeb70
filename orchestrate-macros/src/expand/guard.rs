//! A step with options: its future, in which the options wrap the body, one around the other.
//!
//! From the outside in: `when`, the quorum, the approval of a `critical` step, `each`, and then for each item (or the one
//! that there is) `default` or `optional`, what undoes it, `cache`, `breaker`, `fallback`, `repeat`, `retry`, the permit,
//! `timeout`, and the body. Each layer is plain code around the code of the next: a loop, a `match`. So the future of a
//! step is `Send` when its parts are, and no type of ours shows in an error.
//!
//! The code of every layer is an expression of the type `Result<T, StepError<E>>`.

mod apart;
mod body;
mod layers;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::{
    at, expressions, plan,
    scope::{Scope, ours, run as run_ident},
    spawn, undo,
};
use crate::{
    model::How,
    syntax::{Count, Expression, Options, Shape, Time, Work},
};

/// A step whose future is being expanded.
pub(super) struct Guard<'s, 'm> {
    scope: &'s Scope<'m>,
    step: usize,
    /// The local in which each input stands, in the order of the reads.
    given: Vec<Ident>,
}

/// The future of a step with options. It gives a `Result`; and with it what undoes the step, where that is kept.
pub(super) fn future(scope: &Scope<'_>, step: usize, arguments: &[TokenStream]) -> TokenStream {
    let reads = &scope.model.steps[step].reads;
    let given = reads
        .iter()
        .enumerate()
        .map(|(position, read)| Ident::new(&format!("__given_{position}"), at(read.name.span())));
    let guard = Guard {
        scope,
        step,
        given: given.collect(),
    };
    let reads_given = reads.iter().zip(&guard.given).zip(arguments);
    let (inputs, shared): (Vec<_>, Vec<_>) = reads_given
        .enumerate()
        .filter(|(_, ((read, _), _))| read.how.is_value())
        .map(|(position, ((_, given), argument))| guard.input(position, given, argument))
        .unzip();
    let (run, place) = (run_ident(), plan::place(scope.model, step));
    let body = guard.whole();
    // What the options see of the run; the body has a `cx` for each of its attempts.
    let context = reads
        .iter()
        .any(|read| read.how == How::Context)
        .then(|| ours!(let __seen_cx = __step.context(1);));
    ours! {{
        #(#inputs)*
        async move {
            let __step = #run.step(#place);
            #(#shared)*
            #context
            #body
        }
    }}
}

impl<'m> Guard<'_, 'm> {
    fn options(&self) -> &'m Options {
        &self.scope.model.steps[self.step].syntax.options
    }

    fn facade(&self) -> &'m TokenStream {
        &self.scope.model.facade
    }

    /// An input in a local of its own: before the future, and in it where it is counted.
    fn input(
        &self,
        position: usize,
        given: &Ident,
        argument: &TokenStream,
    ) -> (TokenStream, TokenStream) {
        let (model, facade) = (self.scope.model, self.facade());
        let read = &model.steps[self.step].reads[position];
        let Some(value) = read.value.filter(|&value| spawn::is_counted(model, value)) else {
            return (ours!(let #given = #argument;), TokenStream::new());
        };
        let kept = ours("kept", position);
        match read.how {
            How::Share if self.options().apart().is_some() => {
                let lent = spawn::lend(model, read, argument);
                let count = ours("count", position);
                let shared = spawn::lent(model, value, &ours!(&**#count));
                (
                    ours!(let #kept = #lent;),
                    ours!(let #count = &#kept; let #given = #shared;),
                )
            }
            How::Move => (
                ours!(let #kept = #argument;),
                ours!(let #given = #facade::__private::Counted::taken(#kept).await;),
            ),
            _ => {
                let argument = spawn::read(model, read, argument);
                (ours!(let #given = #argument;), TokenStream::new())
            }
        }
    }

    /// Everything, once.
    fn whole(&self) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let undoes = self.scope.undoes(self.step);
        let when = options.when.as_ref().map(|when| {
            let holds = self.call(
                &expressions::name(self.scope.model, self.step, "when"),
                when,
                &[],
            );
            ours! {
                if !#holds.await {
                    __step.skipped();
                    break '__guarded ::core::result::Result::Ok(::core::option::Option::None);
                }
            }
        });
        let ended = if options.each.is_some() {
            let (before, items) = (self.before(&ours!('__guarded)), self.items());
            ours!({ #before #items })
        } else if options.default.is_some() || options.optional.is_some() {
            self.one(&self.before(&ours!('__item)))
        } else {
            self.one(&self.before(&ours!('__guarded)))
        };
        let ended = if when.is_some() {
            ours!(#facade::__private::some(#ended))
        } else {
            ended
        };
        let ended = if when.is_some() || options.quorum.is_some() || options.critical.is_some() {
            ours!('__guarded: { #when #ended })
        } else {
            ended
        };
        if !undoes {
            return ended;
        }
        if options.each.is_some() {
            ours! {
                let __kept = ::std::sync::Mutex::new(::std::vec::Vec::new());
                let __ended = #ended;
                (__ended, #facade::__private::kept(__kept))
            }
        } else {
            ours! {
                let mut __kept = ::core::option::Option::None;
                let __ended = #ended;
                (__ended, __kept)
            }
        }
    }

    /// What must hold before the step starts: its quorum, and that a person agrees. `label`: the block that it leaves.
    fn before(&self, label: &TokenStream) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let quorum = options.quorum.as_ref().map(|quorum| {
            let needed = self.count(&quorum.count, "quorum");
            let reads = &self.scope.model.steps[self.step].reads;
            let succeeded = reads.iter().zip(&self.given).filter_map(|(read, given)| {
                let wrap = self.scope.model.values[read.value?].wrap;
                wrap.optional
                    .then(|| ours!(#facade::__private::Succeeded::succeeded(&#given)))
            });
            ours! {
                if let ::core::result::Result::Err(__error) = #facade::__private::quorum(#needed, 0 #(+ #succeeded)*) {
                    break #label ::core::result::Result::Err(__error);
                }
            }
        });
        let critical = options.critical.as_ref().map(|_| {
            let model = self.scope.model;
            let reads = model.steps[self.step].reads.iter().zip(&self.given);
            let shown = reads
                .filter(|(read, _)| read.how.is_value())
                .map(|(read, given)| {
                    let name = crate::syntax::plain(read.name);
                    ours! {
                        (#name, {
                            use #facade::__private::{ShowsDebug as _, ShowsType as _};
                            (&&#facade::__private::Probe(&#given)).shown()
                        })
                    }
                });
            ours! {
                if let ::core::result::Result::Err(__error) = __step.approved([#(#shown),*]).await {
                    break #label ::core::result::Result::Err(__error);
                }
            }
        });
        ours!(#quorum #critical)
    }

    /// Each item.
    fn items(&self) -> TokenStream {
        let options = self.options();
        let Some(each) = &options.each else {
            return TokenStream::new();
        };
        let concurrency = each.concurrency.as_ref().map_or_else(
            || ours!(::core::option::Option::None),
            |count| {
                let count = self.count(count, "concurrency");
                ours!(::core::option::Option::Some(#count))
            },
        );
        let items = self.items_given();
        let span = at(each.items.span());
        let typed = self.items_type();
        let items = quote_spanned!(span=> ::core::iter::IntoIterator::into_iter({ let __items: #typed = #items; __items }));
        let one = self.one(&TokenStream::new());
        let undoes = self.scope.undoes(self.step);
        let mode = self.others();
        // A panic between the layers must not lose what the other items have to undo.
        let one = if undoes {
            ours!(__step.caught(async move { #one }).await)
        } else {
            one
        };
        let lent = undoes.then(|| ours!(let __kept = &__kept;));
        let item = self.item();
        let there = self.scope.model.facade_at(each.items.span());
        let arguments = ours! {
            #items,
            #concurrency,
            #mode,
            __step,
            |__index, #item| {
                let __step = __step.item(__index);
                async move { #one }
            },
        };
        let driven = quote_spanned!(span=> #there::__private::each(#arguments).await);
        if undoes {
            // What gives the items may panic too.
            ours!({ #lent __step.caught(async { #driven }).await })
        } else {
            driven
        }
    }

    /// The local in which all the items stand.
    fn items_given(&self) -> Option<&Ident> {
        let each = self.options().each.as_ref()?;
        let reads = self.scope.model.steps[self.step].reads.iter();
        let mut reads = reads.zip(&self.given);
        let (_, given) = reads.find(|(read, _)| {
            crate::syntax::plain(read.name) == crate::syntax::plain(&each.items)
        })?;
        Some(given)
    }

    /// What becomes of the other items when one has failed: as of the other steps.
    fn others(&self) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let (dropped, awaited) = (
            ours!(#facade::__private::Others::Drop),
            ours!(#facade::__private::Others::Await),
        );
        let holds_thread = options.blocking.is_some() && undo::has_undo(self.scope.model);
        if options.rollback.is_some() || options.irreversible.is_some() || holds_thread {
            return awaited;
        }
        match &self.scope.model.steps[self.step].syntax.work {
            Work::Flow { path, .. } => {
                let facade = self.scope.model.facade_at(path.span());
                let undoes = quote_spanned!(path.span()=> <#path as #facade::Workflow>::__UNDOES);
                ours!(if #undoes { #awaited } else { #dropped })
            }
            Work::Function { .. } => dropped,
        }
    }

    /// The type of the items, where it is written: what is given may have to be coerced.
    fn items_type(&self) -> TokenStream {
        let Some(each) = &self.options().each else {
            return ours!(_);
        };
        let Work::Function { params, .. } = &self.scope.model.steps[self.step].syntax.work else {
            return ours!(_);
        };
        let param = params
            .iter()
            .find(|param| crate::syntax::plain(&param.name) == crate::syntax::plain(&each.items));
        let ty = param.and_then(|param| param.ty.as_ref());
        ty.map_or_else(|| ours!(_), |ty| ours!(#ty))
    }

    /// The local in which an item stands.
    fn item(&self) -> Ident {
        ours("item", self.step)
    }

    /// A call of the function that an expression of an option has become. `extra`: what it sees beside the inputs.
    fn call(
        &self,
        function: &Ident,
        expression: &Expression,
        extra: &[TokenStream],
    ) -> TokenStream {
        let model = self.scope.model;
        let seen = expressions::seen(model, self.step, expression);
        let inputs = seen.into_iter().map(|seen| self.seen(seen));
        let span = at(expression.word.span());
        let arguments = inputs.chain(extra.iter().cloned());
        quote_spanned!(span=> Self::#function(#(#arguments),*))
    }

    /// The future of an expression that sees `error`, which is `__failure`. `gives`: its output, for rustc.
    fn answer(&self, name: &str, expression: &Expression, gives: &TokenStream) -> TokenStream {
        let (model, facade) = (self.scope.model, self.facade());
        if !expressions::stand_in_run(model, self.step) {
            let name = expressions::name(model, self.step, name);
            return self.call(&name, expression, &[ours!(&__failure)]);
        }
        let seen = expressions::seen(model, self.step, expression).into_iter();
        let inputs = seen.map(|seen| self.seen(seen));
        let future = expressions::in_run(model, self.step, expression, inputs);
        ours!(#facade::__private::giving::<#gives, _>(#future))
    }

    /// An input, as an expression gets it.
    fn seen(&self, seen: expressions::Seen) -> TokenStream {
        let model = self.scope.model;
        match seen {
            expressions::Seen::Item => {
                let item = self.item();
                ours!(#item)
            }
            expressions::Seen::Read(position) => {
                let (read, given) = (
                    &model.steps[self.step].reads[position],
                    &self.given[position],
                );
                match read.how {
                    How::Context => ours!(&__seen_cx),
                    How::Last => self.last(),
                    How::Item => {
                        let item = self.item();
                        ours!(#item)
                    }
                    How::Move | How::Copy | How::CopyCounted
                        if !expressions::is_reference(model, read) =>
                    {
                        ours!(&#given)
                    }
                    _ if expressions::is_unique(model, read) => ours!(&mut *#given),
                    _ => ours!(#given),
                }
            }
        }
    }

    /// A number.
    fn count(&self, count: &Count, what: &str) -> TokenStream {
        match count {
            Count::Literal(number, span) => {
                let mut number = proc_macro2::Literal::u64_unsuffixed(*number);
                number.set_span(at(*span));
                ours!(#number)
            }
            Count::Expression(expression) => {
                let name = expressions::name(self.scope.model, self.step, what);
                self.call(&name, expression, &[])
            }
        }
    }

    /// A duration.
    fn time(&self, time: &Time, what: &str) -> TokenStream {
        match time {
            Time::Literal(time, _) => expressions::duration(*time),
            Time::Expression(expression) => {
                let name = expressions::name(self.scope.model, self.step, what);
                self.call(&name, expression, &[])
            }
        }
    }

    /// The parts of an output, by reference, as expressions see them.
    fn parts(&self, output: &TokenStream, span: Span) -> Vec<TokenStream> {
        let shape = self.scope.model.function_of(self.step);
        match shape.map(|output| &output.shape) {
            Some(Shape::Nothing) => Vec::new(),
            Some(Shape::Named(names)) => (0..names.len())
                .map(|position| {
                    let position = syn::Index::from(position);
                    quote_spanned!(span=> &#output.#position)
                })
                .collect(),
            _ => vec![quote_spanned!(span=> &#output)],
        }
    }
}
