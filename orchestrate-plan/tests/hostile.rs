//! Input made to hurt: large, and wrong everywhere. Each of these ends because the work that is not
//! linear has a budget; without it they would run for hours.

use orchestrate_plan::{Graph, Kind, Node, Plan, Problem, analyze};

const MANY: usize = 100_000;

fn name(step: usize) -> String {
    format!("step_{step}")
}

/// `MANY` steps, each made from its index.
fn graph(node: impl Fn(usize, Node) -> Node) -> Graph {
    let nodes = (0..MANY).map(|step| {
        node(
            step,
            Node::new(name(step), Kind::Tool).produces([name(step)]),
        )
    });
    Graph {
        inputs: Vec::new(),
        nodes: nodes.collect(),
    }
}

#[test]
fn a_chain() {
    // Declared backwards.
    let graph = graph(|step, node| {
        if step + 1 < MANY {
            node.reads([name(step + 1)])
        } else {
            node
        }
    });
    let layout = analyze(&graph).expect("no problems");
    assert_eq!(layout.batch_count(), MANY);
    assert_eq!(layout.stages().len(), MANY);
    assert_eq!(layout.critical_path(|_| u64::MAX).steps.len(), MANY);
    assert_eq!(
        Plan::new("Chain", &graph)
            .expect("no problems")
            .to_string()
            .lines()
            .count(),
        1 + MANY
    );
}

#[test]
fn one_cycle_through_everything() {
    let problems =
        analyze(&graph(|step, node| node.reads([name((step + 1) % MANY)]))).expect_err("a cycle");
    assert_eq!(problems.len(), 1);
    assert!(
        problems
            .to_string()
            .ends_with("(99986 more steps) -> `step_2` -> `step_1` -> `step_0`"),
        "{problems}"
    );
}

#[test]
fn cycles_everywhere_in_one_component() {
    let neighbours = |step: usize| [name((step + 1) % MANY), name((step + MANY - 1) % MANY)];
    let problems = analyze(&graph(|step, node| node.reads(neighbours(step)))).expect_err("cycles");
    assert!(
        problems
            .iter()
            .all(|problem| matches!(problem, Problem::Cycle { .. }))
    );
}

#[test]
fn every_name_is_unknown() {
    let problems = analyze(&graph(|step, node| node.reads([format!("stop_{step}")])))
        .expect_err("unknown names");
    assert_eq!(problems.len(), MANY);
    let first = problems.iter().next();
    assert!(matches!(first, Some(Problem::UnknownInput { nearest, .. }) if nearest.len() == 3));
    assert_eq!(problems.to_string().lines().count(), MANY);
}

#[test]
fn every_name_is_taken_or_reads_itself() {
    let taken = graph(|step, node| Node {
        name: name(step % 2),
        produces: vec![name(step % 2)],
        ..node
    });
    assert_eq!(analyze(&taken).expect_err("taken names").len(), MANY - 2);
    let own = graph(|step, node| node.reads([name(step)]).after([name(step)]));
    assert_eq!(analyze(&own).expect_err("own outputs").len(), 2 * MANY);
}

#[test]
fn every_order_is_idle() {
    // Each search for another way to the first step would go through all steps between.
    let graph = graph(|step, node| match step {
        0 => node,
        _ => node.reads([name(step - 1)]).after([name(0)]),
    });
    let layout = analyze(&graph).expect("no problems");
    assert!(layout.idle_orders().len() > 1_000);
}

#[test]
fn one_step_with_everything() {
    let last = MANY - 1;
    let graph = graph(|step, node| match step {
        _ if step < last => node,
        _ => node
            .reads((0..last).map(name))
            .after((0..last).map(name))
            .after((0..last).map(name)),
    });
    assert_eq!(
        analyze(&graph).expect("no problems").idle_orders().len(),
        2 * last
    );
    let graph = Graph {
        inputs: vec!["x".to_owned()],
        nodes: vec![graph.nodes[last].clone()],
    };
    assert_eq!(analyze(&graph).expect_err("unknown names").len(), 3 * last);
}
