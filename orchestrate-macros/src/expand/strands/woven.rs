//! The strands of a stage, and what a step of one sees of the others.

mod steps;

use core::ops::Range;
use std::collections::{BTreeSet, HashSet};

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::{before::Before, chains::chains, row};
use crate::{
    expand::{
        at, functions, join,
        scope::{Scope, ours},
        wide::{GROUP, WIDE},
    },
    model::Model,
};

/// More strands than this are many: where one is woken at a time, 111 that are all polled take three times as long.
const MANY: usize = 64;

/// A stage that is being expanded.
pub(super) struct Woven {
    pub(super) batches: Range<usize>,
    /// All the steps, batch by batch.
    pub(super) order: Vec<usize>,
    pub(super) strands: Vec<Vec<usize>>,
    /// By step: its strand, if it is of this stage.
    strand_of: Vec<Option<usize>>,
    /// By step.
    waits: Vec<Waits>,
    slots: Vec<Slot>,
    /// By value: its slot.
    slot_of: Vec<Option<usize>>,
    /// By strand: its slots.
    rows: Vec<Vec<usize>>,
}

/// The steps of other strands that a step waits for: those that are done last. Once they are done, so is all that it reads.
#[derive(Clone, Default)]
struct Waits {
    /// Of the latest batch of them: done last, as far as is known.
    late: Vec<usize>,
    /// The others.
    early: Vec<usize>,
}

impl Waits {
    fn new(steps: Vec<usize>, batch: impl Fn(usize) -> usize) -> Self {
        let latest = steps.iter().map(|&step| batch(step)).max();
        let (late, early) = steps
            .into_iter()
            .partition(|&step| Some(batch(step)) == latest);
        Self { late, early }
    }
}

/// Where an output is, once it is there; or that a step is done, which has none.
struct Slot {
    step: usize,
    value: Option<usize>,
    strand: usize,
    /// Where it is in the row of that.
    position: usize,
    /// Whether a step of the stage reads it.
    is_read: bool,
}

impl Woven {
    pub(super) fn new(scope: &Scope<'_>, batches: Range<usize>) -> Self {
        let (layout, model) = (scope.layout, scope.model);
        let mut order = Vec::new();
        for batch in batches.clone() {
            // A plain step holds the thread while it runs: those that wait are started before it.
            order.extend(join::order(scope, layout.batch(batch)));
        }
        let before = Before::new(&order, |step| layout.dependencies(step));
        let of_places = |places: &Vec<usize>| places.iter().map(|&place| order[place]).collect();
        let strands = chains(&before).iter().map(of_places).collect::<Vec<_>>();
        let reads = order.iter().flat_map(|&step| &model.steps[step].reads);
        let read: HashSet<usize> = reads.filter_map(|read| read.value).collect();
        let mut woven = Self {
            batches,
            strand_of: vec![None; model.steps.len()],
            waits: vec![Waits::default(); model.steps.len()],
            slots: Vec::new(),
            slot_of: vec![None; model.values.len()],
            rows: vec![Vec::new(); strands.len()],
            order,
            strands,
        };
        for (strand, steps) in woven.strands.iter().enumerate() {
            for &step in steps {
                woven.strand_of[step] = Some(strand);
                let outputs = model.steps[step].outputs.iter().copied().map(Some);
                let none = model.steps[step].outputs.is_empty().then_some(None);
                for value in outputs.chain(none) {
                    let row = &mut woven.rows[strand];
                    woven.slots.push(Slot {
                        step,
                        value,
                        strand,
                        position: row.len(),
                        is_read: value.is_some_and(|value| read.contains(&value)),
                    });
                    let slot = woven.slots.len() - 1;
                    row.push(slot);
                    if let Some(value) = value {
                        woven.slot_of[value] = Some(slot);
                    }
                }
            }
        }
        for (last, &step) in before.last.iter().zip(&woven.order) {
            let last = last.iter().map(|&place| woven.order[place]);
            let others = last.filter(|&on| woven.strand_of[on] != woven.strand_of[step]);
            woven.waits[step] = Waits::new(others.collect(), |on| layout.batch_of(on));
        }
        woven
    }

    /// Whether only those strands are polled that were woken. With fewer, or in a smaller stage, it is cheaper to poll all that
    /// run.
    pub(super) fn is_wide(&self) -> bool {
        self.strands.len() > MANY && self.order.len() > WIDE
    }

    /// The strands that are polled together where they are many.
    pub(super) fn groups(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.strands.len();
        (0..count)
            .step_by(GROUP)
            .map(move |first| first..count.min(first + GROUP))
    }

    /// What the strands share, before anything runs.
    pub(super) fn shared(&self, scope: &Scope<'_>) -> TokenStream {
        let model = scope.model;
        let (ty, weave, count) = (self.ty(model), self.weave_type(model), self.strands.len());
        let (facade, shared, imports) = (&model.facade, shared(scope), imports(model));
        let rows = (0..count).map(|strand| {
            let slots = self.rows[strand].iter().map(|&slot| {
                if self.slots[slot].is_read {
                    ours!(__Slot::new())
                } else {
                    ours!(__Kept::new())
                }
            });
            let slots = row::nested(slots.collect());
            ours!(__Slots::new(#slots))
        });
        let rows = row::nested(rows.collect());
        let starting = self.starting().into_iter().map(Literal::u32_unsuffixed);
        ours! {
            #imports
            #[allow(unused_imports)]
            use #facade::__private::{Kept as __Kept, Slot as __Slot, Slots as __Slots};
            let mut #shared: #ty = (<#weave>::new(#count, [#(#starting),*]), #rows);
        }
    }

    /// The strands that wait for nothing of the stage before their first step: a bit for each, by word.
    fn starting(&self) -> Vec<u32> {
        let mut words = vec![0; self.strands.len().div_ceil(GROUP)];
        for (strand, steps) in self.strands.iter().enumerate() {
            if self.waits[steps[0]].late.is_empty() {
                words[strand / GROUP] |= 1 << (strand % GROUP);
            }
        }
        words
    }

    /// The same as a type.
    fn ty(&self, model: &Model<'_>) -> TokenStream {
        let (facade, weave) = (&model.facade, self.weave_type(model));
        let rows = (0..self.strands.len()).map(|strand| {
            let row = self.row_type(model, strand);
            ours!(#facade::__private::Slots<#row>)
        });
        let rows = row::nested(rows.collect());
        ours!((#weave, #rows))
    }

    /// What all strands see of that, and the writer of each.
    pub(super) fn split(&self, scope: &Scope<'_>) -> TokenStream {
        let (facade, shared) = (&scope.model.facade, shared(scope));
        let writers = row::nested(
            (0..self.strands.len())
                .map(|strand| {
                    let writer = writer(strand);
                    ours!(#writer)
                })
                .collect(),
        );
        ours!(let (__stage, #writers) = #facade::__private::split(&mut #shared);)
    }

    /// What is needed after the stage.
    pub(super) fn kept(&self, scope: &Scope<'_>) -> Vec<usize> {
        let last = self.batches.end - 1;
        let outputs = self
            .order
            .iter()
            .flat_map(|&step| &scope.model.steps[step].outputs);
        let needed = outputs.filter(|&&value| scope.is_needed_after(value, last));
        needed.copied().collect()
    }

    /// These values, once all is done.
    pub(super) fn taken(&self, scope: &Scope<'_>, values: &[usize]) -> TokenStream {
        let shared = shared(scope);
        let slots = values.iter().filter_map(|&value| self.slot_of[value]);
        let slots: Vec<&Slot> = slots.map(|slot| &self.slots[slot]).collect();
        let strands: BTreeSet<usize> = slots.iter().map(|slot| slot.strand).collect();
        let rows = strands.iter().map(|&strand| {
            let (row, slots) = (ours("row", strand), self.slots_field(strand));
            ours!(let #row = #shared #slots.into_row();)
        });
        let values = slots.iter().map(|slot| {
            let (row, field) = (ours("row", slot.strand), self.field(slot));
            ours!(#row #field.taken())
        });
        ours!(#(#rows)* (#(#values,)*))
    }

    /// The slots of a step of the stage.
    fn slots_of(&self, step: usize) -> impl Iterator<Item = usize> {
        let row = self.strand_of[step].map(|strand| &self.rows[strand]);
        let slots = row.into_iter().flatten().copied();
        slots.filter(move |&slot| self.slots[slot].step == step)
    }

    /// The slots of a strand, as a type.
    fn row_type(&self, model: &Model<'_>, strand: usize) -> TokenStream {
        let types = self.rows[strand].iter();
        let types = types.map(|&slot| self.slots[slot].ty(model));
        row::nested(types.collect())
    }

    /// Where a slot is in its row.
    fn field(&self, slot: &Slot) -> TokenStream {
        let path = self.path(slot);
        ours!(#(.#path)*)
    }

    /// The same, field by field.
    fn path(&self, slot: &Slot) -> Vec<Literal> {
        row::path(slot.position, self.rows[slot.strand].len())
    }

    /// Where the writer of its row fills a slot.
    fn place(&self, slot: usize) -> TokenStream {
        let path = self.path(&self.slots[slot]);
        ours!(__writer #(.at::<#path>())*)
    }

    /// A slot, at this place. `writes`: the strand whose writer is there.
    fn slot(&self, slot: usize, writes: usize, span: Span) -> TokenStream {
        let slot = &self.slots[slot];
        let field = self.path(slot);
        if slot.strand == writes {
            return quote_spanned!(span=> __writer.row() #(.#field)*);
        }
        let strand = row::path(slot.strand, self.strands.len());
        quote_spanned!(span=> __stage.1 #(.#strand)* #(.#field)*)
    }

    /// Where the slots of a strand are in what the strands share.
    fn slots_field(&self, strand: usize) -> TokenStream {
        let path = row::path(strand, self.strands.len());
        ours!(.1 #(.#path)*)
    }

    /// What the strands tell each other by, as a type.
    fn weave_type(&self, model: &Model<'_>) -> TokenStream {
        let (facade, count) = (&model.facade, self.strands.len());
        let weave = if self.is_wide() {
            ours!(WideStrands)
        } else {
            ours!(Strands)
        };
        let words = Literal::usize_unsuffixed(count.div_ceil(GROUP));
        ours!(#facade::__private::#weave<#words>)
    }
}

/// What steps call, by short names: rustc and this macro have less to do then.
fn imports(model: &Model<'_>) -> TokenStream {
    let facade = &model.facade;
    ours! {
        #[allow(unused_imports)]
        use #facade::__private::{
            Pause as __Pause, WaitLast as __WaitLast, WithEarly as __WithEarly, tell as __tell, tell_early as __tell_early,
            waits as __waits, waits_first as __waits_first,
        };
    }
}

/// Who writes the slots of a strand.
fn writer(strand: usize) -> Ident {
    ours("writer", strand)
}

/// What the strands share. What must not be kept there while they are awaited is told of at the name of the workflow.
fn shared(scope: &Scope<'_>) -> Ident {
    Ident::new("__shared", at(scope.model.syntax.name.span()))
}

impl Slot {
    /// As a type.
    fn ty(&self, model: &Model<'_>) -> TokenStream {
        let facade = &model.facade;
        let ty = self
            .value
            .map_or_else(|| ours!(()), |value| functions::held_type(model, value));
        if self.is_read {
            ours!(#facade::__private::Slot<#ty>)
        } else {
            ours!(#facade::__private::Kept<#ty>)
        }
    }
}
