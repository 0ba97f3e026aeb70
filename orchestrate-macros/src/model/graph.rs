//! What the planner sees of a workflow: names, and what its steps ask for.

use orchestrate_plan::{Graph, Node};

use super::{Step, Value};
use crate::syntax::{self, Options, Time, plain};

pub(super) fn graph(workflow: &syntax::Workflow, steps: &[Step<'_>], values: &[Value]) -> Graph {
    let mut graph = Graph::new(workflow.inputs.iter().map(|input| plain(&input.name)));
    for step in steps {
        let reads = step.reads.iter().filter(|read| read.how.is_value());
        let reads = reads.map(|read| plain(read.name));
        let options = &step.syntax.options;
        let after = options.after.iter().flat_map(|after| &after.steps);
        let produces = step.outputs.iter().map(|&value| plain(&values[value].name));
        let node = Node::new(plain(&step.syntax.name), step.syntax.kind)
            .reads(reads)
            .produces(produces)
            .after(after.map(plain));
        graph.nodes.push(asking(node, options));
    }
    graph
}

/// What the step asks for, as far as it is known while this is compiled.
fn asking(mut node: Node, options: &Options) -> Node {
    if options.idempotent.is_some() {
        node = node.idempotent();
    }
    if options.optional.is_some() {
        node = node.optional();
    }
    let attempts = options.retry.as_ref();
    if let Some(attempts) = attempts.and_then(|retry| retry.attempts.literal()) {
        node = node.retry(u32::try_from(attempts).unwrap_or(u32::MAX));
    }
    if let Some(timeout) = &options.timeout
        && let Some((limit, _)) = timeout.limit.literal()
    {
        node = if timeout.adaptive {
            node.adaptive_timeout(limit)
        } else {
            node.timeout(limit)
        };
    }
    if let Some((estimate, _)) = options.estimate.as_ref().and_then(Time::literal) {
        node = node.estimate(estimate);
    }
    if let Some((_, priority)) = options.priority {
        node = node.priority(priority);
    }
    if let Some(uses) = &options.uses {
        let resources = uses.resources.iter();
        node = node.uses(resources.map(|(name, count)| {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            (plain(name), count)
        }));
    }
    if let Some(requires) = &options.requires {
        node = node.requires(requires.permissions.iter().map(syn::LitStr::value));
    }
    if options.rollback.is_some() {
        node = node.rollback();
    }
    if let Some(irreversible) = &options.irreversible {
        node = node.irreversible(irreversible.reason.value());
    }
    if options.when.is_some() {
        node = node.when();
    }
    if options.each.is_some() {
        node = node.each();
    }
    if options.critical.is_some() {
        node = node.critical();
    }
    node
}
