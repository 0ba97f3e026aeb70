//! In a saga, every effect can be undone: the proof, step by step.

use std::collections::HashSet;

use orchestrate_plan::{Kind, Layout};

use super::is_idempotent;
use crate::{
    check::moves::ancestors,
    message::policies::{self as message, Fails},
    model::{Model, Step},
    report::Report,
    syntax::Work,
};

pub(super) fn check(model: &Model<'_>, layout: &Layout, report: &mut Report) {
    let is_incomplete = |step: &Step<'_>| step.syntax.options.incomplete;
    // What could not be read may undo a step, or absorb a failure.
    if model.syntax.saga.is_none()
        || model.syntax.incomplete
        || model.steps.iter().any(is_incomplete)
    {
        return;
    }
    let failing: Vec<(usize, &str)> = (0..model.steps.len())
        .filter_map(|step| Some((step, failure(&model.steps[step])?)))
        .collect();
    // What a step depends on, for those that can fail.
    let before: Vec<HashSet<usize>> = failing
        .iter()
        .map(|&(step, _)| ancestors(layout, step))
        .collect();
    for (step, model_step) in model.steps.iter().enumerate() {
        if is_accounted_for(model_step) {
            continue;
        }
        let own = ancestors(layout, step);
        let others = failing.iter().zip(&before);
        let mut others: Vec<_> = others
            .filter(|((other, _), _)| *other != step && !own.contains(other))
            .map(|(&(other, why), before)| {
                let how = if before.contains(&step) {
                    Fails::After
                } else {
                    Fails::Beside
                };
                (how, other, why)
            })
            .collect();
        // What comes after it is the plainer case.
        others.sort_by_key(|(how, _, _)| *how == Fails::Beside);
        if let Some(&(how, other, why)) = others.first() {
            let (name, other) = (&model_step.syntax.name, &model.steps[other].syntax.name);
            report.error(name, &message::not_undone(name, other, how, why));
        }
    }
}

/// Whether a step need not be undone, or can be, or says why not. The steps of a flow are looked at in their workflow.
fn is_accounted_for(step: &Step<'_>) -> bool {
    let options = &step.syntax.options;
    is_idempotent(step)
        || options.rollback.is_some()
        || options.irreversible.is_some()
        || matches!(step.syntax.kind, Kind::Flow | Kind::Human)
}

/// Why a step can end the run.
fn failure(step: &Step<'_>) -> Option<&'static str> {
    let options = &step.syntax.options;
    if options.absorbed().is_some() {
        return None;
    }
    let is_fallible = match &step.syntax.work {
        Work::Function { output, .. } => output.fallible,
        Work::Flow { .. } => return Some("is a workflow of its own"),
    };
    let reasons = [
        (is_fallible, "returns a `Result`"),
        (step.syntax.kind == Kind::Human, "may be refused"),
        (options.critical.is_some(), "may be refused"),
        (options.timeout.is_some(), "has a `timeout`"),
        (options.breaker.is_some(), "has a `breaker`"),
        (options.quorum.is_some(), "has a `quorum`"),
        (
            options.repeat.is_some(),
            "may reach the bound of its `repeat`",
        ),
    ];
    reasons
        .into_iter()
        .find_map(|(is_so, reason)| is_so.then_some(reason))
}
