#![expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

use std::time::Duration;

use expect_test::expect;
use orchestrate_plan::{Kind, Plan, StaticPlan, StaticStep, Step};

use super::*;
use crate::{
    PlanRef, RunOutcome, RunTrace, StepOutcome, Trace, Wait,
    observe::told::runs::{Script, deploy, fault, nested, plan, review},
};

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_run_in_numbers() {
    let metrics = review().metrics();
    assert_eq!(metrics.total_duration, ms(2726));
    // What waited for its turn does not count, and what was remembered is no operation.
    assert_eq!(metrics.sequential_time, ms(420 + 530 + 1870 + 125 + 1));
    assert!((metrics.speedup_factor - 2946.0 / 2726.0).abs() < 1e-9);
    assert!((metrics.parallelization_ratio - 0.4).abs() < 1e-9);
    let [batch] = &metrics.parallel_batches[..] else {
        panic!("one batch: {metrics:?}");
    };
    assert_eq!((batch.max_duration, batch.avg_duration), (ms(530), ms(475)));
    expect![[r"
        CodeReview: 2.73s, 1.1 times as fast as one after the other (2.95s)
          batch 1  files, practices: 530ms at most (practices), 475ms on average
          batch 2  review: 1.87s, 3 attempts
          batch 3  format: 125ms
          batch 4  report: 1ms
          parallel: 2 of 5 steps (40%)
          critical path: practices -> review -> format -> report
          bottleneck: review, 1.87s"]]
    .assert_eq(&metrics.to_string());
}

#[test]
fn a_failed_run_in_numbers() {
    expect![[r"
        Deploy: 3.9s, 1.2 times as fast as one after the other (4.6s)
          batch 1  build: 900ms
          batch 2  approve: 1.5s
          batch 3  upload, notify, warm: 1s at most (warm), 600ms on average
          batch 4  switch: 400ms
          parallel: 3 of 6 steps (50%)
          critical path: build -> approve -> upload -> switch
          bottleneck: approve, 1.5s"]]
    .assert_eq(&deploy().metrics().to_string());
}

#[test]
fn items_count_one_after_the_other_and_a_step_as_one_operation() {
    let metrics = nested().first().unwrap().metrics();
    let items: u64 = (0..8).map(|item| 150 + 7 * item).sum();
    assert_eq!(metrics.sequential_time, ms(300 + items + 810 + 90));
    let summaries = metrics
        .sequential_steps
        .iter()
        .find(|step| step.name == "summaries");
    let summaries = summaries.unwrap();
    assert_eq!((summaries.duration, summaries.attempts), (ms(400), 8));
    // The step beside the flow was skipped.
    assert!(metrics.parallel_batches.is_empty());
}

#[test]
fn a_turn_is_waited_for_outside_of_the_duration() {
    let two: &[(&str, Kind, &[&str])] = &[("a", Kind::Tool, &[]), ("b", Kind::Tool, &[])];
    let run = Script::new(&Trace::new(), 1, None, 0, plan("Two", two))
        .work(0, 10, 0)
        .start(0, 1)
        .wait(0, 1, Wait::Turn)
        .attempt(10, 20, 1, 1, None)
        .end(20, 1, StepOutcome::Finished)
        .finish(20);
    let metrics = run.metrics();
    assert_eq!(metrics.sequential_time, ms(20));
    assert!((metrics.speedup_factor - 1.0).abs() < 1e-9);
    let b = metrics.bottleneck.unwrap();
    assert_eq!((&*b.name, b.duration, b.waited), ("b", ms(10), ms(10)));
    assert_eq!(b.to_string(), "b: 10ms, waited 10ms for its turn");
}

#[test]
fn what_takes_no_time_at_the_end_is_on_the_critical_path() {
    let steps: &[(&str, Kind, &[&str])] = &[
        ("a", Kind::Tool, &[]),
        ("b", Kind::Tool, &[]),
        ("c", Kind::Plain, &["a", "b"]),
    ];
    let run = Script::new(&Trace::new(), 1, None, 0, plan("Join", steps))
        .start(0, 0)
        .start(0, 1)
        .end(10, 0, StepOutcome::Finished)
        .end(10, 1, StepOutcome::Finished)
        .work(10, 10, 2)
        .finish(10);
    assert_eq!(run.metrics().critical_path, ["a", "c"]);
}

#[test]
fn nothing_has_run() {
    let none = Script::new(&Trace::new(), 1, None, 5, plan("None", &[])).finish(5);
    let metrics = none.metrics();
    assert_eq!(
        (metrics.bottleneck.clone(), metrics.critical_path.len()),
        (None, 0)
    );
    assert!((metrics.speedup_factor - 1.0).abs() < 1e-9);
    assert!(metrics.parallelization_ratio.abs() < 1e-9);
    expect![[r"
        None: 0s, 1.0 times as fast as one after the other (0s)
          parallel: 0 of 0 steps (0%)"]]
    .assert_eq(&metrics.to_string());
}

#[test]
fn a_run_that_goes_on_ends_now() {
    let trace = Trace::new();
    let steps: &[(&str, Kind, &[&str])] = &[("a", Kind::Tool, &[]), ("b", Kind::Tool, &["a"])];
    Script::new(&trace, 1, None, 0, plan("On", steps))
        .work(0, 10, 0)
        .start(10, 1)
        .attempt(15, 40, 1, 1, None);
    let metrics = trace.last().unwrap().metrics();
    assert_eq!(metrics.total_duration, ms(40));
    assert_eq!(metrics.critical_path, ["a", "b"]);
    assert_eq!(metrics.bottleneck.unwrap().duration, ms(30));
    assert!(trace.metrics().is_empty());
}

const fn step(name: &'static str, dependencies: &'static [usize], batch: usize) -> StaticStep {
    StaticStep {
        name,
        kind: Kind::Tool,
        inputs: &[],
        outputs: &[],
        dependencies,
        batch,
        fallible: false,
    }
}

/// Two lanes, in strict batches: `d` reads `b`, but waits for `a` too.
static STRICT: Plan = Plan::__from_static(StaticPlan {
    name: "Strict",
    path: "tests::Strict",
    inputs: &[],
    steps: const {
        &[
            Step::__from_static(const { &step("a", &[], 0) }),
            Step::__from_static(const { &step("b", &[], 0) }),
            Step::__from_static(const { &step("c", &[0], 1) }),
            Step::__from_static(const { &step("d", &[1], 1) }),
        ]
    },
    batches: &[2, 4],
    order: &[0, 1, 2, 3],
    stages: &[1, 2],
});

#[test]
fn a_barrier_that_is_not_natural_is_on_the_critical_path() {
    let run = Script::new(&Trace::new(), 1, None, 0, PlanRef::from(&STRICT))
        .work(0, 50, 0)
        .work(0, 10, 1)
        .work(50, 60, 2)
        .work(50, 90, 3)
        .finish(90);
    assert_eq!(run.metrics().critical_path, ["a", "d"]);
}

fn many() -> Vec<RunTrace> {
    let trace = Trace::new();
    let one: &[(&str, Kind, &[&str])] = &[
        ("fetch", Kind::Mcp, &[]),
        ("think", Kind::Agent, &["fetch"]),
    ];
    let one = plan("One", one);
    for run in 1..=20 {
        let script = Script::new(&trace, run, None, 0, one.clone());
        if run % 10 == 0 {
            let failed = fault("no");
            let script = script
                .start(0, 0)
                .end(run, 0, StepOutcome::Failed(failed.clone()));
            script.close(
                run,
                RunOutcome::Failed {
                    step: Some(0),
                    fault: failed,
                },
            );
        } else {
            script.work(0, run, 0).work(run, 3 * run, 1).finish(3 * run);
        }
    }
    let skipped = plan("Skipped", &[("maybe", Kind::Tool, &[])]);
    Script::new(&trace, 30, None, 0, skipped)
        .end(0, 0, StepOutcome::Skipped)
        .finish(1);
    trace.runs()
}

#[test]
fn many_runs_in_numbers() {
    let stats = WorkflowStats::of_runs(&many());
    let shown: Vec<String> = stats.iter().map(ToString::to_string).collect();
    expect![[r#"
        One: 20 runs, 10% failed (2 failed, 18 finished)
                     p50      p95      p99  failed
          run       24ms     54ms     57ms
          fetch     10ms     19ms     20ms     10%
          think     18ms     38ms     38ms      0%

        Skipped: 1 run, 0% failed (1 finished)
                     p50      p95      p99  failed
          run        1ms      1ms      1ms
          maybe        -"#]]
    .assert_eq(&shown.join("\n\n"));
    let think = &stats[0].steps[1];
    assert_eq!((think.reached, think.attempts), (18, 0));
    assert_eq!(think.outcomes.get("finished"), Some(&18));
    assert_eq!(stats[0].outcomes.get("failed"), Some(&2));
}

#[cfg(feature = "serde")]
#[test]
fn metrics_come_back_as_they_were() {
    let metrics = review().metrics();
    let json = serde_json::to_value(&metrics).unwrap();
    assert_eq!(json["total_duration"], 2_726_000_000_u64);
    let back: WorkflowMetrics = serde_json::from_value(json).unwrap();
    assert_eq!(back, metrics);

    let stats = WorkflowStats::of_runs(&many());
    let json = serde_json::to_string(&stats).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<WorkflowStats>>(&json).unwrap(),
        stats
    );
}
