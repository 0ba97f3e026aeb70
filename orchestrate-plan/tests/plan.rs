//! Plans as an expansion writes them: constants, also inside generics, and equal to those that are
//! made at run time.

use std::time::Duration;

use orchestrate_plan::{
    CriticalPath, Graph, Kind, Node, Plan, Priority, StaticOptions, StaticPlan, StaticStep, Step,
    Undo,
};

/// What the macro's trait looks like from here.
trait Planned {
    const PLAN: &'static Plan;
}

struct Inner<T>(core::marker::PhantomData<T>);

impl<T> Planned for Inner<T> {
    const PLAN: &'static Plan = &Plan::__from_static(StaticPlan {
        name: "Inner",
        path: "plan::Inner",
        deadline: None,
        inputs: &["text"],
        steps: const {
            &[
                Step::__from_static(StaticStep {
                    name: "split",
                    kind: Kind::Tool,
                    inputs: &["text"],
                    outputs: &["head", "tail"],
                    dependencies: &[],
                    batch: 0,
                    fallible: true,
                    flow: None,
                    options: StaticOptions::NONE,
                }),
                Step::__from_static(StaticStep {
                    name: "sum",
                    kind: Kind::Agent,
                    inputs: &["tail", "head"],
                    outputs: &["sum"],
                    dependencies: &[0],
                    batch: 1,
                    fallible: false,
                    flow: None,
                    options: StaticOptions::NONE,
                }),
            ]
        },
        batches: &[&[0], &[1]],
        stages: &[(0, 1), (1, 2)],
    });
}

struct Outer<T>(core::marker::PhantomData<T>);

impl<T> Planned for Outer<T> {
    const PLAN: &'static Plan = &Plan::__from_static(StaticPlan {
        name: "Outer",
        path: "plan::Outer",
        deadline: None,
        inputs: &["text"],
        steps: const {
            &[Step::__from_static(StaticStep {
                name: "inner",
                kind: Kind::Flow,
                inputs: &["text"],
                outputs: &["inner"],
                dependencies: &[],
                batch: 0,
                fallible: false,
                flow: Some(<Inner<T> as Planned>::PLAN),
                options: StaticOptions::NONE,
            })]
        },
        batches: &[&[0]],
        stages: &[(0, 1)],
    });
}

/// A workflow whose step asks for everything.
struct Demanding;

impl Demanding {
    const OPTIONS: StaticOptions = StaticOptions {
        idempotent: true,
        optional: true,
        attempts: 3,
        backoff: Some((Duration::from_millis(50), Duration::from_secs(2))),
        rounds: 4,
        timeout: Some(Duration::from_secs(10)),
        limited: false,
        adaptive: true,
        cache: true,
        breaker: true,
        fallbacks: 2,
        default: true,
        quorum: Some(2),
        estimate: Some(Duration::from_millis(400)),
        priority: Priority::High,
        uses: &[("gpu", 2), ("disk", 1)],
        requires: &["db:read", "db:write"],
        approval: true,
        undo: Undo::Irreversible("it is gone"),
        condition: true,
        each: true,
        concurrency: Some(8),
        batch: true,
        critical: true,
        spawn: true,
        blocking: false,
    };
}

impl Planned for Demanding {
    const PLAN: &'static Plan = &Plan::__from_static(StaticPlan {
        name: "Demanding",
        path: concat!(module_path!(), "::Demanding"),
        deadline: Some(Duration::from_mins(1)),
        inputs: &[],
        steps: const {
            &[Step::__from_static(StaticStep {
                name: "ask",
                kind: Kind::Human,
                inputs: &[],
                outputs: &[],
                dependencies: &[],
                batch: 0,
                fallible: false,
                flow: None,
                options: Demanding::OPTIONS,
            })]
        },
        batches: &[&[0]],
        stages: &[(0, 1)],
    });
}

/// A constant, not an assertion at run time: this is how an expansion asks.
const _: () = {
    let plan = <Outer<u8> as Planned>::PLAN;
    assert!(plan.launches_agents() && plan.depth() == 2 && plan.batch_count() == 1);
    assert!(<Inner<u8> as Planned>::PLAN.depth() == 1);
    assert!(!plan.steps()[0].is_fallible() && plan.steps()[0].flow().is_some());
    assert!(!plan.needs_check() && !StaticOptions::NONE.is_checked());
    assert!(<Demanding as Planned>::PLAN.needs_check() && Demanding::OPTIONS.is_checked());
};

fn owned_inner() -> Plan {
    let graph = Graph::new(["text"])
        .with(
            Node::new("split", Kind::Tool)
                .reads(["text"])
                .produces(["head", "tail"]),
        )
        .with(
            Node::new("sum", Kind::Agent)
                .reads(["tail", "head"])
                .produces(["sum"]),
        );
    Plan::new("Inner", &graph)
        .expect("no problems")
        .with_fallible(0)
}

fn owned_outer() -> Plan {
    let graph = Graph::new(["text"]).with(
        Node::new("inner", Kind::Flow)
            .reads(["text"])
            .produces(["inner"]),
    );
    Plan::new("Outer", &graph)
        .expect("no problems")
        .with_flow(0, owned_inner())
}

#[test]
fn a_constant_plan_equals_an_owned_one() {
    assert_eq!(*<Inner<u8> as Planned>::PLAN, owned_inner());
    assert_eq!(*<Outer<u8> as Planned>::PLAN, owned_outer());
    assert_ne!(<Outer<u8> as Planned>::PLAN, <Inner<u8> as Planned>::PLAN);
}

#[test]
fn options_that_are_constant_equal_owned_ones() {
    let ask = Node::new("ask", Kind::Human)
        .idempotent()
        .optional()
        .retry(3)
        .backoff(Some((Duration::from_millis(50), Duration::from_secs(2))))
        .repeat(4)
        .cache()
        .breaker()
        .fallback()
        .fallback()
        .default_value()
        .quorum(2)
        .concurrency(8)
        .batch()
        .adaptive_timeout(Duration::from_secs(10))
        .estimate(Duration::from_millis(400))
        .priority(Priority::High)
        .uses([("gpu", 2), ("disk", 1)])
        .requires(["db:read"])
        .requires(["db:write"])
        .irreversible("it is gone")
        .when()
        .each()
        .critical()
        .spawn();
    let owned = Plan::new("Demanding", &Graph::default().with(ask.clone()))
        .expect("no problems")
        .with_deadline(Duration::from_mins(1));
    let plan = <Demanding as Planned>::PLAN;
    assert_eq!(*plan, owned);
    assert_eq!(plan.to_string(), owned.to_string());
    let ask = ask.uses([("gpu", 1)]);
    assert_ne!(*plan.steps()[0].options(), ask.options);

    // What is known by its path is still equal to what has none.
    assert_eq!(plan.path(), "plan::Demanding");
    assert_eq!(owned.path(), "Demanding");
    assert_eq!(plan.deadline(), Some(Duration::from_mins(1)));

    let options = plan.steps()[0].options();
    assert_eq!((options.attempts(), options.max_attempts()), (3, Some(3)));
    let backoff = (Duration::from_millis(50), Duration::from_secs(2));
    assert_eq!(options.backoff(), Some(backoff));
    assert_eq!((options.max_rounds(), options.fallbacks()), (Some(4), 2));
    assert_eq!(
        (options.quorum(), options.concurrency()),
        (Some(2), Some(8))
    );
    assert!(options.is_cached() && options.has_breaker() && options.has_default());
    assert!(options.has_quorum() && options.has_concurrency() && options.is_batched());
    assert_eq!(options.timeout(), Some(Duration::from_secs(10)));
    assert_eq!(options.estimate(), Some(Duration::from_millis(400)));
    assert_eq!(options.priority(), Priority::High);
    assert!(options.uses().eq([("gpu", 2), ("disk", 1)]));
    assert!(options.requires().eq(["db:read", "db:write"]));
    assert_eq!(options.undo(), Undo::Irreversible("it is gone"));
    assert!(options.is_idempotent() && options.is_optional() && options.is_adaptive());
    assert!(options.needs_approval() && options.is_conditional());
    assert!(options.is_per_item() && options.is_critical());
    assert!(options.is_spawned() && !options.is_blocking());
}

#[test]
fn both_read_the_same() {
    for plan in [<Inner<u8> as Planned>::PLAN, &owned_inner()] {
        assert_eq!(plan.name(), "Inner");
        assert_eq!(plan.inputs().collect::<Vec<_>>(), ["text"]);
        assert_eq!(
            plan.batches()
                .map(|batch| batch.indices().to_vec())
                .collect::<Vec<_>>(),
            [[0], [1]]
        );
        assert_eq!(
            plan.batches()
                .next_back()
                .expect("two batches")
                .steps()
                .next()
                .expect("a step")
                .name(),
            "sum"
        );
        assert_eq!(plan.stages().collect::<Vec<_>>(), [0..1, 1..2]);
        assert_eq!(plan.width(), 1);
        assert_eq!(
            plan.critical_path(),
            CriticalPath {
                steps: vec![0, 1],
                length: 2
            }
        );
        let step = plan.step("sum").expect("a step");
        assert_eq!(step.kind(), Kind::Agent);
        assert_eq!(step.inputs().collect::<Vec<_>>(), ["tail", "head"]);
        assert_eq!(step.outputs().collect::<Vec<_>>(), ["sum"]);
        assert_eq!(step.dependencies(), [0]);
        assert_eq!(step.batch(), 1);
        assert!(plan.steps()[0].is_fallible() && !step.is_fallible());
        assert!(plan.step("zebra").is_none() && step.flow().is_none());
    }
    assert_eq!(
        <Outer<u8> as Planned>::PLAN.to_string(),
        owned_outer().to_string()
    );
}

#[test]
fn a_constant_plan_can_be_changed_as_a_copy() {
    let plan = <Outer<u8> as Planned>::PLAN.clone().with_fallible(0);
    assert!(plan.steps()[0].is_fallible());
    assert!(!<Outer<u8> as Planned>::PLAN.steps()[0].is_fallible());
}

#[cfg(feature = "serde")]
#[test]
fn a_constant_plan_serializes_and_comes_back_owned() {
    for constant in [<Outer<u8> as Planned>::PLAN, <Demanding as Planned>::PLAN] {
        let json = serde_json::to_string(constant).expect("it serializes");
        let plan: Plan = serde_json::from_str(&json).expect("it deserializes");
        assert_eq!(plan, *constant);
        assert_eq!(plan.path(), constant.path());
    }
}
