//! Workflows: the header, and what stands between the braces.

use orchestrate_plan::nearest;
use proc_macro2::TokenStream;
use syn::{
    Attribute, Generics, Ident, Token, Type, Visibility, braced,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    token,
};

use super::{Call, Input, Workflow, attribute, output, resync, step};
use crate::{
    message,
    report::Report,
    syntax::resync::{Ahead, ahead},
};

/// Reads all the workflows of a call, and says what is wrong with those that it cannot.
pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> Call {
    let mut call = Call::default();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match workflow(input, report) {
                Ok(workflow) => call.workflows.push(workflow),
                Err(error) => {
                    report.parse_error(error);
                    resync::skip_to_workflow(input);
                }
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        report.parse_error(error);
    }
    call
}

fn workflow(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Workflow> {
    let attributes = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let keyword = input
        .call(Ident::parse_any)
        .map_err(|error| message::error(error.span(), &message::expected_workflow()))?;
    if keyword != "workflow" {
        let near = nearest(&keyword.to_string(), ["workflow"]);
        return Err(message::error(
            keyword.span(),
            &message::not_workflow(&keyword, !near.is_empty()),
        ));
    }
    let name: Ident = input
        .parse()
        .map_err(|error| message::error(error.span(), &message::expected_workflow_name()))?;
    let attribute::OfWorkflow {
        attributes,
        facade,
        strict_batches,
    } = attribute::of_workflow(attributes, &name, report);
    let mut generics: Generics = input.parse()?;
    if !input.peek(token::Paren) {
        return Err(message::error(
            input.span(),
            &message::expected_workflow_inputs(&name),
        ));
    }
    let mut incomplete = false;
    let list;
    parenthesized!(list in input);
    let inputs = inputs(&list, report, &mut incomplete);
    let output = output::arrow(input, report, &mut incomplete)?;
    generics.where_clause = input.parse()?;
    if !input.peek(token::Brace) {
        return Err(message::error(
            input.span(),
            &message::expected_workflow_body(&name),
        ));
    }
    let content;
    braced!(content in input);
    let (steps, tail) = body(&content, report, &mut incomplete);
    Ok(Workflow {
        attributes,
        facade,
        strict_batches,
        vis,
        name,
        generics,
        inputs,
        output,
        steps,
        tail,
        incomplete,
    })
}

/// `name: Type, ..`
fn inputs(list: ParseStream<'_>, report: &mut Report, incomplete: &mut bool) -> Vec<Input> {
    let mut inputs = Vec::new();
    let mut parse = |list: ParseStream<'_>, report: &mut Report| -> syn::Result<()> {
        let attributes = list.call(Attribute::parse_outer)?;
        let name = list
            .call(Ident::parse_any)
            .map_err(|error| message::error(error.span(), &message::expected_workflow_input()))?;
        if !list.peek(Token![:]) {
            return Err(message::error(name.span(), &message::untyped_input(&name)));
        }
        let _: Token![:] = list.parse()?;
        let ty: Type = list.parse()?;
        inputs.push(Input {
            attributes: attribute::of_input(attributes, &name, report),
            name,
            ty,
        });
        Ok(())
    };
    comma_separated(list, report, incomplete, &mut parse);
    inputs
}

/// Reads a list, item by item: a mistake costs its item, and a comma too many costs nothing.
pub(super) fn comma_separated(
    list: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
    item: &mut dyn FnMut(ParseStream<'_>, &mut Report) -> syn::Result<()>,
) {
    while !list.is_empty() {
        if list.peek(Token![,]) {
            report.error(resync::here(list), &message::comma());
        } else {
            let mut failed = false;
            if let Err(error) = item(list, report) {
                report.parse_error(error);
                failed = true;
            } else if !list.is_empty() && !list.peek(Token![,]) {
                report.error(resync::here(list), &message::expected_comma());
                failed = true;
            }
            if failed {
                *incomplete = true;
                while !list.is_empty() && !list.peek(Token![,]) {
                    if list.parse::<proc_macro2::TokenTree>().is_err() {
                        return;
                    }
                }
            }
        }
        let _: Option<Token![,]> = list.parse().ok();
    }
}

/// `step* tail?`
fn body(
    content: ParseStream<'_>,
    report: &mut Report,
    incomplete: &mut bool,
) -> (Vec<step::Step>, TokenStream) {
    let mut steps = Vec::new();
    loop {
        if content.is_empty() {
            return (steps, TokenStream::new());
        }
        match ahead(content) {
            Ahead::Step => match step::parse(content, report, incomplete) {
                Ok(step) => steps.push(step),
                Err(error) => {
                    report.parse_error(error);
                    *incomplete = true;
                    resync::skip_item(content);
                }
            },
            Ahead::Other if resync::step_follows(content) => {
                let skipped = resync::skip_to_step(content);
                report.error(&skipped, &message::not_a_step());
                *incomplete = true;
            }
            Ahead::Other => {
                let tail = content.parse().unwrap_or_default();
                return (steps, tail);
            }
        }
    }
}
