//! What stands in the parentheses of an option, as settings: `value`, `name = value`, `flag`.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use syn::{Attribute, Meta};

use super::{
    Count, Expression, Time,
    value::{self, Value},
};
use crate::{
    message::{self, options as sentences},
    report::Report,
};

/// What an option takes.
pub(super) struct Known {
    /// Whether its first value needs no name.
    pub(super) position: bool,
    pub(super) settings: &'static [&'static str],
    pub(super) flags: &'static [&'static str],
}

impl Known {
    fn words(&self) -> Vec<&'static str> {
        [self.settings, self.flags].concat()
    }
}

/// The settings of an option, each given at most once and each known to it.
///
/// They are taken one by one. What is wrong with one of them is reported then, and costs the option in the end.
pub(super) struct Settings<'r> {
    pub(super) option: Ident,
    /// `` `option` of step `name` ``.
    owner: String,
    pub(super) report: &'r mut Report,
    position: Option<TokenStream>,
    named: Vec<(Ident, TokenStream)>,
    flags: Vec<Ident>,
    failed: bool,
}

impl<'r> Settings<'r> {
    /// Reads them; nothing where there is no making sense of them, which is reported.
    pub(super) fn read(
        attribute: &Attribute,
        option: &Ident,
        owner: &str,
        known: &Known,
        report: &'r mut Report,
    ) -> Option<Self> {
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) => TokenStream::new(),
            Meta::NameValue(_) => {
                report.error(attribute, &sentences::form(option));
                return None;
            }
        };
        let mut settings = Self {
            option: option.clone(),
            owner: format!("`{option}` of {owner}"),
            report,
            position: None,
            named: Vec::new(),
            flags: Vec::new(),
            failed: false,
        };
        let mut given: Vec<String> = Vec::new();
        for piece in split(tokens, known) {
            if let Some(word) = piece.word() {
                let name = word.to_string();
                if given.contains(&name) {
                    settings.fail_twice(word);
                    continue;
                }
                given.push(name);
            }
            settings.add(piece, known);
        }
        Some(settings)
    }

    fn add(&mut self, piece: Piece, known: &Known) {
        match piece {
            Piece::Value(tokens) if known.position => {
                if let Some(comma) = stray(&tokens) {
                    self.fail(comma, &sentences::form(&self.option.clone()));
                } else {
                    self.position = Some(tokens);
                }
            }
            Piece::Value(tokens) => self.fail(tokens, &sentences::form(&self.option.clone())),
            Piece::Flag(word) if known.flags.iter().any(|flag| word == flag) => {
                self.flags.push(word);
            }
            Piece::Named(word, tokens) if known.settings.iter().any(|name| word == name) => {
                if tokens.is_empty() {
                    self.fail(&word, &sentences::no_value(&word));
                } else if let Some(comma) = stray(&tokens) {
                    self.fail(comma, &sentences::form(&self.option.clone()));
                } else {
                    self.named.push((word, tokens));
                }
            }
            Piece::Flag(word) if known.settings.iter().any(|name| word == name) => {
                self.fail(&word, &sentences::no_value(&word));
            }
            Piece::Named(word, _) if known.flags.iter().any(|flag| word == flag) => {
                self.fail(&word, &sentences::flag_with_value(&word));
            }
            Piece::Named(word, _) | Piece::Flag(word) => {
                let message = sentences::unknown_setting(&self.option, &word, &known.words());
                self.fail(&word, &message);
            }
        }
    }

    /// Something is wrong: the option is lost.
    pub(super) fn fail(&mut self, tokens: impl quote::ToTokens, message: &message::Message) {
        self.report.error(tokens, message);
        self.failed = true;
    }

    /// A setting is given a second time.
    pub(super) fn fail_twice(&mut self, second: &Ident) {
        let message = message::option_twice(second, &self.owner);
        self.fail(second, &message);
    }

    /// The value without a name.
    pub(super) fn position(&mut self) -> Option<TokenStream> {
        self.position.take()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    pub(super) fn take(&mut self, name: &str) -> Option<(Ident, TokenStream)> {
        let at = self.named.iter().position(|(word, _)| word == name)?;
        Some(self.named.remove(at))
    }

    pub(super) fn count(&mut self, name: &str) -> Option<Count> {
        let (word, tokens) = self.take(name)?;
        let count = value::count(name, &word, tokens.clone());
        self.valued(tokens, count)
    }

    pub(super) fn time(&mut self, name: &str) -> Option<Time> {
        let (word, tokens) = self.take(name)?;
        let time = value::time(name, &word, tokens.clone());
        self.valued(tokens, time)
    }

    pub(super) fn expression(&mut self, name: &str) -> Option<Expression> {
        let (word, tokens) = self.take(name)?;
        Some(value::expression(&word, tokens))
    }

    /// What was made of a value, or nothing and a message at it.
    pub(super) fn valued<T>(&mut self, tokens: TokenStream, value: Value<T>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(message) => {
                self.fail(tokens, &message);
                None
            }
        }
    }

    /// What an option cannot do without. It is missed only where nothing else is wrong.
    pub(super) fn needed<T>(&mut self, value: Option<T>, message: &message::Message) -> Option<T> {
        if value.is_none() && !self.failed {
            let option = self.option.clone();
            self.fail(option, message);
        }
        value
    }

    /// The option, if nothing was wrong.
    pub(super) fn whole<T>(&self, option: T) -> Option<T> {
        (!self.failed).then_some(option)
    }
}

/// What stands between two commas.
enum Piece {
    /// `value`.
    Value(TokenStream),
    /// `name = value`.
    Named(Ident, TokenStream),
    /// `flag`.
    Flag(Ident),
}

impl Piece {
    fn word(&self) -> Option<&Ident> {
        match self {
            Self::Value(_) => None,
            Self::Named(word, _) | Self::Flag(word) => Some(word),
        }
    }
}

/// Splits settings at the commas between them.
///
/// An expression has commas of its own, in `f::<A, B>()` and `|a, b| ..`, and it is never parsed. So a comma parts two
/// settings only where `name =`, or a word that stands alone, follows.
fn split(tokens: TokenStream, known: &Known) -> Vec<Piece> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut angles = Angles::default();
    for at in 0..trees.len() {
        angles.pass(&trees, at);
        if !angles.is_inside() && is_comma(&trees[at]) && starts_setting(&trees[at + 1..], known) {
            pieces.extend(piece(&trees[start..at], start == 0, known));
            start = at + 1;
        }
    }
    pieces.extend(piece(&trees[start..], start == 0, known));
    pieces
}

/// Nothing for nothing: a comma at the end costs nothing.
fn piece(trees: &[TokenTree], is_first: bool, known: &Known) -> Option<Piece> {
    match trees {
        [] => None,
        // A first word may be an expression.
        [TokenTree::Ident(word)] if !is_first || known.flags.iter().any(|flag| word == flag) => {
            Some(Piece::Flag(word.clone()))
        }
        [TokenTree::Ident(word), rest @ ..] if is_assignment(rest) => {
            Some(Piece::Named(word.clone(), collect(&rest[1..])))
        }
        _ => Some(Piece::Value(collect(trees))),
    }
}

fn collect(trees: &[TokenTree]) -> TokenStream {
    trees.iter().cloned().collect()
}

fn starts_setting(rest: &[TokenTree], known: &Known) -> bool {
    match rest {
        [] | [TokenTree::Ident(_)] => true,
        [TokenTree::Ident(word), next, ..] => {
            is_assignment(&rest[1..])
                || is_comma(next) && known.flags.iter().any(|flag| word == flag)
        }
        _ => false,
    }
}

/// `=`, and neither `==` nor `=>`.
fn is_assignment(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Punct(equals), rest @ ..] if equals.as_char() == '=' => {
            equals.spacing() == Spacing::Alone
                || !matches!(rest.first(), Some(TokenTree::Punct(next)) if "=>".contains(next.as_char()))
        }
        _ => false,
    }
}

fn is_comma(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',')
}

/// The angle brackets of `f::<A, B>()`.
#[derive(Default)]
struct Angles {
    depth: usize,
}

impl Angles {
    fn pass(&mut self, trees: &[TokenTree], at: usize) {
        let punct = |at: Option<usize>| match trees.get(at?)? {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        match (punct(at.checked_sub(1)), punct(Some(at))) {
            (Some(':'), Some('<')) => self.depth += 1,
            (_, Some('<')) if self.depth > 0 => self.depth += 1,
            (Some('-' | '='), Some('>')) => {}
            (_, Some('>')) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    const fn is_inside(&self) -> bool {
        self.depth > 0
    }
}

/// A comma that can be part of no expression, with what follows it.
fn stray(tokens: &TokenStream) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let at = trees.iter().position(is_comma)?;
    // What comes before it could open a closure or generics.
    let is_open = trees[..at]
        .iter()
        .any(|tree| matches!(tree, TokenTree::Punct(punct) if "|<".contains(punct.as_char())));
    (!is_open).then(|| collect(&trees[at..]))
}
