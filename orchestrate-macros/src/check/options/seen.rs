//! What the expression of an option cannot see: what is gone by then, or is called like something else.

use crate::{
    message::policies as message,
    model::{How, Mentions, Step, words},
    report::Report,
    syntax::{Expression, plain},
};

pub(super) fn check(step: &Step<'_>, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    if let (Some(cache), Some(rollback)) = (&options.cache, &options.rollback) {
        report.error(
            &rollback.word,
            &message::rollback_and_cache(&cache.word, name),
        );
    }
    if let Some(rollback) = &options.rollback {
        for read in &step.reads {
            if matches!(read.how, How::Context | How::Last) {
                let read = plain(read.name);
                let used = words(&rollback.tokens);
                if let Some(word) = used.into_iter().find(|word| plain(word) == read) {
                    report.error(&word, &message::gone_when_undone(&word));
                }
            }
        }
    }
    // `error` is given to these: an input of that name would hide it, or be hidden.
    let asked = options.retry.iter().filter_map(|retry| retry.when.as_ref());
    let asked = asked.chain(&options.fallback).chain(&options.default);
    let mut asked = asked.filter(|expression| mentions_error(expression));
    if let Some(expression) = asked.next()
        && let Some(read) = step.reads.iter().find(|read| read.name == "error")
    {
        report.error(read.name, &message::error_is_taken(&expression.word, name));
    }
}

fn mentions_error(expression: &Expression) -> bool {
    Mentions::of(&expression.tokens).contains("error")
}
