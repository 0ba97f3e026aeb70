//! The struct, with the plan in its documentation.

use std::{collections::HashSet, fmt::Write as _};

use orchestrate_plan::{Layout, Plan};
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote_spanned;

use syn::{Attribute, Expr, Lit, Meta};

use crate::{model::Model, syntax::plain};

pub(super) fn definition(model: &Model<'_>, layout: Option<&Layout>) -> TokenStream {
    let workflow = model.syntax;
    let (vis, name) = (&workflow.vis, &workflow.name);
    let attributes = &workflow.attributes;
    let generics = &model.generics;
    let where_clause = &generics.where_clause;
    let has_docs = attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"));
    let summary = (!has_docs).then(|| {
        let summary = format!("The workflow `{}`.", plain(name));
        ours!(#[doc = #summary])
    });
    let plan = layout.map(|layout| {
        let plan = plan_section(model, layout);
        ours!(#[doc = #plan])
    });
    let is_given = |word: &str| {
        attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(word))
    };
    let must_use = (!is_given("must_use"))
        .then(|| ours!(#[must_use = "a workflow does nothing until it is run"]));
    let mut names = HashSet::new();
    let fields = workflow
        .inputs
        .iter()
        .zip(&model.input_types)
        // Of two inputs with one name, which is a mistake, the first is kept.
        .filter(|(input, _)| names.insert(plain(&input.name)))
        .map(|(input, ty)| {
            let (attributes, name) = (&input.attributes, &input.name);
            let documented = attributes
                .iter()
                .any(|attribute| attribute.path().is_ident("doc"));
            let doc = (!documented).then(|| {
                let doc = format!("The input `{}` of the workflow.", plain(name));
                ours!(#[doc = #doc])
            });
            ours!(#doc #(#attributes)* #vis #name: #ty)
        });
    // Where rustc shows the struct, it shows its name.
    let keyword = quote_spanned!(super::before(name.span())=> struct);
    let mut fields = Group::new(Delimiter::Brace, ours!(#(#fields,)*));
    fields.set_span(name.span());
    ours! {
        #(#attributes)*
        #summary
        #plan
        #must_use
        // Whether its inputs can be shown is the user's to say, by a derive.
        #[allow(missing_debug_implementations)]
        #vis #keyword #name #generics #where_clause #fields
    }
}

/// How many arrows Mermaid draws at most, as it comes.
const DRAWN: usize = 500;

/// The plan, as a list of batches and as a picture.
fn plan_section(model: &Model<'_>, layout: &Layout) -> String {
    let mut text = String::from("\n# Plan\n\n");
    let count = |n: usize, one: &str, many: &str| {
        if n == 1 {
            format!("1 {one}")
        } else {
            format!("{n} {many}")
        }
    };
    if layout.is_empty() {
        text.push_str("No steps.\n");
        return text;
    }
    let (steps, batches) = (
        count(layout.len(), "step", "steps"),
        count(layout.batch_count(), "batch", "batches"),
    );
    let _ = writeln!(
        text,
        "{steps} in {batches}; the steps of a batch can run at the same time.\n"
    );
    for (number, batch) in layout.batches().enumerate() {
        let _ = writeln!(text, "{}. ", number + 1);
        for &step in batch {
            let syntax = model.steps[step].syntax;
            let _ = write!(text, "   - `{}` ({})", plain(&syntax.name), syntax.kind);
            if let Some(summary) = summary(&syntax.attributes) {
                let _ = write!(text, ": {summary}");
            }
            text.push('\n');
        }
    }
    let edges: usize = (0..layout.len())
        .map(|step| layout.dependencies(step).len())
        .sum();
    if edges > DRAWN {
        let name = plain(&model.syntax.name);
        let _ = writeln!(
            text,
            "\nA picture of so many steps is made by `{name}::PLAN.mermaid()`."
        );
    // The same planner once more, for the picture; it has just found nothing wrong.
    } else if let Ok(plan) = Plan::new(plain(&model.syntax.name), &model.graph) {
        let _ = write!(text, "\n```mermaid\n{}```\n", plan.mermaid());
    }
    text
}

/// The first line of a doc comment.
fn summary(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(expr) = &pair.value else {
            return None;
        };
        let Lit::Str(text) = &expr.lit else {
            return None;
        };
        let text = text.value().trim().to_owned();
        (pair.path.is_ident("doc") && !text.is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::DRAWN;
    use crate::{pipeline, testing::tokens};

    fn chain(arrows: usize) -> String {
        let mut source = "workflow Chain() { fn s0() -> u8 { 0 }".to_owned();
        for step in 1..=arrows {
            let _ = write!(source, "fn s{step}(s{}) -> u8 {{ 0 }}", step - 1);
        }
        pipeline::workflow(tokens(&(source + "}"))).to_string()
    }

    #[test]
    fn a_picture_that_nobody_draws_is_not_made() {
        assert!(chain(DRAWN).contains("```mermaid"));
        let larger = chain(DRAWN + 1);
        assert!(!larger.contains("```mermaid"), "{larger}");
        assert!(larger.contains("is made by `Chain::PLAN.mermaid()`"));
    }
}
