//! What rustc makes of the macros in an expansion.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What rustc makes of an expansion: with what is in the calls of `compiled!`, and without what is for editors alone.
pub(crate) fn given_back(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut given = TokenStream::new();
    let mut rest = &trees[..];
    while let Some((first, others)) = rest.split_first() {
        let ahead: TokenStream = rest.iter().take(2).cloned().collect();
        let text = ahead.to_string().replace(' ', "");
        let until = |of: &str| {
            rest.iter().position(|tree| match tree {
                TokenTree::Group(group) => of == "{" && group.delimiter() == Delimiter::Brace,
                TokenTree::Punct(punct) => of == ";" && punct.as_char() == ';',
                _ => false,
            })
        };
        match (text.as_str(), first) {
            ("#[cfg(not(rust_analyzer))]", _) => {
                let Some(end) = until("{") else { break };
                let TokenTree::Group(call) = &rest[end] else {
                    break;
                };
                given.extend(given_back(call.stream()));
                rest = &rest[end + 1..];
            }
            ("#[cfg(rust_analyzer)]", _) => {
                let Some(end) = until(";") else { break };
                rest = &rest[end + 1..];
            }
            (_, TokenTree::Group(group)) => {
                let mut inner = Group::new(group.delimiter(), given_back(group.stream()));
                inner.set_span(group.span());
                given.extend([TokenTree::Group(inner)]);
                rest = others;
            }
            _ => {
                given.extend([first.clone()]);
                rest = others;
            }
        }
    }
    given
}
