#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and they read best in place"
)]

use core::time::Duration;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{Graph, testing::graph};

const MS: Duration = Duration::from_millis(1);

fn plan(name: &str, text: &str) -> Plan {
    Plan::new(name, &estimated(text)).expect("no problems")
}

/// A graph, in which `~ 400` at the end of a line is an estimate in milliseconds.
fn estimated(text: &str) -> Graph {
    let lines = text.lines().map(|line| {
        line.split_once(" ~ ")
            .map_or((line, None), |(line, time)| (line, Some(time)))
    });
    let (lines, times): (Vec<&str>, Vec<Option<&str>>) = lines.unzip();
    let mut graph = graph(&lines.join("\n"));
    let steps = lines
        .iter()
        .zip(times)
        .skip(1)
        .filter(|(line, _)| !line.trim().is_empty());
    for (node, (_, time)) in graph.nodes.iter_mut().zip(steps) {
        if let Some(time) = time {
            *node = node.clone().estimate(MS * time.parse().expect("a number"));
        }
    }
    graph
}

fn lock(plan: &Plan) -> Lock {
    Lock::of(&[plan])
}

/// What is told of a change, after a way through the text.
#[track_caller]
fn check(before: &Plan, now: &Plan, expected: Expect) {
    let before = Lock::parse(&lock(before).to_string()).expect("it was printed");
    expected.assert_eq(&format!("{}\n", before.changes(&lock(now))));
}

fn full() -> Plan {
    let inner = plan(
        "Review",
        "pr\nmcp files(pr) ~ 400\nagent look(files) ~ 3000",
    );
    let mut outer = estimated(
        "pr
        tool split(pr) -> head, tail
        flow review(head)
        human sign(review) -> () after split
        tool publish(tail, review) -> () after sign ~ 250",
    );
    outer.nodes[3] = outer.nodes[3]
        .clone()
        .retry(3)
        .requires(["a b", "registry:write"]);
    let outer = Plan::new("Release", &outer).expect("no problems");
    outer
        .with_flow(1, inner)
        .with_deadline(Duration::from_mins(5))
        .with_strict_batches()
}

#[test]
fn a_text_for_reviews() {
    let lanes = plan("Lanes", "\ntool a()\ntool b()\ntool c(a)\ntool d(b)");
    let lock = Lock::of(&[&full(), &lanes, &plan("Nothing", "pr")]);
    let text = lock.to_string();
    expect![[r#"
        # The plans of some workflows, for reviews. `orchestrated::lock!` wrote this file, and compares it.
        # Do not edit it: `ORCHESTRATED_UPDATE=1 cargo test` writes it anew.

        workflow Release | strict batches, deadline 5m
          critical path 3.65s, 5 steps: split -> review/files -> review/look -> sign -> publish
          4 batches in 4 stages
          batch 1
            tool split
          batch 2
            flow review <- split.head
              workflow Review
                critical path 3.4s, 2 steps: files -> look
                2 batches in 2 stages
                batch 1
                  mcp files | estimate 400ms
                batch 2
                  agent look <- files | estimate 3s
          batch 3
            human sign <- review after split
          batch 4
            tool publish <- review, split.tail after sign | retry 3, requires a%20;b, requires registry:write, estimate 250ms

        workflow Lanes
          critical path 2 steps: a -> c
          2 batches in 1 stage
          batch 1
            tool a
            tool b
          batch 2
            tool c <- a
            tool d <- b

        workflow Nothing
    "#]].assert_eq(&text);
    assert_eq!(Lock::parse(&text), Ok(lock.clone()));
    assert_eq!(Lock::parse(&text.replace('\n', "\r\n")), Ok(lock));
}

#[test]
fn the_order_of_declaration_changes_nothing() {
    let one = plan("Same", "\ntool a()\ntool b()\ntool c(a, b)");
    let other = plan("Same", "\ntool c(b, a)\ntool b()\ntool a()");
    // But for the critical path, of which there are two.
    let [one, other] = [&one, &other].map(|plan| lock(plan).to_string().replace("a ->", "b ->"));
    assert_eq!(one, other);
}

#[test]
fn a_lost_lane() {
    check(
        &plan(
            "Check",
            "pr\ntool lint(pr) ~ 150\nagent review(pr) ~ 400\nfn report(lint, review)",
        ),
        &plan(
            "Check",
            "pr\ntool lint(pr) ~ 150\nagent review(pr, lint) ~ 400\nfn report(lint, review)",
        ),
        expect![[r#"
            Check
              worse: critical path 400ms -> 550ms: `review` now waits for `lint`
              worse: `lint` and `review` no longer run in parallel
              worse: batches 2 -> 3
        "#]],
    );
}

#[test]
fn a_gained_lane() {
    check(
        &plan(
            "Check",
            "pr\ntool lint(pr) ~ 150\nagent review(pr, lint) ~ 400\nfn report(lint, review)",
        ),
        &plan(
            "Check",
            "pr\ntool lint(pr) ~ 150\nagent review(pr) ~ 400\nfn report(lint, review)",
        ),
        expect![[r#"
            Check
              better: critical path 550ms -> 400ms: `review` no longer waits for `lint`
              better: `lint` and `review` now run in parallel
              better: batches 3 -> 2
        "#]],
    );
}

#[test]
fn what_follows_from_one_wait_is_counted() {
    check(
        &plan(
            "Wide",
            "\ntool a()\ntool b(a)\ntool c()\ntool d(c)\ntool e(d)",
        ),
        &plan(
            "Wide",
            "\ntool a()\ntool b(a)\ntool c() after b\ntool d(c)\ntool e(d)",
        ),
        expect![[r#"
            Wide
              worse: critical path 3 steps -> 5 steps: `c` now waits for `b`
              worse: `b` and `c` no longer run in parallel
              worse: for that reason 5 more pairs of steps no longer run in parallel
              worse: batches 3 -> 5
        "#]],
    );
}

#[test]
fn steps_that_are_new_gone_renamed_or_something_else() {
    let mut before = estimated("\ntool a() ~ 5\ntool b(a) ~ 5\nmcp c(b) ~ 5\ntool old() ~ 1");
    let mut now = estimated("\ntool a() ~ 5\ntool beta(a) ~ 5\nagent c(beta) ~ 9\ntool d(c) ~ 5");
    before.nodes[0] = before.nodes[0].clone().retry(3).optional();
    now.nodes[0] = now.nodes[0].clone().retry(5).optional().cache();
    let [before, now] = [before, now].map(|graph| Plan::new("Steps", &graph).expect("no problems"));
    check(
        &before,
        &now,
        expect![[r#"
            Steps
              worse: critical path 15ms -> 24ms: `c` is estimated at 9ms, no longer 5ms, `d` is new
              also: `b` is now called `beta`
              worse: batches 3 -> 4
              also: `old` is gone
              also: `a` now has cache, retry 5
              also: `a` no longer has retry 3
              also: `c` is a step of kind `agent` now, not `mcp`
        "#]],
    );
    check(
        &now,
        &before,
        expect![[r#"
            Steps
              better: critical path 24ms -> 15ms: `c` is estimated at 5ms, no longer 9ms, `d` is gone
              also: `beta` is now called `b`
              better: batches 4 -> 3
              also: `old` is new
              also: `a` now has retry 3
              also: `a` no longer has cache, retry 5
              also: `c` is a step of kind `mcp` now, not `agent`
        "#]],
    );
}

#[test]
fn what_is_inside_is_told_by_its_path() {
    let outer = |inner: &str| {
        let outer = plan("Outer", "pr\nflow review(pr)\ntool last(review) ~ 10");
        outer.with_flow(0, plan("Review", inner))
    };
    let before = outer("pr\ntool lint(pr) ~ 150\nagent look(pr) ~ 400");
    check(
        &before,
        &outer("pr\ntool lint(pr) ~ 150\nagent look(lint) ~ 400"),
        expect![[r#"
            Outer
              worse: critical path 410ms -> 560ms: `review` takes longer inside
              worse: critical path of `review` 400ms -> 550ms: `review/look` now waits for `review/lint`
              worse: `review/lint` and `review/look` no longer run in parallel
              worse: batches of `review` 1 -> 2
        "#]],
    );
    let other = plan("Outer", "pr\nflow review(pr)\ntool last(review) ~ 10")
        .with_flow(0, plan("Else", "pr"));
    check(
        &before,
        &other.with_deadline(MS * 900),
        expect![[r#"
        Outer
          better: critical path 410ms -> 10ms: now over review -> last
          also: the workflow now has deadline 900ms
          also: `review` now runs `Else`, not `Review`
    "#]],
    );
}

#[test]
fn orders_that_matter_less() {
    check(
        &plan(
            "Turn",
            "\ntool a()\ntool b(a)\ntool c(b)\ntool x() -> y, z\ntool w(y)",
        ),
        &plan(
            "Turn",
            "\ntool b()\ntool a(b)\ntool c(a, b)\ntool x() -> y, z\ntool w(z)",
        ),
        expect![[r#"
            Turn
              also: critical path is as long as before, now over b -> a -> c
              also: `a` now comes after `b`, no longer before it
              also: `c` now reads `a` itself
              also: `w` now reads x.z
        "#]],
    );
    let lanes = || plan("Lanes", "\ntool a()\ntool b(a)");
    check(
        &lanes(),
        &lanes().with_strict_batches(),
        expect![[r#"
        Lanes
          worse: the workflow now has strict batches
    "#]],
    );
    check(
        &lanes(),
        &plan("Other", ""),
        expect![[r#"
        Other
          also: it is new
        Lanes
          also: it is gone
    "#]],
    );
    check(
        &lanes(),
        &plan("Lanes", "\ntool a() ~ 5\ntool b(a)"),
        expect![[r#"
            Lanes
              also: critical path without estimates -> 5ms
              also: `a` is now estimated at 5ms
        "#]],
    );
    assert!(lock(&lanes()).changes(&lock(&lanes())).is_empty());
}

#[test]
fn a_text_that_was_changed_is_refused() {
    let text = lock(&full()).to_string();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from} is not in\n{text}");
        let error = Lock::parse(&text.replacen(from, to, 1)).expect_err("it was changed");
        assert_eq!(error.to_string(), expected);
    };
    check(
        "    human sign",
        "    <<<<<<< HEAD\n    human sign",
        "line 19: expected a step, found `<<<<<<< HEAD`: a merge has left its marks",
    );
    check(
        "human sign",
        "humane sign",
        "line 19: expected a step, found `humane sign <- review after split`",
    );
    check(
        "batch 3",
        "batch 7",
        "line 18: expected `batch 3`, found `batch 7`",
    );
    check(
        "batch 3\n",
        "",
        "line 18: expected `batch 3` of 4, found `human sign <- review after split`",
    );
    check(
        "4 batches",
        "5 batches",
        "line 21: expected `batch 5` of 5, found the end",
    );
    check(
        "critical path",
        "path",
        "line 5: expected its `critical path`, found `path 3.65s, 5 steps: split -> review/files -> review/look ->`",
    );
    check(
        "3.65s",
        "soon",
        "line 5: expected the steps of the `critical path`, found `critical path soon, 5 steps: split -> review/files -> review`",
    );
    check(
        " <- review after",
        " <- revue after",
        "line 6: step `sign` depends on `revue`, which is in no earlier batch",
    );
    check(
        "workflow Release",
        "workflow",
        "line 4: expected `workflow`, and its name, found `workflow | strict batches, deadline 5m`",
    );
    check(
        "human sign",
        "tool publish",
        "line 6: step `publish` depends on `sign`, which is in no earlier batch",
    );
}

#[test]
fn a_diff_shows_what_is_near() {
    let numbers = |but: &[(usize, &str)]| {
        let line = |n: usize| {
            but.iter()
                .find(|(at, _)| *at == n)
                .map_or(n.to_string(), |(_, line)| (*line).to_owned())
        };
        (1..=12).map(line).collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
          1
          2
        - 3
        + three
          4
          5
          ..
          9
          10
        - 11
        + eleven
        + and more
          12"#]]
    .assert_eq(&Lock::diff(
        &numbers(&[]),
        &numbers(&[(3, "three"), (11, "eleven\nand more")]),
    ));
    assert_eq!(Lock::diff("a", "a"), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 300 }))]

    #[test]
    fn nothing_that_is_read_panics(
        cut in any::<prop::sample::Index>(),
        noise in "[ a-z|<>,./%;\\n0-9-]{0,12}|\\PC{0,6}",
        length in 0..40_usize,
    ) {
        let text = lock(&full()).to_string();
        let start = cut.index(text.len());
        let end = (start + length).min(text.len());
        if let (Some(head), Some(tail)) = (text.get(..start), text.get(end..)) {
            let changed = format!("{head}{noise}{tail}");
            if let Ok(read) = Lock::parse(&changed) {
                // What can be read can be compared, and written.
                let _ = read.changes(&lock(&full())).to_string();
                let _ = lock(&full()).changes(&read).to_string();
                prop_assert_eq!(Lock::parse(&read.to_string()), Ok(read));
            }
            let _ = Lock::diff(&text, &changed);
        }
    }

    #[test]
    fn any_name_comes_back(name in "\\PC{0,8}|[ -~\\n]{0,8}") {
        prop_assert_eq!(super::text::unquoted(&super::text::quoted(&name)), Some(name));
    }

    #[test]
    fn a_time_is_read_as_it_is_written(nanos in any::<u64>()) {
        let time = Duration::from_nanos(nanos);
        let read = super::changes::seconds(&crate::time::Time(time).to_string());
        prop_assert!(read.is_some_and(|read| (read - time.as_secs_f64()).abs() <= time.as_secs_f64() / 900.0));
    }
}
