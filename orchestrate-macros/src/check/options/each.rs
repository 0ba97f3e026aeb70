//! Items: what they are of, what they are called, and what can be gathered from several runs.

use orchestrate_plan::Kind;

use crate::{
    message::policies as message,
    model::{How, Model, Step},
    report::Report,
    syntax::{Batch, Each, plain},
};

pub(super) fn check(model: &Model<'_>, step: &Step<'_>, report: &mut Report) {
    // Of a person nothing of this can be asked, and that has been said.
    if step.syntax.kind == Kind::Human {
        return;
    }
    if let Some(each) = &step.syntax.options.each {
        check_items(step, each, report);
        check_item(model, step, each, report);
    }
    if let Some(batch) = &step.syntax.options.batch {
        check_batch(model, step, batch, report);
    }
}

fn check_items(step: &Step<'_>, each: &Each, report: &mut Report) {
    let (name, items) = (&step.syntax.name, plain(&each.items));
    let inputs = step.reads.iter().filter(|read| read.how.is_value());
    let inputs: Vec<String> = inputs.map(|read| plain(read.name)).collect();
    if !inputs.contains(&items) {
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        report.error(
            &each.items,
            &message::each_of_unknown(&each.items, name, &inputs),
        );
    }
}

fn check_item(model: &Model<'_>, step: &Step<'_>, each: &Each, report: &mut Report) {
    let item = plain(&each.item);
    if item == "cx" || item == "last" {
        report.error(&each.item, &message::item_reserved(&each.item));
        return;
    }
    // It is listed among the inputs, where it would mean a value.
    let is_listed = step.reads.iter().any(|read| plain(read.name) == item);
    let is_value = model.values.iter().any(|value| plain(&value.name) == item);
    if is_listed && is_value || item == plain(&each.items) {
        report.error(
            &each.item,
            &message::item_taken(&each.item, &step.syntax.name),
        );
    }
}

fn check_batch(model: &Model<'_>, step: &Step<'_>, batch: &Batch, report: &mut Report) {
    let (name, options) = (&step.syntax.name, &step.syntax.options);
    if step.syntax.kind == Kind::Flow {
        let message = message::batch_of_kind(name, step.syntax.kind.word());
        report.error(&batch.word, &message);
        return;
    }
    let Some(each) = &options.each else {
        if !options.incomplete {
            report.error(&batch.word, &message::batch_without_each(name));
        }
        return;
    };
    for read in &step.reads {
        let is_of_all_runs = match read.how {
            How::Item => true,
            How::Context | How::Last => false,
            How::Share | How::Move | How::Copy | How::CopyCounted => {
                plain(read.name) == plain(&each.items)
                    // What is moved or unknown is a mistake of its own.
                    || read.how == How::Move
                    || read.value.is_none_or(|value| {
                        model.values[value].reference == Some(false)
                    })
            }
        };
        if !is_of_all_runs {
            report.error(read.name, &message::batch_of_run(read.name, name));
        }
    }
}
