//! A step, among the values that it reads.

use orchestrate_plan::Kind;
use proc_macro2::{Ident, Span, TokenStream};

use super::values::Values;
use crate::{
    expand::{
        expressions::{self, Of},
        functions::{meant, value_type},
    },
    model::{How, Model, turbofish},
    syntax::{Expression, Field, Passing, Step, Work, plain},
};

/// What a step reads, its body, and its options.
pub(super) fn step(values: &Values<'_>, index: usize) -> TokenStream {
    let syntax = values.model.steps[index].syntax;
    let after = syntax.options.after.iter().flat_map(|after| &after.steps);
    let after = after.map(|name| after_step(values.model, name));
    let unknown = unknown(values.model, index);
    let (given, work) = (given(values, index), work(values, index));
    let items = syntax.options.each.iter().map(|each| &each.items);
    let options = expressions::all(&syntax.options).into_iter();
    let options = options.map(|(_, expression, of)| option(values, index, expression, of));
    let words = &syntax.options.words;
    let facade = &values.model.facade;
    ours! {
        #(let _ = #facade::__private::options::#words;)*
        #(let _ = #after;)*
        #(let _ = &#unknown;)*
        let _ = |#(#given),*| {
            #(let _ = &#items;)*
            #work
            #(#options)*
        };
    }
}

/// A step that is named by `after`: its function, where it has no output of its name.
fn after_step(model: &Model<'_>, name: &Ident) -> TokenStream {
    let mut steps = model.steps.iter();
    let step = steps.find(|step| plain(&step.syntax.name) == plain(name));
    let step = step.filter(|step| {
        let mut outputs = step.outputs.iter();
        !outputs.any(|&output| plain(&model.values[output].name) == plain(name))
    });
    match step {
        None => ours!(&#name),
        Some(step) => {
            let mut function = step.function.clone();
            function.set_span(name.span());
            ours!(Self::#function)
        }
    }
}

/// The words by which a step reads what nobody knows: what could stand there instead is proposed.
fn unknown<'m>(model: &'m Model<'_>, index: usize) -> impl Iterator<Item = &'m Ident> {
    let reads = model.steps[index].reads.iter();
    let unknown = reads.filter(|read| read.how.is_value() && read.value.is_none());
    unknown.map(|read| read.name)
}

/// What only this step sees: its context, its item, its output of the round before, and what nobody knows.
fn given(values: &Values<'_>, index: usize) -> Vec<TokenStream> {
    let model = values.model;
    let step = &model.steps[index];
    let reads = step.reads.iter().enumerate();
    let mut given: Vec<TokenStream> = reads
        // An item is declared by its option.
        .filter(|(_, read)| read.value.is_none() && read.how != How::Item)
        .map(|(position, read)| {
            let name = read.name;
            let ty = values.read(index, position).or_else(|| {
                let meant = meant(model, name)?;
                Some(value_type(model, read.how, meant, Span::mixed_site()))
            });
            let ty = ty.unwrap_or_else(|| ours!(_));
            ours!(#name: #ty)
        })
        .collect();
    if let Some(each) = &step.syntax.options.each {
        let (name, ty) = (&each.item, values.item(index));
        let ty = ty.unwrap_or_else(|| ours!(_));
        given.push(ours!(#name: #ty));
    }
    given
}

/// The body, or the flow.
fn work(values: &Values<'_>, index: usize) -> TokenStream {
    let step = &values.model.steps[index];
    let reads = step.reads.iter().enumerate();
    let reads = reads.filter_map(|(position, read)| {
        let ty = values.read(index, position)?;
        Some((read.value?, ty))
    });
    match &step.syntax.work {
        Work::Function { output, body, .. } => {
            let uses = uses(values.model, step.syntax, index);
            // The body of a human step makes the question, and not the answer.
            let returns = output.returns.as_ref();
            let returns = returns.filter(|_| step.syntax.kind != Kind::Human);
            let arrow = returns.map(|ty| ours!(-> #ty));
            let asynchronous = !matches!(step.syntax.kind, Kind::Plain | Kind::Human);
            let asynchronous = asynchronous.then(|| ours!(async));
            let code = if arrow.is_none() && step.syntax.kind != Kind::Human {
                ours!(-> () { #uses #body })
            } else {
                ours!(#arrow { #uses #body })
            };
            values.reader(reads, &code, asynchronous.as_ref())
        }
        Work::Flow { path, fields } => {
            let path = turbofish(path);
            let fields = fields.iter().map(field);
            values.reader(reads, &ours!({ #path { #(#fields),* } }), None)
        }
    }
}

/// The words of a step's list of inputs, as uses of what they name, and the types that are written there.
fn uses(model: &Model<'_>, syntax: &Step, index: usize) -> TokenStream {
    let reads = model.steps[index].reads.iter();
    let known = reads.filter(|read| read.value.is_some() || read.how == How::Item);
    let known = known.map(|read| read.name);
    let Work::Function { params, .. } = &syntax.work else {
        return TokenStream::new();
    };
    let written = params.iter().filter_map(|param| param.ty.as_ref());
    ours!(let _ = (#(&#known,)*); #(let _: #written;)*)
}

/// A field of a flow, as in a struct literal.
fn field(field: &Field) -> TokenStream {
    let (name, value) = (&field.name, &field.value);
    match field.passing {
        Passing::Reference => ours!(#name: &#value),
        _ if field.is_short => ours!(#name),
        _ => ours!(#name: #value),
    }
}

/// The expression of an option.
fn option(values: &Values<'_>, index: usize, expression: &Expression, of: Of) -> TokenStream {
    let (model, tokens) = (values.model, &expression.tokens);
    let facade = &model.facade;
    let seen = values.of_option(index, tokens, of).into_iter();
    // Seen by the user's tokens, since it is made for them.
    let error = Ident::new("error", Span::call_site());
    let error = match of {
        Of::Returned | Of::Value => Some(ours!(#facade::StepFailure)),
        Of::Retry => Some(expressions::error_type(model, index)),
        _ => None,
    }
    .map(|ty| ours!(#error: &#ty));
    let is_async = matches!(
        of,
        Of::Condition | Of::Until | Of::Returned | Of::Value | Of::Rollback
    );
    let asynchronous = is_async.then(|| ours!(async));
    let reader = values.reader(seen, &ours!({ #tokens }), asynchronous.as_ref());
    ours! {
        let _ = |#error| {
            #reader
        };
    }
}
