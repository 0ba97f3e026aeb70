//! What a setting may be: how many, how long, or an expression.

use std::time::Duration;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Ident, Lit, spanned::Spanned};

use super::{Count, Expression, Time};
use crate::message::{Message, options as message};

/// What is wrong with a value; it is said at its tokens.
pub(super) type Value<T> = Result<T, Message>;

/// The whole of some tokens, where it is one literal.
pub(super) fn literal(tokens: &TokenStream) -> Option<Lit> {
    let mut trees = tokens.clone().into_iter();
    let tree = trees.next()?;
    if trees.next().is_some() {
        return None;
    }
    match tree {
        TokenTree::Literal(literal) => Some(Lit::new(literal)),
        // What a `macro_rules!` hands over stands in an invisible group.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => literal(&group.stream()),
        // `true` is a word.
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    }
}

/// Whole numbers carry the suffixes of Rust, or none.
const INTEGERS: [&str; 13] = [
    "", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
];

/// How many; 0 is none at all. `name`: of what.
pub(super) fn number(name: &str, tokens: &TokenStream) -> Value<Option<u64>> {
    let Some(literal) = literal(tokens) else {
        return Ok(None);
    };
    let Lit::Int(number) = &literal else {
        return Err(message::not_a_count(name));
    };
    if !INTEGERS.contains(&number.suffix()) {
        return Err(message::not_a_count(name));
    }
    match number.base10_parse() {
        Ok(0) => Err(message::no_count(name)),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(message::not_a_count(name)),
    }
}

/// How many, as a number or as an expression. `word`: the user's, that asks for it.
pub(super) fn count(name: &str, word: &Ident, tokens: TokenStream) -> Value<Count> {
    Ok(match number(name, &tokens)? {
        Some(number) => Count::Literal(number, tokens.span()),
        None => Count::Expression(expression(word, tokens)),
    })
}

/// How long, as a literal with a unit or as an expression.
pub(super) fn time(name: &str, word: &Ident, tokens: TokenStream) -> Value<Time> {
    let Some(literal) = literal(&tokens) else {
        return Ok(Time::Expression(expression(word, tokens)));
    };
    let (digits, unit) = match &literal {
        Lit::Int(number) => (number.base10_digits(), number.suffix()),
        Lit::Float(number) => (number.base10_digits(), number.suffix()),
        _ => return Err(message::not_a_time(name)),
    };
    let Some(unit_in_millis) = millis(unit) else {
        return Err(if INTEGERS.contains(&unit) {
            message::no_unit(digits)
        } else {
            message::unknown_unit(digits, unit)
        });
    };
    let time = duration(digits, unit_in_millis)
        .ok_or_else(|| message::time_too_long(&format!("{digits}{unit}")))?;
    Ok(Time::Literal(time, tokens.span()))
}

/// The milliseconds of a unit.
fn millis(unit: &str) -> Option<u32> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60 * 1_000,
        "h" => 60 * 60 * 1_000,
        _ => return None,
    })
}

fn duration(digits: &str, unit_in_millis: u32) -> Option<Duration> {
    if let Ok(number) = digits.parse::<u64>() {
        return number
            .checked_mul(u64::from(unit_in_millis))
            .map(Duration::from_millis);
    }
    let number: f64 = digits.parse().ok()?;
    let seconds = number * f64::from(unit_in_millis) / 1_000.0;
    Duration::try_from_secs_f64(seconds).ok()
}

pub(super) fn expression(word: &Ident, tokens: TokenStream) -> Expression {
    Expression {
        word: word.clone(),
        tokens,
    }
}
