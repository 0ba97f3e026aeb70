//! What is moved, and wanted again: by the body when it runs once more, by an expression after it, or by a step whose
//! input may not be there.

use proc_macro2::Ident;

use crate::{
    message::policies as message,
    model::{How, Model, Step, names},
    report::Report,
    syntax::{Passing, Work, plain},
};

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    for step in &model.steps {
        for moved in moved(step) {
            check_moved(model, step, moved, report);
        }
    }
}

fn check_moved(model: &Model<'_>, step: &Step<'_>, moved: &Ident, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    let is_items = |items: &Ident| plain(items) == plain(moved);
    let again = options.again();
    if options
        .each
        .as_ref()
        .is_some_and(|each| is_items(&each.items))
    {
        report.error(moved, &message::items_moved(moved, name));
    } else if let Some(option) = again {
        report.error(moved, &message::moved_again(option, moved, name));
    }
    // Where the body cannot have it, it is not taken from anybody.
    if again.is_none() {
        for expression in options.after_body() {
            let read = names(&expression.tokens).into_iter().find(is_items);
            if let Some(word) = read {
                let message = message::moved_and_wanted(&expression.word, &word, name);
                report.error(&word, &message);
            }
        }
    }
    let read = step.reads.iter().find(|read| read.name == moved);
    let producer = read.and_then(|read| model.values[read.value?].producer);
    if let Some(producer) = producer {
        let (producer, options) = (
            &model.steps[producer],
            &model.steps[producer].syntax.options,
        );
        let when = options.when.as_ref().map(|when| &when.word);
        // With `each`, it is the items that may have failed.
        let optional = options.optional.as_ref().filter(|_| options.each.is_none());
        if let Some(option) = when.or(optional) {
            let producer = &producer.syntax.name;
            let message = message::moved_and_maybe(option, &plain(moved), producer, name);
            report.error(option, &message);
        }
    }
}

/// The inputs that a step says it moves.
fn moved<'s>(step: &Step<'s>) -> Vec<&'s Ident> {
    let is_moved: Vec<bool> = match &step.syntax.work {
        Work::Function { params, .. } => params.iter().map(|param| param.moved.is_some()).collect(),
        Work::Flow { fields, .. } => {
            let passed = fields.iter().map(|field| field.passing);
            passed.map(|passing| passing == Passing::Move).collect()
        }
    };
    let reads = step.reads.iter().zip(is_moved);
    // Only a value can be: the rest has been told of.
    let moved = reads.filter(|(read, is_moved)| *is_moved && read.how == How::Move);
    moved.map(|(read, _)| read.name).collect()
}
