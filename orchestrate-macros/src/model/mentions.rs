//! Which names stand in tokens that are never parsed.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream, TokenTree};

use crate::syntax::plain;

/// The names in the last expression of a workflow.
///
/// What it does not mention is not moved for it. A name may stand in a format string, so those count; one name too many
/// costs nothing but a move.
pub(crate) struct Mentions {
    names: HashSet<String>,
}

impl Mentions {
    pub(crate) fn of(tokens: &TokenStream) -> Self {
        let mut mentions = Self {
            names: HashSet::new(),
        };
        mentions.visit(tokens);
        mentions
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    fn visit(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(ident) => {
                    self.names.insert(plain(&ident));
                }
                TokenTree::Literal(literal) => {
                    // Only a string can hold a name, and only in braces: `{name}`, `{name:>width$}`.
                    let text = literal.to_string();
                    let braces = text.split('{').skip(1);
                    let words = braces.filter_map(|inner| inner.split('}').next());
                    let words = words.flat_map(|inner| {
                        inner.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    });
                    let words = words.filter(|word| !word.is_empty());
                    self.names.extend(words.map(str::to_owned));
                }
                TokenTree::Group(group) => self.visit(&group.stream()),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

/// The words of an expression that can be nothing but the names of values: none where it declares names of its own.
pub(crate) fn names(tokens: &TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    if collect(tokens, &mut found) {
        found
    } else {
        Vec::new()
    }
}

/// All the words of an expression, whatever they are.
pub(crate) fn words(tokens: &TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => found.extend(words(&group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// Whether all that is seen is understood.
fn collect(tokens: &TokenStream, found: &mut Vec<Ident>) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        let is_punct = |at: Option<usize>, of: &str| match at.and_then(|at| tokens.get(at)) {
            Some(TokenTree::Punct(punct)) => of.contains(punct.as_char()),
            _ => false,
        };
        match token {
            TokenTree::Ident(ident)
                if ["let", "match", "for", "fn", "if", "while", "macro_rules"]
                    .iter()
                    .any(|word| ident == word) =>
            {
                return false;
            }
            // A closure has names of its own.
            TokenTree::Punct(punct) if punct.as_char() == '|' => return false,
            TokenTree::Ident(ident) => {
                // `.field`, `path::item`, `item::path`, `field: value`, `macro!`, `'lifetime`.
                let part = is_punct(i.checked_sub(1), ".:'") || is_punct(Some(i + 1), ":!");
                if !part {
                    found.push(ident.clone());
                }
            }
            TokenTree::Group(group) if !collect(&group.stream(), found) => return false,
            _ => {}
        }
    }
    true
}
