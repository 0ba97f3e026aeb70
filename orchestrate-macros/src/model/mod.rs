//! What the names mean: from the tree to values with types, and steps that read them.

mod graph;
mod lifetimes;
mod mentions;
#[cfg(test)]
mod tests;
mod wrap;

use std::{cell::OnceCell, collections::HashMap};

use orchestrate_plan::{Graph, Kind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Generics, Path, Type, spanned::Spanned};

pub(crate) use lifetimes::borrows;
pub(crate) use mentions::{Mentions, names, words};
pub(crate) use wrap::Wrap;

use crate::{
    report::Report,
    syntax::{
        self, Passing, ResultOf, Shape, ValueType, Work, as_reference, is_unit, plain, result_of,
    },
};

/// A workflow, with its names resolved as far as they can be.
pub(crate) struct Model<'s> {
    pub(crate) syntax: &'s syntax::Workflow,
    /// The path to the facade.
    pub(crate) facade: TokenStream,
    /// The generics of the struct: what is written, and a lifetime for every borrow that has none.
    pub(crate) generics: Generics,
    /// The types of the inputs, with those lifetimes.
    pub(crate) input_types: Vec<Type>,
    pub(crate) outcome: Outcome,
    /// Inputs first, then the outputs of each step.
    pub(crate) values: Vec<Value>,
    pub(crate) steps: Vec<Step<'s>>,
    /// Which steps read each value, and with which of their reads, in the order of their declaration.
    readers: Vec<Vec<(usize, usize)>>,
    /// What the planner sees.
    pub(crate) graph: Graph,
    pub(crate) tail: Mentions,
    /// Whether any step has something to undo, once somebody has asked.
    pub(crate) has_undo: OnceCell<bool>,
}

/// What a workflow returns.
pub(crate) struct Outcome {
    /// As written, with its lifetimes named; nothing without `->`.
    pub(crate) returns: Option<Type>,
    pub(crate) fallible: bool,
    pub(crate) output: TokenStream,
    pub(crate) error: TokenStream,
}

/// An input, or an output of a step.
pub(crate) struct Value {
    /// The word that declares it.
    pub(crate) name: Ident,
    /// Its type, as the body of its step produces it; readers get a reference to it.
    pub(crate) ty: TokenStream,
    /// What the options of its step make of that.
    pub(crate) wrap: Wrap,
    /// The step that produces it; none for an input.
    pub(crate) producer: Option<usize>,
    /// An input that is a reference already is passed on as it is: whether it is `&mut`.
    pub(crate) reference: Option<bool>,
    /// Nobody is told that it is not read: it is `()`, or there is no knowing.
    pub(crate) quiet: bool,
}

pub(crate) struct Step<'s> {
    pub(crate) syntax: &'s syntax::Step,
    /// The associated function: the name of the step, unless the workflow needs that itself.
    pub(crate) function: Ident,
    pub(crate) reads: Vec<Read<'s>>,
    /// Indices of values.
    pub(crate) outputs: Vec<usize>,
}

/// One input of a step.
pub(crate) struct Read<'s> {
    /// The word by which it is read.
    pub(crate) name: &'s Ident,
    /// None for what the run itself gives to a step, and for a name that nobody knows.
    pub(crate) value: Option<usize>,
    pub(crate) how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `cx`.
    Context,
    /// `last`: what the step produced when it ran before.
    Last,
    /// The item of a step with `each`.
    Item,
    /// By reference.
    Share,
    /// By value: it is the only reader.
    Move,
    /// By value, as in a struct literal, though others read it too: it had better be `Copy`.
    Copy,
    /// The same out of a value that is counted.
    CopyCounted,
}

impl How {
    /// Whether it is an input or an output: not what the run itself gives to a step.
    pub(crate) const fn is_value(self) -> bool {
        !matches!(self, Self::Context | Self::Last | Self::Item)
    }
}

impl<'s> Model<'s> {
    pub(crate) fn new(workflow: &'s syntax::Workflow, report: &mut Report) -> Self {
        let facade = facade(workflow);
        let lifetimes::Named {
            generics,
            input_types,
            output,
        } = lifetimes::name(workflow, report);
        let outcome = Outcome::new(output, &facade);
        let mut values = values(workflow, &input_types, &facade);
        let tail = Mentions::of(&workflow.tail);
        let mut steps = steps(workflow, &values, &tail);
        count(&mut values, &mut steps);
        let mut readers = vec![Vec::new(); values.len()];
        for (step, model) in steps.iter().enumerate() {
            for (position, read) in model.reads.iter().enumerate() {
                if let Some(value) = read.value {
                    readers[value].push((step, position));
                }
            }
        }
        let graph = graph::graph(workflow, &steps, &values);
        Self {
            syntax: workflow,
            facade,
            generics,
            input_types,
            outcome,
            values,
            steps,
            readers,
            graph,
            tail,
            has_undo: OnceCell::new(),
        }
    }

    /// The path to the facade, for what is asked of something of the user's: an error about that is shown there, and not at
    /// the whole macro.
    pub(crate) fn facade_at(&self, span: Span) -> TokenStream {
        facade_at(self.syntax, span)
    }

    /// The step's function; none for a flow.
    pub(crate) fn function_of(&self, step: usize) -> Option<&syntax::Output> {
        match &self.steps[step].syntax.work {
            Work::Function { output, .. } => Some(output),
            Work::Flow { .. } => None,
        }
    }

    /// The path of the flow that produces a value.
    pub(crate) fn path_of_flow(&self, value: usize) -> Option<&Path> {
        match &self.steps[self.values[value].producer?].syntax.work {
            Work::Flow { path, .. } => Some(path),
            Work::Function { .. } => None,
        }
    }

    /// Whether the last expression has a use for a value.
    pub(crate) fn is_left(&self, value: usize) -> bool {
        self.tail.contains(&plain(&self.values[value].name))
    }

    /// Whether a step or the last expression has a use for a value.
    pub(crate) fn is_used(&self, value: usize) -> bool {
        !self.readers[value].is_empty() || self.is_left(value)
    }

    /// Which steps read a value, in the order of their declaration.
    pub(crate) fn readers(&self, value: usize) -> impl Iterator<Item = (usize, &Read<'s>)> {
        self.readers[value]
            .iter()
            .map(|&(step, read)| (step, &self.steps[step].reads[read]))
    }

    pub(crate) fn kind(&self, step: usize) -> Kind {
        self.steps[step].syntax.kind
    }
}

impl Outcome {
    fn new(returns: Option<Type>, facade: &TokenStream) -> Self {
        let Some(ty) = &returns else {
            return Self {
                returns,
                fallible: false,
                output: quote!(()),
                error: quote!(::core::convert::Infallible),
            };
        };
        let projected = |what: &str| {
            let what = format_ident!("{what}");
            quote!(<#ty as #facade::__private::Outcome>::#what)
        };
        if matches!(ty, Type::Never(_)) {
            return Self {
                fallible: false,
                // The type is not stable by its name; by any other it is.
                output: quote!(<fn() -> #ty as #facade::__private::Returns>::Output),
                error: quote!(::core::convert::Infallible),
                returns,
            };
        }
        let (fallible, output, error) = match result_of(ty) {
            None => (
                false,
                ty.to_token_stream(),
                quote!(::core::convert::Infallible),
            ),
            Some(ResultOf::Both(output, error)) => {
                (true, output.to_token_stream(), error.to_token_stream())
            }
            Some(ResultOf::Value(output)) => (true, output.to_token_stream(), projected("Error")),
            Some(ResultOf::Unsaid) => (true, projected("Output"), projected("Error")),
        };
        Self {
            returns,
            fallible,
            output,
            error,
        }
    }
}

/// The path to the facade.
pub(crate) fn facade(workflow: &syntax::Workflow) -> TokenStream {
    let written = workflow.facade.as_ref();
    written.map_or_else(|| quote!(::orchestrated), ToTokens::to_token_stream)
}

fn facade_at(workflow: &syntax::Workflow, span: Span) -> TokenStream {
    let Some(facade) = &workflow.facade else {
        return quote_spanned!(span=> ::orchestrated);
    };
    let tokens = facade.to_token_stream().into_iter();
    tokens
        .map(|mut token| {
            // A `$crate` means what it means where it was written.
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

fn values(workflow: &syntax::Workflow, input_types: &[Type], facade: &TokenStream) -> Vec<Value> {
    let inputs = workflow
        .inputs
        .iter()
        .zip(input_types)
        .map(|(input, ty)| Value {
            name: input.name.clone(),
            ty: ty.to_token_stream(),
            wrap: Wrap::default(),
            producer: None,
            reference: as_reference(ty).map(|(_, mutable)| mutable),
            quiet: false,
        });
    let mut values: Vec<Value> = inputs.collect();
    for (producer, step) in workflow.steps.iter().enumerate() {
        let value = |name: &Ident, ty: TokenStream, quiet: bool| Value {
            name: name.clone(),
            ty,
            wrap: Wrap::of(&step.options),
            producer: Some(producer),
            reference: None,
            quiet,
        };
        match &step.work {
            Work::Flow { path, .. } => {
                let facade = facade_at(workflow, path.span());
                let ty = quote_spanned!(path.span()=> <#path as #facade::Workflow>::Output);
                values.push(value(&step.name, ty, false));
            }
            Work::Function { output, .. } => match &output.shape {
                Shape::Nothing => {}
                Shape::One(ValueType::Written(ty)) => {
                    // A rejection that fails the run need not be looked at.
                    let quiet = is_unit(ty) || step.kind == Kind::Human && output.fallible;
                    values.push(value(&step.name, ty.to_token_stream(), quiet));
                }
                Shape::One(ValueType::InResult(ty)) => {
                    let ty = quote!(<#ty as #facade::__private::Outcome>::Output);
                    values.push(value(&step.name, ty, true));
                }
                Shape::Named(named) => {
                    values.extend(
                        named
                            .iter()
                            .map(|(name, ty)| value(name, ty.to_token_stream(), is_unit(ty))),
                    );
                }
            },
        }
    }
    values
}

fn steps<'s>(workflow: &'s syntax::Workflow, values: &[Value], tail: &Mentions) -> Vec<Step<'s>> {
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        // The first of two is kept.
        by_name.entry(plain(&value.name)).or_insert(index);
    }
    let names: Vec<String> = workflow
        .steps
        .iter()
        .map(|step| plain(&step.name))
        .collect();
    let readers = count_readers(workflow);
    let mut outputs = vec![Vec::new(); workflow.steps.len()];
    for (index, value) in values.iter().enumerate() {
        if let Some(producer) = value.producer {
            outputs[producer].push(index);
        }
    }
    let mut steps = Vec::new();
    for (step, outputs) in workflow.steps.iter().zip(outputs) {
        let resolve = |name: &Ident| by_name.get(&plain(name)).copied();
        let given = |name: &Ident| given(step, name, resolve(name).is_some());
        let read = |name: &'s Ident, how: How| {
            let how = given(name).unwrap_or(how);
            Read {
                name,
                value: how.is_value().then(|| resolve(name)).flatten(),
                how,
            }
        };
        let reads = match &step.work {
            Work::Function { params, .. } => {
                let read = params.iter().map(|param| {
                    let how = if param.moved.is_some() {
                        How::Move
                    } else {
                        How::Share
                    };
                    read(&param.name, how)
                });
                read.collect()
            }
            Work::Flow { fields, .. } => {
                let again = step.options.again().is_some();
                let after = step.options.after_body();
                let after: Vec<Mentions> = after
                    .map(|expression| Mentions::of(&expression.tokens))
                    .collect();
                let fields = fields.iter().map(|field| {
                    let name = plain(&field.value);
                    let alone = readers.get(&name) == Some(&1)
                        && !tail.contains(&name)
                        && !after.iter().any(|mentions| mentions.contains(&name));
                    let how = match field.passing {
                        Passing::Reference => How::Share,
                        Passing::Move => How::Move,
                        // What is wanted again is not given away.
                        Passing::Plain if alone && !again => How::Move,
                        Passing::Plain => How::Copy,
                    };
                    read(&field.value, how)
                });
                let mut reads: Vec<Read<'s>> = fields.collect();
                // No field need hold all the items.
                if let Some(each) = &step.options.each
                    && !reads
                        .iter()
                        .any(|read| plain(read.name) == plain(&each.items))
                {
                    reads.push(read(&each.items, How::Share));
                }
                reads
            }
        };
        let function = function_name(&step.name, &names);
        steps.push(Step {
            syntax: step,
            function,
            reads,
            outputs,
        });
    }
    steps
}

/// Finds the values that a step reads which runs apart from the run: it cannot borrow them of that, so they are counted.
fn count(values: &mut [Value], steps: &mut [Step<'_>]) {
    for step in &*steps {
        let is_apart = step.syntax.options.apart().is_some();
        if !is_apart || !matches!(step.syntax.work, Work::Function { .. }) {
            continue;
        }
        for read in &step.reads {
            if let (How::Share, Some(value)) = (read.how, read.value)
                && values[value].reference.is_none()
            {
                values[value].wrap.counted = true;
            }
        }
    }
    for read in steps.iter_mut().flat_map(|step| &mut step.reads) {
        if read.how == How::Copy && read.value.is_some_and(|value| values[value].wrap.counted) {
            read.how = How::CopyCounted;
        }
    }
}

/// What the run itself gives to a step under a name. `is_value`: whether it is the name of a value too.
fn given(step: &syntax::Step, name: &Ident, is_value: bool) -> Option<How> {
    let is_function = matches!(step.work, Work::Function { .. });
    if name == "cx" && is_function {
        return Some(How::Context);
    }
    if name == "last" && is_function && (step.options.repeat.is_some() || !is_value) {
        return Some(How::Last);
    }
    let each = step.options.each.as_ref()?;
    (plain(name) == plain(&each.item) && plain(name) != plain(&each.items)).then_some(How::Item)
}

/// How many times each name is read.
fn count_readers(workflow: &syntax::Workflow) -> HashMap<String, usize> {
    let mut readers = HashMap::new();
    for step in &workflow.steps {
        let mut count = |name: &Ident| *readers.entry(plain(name)).or_insert(0) += 1;
        match &step.work {
            Work::Function { params, .. } => params.iter().for_each(|param| count(&param.name)),
            Work::Flow { fields, .. } => fields.iter().for_each(|field| count(&field.value)),
        }
        // The items of a flow need not be in a field.
        if let (Work::Flow { .. }, Some(each)) = (&step.work, &step.options.each) {
            count(&each.items);
        }
    }
    readers
}

/// `run` and `PLAN` belong to the workflow: a step of that name keeps it everywhere but on its function.
fn function_name(step: &Ident, taken: &[String]) -> Ident {
    let word = plain(step);
    if word != "run" && word != "PLAN" {
        return step.clone();
    }
    let mut name = format!("step_{}", word.to_lowercase());
    while taken.contains(&name) {
        name.push('_');
    }
    Ident::new(&name, step.span())
}

/// A path as an expression has it: `Workflow::<T>`, whether it was written so or not.
pub(crate) fn turbofish(path: &Path) -> Path {
    let mut path = path.clone();
    for segment in &mut path.segments {
        if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments
                .colon2_token
                .get_or_insert_with(|| syn::Token![::](Span::call_site()));
        }
    }
    path
}
