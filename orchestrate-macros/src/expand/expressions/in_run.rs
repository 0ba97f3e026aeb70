//! Expressions that cannot be functions: what they give can only be named where a lifetime may be left out.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;

use super::{Functions, seen, user_span};
use crate::{model::Model, syntax::Expression};

/// Whether what `fallback` and `default` give can only be named where a lifetime may be left out that is no input's: they
/// stand in the run then, and not in functions of their own.
pub(in crate::expand) fn stand_in_run(model: &Model<'_>, step: usize) -> bool {
    model.function_of(step).is_none_or(|output| {
        let returns = output.returns.as_ref();
        returns.is_some_and(|returns| leaves_out_lifetime(returns.to_token_stream()))
    })
}

/// Whether there is a `&` without a lifetime, or a `'_`.
fn leaves_out_lifetime(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let next = trees.peek();
        let left_out = match tree {
            TokenTree::Group(group) => leaves_out_lifetime(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                !matches!(next, Some(TokenTree::Punct(next)) if next.as_char() == '\'')
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                matches!(next, Some(TokenTree::Ident(next)) if next == "_")
            }
            _ => false,
        };
        if left_out {
            return true;
        }
    }
    false
}

/// The future of an expression that sees `error`, as it stands in the run; `inputs`: what it sees besides.
pub(in crate::expand) fn in_run(
    model: &Model<'_>,
    step: usize,
    expression: &Expression,
    inputs: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let facade = &model.facade;
    let functions = Functions { model, step };
    let names = seen(model, step, expression).into_iter().map(|seen| {
        let (name, ty) = (functions.name_of(seen), functions.type_of(seen));
        let ty = ty.map(|ty| ours!(: #ty));
        ours!(#name #ty)
    });
    let error = Ident::new("error", user_span(expression));
    let mut body = Group::new(Delimiter::Brace, expression.tokens.clone());
    body.set_span(expression.word.span());
    ours! {{
        #(let #names = #inputs;)*
        #[allow(unused_variables)]
        let #error: &#facade::StepFailure = &__failure;
        async move #body
    }}
}
