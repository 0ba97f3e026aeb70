//! What is recorded of runs that are told of by hand, as Prometheus would be given it.

use std::time::Duration;

use expect_test::{Expect, expect};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{METRICS, Metrics, names::Sort};
use crate::{
    Cause, Event, Fault, Observer as _, StepOutcome, UndoOutcome, Wait,
    observe::{
        EventKind,
        told::{
            attempted, attempts, begins, ends, event, fails, finishes, is_done, release, review,
            starts, undoes, waits, wide,
        },
    },
};

/// What Prometheus is given, without what says what it is: sorted, and of histograms only sums and counts.
fn recorded(
    metrics: impl Fn(Metrics) -> Metrics,
    events: impl IntoIterator<Item = Event>,
) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let mut metrics = metrics(Metrics::with_recorder(recorder));
    for event in events {
        metrics.observe(&event);
    }
    let text = handle.render();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.contains("quantile="));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.sort();
    lines.join("\n")
}

fn check(events: impl IntoIterator<Item = Event>, expected: &Expect) {
    expected.assert_eq(&recorded(|metrics| metrics, events));
}

#[test]
#[cfg_attr(miri, ignore = "the recorder asks the processor what it can")]
fn a_run_that_succeeds() {
    let pause = Duration::from_millis(500);
    check(
        [
            begins(1, 0, &review(), None),
            waits(1, 0, 0, None, Wait::Turn),
            starts(1, 250, 0),
            finishes(1, 1250, 0),
            ends(1, 1250, 1, StepOutcome::Cached),
            starts(1, 1250, 2),
            attempts(1, 1250, 2, None, 1),
            attempted(1, 2000, 2, None, Some("rate limited")),
            waits(1, 2000, 2, None, Wait::Retry { pause }),
            attempts(1, 2500, 2, None, 2),
            attempted(1, 4250, 2, None, None),
            finishes(1, 4250, 2),
            ends(1, 4250, 3, StepOutcome::Skipped),
            is_done(1, 5000),
            is_done(1, 5000),
            is_done(7, 5000),
        ],
        &expect![[r#"
            orchestrated_attempts_total{workflow="CodeReview",step="review",kind="agent",outcome="error"} 1
            orchestrated_attempts_total{workflow="CodeReview",step="review",kind="agent",outcome="finished"} 1
            orchestrated_cache_hits_total{workflow="CodeReview",step="practices",kind="mcp"} 1
            orchestrated_retries_total{workflow="CodeReview",step="review",kind="agent"} 1
            orchestrated_run_duration_seconds_count{workflow="CodeReview",outcome="finished"} 1
            orchestrated_run_duration_seconds_sum{workflow="CodeReview",outcome="finished"} 5
            orchestrated_runs_running{workflow="CodeReview"} 0
            orchestrated_runs_total{workflow="CodeReview",outcome="finished"} 1
            orchestrated_step_duration_seconds_count{workflow="CodeReview",step="files",kind="mcp",outcome="finished"} 1
            orchestrated_step_duration_seconds_count{workflow="CodeReview",step="review",kind="agent",outcome="finished"} 1
            orchestrated_step_duration_seconds_sum{workflow="CodeReview",step="files",kind="mcp",outcome="finished"} 1
            orchestrated_step_duration_seconds_sum{workflow="CodeReview",step="review",kind="agent",outcome="finished"} 3
            orchestrated_step_wait_seconds_count{workflow="CodeReview",step="files",kind="mcp",for="turn"} 1
            orchestrated_step_wait_seconds_count{workflow="CodeReview",step="review",kind="agent",for="retry"} 1
            orchestrated_step_wait_seconds_sum{workflow="CodeReview",step="files",kind="mcp",for="turn"} 0.25
            orchestrated_step_wait_seconds_sum{workflow="CodeReview",step="review",kind="agent",for="retry"} 0.5
            orchestrated_steps_running{kind="agent"} 0
            orchestrated_steps_running{kind="mcp"} 0
            orchestrated_steps_total{workflow="CodeReview",step="files",kind="mcp",outcome="finished"} 1
            orchestrated_steps_total{workflow="CodeReview",step="practices",kind="mcp",outcome="cached"} 1
            orchestrated_steps_total{workflow="CodeReview",step="review",kind="agent",outcome="finished"} 1
            orchestrated_steps_total{workflow="CodeReview",step="syntax",kind="tool",outcome="skipped"} 1
            orchestrated_steps_waiting{for="retry"} 0
            orchestrated_steps_waiting{for="turn"} 0"#]],
    );
}

#[test]
#[cfg_attr(miri, ignore = "the recorder asks the processor what it can")]
fn a_run_that_fails_and_one_that_goes_on() {
    let fault = || Fault::new(Cause::TimedOut, "after 10s");
    check(
        [
            begins(1, 0, &release(), None),
            starts(1, 0, 0),
            finishes(1, 1000, 0),
            starts(1, 1000, 1),
            begins(2, 1000, &review(), Some((1, 1))),
            starts(2, 1000, 2),
            ends(2, 11_000, 2, StepOutcome::Failed(fault())),
            fails(2, 11_000, Some(2), fault()),
            ends(1, 11_000, 1, StepOutcome::Excused(fault())),
            starts(1, 11_000, 2),
            ends(1, 12_000, 2, StepOutcome::Stopped),
            event(
                1,
                12_000,
                EventKind::StepUndone {
                    step: 0,
                    outcome: UndoOutcome::Undone,
                },
            ),
            fails(1, 12_000, None, fault()),
            // This one goes on, with an agent at work and a step that waits.
            begins(3, 12_000, &review(), None),
            starts(3, 12_000, 2),
            waits(3, 12_000, 3, Some(4), Wait::Turn),
        ],
        &expect![[r#"
            orchestrated_rollbacks_total{workflow="Release",step="change",kind="tool",outcome="undone"} 1
            orchestrated_run_duration_seconds_count{workflow="CodeReview",outcome="timed_out"} 1
            orchestrated_run_duration_seconds_count{workflow="Release",outcome="timed_out"} 1
            orchestrated_run_duration_seconds_sum{workflow="CodeReview",outcome="timed_out"} 10
            orchestrated_run_duration_seconds_sum{workflow="Release",outcome="timed_out"} 12
            orchestrated_runs_running{workflow="CodeReview"} 1
            orchestrated_runs_running{workflow="Release"} 0
            orchestrated_runs_total{workflow="CodeReview",outcome="timed_out"} 1
            orchestrated_runs_total{workflow="Release",outcome="timed_out"} 1
            orchestrated_step_duration_seconds_count{workflow="CodeReview",step="review",kind="agent",outcome="failed"} 1
            orchestrated_step_duration_seconds_count{workflow="Release",step="change",kind="tool",outcome="finished"} 1
            orchestrated_step_duration_seconds_count{workflow="Release",step="merge",kind="tool",outcome="stopped"} 1
            orchestrated_step_duration_seconds_count{workflow="Release",step="review",kind="flow",outcome="excused"} 1
            orchestrated_step_duration_seconds_sum{workflow="CodeReview",step="review",kind="agent",outcome="failed"} 10
            orchestrated_step_duration_seconds_sum{workflow="Release",step="change",kind="tool",outcome="finished"} 1
            orchestrated_step_duration_seconds_sum{workflow="Release",step="merge",kind="tool",outcome="stopped"} 1
            orchestrated_step_duration_seconds_sum{workflow="Release",step="review",kind="flow",outcome="excused"} 10
            orchestrated_step_failures_total{workflow="CodeReview",step="review",kind="agent",cause="timed_out"} 1
            orchestrated_step_failures_total{workflow="Release",step="review",kind="flow",cause="timed_out"} 1
            orchestrated_steps_running{kind="agent"} 1
            orchestrated_steps_running{kind="flow"} 0
            orchestrated_steps_running{kind="tool"} 0
            orchestrated_steps_total{workflow="CodeReview",step="review",kind="agent",outcome="failed"} 1
            orchestrated_steps_total{workflow="Release",step="change",kind="tool",outcome="finished"} 1
            orchestrated_steps_total{workflow="Release",step="merge",kind="tool",outcome="stopped"} 1
            orchestrated_steps_total{workflow="Release",step="review",kind="flow",outcome="excused"} 1
            orchestrated_steps_waiting{for="turn"} 1"#]],
    );
}

#[test]
#[cfg_attr(miri, ignore = "the recorder asks the processor what it can")]
fn a_run_inside_another_one_is_undone_with_it() {
    let text = recorded(|metrics| metrics, undoes());
    let undone = r#"orchestrated_rollbacks_total{workflow="Inner",step="store",kind="tool",outcome="undone"} 1"#;
    assert!(text.contains(undone), "{text}");
}

#[test]
#[cfg_attr(miri, ignore = "the recorder asks the processor what it can")]
fn labels_are_bounded() {
    let steps = (0..5).flat_map(|step| [starts(1, 0, step), finishes(1, 1000, step)]);
    let other = [
        begins(2, 0, &review(), None),
        starts(2, 0, 0),
        finishes(2, 1000, 0),
        is_done(2, 1000),
    ];
    let events = [begins(1, 0, &wide(5), None)]
        .into_iter()
        .chain(steps)
        .chain(other);
    let text = recorded(|metrics| metrics.max_steps(2), events);
    let steps = text
        .lines()
        .filter(|line| line.starts_with("orchestrated_steps_total"));
    expect![[r#"
        orchestrated_steps_total{workflow="Wide",step="s0",kind="tool",outcome="finished"} 1
        orchestrated_steps_total{workflow="Wide",step="s1",kind="tool",outcome="finished"} 1
        orchestrated_steps_total{workflow="other",step="other",kind="other",outcome="finished"} 4"#]].assert_eq(&steps.collect::<Vec<_>>().join("\n"));
    assert!(
        text.contains(r#"orchestrated_runs_total{workflow="CodeReview",outcome="finished"} 1"#)
    );
    let text = recorded(
        |metrics| metrics.max_steps(0),
        [begins(1, 0, &wide(1), None), starts(1, 0, 0), is_done(1, 0)],
    );
    assert!(text.contains(r#"orchestrated_runs_total{workflow="other",outcome="finished"} 1"#));
}

#[test]
#[cfg_attr(miri, ignore = "the recorder asks the processor what it can")]
fn what_is_installed_is_used() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let mut metrics = Metrics::new();
        metrics.observe(&begins(1, 0, &wide(1), None));
        metrics.observe(&is_done(1, 1500));
    });
    let text = handle.render();
    assert!(text.contains("# HELP orchestrated_runs_total Runs that have ended.\n# TYPE orchestrated_runs_total counter"));
    assert!(text.contains(
        "orchestrated_run_duration_seconds_sum{workflow=\"Wide\",outcome=\"finished\"} 1.5"
    ));
}

#[test]
fn names_follow_the_conventions() {
    for metric in &METRICS {
        assert!(metric.name.starts_with("orchestrated_"), "{metric:?}");
        assert_eq!(
            metric.name.ends_with("_total"),
            metric.sort == Sort::Counter,
            "{metric:?}"
        );
        assert_eq!(
            metric.name.ends_with("_seconds"),
            metric.sort == Sort::Histogram,
            "{metric:?}"
        );
        assert!(metric.about.ends_with('.'), "{metric:?}");
    }
}
