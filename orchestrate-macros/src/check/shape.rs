//! What is grammatical, and still cannot be.

use orchestrate_plan::Kind;

use crate::{message, model::Model, report::Report};

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    for step in &model.steps {
        if step.syntax.kind == Kind::Human {
            report.error_at(step.syntax.kind_span, &message::human_step());
        }
    }
}
