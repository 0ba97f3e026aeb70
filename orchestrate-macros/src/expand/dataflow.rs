//! A stage of several batches: a step starts as soon as its own inputs are there.
//!
//! All the futures of the stage stand in the frame of the run. A step whose inputs the stage itself produces gets its
//! future when they are there: each output has a place in the frame, which is written once through a unique borrow that
//! becomes a shared one. So readers hold plain references, and there is no cell, no lock and no allocation.
//!
//! One shape cannot be borrowed so: a value that some steps of a stage read and a later step of the same stage moves. It is
//! counted (`Arc`) while the stage runs: each reader drops its count when it is done, and the one that moves it takes it out.
//!
//! The stage is polled batch by batch, and a batch of which nothing is done ends the poll: nothing after it can have
//! started, because every step depends on one of the batch before its own. A step that completes is seen by its readers
//! in the same poll, since they stand in later batches.

use core::ops::Range;

use proc_macro2::TokenStream;

use super::{
    join::future_of,
    plan,
    scope::{Held, Scope, ours, run as run_ident},
};
use crate::model::{How, Read};

pub(super) fn dataflow(scope: &mut Scope<'_>, stage: Range<usize>) -> TokenStream {
    let facade = scope.model.facade.clone();
    let steps: Vec<usize> = stage
        .clone()
        .flat_map(|batch| scope.layout.batch(batch))
        .copied()
        .collect();
    let produced: Vec<usize> = steps
        .iter()
        .flat_map(|&step| scope.model.steps[step].outputs.clone())
        .collect();
    let fallible = steps.iter().any(|&step| scope.is_fallible(step));

    // The places of the outputs outlive the futures that borrow from them.
    let places: TokenStream = produced
        .iter()
        .map(|&value| {
            let place = ours("place", value);
            ours!(let mut #place = ::core::option::Option::None;)
        })
        .collect();
    let shared: TokenStream = produced
        .iter()
        .filter(|&&value| is_shared(scope, &stage, value))
        .map(|&value| {
            let (place, unique, name) = (
                ours("place", value),
                ours("unique", value),
                &scope.model.values[value].name,
            );
            ours! {
                let mut #unique = ::core::option::Option::Some(&mut #place);
                let mut #name = ::core::option::Option::None;
            }
        })
        .collect();
    let mut futures = TokenStream::new();
    let mut batches = TokenStream::new();
    for batch in stage.clone() {
        let mut order = scope.layout.batch(batch).to_vec();
        order.sort_by_key(|&step| !scope.is_async(step));
        let (left, size) = (ours("left", batch), order.len());
        futures.extend(ours!(let mut #left = #size;));
        let mut polls = TokenStream::new();
        for step in order {
            let (made, polled) = step_of(scope, &stage, step);
            futures.extend(made);
            polls.extend(polled);
        }
        batches.extend(ours! {
            if #left > 0 {
                #polls
                if #left == #size {
                    return #facade::__private::Poll::Pending;
                }
            }
        });
    }
    let left = stage.clone().map(|batch| ours("left", batch));
    let ready = if fallible {
        ours!(::core::result::Result::Ok(()))
    } else {
        ours!(())
    };
    let polled = ours! {
        #facade::__private::poll_fn(|cx| {
            #batches
            if #(#left == 0)&&* {
                #facade::__private::Poll::Ready(#ready)
            } else {
                #facade::__private::Poll::Pending
            }
        }).await
    };
    let polled = if fallible {
        ours! {
            if let ::core::result::Result::Err(failure) = #polled {
                return ::core::result::Result::Err(failure);
            }
        }
    } else {
        ours!(#polled;)
    };
    let kept = keep(scope, &stage, &steps, &produced);
    ours! {
        #places
        {
            #shared
            #futures
            #polled
        }
        #kept
    }
}

/// After the stage, what is still needed of it: as its own where it is to be moved, and borrowed where it is not.
fn keep(
    scope: &mut Scope<'_>,
    stage: &Range<usize>,
    steps: &[usize],
    produced: &[usize],
) -> TokenStream {
    let facade = scope.model.facade.clone();
    for &step in steps {
        scope.consume(step);
    }
    let last = stage.end - 1;
    let mut kept = TokenStream::new();
    for &value in produced {
        if is_moved_within(scope, stage, value) || !scope.is_needed_after(value, last) {
            continue;
        }
        let (place, binding) = (ours("place", value), scope.binding(value));
        let moved_later = scope
            .model
            .readers(value)
            .any(|(_, read)| read.how == How::Move);
        let read_later = scope
            .model
            .readers(value)
            .any(|(step, _)| scope.layout.batch_of(step) > last);
        // One output may borrow from another: what is only read is left where it is.
        if read_later && !moved_later && !scope.model.is_left(value) {
            scope.held[value] = Held::Borrowed;
            kept.extend(ours!(let #binding = #facade::__private::produced(#place.as_ref());));
        } else {
            scope.held[value] = Held::Owned;
            kept.extend(ours!(let #binding = #facade::__private::produced(#place);));
        }
    }
    kept
}

/// A step of the stage: what is made for it before the first poll, and how it is polled.
fn step_of(scope: &Scope<'_>, stage: &Range<usize>, step: usize) -> (TokenStream, TokenStream) {
    let facade = &scope.model.facade;
    let run = run_ident();
    let (future, done, place) = (
        ours("future", step),
        ours("done", step),
        plan::place(scope.model, step),
    );
    let prelude = scope.prelude(step);
    let escape = |failure: TokenStream| ours!(return #facade::__private::Poll::Ready(#failure));
    let value = scope.unwrapped(step, &ours!(value), escape);
    let stored = store(scope, stage, step);
    let left = ours("left", scope.layout.batch_of(step));
    let finish = ours! {
        #stored
        #done = true;
        #left -= 1;
    };
    let poll = ours! {
        if let ::core::option::Option::Some(polled) = #future.as_mut().as_pin_mut() {
            if let #facade::__private::Poll::Ready(value) = #run.poll(#place, polled, cx) {
                let value = #value;
                // What the future still holds goes as soon as it is done.
                #future.set(::core::option::Option::None);
                #finish
            }
        }
    };

    let waits = waits_for(scope, stage, step);
    if waits.is_empty() {
        let made = future_of(scope, step);
        let made = ours! {
            #prelude
            let mut #done = false;
            let mut #future = #facade::__private::pin!(::core::option::Option::Some(#made));
        };
        return (made, ours!(if !#done { #poll }));
    }

    let Start {
        before,
        ready,
        patterns,
        values,
        arguments,
    } = start(scope, stage, step);
    let call = scope.call(step, &arguments);
    let waits = waits.iter().map(|&step| ours("done", step));
    let waiting = ours!(#(#waits)&&*);
    // All of these are there once the steps that produce them are done.
    let with_inputs = |inner: TokenStream| {
        if patterns.is_empty() {
            return inner;
        }
        ours! {
            if let (#(::core::option::Option::Some(#patterns),)*) = (#(#values,)*) {
                #inner
            }
        }
    };
    let ready = ours!(#waiting #ready);
    if scope.is_async(step) {
        let started = with_inputs(ours!(#future.set(::core::option::Option::Some(#call));));
        let made = ours! {
            #prelude
            #before
            let mut #done = false;
            let mut #future = #facade::__private::pin!(::core::option::Option::None);
        };
        let polls = ours! {
            if !#done {
                if #future.is_none() && #ready {
                    #started
                }
                #poll
            }
        };
        (made, polls)
    } else {
        let called = with_inputs(ours! {
            #run.enter(#place);
            let value = #call;
            #run.leave(#place);
            let value = #value;
            #finish
        });
        let made = ours! {
            #prelude
            #before
            let mut #done = false;
        };
        (made, ours!(if !#done && #ready { #called }))
    }
}

/// How a step that waits gets its inputs.
struct Start {
    /// What is taken from outside of the stage, before its first poll.
    before: TokenStream,
    /// More that must hold before it starts.
    ready: TokenStream,
    /// The inputs as they are when it starts.
    patterns: Vec<TokenStream>,
    values: Vec<TokenStream>,
    arguments: Vec<TokenStream>,
}

fn start(scope: &Scope<'_>, stage: &Range<usize>, step: usize) -> Start {
    let mut start = Start {
        before: TokenStream::new(),
        ready: TokenStream::new(),
        patterns: Vec::new(),
        values: Vec::new(),
        arguments: Vec::new(),
    };
    for (position, read) in scope.model.steps[step].reads.iter().enumerate() {
        let argument = proc_macro2::Ident::new(
            &format!("argument_{step}_{position}"),
            super::at(read.name.span()),
        );
        let name = read.name;
        match read.value {
            None => {
                start.arguments.push(scope.context(step));
                continue;
            }
            Some(value) if is_within(scope, stage, value) => {
                let place = ours("place", value);
                start.patterns.push(ours!(#argument));
                if read.how == How::Move {
                    start.values.push(ours!(#place.take()));
                } else {
                    start.values.push(ours!(#name));
                }
                start.arguments.push(if read.how == How::Copy {
                    ours!(*#argument)
                } else {
                    ours!(#argument)
                });
            }
            Some(_) => {
                let outer = scope.read(read);
                if is_copied(scope, read) {
                    start.before.extend(ours!(let #argument = #outer;));
                    start.arguments.push(ours!(#argument));
                } else {
                    // What is moved can only be given away once, and the poll that does so is one of many.
                    start
                        .before
                        .extend(ours!(let mut #argument = ::core::option::Option::Some(#outer);));
                    start.patterns.push(ours!(#argument));
                    start.values.push(ours!(#argument.take()));
                    start.arguments.push(ours!(#argument));
                }
            }
        }
    }
    start
}

/// Puts the outputs of a step, in the local `value`, where they belong.
fn store(scope: &Scope<'_>, stage: &Range<usize>, step: usize) -> TokenStream {
    let outputs = &scope.model.steps[step].outputs;
    if outputs.is_empty() {
        return ours!(let _ = value;);
    }
    let parts: Vec<_> = outputs.iter().map(|&value| ours("value", value)).collect();
    let is_named = matches!(
        scope.model.function_of(step).map(|output| &output.shape),
        Some(crate::syntax::Shape::Named(_))
    );
    let taken = if is_named {
        ours!(let (#(#parts,)*) = value;)
    } else {
        ours!(#(let #parts = value;)*)
    };
    let stored = outputs.iter().zip(&parts).map(|(&value, part)| {
        let (place, unique, name) = (ours("place", value), ours("unique", value), &scope.model.values[value].name);
        if is_shared(scope, stage, value) {
            ours! {
                #name = #unique.take().map(|unique: &mut ::core::option::Option<_>| &*unique.insert(#part));
            }
        } else {
            ours!(#place = ::core::option::Option::Some(#part);)
        }
    });
    ours!(#taken #(#stored)*)
}

/// The steps of the stage that a step waits for.
fn waits_for(scope: &Scope<'_>, stage: &Range<usize>, step: usize) -> Vec<usize> {
    let dependencies = scope.layout.dependencies(step).iter().copied();
    dependencies
        .filter(|&on| stage.contains(&scope.layout.batch_of(on)))
        .collect()
}

/// Whether the stage itself produces a value.
fn is_within(scope: &Scope<'_>, stage: &Range<usize>, value: usize) -> bool {
    scope.model.values[value]
        .producer
        .is_some_and(|step| stage.contains(&scope.layout.batch_of(step)))
}

/// Whether a step of the stage reads a value of the stage by reference.
fn is_shared(scope: &Scope<'_>, stage: &Range<usize>, value: usize) -> bool {
    scope
        .model
        .readers(value)
        .any(|(step, read)| read.how != How::Move && stage.contains(&scope.layout.batch_of(step)))
}

/// Whether a step of the stage takes a value of the stage.
fn is_moved_within(scope: &Scope<'_>, stage: &Range<usize>, value: usize) -> bool {
    scope
        .model
        .readers(value)
        .any(|(step, read)| read.how == How::Move && stage.contains(&scope.layout.batch_of(step)))
}

/// Whether a read from outside of the stage is a shared reference, which can be had as often as one likes.
fn is_copied(scope: &Scope<'_>, read: &Read<'_>) -> bool {
    let Some(value) = read.value else { return true };
    match scope.held[value] {
        Held::Owned => read.how == How::Share,
        Held::Borrowed => true,
        Held::Reference(mutable) => !mutable,
        Held::Not => false,
    }
}
