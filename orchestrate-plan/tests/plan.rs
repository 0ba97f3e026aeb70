//! Plans as an expansion writes them: constants, also inside generics, and equal to those that are
//! made at run time.

use std::time::Duration;

use orchestrate_plan::{
    Count, CriticalPath, Graph, Kind, Node, Options, Packed, Plan, Priority, StaticOptions,
    StaticPlan, StaticStep, Step, Undo, Unusual, Whole,
};

/// What the macro's trait looks like from here.
trait Planned {
    const PLAN: &'static Plan;
}

struct Inner<T>(core::marker::PhantomData<T>);

impl<T> Planned for Inner<T> {
    const PLAN: &'static Plan = {
        static PACKED: Packed = Packed {
            names: "text,split,head,tail,sum",
            steps: &[0, 1],
            numbers: &[
                1, // byte a number
                4, 10, 15, 20, 24, // ends of names
                1, 2, 1, 2, // of batches, and of stages
                1, 2, 2, 3, 0, 27, 1, 0, 0, // `split`
                4, 4, 1, 0, 1, 28, 2, 0, 1, // `sum`
                0, 3, 2, // what they read
            ],
            count: Count {
                inputs: 1,
                names: 5,
                steps: 2,
                batches: 2,
                stages: 2,
            },
        };
        &PACKED.plan(Whole {
            name: "Inner",
            path: "plan::Inner",
            deadline: None,
            strict: false,
            steps: const { &PACKED.steps::<2>(&[]) },
        })
    };
}

struct Outer<T>(core::marker::PhantomData<T>);

/// One step, that reads the only input and can do as it likes.
static ONE: Packed = Packed {
    names: "text,inner",
    steps: &[0],
    numbers: &[1, 4, 10, 1, 1, 1, 1, 1, 8, 0, 13, 1, 0, 0, 0],
    count: Count {
        inputs: 1,
        names: 2,
        steps: 1,
        batches: 1,
        stages: 1,
    },
};

impl<T> Planned for Outer<T> {
    const PLAN: &'static Plan = &ONE.plan(Whole {
        name: "Outer",
        path: "plan::Outer",
        deadline: None,
        strict: false,
        steps: const {
            &ONE.steps::<1>(&[Unusual {
                step: 0,
                flow: Some(<Inner<T> as Planned>::PLAN),
                options: None,
            }])
        },
    });
}

/// The same step, written by hand; but it is no flow.
static BY_HAND: Plan = Plan::__from_static(StaticPlan {
    name: "Outer",
    path: "plan::ByHand",
    inputs: &["text"],
    steps: const {
        &[Step::__from_static(&StaticStep {
            name: "inner",
            kind: Kind::Flow,
            inputs: &["text"],
            outputs: &["inner"],
            dependencies: &[],
            batch: 0,
            fallible: false,
        })]
    },
    batches: &[1],
    order: &[0],
    stages: &[1],
});

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
    const PLAN: &'static Plan = {
        static PACKED: Packed = Packed {
            names: "ask",
            steps: &[0],
            numbers: &[1, 3, 1, 1, 0, 1, 0, 10, 0, 12, 0, 0, 0],
            count: Count {
                inputs: 0,
                names: 1,
                steps: 1,
                batches: 1,
                stages: 1,
            },
        };
        &PACKED.plan(Whole {
            name: "Demanding",
            path: concat!(module_path!(), "::Demanding"),
            deadline: Some(Duration::from_mins(1)),
            strict: false,
            steps: const {
                &PACKED.steps::<1>(&[Unusual {
                    step: 0,
                    flow: None,
                    options: Some(const { &Options::__of(Kind::Human, Demanding::OPTIONS) }),
                }])
            },
        })
    };
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
    for constant in [<Outer<u8> as Planned>::PLAN, <Inner<u8> as Planned>::PLAN] {
        let changed = constant.clone().with_fallible(0).with_fallible(0);
        assert!(changed.steps()[0].is_fallible());
        assert_eq!(changed == *constant, constant.steps()[0].is_fallible());
        assert_eq!(changed.steps()[0].flow(), constant.steps()[0].flow());
    }
}

#[test]
fn a_plan_that_is_written_by_hand_is_one_as_well() {
    let graph = Graph::new(["text"]).with(
        Node::new("inner", Kind::Flow)
            .reads(["text"])
            .produces(["inner"]),
    );
    let owned = Plan::new("Outer", &graph).expect("no problems");
    assert_eq!(BY_HAND, owned);
    assert_eq!(BY_HAND.to_string(), owned.to_string());
    assert!(
        BY_HAND
            .stages()
            .map(|stage| (stage.start, stage.end))
            .eq([(0, 1)])
            && BY_HAND.batch(0).indices() == [0]
    );
    let with_flow = BY_HAND.clone().with_flow(0, owned_inner());
    assert_eq!(with_flow, *<Outer<u8> as Planned>::PLAN);
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
