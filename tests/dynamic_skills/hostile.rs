//! Chains that come from outside: what is wrong is told with its place, in bounded time and memory.

use std::time::Duration;

use orchestrated::dynamic::{
    OnFailure, OutputMapping, Retries, SkillCall, SkillChain, SkillChainLimits, SkillChainSpec,
    SkillPlanError, SkillRegistry, SkillStep, ValuePath, skill_fn,
};
use serde_json::{Value, json};

fn read(text: &str) -> Result<SkillChainSpec, String> {
    let read = SkillChainSpec::from_json(text, &SkillChainLimits::default());
    read.map_err(|errors| errors.to_string())
}

fn full() -> SkillChainSpec {
    let mut spec = SkillChainSpec::new([
        SkillStep::from("search"),
        SkillStep::new("read")
            .named("read all")
            .with_parameters(json!({ "limit": [1, 2.5, null, true] }))
            .with_output(OutputMapping::path("/a~1b/0"))
            .with_timeout(Duration::from_millis(1500))
            .idempotent()
            .on_failure(OnFailure::Retry(
                Retries::new(3)
                    .with_backoff(Duration::from_millis(20))
                    .with_jitter(),
            )),
        SkillStep::new("tell")
            .with_output(OutputMapping::object([
                ("a", ValuePath::output("")),
                ("b", ValuePath::input("/x")),
            ]))
            .on_failure(OnFailure::skip(json!({ "text": "none" }))),
    ]);
    spec.name = Some("Full".into());
    spec
}

#[test]
fn what_is_written_is_read_back() {
    let spec = full();
    let text = serde_json::to_string(&spec).unwrap();
    assert_eq!(read(&text).unwrap(), spec);
    assert_eq!(serde_json::from_str::<SkillChainSpec>(&text).unwrap(), spec);
    let bare = read(r#"["search", { "skill": "tell", "name": null }]"#).unwrap();
    assert_eq!(bare, SkillChainSpec::new(["search", "tell"]));
    let short = read(
        r#"[{ "skill": "a", "on_failure": { "retry": 4 } }, { "skill": "b", "on_failure": "fail" }]"#,
    );
    let retry = SkillStep::new("a").on_failure(OnFailure::Retry(Retries::new(4)));
    assert_eq!(short.unwrap(), SkillChainSpec::new([retry, "b".into()]));
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let text = r#"{
        "nme": "x",
        "steps": [
            3,
            { "parameters": {} },
            { "tool": "a" },
            { "skill": ["a"], "name": {}, "idempotent": "yes", "timeout_ms": 0, "output": 7 },
            { "skill": "a", "output": { "x": "no path", "y": null } },
            { "skill": "a", "on_failure": { "retry": 0 } },
            { "skill": "a", "on_failure": { "retry": 1000000000000 } },
            { "skill": "a", "on_failure": { "retry": { "backoff": 1, "jitter": 1 } } },
            { "skill": "a", "on_failure": { "skip": {} } },
            { "skill": "a", "on_failure": { "skip": { "default": 1, "confidence": 2 } } },
            { "skill": "a", "on_failure": { "skip": { "default": 1 }, "retry": 1 } },
            { "skill": "a", "on_failure": {} },
            { "skill": "a", "on_failure": { "ignore": 1 } },
            { "skill": "a", "on_failure": { "retry": { "attempts": 2, "max_backoff_ms": 99999999999 } } }
        ]
    }"#;
    expect_test::expect![[r"
        the chain.nme: unknown field; did you mean `name`?
        steps[0]: the name of a skill, or an object, is expected, and not a number
        steps[1]: there is no `skill`
        steps[2].tool: unknown field; did you mean `skill`?
        steps[3].skill: a name is expected, and not a list
        steps[3].name: a name is expected, and not an object
        steps[3].output: a path, or an object of paths, is expected, and not a number
        steps[3].timeout_ms: a whole number of milliseconds, from 1 on, is expected, and not another number
        steps[3].idempotent: `true` or `false` is expected, and not a text
        steps[4].output.x: `no path` is no path: it starts with `/`, or with `input:/`, and a `~` stands before `0` or `1`
        steps[4].output.y: a path is expected, and not nothing
        steps[5].on_failure.retry: a whole number of attempts, from 1 on, is expected, and not another number
        steps[6].on_failure.retry: 1000000000000 attempts: at most 10 are allowed
        steps[7].on_failure.retry.backoff: unknown field; did you mean `backoff_ms`?
        steps[7].on_failure.retry: there is no `attempts`
        steps[7].on_failure.retry.jitter: `true` or `false` is expected, and not a number
        steps[8].on_failure.skip: there is no `default`
        steps[9].on_failure.skip.confidence: a number from 0 to 1 is expected, and not another number
        steps[10].on_failure: one of `retry` and `skip` is expected, and not both
        steps[11].on_failure: one of `retry` and `skip` is expected, and not none
        steps[12].on_failure.ignore: unknown field; there are: `retry`, `skip`
        steps[13].on_failure.retry.max_backoff_ms: 99999999999 milliseconds: at most 3600000 are allowed"]].assert_eq(&read(text).unwrap_err());
}

#[test]
fn a_text_is_read_up_to_its_first_limit() {
    let many = format!("[{}\"a\"]", r#"{"skill":"a"},"#.repeat(100_000));
    assert_eq!(
        read(&many).unwrap_err(),
        format!("{} bytes: at most 262144 are allowed", many.len())
    );
    let mut limits = SkillChainLimits::default();
    limits.bytes = usize::MAX;
    let errors = SkillChainSpec::from_json(&many, &limits)
        .unwrap_err()
        .to_string();
    assert!(
        errors.ends_with("there are too many values: at most 10000 are allowed"),
        "{errors}"
    );
    limits.values = usize::MAX;
    let errors = SkillChainSpec::from_json(&many, &limits)
        .unwrap_err()
        .to_string();
    assert_eq!(errors, "steps: 100001 steps: at most 64 are allowed");
    limits.steps = 200_000;
    let spec = SkillChainSpec::from_json(&many, &limits).unwrap();
    assert_eq!(spec.steps.len(), 100_001);
    // All of them are unknown: that is told of the first hundred.
    let errors = SkillChain::of(spec, &SkillRegistry::new()).unwrap_err();
    assert_eq!(errors.len(), 101);
    let last = errors.into_iter().last();
    assert_eq!(last, Some(SkillPlanError::AndMore { mistakes: 100 }));
}

/// Each of these lies in the parameters of the one before.
const PARAMETERS: &str = r#"[{"skill":"a","parameters":"#;

#[test]
fn what_nests_deep_is_refused() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (PARAMETERS, "}]")] {
        for depth in [25, 1_000, 15_000] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let mut limits = SkillChainLimits::default();
            limits.bytes = usize::MAX;
            let error = SkillChainSpec::from_json(&text, &limits)
                .unwrap_err()
                .to_string();
            assert!(
                error.ends_with("lists and objects nest too deep: at most 24 levels are allowed"),
                "{error}"
            );
            limits.nesting = usize::MAX;
            // Then what reads JSON has a limit of its own.
            assert_eq!(
                SkillChainSpec::from_json(&text, &limits).is_err(),
                depth > 25 || open != PARAMETERS
            );
            assert!(serde_json::from_str::<SkillChainSpec>(&text).is_err());
        }
    }
}

#[test]
fn what_is_no_json_or_has_a_name_twice_is_told_with_its_place() {
    assert_eq!(
        read(r#"[{ "skill": "a", "skill": "b" }]"#).unwrap_err(),
        "line 1, column 24: `skill` is given more than once"
    );
    assert!(read("").unwrap_err().starts_with("line 1, column 0: EOF"));
    assert!(
        read("[\"a\"] x")
            .unwrap_err()
            .starts_with("line 1, column 7: trailing")
    );
    assert_eq!(read("[]").unwrap_err(), "there are no steps");
    let names = format!(r#"[{{ "skill": "{}" }}]"#, "n".repeat(10_000));
    assert_eq!(
        read(&names).unwrap_err(),
        "steps[0].skill: 10000 bytes of a name: at most 256 are allowed"
    );
    // What is shown of a name neither draws on a terminal nor fills it.
    let field = format!(
        r#"[{{ "skill": "a", "\u001b[31m{}": 1 }}]"#,
        "n".repeat(10_000)
    );
    let error = read(&field).unwrap_err();
    assert!(error.len() < 300 && !error.contains('\u{1b}'), "{error}");
}

/// Every value inside this one, by its path.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                paths(item, &format!("{path}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                paths(item, &format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_stands_at_any_place_is_read_or_told_there() {
    let whole = serde_json::to_value(full()).unwrap();
    let mut places = Vec::new();
    paths(&whole, "", &mut places);
    assert!(places.len() > 30);
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("~"),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({ "a": { "skill": [] } }),
    ];
    for place in &places {
        for other in &others {
            let mut changed = whole.clone();
            *changed.pointer_mut(place).unwrap() = other.clone();
            match read(&changed.to_string()) {
                // It is read back as it was written.
                Ok(spec) => {
                    let text = serde_json::to_string(&spec).unwrap();
                    assert_eq!(read(&text).unwrap(), spec, "{changed}");
                }
                Err(errors) => {
                    let mut place = place.trim_start_matches('/').split('/');
                    let head = place.next().unwrap();
                    let is_told = errors.starts_with("the chain")
                        || errors.contains("there are no steps")
                        || errors.contains(head);
                    assert!(is_told, "{changed}: {errors}");
                    if let Some(step) = place.next() {
                        assert!(
                            errors.contains(&format!("steps[{step}]")),
                            "{changed}: {errors}"
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_doubles_at_every_step_ends_in_an_error() {
    let echo = skill_fn("echo", |call: SkillCall| async move {
        Ok(call.input.into_value().into())
    });
    let skills = SkillRegistry::new().with(echo).unwrap();
    let step = json!({ "skill": "echo", "output": { "a": "", "b": "" } });
    let text = json!(vec![step; 60]).to_string();
    let spec = SkillChainSpec::from_json(&text, &SkillChainLimits::default()).unwrap();
    let chain = SkillChain::of(spec, &skills).unwrap();
    let error = chain.execute("x").await.unwrap_err().to_string();
    assert!(
        error.ends_with(
            "what is handed on is too much: at most 64 MiB of memory and 128 levels are allowed"
        ),
        "{error}"
    );
    // Nor does it nest without end.
    let step =
        SkillStep::new("echo").with_output(OutputMapping::object([("a", ValuePath::output(""))]));
    let deep = SkillChain::of(SkillChainSpec::new(vec![step; 150]), &skills).unwrap();
    let error = deep.execute(()).await.unwrap_err().to_string();
    assert!(
        error.starts_with("workflow `Chain`: step `echo 128` failed"),
        "{error}"
    );
}
