//! The functions of steps, as who calls them sees them.

use std::collections::HashSet;

use orchestrate_plan::Kind;
use proc_macro2::{Span, TokenStream};

use super::values::Values;
use crate::{
    model::Model,
    syntax::{Work, plain},
};

pub(super) fn functions(model: &Model<'_>) -> TokenStream {
    let values = Values::new(model);
    let mut names = HashSet::new();
    let steps = model.steps.iter().enumerate();
    // Of two steps with one name, which is a mistake, the first is kept.
    let steps = steps.filter(|(_, step)| names.insert(plain(&step.function)));
    steps
        .filter_map(|(index, _)| function(&values, index))
        .collect()
}

fn function(values: &Values<'_>, index: usize) -> Option<TokenStream> {
    let step = &values.model.steps[index];
    let Work::Function { params, output, .. } = &step.syntax.work else {
        return None;
    };
    let (attributes, vis, name) = (&step.syntax.attributes, &step.syntax.vis, &step.function);
    let params = params.iter().enumerate().map(|(position, param)| {
        // The user's word declares the value where it is produced, and nothing here.
        let mut name = param.name.clone();
        name.set_span(Span::mixed_site());
        let ty = values.read(index, position);
        let ty = ty.unwrap_or_else(|| ours!(impl ::core::marker::Sized));
        ours!(#name: #ty)
    });
    let facade = &values.model.facade;
    let question = (step.syntax.kind == Kind::Human).then(|| ours!(#facade::Question));
    let returns = question.as_ref().or(output.returns.as_ref());
    let arrow = returns.map(|ty| ours!(-> #ty));
    let asynchronous = (step.syntax.kind != Kind::Plain).then(|| ours!(async));
    let doc = super::super::functions::doc(step.syntax);
    Some(ours! {
        #doc
        #(#attributes)*
        #vis #asynchronous fn #name(#(#params),*) #arrow { loop {} }
    })
}
