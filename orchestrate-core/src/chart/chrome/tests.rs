use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;

use super::trace_events;
use crate::{
    RunTrace, StepOutcome, Trace,
    observe::told::runs::{Script, deploy, fault, nested, plan, review, thousand},
};

/// The events of these runs, parsed. In one lane, of two of them one lies in the other, or they are apart.
fn events(runs: &[RunTrace]) -> Vec<Value> {
    let json = trace_events(runs).to_string();
    let mut json: Value = serde_json::from_str(&json).unwrap();
    let Value::Array(events) = json["traceEvents"].take() else {
        panic!("no array of events");
    };
    let mut lanes: HashMap<(u64, u64), Vec<(u64, u64)>> = HashMap::new();
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let lane = (number(&event["pid"]), number(&event["tid"]));
        let from = nanos(&event["ts"]);
        let span = (from, from + nanos(&event["dur"]));
        lanes.entry(lane).or_default().push(span);
    }
    for spans in lanes.values_mut() {
        spans.sort_by_key(|&(from, to)| (from, std::cmp::Reverse(to)));
        let mut open: Vec<u64> = Vec::new();
        for &(from, to) in spans.iter() {
            open.retain(|end| *end > from);
            let around = open.last();
            assert!(
                around.is_none_or(|end| to <= *end),
                "{from} to {to} sticks out of {around:?}"
            );
            open.push(to);
        }
    }
    events
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn nanos(value: &Value) -> u64 {
    let nanos = (value.as_f64().unwrap() * 1000.0).round();
    format!("{nanos}").parse().unwrap()
}

fn named<'e>(events: &'e [Value], ph: &str, name: &str) -> Vec<&'e Value> {
    let found = events
        .iter()
        .filter(|event| event["ph"] == ph && event["name"] == name);
    found.collect()
}

#[test]
fn runs_steps_attempts_and_waits_nest() {
    let events = events(&[review()]);
    let review = named(&events, "X", "review")[0];
    assert_eq!(review["args"]["kind"], "agent");
    assert_eq!(review["args"]["batch"], 2);
    assert_eq!(review["args"]["attempts"], 3);
    let lane = &review["tid"];
    for (name, count) in [("attempt 1", 1), ("attempt 3", 1), ("waits: retry", 2)] {
        let found = named(&events, "X", name);
        assert_eq!(found.len(), count, "{name}");
        assert!(found.iter().all(|event| event["tid"] == *lane), "{name}");
    }
    let failed = named(&events, "X", "attempt 2")[0];
    assert_eq!(failed["args"]["error"], "503 Service Unavailable");
    let process = named(&events, "M", "process_name")[0];
    assert_eq!(process["args"]["name"], "CodeReview #7");
    assert_eq!(named(&events, "M", "thread_name").len(), 2);
    let running = named(&events, "C", "running steps");
    let steps = running
        .iter()
        .map(|event| event["args"]["steps"].as_i64().unwrap());
    assert_eq!(steps.collect::<Vec<_>>(), [1, 2, 1, 1, 1, 1, 0]);
}

#[test]
fn a_run_inside_stands_below_its_step() {
    let events = events(&nested());
    let [outer, inner] = ["review", "Review"].map(|name| named(&events, "X", name)[0]);
    assert_eq!(
        (&outer["pid"], &outer["tid"]),
        (&inner["pid"], &inner["tid"])
    );
    assert_eq!(inner["args"]["run"], 21);
    // Eight items, four at a time: one of them in the lane of its step.
    let lanes = events
        .iter()
        .filter(|event| event["cat"] == "attempt")
        .map(|event| number(&event["tid"]));
    assert_eq!(lanes.collect::<std::collections::BTreeSet<_>>().len(), 4);
    // A flow step is not counted besides what runs in it.
    let running = named(&events, "C", "running steps");
    assert!(
        running
            .iter()
            .all(|event| event["args"]["steps"].as_i64().unwrap() <= 2)
    );
}

#[test]
fn what_failed_and_what_was_undone_is_told() {
    let events = events(&[deploy()]);
    let failed = named(&events, "X", "switch")[0];
    assert_eq!(failed["args"]["outcome"], "failed");
    let said = "connection refused (os error 111)\nwhile switching <prod> & \"beta\"";
    assert_eq!(failed["args"]["error"], said);
    assert_eq!(named(&events, "i", "upload: undone").len(), 1);
    assert_eq!(named(&events, "i", "build: irreversible").len(), 1);
}

#[test]
fn any_text_is_json() {
    let said = "a\\b\"c\u{1}\u{2028}\t\r\n\u{7f}é😀";
    let run = Script::new(
        &Trace::new(),
        1,
        None,
        0,
        plan("W", &[("s", crate::plan::Kind::Tool, &[])]),
    )
    .start(0, 0)
    .end(1, 0, StepOutcome::Failed(fault(said)))
    .finish(2);
    assert_eq!(named(&events(&[run]), "X", "s")[0]["args"]["error"], said);
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn a_thousand_steps() {
    let events = events(&[thousand()]);
    assert_eq!(
        events.iter().filter(|event| event["cat"] == "step").count(),
        1000
    );
}

#[test]
fn no_runs_are_no_events() {
    assert!(events(&[]).is_empty());
}

proptest! {
    /// Steps at any times, with items at any times.
    #[test]
    fn lanes_nest(steps in prop::collection::vec((0..20_u64, 0..20_u64), 1..12), items in prop::collection::vec((0..20_u64, 0..20_u64), 0..12)) {
        let names: Vec<String> = (0..steps.len()).map(|step| format!("s{step}")).collect();
        let planned: Vec<_> = names.iter().map(|name| (&**name, crate::plan::Kind::Tool, &[][..])).collect();
        let mut run = Script::new(&Trace::new(), 1, None, 0, plan("Any", &planned));
        for (step, (from, lasts)) in steps.iter().enumerate() {
            run = run.start(*from, step);
            for (item, (after, lasts)) in items.iter().enumerate() {
                run = run.item(from + after, from + after + lasts, step, Some(item), (1, None));
            }
            run = run.end(from + lasts, step, StepOutcome::Finished);
        }
        events(&[run.finish(40)]);
    }
}
