//! A wide stage of one batch: its steps in groups, each a function, of which only those are polled that were woken.
//!
//! A step that is woken among a thousand must not cost a poll of the others. So each has a waker of its own, that says
//! which of the branches it is; and what they say is kept in one place for the stage, which is all that it allocates. Where
//! there are few steps, polling them all is cheaper.

use proc_macro2::{Ident, TokenStream};

use super::{
    functions,
    helper::Helper,
    join, parts,
    scope::{Scope, ours},
};
use crate::syntax::Shape;

/// A stage of more steps than this is wide; one of several batches is large. A smaller one polls all of them faster.
pub(super) const WIDE: usize = 128;

/// How many steps there are in a group: as many as one word tells apart.
pub(super) const GROUP: usize = 32;

/// Whether a stage of these steps is expanded so.
pub(super) fn is_wide(scope: &Scope<'_>, steps: &[usize]) -> bool {
    steps.len() > WIDE && steps.iter().all(|&step| parts::is_nameable(scope, step))
}

/// A stage of one batch.
pub(super) fn wide(scope: &mut Scope<'_>, steps: &[usize]) -> TokenStream {
    let batch = scope.layout.batch_of(steps[0]);
    let order = join::order(scope, steps);
    let mut groups = Groups::new(order.len());
    let mut patterns = TokenStream::new();
    for (index, group) in order.chunks(GROUP).enumerate() {
        let call = member(scope, batch, index, order.len(), group);
        groups.add(scope, index, group, &call);
        patterns.extend(join::patterns(scope, group));
        patterns.extend(ours!(,));
    }
    join::produced(scope, steps);
    let joined = groups.joined(scope);
    ours!(let (#patterns) = #joined;)
}

/// The groups of a large stage, polled where they were woken.
pub(super) struct Groups {
    /// How many branches there are.
    count: usize,
    /// Whether they are strands, and not steps.
    are_strands: bool,
    branches: TokenStream,
    arms: TokenStream,
    names: Vec<Ident>,
    is_fallible: bool,
}

impl Groups {
    /// Of this many steps.
    fn new(count: usize) -> Self {
        Self {
            count,
            are_strands: false,
            branches: TokenStream::new(),
            arms: TokenStream::new(),
            names: Vec::new(),
            is_fallible: false,
        }
    }

    /// Of this many strands.
    pub(super) fn woven(count: usize) -> Self {
        Self {
            are_strands: true,
            ..Self::new(count)
        }
    }

    /// One more, which is this future.
    pub(super) fn add(
        &mut self,
        scope: &Scope<'_>,
        index: usize,
        steps: &[usize],
        future: &TokenStream,
    ) {
        let branch = ours("group", index);
        let pinned = join::branch(scope, &scope.model.syntax.name, future);
        self.branches.extend(ours!(let mut #branch = #pinned;));
        let facade = &scope.model.facade;
        let polled = if join::is_fallible(scope, steps) {
            self.is_fallible = true;
            ours! {
                if let ::core::result::Result::Err(__failure) = #branch.as_mut().try_poll(&mut __left, __cx) {
                    return #facade::__private::Poll::Ready(::core::result::Result::Err(__failure));
                }
            }
        } else {
            ours!(#branch.as_mut().poll(&mut __left, __cx);)
        };
        self.arms.extend(ours!(#index => { #polled }));
        self.names.push(branch);
    }

    /// What they produce, as a tuple; their failure leaves the run.
    pub(super) fn joined(&self, scope: &Scope<'_>) -> TokenStream {
        let facade = &scope.model.facade;
        let Self {
            count,
            are_strands,
            branches,
            arms,
            names,
            is_fallible,
        } = self;
        let groups = names.len();
        let ready = ours!((#(#facade::__private::Branch::taken(&mut #names),)*));
        let ready = if *is_fallible {
            ours!(::core::result::Result::Ok(#ready))
        } else {
            ready
        };
        let wakes = if *are_strands {
            ours!(let __wakes = __stage.0.wakes();)
        } else {
            ours!(let __wakes = &#facade::__private::Wakes::<#groups>::new(#count);)
        };
        let polled = ours! {
            #facade::__private::poll_fn(move |__cx| {
                __wakes.begin(__cx);
                while let ::core::option::Option::Some(__group) = __wakes.next() {
                    match __group {
                        #arms
                        _ => {}
                    }
                }
                if __left > 0 {
                    return #facade::__private::Poll::Pending;
                }
                #facade::__private::Poll::Ready(#ready)
            })
        };
        let awaited = join::awaited(scope, &polled);
        let joined = ours! {
            {
                #wakes
                #branches
                let mut __left = #groups;
                #awaited
            }
        };
        join::values(&joined, *is_fallible)
    }
}

/// What a step gives, as its function returns it and the run would hold it.
pub(super) fn output_type(scope: &Scope<'_>, step: usize) -> TokenStream {
    let model = scope.model;
    let outputs = &model.steps[step].outputs;
    let types: Vec<TokenStream> = outputs
        .iter()
        .map(|&value| functions::held_type(model, value))
        .collect();
    let shape = model.function_of(step).map(|output| &output.shape);
    match (shape, &types[..]) {
        (Some(Shape::Named(_)), types) => ours!((#(#types,)*)),
        (_, []) => ours!(()),
        (_, [ty, ..]) => ty.clone(),
    }
}

/// The future of a group; its function goes to the others of the run.
fn member(
    scope: &mut Scope<'_>,
    batch: usize,
    index: usize,
    count: usize,
    steps: &[usize],
) -> TokenStream {
    let (model, facade) = (scope.model, scope.model.facade.clone());
    let group = Helper::new(
        scope,
        &format!("__group_{batch}_{index}"),
        steps,
        steps,
        None,
    );
    let body = join::joined(&group.scope, steps, steps, Some(index));
    let types = steps.iter().map(|&step| output_type(scope, step));
    let types = ours!((#(#types,)*));
    let returns = if join::is_fallible(scope, steps) {
        let error = &model.outcome.error;
        ours!(::core::result::Result<#types, #facade::Failure<#error>>)
    } else {
        types
    };
    let groups = count.div_ceil(GROUP);
    let function = group.function(
        &ours!(__wakes: &#facade::__private::Wakes<#groups>,),
        &returns,
        &body,
    );
    scope.outside.functions.extend(function);
    group.call(&ours!(__wakes,))
}
