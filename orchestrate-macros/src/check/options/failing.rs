//! What happens when a step fails: two answers to one question, or an answer that nobody asks for.

use orchestrate_plan::Kind;

use super::{is_fallible, is_idempotent};
use crate::{message::policies as message, model::Step, report::Report};

pub(super) fn check(step: &Step<'_>, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    if let (Some(_), Some(default)) = (&options.optional, &options.default) {
        report.error(&default.word, &message::optional_and_default(name));
    }
    if let (Some(_), Some(irreversible)) = (&options.rollback, &options.irreversible) {
        report.error(
            &irreversible.word,
            &message::irreversible_and_rollback(name),
        );
    }
    if !is_fallible(step) {
        // One mistake, in however many of them.
        if let Some(fallback) = options.fallback.first() {
            report.error(&fallback.word, &message::cannot_fail("fallback", name));
        }
        if let Some(when) = options.retry.as_ref().and_then(|retry| retry.when.as_ref()) {
            report.error(&when.word, &message::cannot_fail("retry(when = ..)", name));
        }
    }
    if let Some(critical) = &options.critical
        && is_idempotent(step)
        && step.syntax.kind != Kind::Human
    {
        let is_plain = step.syntax.kind == Kind::Plain;
        report.error(critical, &message::critical_idempotent(name, is_plain));
    }
}
