//! Graphs in which the names are wrong.

use std::collections::HashSet;

use orchestrate_plan::{Graph, Kind, Node, Place, Plan, analyze};
use proptest::prelude::*;

/// Few names, so that they meet.
const MEETING: [&str; 7] = [
    "a",
    "b",
    "c",
    "report",
    "reprot",
    "draft_report",
    "report_draft",
];

/// Those, and some that are unpleasant.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(MEETING.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn names(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 0..=most)
}

fn graph() -> impl Strategy<Value = Graph> {
    let kind = prop::sample::select(vec![
        Kind::Agent,
        Kind::Tool,
        Kind::Mcp,
        Kind::Plain,
        Kind::Flow,
        Kind::Human,
    ]);
    let node = (name(), kind, names(3), names(2), names(2)).prop_map(
        |(name, kind, reads, produces, after)| Node {
            name,
            kind,
            reads,
            produces,
            after,
            ..Node::default()
        },
    );
    (names(2), prop::collection::vec(node, 0..5))
        .prop_map(|(inputs, nodes)| Graph { inputs, nodes })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn whatever_the_names_every_problem_can_be_told(graph in graph()) {
        let Err(problems) = analyze(&graph) else {
            let plan = Plan::new("Random", &graph).expect("no problems");
            prop_assert_eq!(plan.to_string().lines().count(), 1 + graph.nodes.len());
            prop_assert!(!plan.mermaid().to_string().is_empty());
            return Ok(());
        };
        prop_assert!(problems.len() > 0);
        prop_assert_eq!(problems.len(), problems.iter().count());
        let places: Vec<Place> = problems.iter().map(orchestrate_plan::Problem::place).collect();
        prop_assert!(places.is_sorted());
        // One mistake, one problem: no word is blamed twice.
        let distinct: HashSet<Place> = places.iter().copied().collect();
        prop_assert_eq!(distinct.len(), places.len());
        for problem in &problems {
            prop_assert!(!problem.message(&graph).is_empty());
            prop_assert!(problem.help(&graph).is_some());
            prop_assert_eq!(problem.node(), match problem.place() {
                Place::Input(_) => None,
                Place::Step(node, _) => Some(node),
            });
        }
        let lines: Vec<String> = problems.iter().map(|problem| problem.message(&graph)).collect();
        prop_assert_eq!(problems.to_string(), lines.join("\n"));
        prop_assert_eq!(analyze(&graph), Err(problems));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_plan_comes_back_from_the_wire(graph in graph()) {
        if let Ok(plan) = Plan::new("Random", &graph) {
            let json = serde_json::to_string(&plan).expect("it serializes");
            let back: Plan = serde_json::from_str(&json).expect("it deserializes");
            prop_assert_eq!(back, plan);
        }
    }
}
