//! What the body of a run has outside of itself.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};

use crate::model::Model;

/// The functions that it calls, and the types that they name.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) functions: TokenStream,
    /// What the strands of a large stage share, as a type, by its first batch.
    stages: BTreeMap<usize, TokenStream>,
}

impl Outside {
    /// What the strands of a stage share, by name: written once, for each of its functions is given it.
    pub(super) fn stage(&mut self, batch: usize, ty: impl FnOnce() -> TokenStream) -> TokenStream {
        self.stages.entry(batch).or_insert_with(ty);
        let name = stage(batch);
        ours!(<Self as __Stages>::#name)
    }

    /// All of another.
    pub(super) fn take(&mut self, other: &mut Self) {
        let Self { functions, stages } = core::mem::take(other);
        self.functions.extend(functions);
        self.stages.extend(stages);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// All of it.
    pub(super) fn items(&self, model: &Model<'_>) -> TokenStream {
        let Self { functions, stages } = self;
        let workflow = &model.syntax.name;
        let (impl_generics, ty_generics, where_clause) = model.generics.split_for_impl();
        let names = stages.keys().map(|&batch| stage(batch));
        let names: Vec<Ident> = names.collect();
        let types = stages.values();
        // A trait that nobody sees may name types that are not public; an alias could not leave out a generic.
        let stages = (!stages.is_empty()).then(|| {
            ours! {
                #[allow(non_camel_case_types)]
                trait __Stages {
                    #(type #names;)*
                }

                impl #impl_generics __Stages for #workflow #ty_generics #where_clause {
                    #(type #names = #types;)*
                }
            }
        });
        ours! {
            #stages

            impl #impl_generics #workflow #ty_generics #where_clause {
                #functions
            }
        }
    }
}

fn stage(batch: usize) -> Ident {
    Ident::new(&format!("__Stage_{batch}"), Span::mixed_site())
}
