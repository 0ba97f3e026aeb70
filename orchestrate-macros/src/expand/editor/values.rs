//! The values of a workflow as an editor sees them: each with one type, as far as all who read it see the same.

use std::collections::HashSet;

use orchestrate_plan::Kind;
use proc_macro2::{Span, TokenStream};

use crate::{
    expand::{
        expressions::{self, Of},
        functions::value_type,
    },
    model::{How, Mentions, Model, Read},
    syntax::{Work, plain},
};

pub(super) struct Values<'m> {
    pub(super) model: &'m Model<'m>,
    /// The type of each, where all who read it see the same.
    types: Vec<Option<TokenStream>>,
}

impl<'m> Values<'m> {
    pub(super) fn new(model: &'m Model<'m>) -> Self {
        let mut values = Self {
            model,
            types: Vec::new(),
        };
        let types = (0..model.values.len()).map(|value| values.agreed(value));
        values.types = types.collect();
        values
    }

    /// The values as parameters, each declared by the user's word. What is seen as different things has no type: so
    /// nothing is wrong with any use of it.
    pub(super) fn params(&self) -> Vec<TokenStream> {
        let mut names = HashSet::new();
        let values = self.model.values.iter().zip(&self.types);
        // Of two with one name, which is a mistake, the first is kept.
        let values = values.filter(|(value, _)| names.insert(plain(&value.name)));
        values
            .map(|(value, ty)| {
                let name = &value.name;
                let ty = ty.clone().unwrap_or_else(|| ours!(__SeenAsDifferentThings));
                ours!(#name: #ty)
            })
            .collect()
    }

    /// Somebody who reads values, each as a certain type: a closure among the values. Where one of them is something else for
    /// others, it stands there twice: first with its own, which have the right types, and then with those of all.
    pub(super) fn reader(
        &self,
        reads: impl Iterator<Item = (usize, TokenStream)>,
        code: &TokenStream,
        asynchronous: Option<&TokenStream>,
    ) -> TokenStream {
        let mut names = HashSet::new();
        let own = reads
            .filter(|&(value, _)| self.types[value].is_none() && names.insert(value))
            .map(|(value, ty)| {
                let name = &self.model.values[value].name;
                ours!(#name: #ty)
            });
        let own: Vec<TokenStream> = own.collect();
        let own = (!own.is_empty()).then(|| ours!(let _ = #asynchronous |#(#own),*| #code;));
        ours! {
            #own
            let _ = #asynchronous || #code;
        }
    }

    /// The type of one of the reads of a step, as its body gets it; none for a name that nobody knows.
    pub(super) fn read(&self, step: usize, position: usize) -> Option<TokenStream> {
        let model = self.model;
        let read = &model.steps[step].reads[position];
        if let Work::Function { params, .. } = &model.steps[step].syntax.work
            && let Some(ty) = params.get(position).and_then(|param| param.ty.as_ref())
        {
            return Some(ours!(#ty));
        }
        match read.how {
            How::Context => {
                let facade = &model.facade;
                Some(ours!(&#facade::Context<'_>))
            }
            How::Last => Some(expressions::last_type(model, step)),
            How::Item => self.item(step),
            how => Some(self.seen(how, read.value?)),
        }
    }

    /// The item of a step, as its body gets it.
    pub(super) fn item(&self, step: usize) -> Option<TokenStream> {
        let (facade, options) = (&self.model.facade, &self.model.steps[step].syntax.options);
        let each = options.each.as_ref()?;
        let is_items = |read: &Read<'_>| plain(read.name) == plain(&each.items);
        let position = self.model.steps[step].reads.iter().position(is_items)?;
        let items = self.read(step, position)?;
        let item = ours!(<#items as ::core::iter::IntoIterator>::Item);
        Some(if options.batch.is_some() {
            ours!(&[<#item as #facade::__private::Item>::Owned])
        } else {
            item
        })
    }

    /// A value as its owner sees it.
    pub(super) fn owned(&self, value: usize) -> TokenStream {
        self.seen(How::Move, value)
    }

    /// A value as those see it that borrow it.
    pub(super) fn lent(&self, value: usize) -> TokenStream {
        self.seen(How::Share, value)
    }

    fn seen(&self, how: How, index: usize) -> TokenStream {
        let model = self.model;
        let Some(path) = model.path_of_flow(index) else {
            return value_type(model, how, index, Span::mixed_site());
        };
        let (facade, wrap) = (&model.facade, model.values[index].wrap);
        let ty = ours!(<#path as #facade::Workflow>::Output);
        match how {
            How::Move | How::Copy => wrap.owned(facade, &ty),
            _ => wrap.lent(facade, &ty, Span::mixed_site()),
        }
    }

    /// The type as which all see a value.
    fn agreed(&self, value: usize) -> Option<TokenStream> {
        let mut views = self.views(value).into_iter();
        let Some(first) = views.next() else {
            return Some(self.lent(value));
        };
        let text = first.to_string();
        views.all(|view| view.to_string() == text).then_some(first)
    }

    /// As what a value is seen: by the steps that read it, by the last expression, and by the options of its own step.
    fn views(&self, value: usize) -> Vec<TokenStream> {
        let model = self.model;
        let readers = model.readers(value).filter_map(|(step, read)| {
            let mut reads = model.steps[step].reads.iter();
            let position = reads.position(|other| std::ptr::eq(other, read))?;
            self.read(step, position)
        });
        let mut views: Vec<TokenStream> = readers.collect();
        if model.is_left(value) {
            views.push(self.owned(value));
        }
        views.extend(self.own_option(value));
        views
    }

    /// A value as the options of the step see it that produces it.
    fn own_option(&self, value: usize) -> Option<TokenStream> {
        let step = self.model.values[value].producer?;
        let name = &self.model.values[value].name;
        expressions::mentions_output(self.model, step, name)
            .then(|| self.produced(step))
            .and_then(|produced| {
                let mut produced = produced.into_iter();
                produced.find(|&(other, _)| other == value)
            })
            .map(|(_, ty)| ty)
    }

    /// What a step has produced, as its options see it: before it is wrapped, one by one.
    pub(super) fn produced(&self, step: usize) -> Vec<(usize, TokenStream)> {
        let model = self.model;
        let outputs = model.steps[step].outputs.iter();
        outputs
            .map(|&value| {
                let (ty, wrap) = (&model.values[value].ty, model.values[value].wrap);
                let ty = match model.path_of_flow(value) {
                    Some(path) => {
                        let facade = &model.facade;
                        ours!(<#path as #facade::Workflow>::Output)
                    }
                    None => wrap.item(ty),
                };
                (value, ours!(&#ty))
            })
            .collect()
    }

    /// The values that an option of a step sees, as it sees them.
    pub(super) fn of_option(
        &self,
        step: usize,
        tokens: &TokenStream,
        of: Of,
    ) -> Vec<(usize, TokenStream)> {
        let mentions = Mentions::of(tokens);
        let model = self.model;
        let mut seen = Vec::new();
        if matches!(of, Of::Until | Of::Rollback) {
            seen.extend(self.produced(step));
        }
        let reads = model.steps[step].reads.iter().enumerate();
        seen.extend(reads.filter_map(|(position, read)| {
            let ty = self.read(step, position)?;
            // What the body takes, an option sees before that.
            let is_taken = matches!(read.how, How::Move | How::Copy)
                && model.values[read.value?].reference.is_none();
            let is_flow = model.kind(step) == Kind::Flow;
            Some((
                read.value?,
                if is_taken || is_flow && read.how == How::Share {
                    self.lent(read.value?)
                } else {
                    ty
                },
            ))
        }));
        seen.retain(|(value, _)| mentions.contains(&plain(&model.values[*value].name)));
        seen
    }
}
