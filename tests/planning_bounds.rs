//! What it takes to refuse operations and plans that somebody made to do harm: memory is counted, and so is how far a text is
//! read. Both bound the time.

use std::{cell::Cell, fmt::Write as _};

use allocation_counter::measure;
use orchestrated::{
    dynamic::{Operation, Operations, PlanErrors, PlanLimits, analyze, analyze_within, read_plan},
    plan::{Kind, Plan},
};

/// What may be taken at once to refuse a text, whatever is in it: twice as much as the texts below may have, and some for the
/// machine of serde.
const CEILING: u64 = 4 << 20;

/// Refuses a text, and says why. The text itself was there before.
fn refused<T: std::fmt::Debug>(
    text: &str,
    read: impl Fn(&str, &PlanLimits) -> Result<T, PlanErrors>,
) -> String {
    // The size of the text is not what keeps these from being read.
    let limits = PlanLimits::default().with_bytes(text.len());
    let message = Cell::new(String::new());
    let taken = measure(|| {
        let errors = read(text, &limits).expect_err("it is made to do harm");
        message.set(errors.to_string());
    });
    let message = message.take();
    assert!(
        taken.bytes_max <= CEILING,
        "{} bytes for {message}",
        taken.bytes_max
    );
    assert!(message.len() < 1_000, "{message}");
    message
}

fn json(text: &str) -> String {
    refused(text, Operations::from_json)
}

fn yaml(text: &str) -> String {
    refused(text, Operations::from_yaml)
}

/// `[0,1,..]`, of so many items.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..count).map(item).collect();
    format!("[{}]", items.join(","))
}

#[test]
fn a_hundred_thousand_operations() {
    let text = list(100_000, |id| format!(r#"{{"id":"o{id}"}}"#));
    let expected = "there are too many operations: at most 1000 are allowed";
    assert_eq!(json(&text), expected);
    assert_eq!(yaml(&text), expected);
}

#[test]
fn deep_nesting() {
    let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(10_000), "]".repeat(10_000));
    let expected = "parameters nest too deep in operation `a`: at most 16 levels are allowed";
    let text = format!(r#"[{{"id":"a","parameters":{}}}]"#, deep("1"));
    assert_eq!(json(&text), expected);
    // Here it is the parser that looks ahead.
    let of_parser = yaml(&text);
    assert!(
        of_parser.contains("recursion limit exceeded"),
        "{of_parser}"
    );
    // Where nothing of ours looks at it.
    let text = format!(r#"[{{"id":"a","x":{}}}]"#, deep("1"));
    assert_eq!(
        json(&text),
        "unknown field `x` of operation `a`: there are `id`, `kind`, `inputs`, `outputs`, `after`, `agent` and `parameters`"
    );
    assert!(yaml(&text).contains("line 1, column"), "{}", yaml(&text));
    assert!(json(&deep("")).contains("expected an operation"));
    let objects = format!(
        r#"[{{"id":"a","parameters":{}1{}}}]"#,
        r#"{"a":"#.repeat(10_000),
        "}".repeat(10_000)
    );
    assert_eq!(json(&objects), expected);
    let block: String =
        (0..3_000).fold("- id: a\n  parameters:\n".to_owned(), |mut text, level| {
            let _ = writeln!(text, "{}a:", " ".repeat(level + 4));
            text
        });
    assert_eq!(yaml(&block), expected);
}

#[test]
fn names_of_a_megabyte() {
    let name = "n".repeat(1_000_000);
    let start = "n".repeat(80);
    let expected =
        format!("a name has 1000000 bytes, from `{start}..` on: at most 128 bytes are allowed")
            .replace("128 bytes", "128");
    for text in [
        format!(r#"[{{"id":"{name}"}}]"#),
        format!(r#"[{{"id":"a","inputs":["{name}"]}}]"#),
        format!(r#"[{{"id":"a","agent":"{name}"}}]"#),
        format!(r#"{{"name":"{name}"}}"#),
    ] {
        assert_eq!(json(&text), expected);
        assert_eq!(yaml(&text), expected);
    }
    let escaped = format!(r#"[{{"id":"{}"}}]"#, "\\u006e".repeat(150_000));
    assert!(json(&escaped).starts_with("a name has 150000 bytes, from `nn"));
    for text in [
        format!(r#"[{{"id":"a","{name}":1}}]"#),
        format!(r#"{{"{name}":1}}"#),
    ] {
        assert!(json(&text).starts_with(&format!("unknown field `{start}..`")));
    }
    let text = format!(r#"[{{"id":"a","kind":"{name}"}}]"#);
    assert!(json(&text).starts_with(&format!("unknown kind `{start}..` of operation `a`")));
}

#[test]
fn a_hundred_thousand_inputs_of_one_operation() {
    let inputs = list(100_000, |input| format!(r#""i{input}""#));
    for field in ["inputs", "outputs", "after"] {
        let text = format!(r#"[{{"id":"a","{field}":{inputs}}}]"#);
        let expected =
            format!("`{field}` of operation `a` has too many names: at most 250 are allowed");
        assert_eq!(json(&text), expected);
        assert_eq!(yaml(&text), expected);
    }
}

#[test]
fn parameters_without_end() {
    let text = format!(
        r#"[{{"id":"a","parameters":{}}}]"#,
        list(200_000, |_| "[]".to_owned())
    );
    let expected =
        "there are too many values in parameters in operation `a`: at most 10000 are allowed";
    assert_eq!(json(&text), expected);
    assert_eq!(yaml(&text), expected);
}

#[test]
fn numbers_that_are_none() {
    let digits = "9".repeat(100_000);
    let text = |number: &str| format!(r#"[{{"id":"a","parameters":{number}}}]"#);
    for number in [
        digits.clone(),
        format!("1e{digits}"),
        format!("-1e{digits}"),
    ] {
        assert!(json(&text(&number)).contains("number out of range"));
    }
    assert!(Operations::from_json(&text("1e-999999"), &PlanLimits::default()).is_ok());
}

#[test]
fn aliases_that_stand_for_aliases() {
    // Nine levels of nine: 387 million values, and 350 megabytes if each letter of the last one is kept.
    let mut bomb = String::from("- id: a\n  parameters:\n    l0: &l0 lol\n");
    for level in 1..=9 {
        let _ = writeln!(
            bomb,
            "    l{level}: &l{level} {}",
            list(9, |_| format!("*l{}", level - 1))
        );
    }
    assert!(yaml(&bomb).contains("bytes: at most"));
    // The same where nothing of ours looks at it.
    let unknown = bomb.replace("parameters:", "unknown:");
    assert!(yaml(&unknown).contains("budget breached"));
    // Within that budget, ours ends it.
    let two_levels = bomb.split("    l4").next().unwrap_or_default();
    let limits = PlanLimits::default().with_values(500);
    let errors = Operations::from_yaml(two_levels, &limits).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "there are too many values in parameters in operation `a`: at most 500 are allowed"
    );
    // One long text, again and again.
    let text = format!(
        "- id: a\n  parameters:\n    - &long {}\n    - {}\n",
        "x".repeat(100_000),
        list(5_000, |_| "*long".to_owned())
    );
    assert!(yaml(&text).contains("bytes: at most"), "{}", yaml(&text));
    // Many names, again and again.
    let mut names = format!(
        "- id: o\n  outputs: &all {}\n",
        list(250, |id| format!("name{id}"))
    );
    for id in 0..900 {
        let _ = writeln!(names, "- {{ id: o{id}, inputs: *all, outputs: [p{id}] }}");
    }
    assert!(yaml(&names).contains("bytes: at most"));
}

#[test]
fn what_is_no_text_of_the_size_is_not_looked_at() {
    let text = "[".repeat(8 << 20);
    let limits = PlanLimits::default();
    for read in [Operations::from_json, Operations::from_yaml] {
        let taken = measure(|| {
            let errors = read(&text, &limits).unwrap_err();
            drop(errors);
        });
        assert!(taken.bytes_total < 1_000, "{taken:?}");
    }
}

#[test]
fn plans_that_claim_what_they_like() {
    let step = |id: usize, more: &str| {
        format!(
            r#"{{"name":"s{id}","kind":"tool","inputs":[],"outputs":[],"dependencies":[],"batch":0,"fallible":false,"flow":null{more}}}"#
        )
    };
    let plan = |steps: &str, batches: &str| {
        format!(
            r#"{{"name":"P","inputs":[],"steps":{steps},"batches":{batches},"stages":[[0,1]]}}"#
        )
    };
    let too_many = "there are too many operations: at most 1000 are allowed";
    let steps = list(20_000, |id| step(id, ""));
    assert_eq!(refused(&plan(&steps, "[]"), read_plan), too_many);
    let batches = list(300_000, |_| "[]".to_owned());
    assert_eq!(
        refused(&plan("[]", &batches), read_plan),
        "there are 101 batches one after the other: at most 100 are allowed"
    );
    let wide = format!("[{}]", list(300_000, |_| "0".to_owned()));
    assert_eq!(
        refused(&plan("[]", &wide), read_plan),
        "batch 1 has 251 operations: at most 250 are allowed"
    );
    // A long name, which each of the others would have to keep.
    let long = step(0, "").replace("s0", &"n".repeat(500_000));
    let others = list(2_000, |id| {
        step(id + 1, "").replace(r#""dependencies":[]"#, r#""dependencies":[0]"#)
    });
    let steps = format!("[{long},{}", &others[1..]);
    assert!(refused(&plan(&steps, "[]"), read_plan).starts_with("a name has 500000 bytes"));
    let claims = step(0, "").replace(
        r#""dependencies":[]"#,
        &format!(r#""dependencies":{}"#, list(300_000, |_| "0".to_owned())),
    );
    assert_eq!(
        refused(&plan(&format!("[{claims}]"), "[]"), read_plan),
        "`dependencies` of operation 1 has too many names: at most 250 are allowed"
    );
    let nested = (0..200).fold("null".to_owned(), |inside, _| {
        plan(
            &format!("[{}]", step(0, "").replace("null", &inside)),
            "[[0]]",
        )
    });
    assert_eq!(
        refused(&nested, read_plan),
        "workflows nest too deep: at most 3 levels are allowed"
    );
    // As a list, where a plan is an object: nothing may be counted past.
    assert!(refused(&format!("[\"P\",[],{steps}]"), read_plan).contains("expected a plan"));
}

/// Operations in layers, each of which reads two of the layer before.
fn layered(count: usize) -> Operations {
    let id = |index: usize| format!("operation_{index}");
    let operations = (0..count).map(|index| {
        let before = index.saturating_sub(100);
        let reads = [before, before.saturating_sub(1)].map(id);
        let reads = reads.into_iter().take(2 * usize::from(index >= 100));
        Operation::new(id(index), Kind::Tool).reads(reads)
    });
    operations.collect()
}

#[test]
fn values_are_planned_in_proportion_to_how_many_there_are() {
    let taken = |count: usize| {
        let operations = layered(count);
        measure(|| drop(analyze(operations).expect("it is sound")))
    };
    let (few, many) = (taken(10_000), taken(100_000));
    assert!(many.bytes_total <= 12 * few.bytes_total, "{few:?} {many:?}");
    assert!(many.count_total <= 12 * few.count_total, "{few:?} {many:?}");
}

#[test]
fn too_many_values_are_refused_before_they_are_planned() {
    let operations = layered(100_000);
    let taken = measure(|| {
        let errors = analyze_within(operations, &PlanLimits::default()).unwrap_err();
        drop(errors);
    });
    assert!(taken.bytes_total < 1_000, "{taken:?}");
}

#[test]
fn a_hundred_thousand_mistakes_are_told_in_proportion() {
    let taken = |count: usize| {
        let wrong = (0..count).map(|index| {
            let own = format!("o{index}");
            Operation::new(own.clone(), Kind::Tool).reads([format!("missing_{index}"), own])
        });
        let operations: Operations = wrong.collect();
        measure(|| {
            let errors = analyze(operations).unwrap_err();
            assert_eq!(errors.len(), 2 * count);
        })
    };
    let (few, many) = (taken(10_000), taken(100_000));
    assert!(many.bytes_total <= 12 * few.bytes_total, "{few:?} {many:?}");
}

/// A step of the text of a plan.
fn step(name: &str, outputs: &str, dependencies: &str, batch: usize) -> String {
    format!(
        r#"{{"name":"{name}","kind":"tool","inputs":[],"outputs":{outputs},"dependencies":{dependencies},"batch":{batch},"fallible":false,"flow":null}}"#
    )
}

/// Steps that come after the first one, whose name is as long as this.
fn after_one(name: &str, count: usize) -> String {
    let later = list(count, |index| step(&format!("s{index}"), "[]", "[0]", 1));
    let first = step(name, "[]", "[]", 0);
    let batch = list(count, |index| (index + 1).to_string());
    format!(
        r#"{{"name":"P","inputs":[],"steps":[{first},{},"batches":[[0],{batch}],"stages":[[0,1],[1,2]]}}"#,
        &later[1..]
    )
}

#[test]
fn a_long_name_is_not_copied_for_each_step_that_comes_after_it() {
    let taken = |name: &str| {
        let text = after_one(name, 2_000);
        measure(|| {
            let plan: Plan = serde_json::from_str(&text).expect("it is sound");
            assert_eq!(plan.steps()[2_000].dependencies(), [0]);
        })
    };
    let (short, long) = (taken("a"), taken(&"a".repeat(500_000)));
    // The name itself, a few times.
    assert!(
        long.bytes_total <= short.bytes_total + (4 << 20),
        "{short:?} {long:?}"
    );
}

#[test]
fn a_long_name_is_not_told_for_each_mistake_about_it() {
    let text = |name: &str| {
        let first = step(name, r#"["x"]"#, "[]", 0);
        let again = list(2_000, |index| {
            step(&format!("s{index}"), r#"["x"]"#, "[]", 0)
        });
        let steps = &again[1..];
        format!(r#"{{"name":"P","inputs":[],"steps":[{first},{steps},"batches":[],"stages":[]}}"#)
    };
    let error = serde_json::from_str::<Plan>(&text("a"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`x` is already produced by step `a`; `x` is"),
        "{error}"
    );
    assert!(error.ends_with("; and 1984 more"), "{error}");
    let text = text(&"a".repeat(500_000));
    let taken = measure(|| drop(serde_json::from_str::<Plan>(&text).unwrap_err()));
    // Sixteen times, and a few times put together.
    assert!(taken.bytes_max <= 50 << 20, "{taken:?}");
}
