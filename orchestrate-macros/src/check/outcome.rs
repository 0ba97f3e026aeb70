//! What a workflow returns, against what its steps and its last expression give.

use quote::ToTokens;

use crate::{message, model::Model, report::Report, syntax::Work};

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    let workflow = model.syntax;
    if !model.outcome.fallible {
        for step in &model.steps {
            if let Work::Function { output, .. } = &step.syntax.work
                && output.fallible
                && step.syntax.options.absorbed().is_none()
                && !step.syntax.options.incomplete
            {
                report.error(
                    output.returns.to_token_stream(),
                    &message::can_fail(&step.syntax.name, &workflow.name),
                );
            }
        }
    }
    if let Some(output) = &workflow.output
        && workflow.tail.is_empty()
        && !workflow.incomplete
    {
        report.error(output, &message::no_tail(&workflow.name, output));
    }
}
