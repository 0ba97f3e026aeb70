//! A stage of several batches whose steps cannot all share what it produces, and each stage of a run that has something to
//! undo: a step starts as soon as its own inputs are there. Any other stage of several batches is made of `strands`.
//!
//! All the futures of the stage stand in the frame of the run. A step whose inputs the stage itself
//! produces gets its future when they are there: each output has a place in the frame, which is
//! written once through a unique borrow that becomes a shared one. So readers hold plain references,
//! and there is no cell, no lock and no allocation.
//!
//! The stage is polled batch by batch, and a batch of which nothing is done ends the poll: nothing
//! after it can have started, because every step depends on one of the batch before its own. A step
//! that completes is seen by its readers in the same poll, since they stand in later batches.
//!
//! Where the run has something to undo, every stage is expanded so, and what fails does not leave at once: see `stopping`.
//!
//! One shape cannot be borrowed so: a value that some steps of a stage read and a later step of the
//! same stage moves. It is counted (`Arc`) while the stage runs: each reader drops its count when it
//! is done, and the one that moves the value takes it out.

mod inputs;
mod kept;
mod stopping;

use core::ops::Range;
use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};

use self::{inputs::Inputs, kept::Kept};
use super::{
    join::future_of,
    plan,
    scope::{Held, Scope, ours, run as run_ident},
    undo,
};
use crate::{model::How, syntax::Shape};

pub(super) fn dataflow(scope: &mut Scope<'_>, stage: Range<usize>) -> TokenStream {
    let stage = Stage::new(scope, stage);
    let expansion = stage.expand();
    let is_closed = stage.is_closed();
    let kept = if is_closed {
        stage.taken()
    } else {
        stage.kept()
    };
    let Stage { steps, .. } = stage;
    for step in steps {
        scope.consume(step);
    }
    let (mut bindings, mut values) = (Vec::new(), Vec::new());
    for Kept {
        value,
        held,
        binding,
        taken,
    } in kept
    {
        scope.held[value] = held;
        bindings.push(binding);
        values.push(taken);
    }
    if is_closed {
        let run = run_ident();
        ours! {
            let (#(#bindings,)*) = {
                #expansion
                #run.between();
                (#(#values,)*)
            };
        }
    } else {
        ours! {
            #expansion
            #(let #bindings = #values;)*
        }
    }
}

/// A stage that is being expanded.
struct Stage<'s, 'm> {
    scope: &'s Scope<'m>,
    batches: Range<usize>,
    /// All the steps, batch by batch.
    steps: Vec<usize>,
    /// All that they produce.
    produced: Vec<usize>,
    /// How each value that is read here passes; one that is not is kept.
    passing: BTreeMap<usize, Passing>,
    /// Whether the run has something to undo.
    undoes: bool,
}

/// A step that waits for others of its stage.
struct Waiting {
    inputs: Inputs,
    /// What says that they are done, where no input says it.
    done: Vec<Ident>,
}

impl Waiting {
    /// Starts the step once all is there that it waits for.
    fn when_ready(&self, start: &TokenStream) -> TokenStream {
        let (names, options, done) = (&self.inputs.names, &self.inputs.options, &self.done);
        let start = if names.is_empty() {
            start.clone()
        } else {
            ours! {
                if let (#(::core::option::Option::Some(#names),)*) = (#(#options,)*) {
                    #start
                }
            }
        };
        if done.is_empty() {
            start
        } else {
            ours!(if #(#done)&&* { #start })
        }
    }
}

/// How a value passes from the step that produces it to those of the same stage that read it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passing {
    /// Nobody reads it here.
    Kept,
    /// By reference.
    Shared,
    /// To the only step that reads it here, by value.
    Moved,
    /// By reference, and at last by value.
    Counted,
}

impl<'s, 'm> Stage<'s, 'm> {
    fn new(scope: &'s Scope<'m>, batches: Range<usize>) -> Self {
        let steps = batches.clone().flat_map(|batch| scope.layout.batch(batch));
        let steps: Vec<usize> = steps.copied().collect();
        let produced = steps
            .iter()
            .flat_map(|&step| scope.model.steps[step].outputs.clone());
        let produced = produced.collect();
        let mut stage = Self {
            scope,
            batches,
            steps,
            produced,
            passing: BTreeMap::new(),
            undoes: undo::has_undo(scope.model),
        };
        stage.passing = stage.pass();
        stage
    }

    fn expand(&self) -> TokenStream {
        let facade = &self.scope.model.facade;
        let fallible = self.undoes || self.steps.iter().any(|&step| self.scope.is_fallible(step));
        let (places, shared) = self.places();
        let mut futures = self.counted_from_outside();
        let mut polls = TokenStream::new();
        for batch in self.batches.clone() {
            let mut order = self.scope.layout.batch(batch).to_vec();
            // A plain step holds the thread while it runs: those that wait are started before it.
            order.sort_by_key(|&step| self.scope.holds_thread(step));
            let (left, size) = (ours("left", batch), order.len());
            futures.extend(ours!(let mut #left = #size;));
            let mut batch_polls = TokenStream::new();
            for step in order {
                let (made, polled) = self.step(step);
                futures.extend(made);
                batch_polls.extend(polled);
            }
            let nothing = if self.undoes {
                ours!(break '__batches)
            } else {
                ours!(return #facade::__private::Poll::Pending)
            };
            polls.extend(ours! {
                if #left > 0 {
                    #batch_polls
                    if #left == #size {
                        #nothing;
                    }
                }
            });
        }
        let left = self.batches.clone().map(|batch| ours("left", batch));
        let ready = if fallible {
            ours!(::core::result::Result::Ok(()))
        } else {
            ours!(())
        };
        let left: Vec<Ident> = left.collect();
        let (failure, polls) = if self.undoes {
            self.stopping(&polls)
        } else {
            (TokenStream::new(), polls)
        };
        let polled = ours! {
            #facade::__private::poll_fn(|__cx| {
                #polls
                if #(#left == 0)&&* {
                    #facade::__private::Poll::Ready(#ready)
                } else {
                    #facade::__private::Poll::Pending
                }
            }).await
        };
        let polled = if fallible {
            ours! {
                if let ::core::result::Result::Err(__failure) = #polled {
                    return ::core::result::Result::Err(__failure);
                }
            }
        } else {
            ours!(#polled;)
        };
        ours! {
            #places
            {
                #shared
                #futures
                #failure
                #polled
            }
        }
    }

    /// The places of the outputs, which outlive the futures that borrow from them; and what lends them.
    fn places(&self) -> (TokenStream, TokenStream) {
        let mut places = TokenStream::new();
        let mut shared = TokenStream::new();
        for &value in &self.produced {
            let place = ours("place", value);
            places.extend(ours!(let mut #place = ::core::option::Option::None;));
            let unique = ours("unique", value);
            if self.passing(value) == Passing::Shared {
                let name = self.name(value);
                shared.extend(ours! {
                    let mut #unique = ::core::option::Option::Some(&mut #place);
                    let mut #name = ::core::option::Option::None;
                });
            } else {
                shared.extend(ours!(let #unique = &mut #place;));
            }
        }
        (places, shared)
    }

    /// Values from outside of the stage that are counted in it.
    fn counted_from_outside(&self) -> TokenStream {
        let passing = self.passing.iter();
        let counted = passing
            .filter(|&(&value, &passing)| passing == Passing::Counted && !self.is_within(value));
        let counted = counted.map(|(&value, _)| {
            let (place, name) = (ours("place", value), self.name(value));
            ours!(let #place = ::std::sync::Arc::new(#name);)
        });
        counted.collect()
    }

    /// A step: what is made for it before the first poll, and how it is polled.
    fn step(&self, step: usize) -> (TokenStream, TokenStream) {
        let (scope, facade) = (self.scope, &self.scope.model.facade);
        let (run, place) = (run_ident(), plan::place(scope.model, step));
        let (future, done) = (ours("future", step), ours("done", step));
        if self.undoes {
            return self.stopping_step(step);
        }
        let prelude = scope.prelude(step);
        let escape = |failure: TokenStream| ours!(return #facade::__private::Poll::Ready(::core::result::Result::Err(#failure)));
        let value = scope.unwrapped(step, &ours!(__value), escape);
        let stored = self.store(step);
        let left = ours("left", scope.layout.batch_of(step));
        let finish = ours! {
            let __value = #value;
            #stored
            #done = true;
            #left -= 1;
        };
        let poll = |pinned: TokenStream| {
            ours! {
                if let #facade::__private::Poll::Ready(__value) = #run.poll(#place, #pinned, __cx) {
                    #finish
                }
            }
        };

        let Some(waiting) = self.waiting(step) else {
            let inputs = self.inputs(step, false);
            let made = self.first(step, &inputs);
            let made = ours! {
                #prelude
                let mut #done = false;
                let mut #future = #facade::__private::pin!(#made);
            };
            let poll = poll(ours!(#future.as_mut()));
            return (made, ours!(if !#done { #poll }));
        };
        let (inputs, before) = (&waiting.inputs, &waiting.inputs.before);
        if scope.is_async(step) {
            let call = self.call(step, inputs);
            let made = ours! {
                #prelude
                #before
                let mut #done = false;
                let mut #future = #facade::__private::pin!(::core::option::Option::None);
            };
            let start =
                waiting.when_ready(&ours!(#future.set(::core::option::Option::Some(#call));));
            let poll = poll(ours!(__pinned));
            let polls = ours! {
                if !#done {
                    if #future.as_mut().as_pin_mut().is_none() {
                        #start
                    }
                    if let ::core::option::Option::Some(__pinned) = #future.as_mut().as_pin_mut() {
                        #poll
                    }
                }
            };
            (made, polls)
        } else {
            let call = scope.call(step, &inputs.arguments);
            let made = ours! {
                #prelude
                #before
                let mut #done = false;
            };
            let start = waiting.when_ready(&ours! {
                #run.enter(#place);
                let __value = #call;
                #run.leave(#place);
                #finish
            });
            (made, ours!(if !#done { #start }))
        }
    }

    /// The future of a step that need not wait.
    fn first(&self, step: usize, inputs: &Inputs) -> TokenStream {
        if !inputs.counted {
            return future_of(self.scope, step);
        }
        let (before, call) = (&inputs.before, self.call(step, inputs));
        ours! {{
            #before
            #call
        }}
    }

    /// The future of a step, out of its inputs.
    fn call(&self, step: usize, inputs: &Inputs) -> TokenStream {
        let call = self.scope.call(step, &inputs.arguments);
        match (inputs.counted, self.scope.is_async(step)) {
            // It owns its counts, and drops them when it is done.
            (true, true) => ours!(async move { #call.await }),
            (true, false) => ours!(async move { #call }),
            // What panics must be caught, so this one is polled too.
            (false, false) if self.undoes => ours!(async move { #call }),
            (false, _) => call,
        }
    }

    /// Puts the outputs of a step, in the local `value`, where they belong.
    fn store(&self, step: usize) -> TokenStream {
        let outputs = &self.scope.model.steps[step].outputs;
        let parts: Vec<Ident> = outputs.iter().map(|&value| ours("value", value)).collect();
        let shape = self
            .scope
            .model
            .function_of(step)
            .map(|output| &output.shape);
        let taken = match (shape, &parts[..]) {
            (_, []) => ours!(let _ = __value;),
            (Some(Shape::Named(_)), parts) => ours!(let (#(#parts,)*) = __value;),
            (_, parts) => ours!(#(let #parts = __value;)*),
        };
        let stored = outputs.iter().zip(&parts).map(|(&value, part)| {
            let unique = ours("unique", value);
            match self.passing(value) {
                Passing::Shared => {
                    let name = self.name(value);
                    ours! {
                        #name = #unique
                            .take()
                            .map(|__unique: &mut ::core::option::Option<_>| &*__unique.insert(#part));
                    }
                }
                Passing::Counted => {
                    ours!(*#unique = ::core::option::Option::Some(::std::sync::Arc::new(#part));)
                }
                Passing::Kept | Passing::Moved => {
                    ours!(*#unique = ::core::option::Option::Some(#part);)
                }
            }
        });
        ours!(#taken #(#stored)*)
    }

    /// How a step waits, if it does.
    fn waiting(&self, step: usize) -> Option<Waiting> {
        let waits = self.waits_for(step);
        if waits.is_empty() {
            return None;
        }
        let inputs = self.inputs(step, true);
        // An input that is there says that its step is done.
        let waits = waits
            .iter()
            .filter(|step| inputs.unique || !inputs.seen.contains(step));
        let done = waits.map(|&step| ours("done", step)).collect();
        Some(Waiting { inputs, done })
    }

    /// The steps of the stage that a step waits for.
    fn waits_for(&self, step: usize) -> Vec<usize> {
        let dependencies = self.scope.layout.dependencies(step).iter().copied();
        dependencies.filter(|&on| self.has(on)).collect()
    }

    /// How the values that are read in this stage pass within it.
    fn pass(&self) -> BTreeMap<usize, Passing> {
        let mut passing = BTreeMap::new();
        let reads = self
            .steps
            .iter()
            .flat_map(|&step| &self.scope.model.steps[step].reads);
        for (value, how) in reads.filter_map(|read| Some((read.value?, read.how))) {
            let passes = passing.entry(value).or_insert(Passing::Kept);
            *passes = match (*passes, how) {
                (Passing::Kept, How::Move) => Passing::Moved,
                (Passing::Kept, _) => Passing::Shared,
                (Passing::Shared, How::Move) if self.owns(value) => Passing::Counted,
                (Passing::Moved, how) if how != How::Move && self.owns(value) => Passing::Counted,
                (passes, _) => passes,
            };
        }
        passing
    }

    /// Whether a value itself passes here, and not a reference, which is copied.
    fn owns(&self, value: usize) -> bool {
        self.is_within(value) || self.scope.held[value] == Held::Owned
    }

    /// How a value passes within this stage.
    fn passing(&self, value: usize) -> Passing {
        self.passing.get(&value).copied().unwrap_or(Passing::Kept)
    }

    fn has(&self, step: usize) -> bool {
        self.batches.contains(&self.scope.layout.batch_of(step))
    }

    /// Whether the stage itself produces a value.
    fn is_within(&self, value: usize) -> bool {
        self.scope.model.values[value]
            .producer
            .is_some_and(|step| self.has(step))
    }

    /// The word that declares a value.
    fn name(&self, value: usize) -> &'m Ident {
        &self.scope.model.values[value].name
    }
}
