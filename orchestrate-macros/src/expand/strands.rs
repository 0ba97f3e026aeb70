//! A large stage of several batches: its steps in groups, each a function, of which only those are polled that were woken.
//!
//! In a stage that is not large, all that its steps pass on to each other stands in one frame, and they are polled batch by
//! batch. Here each step has a slot that it writes once, which the functions of the groups share; and a step that is done
//! wakes those that wait for it, which start as soon as all their slots are filled.

use core::ops::Range;

use proc_macro2::{Ident, Literal, TokenStream};

use super::{
    at,
    helper::Helper,
    join, parts, plan,
    scope::{Held, Scope, context, ours, run as run_ident},
    wide::{self, GROUP, Groups, WIDE},
};
use crate::{
    model::{How, Read},
    syntax::Shape,
};

/// Whether a stage of these steps is expanded so. What only one step may have cannot be in a slot, from which all take.
pub(super) fn is_large(scope: &Scope<'_>, batches: &Range<usize>, steps: &[usize]) -> bool {
    let model = scope.model;
    let is_shared = |read: &Read<'_>| {
        let is_unique =
            |value: usize| model.values[value].reference == Some(true) || read.how == How::Move;
        !read.value.is_some_and(is_unique)
    };
    batches.len() > 1
        && steps.len() > WIDE
        && steps.iter().all(|&step| {
            parts::is_nameable(scope, step)
                && !scope.splits(step)
                && model.steps[step].reads.iter().all(is_shared)
        })
}

/// Expands such a stage.
pub(super) fn strands(scope: &mut Scope<'_>, batches: Range<usize>) -> TokenStream {
    let large = Large::new(scope, batches);
    let (facade, run) = (scope.model.facade.clone(), run_ident());
    let mut groups = Groups::new(large.order.len());
    let mut slots = TokenStream::new();
    for (index, steps) in large.order.chunks(GROUP).enumerate() {
        let (name, count) = (ours("slots", index), steps.len());
        let new = core::iter::repeat_n(ours!(#facade::__private::Slot::new()), count);
        let ty = large.slots_type(scope, index);
        slots.extend(ours!(let #name: #ty = (#(#new,)*);));
        let call = large.member(scope, index);
        groups.add(scope, index, steps, &call);
    }
    let joined = groups.joined(scope);
    let kept: Vec<usize> = large
        .order
        .iter()
        .copied()
        .filter(|&step| {
            let mut outputs = scope.model.steps[step].outputs.iter();
            // What nobody reads is shown to rustc, which says so.
            outputs.any(|&value| scope.is_needed_after(value, large.batches.end - 1))
        })
        .collect();
    let values = kept.iter().map(|&step| {
        let slot = large.slot(step);
        ours!(#slot.taken())
    });
    let values = ours!((#(#values,)*));
    let patterns = join::patterns(scope, &kept);
    let steps = large.order;
    for &step in &steps {
        scope.consume(step);
    }
    for &value in kept
        .iter()
        .flat_map(|&step| &scope.model.steps[step].outputs)
    {
        scope.held[value] = Held::Owned;
    }
    ours! {
        let #patterns = {
            #slots
            let _ = #joined;
            #run.between();
            #values
        };
    }
}

/// A stage that is being expanded.
struct Large {
    batches: Range<usize>,
    /// The steps, batch by batch: the place of each is its branch.
    order: Vec<usize>,
    /// By step: its branch, if it is of this stage.
    branches: Vec<Option<usize>>,
}

impl Large {
    fn new(scope: &Scope<'_>, batches: Range<usize>) -> Self {
        let mut order = Vec::new();
        for batch in batches.clone() {
            // A plain step holds the thread while it runs: those that wait are started before it.
            order.extend(join::order(scope, scope.layout.batch(batch)));
        }
        let mut branches = vec![None; scope.model.steps.len()];
        for (branch, &step) in order.iter().enumerate() {
            branches[step] = Some(branch);
        }
        Self {
            batches,
            order,
            branches,
        }
    }

    /// The slots of a group, as a type.
    fn slots_type(&self, scope: &Scope<'_>, group: usize) -> TokenStream {
        let facade = &scope.model.facade;
        let steps = self.order.chunks(GROUP).nth(group).unwrap_or_default();
        let types = steps.iter().map(|&step| wide::output_type(scope, step));
        ours!((#(#facade::__private::Slot<#types>,)*))
    }

    /// The slot of a step of the stage.
    fn slot(&self, step: usize) -> TokenStream {
        let branch = self.branches[step].unwrap_or_default();
        let (slots, position) = (
            ours("slots", branch / GROUP),
            Literal::usize_unsuffixed(branch % GROUP),
        );
        ours!(#slots.#position)
    }

    /// The future of a group; its function goes to the others of the run.
    fn member(&self, scope: &mut Scope<'_>, index: usize) -> TokenStream {
        let (model, facade) = (scope.model, scope.model.facade.clone());
        let steps = self.order.chunks(GROUP).nth(index).unwrap_or_default();
        let name = format!("__group_{}_{index}", self.batches.start);
        let group = Helper::new(scope, &name, steps, &self.order, None);
        let run = run_ident();
        let (mut strands, mut polls) = (TokenStream::new(), TokenStream::new());
        for (position, &step) in steps.iter().enumerate() {
            let strand = ours("strand", step);
            let prelude = group.scope.prelude(step);
            strands.extend(ours! {
                #prelude
                let mut #strand = #facade::__private::pin!(#facade::__private::Strand::Waits);
            });
            polls.extend(self.polled(&group.scope, step, position, &strand));
        }
        let (count, groups) = (steps.len(), self.order.len().div_ceil(GROUP));
        let is_fallible = join::is_fallible(scope, steps);
        let (returns, end) = if is_fallible {
            let error = &model.outcome.error;
            (
                ours!(::core::result::Result<(), #facade::Failure<#error>>),
                ours!(__group.end().map(::core::result::Result::Ok)),
            )
        } else {
            (ours!(()), ours!(__group.end()))
        };
        let body = ours! {
            #strands
            let mut __left = #count;
            #facade::__private::poll_fn(|_| {
                let mut __group = #facade::__private::Group::new(#run, __wakes, #index, &mut __left);
                #polls
                #end
            }).await
        };
        let mut params = ours!(__wakes: &#facade::__private::Wakes<#groups>,);
        let mut arguments = ours!(__wakes,);
        for other in self.seen(scope, steps, index) {
            let (slots, ty) = (ours("slots", other), self.slots_type(scope, other));
            params.extend(ours!(#slots: &#ty,));
            arguments.extend(ours!(&#slots,));
        }
        scope
            .helpers
            .extend(group.function(&params, &returns, &body));
        group.call(&arguments)
    }

    /// The groups whose slots the steps of a group see.
    fn seen(&self, scope: &Scope<'_>, steps: &[usize], own: usize) -> Vec<usize> {
        let dependencies = steps
            .iter()
            .flat_map(|&step| scope.layout.dependencies(step));
        let branches = dependencies.filter_map(|&step| self.branches[step]);
        let mut seen: Vec<usize> = branches.map(|branch| branch / GROUP).collect();
        seen.push(own);
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    /// A poll of a step: how it starts, where what it produces goes, and who waits for that.
    fn polled(
        &self,
        scope: &Scope<'_>,
        step: usize,
        position: usize,
        strand: &Ident,
    ) -> TokenStream {
        let facade = &scope.model.facade;
        let (place, slot) = (plan::place(scope.model, step), self.slot(step));
        let start = self.start(scope, step);
        let after = scope.layout.dependents(step).iter();
        let after = after.filter_map(|&step| self.branches[step]);
        let advance = if scope.is_fallible(step) {
            ours!(try_advance)
        } else {
            ours!(advance)
        };
        let advanced = ours! {
            __group.#advance((#place, #position), &mut #strand, || { #start }, &#slot, &[#(#after),*])
        };
        if !scope.is_fallible(step) {
            return ours!(#advanced;);
        }
        let (caught, failure) = scope.failure(step);
        ours! {
            if let ::core::result::Result::Err(#caught) = #advanced {
                return #facade::__private::Poll::Ready(::core::result::Result::Err(#failure));
            }
        }
    }

    /// The future of a step, as soon as all is there that it waits for.
    fn start(&self, scope: &Scope<'_>, step: usize) -> TokenStream {
        let model = scope.model;
        let mut inputs = TokenStream::new();
        let mut arguments = Vec::new();
        let mut seen = Vec::new();
        for (position, read) in model.steps[step].reads.iter().enumerate() {
            let Some(value) = read.value else {
                // What the loop of an option gives is given there.
                arguments.push(if read.how == How::Context {
                    context(step)
                } else {
                    TokenStream::new()
                });
                continue;
            };
            // Shown at the reader's word: it is what a mismatch of types is about.
            let name = Ident::new(&format!("__input_{step}_{position}"), at(read.name.span()));
            let producer = model.values[value].producer;
            let input = match producer.filter(|&step| self.branches[step].is_some()) {
                Some(producer) => {
                    seen.push(producer);
                    let lent = self.lent(scope, producer, value);
                    if read.how == How::Copy {
                        ours!(*#lent)
                    } else {
                        model.values[value].wrap.lend(&lent)
                    }
                }
                None => scope.read(read),
            };
            inputs.extend(ours!(let #name = #input;));
            arguments.push(ours!(#name));
        }
        let waits = scope.layout.dependencies(step).iter();
        let waits = waits.filter(|step| self.branches[**step].is_some() && !seen.contains(step));
        let waits = waits.map(|&step| self.slot(step));
        let call = scope.call(step, &arguments);
        let future = if scope.is_async(step) {
            call
        } else {
            ours!(async move { #call })
        };
        ours! {
            #(#waits.get()?;)*
            #inputs
            ::core::option::Option::Some(#future)
        }
    }

    /// A reference to a value of the stage, once it is there.
    fn lent(&self, scope: &Scope<'_>, producer: usize, value: usize) -> TokenStream {
        let (model, slot) = (scope.model, self.slot(producer));
        let shape = model.function_of(producer).map(|output| &output.shape);
        if matches!(shape, Some(Shape::Named(_))) {
            let outputs = &model.steps[producer].outputs;
            let part = outputs.iter().position(|&output| output == value);
            let part = Literal::usize_unsuffixed(part.unwrap_or_default());
            ours!(&#slot.get()?.#part)
        } else {
            ours!(#slot.get()?)
        }
    }
}
