//! Steps: `kind fn name(inputs) -> Output { body }`, and flows.

use orchestrate_plan::{Kind, nearest};
use proc_macro2::{Group, Span, TokenTree};
use syn::{
    Attribute, Generics, Ident, Token, Type, Visibility, ext::IdentExt, parenthesized,
    parse::ParseStream, token,
};

pub(super) use super::Step;
use super::{
    Output, Param, Work, attribute, flow, list::comma_separated, name as names, output, resync,
};
use crate::{message, report::Report};

/// The words that may stand before `fn`.
pub(super) const KINDS: [(&str, Kind); 4] = [
    ("agent", Kind::Agent),
    ("tool", Kind::Tool),
    ("mcp", Kind::Mcp),
    ("human", Kind::Human),
];

/// Reads a step. An error costs the step; what is reported on the way does not.
pub(super) fn parse(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Step> {
    let attributes = attribute::outer(input, report, incomplete)?;
    let vis: Visibility = input.parse()?;
    if input.peek(Ident::peek_any) && !input.peek(Token![fn]) {
        let fork = input.fork();
        if fork.call(Ident::parse_any)? == "flow" && !fork.peek(Token![fn]) {
            return flow::parse(attributes, vis, input, report, incomplete);
        }
    }
    let (kind, kind_span) = kind(input, report, incomplete)?;
    let keyword: Option<Token![fn]> = input.parse()?;
    let name = name(input, keyword.map_or(kind_span, |keyword| keyword.span))?;
    let attribute::OfStep {
        attributes,
        options,
    } = attribute::of_step(attributes, &name, report);
    if input.peek(Token![<]) {
        let generics: Generics = input.parse()?;
        report.error(&generics, &message::step_generics(&name));
    }
    if !input.peek(token::Paren) {
        return Err(message::error(
            resync::here_or(input, &name),
            &message::expected_step_inputs(&name),
        ));
    }
    let list;
    parenthesized!(list in input);
    let params = params(&list, report, incomplete);
    let output: Output = output::parse(input, report, incomplete)?;
    let body = body(input, &name)?;
    let work = Work::Function {
        params,
        output,
        body,
    };
    Ok(Step {
        attributes,
        options,
        vis,
        kind,
        kind_span,
        name,
        work,
    })
}

/// Everything before `fn`.
fn kind(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<(Kind, Span)> {
    if input.peek(Token![fn]) {
        return Ok((Kind::Plain, input.span()));
    }
    let word = input.call(Ident::parse_any)?;
    let text = word.to_string();
    let known = KINDS
        .iter()
        .find(|(name, _)| *name == text)
        .map(|&(_, kind)| kind);
    if known.is_none() {
        let near = nearest(
            &text,
            KINDS.map(|(name, _)| name).into_iter().chain(["flow"]),
        );
        let message = match text.as_str() {
            "async" | "const" | "unsafe" | "extern" => message::qualified_step(&word),
            _ => message::unknown_kind(&word, &near),
        };
        // It may be the last expression that has come too early.
        *incomplete |= near.is_empty() && !word_of_rust(&text);
        report.error(&word, &message);
    }
    if known.is_some() && input.peek(Ident) && input.peek2(token::Paren) {
        report.error(&word, &message::no_fn(&word));
        return Ok((known.unwrap_or(Kind::Tool), word.span()));
    }
    // A second word (`async unsafe fn`) is part of the same mistake.
    while !input.peek(Token![fn]) {
        let extra = input.call(Ident::parse_any)?;
        if known.is_some() {
            report.error(&extra, &message::qualified_step(&extra));
        }
    }
    // A tool is asynchronous and launches nothing: the kind that causes no second message.
    Ok((known.unwrap_or(Kind::Tool), word.span()))
}

/// The words that Rust has before `fn`.
fn word_of_rust(word: &str) -> bool {
    ["async", "const", "unsafe", "extern"].contains(&word)
}

/// The name of a step: whatever a function may be called.
pub(super) fn name(input: ParseStream<'_>, before: Span) -> syn::Result<Ident> {
    if input.is_empty() || resync::starts_with_kind(input) {
        // The next step: this one ends before its name.
        return Err(message::error(before, &message::expected_step_name()));
    }
    names::value(input, &message::expected_step_name())
}

/// `move? name (: Type)?, ..`
fn params(list: ParseStream<'_>, report: &mut Report, incomplete: &mut bool) -> Vec<Param> {
    let mut params = Vec::new();
    let mut parse = |list: ParseStream<'_>, report: &mut Report| -> syn::Result<()> {
        let attributes = list.call(Attribute::parse_outer)?;
        let attributes = attribute::of_param(attributes, report);
        let moved: Option<Token![move]> = list.parse()?;
        let name = names::value(list, &message::not_an_input_name())?;
        let ty: Option<Type> = if list.peek(Token![:]) {
            Some(names::its_type(
                list,
                &name,
                &message::untyped_param(&name),
            )?)
        } else {
            None
        };
        params.push(Param {
            attributes,
            moved,
            name,
            ty,
        });
        Ok(())
    };
    comma_separated(
        list,
        &message::not_an_input_name(),
        report,
        incomplete,
        &mut parse,
    );
    params
}

/// A brace group, kept as it is.
fn body(input: ParseStream<'_>, name: &Ident) -> syn::Result<Group> {
    if input.peek(token::Brace)
        && let TokenTree::Group(group) = input.parse::<TokenTree>()?
    {
        return Ok(group);
    }
    Err(message::error(
        name.span(),
        &message::expected_step_body(name),
    ))
}
