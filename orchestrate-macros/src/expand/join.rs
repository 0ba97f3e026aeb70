//! A stage of one batch: its steps start together, and the stage is over when the last of them is.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{
    at, plan,
    scope::{Held, Scope, ours, run as run_ident},
    spawn,
};

pub(super) fn join(scope: &mut Scope<'_>, steps: &[usize]) -> TokenStream {
    let order = order(scope, steps);
    let joined = joined(scope, &order, steps, None);
    let patterns = patterns(scope, steps);
    produced(scope, steps);
    let values = values(&joined, is_fallible(scope, steps));
    ours!(let #patterns = #values;)
}

/// What several steps have produced; where they can fail, their failure leaves the run.
pub(super) fn values(joined: &TokenStream, is_fallible: bool) -> TokenStream {
    if !is_fallible {
        return joined.clone();
    }
    ours! {
        match #joined {
            ::core::result::Result::Ok(__values) => __values,
            ::core::result::Result::Err(__failure) => return ::core::result::Result::Err(__failure),
        }
    }
}

/// A plain step holds the thread while it runs: those that wait are started before it.
pub(super) fn order(scope: &Scope<'_>, steps: &[usize]) -> Vec<usize> {
    let mut order = steps.to_vec();
    order.sort_by_key(|&step| scope.holds_thread(step));
    order
}

/// What steps produce, in the user's words.
pub(super) fn patterns(scope: &Scope<'_>, steps: &[usize]) -> TokenStream {
    let patterns = steps.iter().map(|&step| scope.pattern(step));
    ours!((#(#patterns,)*))
}

/// From here on the run holds what these steps have produced, and not what they have moved.
pub(super) fn produced(scope: &mut Scope<'_>, steps: &[usize]) {
    for &step in steps {
        scope.consume(step);
        for &value in &scope.model.steps[step].outputs {
            scope.held[value] = Held::Owned;
        }
    }
}

pub(super) fn is_fallible(scope: &Scope<'_>, steps: &[usize]) -> bool {
    steps.iter().any(|&step| scope.is_fallible(step))
}

/// What steps produce, as a tuple, or as a `Result` with one: started in this order. `group`: which of a wide stage they
/// are; then only those are polled that were woken.
pub(super) fn joined(
    scope: &Scope<'_>,
    order: &[usize],
    steps: &[usize],
    group: Option<usize>,
) -> TokenStream {
    let facade = &scope.model.facade;
    let mut branches = TokenStream::new();
    let mut polls = TokenStream::new();
    for (position, &step) in order.iter().enumerate() {
        let branch = ours("branch", step);
        let prelude = scope.prelude(step);
        let pinned = self::branch(
            scope,
            &scope.model.steps[step].syntax.name,
            &future_of(scope, step),
        );
        branches.extend(ours!(#prelude let mut #branch = #pinned;));
        polls.extend(polled(scope, step, &branch, group.map(|_| position)));
    }
    let values = steps.iter().map(|&step| value(scope, step));
    let ready = ours!((#(#values,)*));
    let ready = if is_fallible(scope, steps) {
        ours!(::core::result::Result::Ok(#ready))
    } else {
        ready
    };
    let (count, woken) = (
        steps.len(),
        group.map(|group| ours!(let __woken = __wakes.taken(#group);)),
    );
    let joined = ours! {
        #facade::__private::poll_fn(move |__cx| {
            #woken
            #polls
            if __left > 0 {
                return #facade::__private::Poll::Pending;
            }
            #facade::__private::Poll::Ready(#ready)
        })
    };
    let joined = awaited(scope, &joined);
    ours! {
        {
            #branches
            let mut __left = #count;
            #joined
        }
    }
}

/// The place of a branch, as [`pinned`].
pub(super) fn branch(scope: &Scope<'_>, name: &Ident, future: &TokenStream) -> TokenStream {
    let facade = scope.model.facade_at(name.span());
    let branch = quote_spanned!(at(name.span())=> #facade::__private::Branch::new(#future));
    pinned(scope, name, &branch)
}

/// The place of a future. What is wrong with keeping there what it produces is shown at this name: of its step, or of the
/// workflow, where it is more than one step.
pub(super) fn pinned(scope: &Scope<'_>, name: &Ident, future: &TokenStream) -> TokenStream {
    let name = name.span();
    let facade = scope.model.facade_at(name);
    quote_spanned!(at(name)=> #facade::__private::pin!(#future))
}

/// The wait for a stage. What must not be kept meanwhile is told of at the name of the workflow, and not at all of it.
pub(super) fn awaited(scope: &Scope<'_>, future: &TokenStream) -> TokenStream {
    let name = scope.model.syntax.name.span();
    quote_spanned!(at(name)=> #future.await)
}

/// A poll of a branch; `position`: which one of a group it is, where only those are polled that were woken.
fn polled(scope: &Scope<'_>, step: usize, branch: &Ident, position: Option<usize>) -> TokenStream {
    let facade = &scope.model.facade;
    let (run, place) = (run_ident(), plan::place(scope.model, step));
    let by = position.map_or_else(|| ours!(__cx), |position| ours!(__woken, #position));
    let join = match (scope.is_fallible(step), position) {
        (false, None) => ours!(join),
        (false, Some(_)) => ours!(join_woken),
        (true, None) => ours!(try_join),
        (true, Some(_)) => ours!(try_join_woken),
    };
    let polled = ours!(#run.#join(#place, &mut #branch, &mut __left, #by));
    if !scope.is_fallible(step) {
        return ours!(#polled;);
    }
    let (caught, failure) = scope.failure(step);
    ours! {
        if let ::core::result::Result::Err(#caught) = #polled {
            return #facade::__private::Poll::Ready(::core::result::Result::Err(#failure));
        }
    }
}

/// What a step has produced, as the run holds it.
fn value(scope: &Scope<'_>, step: usize) -> TokenStream {
    let (facade, branch) = (&scope.model.facade, ours("branch", step));
    let taken = ours!(#facade::__private::Branch::taken(&mut #branch));
    if scope.splits(step) {
        let split = if scope.is_fallible(step) {
            scope.split(step)
        } else {
            ours!(__value)
        };
        let value = spawn::counted(scope.model, step, &split);
        ours!({ let __value = #taken; #value })
    } else {
        taken
    }
}

/// The future of a step; a plain one is made into one, so that it runs when its turn comes.
pub(super) fn future_of(scope: &Scope<'_>, step: usize) -> TokenStream {
    let arguments = scope.arguments(step);
    if scope.is_async(step) {
        return scope.call(step, &arguments);
    }
    // Each input is taken, and passed on, where it is named, and not somewhere in a block: an error about it is shown there.
    let reads = scope.model.steps[step].reads.iter().enumerate();
    let inputs: Vec<_> = reads
        .map(|(position, read)| Ident::new(&format!("__input_{position}"), at(read.name.span())))
        .collect();
    let call = scope.call(
        step,
        &inputs
            .iter()
            .map(ToTokens::to_token_stream)
            .collect::<Vec<_>>(),
    );
    ours! {{
        #(let #inputs = #arguments;)*
        async move { #call }
    }}
}
