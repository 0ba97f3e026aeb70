//! Flows: `flow name = Workflow { field, field: value };`

use orchestrate_plan::Kind;
use syn::{
    Attribute, Ident, Path, Token, Visibility, braced, ext::IdentExt, parse::ParseStream, token,
};

use super::{
    Field, Passing, Step, Work, attribute, list::comma_separated, name as names, resync, step,
};
use crate::{message, report::Report};

pub(super) fn parse(
    attributes: Vec<Attribute>,
    vis: Visibility,
    input: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> syn::Result<Step> {
    let keyword = input.call(Ident::parse_any)?;
    let name = step::name(input, keyword.span())?;
    let attribute::OfStep {
        attributes,
        options,
    } = attribute::of_step(attributes, &name, report);
    let form = |input: ParseStream<'_>| {
        message::error(resync::here_or(input, &name), &message::flow_form(&name))
    };
    if !input.peek(Token![=]) {
        return Err(form(input));
    }
    let _: Token![=] = input.parse()?;
    // Not `Path::parse`: it would take `Workflow<T>` too, but a struct literal wants `Workflow::<T>`.
    let path: Path = input.fork().parse().map_err(|_| form(input))?;
    let _: Path = input.parse()?;
    if !input.peek(token::Brace) {
        return Err(form(input));
    }
    let list;
    let braces = braced!(list in input);
    let mut fields = Vec::new();
    let mut parse = |list: ParseStream<'_>, _: &mut Report| -> syn::Result<()> {
        fields.push(field(list)?);
        Ok(())
    };
    comma_separated(
        &list,
        &message::not_a_value(),
        report,
        incomplete,
        &mut parse,
    );
    if input.peek(Token![;]) {
        let _: Token![;] = input.parse()?;
    } else {
        // The flow itself is whole.
        report.error_at(braces.span.close(), &message::flow_semicolon(&name));
    }
    let work = Work::Flow { path, fields };
    Ok(Step {
        attributes,
        options,
        vis,
        kind: Kind::Flow,
        kind_span: keyword.span(),
        name,
        work,
    })
}

/// `field`, `field: value`, `field: &value`, `field: move value`, `move field`.
fn field(list: ParseStream<'_>) -> syn::Result<Field> {
    let moved: Option<Token![move]> = list.parse()?;
    let name = names::value(list, &message::expected_flow_field())?;
    if moved.is_some() {
        return Ok(Field {
            passing: Passing::Move,
            value: name.clone(),
            name,
            is_short: true,
        });
    }
    if !list.peek(Token![:]) {
        return Ok(Field {
            passing: Passing::Plain,
            value: name.clone(),
            name,
            is_short: true,
        });
    }
    let _: Token![:] = list.parse()?;
    let passing = if list.peek(Token![&]) {
        let _: Token![&] = list.parse()?;
        Passing::Reference
    } else if list.peek(Token![move]) {
        let _: Token![move] = list.parse()?;
        Passing::Move
    } else {
        Passing::Plain
    };
    if list.is_empty() || list.peek(Token![,]) {
        return Err(message::error(
            name.span(),
            &message::expected_flow_value(&name),
        ));
    }
    let value = names::value(list, &message::expected_flow_value(&name))?;
    Ok(Field {
        name,
        passing,
        value,
        is_short: false,
    })
}
