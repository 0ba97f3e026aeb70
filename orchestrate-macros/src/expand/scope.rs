//! What the run holds at each point: which values, and whether they are its own or borrowed.

use core::ops::Range;
use std::rc::Rc;

use orchestrate_plan::{Kind, Layout};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::{
    expressions, guard,
    lives::{self, Lives},
    outside::Outside,
    plan, spawn, undo,
};
use crate::{
    model::{How, Model, Read, Value, turbofish},
    syntax::{Shape, Work},
};

/// How the run holds a value, in a local of the value's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// Not yet, or not any more.
    Not,
    /// The value itself.
    Owned,
    /// A reference to it.
    Borrowed,
    /// An input that is a reference; whether it is `&mut`.
    Reference(bool),
}

pub(super) struct Scope<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) layout: &'m Layout,
    pub(super) held: Vec<Held>,
    pub(super) lives: Rc<Lives>,
    pub(super) outside: Outside,
}

impl<'m> Scope<'m> {
    pub(super) fn new(model: &'m Model<'m>, layout: &'m Layout, lives: Rc<Lives>) -> Self {
        let held = model
            .values
            .iter()
            .enumerate()
            .map(|(index, value)| match value.reference {
                Some(mutable) => Held::Reference(mutable),
                None if index < model.syntax.inputs.len() => Held::Owned,
                None => Held::Not,
            });
        Self {
            model,
            layout,
            held: held.collect(),
            lives,
            outside: Outside::default(),
        }
    }

    /// A value as a reader gets it, named by the reader's own word.
    pub(super) fn read(&self, read: &Read<'_>) -> TokenStream {
        let Some(value) = read.value else {
            return TokenStream::new();
        };
        let name = read.name;
        // What does not fit here does not fit the user's word.
        let span = name.span();
        match (self.held[value], read.how) {
            (Held::Owned, How::Share | How::CopyCounted) => {
                let reference = quote_spanned!(span=> &#name);
                self.model.values[value].wrap.lend(&reference)
            }
            (Held::Borrowed, How::Share | How::CopyCounted) => {
                self.model.values[value].wrap.lend(&ours!(#name))
            }
            (Held::Borrowed, How::Copy) => quote_spanned!(span=> *#name),
            (Held::Reference(true), How::Share | How::Copy) => quote_spanned!(span=> &mut *#name),
            _ => ours!(#name),
        }
    }

    /// The call that makes a step's future, or its output where it is a plain `fn`. Before it, what it needs of the run.
    pub(super) fn call(&self, step: usize, arguments: &[TokenStream]) -> TokenStream {
        if self.is_guarded(step) {
            return guard::future(self, step, arguments);
        }
        let model = &self.model.steps[step];
        let arguments = model.reads.iter().zip(arguments);
        let arguments = arguments.map(|(read, given)| spawn::read(self.model, read, given));
        match &model.syntax.work {
            Work::Function { .. } => {
                let function = &model.function;
                // That what a flow names is no workflow is said once, at its path: the call is a use of it too.
                let span = model
                    .reads
                    .iter()
                    .find_map(|read| self.model.path_of_flow(read.value?))
                    .map_or_else(|| function.span(), Spanned::span);
                let mut function = function.clone();
                function.set_span(span);
                quote_spanned!(span=> Self::#function(#(#arguments),*))
            }
            Work::Flow { path, fields } => {
                let facade = self.model.facade_at(path.span());
                let launcher = launcher(step, path);
                // One mistake in the path is one error: all that is asked of it is asked in the same way and place.
                let run = quote_spanned!(path.span()=> <#path as #facade::Workflow>::run);
                let path = turbofish(path);
                let fields = fields.iter().zip(arguments).map(|(field, argument)| {
                    let name = &field.name;
                    ours!(#name: #argument)
                });
                quote_spanned!(path.span()=> #run(#path { #(#fields),* }, #launcher))
            }
        }
    }

    /// The locals that a step's call needs: its `cx`, or what launches its workflow.
    pub(super) fn prelude(&self, step: usize) -> TokenStream {
        if self.is_guarded(step) {
            // Each of its attempts has its own.
            return TokenStream::new();
        }
        let run = run();
        let reads_context = self.model.steps[step]
            .reads
            .iter()
            .any(|read| read.how == How::Context);
        let context = reads_context.then(|| {
            let (context, place) = (ours("context", step), plan::place(self.model, step));
            ours!(let #context = #run.context(#place);)
        });
        let launcher = (self.model.kind(step) == Kind::Flow).then(|| {
            let Work::Flow { path, .. } = &self.model.steps[step].syntax.work else {
                return ours!();
            };
            let launcher = launcher(step, path);
            let depth = plan::depth_check_in_run(self.model, path);
            let borrow = undo::borrow_check_in_run(self.model, step, path);
            ours!(#depth #borrow let #launcher = &#run.flow();)
        });
        ours!(#context #launcher)
    }

    /// The arguments of a step, each read where it stands.
    pub(super) fn arguments(&self, step: usize) -> Vec<TokenStream> {
        let reads = self.model.steps[step].reads.iter();
        reads
            .map(|read| {
                match read.how {
                    How::Context => context(step),
                    // Given in the loop of its option.
                    How::Last | How::Item => TokenStream::new(),
                    _ => self.read(read),
                }
            })
            .collect()
    }

    /// The run no longer holds what a step has moved.
    pub(super) fn consume(&mut self, step: usize) {
        for read in &self.model.steps[step].reads {
            if let (Some(value), How::Move) = (read.value, read.how)
                && self.held[value] == Held::Owned
            {
                self.held[value] = Held::Not;
            }
        }
    }

    pub(super) fn is_async(&self, step: usize) -> bool {
        self.model.kind(step) != Kind::Plain || self.is_guarded(step)
    }

    /// Whether the step holds the thread while it runs, whatever options stand around it.
    pub(super) fn holds_thread(&self, step: usize) -> bool {
        self.model.kind(step) == Kind::Plain
    }

    /// Whether the step has options that stand around its body.
    pub(super) fn is_guarded(&self, step: usize) -> bool {
        undo::is_guarded(self.model, step)
    }

    /// Whether there is something to undo once the step is done.
    pub(super) fn undoes(&self, step: usize) -> bool {
        undo::undoes(self.model, step)
    }

    /// Whether what undoes the workflow of a flow step is kept.
    pub(super) fn keeps_flow(&self, step: usize) -> bool {
        undo::keeps_flow(self.model, step)
    }

    /// Whether a step can end the run with an error of its own.
    pub(super) fn is_fallible(&self, step: usize) -> bool {
        self.is_guarded(step)
            || self
                .model
                .function_of(step)
                .is_none_or(|output| output.fallible)
    }

    /// What a step produced, out of the expression for what its function returned. `escape` makes the run's failure
    /// leave.
    pub(super) fn unwrapped(
        &self,
        step: usize,
        returned: &TokenStream,
        escape: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        if !self.is_fallible(step) {
            return spawn::counted(self.model, step, returned);
        }
        let (caught, failure) = self.failure(step);
        let escape = escape(failure);
        let value = spawn::counted(self.model, step, &self.split(step));
        ours! {
            match #returned {
                ::core::result::Result::Ok(__value) => #value,
                ::core::result::Result::Err(#caught) => #escape,
            }
        }
    }

    /// The failure of the run out of the error of a step that can fail, and how that error is called in it.
    pub(super) fn failure(&self, step: usize) -> (Ident, TokenStream) {
        let Model {
            facade, outcome, ..
        } = self.model;
        let (run, place, error) = (run(), plan::place(self.model, step), &outcome.error);
        // In scope where there is no word of the user's, so it may stand at one.
        let mut caught = Ident::new("__error", Span::mixed_site());
        let is_guarded = self.is_guarded(step);
        let options = &self.model.steps[step].syntax.options;
        let is_absorbed = options.optional.is_some() || options.default.is_some();
        let never = is_guarded
            && (is_absorbed
                || self
                    .model
                    .function_of(step)
                    .is_some_and(|output| !output.fallible));
        let failure = match &self.model.steps[step].syntax.work {
            _ if never => {
                ours!(#run.step_failed(#place, #caught, |__error: ::core::convert::Infallible| match __error {}))
            }
            Work::Function { output, .. } => {
                // A conversion that does not exist is an error at the type of the error, where the step writes it.
                if let Some(ty) = &output.error {
                    caught.set_span(ty.span());
                }
                let span = caught.span();
                let convert = quote_spanned!(span=> ::core::convert::Into::<#error>::into(#caught));
                if is_guarded {
                    ours!(#run.step_failed(#place, #caught, |#caught| #convert))
                } else {
                    ours!(#run.failed(#place, #convert))
                }
            }
            Work::Flow { path, .. } => {
                let convert = if outcome.fallible {
                    let passed = Ident::new("__error", path.span());
                    let into = quote_spanned!(path.span()=> ::core::convert::Into::<#error>::into(#passed));
                    ours! {{
                        use #facade::__private::{CanFail as _, NeverFails as _};
                        let __tag = (&&#facade::__private::FlowError::of(&__error)).tag();
                        let #passed = __tag.pass(::core::marker::PhantomData::<#error>, __error);
                        #into
                    }}
                } else {
                    plan::never(self.model, path)
                };
                if is_guarded {
                    ours!(#run.step_failed(#place, __error, |__error| #convert))
                } else {
                    ours!(#run.flow_failed(#place, __error, |__error| #convert))
                }
            }
        };
        (caught, failure)
    }

    /// Whether something is to be done to what a step produces before the run holds it.
    pub(super) fn splits(&self, step: usize) -> bool {
        let model = self.model;
        let output = model.function_of(step).map(|output| &output.shape);
        let wrap = crate::model::Wrap::of(&model.steps[step].syntax.options);
        let mut outputs = model.steps[step].outputs.iter();
        outputs.any(|&output| spawn::is_counted(model, output))
            || matches!(output, Some(Shape::Named(_))) && (wrap.optional || wrap.each || wrap.when)
    }

    /// A tuple of outputs, each as its options say; out of `__value`, where they stand around the tuple.
    pub(super) fn split(&self, step: usize) -> TokenStream {
        let output = self.model.function_of(step).map(|output| &output.shape);
        let Some(Shape::Named(names)) = output else {
            return ours!(__value);
        };
        let wrap = crate::model::Wrap::of(&self.model.steps[step].syntax.options);
        let parts: Vec<Ident> = (0..names.len()).map(|part| ours("part", part)).collect();
        let mut split = ours!(__value);
        if wrap.optional {
            split = ours! {
                match __value {
                    ::core::result::Result::Ok((#(#parts,)*)) => (#(::core::result::Result::Ok(#parts),)*),
                    ::core::result::Result::Err(__failure) => {
                        (#({ let #parts = &__failure; ::core::result::Result::Err(::core::clone::Clone::clone(#parts)) },)*)
                    }
                }
            };
        }
        if wrap.each {
            let all: Vec<Ident> = (0..names.len()).map(|part| ours("all", part)).collect();
            split = ours! {{
                #(let mut #all = ::std::vec::Vec::new();)*
                for __value in __value {
                    let (#(#parts,)*) = #split;
                    #(#all.push(#parts);)*
                }
                (#(#all,)*)
            }};
        }
        if wrap.when {
            split = ours! {
                match __value {
                    ::core::option::Option::Some(__value) => {
                        let (#(#parts,)*) = #split;
                        (#(::core::option::Option::Some(#parts),)*)
                    }
                    ::core::option::Option::None => (#({ let #parts = ::core::option::Option::None; #parts },)*),
                }
            };
        }
        split
    }

    /// The pattern for what a step produces, in the user's words; `_` where there is nothing, or `()` that nobody reads.
    pub(super) fn pattern(&self, step: usize) -> TokenStream {
        let names: Vec<TokenStream> = self.model.steps[step]
            .outputs
            .iter()
            .map(|&value| self.binding(value))
            .collect();
        match (&self.model.steps[step].syntax.work, &names[..]) {
            (_, []) => ours!(_),
            (Work::Function { output, .. }, _) if matches!(output.shape, Shape::Named(_)) => {
                ours!((#(#names,)*))
            }
            (_, names) => ours!(#(#names)*),
        }
    }

    /// The local of a value; `_` where it is of no use to anybody, and nobody shall be told so.
    pub(super) fn binding(&self, value: usize) -> TokenStream {
        let model = self.model;
        if model.is_used(value) {
            let name = &model.values[value].name;
            return ours!(#name);
        }
        if model.values[value].quiet {
            return ours!(_);
        }
        if undo::has_undo(model) {
            let name = &model.values[value].name;
            return ours!(#name);
        }
        let name = ours("unread", value);
        ours!(#name)
    }

    /// What nobody reads has its name in a block of its own, so that rustc says that it is unused, and it is gone.
    pub(super) fn unread(&mut self, steps: &[usize]) -> TokenStream {
        let model = self.model;
        if undo::has_undo(model) {
            return TokenStream::new();
        }
        let mut blocks = TokenStream::new();
        for &step in steps {
            for &value in &model.steps[step].outputs {
                let Value { name, quiet, .. } = &model.values[value];
                if model.is_used(value) || *quiet || self.held[value] != Held::Owned {
                    continue;
                }
                self.held[value] = Held::Not;
                let unread = ours("unread", value);
                let used =
                    expressions::mentions_output(model, step, name).then(|| ours!(let _ = &#name;));
                blocks.extend(ours!({ let #name = #unread; #used }));
            }
        }
        between(blocks)
    }

    /// The names of what nobody has read, for a mistyped one in the last expression: rustc shows the nearest.
    pub(super) fn gone(&self) -> TokenStream {
        let model = self.model;
        let produced = model.steps.iter().flat_map(|step| &step.outputs);
        let gone = produced.filter(|&&value| {
            !model.is_used(value) && !model.values[value].quiet && self.held[value] == Held::Not
        });
        gone.map(|&value| {
            let name = &model.values[value].name;
            ours!(#[allow(unused_variables)] let #name = ();)
        })
        .collect()
    }

    /// Uses of what nobody reads but an option of the step that produces it, so that nobody is told that it is unused.
    pub(super) fn used_by_options(&self) -> TokenStream {
        let model = self.model;
        let steps = (0..model.steps.len()).flat_map(|step| {
            let outputs = model.steps[step].outputs.iter();
            outputs.map(move |&value| (step, value))
        });
        let unread = steps.filter(|&(_, value)| {
            !model.is_used(value) && !model.values[value].quiet && self.held[value] != Held::Not
        });
        unread
            .map(|(step, value)| (step, &model.values[value].name))
            .filter(|(step, name)| expressions::mentions_output(model, *step, name))
            .map(|(_, name)| ours!(let _ = &#name;))
            .collect()
    }

    /// Drops what nobody needs any more once these batches are done.
    pub(super) fn ended(&mut self, batches: Range<usize>) -> TokenStream {
        let lives = Rc::clone(&self.lives);
        let facade = &self.model.facade;
        let mut drops = TokenStream::new();
        for &value in batches.rev().flat_map(|batch| lives.ending(batch)) {
            if self.held[value] != Held::Owned {
                continue;
            }
            self.held[value] = Held::Not;
            let value = &self.model.values[value];
            if lives::needs_drop(&value.ty) {
                let name = &value.name;
                drops.extend(ours!(#facade::__private::ended(#name);));
            }
        }
        between(drops)
    }

    /// Whether a step of a later batch than `batch` reads a value, or the last expression.
    pub(super) fn is_read_after(&self, value: usize, batch: usize) -> bool {
        let mut readers = self.model.readers(value);
        self.model.is_left(value) || readers.any(|(step, _)| self.layout.batch_of(step) > batch)
    }

    /// Whether a value is needed by a step of a later batch than `batch`, or by the last expression, or by nobody at all.
    pub(super) fn is_needed_after(&self, value: usize, batch: usize) -> bool {
        self.model.readers(value).next().is_none() || self.is_read_after(value, batch)
    }
}

/// The local that launches the workflow of a flow: at the path, so that what is wrong with that is said once.
fn launcher(step: usize, path: &syn::Path) -> Ident {
    Ident::new(&format!("__launcher_{step}"), path.span())
}

/// The argument for `cx`.
pub(super) fn context(step: usize) -> TokenStream {
    let context = ours("context", step);
    ours!(&#context)
}

/// What ends values: no step is to blame for what that does.
fn between(ends: TokenStream) -> TokenStream {
    if ends.is_empty() {
        return ends;
    }
    let run = run();
    ours!(#run.between(); #ends)
}

/// The local that holds the run.
pub(super) fn run() -> Ident {
    Ident::new("__run", Span::mixed_site())
}

/// A local of ours that no body sees. The prefix is for the constants around a workflow: a pattern that is called like one
/// means it.
pub(super) fn ours(what: &str, index: usize) -> Ident {
    Ident::new(&format!("__{what}_{index}"), Span::mixed_site())
}
