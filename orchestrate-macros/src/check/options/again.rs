//! What must not happen twice.

use super::is_idempotent;
use crate::{message::policies as message, model::Step, report::Report};

pub(super) fn check(step: &Step<'_>, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    // What could not be read may say that it is idempotent.
    if is_idempotent(step) || options.incomplete {
        return;
    }
    if let Some(retry) = &options.retry {
        report.error(&retry.word, &message::retry_unsafe(name));
    }
    if let Some(cache) = &options.cache {
        report.error(&cache.word, &message::cache_unsafe(name));
    }
}
