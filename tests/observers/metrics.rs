//! `Metrics` of real runs, as Prometheus reads them.

use expect_test::expect;
use metrics_exporter_prometheus::PrometheusBuilder;
use orchestrated::Metrics;

use crate::runs::{PAGES, Publish, ms, orchestrator};

/// What counts, and the sums of times, without what is nought.
fn shown(text: &str) -> String {
    let mut lines: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .filter(|line| !line.contains("quantile=") && !line.contains("_bucket"))
        .filter(|line| !line.ends_with(" 0") && !line.contains("step_duration_seconds_count"))
        .map(|line| {
            line.replace("observers::runs::", "")
                .replace("orchestrated_", "")
        })
        .collect();
    lines.sort();
    lines.join("\n") + "\n"
}

#[tokio::test(start_paused = true)]
async fn two_runs_in_numbers() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let prometheus = recorder.handle();
    let o = orchestrator().observer(Metrics::with_recorder(recorder));
    let run = Publish {
        pages: &PAGES,
        fails: false,
    };
    let (ended, running) = tokio::join!(run.run(&o), async {
        ms(1).await;
        prometheus.render()
    });
    ended.unwrap();
    Publish {
        pages: &PAGES,
        fails: true,
    }
    .run(&o)
    .await
    .unwrap_err();
    let running = shown(&running);
    let running = running
        .lines()
        .filter(|line| line.contains("_running") || line.contains("_waiting"));
    expect![[r#"
        runs_running{workflow="Publish"} 1
        runs_running{workflow="Review"} 1
        steps_running{kind="agent"} 1
        steps_running{kind="flow"} 1
        steps_running{kind="mcp"} 1
        steps_waiting{for="turn"} 3
    "#]]
    .assert_eq(
        &running
            .map(|line| line.to_owned() + "\n")
            .collect::<String>(),
    );
    expect![[r#"
        attempts_total{workflow="Publish",step="agreed",kind="human",outcome="finished"} 2
        attempts_total{workflow="Publish",step="fetch",kind="mcp",outcome="error"} 4
        attempts_total{workflow="Publish",step="fetch",kind="mcp",outcome="finished"} 2
        attempts_total{workflow="Publish",step="note",kind="tool",outcome="error"} 2
        attempts_total{workflow="Publish",step="review",kind="flow",outcome="finished"} 2
        attempts_total{workflow="Publish",step="summaries",kind="agent",outcome="finished"} 6
        attempts_total{workflow="Publish",step="upload",kind="tool",outcome="finished"} 2
        retries_total{workflow="Publish",step="fetch",kind="mcp"} 4
        rollbacks_total{workflow="Publish",step="upload",kind="tool",outcome="undone"} 1
        run_duration_seconds_count{workflow="Publish",outcome="failed"} 1
        run_duration_seconds_count{workflow="Publish",outcome="finished"} 1
        run_duration_seconds_count{workflow="Review",outcome="finished"} 2
        run_duration_seconds_sum{workflow="Publish",outcome="failed"} 0.228
        run_duration_seconds_sum{workflow="Publish",outcome="finished"} 0.223
        run_duration_seconds_sum{workflow="Review",outcome="finished"} 0.12
        runs_total{workflow="Publish",outcome="failed"} 1
        runs_total{workflow="Publish",outcome="finished"} 1
        runs_total{workflow="Review",outcome="finished"} 2
        step_duration_seconds_sum{workflow="Publish",step="agreed",kind="human",outcome="finished"} 0.014
        step_duration_seconds_sum{workflow="Publish",step="fetch",kind="mcp",outcome="finished"} 0.3
        step_duration_seconds_sum{workflow="Publish",step="note",kind="tool",outcome="excused"} 0.002
        step_duration_seconds_sum{workflow="Publish",step="review",kind="flow",outcome="finished"} 0.12
        step_duration_seconds_sum{workflow="Publish",step="summaries",kind="agent",outcome="finished"} 0.14
        step_duration_seconds_sum{workflow="Publish",step="switch",kind="tool",outcome="failed"} 0.025
        step_duration_seconds_sum{workflow="Publish",step="switch",kind="tool",outcome="finished"} 0.025
        step_duration_seconds_sum{workflow="Publish",step="upload",kind="tool",outcome="finished"} 0.06
        step_duration_seconds_sum{workflow="Review",step="lint",kind="tool",outcome="finished"} 0.04
        step_duration_seconds_sum{workflow="Review",step="read",kind="agent",outcome="finished"} 0.02
        step_failures_total{workflow="Publish",step="note",kind="tool",cause="error"} 2
        step_failures_total{workflow="Publish",step="switch",kind="tool",cause="error"} 1
        step_wait_seconds_count{workflow="Publish",step="agreed",kind="human",for="approval"} 2
        step_wait_seconds_count{workflow="Publish",step="fetch",kind="mcp",for="retry"} 4
        step_wait_seconds_count{workflow="Publish",step="fetch",kind="mcp",for="turn"} 2
        step_wait_seconds_count{workflow="Publish",step="summaries",kind="agent",for="turn"} 4
        step_wait_seconds_count{workflow="Review",step="lint",kind="tool",for="turn"} 2
        step_wait_seconds_count{workflow="Review",step="read",kind="agent",for="turn"} 2
        step_wait_seconds_sum{workflow="Publish",step="fetch",kind="mcp",for="retry"} 0.24
        step_wait_seconds_sum{workflow="Publish",step="fetch",kind="mcp",for="turn"} 0.02
        step_wait_seconds_sum{workflow="Publish",step="summaries",kind="agent",for="turn"} 0.04
        step_wait_seconds_sum{workflow="Review",step="lint",kind="tool",for="turn"} 0.08
        step_wait_seconds_sum{workflow="Review",step="read",kind="agent",for="turn"} 0.06
        steps_total{workflow="Publish",step="agreed",kind="human",outcome="finished"} 2
        steps_total{workflow="Publish",step="extra",kind="tool",outcome="skipped"} 2
        steps_total{workflow="Publish",step="fetch",kind="mcp",outcome="finished"} 2
        steps_total{workflow="Publish",step="note",kind="tool",outcome="excused"} 2
        steps_total{workflow="Publish",step="review",kind="flow",outcome="finished"} 2
        steps_total{workflow="Publish",step="summaries",kind="agent",outcome="finished"} 2
        steps_total{workflow="Publish",step="switch",kind="tool",outcome="failed"} 1
        steps_total{workflow="Publish",step="switch",kind="tool",outcome="finished"} 1
        steps_total{workflow="Publish",step="upload",kind="tool",outcome="finished"} 2
        steps_total{workflow="Review",step="lint",kind="tool",outcome="finished"} 2
        steps_total{workflow="Review",step="read",kind="agent",outcome="finished"} 2
        steps_total{workflow="Review",step="verdict",kind="fn",outcome="finished"} 2
    "#]].assert_eq(&shown(&prometheus.render()));
}
