use core::time::Duration;

use expect_test::expect;

use super::DEEPEST;
use crate::{Graph, Kind, Node, Plan, Priority, testing::graph};

fn plan(text: &str) -> Plan {
    Plan::new("Outer", &graph(text)).expect("no problems")
}

fn round_trip(plan: &Plan) -> Result<Plan, String> {
    let json = serde_json::to_string(plan).expect("it serializes");
    serde_json::from_str(&json).map_err(|error| error.to_string())
}

#[test]
fn a_plan_comes_back_as_it_was() {
    let outer = plan(
        "pr\nmcp files(pr)\nflow inner(files) -> x, y after files\ntool log() -> () after inner files",
    );
    let outer = outer
        .with_flow(1, plan("pr\nagent look(pr)"))
        .with_fallible(0);
    assert_eq!(round_trip(&outer), Ok(outer));
}

/// A plan with a step that asks for everything.
fn demanding() -> Plan {
    let node = Node::new("all", Kind::Human)
        .idempotent()
        .optional()
        .retry(3)
        .backoff(Some((Duration::from_millis(50), Duration::from_secs(2))))
        .repeat(4)
        .cache()
        .breaker()
        .fallback()
        .default_value()
        .quorum(2)
        .adaptive_timeout(Duration::from_millis(1_500))
        .estimate(Duration::from_secs(1))
        .priority(Priority::High)
        .uses([("gpu", 2)])
        .requires(["db:write"])
        .irreversible("it is \"gone\"")
        .when()
        .each()
        .concurrency(8)
        .batch()
        .critical()
        .spawn();
    let graph = Graph::default()
        .with(node)
        .with(Node::new("some", Kind::Tool).rollback());
    Plan::new("Outer", &graph)
        .expect("no problems")
        .with_deadline(Duration::from_mins(1))
        .with_strict_batches()
}

#[test]
fn what_is_asked_for_comes_back() {
    let outer = demanding();
    let back = round_trip(&outer);
    assert_eq!(back.as_ref(), Ok(&outer));
    let json = serde_json::to_string(&outer).expect("it serializes");
    let json = json.replacen(r#""path":"Outer""#, r#""path":"house::Outer""#, 1);
    let back: Plan = serde_json::from_str(&json).expect("it deserializes");
    assert_eq!((back.name(), back.path()), ("Outer", "house::Outer"));
    assert_eq!(serde_json::to_string(&back).expect("it serializes"), json);
}

#[test]
fn the_form_of_options() {
    let options = demanding().steps()[0].options().clone();
    let json = serde_json::to_string_pretty(&options).expect("it serializes");
    expect![[r#"
        {
          "idempotent": true,
          "optional": true,
          "attempts": 3,
          "backoff": [
            {
              "secs": 0,
              "nanos": 50000000
            },
            {
              "secs": 2,
              "nanos": 0
            }
          ],
          "rounds": 4,
          "timeout": {
            "secs": 1,
            "nanos": 500000000
          },
          "limited": false,
          "adaptive": true,
          "cache": true,
          "breaker": true,
          "fallbacks": 1,
          "default": true,
          "quorum": 2,
          "estimate": {
            "secs": 1,
            "nanos": 0
          },
          "priority": "high",
          "uses": [
            [
              "gpu",
              2
            ]
          ],
          "requires": [
            "db:write"
          ],
          "approval": true,
          "undo": {
            "irreversible": "it is \"gone\""
          },
          "condition": true,
          "each": true,
          "concurrency": 8,
          "batch": true,
          "critical": true,
          "spawn": true,
          "blocking": false
        }"#]]
    .assert_eq(&json);
}

#[test]
fn a_plan_from_before_there_were_options_is_read() {
    let plan = plan("pr\nfn files(pr)\nhuman sign(files)");
    let json = serde_json::to_string(&plan).expect("it serializes");
    let old = json
        .replace(r#","options":null"#, "")
        .replace(r#""path":"Outer","deadline":null,"strict":false,"#, "");
    assert!(old.len() < json.len() && !old.contains("path"), "{old}");
    let back: Plan = serde_json::from_str(&old).expect("it deserializes");
    assert_eq!(back, plan);
    assert_eq!(back.path(), "Outer");
    let options = serde_json::from_str(r#"{"optional":true}"#);
    let node = Node::new("x", Kind::Tool).optional();
    assert_eq!(options.ok(), Some(node.options));
}

#[test]
fn what_only_an_expression_says_comes_back() {
    let node = Node::new("open", Kind::Tool)
        .retry_at_run_time()
        .backoff(None)
        .repeat_at_run_time()
        .quorum_at_run_time()
        .each()
        .concurrency_at_run_time()
        .timeout_at_run_time();
    let json = serde_json::to_string(&node.options).expect("it serializes");
    assert_eq!(serde_json::from_str(&json).ok(), Some(node.options));
}

#[test]
fn options_that_cannot_be_are_refused() {
    let json = serde_json::to_string(&demanding()).expect("it serializes");
    let check = |from: &str, to: &str, expected: &str| {
        assert!(json.contains(from), "{json}");
        let error = serde_json::from_str::<Plan>(&json.replacen(from, to, 1))
            .expect_err("it was changed")
            .to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(
        r#""attempts":3"#,
        r#""attempts":0"#,
        "a step is attempted at least once, but `attempts` is 0",
    );
    check(
        r#""rounds":4"#,
        r#""rounds":0"#,
        "a step has at least one round, but `rounds` is 0",
    );
    check(
        r#""secs":1,"nanos":500000000"#,
        r#""secs":18446744073709551615,"nanos":1000000000"#,
        "overflow",
    );
    check(r#"["gpu",2]"#, r#"["gpu",-2]"#, "invalid value");
    check(r#""priority":"high""#, r#""priority":"zebra""#, "zebra");
}

#[test]
fn the_form_of_a_plan() {
    let json = serde_json::to_string_pretty(&plan("pr\nfn files(pr)")).expect("it serializes");
    expect![[r#"
        {
          "name": "Outer",
          "path": "Outer",
          "deadline": null,
          "strict": false,
          "inputs": [
            "pr"
          ],
          "steps": [
            {
              "name": "files",
              "kind": "fn",
              "inputs": [
                "pr"
              ],
              "outputs": [
                "files"
              ],
              "dependencies": [],
              "batch": 0,
              "fallible": false,
              "flow": null,
              "options": null
            }
          ],
          "batches": [
            [
              0
            ]
          ],
          "stages": [
            [
              0,
              1
            ]
          ]
        }"#]]
    .assert_eq(&json);
}

/// The message for a plan in which `from` was replaced by `to`.
fn check(from: &str, to: &str, expected: &str) {
    let json = serde_json::to_string(&plan("pr\ntool a(pr)\ntool b(pr)\ntool c(a)\ntool d(b)"))
        .expect("it serializes");
    assert!(json.contains(from), "{json}");
    let error = serde_json::from_str::<Plan>(&json.replacen(from, to, 1))
        .expect_err("it was changed")
        .to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_was_changed_on_the_way_is_refused() {
    check(
        r#""dependencies":[0]"#,
        r#""dependencies":[7]"#,
        "a dependency of step `c` in plan `Outer` is no step: there are 4",
    );
    check(
        r#""dependencies":[0]"#,
        r#""dependencies":[2]"#,
        "step `c` comes after itself",
    );
    check(
        r#""dependencies":[0]"#,
        r#""dependencies":[]"#,
        "the dependencies of step `c` do not follow from what it reads",
    );
    check(
        r#""dependencies":[0]"#,
        r#""dependencies":[1,0]"#,
        "the dependencies of step `c` do not follow from what it reads",
    );
    check(
        r#""inputs":["a"]"#,
        r#""inputs":["zebra"]"#,
        "no step or workflow input is named `zebra`",
    );
    check(
        r#""name":"b""#,
        r#""name":"a""#,
        "step `a` is already declared",
    );
    check(
        r#""batch":1"#,
        r#""batch":9"#,
        "step `c` is in batch 1, not 9",
    );
    check(
        "[[0,1],[2,3]]",
        "[[0,1],[2,9]]",
        "the batches of plan `Outer` do not follow from its steps",
    );
    check(
        "[[0,1],[2,3]]",
        "[]",
        "the batches of plan `Outer` do not follow from its steps",
    );
    check(
        "[[0,2]]",
        "[[0,9]]",
        "the stages of plan `Outer` do not follow from its steps",
    );
}

#[test]
fn workflows_do_not_nest_without_end() {
    let mut nested = plan("");
    for _ in 1..DEEPEST {
        nested = plan("\nflow inner()").with_flow(0, nested);
    }
    assert_eq!(nested.depth(), DEEPEST);
    assert_eq!(round_trip(&nested).as_ref(), Ok(&nested));
    let error = round_trip(&plan("\nflow inner()").with_flow(0, nested)).expect_err("too deep");
    assert!(
        error.contains("more than 32 workflows are nested in step `inner`"),
        "{error}"
    );
}
