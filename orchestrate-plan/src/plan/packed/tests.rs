use std::{any::Any, sync::Mutex};

use super::*;
use crate::{
    analyze::analyze,
    graph::{Graph, Node},
    packed::Packing,
    testing::graph,
};

/// Keeps a value until the program ends, as a `static` does.
fn kept<T: Any + Send + Sync>(value: T) -> &'static T {
    static KEPT: Mutex<Vec<&(dyn Any + Send + Sync)>> = Mutex::new(Vec::new());
    let value: &'static T = Box::leak(Box::new(value));
    KEPT.lock().expect("no test panics with it").push(value);
    value
}

/// What is left of a graph once it has been packed and is read again; of its steps those that can fail.
fn unpacked<const STEPS: usize>(graph: &Graph, fallible: &[usize]) -> Plan {
    let layout = analyze(graph).expect("no problems");
    let packing = Packing::new(graph, &layout, |step| fallible.contains(&step));
    assert_eq!(packing.count.steps, STEPS);
    let packed = kept(Packed {
        names: kept(packing.names),
        steps: kept(packing.steps),
        numbers: kept(packing.numbers),
        count: packing.count,
    });
    let whole = Whole {
        name: "Packed",
        path: "packed",
        deadline: None,
        strict: false,
        steps: kept(packed.steps::<STEPS>(&[])),
    };
    packed.plan(whole)
}

fn planned(graph: &Graph, fallible: &[usize]) -> Plan {
    let plan = Plan::new("Packed", graph).expect("no problems");
    fallible
        .iter()
        .fold(plan, |plan, &step| plan.with_fallible(step))
}

#[test]
fn what_is_packed_comes_out_again() {
    let graph = graph(
        "app pr
         mcp files(pr)
         tool split(files) -> head tail
         agent log(head, tail, app) -> () after files
         human ask(tail)
         fn sum(ask, head) -> total
         flow store(total, log_of) after log split
         tool log_of() after log",
    );
    for fallible in [&[][..], &[0, 5], &[1, 2, 3, 4, 6]] {
        let (packed, planned) = (unpacked::<7>(&graph, fallible), planned(&graph, fallible));
        assert_eq!(packed, planned);
        assert_eq!(packed.to_string(), planned.to_string());
        let plans = packed.steps().iter().zip(planned.steps());
        for (packed, planned) in plans {
            assert_eq!(packed.options(), planned.options());
            assert!(packed.outputs().rev().eq(planned.outputs().rev()));
        }
    }
}

#[test]
fn a_plan_of_nothing_is_packed() {
    let graph = Graph::new(["only", "inputs"]);
    assert_eq!(unpacked::<0>(&graph, &[]), planned(&graph, &[]));
    let graph = Graph::default();
    assert_eq!(unpacked::<0>(&graph, &[]), planned(&graph, &[]));
    assert_eq!(Packing::default().names, "");
}

#[test]
fn numbers_may_be_wide() {
    // Names of so many steps end beyond 255, and beyond 65,535.
    let name = |step: usize| format!("{:x<300}", format!("s{step}_"));
    let mut graph = Graph::default();
    for step in 0..250 {
        let node = Node::new(name(step), Kind::Tool).produces([name(step)]);
        let reads = (1..=3).filter_map(|back| Some(name(step.checked_sub(back * back)?)));
        graph.nodes.push(node.reads(reads));
    }
    assert_eq!(unpacked::<250>(&graph, &[8]), planned(&graph, &[8]));
}
