//! What options ask for that can never be, one file a concern.

mod again;
mod apart;
mod each;
mod failing;
mod human;
mod moved;
mod params;
mod quorum;
mod saga;
mod seen;
#[cfg(test)]
mod tests;
mod time;

use orchestrate_plan::{Kind, Layout};

use crate::{
    model::{Model, Step},
    report::Report,
    syntax::Work,
};

/// All that can be told without knowing what comes before what.
pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    for step in &model.steps {
        if step.syntax.kind == Kind::Human {
            human::check(step, report);
        } else {
            again::check(step, report);
        }
        failing::check(step, report);
        seen::check(step, report);
        apart::check(model, step, report);
        each::check(model, step, report);
        quorum::check(model, step, report);
        time::check(model, step, report);
    }
    time::check_deadline(model, report);
    moved::check(model, report);
    params::check(model, report);
}

/// What depends on the order of the steps.
pub(super) fn check_order(model: &Model<'_>, layout: &Layout, report: &mut Report) {
    saga::check(model, layout, report);
}

/// Whether running a step twice does no harm.
fn is_idempotent(step: &Step<'_>) -> bool {
    step.syntax.kind == Kind::Plain || step.syntax.options.idempotent.is_some()
}

/// Whether what a step runs can end with an error: one of its own, of another workflow, or of a person.
fn is_fallible(step: &Step<'_>) -> bool {
    match &step.syntax.work {
        Work::Function { output, .. } => output.fallible || step.syntax.kind == Kind::Human,
        Work::Flow { .. } => true,
    }
}
