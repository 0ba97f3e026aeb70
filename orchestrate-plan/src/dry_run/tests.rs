#![expect(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    reason = "this is how snapshots are updated, and they read best in place"
)]

use core::time::Duration;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{Graph, Node, testing::graph};

const S: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

fn plan(name: &str, graph: &Graph) -> Plan {
    Plan::new(name, graph).expect("no problems")
}

fn check(dry_run: &DryRun, expected: Expect) {
    expected.assert_eq(&format!("{dry_run}\n"));
}

fn one(node: Node) -> Plan {
    plan("One", &Graph::default().with(node))
}

fn tool() -> Node {
    Node::new("step", Kind::Tool)
}

/// A workflow with all that a report may have to tell of.
fn release() -> Plan {
    let inner = Graph::new(["pr"])
        .with(
            Node::new("files", Kind::Mcp)
                .reads(["pr"])
                .produces(["files"])
                .estimate(400 * MS)
                .timeout(S),
        )
        .with(
            Node::new("look", Kind::Agent)
                .reads(["files"])
                .retry(3)
                .uses([("gpu", 1)]),
        );
    let outer = Graph::new(["pr"])
        .with(
            Node::new("review", Kind::Flow)
                .reads(["pr"])
                .produces(["review"]),
        )
        .with(
            Node::new("scan", Kind::Tool)
                .reads(["pr"])
                .produces(["scan"])
                .estimate(9 * S)
                .uses([("gpu", 2)]),
        )
        .with(
            Node::new("notes", Kind::Agent)
                .reads(["review"])
                .produces(["notes"])
                .each()
                .concurrency(4)
                .when(),
        )
        .with(
            Node::new("allowed", Kind::Human)
                .reads(["notes", "scan"])
                .produces(["allowed"]),
        )
        .with(
            Node::new("publish", Kind::Tool)
                .reads(["allowed"])
                .critical()
                .rollback()
                .requires(["deploy"])
                .timeout(30 * S),
        );
    plan("Release", &outer).with_flow(0, plan("Review", &inner))
}

#[test]
fn a_report_tells_it_all() {
    let estimates = Estimates::new()
        .with("review/look", 2 * S)
        .with("notes", 300 * MS)
        .with("reviw/look", S)
        .with("zebra", S)
        .measured("Release/publish", 3 * S, None);
    check(
        &release().dry_run(&estimates),
        expect![[r#"
            Release takes about 12s
              batch 1  9s     review   2.4s   inside
                                batch 1  400ms  files  400ms  estimate
                                batch 2  2s     look   2s     given
                              scan     9s     estimate  critical
              batch 2  300ms  notes    300ms  given
              batch 3  0s     allowed  0s     unknown   critical
              batch 4  3s     publish  3s     history   critical

              critical path   12s: scan -> allowed -> publish
              bottleneck      scan: 9s, 75% of the run
              held up         allowed: 6.3s by scan alone
              total work      14.7s: at most 1.2 times as fast as one step after the other
              strict batches  would take 300ms more
              worst case      at least 39s, without a bound: no time-out (review/look, scan, notes); unknown
                              number of items (notes); waits for a person (allowed, publish)
              no estimate     allowed: counted as nothing
              items           notes: counted with one
              conditional     notes: counted as if they ran
              resources       gpu: 2 to 3 (review/look, scan)
              permissions     deploy (publish)
              asks a person   allowed, publish
              no such step    `reviw/look`, perhaps `review/look`; `zebra`
        "#]],
    );
    check(
        &release()
            .with_deadline(2 * S)
            .with_strict_batches()
            .dry_run(&estimates.items("notes", 40).otherwise(S)),
        expect![[r#"
            Release takes about 16s, in strict batches, longer than its deadline of 2s
              batch 1  9s  review   2.4s  inside
                             batch 1  400ms  files  400ms  estimate
                             batch 2  2s     look   2s     given
                           scan     9s    estimate  critical
              batch 2  3s  notes    3s    given
              batch 3  1s  allowed  1s    unknown   critical
              batch 4  3s  publish  3s    history   critical

              critical path   13s: scan -> allowed -> publish
              bottleneck      scan: 9s, 56% of the run
              total work      27.4s: at most 2.1 times as fast as one step after the other
              strict batches  are asked for, and take 3s more
              worst case      2s: the deadline
              no estimate     allowed: counted as 1s
              conditional     notes: counted as if they ran
              resources       gpu: 2 to 3 (review/look, scan)
              permissions     deploy (publish)
              asks a person   allowed, publish
              no such step    `reviw/look`, perhaps `review/look`; `zebra`
        "#]],
    );
    check(
        &plan("Empty", &Graph::default()).dry_run(&Estimates::new()),
        expect![[r#"
            Empty has no steps
        "#]],
    );
}

#[test]
fn what_is_given_comes_before_history_and_that_before_attributes() {
    let step = one(tool().estimate(S));
    let source = |estimates: &Estimates| {
        let step = &step.dry_run(estimates).steps[0];
        (step.time, step.source)
    };
    let mut estimates = Estimates::new().otherwise(7 * S);
    assert_eq!(source(&estimates), (S, Source::Estimate));
    estimates = estimates.measured("One/step", 2 * S, None);
    assert_eq!(source(&estimates), (2 * S, Source::History));
    estimates = estimates.with("step", 3 * S);
    assert_eq!(source(&estimates), (3 * S, Source::Given));
    let bare = one(tool()).dry_run(&Estimates::new().otherwise(7 * S));
    assert_eq!(
        (bare.steps[0].time, bare.steps[0].source),
        (7 * S, Source::Unknown)
    );
    assert_eq!(bare.without_estimate, ["step"]);
}

/// A run that was observed has measured the flow step too.
#[test]
fn a_flow_whose_steps_have_been_measured_is_unfolded() {
    let outer = Graph::default().with(Node::new("flow", Kind::Flow));
    let outer = plan("Outer", &outer).with_flow(0, one(tool()));
    let whole = Estimates::new().measured("Outer/flow", 5 * S, None);
    let dry_run = outer.dry_run(&whole);
    assert_eq!(dry_run.steps[0].source, Source::History);
    assert_eq!(dry_run.critical_path, ["flow"]);

    let all = whole.clone().measured("One/step", 4 * S, None);
    let dry_run = outer.dry_run(&all);
    assert_eq!(dry_run.steps[0].source, Source::Flow);
    assert_eq!(dry_run.critical_path, ["flow/step"]);
    assert_eq!(dry_run.duration(), 4 * S);

    // What is given counts before all.
    let given = outer.dry_run(&whole.with("flow/step", 9 * S));
    assert_eq!(given.duration(), 9 * S);
}

#[test]
fn more_steps_than_anybody_reads_are_counted() {
    let nodes = (0..40).map(|step| Node::new(format!("step_{step}"), Kind::Agent));
    let wide = plan("Wide", &nodes.fold(Graph::default(), Graph::with));
    let report = wide.dry_run(&Estimates::new()).to_string();
    // Each in the table, one on the critical path, and the first twelve in two lists.
    assert_eq!(report.matches("step_").count(), 40 + 1 + 2 * 12);
    assert_eq!(report.matches("and 28 more").count(), 2);
}

#[test]
fn a_flow_takes_what_its_workflow_takes_unless_more_is_known() {
    let dry_run = release().dry_run(&Estimates::new().with("review/look", 2 * S));
    assert_eq!(dry_run.steps[0].time, 2_400 * MS);
    assert_eq!(dry_run.steps[0].source, Source::Flow);
    let given = release().dry_run(&Estimates::new().with("review", 20 * S));
    assert_eq!(
        (given.steps[0].time, given.steps[0].source),
        (20 * S, Source::Given)
    );
    assert_eq!(given.critical_path[0], "review");
    assert!(!given.without_estimate.contains(&"review/look".to_owned()));

    let inner = one(tool().estimate(5 * S)).with_deadline(2 * S);
    let outer = Graph::default().with(Node::new("flow", Kind::Flow));
    let outer = plan("Outer", &outer)
        .with_flow(0, inner)
        .dry_run(&Estimates::new());
    assert_eq!(outer.duration(), 2 * S);
    assert_eq!((outer.worst.time, outer.worst.is_bound()), (2 * S, true));
}

#[test]
fn strict_batches_cost_what_their_waiting_costs() {
    let lanes = plan(
        "Lanes",
        &graph("\ntool a()\ntool b()\ntool c(a)\ntool d(b)"),
    );
    let estimates = Estimates::new()
        .with("a", 5 * S)
        .with("b", S)
        .with("c", S)
        .with("d", 4 * S);
    let dry_run = lanes.dry_run(&estimates);
    assert_eq!(
        (dry_run.duration(), dry_run.strict_batches_cost()),
        (6 * S, 3 * S)
    );
    assert_eq!(dry_run.critical_path, ["a", "c"]);
    assert!((dry_run.speed_up() - 11.0 / 6.0).abs() < 1e-9);
    let strict = lanes.with_strict_batches().dry_run(&estimates);
    assert_eq!((strict.duration(), strict.worst.time), (9 * S, 9 * S));
}

#[test]
fn the_worst_case_of_a_step() {
    #[track_caller]
    fn check(node: Node, time: Duration, open: &[Why]) {
        let worst = one(node.estimate(S)).dry_run(&Estimates::new()).worst;
        let why: Vec<Why> = worst.open.iter().map(|open| open.why).collect();
        assert_eq!((worst.time, &why[..]), (time, open));
    }
    let limited = || tool().timeout(10 * S);
    check(tool(), S, &[Why::NoTimeout]);
    check(limited(), 10 * S, &[]);
    check(tool().timeout_at_run_time(), S, &[Why::UnknownTimeout]);
    check(tool().adaptive_timeout(4 * S), 4 * S, &[]);
    // 0.1 s and 0.2 s between three attempts.
    check(limited().retry(3), 30_300 * MS, &[]);
    check(
        limited().retry(3).backoff(Some((4 * S, 5 * S))),
        39 * S,
        &[],
    );
    check(
        limited().retry(3).backoff(None),
        30 * S,
        &[Why::UnknownBackoff],
    );
    check(limited().backoff(None), 10 * S, &[]);
    check(
        limited().retry_at_run_time(),
        10 * S,
        &[Why::UnknownAttempts],
    );
    check(limited().repeat(4).retry(2), 4 * 20_100 * MS, &[]);
    check(
        limited().repeat_at_run_time(),
        10 * S,
        &[Why::UnknownRounds],
    );
    check(limited().fallback().fallback(), 12 * S, &[Why::Fallback]);
    check(limited().each(), 10 * S, &[]);
    check(limited().each().concurrency(2), 10 * S, &[Why::Items]);
    check(
        limited().each().concurrency_at_run_time(),
        10 * S,
        &[Why::Items],
    );
    check(limited().each().batch(), 10 * S, &[Why::Batch]);
    check(limited().critical().rollback(), 10 * S, &[Why::Person]);
    check(Node::new("step", Kind::Human), S, &[Why::Person]);
    check(Node::new("step", Kind::Human).timeout(10 * S), 10 * S, &[]);
    check(Node::new("step", Kind::Plain), S, &[]);
}

#[test]
fn an_adaptive_time_out_goes_by_the_history() {
    let step = one(tool().adaptive_timeout(S));
    let estimates = Estimates::new().measured("One/step", 4 * S, Some(6 * S));
    let dry_run = step.dry_run(&estimates);
    assert_eq!((dry_run.duration(), dry_run.worst.time), (4 * S, 9 * S));
}

#[test]
fn an_attempt_takes_no_longer_than_its_time_out() {
    let dry_run = one(tool().estimate(5 * S).timeout(2 * S)).dry_run(&Estimates::new());
    assert_eq!((dry_run.duration(), dry_run.worst.time), (2 * S, 2 * S));
}

#[test]
fn a_deadline_bounds_what_is_open() {
    let worst = |node: Node| {
        one(node)
            .with_deadline(9 * S)
            .dry_run(&Estimates::new())
            .worst
    };
    let open = worst(tool().estimate(S));
    assert_eq!(
        (open.time, open.by_deadline, open.is_bound()),
        (9 * S, true, true)
    );
    let short = worst(tool().timeout(2 * S));
    assert_eq!((short.time, short.by_deadline), (2 * S, false));
    // A time-out of the flow step does the same for what is inside.
    let flow = Graph::default().with(Node::new("flow", Kind::Flow).timeout(3 * S));
    let flow = plan("Outer", &flow).with_flow(0, one(tool().estimate(S)));
    let worst = flow.dry_run(&Estimates::new()).worst;
    assert_eq!((worst.time, worst.is_bound()), (3 * S, true));
}

#[test]
fn items_run_in_waves() {
    let each = |items: Option<u32>, concurrency: Option<usize>| {
        let mut node = tool().each().estimate(S).timeout(2 * S);
        if let Some(concurrency) = concurrency {
            node = node.concurrency(concurrency);
        }
        let mut estimates = Estimates::new();
        if let Some(items) = items {
            estimates = estimates.items("step", items);
        }
        let dry_run = one(node).dry_run(&estimates);
        assert_eq!(dry_run.per_item.is_empty(), items.is_some());
        (dry_run.duration(), dry_run.total_work, dry_run.worst.time)
    };
    assert_eq!(each(Some(10), Some(4)), (3 * S, 10 * S, 6 * S));
    assert_eq!(each(Some(10), None), (S, 10 * S, 2 * S));
    assert_eq!(
        each(Some(0), None),
        (Duration::ZERO, Duration::ZERO, Duration::ZERO)
    );
    assert_eq!(each(None, Some(4)), (S, S, 2 * S));
}

#[test]
fn what_is_taken_at_once() {
    let mut wide = graph("\ntool a()\ntool b()\ntool c(a)");
    for (node, amount) in wide.nodes.iter_mut().zip([2, 3, 4]) {
        *node = node.clone().uses([("gpu", amount)]);
    }
    let needs = |plan: &Plan, estimates: &Estimates| {
        let need = &plan.dry_run(estimates).needs.resources[0];
        (need.least, need.at_once)
    };
    let none = Estimates::new();
    let wide = plan("Wide", &wide);
    assert_eq!(needs(&wide, &none), (4, Some(7)));
    assert_eq!(
        needs(&wide.clone().with_strict_batches(), &none),
        (4, Some(5))
    );
    let flow = Graph::default()
        .with(Node::new("flow", Kind::Flow))
        .with(tool().uses([("gpu", 1)]));
    assert_eq!(
        needs(&plan("Outer", &flow).with_flow(0, wide), &none),
        (4, Some(8))
    );
    let each = one(tool().each().uses([("gpu", 2)]));
    assert_eq!(needs(&each, &none), (2, None));
    assert_eq!(needs(&each, &none.clone().items("step", 3)), (2, Some(6)));
    let bounded = one(tool().each().concurrency(8).uses([("gpu", 2)]));
    assert_eq!(needs(&bounded, &none), (2, Some(16)));
    assert_eq!(needs(&bounded, &none.items("step", 3)), (2, Some(6)));
}

/// A plan of five steps that depend on one another somehow, and what they take in milliseconds.
fn any_plan() -> impl Strategy<Value = Plan> {
    let edges = prop::collection::vec(prop::collection::vec(0..3_u8, 5), 5);
    let numbers = (
        1..5_u32,
        1..4_u32,
        prop::option::of(1..2_000_u32),
        0..1_000_u32,
        any::<[bool; 4]>(),
    );
    let numbers = prop::collection::vec(numbers, 5);
    (
        edges,
        numbers,
        prop::option::of(0..9_000_u32),
        any::<bool>(),
    )
        .prop_map(|(edges, numbers, deadline, strict)| {
            let mut graph = Graph::default();
            for (step, (attempts, rounds, timeout, estimate, flags)) in
                numbers.into_iter().enumerate()
            {
                let before = (0..step).filter(|&other| edges[step][other] == 0);
                let mut node = tool()
                    .after(before.map(|other| format!("s{other}")))
                    .retry(attempts)
                    .repeat(rounds)
                    .estimate(estimate * MS);
                node.name = format!("s{step}");
                if let Some(timeout) = timeout {
                    node = if flags[0] {
                        node.adaptive_timeout(timeout * MS)
                    } else {
                        node.timeout(timeout * MS)
                    };
                }
                if flags[1] {
                    node = node.fallback();
                }
                if flags[2] {
                    node = node.each().concurrency(2);
                }
                if flags[3] {
                    node = node.when();
                }
                graph.nodes.push(node);
            }
            let mut plan = plan("Random", &graph);
            if let Some(deadline) = deadline {
                plan = plan.with_deadline(deadline * MS);
            }
            if strict {
                plan.with_strict_batches()
            } else {
                plan
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 500 }))]

    #[test]
    fn times_are_what_they_must_be(inner in any_plan(), outer in any_plan(), items in 0..9_u32) {
        let mut graph = Graph::default();
        for step in outer.steps() {
            let before = step.dependencies().iter().map(|&before| outer.steps()[before].name());
            graph.nodes.push(Node { options: step.options().clone(), ..Node::new(step.name(), Kind::Flow).after(before) });
        }
        // Some of the flows take what is inside, one what is given.
        let mut plan = plan("Outer", &graph);
        for step in 0..outer.steps().len() {
            plan = plan.with_flow(step, inner.clone());
        }
        let estimates = Estimates::new().with("s0", 300 * MS).items("s1", items).items("s2/s3", items);
        for plan in [&plan, &inner, &outer] {
            let run = plan.dry_run(&estimates);
            prop_assert!(run.critical_time <= run.batches_time());
            prop_assert!(run.batches_time() <= run.total_work);
            prop_assert!(run.duration() >= run.critical_time && run.speed_up() >= 1.0);
            let least = run.deadline.map_or(run.duration(), |deadline| deadline.min(run.duration()));
            prop_assert!(run.worst.time >= least, "{run}");
            let whole: Duration = run.steps.iter().filter(|step| step.critical).map(|step| step.time).sum();
            prop_assert_eq!(whole, run.critical_time);
            prop_assert!(run.steps.iter().all(|step| step.work >= step.time));
            prop_assert!(run.unknown.iter().all(|unknown| plan.step(&unknown.name).is_none()));
        }
    }
}
