//! What is written: from tokens to a tree, with the user's own tokens in it.
//!
//! Everything that can be wrong with a single item is found here. A mistake costs the item in which it stands, at most:
//! the parser goes on at the next one. Bodies are never parsed.

mod attribute;
mod depth;
mod flow;
mod list;
mod name;
mod options;
mod output;
mod resync;
mod step;
#[cfg(test)]
mod tests;
mod workflow;

use orchestrate_plan::Kind;
use proc_macro2::{Group, Ident, Span, TokenStream};
use syn::{Attribute, Generics, Lifetime, Path, Token, Type, Visibility};

pub(crate) use attribute::is_lint;
pub(crate) use options::{Batch, Count, Each, Expression, Options, Retry, Time};
pub(crate) use workflow::parse;

/// All the workflows of one call.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) workflows: Vec<Workflow>,
}

pub(crate) struct Workflow {
    /// For the struct: docs, derives, lints, and all that is not ours.
    pub(crate) attributes: Vec<Attribute>,
    /// `#[crate(path)]`.
    pub(crate) facade: Option<Path>,
    /// `#[schedule(batches)]`.
    pub(crate) strict_batches: bool,
    /// `#[deadline(60s)]`.
    pub(crate) deadline: Option<Time>,
    /// `#[saga]`.
    pub(crate) saga: Option<Ident>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Option<Type>,
    pub(crate) steps: Vec<Step>,
    pub(crate) tail: TokenStream,
    /// Some of it could not be read: what is missing in it must not be held against the rest.
    pub(crate) incomplete: bool,
}

/// An input of a workflow.
pub(crate) struct Input {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

pub(crate) struct Step {
    /// For the step's function: docs, lints, and the attributes of other crates.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) options: Options,
    pub(crate) vis: Visibility,
    pub(crate) kind: Kind,
    /// The word of the kind, or the `fn` of a plain step.
    pub(crate) kind_span: Span,
    pub(crate) name: Ident,
    pub(crate) work: Work,
}

/// `#[after(a, b)]`.
pub(crate) struct After {
    pub(crate) steps: Vec<Ident>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and not for long"
)]
pub(crate) enum Work {
    Function {
        params: Vec<Param>,
        output: Output,
        body: Group,
    },
    Flow {
        path: Path,
        fields: Vec<Field>,
    },
}

/// An input of a step.
pub(crate) struct Param {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) moved: Option<Token![move]>,
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
}

/// What a flow gives to a field of its workflow.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) passing: Passing,
    pub(crate) value: Ident,
    /// One word for both.
    pub(crate) is_short: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passing {
    /// `value`: as in a struct literal, moved unless it is `Copy`.
    Plain,
    /// `&value`.
    Reference,
    /// `move value`.
    Move,
}

/// What a step produces.
pub(crate) struct Output {
    /// What its function returns; nothing for a step without `->`.
    pub(crate) returns: Option<TokenStream>,
    pub(crate) fallible: bool,
    /// The type of its error, as far as it is written; of one that can fail, the whole type otherwise.
    pub(crate) error: Option<TokenStream>,
    pub(crate) shape: Shape,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and not for long"
)]
pub(crate) enum Shape {
    /// No `->`.
    Nothing,
    /// One value, with the name of the step.
    One(ValueType),
    /// A named tuple: one value a name.
    Named(Vec<(Ident, Type)>),
}

/// The type of a value.
pub(crate) enum ValueType {
    Written(Type),
    /// What is in a `Result` that does not say so (`fmt::Result`).
    InResult(Type),
}

/// What a type that may be a `Result` holds.
pub(crate) enum ResultOf<'t> {
    /// `Result<T, E>`.
    Both(&'t Type, &'t Type),
    /// `io::Result<T>`.
    Value(&'t Type),
    /// `fmt::Result`.
    Unsaid,
}

/// Looks into a type whose last word is `Result`.
pub(crate) fn result_of(ty: &Type) -> Option<ResultOf<'_>> {
    let ty = ungrouped(ty);
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Result" {
        return None;
    }
    let mut types = Vec::new();
    if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
        types.extend(arguments.args.iter().filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }));
    }
    match types[..] {
        [] => Some(ResultOf::Unsaid),
        [value] => Some(ResultOf::Value(value)),
        [value, error, ..] => Some(ResultOf::Both(value, error)),
    }
}

/// A type without the invisible groups around it that a `macro_rules!` leaves.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// Whether a type is `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The name of an identifier, without `r#`: what the planner knows it by.
pub(crate) fn plain(ident: &Ident) -> String {
    use syn::ext::IdentExt;
    ident.unraw().to_string()
}

/// The lifetime of a reference, where it is one.
pub(crate) fn as_reference(ty: &Type) -> Option<(&Option<Lifetime>, bool)> {
    match ungrouped(ty) {
        Type::Reference(reference) => Some((&reference.lifetime, reference.mutability.is_some())),
        _ => None,
    }
}
