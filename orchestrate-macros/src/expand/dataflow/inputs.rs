//! How a step of a stage gets its inputs: from the stage, or from outside of it.

use proc_macro2::{Ident, TokenStream};

use super::{Passing, Stage};
use crate::{
    expand::{
        at,
        scope::{Held, context, ours},
    },
    model::{How, Read},
};

/// How a step gets its inputs.
#[derive(Default)]
pub(super) struct Inputs {
    /// Whether the step waits for another one of the stage.
    waits: bool,
    /// What is taken from outside of the stage, before its first poll.
    pub(super) before: TokenStream,
    /// What an input is called when the step starts, and where it is until then.
    pub(super) names: Vec<Ident>,
    pub(super) options: Vec<TokenStream>,
    /// Made of them.
    pub(super) arguments: Vec<TokenStream>,
    /// Some of it can be taken only once: it must not be touched before all is there.
    pub(super) unique: bool,
    /// Some of it is counted, and must be dropped with the step's future.
    pub(super) counted: bool,
    /// The steps whose outputs are among the options.
    pub(super) seen: Vec<usize>,
}

impl Stage<'_, '_> {
    /// Where the inputs of a step come from.
    pub(super) fn inputs(&self, step: usize, waits: bool) -> Inputs {
        let mut inputs = Inputs {
            waits,
            ..Inputs::default()
        };
        for (position, read) in self.scope.model.steps[step].reads.iter().enumerate() {
            let Some(value) = read.value else {
                // What the loop of an option gives is given there.
                inputs.arguments.push(if read.how == How::Context {
                    context(step)
                } else {
                    TokenStream::new()
                });
                continue;
            };
            // Shown at the reader's word: it is what a mismatch of types is about.
            let name = Ident::new(&format!("__input_{step}_{position}"), at(read.name.span()));
            if self.is_within(value) {
                self.read_within(&mut inputs, read, value, name);
            } else if self.passing(value) == Passing::Counted {
                self.read_counted(&mut inputs, read, value, name);
            } else {
                self.read_outside(&mut inputs, read, value, name);
            }
        }
        inputs
    }

    /// A value that the stage produces.
    fn read_within(&self, inputs: &mut Inputs, read: &Read<'_>, value: usize, name: Ident) {
        let place = ours("unique", value);
        let word = read.name;
        inputs.seen.extend(self.scope.model.values[value].producer);
        let (option, argument) = match (self.passing(value), read.how) {
            (Passing::Counted, How::Move) => (ours!(#place.take()), self.uncounted(&name)),
            (Passing::Counted, how) => {
                inputs.counted = true;
                (ours!(#place.clone()), self.counted(&name, how, value))
            }
            (_, How::Move) => (ours!(#place.take()), ours!(#name)),
            // The reader's own word, so that an editor finds what it stands for.
            (_, How::Copy) => (ours!(#word), ours!(*#name)),
            _ => {
                let wrap = self.scope.model.values[value].wrap;
                (ours!(#word), wrap.lend(&ours!(#name)))
            }
        };
        inputs.unique |= read.how == How::Move;
        inputs.names.push(name);
        inputs.options.push(option);
        inputs.arguments.push(argument);
    }

    /// A value from outside that is counted in this stage: each reader is given its count at once.
    fn read_counted(&self, inputs: &mut Inputs, read: &Read<'_>, value: usize, name: Ident) {
        let place = ours("place", value);
        let (count, argument) = if read.how == How::Move {
            (ours!(#place), self.uncounted(&name))
        } else {
            inputs.counted = true;
            (
                ours!(::std::sync::Arc::clone(&#place)),
                self.counted(&name, read.how, value),
            )
        };
        inputs.once(name, &count, argument);
    }

    /// A value from outside of the stage.
    fn read_outside(&self, inputs: &mut Inputs, read: &Read<'_>, value: usize, name: Ident) {
        let outer = self.scope.read(read);
        let is_copied = match self.scope.held[value] {
            Held::Owned => read.how == How::Share,
            Held::Borrowed => true,
            Held::Reference(mutable) => !mutable,
            Held::Not => false,
        };
        let argument = ours!(#name);
        if is_copied {
            inputs.before.extend(ours!(let #name = #outer;));
            inputs.arguments.push(argument);
        } else {
            inputs.once(name, &outer, argument);
        }
    }

    /// A counted value as its readers get it.
    fn counted(&self, name: &Ident, how: How, value: usize) -> TokenStream {
        if how == How::Copy {
            return ours!(*#name);
        }
        let wrap = self.scope.model.values[value].wrap;
        wrap.lend(&ours!(&*#name))
    }

    /// The value of which this was the last count.
    fn uncounted(&self, name: &Ident) -> TokenStream {
        let facade = &self.scope.model.facade;
        ours!(#facade::__private::produced(::std::sync::Arc::into_inner(#name)))
    }
}

impl Inputs {
    /// What can be given away only once: by a step that waits, in one poll of many.
    fn once(&mut self, name: Ident, value: &TokenStream, argument: TokenStream) {
        if self.waits {
            self.before
                .extend(ours!(let mut #name = ::core::option::Option::Some(#value);));
            self.options.push(ours!(#name.take()));
            self.names.push(name);
            self.unique = true;
        } else {
            self.before.extend(ours!(let #name = #value;));
        }
        self.arguments.push(argument);
    }
}
