//! Names, and the types that are declared with them.

use syn::{Ident, Token, Type, ext::IdentExt, parse::ParseStream};

use super::resync;
use crate::message::{self, Message};

/// The name of a value: whatever a local may be called. `otherwise` says what is expected here.
pub(super) fn value(input: ParseStream<'_>, otherwise: &Message) -> syn::Result<Ident> {
    if let Ok(name) = input.fork().parse::<Ident>() {
        let _: Ident = input.parse()?;
        return Ok(name);
    }
    let error = |message: &Message| message::error(resync::here(input), message);
    match input.fork().call(Ident::parse_any) {
        Ok(word) if word == "mut" => Err(error(&message::mutable())),
        Ok(word)
            if !["_", "self", "Self", "super", "crate", "ref"]
                .contains(&word.to_string().as_str()) =>
        {
            Err(error(&message::keyword(&word)))
        }
        _ => Err(error(otherwise)),
    }
}

/// `: Type`.
pub(super) fn its_type(
    input: ParseStream<'_>,
    name: &Ident,
    untyped: &Message,
) -> syn::Result<Type> {
    let colon: Option<Token![:]> = input.parse()?;
    if colon.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(message::error(name.span(), untyped));
    }
    let fork = input.fork();
    fork.parse::<Type>()
        .map_err(|error| message::error(error.span(), &message::not_a_type()))?;
    input.parse()
}
