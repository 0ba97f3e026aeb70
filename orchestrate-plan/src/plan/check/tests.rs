use std::collections::HashMap;

use super::*;
use crate::{Graph, Kind, Node, testing::graph};

const SECOND: Duration = Duration::from_secs(1);

/// A host that has what it is told.
#[derive(Default)]
struct Fake {
    resources: HashMap<&'static str, usize>,
    granted: &'static [&'static str],
    approves: bool,
    /// In seconds.
    usual: HashMap<(&'static str, &'static str), u64>,
    deadline: Option<Duration>,
}

impl Host for Fake {
    fn capacity(&self, resource: &str) -> Option<usize> {
        self.resources.get(resource).copied()
    }
    fn is_granted(&self, permission: &str) -> bool {
        self.granted.contains(&permission)
    }
    fn has_approver(&self) -> bool {
        self.approves
    }
    fn usual(&self, workflow: &str, step: &str) -> Option<Duration> {
        let mut known = self.usual.iter();
        let (_, seconds) = known.find(|(key, _)| **key == (workflow, step))?;
        Some(Duration::from_secs(*seconds))
    }
    fn deadline(&self) -> Option<Duration> {
        self.deadline
    }
}

fn plan(name: &str, graph: &Graph) -> Plan {
    Plan::new(name, graph).expect("no problems")
}

fn of(node: Node) -> Plan {
    plan("Main", &Graph::default().with(node))
}

fn tool() -> Node {
    Node::new("step", Kind::Tool)
}

/// The problems of a plan, a line each.
#[track_caller]
fn check(plan: &Plan, host: &Fake, expected: &[&str]) {
    let found: Vec<String> = match plan.check(host) {
        Ok(()) => Vec::new(),
        Err(unready) => unready.problems().iter().map(Unmet::to_string).collect(),
    };
    assert_eq!(found, expected);
    // Whatever is checked says so; only the deadline of the host is not the plan's.
    assert!(plan.needs_check() || found.is_empty() || host.deadline.is_some());
}

#[test]
fn what_asks_for_nothing_is_always_ready() {
    let plan = plan("Main", &graph("\nagent a()\nfn b(a)\nmcp c(b)"));
    assert!(!plan.needs_check());
    check(&plan, &Fake::default(), &[]);
    let host: &dyn Host = &Fake::default();
    assert_eq!(plan.check(host), Ok(()));
}

#[test]
fn no_step_waits_for_what_its_flow_holds() {
    let inner = |resource| of(tool().uses([(resource, 1)]));
    let outer = |inner: Plan| {
        let flow = Node::new("flow", Kind::Flow).uses([("gpu", 1)]);
        plan("Outer", &Graph::default().with(flow)).with_flow(0, inner)
    };
    let mut host = Fake::default();
    host.resources.insert("gpu", 8);
    host.resources.insert("disk", 1);
    check(
        &outer(inner("gpu")),
        &host,
        &[
            "step `step` of `Main` uses `gpu`, which flow `flow` holds while it runs: \
           let one of the two use it",
        ],
    );
    check(&outer(inner("disk")), &host, &[]);
}

#[test]
fn resources_are_there_and_enough() {
    let plan = of(tool().uses([("gpu", 2), ("disk", 1)]));
    let mut host = Fake::default();
    host.resources.insert("gpu", 1);
    check(
        &plan,
        &host,
        &[
            "step `step` of `Main` uses 2 of `gpu`, but the orchestrator has 1: \
             `Orchestrator::resource(\"gpu\", 2)`",
            "step `step` of `Main` uses `disk`, which the orchestrator does not have: \
             `Orchestrator::resource(\"disk\", 1)`",
        ],
    );
    host.resources.extend([("gpu", 2), ("disk", 5)]);
    check(&plan, &host, &[]);
}

#[test]
fn permissions_are_granted() {
    let plan = of(tool().requires(["db:read", "db:write"]));
    let mut host = Fake {
        granted: &["db:read"],
        ..Fake::default()
    };
    check(
        &plan,
        &host,
        &[
            "step `step` of `Main` requires `db:write`, which is not granted: \
             `Orchestrator::grant(\"db:write\")`",
        ],
    );
    host.granted = &["db:write", "db:read"];
    check(&plan, &host, &[]);
}

#[test]
fn somebody_can_be_asked() {
    let message = "step `step` of `Main` asks somebody, but the orchestrator has no approver: \
                   `Orchestrator::approver(..)`";
    let human = of(Node::new("step", Kind::Human));
    let critical = of(tool().critical().rollback());
    for plan in [human, critical] {
        check(&plan, &Fake::default(), &[message]);
        let approves = true;
        check(
            &plan,
            &Fake {
                approves,
                ..Fake::default()
            },
            &[],
        );
    }
    let harmless = tool().critical().rollback().idempotent();
    check(&of(harmless), &Fake::default(), &[]);
}

#[test]
fn a_run_that_is_approved_needs_an_approver() {
    let plan = of(tool().requires(["db:write"]));
    let mut host = Fake::default();
    let found = |host: &Fake| match plan.check_with_approval(host) {
        Ok(()) => Vec::new(),
        Err(unready) => unready.problems().iter().map(Unmet::to_string).collect(),
    };
    let approver = "workflow `Main` is run when somebody approves, but the orchestrator has \
                    no approver: `Orchestrator::approver(..)`";
    let grant = "step `step` of `Main` requires `db:write`, which is not granted: \
                 `Orchestrator::grant(\"db:write\")`";
    assert_eq!(found(&host), [approver, grant]);
    host.granted = &["db:write"];
    assert_eq!(found(&host), [approver]);
    host.approves = true;
    assert!(found(&host).is_empty());
}

#[test]
fn a_critical_step_has_a_way_back() {
    let message = "step `step` of `Main` is critical, but nothing undoes it: \
                   `#[rollback(..)]`, or `#[irreversible = \"reason\"]` where nothing can";
    let critical = tool().critical().idempotent();
    check(&of(critical.clone()), &Fake::default(), &[message]);
    check(&of(critical.clone().rollback()), &Fake::default(), &[]);
    check(&of(critical.irreversible("no")), &Fake::default(), &[]);
}

#[test]
fn a_timeout_is_not_shorter_than_usual() {
    let mut host = Fake::default();
    let plan = of(tool().timeout(10 * SECOND));
    check(&plan, &host, &[]);
    host.usual.insert(("Main", "step"), 10);
    check(&plan, &host, &[]);
    host.usual.insert(("Main", "step"), 75);
    check(
        &plan,
        &host,
        &[
            "step `step` of `Main` usually takes 1m 15s, but its timeout is 10s: \
             give it more, or `#[timeout(adaptive, start = ..)]`",
        ],
    );
    check(&of(tool().adaptive_timeout(SECOND)), &host, &[]);
}

#[test]
fn a_deadline_is_not_shorter_than_the_longest_chain_usually_takes() {
    let plan = plan(
        "Main",
        &graph("\ntool a()\ntool b()\ntool c(a, b)\ntool d(c)"),
    );
    let mut host = Fake::default();
    host.usual.extend([
        (("Main", "a"), 30),
        (("Main", "b"), 50),
        (("Main", "d"), 11),
    ]);
    // `c` is not known.
    let short = plan.clone().with_deadline(60 * SECOND);
    let message = "workflow `Main` usually takes 1m 1s, but its deadline is 1m: \
                   `#[deadline(..)]`";
    check(&short, &host, &[message]);
    check(&plan.clone().with_deadline(61 * SECOND), &host, &[]);

    host.deadline = Some(59 * SECOND);
    let message = "workflow `Main` usually takes 1m 1s, but the orchestrator's deadline is 59s: \
                   `Orchestrator::deadline(..)`";
    check(&short, &host, &[message]);
    check(&plan, &host, &[message]);
    host.deadline = Some(61 * SECOND);
    check(&plan, &host, &[]);

    host.usual.insert(("Main", "c"), u64::MAX);
    assert!(plan.check(&host).is_err());
}

#[test]
fn a_step_that_may_be_left_out_takes_no_time_for_sure() {
    let mut host = Fake::default();
    host.usual.insert(("Main", "step"), 99);
    let plan = of(tool().when()).with_deadline(SECOND);
    check(&plan, &host, &[]);
}

#[test]
fn workflows_inside_are_checked_under_their_own_names() {
    let inner = of(Node::new("look", Kind::Agent)
        .requires(["web"])
        .timeout(SECOND))
    .with_deadline(SECOND);
    let outer = graph("\nflow first()\nflow second() after first");
    let outer = plan("Outer", &outer)
        .with_flow(0, inner.clone())
        .with_flow(1, inner);
    let mut host = Fake {
        deadline: Some(3 * SECOND),
        ..Fake::default()
    };
    host.usual.insert(("Main", "look"), 2);
    check(
        &outer,
        &host,
        &[
            "step `look` of `Main` requires `web`, which is not granted: \
             `Orchestrator::grant(\"web\")`",
            "step `look` of `Main` usually takes 2s, but its timeout is 1s: \
             give it more, or `#[timeout(adaptive, start = ..)]`",
            "workflow `Main` usually takes 2s, but its deadline is 1s: `#[deadline(..)]`",
            "workflow `Outer` usually takes 4s, but the orchestrator's deadline is 3s: \
             `Orchestrator::deadline(..)`",
        ],
    );
    // What is known of the flow steps themselves counts before what is inside them.
    host.granted = &["web"];
    host.usual.clear();
    host.usual
        .extend([(("Outer", "first"), 1), (("Outer", "second"), 1)]);
    check(&outer, &host, &[]);
}
