//! `cx` is the step's context, and nothing else can be called so.

use crate::{
    message,
    model::{How, Model},
    report::Report,
    syntax::{Work, plain},
};

const CONTEXT: &str = "cx";

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
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
