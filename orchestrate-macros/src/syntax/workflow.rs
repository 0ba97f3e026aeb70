//! Workflows: the header, and what stands between the braces.

use orchestrate_plan::nearest;
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Generics, Ident, Token, Type, Visibility, braced,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser, discouraged::Speculative},
    token,
};

use super::{
    Call, Input, Workflow, attribute, depth,
    list::comma_separated,
    name,
    output::{self, Arrow},
    resync, step,
};
use crate::{
    message,
    report::Report,
    syntax::resync::{Ahead, ahead},
};

/// Reads all the workflows of a call, and says what is wrong with those that it cannot.
pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> Call {
    let mut call = Call::default();
    if let Some(span) = depth::too_deep(&tokens) {
        report.error_at(span, &message::too_deeply_nested(depth::DEEPEST));
        return call;
    }
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
    let mut incomplete = false;
    let attributes = attribute::outer(input, report, &mut incomplete)?;
    let vis: Visibility = input.parse()?;
    keyword(input, report)?;
    let name = name::value(input, &message::expected_workflow_name())?;
    let attribute::OfWorkflow {
        attributes,
        facade,
        strict_batches,
        deadline,
        saga,
    } = attribute::of_workflow(attributes, &name, report);
    let mut generics: Generics = input.parse()?;
    let mut declared = Vec::new();
    if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        declared = inputs(&list, report, &mut incomplete);
    } else {
        let (here, message) = (
            resync::here(input),
            message::expected_workflow_inputs(&name),
        );
        if !input.peek(token::Brace) && !input.peek(Token![->]) {
            return Err(message::error(here, &message));
        }
        report.error_at(here, &message);
        incomplete = true;
    }
    let output = match output::arrow(input, report)? {
        Arrow::Type(ty) => Some(ty),
        Arrow::Missing => None,
        Arrow::Lost(error) => {
            report.parse_error(error);
            incomplete = true;
            // It fits wherever the output is used.
            Some(Type::Never(syn::TypeNever {
                attrs: Vec::new(),
                bang_token: Token![!](name.span()),
            }))
        }
    };
    generics.where_clause = input.parse()?;
    let (mut steps, mut tail) = (Vec::new(), TokenStream::new());
    if input.peek(token::Brace) {
        let content;
        braced!(content in input);
        (steps, tail) = body(&content, report, &mut incomplete);
    } else {
        let message = message::expected_workflow_body(&name);
        report.error_at(name.span(), &message);
        resync::skip_to_workflow(input);
        incomplete = true;
    }
    Ok(Workflow {
        attributes,
        facade,
        strict_batches,
        deadline,
        saga,
        vis,
        name,
        generics,
        inputs: declared,
        output,
        steps,
        tail,
        incomplete,
    })
}

/// The word `workflow`, as far as there is one: `Name(` and a word that is near it are taken for what they mean.
fn keyword(input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
    let fork = input.fork();
    let Ok(word) = fork.call(Ident::parse_any) else {
        return Err(message::error(
            resync::here(input),
            &message::expected_workflow(),
        ));
    };
    if word == "workflow" {
        input.advance_to(&fork);
        return Ok(());
    }
    let is_near = !nearest(&word.to_string(), ["workflow"]).is_empty();
    if is_near && fork.peek(Ident) {
        input.advance_to(&fork);
        report.error(&word, &message::not_workflow(&word, true));
        return Ok(());
    }
    if input.peek(Ident) && (fork.peek(token::Paren) || fork.peek(Token![<])) {
        report.error(&word, &message::no_keyword(&word));
        return Ok(());
    }
    input.advance_to(&fork);
    Err(message::error(
        word.span(),
        &message::not_workflow(&word, false),
    ))
}

/// `name: Type, ..`
fn inputs(list: ParseStream<'_>, report: &mut Report, incomplete: &mut bool) -> Vec<Input> {
    let mut inputs = Vec::new();
    let mut parse = |list: ParseStream<'_>, report: &mut Report| -> syn::Result<()> {
        let attributes = list.call(Attribute::parse_outer)?;
        let name = name::value(list, &message::expected_workflow_input())?;
        let ty = name::its_type(list, &name, &message::untyped_input(&name))?;
        inputs.push(Input {
            attributes: attribute::of_input(attributes, &name, report),
            name,
            ty,
        });
        Ok(())
    };
    comma_separated(
        list,
        &message::expected_comma(),
        report,
        incomplete,
        &mut parse,
    );
    inputs
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
            Ahead::Step => {
                let start = content.cursor();
                match step::parse(content, report, incomplete) {
                    Ok(step) => steps.push(step),
                    Err(error) => {
                        report.parse_error(error);
                        *incomplete = true;
                        if content.cursor() == start {
                            // Whatever it is, it is not read twice.
                            let _: syn::Result<TokenTree> = content.parse();
                        }
                        resync::skip_item(content);
                    }
                }
            }
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
