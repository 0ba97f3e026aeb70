//! Type parameters in what a step reads or returns that runs apart from its run: such a one must not borrow.
//!
//! Only what is certain is said. A trait may ask for `'static`, and what a type makes of its parameter is a matter of the type: so
//! this is about parameters with bounds that are known to ask for no such thing, alone or in well-known types. About
//! the others rustc has words of its own.

use std::collections::HashSet;

use orchestrate_plan::Kind;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Path, TypeParamBound, WherePredicate};

use crate::{
    message::policies as message,
    model::{How, Model, Step},
    report::Report,
    syntax::Work,
};

/// Types that hold nothing but what is written between their angle brackets.
const KNOWN: [&str; 20] = [
    "Vec", "VecDeque", "Option", "Result", "Box", "Arc", "HashMap", "HashSet", "BTreeMap",
    "BTreeSet", "String", "bool", "u8", "u32", "u64", "usize", "i32", "i64", "f32", "f64",
];

/// Traits that ask for no lifetime.
const TRAITS: [&str; 14] = [
    "Send",
    "Sync",
    "Unpin",
    "Sized",
    "Clone",
    "Copy",
    "Default",
    "Debug",
    "Display",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
];

/// Where they may be named.
const MODULES: [&str; 7] = ["std", "core", "fmt", "clone", "cmp", "hash", "marker"];

/// Once for each parameter: one bound mends all its steps.
pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    let mut said = HashSet::new();
    for step in &model.steps {
        let name = &step.syntax.name;
        let Some(option) = step.syntax.options.apart() else {
            continue;
        };
        for (shown, ty) in types(model, step) {
            if let Some(param) = short_lived(model, ty)
                && said.insert(param.clone())
            {
                report.error(shown, &message::generic_apart(option, &param, name));
            }
        }
    }
}

/// What a step takes and gives: where that is shown, and its type.
fn types<'m>(model: &'m Model<'_>, step: &'m Step<'_>) -> Vec<(TokenStream, TokenStream)> {
    let reads = step.reads.iter().filter_map(|read| {
        let is_value = matches!(read.how, How::Share | How::Move);
        let value = read.value.filter(|_| is_value)?;
        Some((read.name.to_token_stream(), model.values[value].ty.clone()))
    });
    let mut types: Vec<_> = reads.collect();
    if let Work::Function { output, .. } = &step.syntax.work
        && step.syntax.kind != Kind::Human
        && let Some(returns) = &output.returns
    {
        types.push((returns.to_token_stream(), returns.to_token_stream()));
    }
    types
}

/// A parameter in a type that may be anything, also what borrows.
fn short_lived(model: &Model<'_>, ty: TokenStream) -> Option<String> {
    let mut words = Vec::new();
    if !read(ty, &mut words) {
        return None;
    }
    let is_param = |word: &String| {
        let mut params = model.generics.type_params();
        params.any(|param| param.ident == *word)
    };
    let (params, others): (Vec<_>, Vec<_>) = words.into_iter().partition(is_param);
    if !others.iter().all(|word| KNOWN.contains(&&**word)) {
        return None;
    }
    params.into_iter().find(|param| !may_last(model, param))
}

/// The words of a type; whether there is nothing else in it that might matter.
fn read(ty: TokenStream, words: &mut Vec<String>) -> bool {
    ty.into_iter().all(|token| match token {
        TokenTree::Ident(word) => {
            words.push(word.to_string());
            true
        }
        TokenTree::Group(group) => read(group.stream(), words),
        TokenTree::Punct(mark) => matches!(mark.as_char(), '<' | '>' | ','),
        TokenTree::Literal(_) => false,
    })
}

/// Whether the bounds of a parameter may ask for `'static`.
fn may_last(model: &Model<'_>, param: &str) -> bool {
    let generics = &model.generics;
    let mut params = generics.type_params();
    let written = params.find(|other| other.ident == param);
    if written.is_none_or(|param| !param.bounds.iter().all(is_plain)) {
        return true;
    }
    let mut predicates = generics.where_clause.iter().flat_map(|all| &all.predicates);
    predicates.any(|predicate| match predicate {
        WherePredicate::Type(predicate) if is_word(&predicate.bounded_ty, param) => {
            !predicate.bounds.iter().all(is_plain)
        }
        other => mentions(other.to_token_stream(), param),
    })
}

fn is_word(tokens: &impl ToTokens, word: &str) -> bool {
    tokens.to_token_stream().to_string() == word
}

fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), word),
        TokenTree::Ident(other) => other == word,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether a bound is known to ask for no lifetime.
fn is_plain(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if is_known(&bound.path))
}

fn is_known(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let last = segments.next();
    last.is_some_and(|last| TRAITS.iter().any(|known| last.ident == known))
        && segments.all(|segment| MODULES.iter().any(|known| segment.ident == known))
}
