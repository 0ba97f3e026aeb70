//! The first of the four nets: a body that launches agents says so in its words.

use orchestrate_plan::Kind;
use proc_macro2::{Spacing, TokenStream, TokenTree};

use crate::{message, model::Model, report::Report, syntax::Work};

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    for step in &model.steps {
        if let Work::Function { body, .. } = &step.syntax.work
            && matches!(step.syntax.kind, Kind::Agent | Kind::Tool | Kind::Mcp)
        {
            // One mistake, in however many words.
            if let Some(word) = scan(&body.stream()) {
                report.error(
                    word,
                    &message::nested_agent(step.syntax.kind.word(), &step.syntax.name),
                );
            }
        }
    }
}

/// Finds `Orchestrator`, or `workflow!`.
fn scan(tokens: &TokenStream) -> Option<TokenTree> {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Group(group) => scan(&group.stream()),
            TokenTree::Ident(word) => {
                // Not `!=`.
                let is_macro = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(punct))
                        if punct.as_char() == '!' && punct.spacing() == Spacing::Alone
                );
                (word == "Orchestrator" || word == "workflow" && is_macro).then_some(token)
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
