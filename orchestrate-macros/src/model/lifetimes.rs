//! Lifetimes for the borrows that are written without one: a struct cannot leave them out, a workflow may.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use syn::{
    BoundLifetimes, GenericParam, Generics, Lifetime, LifetimeParam, ParenthesizedGenericArguments,
    Type, TypeFnPtr, TypeReference,
    visit_mut::{self, VisitMut},
};

use crate::{message, report::Report, syntax, syntax::plain};

pub(super) struct Named {
    pub(super) generics: Generics,
    pub(super) input_types: Vec<Type>,
    pub(super) output: Option<Type>,
}

/// Names the lifetime of every borrow of an input after the input, and that of the output after the only lifetime there
/// is, as in a function.
pub(super) fn name(workflow: &syntax::Workflow, report: &mut Report) -> Named {
    let mut generics = workflow.generics.clone();
    let mut taken: HashSet<String> = generics
        .lifetimes()
        .map(|param| param.lifetime.ident.to_string())
        .collect();
    let declared = taken.len();
    let mut fresh = Vec::new();
    let mut input_types = Vec::new();
    for input in &workflow.inputs {
        let mut ty = input.ty.clone();
        let mut namer = Namer {
            input: &input.name,
            taken: &mut taken,
            named: Vec::new(),
        };
        namer.visit_type_mut(&mut ty);
        fresh.extend(namer.named);
        input_types.push(ty);
    }
    for (at, lifetime) in fresh.iter().enumerate() {
        generics.params.insert(
            declared + at,
            GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())),
        );
    }
    let output = workflow.output.as_ref().map(|ty| {
        let mut output = ty.clone();
        let all: Vec<Lifetime> = generics
            .lifetimes()
            .map(|param| param.lifetime.clone())
            .collect();
        let mut filler = Filler {
            only: (all.len() == 1).then(|| all[0].clone()),
            missing: false,
        };
        filler.visit_type_mut(&mut output);
        if filler.missing {
            let names: Vec<String> = all.iter().map(ToString::to_string).collect();
            report.error(ty, &message::missing_lifetime(&message::source(ty), &names));
        }
        output
    });
    Named {
        generics,
        input_types,
        output,
    }
}

/// Whether a type borrows, as far as its words say it: from anything that is not there for ever.
pub(crate) fn borrows(ty: &TokenStream) -> bool {
    let Ok(mut ty) = syn::parse2::<Type>(ty.clone()) else {
        return false;
    };
    let mut finder = Finder { found: false };
    finder.visit_type_mut(&mut ty);
    finder.found
}

struct Finder {
    found: bool,
}

impl VisitMut for Finder {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        self.found |= reference.lifetime.is_none();
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.found |= lifetime.ident != "static";
    }

    // What a function takes and returns is nothing that it borrows.
    fn visit_bound_lifetimes_mut(&mut self, _: &mut BoundLifetimes) {}
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}

/// Gives each nameless lifetime of an input a name of its own.
struct Namer<'n> {
    input: &'n Ident,
    taken: &'n mut HashSet<String>,
    named: Vec<Lifetime>,
}

impl Namer<'_> {
    fn fresh(&mut self, span: proc_macro2::Span) -> Lifetime {
        let base = plain(self.input);
        // `'static` and `'_` are not for the taking, and no keyword is: an input may well be called `r#type`.
        let base = if syn::parse_str::<Ident>(&base).is_err() {
            format!("{base}_")
        } else {
            base
        };
        let mut name = base.clone();
        let mut number = 1;
        while !self.taken.insert(name.clone()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        let lifetime = Lifetime::new(&format!("'{name}"), span);
        self.named.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for Namer<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.fresh(reference.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.fresh(lifetime.span());
        }
    }

    // The signature of a function has rules of its own for what is left out.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}

/// Gives each nameless lifetime of the output the only name that there is.
struct Filler {
    only: Option<Lifetime>,
    missing: bool,
}

impl Filler {
    fn fill(&mut self) -> Lifetime {
        self.only.clone().unwrap_or_else(|| {
            self.missing = true;
            // Whatever it is: the mistake has been found.
            Lifetime::new("'static", proc_macro2::Span::call_site())
        })
    }
}

impl VisitMut for Filler {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.fill());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.fill();
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}
