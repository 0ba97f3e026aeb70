//! What the planner sees of a workflow: names, and what its steps ask for.

use orchestrate_plan::{Graph, Node};

use super::{Step, Value};
use crate::syntax::{self, Count, Options, Time, plain};

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
    if let Some(timeout) = &options.timeout {
        node = match timeout.limit.literal() {
            Some((limit, _)) if timeout.adaptive => node.adaptive_timeout(limit),
            Some((limit, _)) => node.timeout(limit),
            None => node.timeout_at_run_time(),
        };
    }
    node = again(node, options);
    node = instead(node, options);
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
    if let Some(each) = &options.each {
        node = node.each();
        node = match each.concurrency.as_ref().map(Count::literal) {
            None => node,
            Some(None) => node.concurrency_at_run_time(),
            Some(Some(items)) => node.concurrency(usize::try_from(items).unwrap_or(usize::MAX)),
        };
    }
    if options.batch.is_some() {
        node = node.batch();
    }
    if options.critical.is_some() {
        node = node.critical();
    }
    if options.spawn.is_some() {
        node = node.spawn();
    }
    if options.blocking.is_some() {
        node = node.blocking();
    }
    node
}

/// How often it runs.
fn again(mut node: Node, options: &Options) -> Node {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    if let Some(retry) = &options.retry {
        node = match retry.attempts.literal() {
            Some(attempts) => node.retry(count(attempts)),
            None => node.retry_at_run_time(),
        };
        let (first, longest) = orchestrate_plan::Options::default().backoff().unzip();
        let wait = |time: &Option<Time>, otherwise| match time {
            None => otherwise,
            Some(time) => time.literal().map(|(time, _)| time),
        };
        let (first, longest) = (
            wait(&retry.backoff, first),
            wait(&retry.max_backoff, longest),
        );
        node = node.backoff(first.zip(longest));
    }
    if let Some(repeat) = &options.repeat {
        node = match repeat.max.literal() {
            Some(rounds) => node.repeat(count(rounds)),
            None => node.repeat_at_run_time(),
        };
    }
    node
}

/// What takes its place, or keeps it from running.
fn instead(mut node: Node, options: &Options) -> Node {
    if options.cache.is_some() {
        node = node.cache();
    }
    if options.breaker.is_some() {
        node = node.breaker();
    }
    for _ in &options.fallback {
        node = node.fallback();
    }
    if options.default.is_some() {
        node = node.default_value();
    }
    if let Some(quorum) = &options.quorum {
        node = match quorum.count.literal() {
            Some(needed) => node.quorum(usize::try_from(needed).unwrap_or(usize::MAX)),
            None => node.quorum_at_run_time(),
        };
    }
    node
}
