//! Where an item starts, and how to find the next one after a mistake.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Ident, Token, Visibility,
    ext::IdentExt,
    parse::{ParseBuffer, ParseStream},
    token,
};

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

/// `fn`, `word fn`, `word word fn` (`async unsafe fn`), or `flow name =`.
fn is_step(input: &ParseBuffer<'_>) -> bool {
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

/// Takes the rest of a broken item: to the end of its braces, to its `;`, or to where the next step starts.
pub(super) fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() {
        let Ok(token) = input.parse::<TokenTree>() else {
            return;
        };
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if ends || matches!(ahead(input), Ahead::Step) {
            return;
        }
    }
}

/// Takes everything up to the next place where a workflow starts, or to the end.
pub(super) fn skip_to_workflow(input: ParseStream<'_>) {
    while !input.is_empty() {
        let fork = input.fork();
        let starts = skip_attributes(&fork).is_ok()
            && fork.parse::<Visibility>().is_ok()
            && fork
                .call(Ident::parse_any)
                .is_ok_and(|word| word == "workflow")
            && fork.peek(Ident::peek_any);
        if starts || input.parse::<TokenTree>().is_err() {
            return;
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

/// The first token, for an error that points at it.
pub(super) fn here(input: ParseStream<'_>) -> TokenStream {
    match input.fork().parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) => {
            // The whole of a body would be underlined.
            let mut opening = proc_macro2::Punct::new('{', proc_macro2::Spacing::Alone);
            opening.set_span(group.span_open());
            TokenTree::Punct(opening).into_token_stream()
        }
        Ok(token) => token.into_token_stream(),
        Err(_) => TokenStream::new(),
    }
}

/// The place of the first token, or of the end.
pub(super) fn span(input: ParseStream<'_>) -> Span {
    input.span()
}
