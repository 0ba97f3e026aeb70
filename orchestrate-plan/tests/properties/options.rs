//! Plans whose steps ask for anything.

use std::time::Duration;

use orchestrate_plan::{Graph, Host, Kind, Node, Plan, Priority, Unmet};
use proptest::prelude::*;

type Change = fn(Node) -> Node;

/// A step that asks for some of all that there is to ask for.
fn node(index: usize) -> impl Strategy<Value = Node> {
    let kind = prop::sample::select(vec![Kind::Agent, Kind::Tool, Kind::Plain, Kind::Human]);
    let flags: Vec<Change> = vec![
        Node::idempotent,
        Node::optional,
        Node::rollback,
        |node| node.irreversible("it is \"gone\""),
        Node::when,
        Node::each,
        Node::critical,
        Node::cache,
        Node::breaker,
        Node::fallback,
        Node::default_value,
        Node::batch,
        Node::retry_at_run_time,
        Node::repeat_at_run_time,
        Node::timeout_at_run_time,
        Node::quorum_at_run_time,
        |node| node.backoff(None),
        |node| node.repeat(3),
        |node| node.quorum(2),
        |node| node.concurrency(4),
    ];
    let count = flags.len();
    let flags = prop::sample::subsequence(flags, 0..=count);
    let time = || prop::option::of((any::<u64>(), 0..1_000_000_000_u32));
    let priority = prop::sample::select(Priority::ALL.to_vec());
    let name = || "[a-c]|\\PC{0,4}";
    let uses = prop::collection::vec((name(), 0..4_usize), 0..3);
    let requires = prop::collection::vec(name(), 0..3);
    let numbers = (any::<u32>(), time(), any::<bool>(), time(), priority);
    (kind, flags, numbers, uses, requires).prop_map(
        move |(kind, flags, (attempts, timeout, adaptive, estimate, priority), uses, requires)| {
            let mut node = Node::new(format!("s{index}"), kind)
                .retry(attempts)
                .priority(priority)
                .uses(uses)
                .requires(requires);
            for flag in flags {
                node = flag(node);
            }
            if let Some((seconds, nanos)) = timeout {
                let limit = Duration::new(seconds, nanos);
                node = if adaptive {
                    node.adaptive_timeout(limit)
                } else {
                    node.timeout(limit)
                };
            }
            if let Some((seconds, nanos)) = estimate {
                node = node.estimate(Duration::new(seconds, nanos));
            }
            node
        },
    )
}

fn plan() -> impl Strategy<Value = Plan> {
    let deadline = prop::option::of(any::<u64>().prop_map(Duration::from_secs));
    ([node(0), node(1), node(2)], deadline).prop_map(|(nodes, deadline)| {
        let graph = Graph {
            inputs: Vec::new(),
            nodes: nodes.into(),
        };
        let plan = Plan::new("Random", &graph).expect("no problems");
        match deadline {
            Some(deadline) => plan.with_deadline(deadline),
            None => plan,
        }
    })
}

/// A host that has everything or nothing.
struct Fake {
    is_rich: bool,
}

impl Host for Fake {
    fn capacity(&self, _resource: &str) -> Option<usize> {
        self.is_rich.then_some(usize::MAX)
    }
    fn is_granted(&self, _permission: &str) -> bool {
        self.is_rich
    }
    fn has_approver(&self) -> bool {
        self.is_rich
    }
    fn usual(&self, _workflow: &str, _step: &str) -> Option<Duration> {
        (!self.is_rich).then_some(Duration::MAX)
    }
    fn deadline(&self) -> Option<Duration> {
        None
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_host_that_has_everything_lacks_only_a_way_back(plan in plan()) {
        match plan.check(&Fake { is_rich: true }) {
            Ok(()) => {}
            Err(unready) => {
                let is_undo = |problem: &Unmet| matches!(problem, Unmet::NotUndone { .. });
                prop_assert!(unready.problems().iter().all(is_undo));
            }
        }
    }

    #[test]
    fn a_plan_that_needs_no_check_is_ready_everywhere(plan in plan()) {
        let checked = plan.check(&Fake { is_rich: false });
        prop_assert!(plan.needs_check() || checked.is_ok());
        if let Err(unready) = checked {
            let lines = 1 + unready.problems().len();
            prop_assert_eq!(unready.to_string().lines().count(), lines);
            prop_assert_eq!(unready.one_line().to_string().lines().count(), 1);
        }
    }

    #[test]
    fn a_plan_prints_whatever_is_asked_for(plan in plan()) {
        prop_assert!(plan.to_string().lines().count() > plan.steps().len());
        // A batch of steps without edges.
        prop_assert_eq!(plan.mermaid().to_string().lines().count(), 3 + plan.steps().len());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_plan_comes_back_as_it_was(plan in plan()) {
        let json = serde_json::to_string(&plan).expect("it serializes");
        let back: Plan = serde_json::from_str(&json).expect("it deserializes");
        prop_assert_eq!(back, plan);
    }
}
