//! A function of ours that runs some of the steps. The body of a large run is made of such: what a compiler does with one
//! body takes more than its share of time when the body grows.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};

use super::{
    functions,
    scope::{Held, Scope, run as run_ident},
};
use crate::model::How;

/// Such a function, while it is expanded.
pub(super) struct Helper<'m> {
    name: Ident,
    /// What its steps see.
    pub(super) scope: Scope<'m>,
    params: TokenStream,
    arguments: TokenStream,
    given: Vec<usize>,
}

impl<'m> Helper<'m> {
    /// One that runs these steps of a run. What the steps `inside` produce is not handed to it. What ends in it, with this
    /// batch, is given away to it.
    pub(super) fn new(
        outer: &Scope<'m>,
        name: &str,
        steps: &[usize],
        inside: &[usize],
        ends: Option<usize>,
    ) -> Self {
        let model = outer.model;
        let mut scope = Scope::new(model, outer.layout, outer.lives.clone());
        scope.held.fill(Held::Not);
        let inside: HashSet<usize> = inside
            .iter()
            .flat_map(|&step| model.steps[step].outputs.iter().copied())
            .collect();
        let mut moved = HashSet::new();
        let mut read = Vec::new();
        let mut seen = HashSet::new();
        for one in steps.iter().flat_map(|&step| &model.steps[step].reads) {
            let Some(value) = one.value.filter(|value| !inside.contains(value)) else {
                continue;
            };
            if one.how == How::Move {
                moved.insert(value);
            }
            if seen.insert(value) {
                read.push(value);
            }
        }
        let (mut params, mut arguments) = (TokenStream::new(), TokenStream::new());
        let mut given = Vec::new();
        for value in read {
            let name = &model.values[value].name;
            let end = outer.lives.end(value);
            let ends_here = end.is_some() && end <= ends;
            let owned = || functions::held_type(model, value);
            let (held, argument, ty) = match outer.held[value] {
                Held::Reference(mutable) => {
                    let ty = functions::value_type(model, How::Share, value, Span::mixed_site());
                    let argument = if mutable {
                        ours!(&mut *#name)
                    } else {
                        ours!(#name)
                    };
                    (Held::Reference(mutable), argument, ty)
                }
                Held::Owned if ends_here || moved.contains(&value) => {
                    given.push(value);
                    (Held::Owned, ours!(#name), owned())
                }
                Held::Owned => {
                    let ty = owned();
                    (Held::Borrowed, ours!(&#name), ours!(&#ty))
                }
                Held::Borrowed | Held::Not => {
                    let ty = owned();
                    (Held::Borrowed, ours!(#name), ours!(&#ty))
                }
            };
            scope.held[value] = held;
            params.extend(ours!(#name: #ty,));
            arguments.extend(ours!(#argument,));
        }
        Self {
            name: Ident::new(name, Span::mixed_site()),
            scope,
            params,
            arguments,
            given,
        }
    }

    /// What it has been given, and with it the end of it.
    pub(super) fn given(&self) -> &[usize] {
        &self.given
    }

    /// The function, with a parameter or more of its own.
    pub(super) fn function(
        &self,
        more: &TokenStream,
        returns: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (facade, run) = (&self.scope.model.facade, run_ident());
        let (name, params) = (&self.name, &self.params);
        ours! {
            fn #name(
                #run: &#facade::__private::Run<'_, Self>,
                #more
                #params
            ) -> impl ::core::future::Future<Output = #returns> {
                async move { #body }
            }
        }
    }

    pub(super) fn call(&self, more: &TokenStream) -> TokenStream {
        let (name, arguments, run) = (&self.name, &self.arguments, run_ident());
        ours!(Self::#name(#run, #more #arguments))
    }
}
