//! What cannot be asked of a person.

use crate::{message::policies as message, model::Step, report::Report};

pub(super) fn check(step: &Step<'_>, report: &mut Report) {
    let options = &step.syntax.options;
    let senseless = [
        options.idempotent.as_ref(),
        options.retry.as_ref().map(|retry| &retry.word),
        options.cache.as_ref().map(|cache| &cache.word),
        options.each.as_ref().map(|each| &each.word),
        options.batch.as_ref().map(|batch| &batch.word),
        options.repeat.as_ref().map(|repeat| &repeat.word),
        options.breaker.as_ref().map(|breaker| &breaker.word),
        options.uses.as_ref().map(|uses| &uses.word),
        options.priority.as_ref().map(|(word, _)| word),
        options.critical.as_ref(),
        options.spawn.as_ref(),
        options.blocking.as_ref(),
    ];
    for word in senseless.into_iter().flatten() {
        report.error(word, &message::human_option(word, &step.syntax.name));
    }
}
