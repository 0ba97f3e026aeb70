//! A stage of a run that has something to undo.
//!
//! When a step of it fails, nothing new starts, and what can be dropped is dropped; but a step that will have something to
//! undo once it is done is awaited to its end. So a failure does not leave at once: it is kept, the poll ends there, the
//! stage is polled once more, so that what is awaited sees that the run stops, and the failure leaves when nothing is
//! awaited any more.
//!
//! A panic is a failure too: so every step is polled, also the plain ones, and what panics in a poll is caught there.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;

use super::Stage;
use crate::{
    expand::{
        join::future_of,
        plan,
        scope::{ours, run as run_ident},
    },
    syntax::Work,
};

impl Stage<'_, '_> {
    /// What is kept beside the steps, and the polls of all of them with what follows when one has failed.
    pub(super) fn stopping(&self, polls: &TokenStream) -> (TokenStream, TokenStream) {
        let facade = &self.scope.model.facade;
        let (run, error) = (run_ident(), &self.scope.model.outcome.error);
        let drops = self.steps.iter().map(|&step| {
            let (future, started) = (ours("future", step), ours("started", step));
            let (place, awaited) = (plan::place(self.scope.model, step), self.awaited(step));
            ours! {
                if #future.as_mut().as_pin_mut().is_some() && !(#started && #awaited) {
                    #run.drop_step(#place, || #future.set(::core::option::Option::None));
                }
            }
        });
        let futures = self.steps.iter().map(|&step| ours("future", step));
        let kept = ours! {
            let mut __failure: ::core::option::Option<#facade::Failure<#error>> =
                ::core::option::Option::None;
            // The step of which an item or its workflow has failed, while it is awaited: that will be the failure.
            let mut __failing: ::core::option::Option<::core::primitive::usize> =
                ::core::option::Option::None;
            // What steps have undone that failed after the first.
            let mut __others = #facade::__private::Rollbacks::new();
            let mut __stopping = false;
        };
        let polls = ours! {
            loop {
                if !__stopping {
                    __failure = #run.interrupted();
                }
                '__batches: {
                    if __failure.is_some() && !__stopping {
                        break '__batches;
                    }
                    #polls
                }
                if __failure.is_none() && !#run.is_stopping() {
                    break;
                }
                if !__stopping {
                    __stopping = true;
                    #run.stop();
                    #(#drops)*
                    continue;
                }
                if #(#futures.as_mut().as_pin_mut().is_some())||* {
                    return #facade::__private::Poll::Pending;
                }
                let __failure = __failure.take().unwrap_or_else(|| #run.cancelled());
                return #facade::__private::Poll::Ready(::core::result::Result::Err(
                    __failure.__undone(::core::mem::take(&mut __others)),
                ));
            }
        };
        (kept, polls)
    }

    /// Whether a step that has started is awaited when another one has failed.
    fn awaited(&self, step: usize) -> TokenStream {
        let model = self.scope.model;
        let syntax = model.steps[step].syntax;
        let options = &syntax.options;
        // What holds a thread cannot be dropped.
        if options.rollback.is_some()
            || options.irreversible.is_some()
            || options.blocking.is_some()
        {
            return ours!(true);
        }
        match &syntax.work {
            // It may have something to undo of what it has done so far.
            Work::Flow { path, .. } => {
                let facade = model.facade_at(path.span());
                quote::quote_spanned!(path.span()=> <#path as #facade::Workflow>::__UNDOES)
            }
            Work::Function { .. } => ours!(false),
        }
    }

    /// A step: what is made for it before the first poll, and how it is polled.
    pub(super) fn stopping_step(&self, step: usize) -> (TokenStream, TokenStream) {
        let scope = self.scope;
        let (future, done) = (ours("future", step), ours("done", step));
        let prelude = scope.prelude(step);
        let started = ours("started", step);
        let flags = ours! {
            let mut #done = false;
            let mut #started = false;
        };
        let poll = self.poll_caught(step);
        let facade = &scope.model.facade;
        let Some(waiting) = self.waiting(step) else {
            let inputs = self.inputs(step, false);
            let made = if inputs.counted {
                self.first(step, &inputs)
            } else {
                future_of(scope, step)
            };
            let made = ours! {
                #prelude
                #flags
                let mut #future = #facade::__private::pin!(::core::option::Option::Some(#made));
            };
            return (made, ours!(if !#done { #poll }));
        };
        let (before, call) = (&waiting.inputs.before, self.call(step, &waiting.inputs));
        let made = ours! {
            #prelude
            #before
            #flags
            let mut #future = #facade::__private::pin!(::core::option::Option::None);
        };
        let start = waiting.when_ready(&ours!(#future.set(::core::option::Option::Some(#call));));
        let polls = ours! {
            if !#done {
                if #future.as_mut().as_pin_mut().is_none() && !__stopping {
                    #start
                }
                #poll
            }
        };
        (made, polls)
    }

    /// Polls a step that has started, or may still start.
    fn poll_caught(&self, step: usize) -> TokenStream {
        let (scope, facade) = (self.scope, &self.scope.model.facade);
        let (run, place) = (run_ident(), plan::place(scope.model, step));
        let (future, done, left) = (
            ours("future", step),
            ours("done", step),
            ours("left", scope.layout.batch_of(step)),
        );
        let (started, kept) = (ours("started", step), ours("undo", step));
        let label = syn::Lifetime::new(&format!("'__step_{step}"), proc_macro2::Span::mixed_site());
        let value = scope.unwrapped(step, &ours!(__value), |failure| {
            ours! {{
                __failure = ::core::option::Option::Some(
                    #failure.__after(::core::mem::take(&mut __others)),
                );
                if __stopping {
                    break #label;
                }
                break '__batches
            }}
        });
        let is_first =
            ours!((__failure.is_none() && __failing.is_none_or(|__step| __step == #step)));
        let is_each = scope.model.steps[step].syntax.options.each.is_some();
        let keep = scope.undoes(step).then(|| {
            let is_there = if is_each {
                ours!(!__kept.is_empty())
            } else {
                ours!(__kept.is_some())
            };
            ours! {
                let (__value, __kept) = __value;
                if #is_there {
                    #kept = __kept;
                    __completed.push(#step);
                }
                // The first failure is the run's; of this one only what it has undone is told.
                let ::core::option::Option::Some(__value) = __others.first(
                    #is_first,
                    __value,
                    |__cause| #run.failed_too(#place, __cause),
                ) else {
                    break #label;
                };
            }
        });
        // One of its items has failed, or its workflow: the run fails as soon as the others have ended, or that is undone.
        let is_failing = (scope.undoes(step) && (is_each || scope.keeps_flow(step))).then(|| {
            ours! {
                else if !__stopping && #run.is_stopping() {
                    __failing = ::core::option::Option::Some(#step);
                    break '__batches;
                }
            }
        });
        let stored = self.store(step);
        ours! {
            if !__stopping || #started {
                if let ::core::option::Option::Some(__pinned) = #future.as_mut().as_pin_mut() {
                    #started = true;
                    if let #facade::__private::Poll::Ready(__polled) =
                        #run.poll_caught(#place, __pinned, __cx)
                    {
                        #run.drop_step(#place, || #future.set(::core::option::Option::None));
                        #label: {
                            let __value = match __polled {
                                ::core::result::Result::Ok(__value) => __value,
                                ::core::result::Result::Err(__panicked) => {
                                    if #is_first {
                                        __failure = ::core::option::Option::Some(__panicked);
                                    }
                                    if __stopping {
                                        break #label;
                                    }
                                    break '__batches;
                                }
                            };
                            #keep
                            let __value = #value;
                            #stored
                            #done = true;
                            #left -= 1;
                            if !__stopping {
                                __failure = #run.interrupted();
                                if __failure.is_some() {
                                    break '__batches;
                                }
                            }
                        }
                    }
                    #is_failing
                }
            }
        }
    }
}
