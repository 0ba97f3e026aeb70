//! What comes after `->`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Ident, Path, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, discouraged::Speculative},
    token,
};

use super::{Output, ResultOf, Shape, ValueType, list::comma_separated, name, result_of, resync};
use crate::{message, report::Report};

/// `-> Type`, of a workflow. Something that stands where it should but lacks its arrow is taken for what it means.
pub(super) fn arrow(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Arrow> {
    if input.peek(Token![->]) {
        let arrow: Token![->] = input.parse()?;
        if ends(input) || input.peek(Token![;]) || resync::starts_with_kind(input) {
            return Ok(Arrow::Lost(syn::Error::new_spanned(
                arrow,
                message::missing_type().text(),
            )));
        }
        let fork = input.fork();
        return match fork.parse() {
            Ok(ty) => {
                input.advance_to(&fork);
                Ok(Arrow::Type(ty))
            }
            Err(error) => Err(message::error(error.span(), &message::not_a_type())),
        };
    }
    if ends(input) || input.peek(Token![;]) || resync::starts_with_kind(input) {
        return Ok(Arrow::Missing);
    }
    let start = resync::here(input);
    let fork = input.fork();
    match fork.parse::<Type>() {
        Ok(ty) if ends(&fork) => {
            input.advance_to(&fork);
            report.error(&ty, &message::missing_arrow(&message::source(&ty)));
            Ok(Arrow::Type(ty))
        }
        _ => Err(message::error(start, &message::expected_arrow())),
    }
}

/// What an arrow leads to.
#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and not for long"
)]
pub(super) enum Arrow {
    /// There is none.
    Missing,
    Type(Type),
    /// There is one, and nothing after it.
    Lost(syn::Error),
}

/// Whether a type may end here.
fn ends(input: ParseStream<'_>) -> bool {
    input.peek(token::Brace) || input.peek(Token![where]) || input.is_empty()
}

/// `-> Output`, of a step.
pub(super) fn parse(
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Output> {
    if has_names(input) {
        if input.peek(Token![->]) {
            let _: Token![->] = input.parse()?;
        } else {
            report.error_at(resync::here(input), &message::missing_arrow_of_names());
        }
        return named(input, report, incomplete);
    }
    let ty = match arrow(input, report)? {
        Arrow::Type(ty) => ty,
        Arrow::Lost(error) => return Err(error),
        Arrow::Missing => {
            return Ok(Output {
                returns: None,
                fallible: false,
                error: None,
                shape: Shape::Nothing,
            });
        }
    };
    let returns = Some(ty.to_token_stream());
    let (error, value) = match result_of(&ty) {
        None => (None, ValueType::Written(ty)),
        Some(ResultOf::Both(value, error)) => (
            Some(error.to_token_stream()),
            ValueType::Written(value.clone()),
        ),
        Some(ResultOf::Value(value)) => (returns.clone(), ValueType::Written(value.clone())),
        Some(ResultOf::Unsaid) => (returns.clone(), ValueType::InResult(ty)),
    };
    Ok(Output {
        returns,
        fallible: error.is_some(),
        error,
        shape: Shape::One(value),
    })
}

/// Whether `-> (name: ..` or `-> path::Result<(name: ..` comes; it may lack its arrow.
fn has_names(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    let result = (|| {
        let _: Option<Token![->]> = fork.parse()?;
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
            content.peek(Ident::peek_any) && content.peek2(Token![:]) && !content.peek2(Token![::]),
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
            error: None,
            shape: Shape::Named(values),
        });
    }
    let path = result_path(input)?;
    let lt: Token![<] = input.parse()?;
    let values = names(input, report, incomplete)?;
    let tuple = tuple(&values);
    let mut rest = TokenStream::new();
    let mut error = None;
    while input.peek(Token![,]) {
        let comma: Token![,] = input.parse()?;
        if input.peek(Token![>]) {
            break;
        }
        let ty: Type = input.parse()?;
        rest.extend(quote!(#comma #ty));
        error.get_or_insert(ty.into_token_stream());
    }
    let gt: Token![>] = input.parse()?;
    let returns = quote!(#path #lt #tuple #rest #gt);
    Ok(Output {
        error: error.or_else(|| Some(returns.clone())),
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
        let name = name::value(list, &message::expected_output_name())?;
        let ty = name::its_type(list, &name, &message::untyped_output(&name))?;
        values.push((name, ty));
        Ok(())
    };
    comma_separated(
        &content,
        &message::expected_comma(),
        report,
        incomplete,
        &mut parse,
    );
    Ok(values)
}

/// The tuple that the step's function returns.
fn tuple(values: &[(Ident, Type)]) -> TokenStream {
    let types = values.iter().map(|(_, ty)| ty);
    quote!((#(#types,)*))
}
