//! A stage of one batch: its steps start together, and the stage is over when the last of them is.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::{
    plan,
    scope::{Held, Scope, ours, run as run_ident},
};

pub(super) fn join(scope: &mut Scope<'_>, steps: &[usize]) -> TokenStream {
    let facade = scope.model.facade.clone();
    let run = run_ident();
    // A plain step holds the thread while it runs: those that wait are started before it.
    let mut order = steps.to_vec();
    order.sort_by_key(|&step| scope.holds_thread(step));

    let mut futures = TokenStream::new();
    let mut outputs = TokenStream::new();
    let mut polls = TokenStream::new();
    let fallible = steps.iter().any(|&step| scope.is_fallible(step));
    for &step in &order {
        let (future, output, place) = (
            ours("future", step),
            ours("output", step),
            plan::place(scope.model, step),
        );
        let prelude = scope.prelude(step);
        let made = future_of(scope, step);
        futures.extend(ours! {
            #prelude
            let mut #future = #facade::__private::pin!(#made);
        });
        outputs.extend(ours!(let mut #output = ::core::option::Option::None;));
        let value = scope.unwrapped(
            step,
            &ours!(__value),
            |failure| ours!(return #facade::__private::Poll::Ready(::core::result::Result::Err(#failure))),
        );
        polls.extend(ours! {
            if #output.is_none() {
                match #run.poll(#place, #future.as_mut(), __cx) {
                    #facade::__private::Poll::Ready(__value) => #output = ::core::option::Option::Some(#value),
                    #facade::__private::Poll::Pending => __pending = true,
                }
            }
        });
    }
    let taken = steps.iter().map(|&step| ours("output", step));
    let taken = ours!((#(#taken.take(),)*));
    let values: Vec<_> = steps.iter().map(|&step| ours("value", step)).collect();
    let ready = ours!((#(#values,)*));
    let ready = if fallible {
        ours!(::core::result::Result::Ok(#ready))
    } else {
        ready
    };
    let patterns = steps.iter().map(|&step| scope.pattern(step));
    let patterns = ours!((#(#patterns,)*));
    let joined = ours! {
        {
            #futures
            #outputs
            #facade::__private::poll_fn(move |__cx| {
                let mut __pending = false;
                #polls
                if __pending {
                    return #facade::__private::Poll::Pending;
                }
                // Nothing is pending, so all of them are there.
                match #taken {
                    (#(::core::option::Option::Some(#values),)*) => #facade::__private::Poll::Ready(#ready),
                    _ => #facade::__private::Poll::Pending,
                }
            }).await
        }
    };
    for &step in steps {
        scope.consume(step);
        for &value in &scope.model.steps[step].outputs {
            scope.held[value] = Held::Owned;
        }
    }
    if fallible {
        ours! {
            let #patterns = match #joined {
                ::core::result::Result::Ok(__values) => __values,
                ::core::result::Result::Err(__failure) => return ::core::result::Result::Err(__failure),
            };
        }
    } else {
        ours!(let #patterns = #joined;)
    }
}

/// The future of a step; a plain one is made into one, so that it runs when its turn comes.
pub(super) fn future_of(scope: &Scope<'_>, step: usize) -> TokenStream {
    let arguments = scope.arguments(step);
    if scope.is_async(step) {
        return scope.call(step, &arguments);
    }
    // Each input is taken where it is named, and not somewhere in a block: an error about it is shown there.
    let inputs: Vec<_> = (0..arguments.len())
        .map(|position| ours("input", position))
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
