//! Layouts and plans of graphs without cycles.

use orchestrate_plan::{Batch, IdleOrder, Layout, Plan, Producer, analyze};
use proptest::prelude::*;

use crate::{
    graphs::{Abstract, Edge, acyclic},
    naive,
};

/// A layout in numbers, in which the order of declaration cannot be seen.
#[derive(Debug, PartialEq)]
struct Numbers {
    dependencies: Vec<Vec<usize>>,
    dependents: Vec<Vec<usize>>,
    batches: Vec<Vec<usize>>,
    stages: Vec<core::ops::Range<usize>>,
    critical_length: u64,
}

fn numbers(graph: &Abstract, layout: &Layout, weights: &[u64]) -> Numbers {
    let sorted = |steps: &[usize]| {
        let mut steps: Vec<usize> = steps.iter().map(|&step| graph.declared[step]).collect();
        steps.sort_unstable();
        steps
    };
    let mut dependencies = vec![Vec::new(); graph.len()];
    let mut dependents = vec![Vec::new(); graph.len()];
    for (step, &number) in graph.declared.iter().enumerate() {
        dependencies[number] = sorted(layout.dependencies(step));
        dependents[number] = sorted(layout.dependents(step));
    }
    Numbers {
        dependencies,
        dependents,
        batches: layout.batches().map(sorted).collect(),
        stages: layout.stages().to_vec(),
        critical_length: layout
            .critical_path(|step| weights[graph.declared[step]])
            .length,
    }
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0..20_u64, 10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_layout_is_what_its_words_mean(graph in acyclic(), weights in weights()) {
        let layout = analyze(&graph.graph()).expect("no cycle");
        let depends = graph.depends();
        let reaches = naive::closure(&depends);
        let batch = naive::batches(&depends);
        let found = numbers(&graph, &layout, &weights);

        for (step, &number) in graph.declared.iter().enumerate() {
            prop_assert_eq!(layout.batch_of(step), batch[number]);
            let others = || 0..graph.len();
            let expected: Vec<usize> = others().filter(|&other| depends[number][other]).collect();
            prop_assert_eq!(&found.dependencies[number], &expected);
            let expected: Vec<usize> = others().filter(|&other| depends[other][number]).collect();
            prop_assert_eq!(&found.dependents[number], &expected);
        }
        prop_assert_eq!(layout.batch_count(), batch.iter().max().map_or(0, |highest| highest + 1));

        // A stage ends where a natural barrier lies, and only there.
        let ends: Vec<usize> = layout.stages().iter().map(|stage| stage.end).collect();
        let count = layout.batch_count();
        let is_end = |&end: &usize| end == count || naive::is_barrier(&reaches, &batch, end - 1);
        prop_assert_eq!(&ends, &(1..=count).filter(is_end).collect::<Vec<_>>());
        let starts: Vec<usize> = layout.stages().iter().map(|stage| stage.start).collect();
        let mut expected = ends;
        expected.rotate_right(1.min(starts.len()));
        if let Some(first) = expected.first_mut() {
            *first = 0;
        }
        prop_assert_eq!(starts, expected);
    }

    #[test]
    fn the_order_is_by_batch_and_then_by_declaration(graph in acyclic()) {
        let layout = analyze(&graph.graph()).expect("no cycle");
        let mut expected: Vec<usize> = (0..layout.len()).collect();
        expected.sort_by_key(|&step| layout.batch_of(step));
        prop_assert_eq!(layout.order(), &expected[..]);
        prop_assert_eq!(layout.batches().collect::<Vec<_>>().concat(), expected);
        for step in 0..layout.len() {
            for &dependency in layout.dependencies(step) {
                prop_assert!(layout.batch_of(dependency) < layout.batch_of(step));
            }
        }
    }

    #[test]
    fn the_critical_path_is_the_heaviest_of_all(graph in acyclic(), weights in weights()) {
        let layout = analyze(&graph.graph()).expect("no cycle");
        let path = layout.critical_path(|step| weights[graph.declared[step]]);
        let weights = &weights[..graph.len()];
        prop_assert_eq!(path.length, naive::heaviest(&graph.depends(), weights));
        let sum: u64 = path.steps.iter().map(|&step| weights[graph.declared[step]]).sum();
        prop_assert_eq!(path.length, sum);
        for pair in path.steps.windows(2) {
            prop_assert!(layout.dependencies(pair[1]).contains(&pair[0]));
        }
        // In steps it is as long as there are batches.
        prop_assert_eq!(layout.critical_path(|_| 1).steps.len(), layout.batch_count());
    }

    #[test]
    fn the_order_of_declaration_changes_nothing(graph in acyclic(), weights in weights()) {
        let ordered = graph.in_order();
        let one = analyze(&graph.graph()).expect("no cycle");
        let other = analyze(&ordered.graph()).expect("no cycle");
        prop_assert_eq!(numbers(&graph, &one, &weights), numbers(&ordered, &other, &weights));
    }

    #[test]
    fn sources_are_what_is_read(graph in acyclic()) {
        let graph = graph.graph();
        let layout = analyze(&graph).expect("no cycle");
        for (step, node) in graph.nodes.iter().enumerate() {
            prop_assert_eq!(layout.sources(step).len(), node.reads.len());
            for (name, source) in node.reads.iter().zip(layout.sources(step)) {
                match *source {
                    Producer::Input(input) => prop_assert_eq!(name, &graph.inputs[input]),
                    Producer::Step { node, output } => {
                        prop_assert_eq!(name, &graph.nodes[node].produces[output]);
                    }
                }
            }
        }
    }

    #[test]
    fn idle_orders_are_those_that_change_nothing(graph in acyclic()) {
        let declared = graph.graph();
        let layout = analyze(&declared).expect("no cycle");
        let number_of = |name: &str| name[1..].parse::<usize>().expect("a number");
        let reaches = naive::closure(&graph.depends());
        let mut without_idle = graph.clone();
        for (step, node) in declared.nodes.iter().enumerate() {
            for (after, name) in node.after.iter().enumerate() {
                let (later, before) = (graph.declared[step], number_of(name));
                let mut without = graph.clone();
                let has_data = graph.edges[later][before] == Edge::Both;
                let edge = if has_data { Edge::Data } else { Edge::None };
                without.edges[later][before] = edge;
                let still_depends = naive::closure(&without.depends())[later][before];
                let is_listed = layout.idle_orders().contains(&IdleOrder { node: step, after });
                prop_assert_eq!(is_listed, still_depends);
                if is_listed {
                    without_idle.edges[later][before] = edge;
                }
            }
        }
        // Taken away together they change nothing either.
        prop_assert_eq!(naive::closure(&without_idle.depends()), reaches);
    }

    #[test]
    fn a_plan_says_what_the_layout_says(graph in acyclic(), weights in weights()) {
        let graph = graph.graph();
        let layout = analyze(&graph).expect("no cycle");
        let plan = Plan::new("Random", &graph).expect("no cycle");
        prop_assert!(plan.batches().map(Batch::indices).eq(layout.batches()));
        prop_assert!(plan.stages().eq(layout.stages().iter().cloned()));
        prop_assert_eq!(plan.width(), layout.batches().map(<[usize]>::len).max().unwrap_or(0));
        for (index, step) in plan.steps().iter().enumerate() {
            prop_assert_eq!(step.dependencies(), layout.dependencies(index));
            prop_assert_eq!(step.batch(), layout.batch_of(index));
        }
        let mut weight = weights.iter().copied();
        let path = plan.critical_path_by(|_| weight.next().unwrap_or(0));
        prop_assert_eq!(path, layout.critical_path(|step| weights[step]));

        // A line for each step, and one before them.
        prop_assert_eq!(plan.to_string().lines().count(), 1 + plan.steps().len());
        let edges: usize = (0..layout.len()).map(|step| layout.dependencies(step).len()).sum();
        let chart = plan.mermaid().to_string();
        prop_assert_eq!(chart.lines().count(), 1 + 2 * layout.batch_count() + layout.len() + edges);
    }
}
