//! A strand as a future: step by step, each after what it waits for; and the functions that large ones are made of.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{Waits, Woven, imports, writer};
use crate::{
    expand::{
        at,
        helper::Helper,
        join,
        scope::{Scope, context, ours},
        stage,
        strands::row,
        wide::{GROUP, WIDE},
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
        let imports = imports(helper.scope.model);
        let function = helper.function(&params, &returns, &ours!(#imports #body));
        scope.outside.take(&mut helper.scope.outside);
        scope.outside.functions.extend(function);
        helper.call(&arguments)
    }
}

impl Woven {
    /// A function of steps of the stage. `part_of`: the strand of which they are a part; otherwise they are whole strands.
    pub(in super::super) fn helper<'m>(
        &self,
        scope: &mut Scope<'m>,
        name: &str,
        steps: &[usize],
        part_of: Option<usize>,
    ) -> Function<'m> {
        let (model, facade) = (scope.model, &scope.model.facade);
        let stage = scope.outside.stage(self.batches.start, || self.ty(model));
        let mut params = ours!(__stage: &#stage,);
        let mut arguments = ours!(__stage,);
        if let Some(strand) = part_of {
            let row = self.row_type(model, strand);
            params.extend(ours!(__writer: &mut #facade::__private::Writer<'_, #row>,));
            arguments.extend(ours!(&mut __writer,));
        } else {
            let strands = steps.iter().filter_map(|&step| self.strand_of[step]);
            for strand in strands.collect::<BTreeSet<usize>>() {
                let (writer, row) = (writer(strand), self.row_type(model, strand));
                params.extend(ours!(#writer: #facade::__private::Writer<'_, #row>,));
                arguments.extend(ours!(#writer,));
            }
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

    /// A strand as a future.
    pub(in super::super) fn strand(&self, scope: &mut Scope<'_>, strand: usize) -> TokenStream {
        let model = scope.model;
        let steps = &self.strands[strand];
        let is_apart = self.order.len() > WIDE && steps.len() > 2;
        let all_of = |scope: &Scope<'_>| -> TokenStream {
            let steps = steps.iter().map(|&step| self.step(scope, step));
            steps.collect()
        };
        if is_apart && steps.len() <= PART {
            let name = format!("__strand_{}_{strand}", self.batches.start);
            let function = self.helper(scope, &name, steps, None);
            let inner = &function.helper.scope;
            let body = self.writes(inner, strand, &all_of(inner));
            return function.finish(scope, &body);
        }
        let steps = if is_apart {
            let mut parts = TokenStream::new();
            for (part, steps) in steps.chunks(PART).enumerate() {
                let call = self.part(scope, strand, part, steps);
                let called = join::values(&ours!(#call.await), join::is_fallible(scope, steps));
                parts.extend(ours!(#called;));
            }
            parts
        } else {
            all_of(scope)
        };
        let body = self.writes(scope, strand, &steps);
        // What must not be kept in it is told of at the name of the workflow: it is of several steps.
        quote_spanned!(at(model.syntax.name.span())=> async { #body })
    }

    /// A strand, as what its one writer does.
    fn writes(&self, scope: &Scope<'_>, strand: usize, steps: &TokenStream) -> TokenStream {
        let (facade, writer) = (&scope.model.facade, writer(strand));
        let end = join::is_fallible(scope, &self.strands[strand]).then(|| {
            let error = &scope.model.outcome.error;
            ours!(::core::result::Result::<(), #facade::Failure<#error>>::Ok(()))
        });
        ours! {
            let mut __writer = #writer;
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
    ) -> TokenStream {
        let name = format!("__strand_{}_{strand}_{part}", self.batches.start);
        let function = self.helper(scope, &name, steps, Some(strand));
        let mut body = TokenStream::new();
        for &step in steps {
            body.extend(self.step(&function.helper.scope, step));
        }
        if join::is_fallible(scope, steps) {
            body.extend(ours!(::core::result::Result::Ok(())));
        }
        function.finish(scope, &body)
    }

    /// A step of a strand: it waits, it runs, and what it produces is there for others.
    fn step(&self, scope: &Scope<'_>, step: usize) -> TokenStream {
        let model = scope.model;
        let strand = self.strand_of[step].unwrap_or_default();
        let (steps, Waits { late, early }) = (&self.strands[strand], &self.waits[step]);
        let name = at(model.steps[step].syntax.name.span());
        // Its second step waits, at the latest: after that the stage has opened.
        let is_later = steps.iter().skip(2).any(|&later| later == step);
        let has_turn = is_later || steps.first() == Some(&step);
        let wait = (!late.is_empty() || !has_turn || scope.holds_thread(step)).then(|| {
            let has_early = !early.is_empty();
            let [late, early] = [late, early].map(|steps| self.marks(steps, strand));
            let waited = if has_early {
                ours!(__WithEarly(#late, #early))
            } else {
                late
            };
            let strand = Literal::usize_unsuffixed(strand);
            if scope.holds_thread(step) {
                let wait = ours!(__WaitLast::new(&__stage.0, #strand, #waited));
                // What must not be waited for on another thread is told of at the step that reads it.
                return quote_spanned!(name=> #wait.await;);
            }
            let paused = quote_spanned!(name=> __Pause::new().await);
            let waits = if is_later {
                ours!(__waits)
            } else {
                ours!(__waits_first)
            };
            ours!(while #waits(&__stage.0, #strand, &#waited) { #paused; })
        });
        let (seen, arguments) = self.arguments(scope, step);
        let prelude = scope.prelude(step);
        let call = scope.call(step, &arguments);
        let (called, returned) = stage::called(scope, step, &call, false);
        let value = scope.unwrapped(
            step,
            &returned,
            |failure| ours!(return ::core::result::Result::Err(#failure)),
        );
        let stored = self.stored(scope, step);
        let told = self.told_of(scope, step).into_iter();
        let told = told.map(|((is_early, word), bits)| {
            let bits = Literal::u32_unsuffixed(bits);
            let word = Literal::usize_unsuffixed(word);
            let tell = if is_early {
                ours!(__tell_early)
            } else {
                ours!(__tell)
            };
            ours!(#tell(&__stage.0, #word, #bits);)
        });
        ours! {
            #wait
            #seen
            #prelude
            #called
            let __value = #value;
            #stored
            #(#told)*
        }
    }

    /// Puts the outputs of a step, in the local `value`, in their slots.
    fn stored(&self, scope: &Scope<'_>, step: usize) -> TokenStream {
        let outputs = &scope.model.steps[step].outputs;
        let slots: Vec<usize> = self.slots_of(step).collect();
        let shape = scope.model.function_of(step).map(|output| &output.shape);
        let (taken, parts) = match shape {
            _ if outputs.is_empty() => (Some(ours!(let _ = __value;)), vec![ours!(())]),
            Some(Shape::Named(_)) => {
                let parts: Vec<TokenStream> = slots
                    .iter()
                    .map(|&slot| ours("value", slot).into_token_stream())
                    .collect();
                (Some(ours!(let (#(#parts,)*) = __value;)), parts)
            }
            _ => (None, vec![ours!(__value)]),
        };
        let places = slots.iter().map(|&slot| self.place(slot));
        ours!(#taken #(#places.put(#parts);)*)
    }

    /// The other strands in which somebody waits for a step: a bit for each, by whether it is early for them, and by word. Who
    /// waits for one that comes after this step as well is told of that.
    fn told_of(&self, scope: &Scope<'_>, step: usize) -> BTreeMap<(bool, usize), u32> {
        let mut words = BTreeMap::new();
        for &dependent in scope.layout.dependents(step) {
            let Some(strand) = self.strand_of[dependent] else {
                continue;
            };
            let Waits { late, early } = &self.waits[dependent];
            for (is_early, steps) in [(false, late), (true, early)] {
                if steps.contains(&step) {
                    *words.entry((is_early, strand / GROUP)).or_default() |= 1 << (strand % GROUP);
                }
            }
        }
        words
    }

    /// What a step is called with, and what is to be done before. Where the call is in a loop or a closure, what it reads is
    /// looked up before that.
    fn arguments(&self, scope: &Scope<'_>, step: usize) -> (TokenStream, Vec<TokenStream>) {
        let model = scope.model;
        let writes = self.strand_of[step].unwrap_or_default();
        let is_apart = scope.is_guarded(step);
        let (mut lookups, mut arguments) = (TokenStream::new(), Vec::new());
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
            // Shown at the reader's word: it is what a mismatch of types is about.
            let span = at(read.name.span());
            let slot = self.slot(slot, writes, span);
            let mut seen = quote_spanned!(span=> #slot.seen());
            if is_apart {
                let name = Ident::new(&format!("__seen_{position}"), span);
                lookups.extend(ours!(let #name = #seen;));
                seen = name.into_token_stream();
            }
            arguments.push(if read.how == How::Copy {
                ours!(*#seen)
            } else {
                model.values[value].wrap.lend(&seen)
            });
        }
        (lookups, arguments)
    }

    /// The slots by which these steps are seen to be done, as references. `writes`: as in [`slot`](Self::slot).
    fn marks(&self, steps: &[usize], writes: usize) -> TokenStream {
        let slots = steps.iter().filter_map(|&step| self.slots_of(step).next());
        let slots = slots.map(|slot| {
            let slot = self.slot(slot, writes, Span::mixed_site());
            ours!(&#slot)
        });
        row::nested(slots.collect())
    }
}
