//! The schema in the book is what plans serialize as.
#![cfg(feature = "serde")]

use std::{fs, path::Path, sync::LazyLock, time::Duration};

use orchestrate_plan::{Graph, Kind, Node, Plan};
use serde_json::{Value, json};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/plan.schema.json");
    let text = fs::read_to_string(path).expect("the schema is in the book");
    serde_json::from_str(&text).expect("the schema is JSON")
});

/// What is wrong with a value, by the words of JSON Schema that this schema uses (draft 2020-12,
/// "Core" and "Validation"). Any other word is a mistake in this test.
fn errors(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let said = schema.as_object().expect("a schema is an object");
    let mut found = Vec::new();
    let mut say = |is_right: bool, word: &str| {
        if !is_right {
            found.push(format!("{at}: {word} {}: {value}", schema[word]));
        }
    };
    let mut inside = Vec::new();
    for (word, wanted) in said {
        let list = || wanted.as_array().into_iter().flatten();
        let items = || value.as_array().into_iter().flatten().enumerate();
        let size = value.as_array().map(Vec::len);
        match word.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "default" => {}
            "$ref" => {
                let path = wanted.as_str().and_then(|path| path.strip_prefix('#'));
                let target = SCHEMA.pointer(path.expect("it is in this schema"));
                inside.extend(errors(target.expect("it is there"), value, at));
            }
            "type" if wanted.is_array() => say(list().any(|kind| is_a(value, kind)), word),
            "type" => say(is_a(value, wanted), word),
            "enum" => say(list().any(|one| one == value), word),
            "anyOf" => say(list().any(|one| errors(one, value, at).is_empty()), word),
            "required" => {
                say(
                    list().all(|key| value.get(key.as_str().expect("a name")).is_some()),
                    word,
                );
            }
            "properties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = wanted.get(key) {
                        inside.extend(errors(schema, value, &format!("{at}/{key}")));
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(*wanted, json!(false));
                let mut keys = value.as_object().into_iter().flatten().map(|(key, _)| key);
                say(
                    keys.all(|key| schema["properties"].get(key).is_some()),
                    word,
                );
            }
            "items" => {
                for (index, item) in items() {
                    inside.extend(errors(wanted, item, &format!("{at}/{index}")));
                }
            }
            "prefixItems" => {
                for ((index, item), schema) in items().zip(list()) {
                    inside.extend(errors(schema, item, &format!("{at}/{index}")));
                }
            }
            "minItems" => say(
                size.is_none_or(|size| Some(size as u64) >= wanted.as_u64()),
                word,
            ),
            "maxItems" => say(
                size.is_none_or(|size| Some(size as u64) <= wanted.as_u64()),
                word,
            ),
            "minimum" => say(
                value.as_f64().is_none_or(|it| Some(it) >= wanted.as_f64()),
                word,
            ),
            "maximum" => say(
                value.as_f64().is_none_or(|it| Some(it) <= wanted.as_f64()),
                word,
            ),
            other => panic!("{other} is not known here"),
        }
    }
    found.extend(inside);
    found
}

fn is_a(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("null") => value.is_null(),
        other => panic!("{other:?} is not known here"),
    }
}

/// A workflow in a workflow, whose first step asks for all that there is.
fn plan() -> Plan {
    let ms = Duration::from_millis;
    let all = Node::new("all", Kind::Human)
        .produces(["x", "y"])
        .idempotent()
        .optional()
        .retry(3)
        .backoff(Some((ms(50), ms(900))))
        .repeat(2)
        .adaptive_timeout(ms(1_500))
        .cache()
        .breaker()
        .fallback()
        .default_value()
        .quorum(2)
        .estimate(ms(20))
        .uses([("gpu", 2)])
        .requires(["db:write"])
        .irreversible("it is gone")
        .when()
        .each()
        .concurrency(8)
        .batch()
        .critical();
    let open = Node::new("open", Kind::Tool)
        .reads(["x"])
        .retry_at_run_time()
        .backoff(None)
        .repeat_at_run_time()
        .timeout_at_run_time()
        .quorum_at_run_time()
        .each()
        .concurrency_at_run_time()
        .rollback();
    let inner = Graph::new(["pr"]).with(all).with(open);
    let inner = Plan::new("Inner", &inner)
        .expect("no problems")
        .with_fallible(0);
    let outer = Graph::new(["pr"])
        .with(Node::new("flow", Kind::Flow).reads(["pr"]))
        .with(Node::new("last", Kind::Plain).after(["flow"]));
    Plan::new("Outer", &outer)
        .expect("no problems")
        .with_flow(0, inner)
        .with_deadline(ms(90_000))
        .with_strict_batches()
}

#[track_caller]
fn check(value: &Value) {
    let errors = errors(&SCHEMA, value, "");
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

#[test]
fn plans_are_as_the_schema_says() {
    let value = serde_json::to_value(plan()).expect("it serializes");
    check(&value);
    let back: Plan = serde_json::from_value(value).expect("it deserializes");
    assert_eq!(back, plan());
    let empty = Plan::new("Empty", &Graph::default()).expect("no problems");
    check(&serde_json::to_value(empty).expect("it serializes"));
}

#[test]
fn the_schema_knows_every_field_and_no_other() {
    let value = serde_json::to_value(plan()).expect("it serializes");
    let inner = &value["steps"][0]["flow"]["steps"][0];
    for (name, value) in [
        ("plan", &value),
        ("step", inner),
        ("options", &inner["options"]),
    ] {
        let known = SCHEMA["$defs"][name]["properties"]
            .as_object()
            .expect("an object");
        let known: Vec<&String> = known.keys().collect();
        let written: Vec<&String> = value.as_object().expect("an object").keys().collect();
        assert_eq!(known, written, "{name}");
    }
}

#[test]
fn what_comes_from_before_is_allowed() {
    let old = json!({
        "name": "Old", "inputs": ["pr"], "batches": [[0]], "stages": [[0, 1]],
        "steps": [{
            "name": "look", "kind": "agent", "inputs": ["pr"], "outputs": [], "dependencies": [],
            "batch": 0, "fallible": true, "flow": null, "options": { "attempts": 3, "undo": "rollback" },
        }],
    });
    check(&old);
    let plan: Plan = serde_json::from_value(old).expect("it deserializes");
    assert_eq!(plan.steps()[0].options().max_attempts(), Some(3));
}

#[test]
fn what_is_wrong_is_refused() {
    let good = serde_json::to_value(plan()).expect("it serializes");
    let wrong = [
        ("/steps/1/kind", json!("agnet")),
        ("/steps/1/batch", json!(-1)),
        ("/stages/0", json!([0])),
        ("/deadline", json!("90s")),
        ("/steps/0/flow/steps/0/options/attempts", json!(0)),
        ("/steps/0/flow/steps/0/options/undo", json!("never")),
        ("/steps/0/flow/steps/0/options/uses", json!([["gpu", -1]])),
    ];
    for (path, value) in wrong {
        let mut changed = good.clone();
        *changed.pointer_mut(path).expect("it is there") = value;
        assert!(!errors(&SCHEMA, &changed, "").is_empty(), "{path}");
        assert!(serde_json::from_value::<Plan>(changed).is_err(), "{path}");
    }
}
