use expect_test::{Expect, expect};
use orchestrate_plan::{Graph, Kind, Node};
use serde_json::json;

use super::{
    super::{Operation, Operations, PlanError, PlanErrors, PlanLimits, analyze},
    read_plan,
};

fn read(text: &str) -> Result<Operations, PlanErrors> {
    Operations::from_json(text, &PlanLimits::default())
}

/// What is wrong with a text.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a snapshot reads best in place"
)]
fn check(text: &str, expected: Expect) {
    let errors = read(text).expect_err("something is wrong");
    expected.assert_eq(&format!("{errors}\n"));
}

#[test]
fn operations_come_back_as_they_were() {
    let operations = Operations::reading(["topic"])
        .named("Research")
        .with(Operation::new("search", Kind::Mcp).reads(["topic"]))
        .with(
            Operation::new("sum", Kind::Plain)
                .reads(["search"])
                .produces(["total", "rest"])
                .after(["search"])
                .by("adder")
                .with_parameters(json!({
                    "text": "a \"b\" \u{1F600}", "whole": -3, "part": 1.5, "large": u64::MAX,
                    "list": [true, null, [], {}],
                })),
        );
    let text = serde_json::to_string(&operations).expect("it serializes");
    assert_eq!(read(&text).as_ref(), Ok(&operations));
    assert_eq!(
        serde_json::from_str::<Operations>(&text).ok().as_ref(),
        Some(&operations)
    );
    let value = serde_json::to_value(&operations).expect("it serializes");
    assert_eq!(
        serde_json::from_value::<Operations>(value).ok(),
        Some(operations)
    );
}

#[test]
fn only_the_name_of_an_operation_must_be_there() {
    let expected = Operations::from([Operation::new("a", Kind::Agent)]);
    for text in [
        r#"[{"id":"a"}]"#,
        r#"{"operations":[{"id":"a"}]}"#,
        r#"{"name":null,"inputs":null,"operations":[{"id":"a","kind":null,"inputs":null,
            "outputs":[],"after":null,"agent":null,"parameters":null}]}"#,
    ] {
        assert_eq!(read(text).as_ref(), Ok(&expected), "{text}");
    }
}

#[test]
fn what_a_field_may_not_be_is_told_with_its_place() {
    check(
        "[\n  { \"id\": \"a\" },\n  { \"inputs\": [1], \"id\": \"b\" }\n]",
        expect![[r"
            line 3, column 16, operation 2: invalid type: integer `1`, expected a name
        "]],
    );
    check(
        r#"[{ "id": "a", "after": "b" }]"#,
        expect![[r#"
            line 1, column 26, operation `a`: invalid type: string "b", expected a list of names
        "#]],
    );
    check(
        r#"["a"]"#,
        expect![[r#"
            line 1, column 4, operation 1: invalid type: string "a", expected an operation: an object with an `id`
        "#]],
    );
    check(
        r#"{"operations": {"id": "a"}}"#,
        expect![[r"
            line 1, column 16: invalid type: map, expected a list of operations
        "]],
    );
    check(
        "3",
        expect![[r"
            line 1, column 1: invalid type: integer `3`, expected a list of operations, or an object with `operations`
        "]],
    );
    check(
        r#"[{ "id": "a", "parameters": { "x": 1, "x": 2 } }]"#,
        expect![[r"
            line 1, column 41, operation `a`: `x` is given more than once
        "]],
    );
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    check(
        "Here is the plan: []",
        expect![[r"
            line 1, column 1: expected value: give the JSON alone, with no words and no code fence around it
        "]],
    );
    check(
        "```json\n[]\n```",
        expect![[r"
            line 1, column 1: expected value: give the JSON alone, with no words and no code fence around it
        "]],
    );
    check(
        r#"[{ "id": "a" }"#,
        expect![[r"
            line 1, column 14: EOF while parsing a list
        "]],
    );
    check(
        "[] []",
        expect![[r"
            line 1, column 4: trailing characters: give the JSON alone, with no words and no code fence around it
        "]],
    );
    check(
        r#"[{ "id": "\ud800" }]"#,
        expect![[r"
            line 1, column 17, operation 1: unexpected end of hex escape
        "]],
    );
    check(
        r#"[{ "id": "a", "parameters": 1e999 }]"#,
        expect![[r"
            line 1, column 33, operation `a`: number out of range
        "]],
    );
}

#[test]
fn words_that_nobody_knows_are_told_together() {
    check(
        r#"{
            "title": "Research",
            "input": ["topic"],
            "operations": [
                { "dependsOn": ["x"], "type": "agent", "id": "a", "kind": "Agent", "id": "b", "colour": 3 },
                { "kind": "robot", "ouputs": [[[{}]]] },
                { "id": "ok" }
            ],
            "operations": []
        }"#,
        expect![[r"
            unknown field `title`: there are `name`, `inputs` and `operations`
            unknown field `input`; did you mean `inputs`?
            unknown field `dependsOn` of operation `a`; did you mean `after`?
            unknown field `type` of operation `a`; did you mean `kind`?
            unknown kind `Agent` of operation `a`; did you mean `agent`?
            `id` is given more than once in operation `a`
            unknown field `colour` of operation `a`: there are `id`, `kind`, `inputs`, `outputs`, `after`, `agent` and `parameters`
            unknown kind `robot` of operation 2: a kind is `agent`, `tool`, `mcp`, `fn`, `flow` or `human`
            unknown field `ouputs` of operation 2; did you mean `outputs`?
            operation 2 has no `id`
            `operations` is given more than once
        "]],
    );
    check(
        r#"{"steps": []}"#,
        expect![[r"
            unknown field `steps`; did you mean `operations`?
        "]],
    );
    check(
        "{}",
        expect![[r"
            there is no `operations`
        "]],
    );
}

#[test]
fn mistakes_before_the_end_of_reading_are_told_too() {
    check(
        r#"[{ "id": "a", "tool": "x" }, { "id": 3 }]"#,
        expect![[r"
            unknown field `tool` of operation `a`: there are `id`, `kind`, `inputs`, `outputs`, `after`, `agent` and `parameters`
            line 1, column 38, operation 2: invalid type: integer `3`, expected a name
        "]],
    );
}

#[test]
fn after_a_hundred_mistakes_nobody_reads_on() {
    let text = format!("[{}]", r#"{"x":1},"#.repeat(500));
    let errors = read(&text).expect_err("nothing has a name");
    assert_eq!(errors.len(), 100);
}

#[test]
fn serde_holds_to_the_defaults_and_tells_all() {
    let error = |text: &str| {
        serde_json::from_str::<Operations>(text)
            .expect_err("something is wrong")
            .to_string()
    };
    assert_eq!(
        error(r#"[{"id":"a","knd":"tool"},{}]"#),
        "unknown field `knd` of operation `a`; did you mean `kind`?\noperation 2 has no `id`"
    );
    let many = format!("[{}{{\"id\":\"a\"}}]", r#"{"id":"a"},"#.repeat(1_000));
    assert!(
        error(&many).starts_with("there are too many operations: at most 1000 are allowed"),
        "{}",
        error(&many)
    );
    let one = serde_json::from_str::<Operation>(r#"{"id":"a","knd":"tool"}"#);
    assert_eq!(
        one.expect_err("something is wrong").to_string(),
        "unknown field `knd` of operation `a`; did you mean `kind`?"
    );
}

/// The last thing that is wrong with a text under small limits.
fn stopped(text: &str) -> PlanError {
    let limits = PlanLimits::default()
        .with_bytes(300)
        .with_operations(2)
        .with_names(2)
        .with_name_bytes(4)
        .with_values(6)
        .with_nesting(2);
    let errors = Operations::from_json(text, &limits).expect_err("it is too large");
    errors.into_iter().next_back().expect("there is one")
}

#[test]
fn what_is_too_much_ends_the_reading_where_it_stands() {
    // What stands behind the place is no JSON: nobody gets there.
    let cases = [
        (
            r#"[{"id":"a"},{"id":"b"},{ broken"#,
            "there are too many operations: at most 2 are allowed",
        ),
        (
            r#"[{"id":"a","inputs":["1","2","3" broken"#,
            "`inputs` of operation `a` has too many names: at most 2 are allowed",
        ),
        (
            r#"{"inputs":["1","2","3" broken"#,
            "`inputs` has too many names: at most 2 are allowed",
        ),
        (
            r#"[{"id":"abcde" broken"#,
            "a name has 5 bytes, from `abcde` on: at most 4 are allowed",
        ),
        (
            r#"[{"id":"a","agent":"abcde" broken"#,
            "a name has 5 bytes, from `abcde` on: at most 4 are allowed",
        ),
        (
            r#"[{"id":"a","parameters":[1,2,3,4,5,6 broken"#,
            "there are too many values in parameters in operation `a`: at most 6 are allowed",
        ),
        (
            r#"[{"id":"a","parameters":[[[ broken"#,
            "parameters nest too deep in operation `a`: at most 2 levels are allowed",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(stopped(text).to_string(), expected);
    }
    assert_eq!(
        stopped(&" ".repeat(301)).to_string(),
        "the text has 301 bytes: at most 300 are allowed"
    );
}

#[test]
fn the_limits_themselves_are_allowed() {
    let text = r#"{"name":"1234","inputs":["1","2"],"operations":[
        {"id":"abcd","parameters":[[1,2],3]},{"id":"b","parameters":0}]}"#;
    let limits = PlanLimits::default()
        .with_bytes(text.len())
        .with_operations(2)
        .with_names(2)
        .with_name_bytes(4)
        .with_values(6)
        .with_nesting(2);
    assert!(Operations::from_json(text, &limits).is_ok());
    let fewer = limits.clone().with_values(5);
    assert!(Operations::from_json(text, &fewer).is_err());
    assert!(Operations::from_json(text, &limits.with_nesting(1)).is_err());
}

/// The text of a plan with three workflows inside one another.
fn nested(levels: usize) -> String {
    let one = || {
        let graph = Graph::new(["x"]).with(Node::new("inner", Kind::Flow).reads(["x"]));
        super::Plan::new("Level", &graph).expect("it is sound")
    };
    let plan = (1..levels).fold(one(), |plan, _| one().with_flow(0, plan));
    serde_json::to_string(&plan).expect("it serializes")
}

#[test]
fn plans_are_read_under_limits() {
    let limits = PlanLimits::default();
    assert!(read_plan(&nested(3), &limits).is_ok());
    let error = |text: &str, limits: &PlanLimits| {
        read_plan(text, limits)
            .expect_err("it is too large")
            .to_string()
    };
    assert_eq!(
        error(&nested(4), &limits),
        "workflows nest too deep: at most 3 levels are allowed"
    );
    assert_eq!(
        error(&nested(3), &limits.clone().with_operations(2)),
        "there are too many operations: at most 2 are allowed"
    );
    assert_eq!(
        error(&nested(1), &limits.clone().with_name_bytes(4)),
        "a name has 5 bytes, from `Level` on: at most 4 are allowed"
    );
    let plan = analyze(["a", "b"].map(|id| Operation::new(id, Kind::Tool))).expect("it is sound");
    let text = serde_json::to_string(&plan).expect("it serializes");
    assert_eq!(
        error(&text, &limits.clone().with_width(1)),
        "batch 1 has 2 operations: at most 1 are allowed"
    );
    assert_eq!(
        error(&text, &limits.clone().with_depth(0)),
        "there are 1 batches one after the other: at most 0 are allowed"
    );
    let text = text.replacen(r#""dependencies":[]"#, r#""dependencies":[0,0,0]"#, 1);
    assert_eq!(
        error(&text, &limits.clone().with_names(2)),
        "`dependencies` of operation 1 has too many names: at most 2 are allowed"
    );
    assert_eq!(
        error("[]", &limits),
        "line 1, column 0: invalid type: sequence, expected a plan"
    );
}

#[cfg(feature = "yaml")]
mod yaml {
    use super::{Expect, Operations, PlanLimits, expect};

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a snapshot reads best in place"
    )]
    fn check(text: &str, expected: Expect) {
        let errors = Operations::from_yaml(text, &PlanLimits::default()).expect_err("it is wrong");
        expected.assert_eq(&format!("{errors}\n"));
    }

    #[test]
    fn yaml_says_what_json_says() {
        let json = r#"{"name":"Research","inputs":["topic"],"operations":[
            {"id":"no","kind":"mcp","inputs":["topic"],"parameters":{"deep":[1,2.5,null,true,"x y"]}},
            {"id":"draft","agent":"writer","after":["no"],"outputs":["text","0"]}]}"#;
        let yaml = r#"
            name: Research
            inputs: [topic]
            operations:
              - id: "no"
                kind: mcp
                inputs: [topic]
                parameters: { deep: [1, 2.5, ~, true, x y] }
              - id: draft
                agent: writer
                after:
                - "no"
                outputs: [text, "0"]
        "#;
        let limits = PlanLimits::default();
        let expected = Operations::from_json(json, &limits).expect("it is sound");
        assert_eq!(Operations::from_yaml(yaml, &limits), Ok(expected.clone()));
        assert_eq!(Operations::from_yaml(json, &limits), Ok(expected));
    }

    #[test]
    fn an_alias_stands_for_what_it_names() {
        let yaml = "
            - { id: a, outputs: &both [x, y] }
            - { id: b, inputs: *both }
        ";
        let operations = Operations::from_yaml(yaml, &PlanLimits::default());
        assert_eq!(operations.expect("it is sound").list[1].inputs, ["x", "y"]);
    }

    #[test]
    fn mistakes_in_yaml_have_places_too() {
        check(
            "- id: a\n  inputs: 3\n",
            expect![[r"
                line 2, column 3, operation `a`: invalid type: integer `3`, expected a list of names
            "]],
        );
        check(
            "- id: a\n  depends_on: [b]\n  kind: agnet\n",
            expect![[r"
            unknown field `depends_on` of operation `a`; did you mean `after`?
            unknown kind `agnet` of operation `a`; did you mean `agent`?
        "]],
        );
        check(
            "- id: a\n  id: b\n",
            expect![[r"
            `id` is given more than once in operation `a`
        "]],
        );
        check(
            "- &x { id: a }\n- { <<: *x }\n",
            expect![[r"
                line 2, column 5, operation 2: YAML merge keys are not allowed by configured policy
            "]],
        );
        check(
            "[]\n---\n[]\n",
            expect![[r"
                line 3, column 1: there is more than one document
            "]],
        );
        check(
            "- id: a\n bad",
            expect![[r"
                line 2, column 2: while parsing a block collection, did not find expected '-' indicator
            "]],
        );
        check(
            "",
            expect![[r"
                line 1, column 1: unexpected end of input
            "]],
        );
        check(
            "- id: a\n  parameters: .nan\n",
            expect![[r"
                line 2, column 15, operation `a`: non-finite float `.nan` rejected by the configured policy
            "]],
        );
        check(
            "- id: *nobody\n",
            expect![[r"
                line 1, column 7, operation 1: alias references unknown anchor
            "]],
        );
    }
}
