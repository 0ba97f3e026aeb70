//! `Monitor` of real runs.

use std::fmt::Write as _;

use expect_test::expect;
use orchestrated::{Monitor, RunStatus};

use crate::runs::{PAGES, Publish, ms, orchestrator};

fn shown(status: &RunStatus) -> String {
    format!(
        "{} {}/{} (failed {}, skipped {}, stopped {}) {:.0}% for {}ms, {} agents, {:?} run, {:?} wait",
        status.workflow,
        status.completed,
        status.total,
        status.failed,
        status.skipped,
        status.stopped,
        status.percentage,
        status.elapsed.as_millis(),
        status.active_agents,
        status.running,
        status.waiting,
    )
}

#[tokio::test(start_paused = true)]
async fn every_twenty_milliseconds_of_two_runs() {
    let monitor = Monitor::new();
    let o = orchestrator().observer(monitor.clone());
    let mut lines = String::new();
    for fails in [false, true] {
        let run = Publish {
            pages: &PAGES,
            fails,
        }
        .run(&o);
        let looks = async {
            // A little later than what happens.
            ms(1).await;
            loop {
                for status in &monitor.snapshot().runs {
                    let _ = writeln!(lines, "{}", shown(status));
                }
                ms(20).await;
            }
        };
        tokio::select! {
            biased;
            ended = run => assert_eq!(ended.is_err(), fails),
            () = looks => {}
        }
        for status in &monitor.snapshot().ended[..2] {
            let _ = writeln!(lines, "ended: {}", shown(status));
        }
    }
    expect![[r#"
        Publish 0/10 (failed 0, skipped 0, stopped 0) 0% for 1ms, 1 agents, ["fetch", "summaries"] run, ["review/read", "review/lint"] wait
        Review 0/3 (failed 0, skipped 0, stopped 0) 0% for 1ms, 0 agents, [] run, ["read", "lint"] wait
        Publish 0/10 (failed 0, skipped 0, stopped 0) 0% for 21ms, 2 agents, ["summaries"] run, ["fetch", "review/read", "review/lint"] wait
        Review 0/3 (failed 0, skipped 0, stopped 0) 0% for 21ms, 0 agents, [] run, ["read", "lint"] wait
        Publish 1/10 (failed 0, skipped 0, stopped 0) 10% for 41ms, 1 agents, ["summaries", "review/lint"] run, ["fetch"] wait
        Review 1/3 (failed 0, skipped 0, stopped 0) 33% for 41ms, 0 agents, ["lint"] run, [] wait
        Publish 3/10 (failed 0, skipped 0, stopped 0) 30% for 61ms, 1 agents, ["fetch", "summaries"] run, [] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 81ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 101ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 121ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 141ms, 0 agents, [] run, ["fetch"] wait
        Publish 5/10 (failed 0, skipped 0, stopped 0) 50% for 161ms, 0 agents, ["upload"] run, [] wait
        Publish 5/10 (failed 0, skipped 0, stopped 0) 50% for 181ms, 0 agents, ["upload"] run, [] wait
        Publish 7/10 (failed 1, skipped 1, stopped 0) 90% for 201ms, 0 agents, ["switch"] run, [] wait
        Publish 7/10 (failed 1, skipped 1, stopped 0) 90% for 221ms, 0 agents, ["switch"] run, [] wait
        ended: Publish 8/10 (failed 1, skipped 1, stopped 0) 100% for 223ms, 0 agents, [] run, [] wait
        ended: Review 3/3 (failed 0, skipped 0, stopped 0) 100% for 60ms, 0 agents, [] run, [] wait
        Publish 0/10 (failed 0, skipped 0, stopped 0) 0% for 1ms, 1 agents, ["fetch", "summaries"] run, ["review/read", "review/lint"] wait
        Review 0/3 (failed 0, skipped 0, stopped 0) 0% for 1ms, 0 agents, [] run, ["read", "lint"] wait
        Publish 0/10 (failed 0, skipped 0, stopped 0) 0% for 21ms, 2 agents, ["summaries"] run, ["fetch", "review/read", "review/lint"] wait
        Review 0/3 (failed 0, skipped 0, stopped 0) 0% for 21ms, 0 agents, [] run, ["read", "lint"] wait
        Publish 1/10 (failed 0, skipped 0, stopped 0) 10% for 41ms, 1 agents, ["summaries", "review/lint"] run, ["fetch"] wait
        Review 1/3 (failed 0, skipped 0, stopped 0) 33% for 41ms, 0 agents, ["lint"] run, [] wait
        Publish 3/10 (failed 0, skipped 0, stopped 0) 30% for 61ms, 1 agents, ["fetch", "summaries"] run, [] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 81ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 101ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 121ms, 0 agents, [] run, ["fetch"] wait
        Publish 4/10 (failed 0, skipped 0, stopped 0) 40% for 141ms, 0 agents, [] run, ["fetch"] wait
        Publish 5/10 (failed 0, skipped 0, stopped 0) 50% for 161ms, 0 agents, ["upload"] run, [] wait
        Publish 5/10 (failed 0, skipped 0, stopped 0) 50% for 181ms, 0 agents, ["upload"] run, [] wait
        Publish 7/10 (failed 1, skipped 1, stopped 0) 90% for 201ms, 0 agents, ["switch"] run, [] wait
        Publish 7/10 (failed 1, skipped 1, stopped 0) 90% for 221ms, 0 agents, ["switch"] run, [] wait
        ended: Publish 7/10 (failed 2, skipped 1, stopped 0) 100% for 228ms, 0 agents, [] run, [] wait
        ended: Review 3/3 (failed 0, skipped 0, stopped 0) 100% for 60ms, 0 agents, [] run, [] wait
    "#]].assert_eq(&lines);
    let totals = monitor.snapshot().totals;
    expect![[r#"
        Totals {
            runs_running: 0,
            runs_started: 4,
            runs_finished: 3,
            runs_failed: 1,
            runs_dropped: 0,
            completed: 15,
            failed: 3,
            skipped: 2,
            stopped: 0,
            retries: 4,
            active_agents: 0,
        }
    "#]]
    .assert_debug_eq(&totals);
}

#[tokio::test(start_paused = true)]
async fn how_long_a_run_will_go_on() {
    let monitor = Monitor::new();
    let o = orchestrator().observer(monitor.clone());
    let left = || {
        monitor.snapshot().runs[0]
            .remaining
            .map(|left| left.as_millis())
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let run = Publish {
            pages: &PAGES,
            fails: false,
        }
        .run(&o);
        let looks = async {
            ms(1).await;
            loop {
                seen.push(left());
                ms(50).await;
            }
        };
        tokio::select! {
            biased;
            ended = run => assert!(ended.is_ok()),
            () = looks => {}
        }
    }
    expect!["[None, None, None, None, None, Some(212), Some(163), Some(122), Some(72), Some(22)]"]
        .assert_eq(&format!("{seen:?}"));
}
