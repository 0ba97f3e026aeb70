//! What comes after `->`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Ident, Path, Token, Type, parenthesized,
    parse::{ParseStream, discouraged::Speculative},
    token,
};

use super::{Output, ResultOf, Shape, ValueType, result_of, resync, workflow::comma_separated};
use crate::{message, report::Report};

/// `-> Type`, of a workflow. Something that stands where it should but lacks its arrow is taken for what it means.
pub(super) fn arrow(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Option<Type>> {
    if input.peek(Token![->]) {
        let arrow: Token![->] = input.parse()?;
        if input.peek(token::Brace) || input.is_empty() {
            report.error(arrow, &message::missing_type());
            *incomplete = true;
            return Ok(None);
        }
        return input.parse().map(Some);
    }
    if input.peek(token::Brace) || input.peek(Token![where]) || input.is_empty() {
        return Ok(None);
    }
    let start = resync::here(input);
    let fork = input.fork();
    match fork.parse::<Type>() {
        Ok(ty) if fork.peek(token::Brace) || fork.peek(Token![where]) => {
            input.advance_to(&fork);
            report.error(&ty, &message::missing_arrow(&ty));
            Ok(Some(ty))
        }
        _ => Err(syn::Error::new_spanned(
            start,
            message::expected_arrow().text(),
        )),
    }
}

/// `-> Output`, of a step.
pub(super) fn parse(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Output> {
    if has_names(input) {
        let fork = input.fork();
        let _: Token![->] = fork.parse()?;
        let output = named(&fork, report, incomplete)?;
        input.advance_to(&fork);
        return Ok(output);
    }
    let Some(ty) = arrow(input, report, incomplete)? else {
        return Ok(Output {
            returns: None,
            fallible: false,
            shape: Shape::Nothing,
        });
    };
    let returns = Some(ty.to_token_stream());
    let (fallible, value) = match result_of(&ty) {
        None => (false, ValueType::Written(ty)),
        Some(ResultOf::Both(value, _) | ResultOf::Value(value)) => {
            (true, ValueType::Written(value.clone()))
        }
        Some(ResultOf::Unsaid) => (true, ValueType::InResult(ty)),
    };
    Ok(Output {
        returns,
        fallible,
        shape: Shape::One(value),
    })
}

/// Whether `-> (name: ..` or `-> path::Result<(name: ..` comes.
fn has_names(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    let result = (|| {
        let _: Token![->] = fork.parse()?;
        if fork.peek(token::Paren) {
            return Ok(starts_names(&fork));
        }
        result_path(&fork)?;
        let _: Token![<] = fork.parse()?;
        Ok::<_, syn::Error>(starts_names(&fork))
    })();
    result.unwrap_or(false)
}

/// A path up to the word `Result`, without what stands in its angle brackets.
fn result_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let path = Path::parse_mod_style(input)?;
    match path.segments.last() {
        Some(last) if last.ident == "Result" => Ok(path),
        _ => Err(input.error("not a `Result`")),
    }
}

/// Whether `(name: ` comes.
fn starts_names(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    let result = (|| {
        let content;
        parenthesized!(content in fork);
        Ok::<_, syn::Error>(
            content.peek(Ident) && content.peek2(Token![:]) && !content.peek2(Token![::]),
        )
    })();
    result.unwrap_or(false)
}

/// `(name: Type, ..)` or `Result<(name: Type, ..), E>`.
fn named(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Output> {
    if input.peek(token::Paren) {
        let values = names(input, report, incomplete)?;
        let returns = tuple(&values);
        return Ok(Output {
            returns: Some(returns),
            fallible: false,
            shape: Shape::Named(values),
        });
    }
    let path = result_path(input)?;
    let lt: Token![<] = input.parse()?;
    let values = names(input, report, incomplete)?;
    let tuple = tuple(&values);
    let mut rest = TokenStream::new();
    while input.peek(Token![,]) {
        let comma: Token![,] = input.parse()?;
        if input.peek(Token![>]) {
            break;
        }
        let ty: Type = input.parse()?;
        rest.extend(quote!(#comma #ty));
    }
    let gt: Token![>] = input.parse()?;
    let returns = quote!(#path #lt #tuple #rest #gt);
    Ok(Output {
        returns: Some(returns),
        fallible: true,
        shape: Shape::Named(values),
    })
}

fn names(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Vec<(Ident, Type)>> {
    let content;
    parenthesized!(content in input);
    let mut values = Vec::new();
    let mut parse = |list: ParseStream<'_>, _: &mut Report| -> syn::Result<()> {
        let name: Ident = list
            .parse()
            .map_err(|error| message::error(error.span(), &message::expected_output_name()))?;
        if !list.peek(Token![:]) {
            return Err(message::error(name.span(), &message::untyped_output(&name)));
        }
        let _: Token![:] = list.parse()?;
        values.push((name, list.parse()?));
        Ok(())
    };
    comma_separated(&content, report, incomplete, &mut parse);
    Ok(values)
}

/// The tuple that the step's function returns.
fn tuple(values: &[(Ident, Type)]) -> TokenStream {
    let types = values.iter().map(|(_, ty)| ty);
    quote!((#(#types,)*))
}
