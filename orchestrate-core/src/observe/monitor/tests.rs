//! What a monitor says of runs that are told of by hand, under a clock that is paused.

use std::time::Duration;

use expect_test::{Expect, expect};
use orchestrate_plan::{Graph, Kind, Node, Plan};
use tokio::time::{Instant, advance};

use super::{ENDED, Monitor, Snapshot};
use crate::{
    Cause, Event, Fault, Observer as _, RunOutcome, StepOutcome, Wait,
    observe::told::{
        attempted, attempts, begins, ends, fails, finishes, is_done, progresses, release, review,
        starts, waits,
    },
};

/// Tells each of the events when it is due by the clock, and then asks.
async fn watch(monitor: &Monitor, events: impl IntoIterator<Item = Event>) -> Snapshot {
    let mut last = None;
    for event in events {
        let before = last.replace(event.at).unwrap_or(event.at);
        advance(event.at.saturating_sub(before)).await;
        monitor.clone().observe(&event);
    }
    monitor.snapshot()
}

async fn check(events: impl IntoIterator<Item = Event>, expected: Expect) -> Snapshot {
    let snapshot = watch(&Monitor::new(), events).await;
    expected.assert_eq(&snapshot.to_string());
    snapshot
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn nothing_has_happened() {
    check(
        [],
        expect!["0 running, 0 finished, 0 failed; 0 agents at work"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_run_by_the_estimates_of_its_plan() {
    let events = [
        begins(7, 1000, &review(), None),
        starts(7, 1000, 0),
        starts(7, 1000, 1),
        finishes(7, 1500, 0),
        finishes(7, 2000, 1),
        starts(7, 2000, 2),
        // 8 s are estimated; then come 2 s, and a plain function.
        waits(7, 5000, 2, None, Wait::Approval),
        starts(7, 5000, 3),
    ];
    let snapshot = check(
        events,
        expect![[r"
            run  workflow    steps  done  agents  elapsed  left  now
            7    CodeReview  2/6    33%   0       4.0s     7.0s  syntax; waits: review
            1 running, 0 finished, 0 failed; 0 agents at work"]],
    )
    .await;
    let run = &snapshot.runs[0];
    assert_eq!((run.total, run.completed), (6, 2));
    assert_eq!(
        (run.running.as_slice(), run.waiting.as_slice()),
        (&["syntax".to_owned()][..], &["review".to_owned()][..])
    );
    assert_eq!(run.remaining, Some(7 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn time_goes_on_without_events() {
    let monitor = Monitor::new();
    watch(
        &monitor,
        [
            begins(1, 500, &review(), None),
            starts(1, 500, 0),
            starts(1, 500, 1),
        ],
    )
    .await;
    advance(SECOND / 4).await;
    let run = &monitor.snapshot().runs[0];
    assert_eq!(run.elapsed, SECOND / 4);
    assert_eq!(run.remaining, Some(SECOND / 4 * 43));
    // It should have ended by now: nobody knows when it will.
    advance(SECOND).await;
    assert_eq!(monitor.snapshot().runs[0].remaining, None);
}

#[tokio::test(start_paused = true)]
async fn what_has_been_seen_goes_before_what_is_estimated() {
    let monitor = Monitor::new();
    for (run, took) in [(1, 3000), (2, 5000), (3, 20_000)] {
        let end = took + 100;
        watch(
            &monitor,
            [
                begins(run, 0, &review(), None),
                starts(run, 100, 2),
                finishes(run, end, 2),
                is_done(run, end),
            ],
        )
        .await;
    }
    let left = |snapshot: &Snapshot| snapshot.runs[0].remaining;
    let snapshot = watch(&monitor, [begins(4, 0, &review(), None)]).await;
    assert_eq!(left(&snapshot), Some((1 + 5 + 2) * SECOND), "the median");
    let snapshot = watch(
        &monitor,
        [finishes(4, 0, 0), finishes(4, 0, 1), starts(4, 0, 2)],
    )
    .await;
    assert_eq!(left(&snapshot), Some((5 + 2) * SECOND));
    advance(6 * SECOND).await;
    assert_eq!(
        left(&monitor.snapshot()),
        Some((14 + 2) * SECOND),
        "of the one that was longer"
    );
    advance(20 * SECOND).await;
    assert_eq!(left(&monitor.snapshot()), None);
    // A failure says nothing about how long it takes.
    let fault = Fault::new(Cause::Error, "no");
    let snapshot = watch(
        &monitor,
        [
            ends(4, 26_000, 2, StepOutcome::Failed(fault.clone())),
            fails(4, 26_000, Some(2), fault),
            begins(5, 26_000, &review(), None),
        ],
    )
    .await;
    assert_eq!(left(&snapshot), Some(8 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_waited_for_is_not_expected_again() {
    let monitor = Monitor::new();
    let waited = [
        begins(1, 0, &review(), None),
        starts(1, 0, 2),
        waits(1, 0, 2, None, Wait::Turn),
        attempts(1, 4000, 2, None, 1),
        finishes(1, 9000, 2),
        is_done(1, 9000),
        begins(2, 9000, &review(), None),
    ];
    let snapshot = watch(&monitor, waited).await;
    assert_eq!(snapshot.runs[0].remaining, Some((1 + 5 + 2) * SECOND));
    // Nor does it go on meanwhile.
    let waiting = [
        finishes(2, 9000, 0),
        finishes(2, 9000, 1),
        starts(2, 9000, 2),
        waits(2, 10_000, 2, None, Wait::Turn),
    ];
    watch(&monitor, waiting).await;
    advance(3 * SECOND).await;
    let remaining = monitor.snapshot().runs[0].remaining;
    assert_eq!(remaining, Some((4 + 2) * SECOND));
}

/// What is known is of one item.
#[tokio::test(start_paused = true)]
#[cfg(feature = "serde")]
async fn a_step_of_many_items_takes_longer_than_one_of_them() {
    let texts = Node::new("texts", Kind::Mcp).each().estimate(SECOND);
    let plan = Plan::new("Texts", &Graph::default().with(texts)).expect("a plan");
    let json = r#"{ "milliseconds": { "Texts/texts": [1000.0, 1000.0] } }"#;
    let history = serde_json::from_str(json).expect("a history");
    for monitor in [Monitor::new(), Monitor::new().with_history(&history)] {
        let left = |snapshot: &Snapshot| snapshot.runs[0].remaining;
        let events = [begins(1, 0, &plan, None), starts(1, 0, 0)];
        assert_eq!(left(&watch(&monitor, events).await), None);
        let events = [progresses(1, 0, 0, 0, 40), progresses(1, 500, 0, 10, 40)];
        let left_then = left(&watch(&monitor, events).await);
        assert_eq!(left_then, Some(3 * SECOND / 2));
        watch(&monitor, [finishes(1, 2000, 0), is_done(1, 2000)]).await;
        let again = watch(&monitor, [begins(2, 2000, &plan, None)]).await;
        assert_eq!(left(&again), Some(2 * SECOND));
    }
}

#[tokio::test(start_paused = true)]
#[cfg(feature = "serde")]
async fn a_history_is_of_use_from_the_first_run_on() {
    let json = r#"{ "milliseconds": { "CodeReview/review": [1000.0, 3000.0, 3000.0] } }"#;
    let history = serde_json::from_str(json).unwrap();
    let monitor = Monitor::new().with_history(&history);
    let snapshot = watch(&monitor, [begins(1, 0, &review(), None)]).await;
    assert_eq!(snapshot.runs[0].remaining, Some((1 + 3 + 2) * SECOND));
    // What it sees itself is newer: 31 times, and the history is forgotten.
    for run in 2..40 {
        let events = [
            begins(run, 0, &review(), None),
            starts(run, 0, 2),
            finishes(run, 5000, 2),
            is_done(run, 5000),
        ];
        watch(&monitor, events).await;
    }
    let snapshot = watch(
        &monitor.with_history(&history),
        [begins(40, 0, &review(), None)],
    )
    .await;
    let remaining = snapshot.runs.last().and_then(|run| run.remaining);
    assert_eq!(remaining, Some((1 + 5 + 2) * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_flow_counts_as_the_steps_of_its_workflow() {
    let start = [
        begins(1, 0, &release(), None),
        starts(1, 0, 0),
        finishes(1, 1000, 0),
        starts(1, 1000, 1),
        begins(2, 1000, &review(), Some((1, 1))),
        starts(2, 1000, 0),
        starts(2, 1000, 1),
        finishes(2, 1500, 1),
    ];
    let monitor = Monitor::new();
    let snapshot = watch(&monitor, start).await;
    expect![[r"
        run  workflow      steps  done  agents  elapsed  left     now
        1    Release       2/8    25%   0       1.5s     unknown  review/files
        2      CodeReview  1/6    16%   0       500ms    10s      files
        2 running, 0 finished, 0 failed; 0 agents at work"]]
    .assert_eq(&snapshot.to_string());

    let agent = [finishes(2, 2000, 0), starts(2, 2000, 2)];
    let snapshot = watch(&monitor, agent).await;
    assert_eq!(
        snapshot.totals.active_agents, 1,
        "not once for each run that it is in"
    );
    assert_eq!(
        (
            snapshot.runs[0].active_agents,
            snapshot.runs[1].active_agents
        ),
        (1, 1)
    );

    // It fails, and is tried again: what counts is the run that runs.
    let fault = Fault::new(Cause::Error, "no");
    let again = [
        ends(2, 3000, 2, StepOutcome::Failed(fault.clone())),
        fails(2, 3000, Some(2), fault),
    ];
    let snapshot = watch(&monitor, again).await;
    let run = &snapshot.runs[0];
    assert_eq!((run.completed, run.failed, run.total), (3, 1, 8));
    let snapshot = watch(&monitor, [begins(3, 3000, &review(), Some((1, 1)))]).await;
    assert_eq!(
        (snapshot.runs[0].completed, snapshot.runs[0].failed),
        (1, 0)
    );

    // A flow that was remembered counts whole.
    let cached = [
        is_done(3, 3000),
        ends(1, 3000, 1, StepOutcome::Cached),
        starts(1, 3000, 2),
        ends(1, 3000, 2, StepOutcome::Stopped),
        is_done(1, 3000),
    ];
    let snapshot = watch(&monitor, cached).await;
    assert!(snapshot.runs.is_empty());
    let ended = &snapshot.ended[0];
    assert_eq!(
        (ended.workflow.as_str(), ended.stopped, ended.elapsed),
        ("Release", 1, 3 * SECOND)
    );
    assert_eq!(ended.outcome, Some(RunOutcome::Finished));
    assert_eq!(snapshot.ended[2].workflow, "CodeReview");
    let totals = snapshot.totals;
    assert_eq!(
        (
            totals.runs_started,
            totals.runs_finished,
            totals.runs_failed
        ),
        (3, 2, 1)
    );
    assert_eq!((totals.completed, totals.failed, totals.stopped), (3, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_was_left_out_counts_whole() {
    let events = [
        begins(1, 0, &release(), None),
        finishes(1, 0, 0),
        ends(1, 0, 1, StepOutcome::Skipped),
    ];
    let snapshot = watch(&Monitor::new(), events).await;
    let run = &snapshot.runs[0];
    assert_eq!((run.total, run.completed, run.skipped), (8, 1, 6));
    assert!((run.percentage - 87.5).abs() < f64::EPSILON);
}

#[tokio::test(start_paused = true)]
async fn items_run_and_wait() {
    let graph = Graph::new(["docs"]).with(Node::new("read", Kind::Agent).reads(["docs"]).each());
    let plan = Plan::new("Read", &graph).unwrap();
    let monitor = Monitor::new();
    let item = |item, on| waits(1, 0, 0, Some(item), on);
    let snapshot = watch(
        &monitor,
        [
            begins(1, 0, &plan, None),
            starts(1, 0, 0),
            item(0, Wait::Turn),
            item(1, Wait::Turn),
        ],
    )
    .await;
    assert_eq!(snapshot.runs[0].waiting, ["read"]);
    assert_eq!(snapshot.runs[0].active_agents, 0);
    let snapshot = watch(
        &monitor,
        [attempts(1, 0, 0, Some(0), 1), attempts(1, 0, 0, Some(1), 1)],
    )
    .await;
    assert_eq!(snapshot.runs[0].running, ["read"]);
    assert_eq!(snapshot.runs[0].active_agents, 2);
    let snapshot = watch(
        &monitor,
        [
            attempted(1, 4000, 0, Some(1), None),
            progresses(1, 4000, 0, 1, 4),
        ],
    )
    .await;
    assert_eq!(snapshot.runs[0].active_agents, 1);
    assert_eq!(snapshot.runs[0].remaining, Some(12 * SECOND));
    advance(4 * SECOND).await;
    let run = &monitor.snapshot().runs[0];
    assert_eq!((run.elapsed, run.remaining), (8 * SECOND, Some(8 * SECOND)));
    advance(9 * SECOND).await;
    assert_eq!(monitor.snapshot().runs[0].remaining, None);
}

#[tokio::test(start_paused = true)]
async fn another_attempt_begins_anew() {
    let graph = Graph::default().with(Node::new("ask", Kind::Agent));
    let plan = Plan::new("Ask", &graph).unwrap();
    let events = [
        begins(1, 0, &plan, None),
        starts(1, 0, 0),
        attempts(1, 0, 0, None, 1),
        progresses(1, 8000, 0, 9, 10),
        attempted(1, 9000, 0, None, Some("no")),
        attempts(1, 10_000, 0, None, 2),
    ];
    let monitor = Monitor::new();
    assert_eq!(watch(&monitor, events).await.runs[0].remaining, None);
    let snapshot = watch(&monitor, [progresses(1, 12_000, 0, 1, 4)]).await;
    assert_eq!(snapshot.runs[0].remaining, Some(6 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_is_forgotten_but_for_the_last_and_the_counts() {
    const RUNS: u64 = if cfg!(miri) { 20 } else { 100 };
    let monitor = Monitor::new();
    for run in 1..=RUNS {
        watch(&monitor, [begins(run, 0, &review(), None), is_done(run, 0)]).await;
    }
    let snapshot = monitor.snapshot();
    assert_eq!(snapshot.ended.len(), ENDED);
    assert_eq!(
        (
            snapshot.ended[0].run.get(),
            snapshot.ended[ENDED - 1].run.get()
        ),
        (RUNS, RUNS - 15)
    );
    assert_eq!(snapshot.totals.runs_finished, RUNS);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_know_is_harmless() {
    let monitor = Monitor::new();
    let snapshot = watch(
        &monitor,
        [
            // A run that began before the monitor; a step that the plan does not have; a parent that is not there.
            starts(9, 0, 0),
            is_done(9, 0),
            begins(1, 0, &review(), Some((8, 3))),
            starts(1, 0, 60),
            finishes(1, 0, 60),
        ],
    )
    .await;
    assert_eq!(snapshot.runs.len(), 1);
    assert_eq!(snapshot.runs[0].completed, 0);
    assert!(Instant::now().elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
#[cfg(feature = "serde")]
async fn a_snapshot_as_data() {
    let monitor = Monitor::new();
    let events = [
        begins(7, 0, &review(), Some((3, 1))),
        starts(7, 0, 2),
        is_done(6, 0),
    ];
    let snapshot = watch(&monitor, events).await;
    let json = serde_json::to_string_pretty(&snapshot).unwrap();
    expect![[r#"
        {
          "runs": [
            {
              "run": 7,
              "workflow": "CodeReview",
              "parent": {
                "run": 3,
                "step": 1
              },
              "outcome": null,
              "total": 6,
              "completed": 0,
              "failed": 0,
              "skipped": 0,
              "stopped": 0,
              "running": [
                "review"
              ],
              "waiting": [],
              "percentage": 0.0,
              "active_agents": 1,
              "elapsed": 0,
              "remaining": 11000000000
            }
          ],
          "ended": [],
          "totals": {
            "runs_running": 1,
            "runs_started": 1,
            "runs_finished": 1,
            "runs_failed": 0,
            "runs_dropped": 0,
            "completed": 0,
            "failed": 0,
            "skipped": 0,
            "stopped": 0,
            "retries": 0,
            "active_agents": 1
          }
        }"#]]
    .assert_eq(&json);
    let back: Snapshot = serde_json::from_str(&json).unwrap();
    assert_eq!(back, snapshot);
}
