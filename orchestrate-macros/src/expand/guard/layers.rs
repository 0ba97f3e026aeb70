//! The layers around the body of one item, from the outside in.

use proc_macro2::TokenStream;

use super::Guard;
use crate::expand::expressions;

impl Guard<'_, '_> {
    /// One item, or the one that there is. `before`: what must hold before it starts.
    pub(super) fn one(&self, before: &TokenStream) -> TokenStream {
        let options = self.options();
        let mut layer = self.body();
        if options.retry.is_some() {
            layer = self.retry(&layer);
        }
        if options.repeat.is_some() {
            layer = self.repeat(&layer);
        }
        for position in 0..options.fallback.len() {
            layer = self.fallback(position, &layer);
        }
        if options.breaker.is_some() {
            layer = self.breaker(&layer);
        }
        if options.cache.is_some() {
            layer = self.cache(&layer);
        }
        if self.scope.undoes(self.step) {
            layer = self.undo(&layer);
        }
        layer = ours!({
            let __attempt: ::core::primitive::u32 = 1;
            let _ = __attempt;
            #layer
        });
        if options.default.is_some() || options.optional.is_some() {
            // What must hold before is a failure of the step like any other.
            if !before.is_empty() {
                layer = ours!('__item: { #before #layer });
            }
            return self.absorb(&layer);
        }
        if before.is_empty() {
            return layer;
        }
        ours!({ #before #layer })
    }

    /// Makes an error into one that readers see.
    fn erased(&self) -> TokenStream {
        let facade = self.facade();
        ours! {
            |__error| {
                use #facade::__private::{ErasesDebug as _, ErasesDisplay as _, ErasesError as _, ErasesType as _};
                let __how = (&&&&#facade::__private::Erase::of(&__error)).how();
                __how.erase(__error)
            }
        }
    }

    /// `default`, `optional`: the failure of the step is none of the run's. That the run stops is.
    fn absorb(&self, inner: &TokenStream) -> TokenStream {
        let options = self.options();
        let erased = self.erased();
        let (succeeded, failed) = if let Some(default) = &options.default {
            let gives = expressions::value_type(self.scope.model, self.step);
            let value = self.answer("default", default, &gives);
            (ours!(__value), ours!(#value.await))
        } else {
            (
                ours!(::core::result::Result::Ok(__value)),
                ours!(::core::result::Result::Err(__failure)),
            )
        };
        ours! {
            match #inner {
                ::core::result::Result::Ok(__value) => ::core::result::Result::Ok(#succeeded),
                ::core::result::Result::Err(__error) => match __step.stopped::<_, ::core::convert::Infallible>(__error) {
                    ::core::result::Result::Ok(__cancelled) => ::core::result::Result::Err(__cancelled),
                    ::core::result::Result::Err(__error) => {
                        let __failure = __step.erase(__error, #erased);
                        ::core::result::Result::Ok(#failed)
                    }
                },
            }
        }
    }

    /// Keeps what undoes the item, now that it is done.
    fn undo(&self, inner: &TokenStream) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let step = self.step;
        let own = options.rollback.as_ref().map(|rollback| {
            let name = expressions::name(self.scope.model, step, "rollback");
            let mut arguments = expressions::kept(self.scope.model, step, rollback)
                .into_iter()
                .map(|seen| self.cloned(seen, rollback))
                .collect::<Vec<_>>();
            let span = super::at(rollback.word.span());
            let outputs = self.parts(&quote::quote_spanned!(span=> (*__value)), span);
            let outputs = expressions::kept_outputs(self.scope.model, step, rollback)
                .into_iter()
                .map(|position| {
                    let output = &outputs[position];
                    quote::quote_spanned!(span=> ::core::clone::Clone::clone(#output))
                });
            arguments.extend(outputs);
            ours!(let __own = Self::#name(#(#arguments),*);)
        });
        let undo_own = own.as_ref().map(
            |_| ours!(__rollbacks.undo(<Self as #facade::Workflow>::PLAN, #step, &__told, __own).await;),
        );
        let irreversible = options.irreversible.as_ref().map(
            |_| ours!(__rollbacks.irreversible(<Self as #facade::Workflow>::PLAN, #step, &__told);),
        );
        let is_flow = self.scope.keeps_flow(step);
        // Every round of a flow leaves something to undo, also where a later one fails.
        let rounds = is_flow && options.repeat.is_some();
        let flow = match (is_flow, rounds) {
            (false, _) => None,
            (true, false) => Some(ours!(let mut __flow = ::core::option::Option::None;)),
            (true, true) => Some(ours!(let mut __flow = ::std::vec::Vec::new();)),
        };
        let undo_flow = is_flow.then(|| {
            ours! {
                for __flow in ::core::iter::IntoIterator::into_iter(__flow).rev() {
                    __rollbacks.extend(__flow.await);
                }
            }
        });
        let keep = if options.each.is_some() {
            ours!(#facade::__private::keep(__kept, __undo);)
        } else {
            ours!(__kept = ::core::option::Option::Some(__undo);)
        };
        // It is moved from hand to hand, and each of them would make room for the clones in it.
        let boxed = options
            .rollback
            .as_ref()
            .map(|_| ours!(::std::boxed::Box::pin));
        let undo = |done: TokenStream| {
            let told = (undo_own.is_some() || irreversible.is_some())
                .then(|| ours!(let __told = __step.told();));
            ours! {
                #told
                let __undo = #boxed(async move {
                    let mut __rollbacks = #facade::__private::Rollbacks::new();
                    #undo_flow
                    #done
                    __rollbacks
                });
                #keep
            }
        };
        let kept = if rounds {
            let undo = undo(
                ours!(if let ::core::option::Option::Some(__own) = __own { #undo_own #irreversible }),
            );
            let own = own.unwrap_or_else(|| ours!(let __own = ();));
            ours! {
                let __own = match &__ended {
                    ::core::result::Result::Ok(__value) => {
                        #own
                        ::core::option::Option::Some(__own)
                    }
                    ::core::result::Result::Err(_) => ::core::option::Option::None,
                };
                if __own.is_some() || !__flow.is_empty() {
                    #undo
                }
            }
        } else {
            let undo = undo(ours!(#undo_own #irreversible));
            ours! {
                if let ::core::result::Result::Ok(__value) = &__ended {
                    #own
                    #undo
                }
            }
        };
        ours! {{
            #flow
            let __ended = #inner;
            #kept
            __ended
        }}
    }

    /// An input, as a clone that a rollback keeps.
    fn cloned(&self, seen: expressions::Seen, rollback: &crate::syntax::Expression) -> TokenStream {
        let model = self.scope.model;
        let span = super::at(rollback.word.span());
        let facade = self.facade();
        let given = self.seen(seen);
        match seen {
            expressions::Seen::Read(position) => {
                let read = &model.steps[self.step].reads[position];
                match read.value {
                    Some(_) if expressions::is_reference(model, read) => given,
                    Some(value) => model.values[value].wrap.cloned(&given, span),
                    None => quote::quote_spanned!(span=> #facade::__private::Item::kept(#given)),
                }
            }
            expressions::Seen::Item => {
                quote::quote_spanned!(span=> #facade::__private::Item::kept(#given))
            }
        }
    }

    fn cache(&self, inner: &TokenStream) -> TokenStream {
        let options = self.options();
        let Some(cache) = &options.cache else {
            return inner.clone();
        };
        let capacity = cache
            .capacity
            .as_ref()
            .map_or_else(|| ours!(256), |count| self.count(count, "capacity"));
        let ttl = cache.ttl.as_ref().map_or_else(
            || ours!(::core::option::Option::None),
            |ttl| {
                let ttl = self.time(ttl, "ttl");
                ours!(::core::option::Option::Some(#ttl))
            },
        );
        let name = expressions::name(self.scope.model, self.step, "key");
        let key = if let Some(key) = &cache.key {
            self.call(&name, key, &[])
        } else {
            let keyed = expressions::keyed(self.scope.model, self.step).into_iter();
            let keyed = keyed.map(|seen| self.seen(seen));
            ours!(Self::#name(#(#keyed),*))
        };
        let facade = self.facade();
        ours!(__step.cached(#capacity, #ttl, #key, #facade::__private::pin!(async { #inner })).await)
    }

    fn breaker(&self, inner: &TokenStream) -> TokenStream {
        let Some(breaker) = &self.options().breaker else {
            return inner.clone();
        };
        let name = breaker.name.as_ref().map_or_else(
            || ours!(::core::option::Option::None),
            |name| ours!(::core::option::Option::Some(#name)),
        );
        let failures = breaker
            .failures
            .as_ref()
            .map_or_else(|| ours!(5), |count| self.count(count, "failures"));
        let cooldown = breaker.cooldown.as_ref().map_or_else(
            || expressions::duration(std::time::Duration::from_mins(1)),
            |cooldown| self.time(cooldown, "cooldown"),
        );
        ours! {
            match __step.breaker(#name, #failures, #cooldown) {
                ::core::result::Result::Ok(__admission) => {
                    let __ended = #inner;
                    __admission.ended(&__ended);
                    __ended
                }
                ::core::result::Result::Err(__error) => ::core::result::Result::Err(__error),
            }
        }
    }

    fn fallback(&self, position: usize, inner: &TokenStream) -> TokenStream {
        let facade = self.facade();
        let fallback = &self.options().fallback[position];
        let number = u32::try_from(position).unwrap_or(u32::MAX - 1);
        let model = self.scope.model;
        let (value, error) = (
            expressions::value_type(model, self.step),
            expressions::error_type(model, self.step),
        );
        // Of a human step that returns no `Result`, a fallback cannot fail.
        let is_fallible = model
            .function_of(self.step)
            .is_none_or(|output| output.fallible);
        let (made, gives) = if is_fallible {
            (
                ours!(fallible),
                ours!(::core::result::Result<#value, #error>),
            )
        } else {
            (ours!(infallible), value)
        };
        let describe = is_fallible.then(|| self.describe());
        let call = self.answer(&format!("fallback_{position}"), fallback, &gives);
        let erased = self.erased();
        ours! {
            match #inner {
                ::core::result::Result::Err(__error) if !__error.is_cancelled() => {
                    let __attempt = #facade::__private::Attempt::fallback(__error.attempts(), #number);
                    let __failure = __step.erase(__error, #erased);
                    let __answer = #facade::__private::pin!(::core::option::Option::Some(#call));
                    let __ended = __step.#made(__attempt, __answer #describe).await;
                    __ended.map_err(|__error| __error.after(&__failure))
                }
                __ended => __ended,
            }
        }
    }

    fn repeat(&self, inner: &TokenStream) -> TokenStream {
        let Some(repeat) = &self.options().repeat else {
            return inner.clone();
        };
        let facade = self.facade();
        let max = self.count(&repeat.max, "max");
        let name = expressions::name(self.scope.model, self.step, "until");
        let parts = self.parts(&ours!(__value), proc_macro2::Span::mixed_site());
        let until = self.call(&name, &repeat.until, &parts);
        let (last, kept) = if self.counts_last() {
            let last = ours!(: ::core::option::Option<::std::sync::Arc<_>>);
            (last, ours!(::std::sync::Arc::new(__value)))
        } else {
            (TokenStream::new(), ours!(__value))
        };
        ours! {{
            let __max: ::core::primitive::u32 = #max;
            let mut __rounds: ::core::primitive::u32 = 0;
            let mut __last #last = ::core::option::Option::None;
            loop {
                __rounds += 1;
                let __value = match #inner {
                    ::core::result::Result::Ok(__value) => __value,
                    ::core::result::Result::Err(__error) => break ::core::result::Result::Err(__error),
                };
                if #until.await {
                    break ::core::result::Result::Ok(__value);
                }
                if __rounds >= __max {
                    break ::core::result::Result::Err(#facade::__private::unsatisfied(__rounds, __attempt));
                }
                __last = ::core::option::Option::Some(#kept);
            }
        }}
    }

    fn retry(&self, inner: &TokenStream) -> TokenStream {
        let Some(retry) = &self.options().retry else {
            return inner.clone();
        };
        let facade = self.facade();
        let attempts = self.count(&retry.attempts, "attempts");
        let backoff = retry.backoff.as_ref().map_or_else(
            || expressions::duration(std::time::Duration::from_millis(100)),
            |time| self.time(time, "backoff"),
        );
        let max = retry.max_backoff.as_ref().map_or_else(
            || expressions::duration(std::time::Duration::from_secs(30)),
            |time| self.time(time, "max_backoff"),
        );
        let jitter = retry.jitter;
        let wanted = if let Some(when) = &retry.when {
            let name = expressions::name(self.scope.model, self.step, "retry_when");
            let wanted = self.call(&name, when, &[ours!(__own)]);
            ours! {
                match __error.error() {
                    ::core::option::Option::Some(__own) => #wanted,
                    ::core::option::Option::None => __error.is_worth_another(),
                }
            }
        } else {
            ours!(__error.is_worth_another())
        };
        ours! {{
            let mut __retry = #facade::__private::Retry::new(#attempts, #backoff, #max, #jitter);
            loop {
                let __attempt = __retry.begin();
                match #inner {
                    ::core::result::Result::Ok(__value) => break ::core::result::Result::Ok(__value),
                    ::core::result::Result::Err(mut __error) => {
                        let __wanted = #wanted;
                        if !__retry.again(&__step, &mut __error, __wanted).await {
                            break ::core::result::Result::Err(__error);
                        }
                    }
                }
            }
        }}
    }
}
