//! `cx` is the step's context, and `last` what a step with `repeat` produced before: nothing else can be called so.

use crate::{
    message::{self, policies},
    model::{How, Model, Step},
    report::Report,
    syntax::{Passing, Work, plain},
};

const CONTEXT: &str = "cx";
const FEEDBACK: &str = "last";

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    check_context(model, report);
    check_feedback(model, report);
    for step in &model.steps {
        check_moves(step, report);
    }
}

/// `last` is a name like any other where nothing is repeated.
fn check_feedback(model: &Model<'_>, report: &mut Report) {
    let repeats = |step: &Step<'_>| step.syntax.options.repeat.is_some();
    if model.steps.iter().any(repeats) {
        for value in &model.values {
            if plain(&value.name) == FEEDBACK {
                report.error(&value.name, &policies::last_reserved(&value.name));
            }
        }
    }
    for step in &model.steps {
        let is_flow = matches!(step.syntax.work, Work::Flow { .. });
        for read in &step.reads {
            if read.how == How::Last {
                // What could not be read may be a `repeat`, or a step of that name.
                if !repeats(step) && !step.syntax.options.incomplete && !model.syntax.incomplete {
                    report.error(read.name, &policies::last_outside());
                }
            } else if is_flow && repeats(step) && read.name == FEEDBACK && read.value.is_none() {
                report.error(read.name, &policies::last_in_flow());
            }
        }
    }
}

/// What the run lends to a step is not to be had by value.
fn check_moves(step: &Step<'_>, report: &mut Report) {
    let is_given = |how: How| matches!(how, How::Last | How::Item);
    match &step.syntax.work {
        Work::Function { params, .. } => {
            for (param, read) in params.iter().zip(&step.reads) {
                if let (Some(moved), true) = (&param.moved, is_given(read.how)) {
                    report.error(moved, &policies::given_by_value(read.name));
                }
            }
        }
        Work::Flow { fields, .. } => {
            for (field, read) in fields.iter().zip(&step.reads) {
                if field.passing == Passing::Move && is_given(read.how) {
                    report.error(read.name, &policies::given_by_value(read.name));
                }
            }
        }
    }
}

fn check_context(model: &Model<'_>, report: &mut Report) {
    for value in model
        .values
        .iter()
        .filter(|value| plain(&value.name) == CONTEXT)
    {
        report.error(&value.name, &message::reserved(&value.name));
    }
    for step in &model.steps {
        // A step that produces a value of its own name has been seen above.
        let name = &step.syntax.name;
        let produces_it = step
            .outputs
            .iter()
            .any(|&output| model.values[output].name == *name);
        if plain(name) == CONTEXT && !produces_it {
            report.error(name, &message::reserved(name));
        }
        match &step.syntax.work {
            Work::Function { params, .. } => {
                for param in params.iter().filter(|param| param.name == CONTEXT) {
                    if let Some(moved) = &param.moved {
                        report.error(moved, &message::context_by_value());
                    }
                }
            }
            Work::Flow { .. } => {
                for read in step
                    .reads
                    .iter()
                    .filter(|read| read.how != How::Context && read.name == CONTEXT)
                {
                    report.error(read.name, &message::context_in_flow());
                }
            }
        }
    }
}
