//! Workflows that run each other, or themselves, as far as one call of the macro shows it.

use std::collections::HashSet;

use orchestrate_plan::{Closing, Graph, Kind, Node, Problem, analyze};
use syn::Path;

use crate::{
    message,
    report::Report,
    syntax::{Call, Work, Workflow, plain},
};

/// Finds them: which workflows of the call can never end.
pub(crate) fn check(call: &Call, report: &mut Report) -> HashSet<usize> {
    let mut graph = Graph::default();
    for workflow in &call.workflows {
        let runs = runs(call, workflow).map(|(_, name)| name);
        let node = Node::new(plain(&workflow.name), Kind::Flow).after(runs);
        graph.nodes.push(node);
    }
    let mut endless = HashSet::new();
    let Err(problems) = analyze(&graph) else {
        return endless;
    };
    let is_named_twice = |problem: &Problem| matches!(problem, Problem::DuplicateStep { .. });
    if problems.iter().any(is_named_twice) {
        // A `cfg` may choose among them, so nobody knows which one runs.
        return endless;
    }
    for problem in &problems {
        let (circle, closing) = match problem {
            Problem::OwnOrder { node, after } => (vec![*node], *after),
            Problem::Cycle {
                steps,
                closing: Closing::After(after),
            } => (steps.clone(), *after),
            _ => continue,
        };
        // The planner has it in the direction of the data, which is that from the inner to the outer.
        let rest = circle[1..].iter().rev();
        let names: Vec<String> = circle[..1]
            .iter()
            .chain(rest)
            .map(|&workflow| plain(&call.workflows[workflow].name))
            .collect();
        if let Some((path, _)) = runs(call, &call.workflows[circle[0]]).nth(closing) {
            report.error(path, &message::runs_itself(&names));
        }
        endless.extend(circle);
    }
    endless
}

/// The workflows of the same call that a workflow runs.
fn runs<'c>(call: &'c Call, workflow: &'c Workflow) -> impl Iterator<Item = (&'c Path, String)> {
    workflow.steps.iter().filter_map(move |step| {
        let Work::Flow { path, .. } = &step.work else {
            return None;
        };
        let name = plain(
            &path
                .segments
                .last()
                .filter(|_| path.segments.len() == 1)?
                .ident,
        );
        let is_here = call
            .workflows
            .iter()
            .any(|workflow| plain(&workflow.name) == name);
        is_here.then_some((path, name))
    })
}
