//! Where an item starts, and how to find the next one after a mistake.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Ident, Token, Visibility,
    ext::IdentExt,
    parse::{ParseBuffer, ParseStream},
    token,
};

use super::step::KINDS;

/// What stands at a place in a workflow's braces.
pub(super) enum Ahead {
    /// `kind? fn name`, or `flow name =`, after attributes and a visibility.
    Step,
    /// Something else: the last expression, or a mistake.
    Other,
}

/// Looks at what comes, without taking it.
pub(super) fn ahead(input: ParseStream<'_>) -> Ahead {
    let fork = input.fork();
    if skip_attributes(&fork).is_err() || fork.parse::<Visibility>().is_err() {
        return Ahead::Other;
    }
    if is_step(&fork) {
        Ahead::Step
    } else {
        Ahead::Other
    }
}

/// Whether what comes can be nothing but the start of a step: a kind and `fn`, or a flow with its `=`.
pub(super) fn starts_with_kind(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    if skip_attributes(&fork).is_err() || fork.parse::<Visibility>().is_err() {
        return false;
    }
    if fork.peek(Token![fn]) {
        return true;
    }
    match Ident::parse_any(&fork) {
        Ok(word) if word == "flow" => {
            fork.peek(Ident::peek_any) && !fork.peek(Token![fn]) && fork.peek2(Token![=])
        }
        Ok(word) => is_kind(&word) && fork.peek(Token![fn]),
        Err(_) => false,
    }
}

/// `fn`, `word fn`, `word word fn` (`async unsafe fn`), `kind name (`, or `flow name`.
fn is_step(input: &ParseBuffer<'_>) -> bool {
    let fork = input.fork();
    if let Ok(word) = Ident::parse_any(&fork)
        && is_kind(&word)
        && fork.peek(Ident)
        && fork.peek2(token::Paren)
    {
        return true;
    }
    let fork = input.fork();
    for _ in 0..3 {
        if fork.peek(Token![fn]) {
            return true;
        }
        let Ok(word) = Ident::parse_any(&fork) else {
            return false;
        };
        if word == "flow" && fork.peek(Ident::peek_any) && !fork.peek(Token![fn]) {
            return true;
        }
    }
    false
}

fn is_kind(word: &Ident) -> bool {
    KINDS.iter().any(|(kind, _)| word == kind)
}

fn skip_attributes(input: &ParseBuffer<'_>) -> syn::Result<()> {
    while input.peek(Token![#]) && input.peek2(token::Bracket) {
        let _: Token![#] = input.parse()?;
        let _: TokenTree = input.parse()?;
    }
    Ok(())
}

/// Takes everything up to the next place where a step starts, or to the end. Returns what was skipped.
pub(super) fn skip_to_step(input: ParseStream<'_>) -> TokenStream {
    let mut skipped = TokenStream::new();
    loop {
        // Attributes are skipped with what follows them, never one `[..]` at a time.
        if input.is_empty() || (!skipped.is_empty() && matches!(ahead(input), Ahead::Step)) {
            return skipped;
        }
        match input.parse::<TokenTree>() {
            Ok(token) => token.to_tokens(&mut skipped),
            Err(_) => return skipped,
        }
    }
}

/// Takes the rest of a broken item, of which something has been taken: to the end of its braces, to its `;`, or to where
/// the next step starts.
pub(super) fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() && !starts_with_kind(input) {
        let Ok(token) = input.parse::<TokenTree>() else {
            return;
        };
        if ends_item(&token) || matches!(ahead(input), Ahead::Step) {
            return;
        }
    }
}

/// Braces, or a `;`.
fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// Takes the rest of a broken workflow, or of something else: to the end of its braces, to its `;`, or to where the next
/// workflow starts.
pub(super) fn skip_to_workflow(input: ParseStream<'_>) {
    while !input.is_empty() {
        let fork = input.fork();
        let starts = skip_attributes(&fork).is_ok()
            && fork.parse::<Visibility>().is_ok()
            && fork
                .call(Ident::parse_any)
                .is_ok_and(|word| word == "workflow")
            && fork.peek(Ident::peek_any);
        if starts {
            return;
        }
        match input.parse::<TokenTree>() {
            Ok(token) if !ends_item(&token) => {}
            _ => return,
        }
    }
}

/// Whether a step starts anywhere in what comes.
pub(super) fn step_follows(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    while !fork.is_empty() {
        if matches!(ahead(&fork), Ahead::Step) {
            return true;
        }
        if fork.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    false
}

/// The place of the first token, or of the end; of a group, where it opens: the whole of a body would be underlined.
pub(super) fn here(input: ParseStream<'_>) -> Span {
    match input.fork().parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) => group.span_open(),
        Ok(token) => token.span(),
        Err(_) => input.span(),
    }
}

/// The place of the first token, or of the name before it where that is the next step already.
pub(super) fn here_or(input: ParseStream<'_>, name: &Ident) -> Span {
    if input.is_empty() || starts_with_kind(input) {
        name.span()
    } else {
        here(input)
    }
}
