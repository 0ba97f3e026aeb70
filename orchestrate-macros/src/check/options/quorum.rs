//! How many of the optional inputs must have succeeded, against how many there are.

use crate::{
    message::policies as message,
    model::{Model, Step},
    report::Report,
    syntax::Count,
};

pub(super) fn check(model: &Model<'_>, step: &Step<'_>, report: &mut Report) {
    let Some(quorum) = &step.syntax.options.quorum else {
        return;
    };
    let (mut optional, mut is_open) = (0, model.syntax.incomplete);
    for read in &step.reads {
        let Some(value) = read.value else {
            // Who knows what it means.
            is_open |= read.how.is_value();
            continue;
        };
        let Some(producer) = model.values[value].producer else {
            continue;
        };
        let producer = &model.steps[producer].syntax.options;
        optional += usize::from(producer.optional.is_some());
        // As many as there are items.
        is_open |= producer.optional.is_some() && producer.each.is_some() || producer.incomplete;
    }
    if is_open {
        return;
    }
    let name = &step.syntax.name;
    if optional == 0 {
        report.error(&quorum.word, &message::quorum_of_none(name));
    } else if let Count::Literal(wanted, span) = quorum.count
        && wanted > optional as u64
    {
        let message = message::quorum_too_large(wanted, optional, name);
        report.error_at(span, &message);
    }
}
