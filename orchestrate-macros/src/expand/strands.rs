//! A stage of several batches: a step starts as soon as its own inputs are there.
//!
//! Steps that come one after the other are a strand: a future that waits between them, so that the stage has as many futures as
//! steps can run at once, and not as many as it has steps. What a step produces is put in a slot, which those see that read it.
//!
//! The strands of a stage with more steps are functions; where they are many, only those are polled that were woken.

mod before;
mod chains;
mod row;
mod woven;

use core::ops::Range;

use proc_macro2::TokenStream;

use self::woven::Woven;
use super::{
    join, parts,
    scope::{Held, Scope, ours, run as run_ident},
    wide::{Groups, WIDE},
};
use crate::model::How;

/// Whether a stage of these steps is expanded so. What only one step may have cannot be in a slot, from which all take, nor
/// what borrows from the stage.
pub(super) fn is_woven(scope: &Scope<'_>, batches: &Range<usize>, steps: &[usize]) -> bool {
    let model = scope.model;
    let is_within = |value: usize| {
        let producer = model.values[value].producer;
        producer.is_some_and(|step| batches.contains(&scope.layout.batch_of(step)))
    };
    let reads = || {
        let reads = steps.iter().flat_map(|&step| &model.steps[step].reads);
        reads.filter_map(|read| Some((read.value?, read.how)))
    };
    let readers = |value: usize| reads().filter(|&(read, _)| read == value).count();
    batches.len() > 1
        && steps.iter().all(|&step| parts::is_nameable(scope, step))
        && reads().all(|(value, how)| {
            model.values[value].reference != Some(true)
                && (how != How::Move || !is_within(value) && readers(value) == 1)
        })
}

/// Whether it is in functions of its own.
pub(super) fn is_large(scope: &Scope<'_>, batches: &Range<usize>, steps: &[usize]) -> bool {
    steps.len() > WIDE && is_woven(scope, batches, steps)
}

/// Expands such a stage.
pub(super) fn strands(scope: &mut Scope<'_>, batches: Range<usize>) -> TokenStream {
    let run = run_ident();
    let woven = Woven::new(scope, batches);
    let shared = woven.shared(scope);
    let joined = if woven.is_wide() {
        wide(scope, &woven)
    } else {
        joined(scope, &woven)
    };
    let kept = woven.kept(scope);
    let values = woven.taken(scope, &kept);
    let bindings: Vec<TokenStream> = kept.iter().map(|&value| scope.binding(value)).collect();
    for &step in &woven.order {
        scope.consume(step);
    }
    for value in kept {
        scope.held[value] = Held::Owned;
    }
    ours! {
        let (#(#bindings,)*) = {
            #shared
            #joined
            #run.between();
            #values
        };
    }
}

/// All of its strands, which are polled together.
fn joined(scope: &mut Scope<'_>, woven: &Woven) -> TokenStream {
    let facade = scope.model.facade.clone();
    let (mut branches, mut polls) = (TokenStream::new(), TokenStream::new());
    for (strand, steps) in woven.strands.iter().enumerate() {
        let branch = ours("strand", strand);
        let future = woven.strand(scope, strand);
        let pinned = join::pinned(scope, &scope.model.steps[steps[0]].syntax.name, &future);
        branches.extend(ours!(let mut #branch = #pinned;));
        polls.extend(polled(
            scope,
            steps,
            |poll| ours!(__turn.#poll(#strand, #branch.as_mut(), __cx)),
        ));
    }
    let is_fallible = join::is_fallible(scope, &woven.order);
    let ready = ready(is_fallible);
    let joined = ours! {
        #facade::__private::poll_fn(move |__cx| {
            let mut __next = ::core::option::Option::Some(__stage.0.first());
            while let ::core::option::Option::Some(__turn) = __next {
                #polls
                __next = __turn.next();
            }
            if !__stage.0.is_over() {
                return #facade::__private::Poll::Pending;
            }
            #facade::__private::Poll::Ready(#ready)
        })
    };
    let (awaited, split) = (join::awaited(scope, &joined), woven.split(scope));
    let joined = ours! {
        {
            #split
            #branches
            #awaited
        }
    };
    let joined = join::values(&joined, is_fallible);
    ours!(#joined;)
}

/// The same in groups, of which those are polled that were woken.
fn wide(scope: &mut Scope<'_>, woven: &Woven) -> TokenStream {
    let mut groups = Groups::woven(woven.strands.len());
    for (index, strands) in woven.groups().enumerate() {
        let steps = woven.strands[strands.clone()].concat();
        let call = group(scope, woven, index, strands, &steps);
        groups.add(scope, index, &steps, &call);
    }
    let (joined, split) = (groups.joined(scope), woven.split(scope));
    ours! {
        #split
        let _ = #joined;
    }
}

/// The future of a group; its function goes to the others of the run.
fn group(
    scope: &mut Scope<'_>,
    woven: &Woven,
    index: usize,
    strands: Range<usize>,
    steps: &[usize],
) -> TokenStream {
    let facade = scope.model.facade.clone();
    let name = format!("__group_{}_{index}", woven.batches.start);
    let mut group = woven.helper(scope, &name, steps, None);
    let (mut branches, mut polls) = (TokenStream::new(), TokenStream::new());
    for (position, strand) in strands.clone().enumerate() {
        let scope = &mut group.helper.scope;
        let (branch, steps) = (ours("strand", strand), &woven.strands[strand]);
        let future = woven.strand(scope, strand);
        let pinned = join::branch(scope, &scope.model.steps[steps[0]].syntax.name, &future);
        branches.extend(ours!(let mut #branch = #pinned;));
        let polled = polled(
            scope,
            steps,
            |poll| ours!(#branch.as_mut().#poll(&mut __left, __cx)),
        );
        polls.extend(ours! {
            if let ::core::option::Option::Some(__waker) = __woken.waker(#position) {
                let __cx = &mut #facade::__private::TaskContext::from_waker(&__waker);
                #polled
            }
        });
    }
    let is_fallible = join::is_fallible(scope, steps);
    let (ready, count) = (ready(is_fallible), strands.len());
    let body = ours! {
        #branches
        let mut __left = #count;
        #facade::__private::poll_fn(move |_| {
            let __woken = __stage.0.taken(#index);
            #polls
            if __left > 0 {
                return #facade::__private::Poll::Pending;
            }
            #facade::__private::Poll::Ready(#ready)
        }).await
    };
    group.finish(scope, &body)
}

fn ready(is_fallible: bool) -> TokenStream {
    if is_fallible {
        ours!(::core::result::Result::Ok(()))
    } else {
        ours!(())
    }
}

/// A poll of a strand, which ends the stage if it fails. `poll`: one by the method of this name.
fn polled(
    scope: &Scope<'_>,
    steps: &[usize],
    poll: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    if !join::is_fallible(scope, steps) {
        let polled = poll(ours!(poll));
        return ours!(#polled;);
    }
    let (facade, polled) = (&scope.model.facade, poll(ours!(try_poll)));
    ours! {
        if let ::core::result::Result::Err(__failure) = #polled {
            return #facade::__private::Poll::Ready(::core::result::Result::Err(__failure));
        }
    }
}
