//! A strand as a future: step by step, each after what it waits for; and the functions that large ones are made of.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::{Sight, Woven};
use crate::{
    expand::{
        at,
        helper::Helper,
        join,
        scope::{Scope, context, ours},
        stage,
        strands::row,
        wide::WIDE,
    },
    model::How,
    syntax::Shape,
};

/// How many steps of a strand are in one function, where the stage is large.
const PART: usize = 32;

/// A function of some of the steps, and what it is given beside what they read from outside of the stage.
pub(in super::super) struct Function<'m> {
    pub(in super::super) helper: Helper<'m>,
    params: TokenStream,
    arguments: TokenStream,
    returns: TokenStream,
}

impl Function<'_> {
    /// Adds it to the functions of a scope. How it is called.
    pub(in super::super) fn finish(self, scope: &mut Scope<'_>, body: &TokenStream) -> TokenStream {
        let Self {
            mut helper,
            params,
            arguments,
            returns,
        } = self;
        let inner = core::mem::take(&mut helper.scope.helpers);
        scope.helpers.extend(inner);
        scope
            .helpers
            .extend(helper.function(&params, &returns, body));
        helper.call(&arguments)
    }
}

impl Woven {
    /// A function of steps of the stage, called where this is seen. `part_of`: the strand of which they are a part; otherwise
    /// they are whole strands.
    pub(in super::super) fn helper<'m>(
        &self,
        scope: &Scope<'m>,
        name: &str,
        steps: &[usize],
        sight: &Sight,
        part_of: Option<usize>,
    ) -> Function<'m> {
        let facade = &scope.model.facade;
        let weave = self.weave_type(scope);
        let mut params = ours!(__strands: &#weave,);
        let strands = sight.strands();
        let mut arguments = ours!(#strands,);
        let mut own = vec![false; self.strands.len()];
        if let Some(strand) = part_of {
            own[strand] = true;
            let row = self.row_type(scope, strand);
            params.extend(ours!(__writer: &mut #facade::__private::Writer<'_, #row>,));
            arguments.extend(ours!(&mut __writer,));
        } else {
            for strand in steps.iter().filter_map(|&step| self.strand_of[step]) {
                if !core::mem::replace(&mut own[strand], true) {
                    let (slots, row) = (ours("slots", strand), self.row_type(scope, strand));
                    params.extend(ours!(#slots: &#facade::__private::Slots<#row>,));
                    let seen = sight.row(strand);
                    arguments.extend(ours!(&#seen,));
                }
            }
        }
        let waits = steps.iter().flat_map(|&step| self.waits_for(scope, step));
        let others: BTreeSet<usize> = waits
            .filter(|&slot| !own[self.slots[slot].strand])
            .collect();
        for slot in others {
            let (name, ty) = (ours("slot", slot), self.slots[slot].ty(scope));
            let seen = self.slot(slot, sight);
            params.extend(ours!(#name: &#ty,));
            arguments.extend(ours!(#seen,));
        }
        let returns = if join::is_fallible(scope, steps) {
            let error = &scope.model.outcome.error;
            ours!(::core::result::Result<(), #facade::Failure<#error>>)
        } else {
            ours!(())
        };
        Function {
            helper: Helper::new(scope, name, steps, &self.order, None),
            params,
            arguments,
            returns,
        }
    }

    /// A strand as a future, made where this is seen.
    pub(in super::super) fn strand(
        &self,
        scope: &mut Scope<'_>,
        strand: usize,
        sight: &Sight,
    ) -> TokenStream {
        let steps = &self.strands[strand];
        let is_apart = self.order.len() > WIDE && steps.len() > 2;
        if is_apart && steps.len() <= PART {
            let name = format!("__strand_{}_{strand}", self.batches.start);
            let function = self.helper(scope, &name, steps, sight, None);
            let inner = Sight::rows(strand..strand + 1);
            let body = self.writes(&function.helper.scope, strand, &inner, |sight| {
                let step = |&step| self.step(&function.helper.scope, step, sight);
                steps.iter().map(step).collect()
            });
            return function.finish(scope, &body);
        }
        let body = if is_apart {
            let inner = sight.of(strand);
            let mut parts = TokenStream::new();
            for (part, steps) in steps.chunks(PART).enumerate() {
                let call = self.part(scope, strand, part, steps, &inner);
                let called = join::values(&ours!(#call.await), join::is_fallible(scope, steps));
                parts.extend(ours!(#called;));
            }
            self.writes(scope, strand, sight, |_| parts)
        } else {
            self.writes(scope, strand, sight, |sight| {
                let step = |&step| self.step(scope, step, sight);
                steps.iter().map(step).collect()
            })
        };
        ours!(async { #body })
    }

    /// A strand, as what its one writer does.
    fn writes(
        &self,
        scope: &Scope<'_>,
        strand: usize,
        sight: &Sight,
        steps: impl FnOnce(&Sight) -> TokenStream,
    ) -> TokenStream {
        let (facade, slots) = (&scope.model.facade, sight.row(strand));
        let steps = steps(&sight.of(strand));
        let end = join::is_fallible(scope, &self.strands[strand]).then(|| {
            let error = &scope.model.outcome.error;
            ours!(::core::result::Result::<(), #facade::Failure<#error>>::Ok(()))
        });
        ours! {
            let mut __writer = #slots.claim();
            #steps
            #end
        }
    }

    /// Steps of a strand in a function, as a future.
    fn part(
        &self,
        scope: &mut Scope<'_>,
        strand: usize,
        part: usize,
        steps: &[usize],
        sight: &Sight,
    ) -> TokenStream {
        let name = format!("__strand_{}_{strand}_{part}", self.batches.start);
        let function = self.helper(scope, &name, steps, sight, Some(strand));
        let inner = Sight::rows(0..0).of(strand);
        let mut body = TokenStream::new();
        for &step in steps {
            body.extend(self.step(&function.helper.scope, step, &inner));
        }
        if join::is_fallible(scope, steps) {
            body.extend(ours!(::core::result::Result::Ok(())));
        }
        function.finish(scope, &body)
    }

    /// A step of a strand: it waits, it runs, and what it produces is there for others.
    fn step(&self, scope: &Scope<'_>, step: usize, sight: &Sight) -> TokenStream {
        let (model, facade) = (scope.model, &scope.model.facade);
        let strand = self.strand_of[step].unwrap_or_default();
        let strands = sight.strands();
        let waits = self.waits_for(scope, step);
        let name = at(model.steps[step].syntax.name.span());
        let wait = (!waits.is_empty() || scope.holds_thread(step)).then(|| {
            let slots = waits.iter().map(|&slot| self.slot(slot, sight));
            let given = waits.iter().map(|&slot| {
                if self.slots[slot].is_read {
                    let given = ours("given", slot);
                    ours!(#given)
                } else {
                    ours!(())
                }
            });
            let (slots, given) = (row::nested(slots.collect()), row::nested(given.collect()));
            let wait = if scope.holds_thread(step) {
                ours!(WaitLast)
            } else {
                ours!(Wait)
            };
            let wait = ours!(#facade::__private::#wait::new(#strands, #strand, #slots));
            // What must not be waited for on another thread is told of at the step that reads it.
            let waited = quote_spanned!(name=> #wait.await);
            ours!(let #given = #waited;)
        });
        let (inputs, arguments) = self.arguments(scope, step);
        let prelude = scope.prelude(step);
        let call = scope.call(step, &arguments);
        let (called, returned) = stage::called(scope, step, &call, false);
        let value = scope.unwrapped(
            step,
            &returned,
            |failure| ours!(return ::core::result::Result::Err(#failure)),
        );
        let stored = self.stored(scope, step);
        let after = self.after(scope, step);
        let told =
            (!after.is_empty()).then(|| ours!(#facade::__private::tell(#strands, &[#(#after),*]);));
        ours! {
            #wait
            #inputs
            #prelude
            #called
            let __value = #value;
            #stored
            #told
        }
    }

    /// Puts the outputs of a step, in the local `value`, in their slots.
    fn stored(&self, scope: &Scope<'_>, step: usize) -> TokenStream {
        let outputs = &scope.model.steps[step].outputs;
        let parts: Vec<Ident> = outputs.iter().map(|&value| ours("value", value)).collect();
        let shape = scope.model.function_of(step).map(|output| &output.shape);
        let taken = match (shape, &parts[..]) {
            (_, []) => ours!(let _ = __value;),
            (Some(Shape::Named(_)), parts) => ours!(let (#(#parts,)*) = __value;),
            (_, parts) => ours!(#(let #parts = __value;)*),
        };
        let stored = self.slots_of(step).map(|slot| {
            let place = self.place(slot);
            let part = self.slots[slot].value.map_or_else(
                || ours!(()),
                |value| {
                    let part = ours("value", value);
                    ours!(#part)
                },
            );
            ours!(#place.put(#part);)
        });
        ours!(#taken #(#stored)*)
    }

    /// The other strands in which somebody waits for a step.
    fn after(&self, scope: &Scope<'_>, step: usize) -> Vec<usize> {
        let own = self.strand_of[step];
        let after = scope.layout.dependents(step).iter();
        let after = after.filter(|&&step| self.strand_of[step] != own);
        let after: BTreeSet<usize> = after.filter_map(|&step| self.strand_of[step]).collect();
        after.into_iter().collect()
    }

    /// What a step gets of the stage, by name, and its arguments.
    fn arguments(&self, scope: &Scope<'_>, step: usize) -> (TokenStream, Vec<TokenStream>) {
        let model = scope.model;
        let mut inputs = TokenStream::new();
        let mut arguments = Vec::new();
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
            let Some(slot) = self.slot_of[value] else {
                arguments.push(scope.read(read));
                continue;
            };
            let given = ours("given", slot);
            let given = ours!(#given);
            let input = if read.how == How::Copy {
                ours!(*#given)
            } else {
                model.values[value].wrap.lend(&given)
            };
            // Shown at the reader's word: it is what a mismatch of types is about.
            let name = Ident::new(&format!("__input_{step}_{position}"), at(read.name.span()));
            inputs.extend(ours!(let #name = #input;));
            arguments.push(ours!(#name));
        }
        (inputs, arguments)
    }

    /// The slots that a step waits for: of what it reads, and one of each other step that it comes after.
    fn waits_for(&self, scope: &Scope<'_>, step: usize) -> Vec<usize> {
        let reads = scope.model.steps[step].reads.iter();
        let mut slots: Vec<usize> = Vec::new();
        for slot in reads.filter_map(|read| self.slot_of[read.value?]) {
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
        for &on in scope.layout.dependencies(step) {
            let is_read = slots.iter().any(|&slot| self.slots[slot].step == on);
            if !is_read {
                slots.extend(self.slots_of(on).next());
            }
        }
        slots
    }
}
