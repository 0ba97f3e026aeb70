//! What can never work: one file a check, in a fixed order, all of them in one go.

mod agents;
mod endless;
mod graph;
mod moves;
mod options;
mod outcome;
mod reserved;
#[cfg(test)]
mod tests;
mod twice;

use orchestrate_plan::Layout;

pub(crate) use endless::check as endless;
pub(crate) use twice::check as twice;

use crate::{model::Model, report::Report};

/// Checks a workflow, and plans it when it can be planned.
pub(crate) fn check(model: &Model<'_>, report: &mut Report) -> Option<Layout> {
    reserved::check(model, report);
    let layout = graph::check(model, report);
    if let Some(layout) = &layout {
        moves::check(model, layout, report);
    }
    options::check(model, report);
    if let Some(layout) = &layout {
        options::check_order(model, layout, report);
    }
    outcome::check(model, report);
    agents::check(model, report);
    layout
}
