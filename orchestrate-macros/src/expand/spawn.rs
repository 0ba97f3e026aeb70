//! Steps that run apart from the run (`spawn`, `blocking`), and the values that they read.
//!
//! What such a step reads, it cannot borrow of the run: so the run holds a count of it (`Counted`), in the local or the place
//! in which it would hold the value, and the step gets a count of its own (`Lent`). A step that does not run apart gets
//! a reference to what is counted, which it reads as it would read the value. Who takes the value over waits until nobody
//! else has a count: that is at once, unless a body goes on after its time-out.
//!
//! So a reference to a count goes the same ways as one to the value, and only where a step is called it makes a difference.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::{at, scope::ours};
use crate::{
    model::{How, Model, Read},
    syntax::Shape,
};

/// An input of the workflow, in a local of its own.
pub(super) fn input(model: &Model<'_>, index: usize) -> TokenStream {
    let (facade, name) = (&model.facade, &model.syntax.inputs[index].name);
    if is_counted(model, index) {
        ours!(let #name = #facade::__private::Counted::new(self.#name);)
    } else {
        ours!(let #name = self.#name;)
    }
}

/// What a step produces, with a count of what is counted.
pub(super) fn counted(model: &Model<'_>, step: usize, produced: &TokenStream) -> TokenStream {
    let outputs = &model.steps[step].outputs;
    if !outputs.iter().any(|&output| is_counted(model, output)) {
        return produced.clone();
    }
    let facade = &model.facade;
    let count = |part: &TokenStream| ours!(#facade::__private::Counted::new(#part));
    let shape = model.function_of(step).map(|output| &output.shape);
    let Some(Shape::Named(_)) = shape else {
        return count(produced);
    };
    let parts: Vec<Ident> = (0..outputs.len()).map(|part| ours("part", part)).collect();
    let counts = outputs.iter().zip(&parts).map(|(&output, part)| {
        if is_counted(model, output) {
            count(&ours!(#part))
        } else {
            ours!(#part)
        }
    });
    ours! {{
        let (#(#parts,)*) = #produced;
        (#(#counts,)*)
    }}
}

/// What a step reads as it takes it, where it does not run apart: out of what the run gives to it.
pub(super) fn read(model: &Model<'_>, read: &Read<'_>, given: &TokenStream) -> TokenStream {
    let Some(value) = read.value.filter(|&value| is_counted(model, value)) else {
        return given.clone();
    };
    let span = read.name.span();
    match read.how {
        How::Share => lent(model, value, &quote_spanned!(span=> &**#given)),
        How::CopyCounted => quote_spanned!(span=> **#given),
        _ => given.clone(),
    }
}

/// What a reader gets, out of a reference to a value that is counted.
pub(super) fn lent(model: &Model<'_>, value: usize, reference: &TokenStream) -> TokenStream {
    model.values[value].wrap.uncounted().lend(reference)
}

/// A count for a step that runs apart. What cannot be shared with it is told of at its word.
pub(super) fn lend(model: &Model<'_>, read: &Read<'_>, given: &TokenStream) -> TokenStream {
    let span = at(read.name.span());
    let facade = model.facade_at(read.name.span());
    quote_spanned!(span=> #facade::__private::Counted::lend(#given))
}

/// What the last expression owns, out of its count.
pub(super) fn left(model: &Model<'_>) -> TokenStream {
    let facade = &model.facade;
    let values = model.values.iter().enumerate();
    let left = values.filter(|&(value, _)| {
        let is_moved = model.readers(value).any(|(_, read)| read.how == How::Move);
        is_counted(model, value) && model.is_left(value) && !is_moved
    });
    left.map(|(_, value)| {
        let name = &value.name;
        ours! {
            let #name = #facade::__private::Counted::taken(#name).await;
            let _ = &#name;
        }
    })
    .collect()
}

pub(super) fn is_counted(model: &Model<'_>, value: usize) -> bool {
    model.values[value].wrap.counted
}
