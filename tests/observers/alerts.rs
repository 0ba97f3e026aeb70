//! Alerts about real runs.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use expect_test::expect;
use orchestrated::{Alarm, Alert};

use crate::runs::{PAGES, Publish, Review, ms, orchestrator};

const MS: Duration = Duration::from_millis(1);

#[tokio::test(start_paused = true)]
async fn what_is_raised_and_clear_in_three_runs() {
    let alarms: Arc<Mutex<Vec<(u128, String)>>> = Arc::default();
    let hook = || {
        let alarms = Arc::clone(&alarms);
        move |alarm: &Alarm| {
            // The numbers of runs are those of the process.
            let line = format!(
                "{}: {}: {} {:?}",
                alarm.state, alarm.alert, alarm.value, alarm.step
            );
            alarms.lock().unwrap().push((alarm.at.as_millis(), line));
        }
    };
    let o = orchestrator()
        .alert_when(Alert::slow_step("summaries", 50 * MS), hook())
        .alert_when(Alert::any_slow_step(100 * MS), hook())
        .alert_when(Alert::queue_length(2), hook())
        .alert_when(Alert::queue_time(15 * MS), hook())
        .alert_when(Alert::failure_rate(0.5, 2), hook());
    for fails in [true, false, false] {
        let ended = Publish {
            pages: &PAGES,
            fails,
        }
        .run(&o)
        .await;
        assert_eq!(ended.is_err(), fails);
    }
    o.flush().await;
    let mut lines = alarms.lock().unwrap().clone();
    lines.sort();
    let lines: Vec<_> = lines
        .iter()
        .map(|(at, line)| format!("{at:<4} {line}\n"))
        .collect();
    let lines = lines.concat();
    expect![[r#"
        0    raised: 2 steps or more wait for their turn: 2 None
        15   raised: a step waits for its turn for 15ms or more: 15ms Some("read")
        40   clear: 2 steps or more wait for their turn: 1 None
        40   clear: a step waits for its turn for 15ms or more: 10ms Some("read")
        50   raised: step `summaries` runs for 50ms or more: 50ms Some("summaries")
        70   clear: step `summaries` runs for 50ms or more: 0ms Some("summaries")
        100  raised: a step runs for 100ms or more: 100ms Some("fetch")
        160  clear: a step runs for 100ms or more: 0ms Some("fetch")
        228  raised: 2 steps or more wait for their turn: 2 None
        243  raised: a step waits for its turn for 15ms or more: 15ms Some("read")
        268  clear: 2 steps or more wait for their turn: 1 None
        268  clear: a step waits for its turn for 15ms or more: 10ms Some("read")
        278  raised: step `summaries` runs for 50ms or more: 50ms Some("summaries")
        298  clear: step `summaries` runs for 50ms or more: 0ms Some("summaries")
        328  raised: a step runs for 100ms or more: 100ms Some("fetch")
        388  clear: a step runs for 100ms or more: 0ms Some("fetch")
        451  raised: 2 steps or more wait for their turn: 2 None
        451  raised: 50% or more of the last 2 runs failed: 50% None
        466  raised: a step waits for its turn for 15ms or more: 15ms Some("read")
        491  clear: 2 steps or more wait for their turn: 1 None
        491  clear: a step waits for its turn for 15ms or more: 10ms Some("read")
        501  raised: step `summaries` runs for 50ms or more: 50ms Some("summaries")
        521  clear: step `summaries` runs for 50ms or more: 0ms Some("summaries")
        551  raised: a step runs for 100ms or more: 100ms Some("fetch")
        611  clear: a step runs for 100ms or more: 0ms Some("fetch")
        674  clear: 50% or more of the last 2 runs failed: 0% None
    "#]]
    .assert_eq(&lines);
}

/// The runtime drops the runs, and what waits for the next moment of an alert, in whatever order.
#[test]
fn a_runtime_that_is_dropped_takes_its_runs_with_it() {
    for threads in [0, 2] {
        let mut runtime = if threads == 0 {
            tokio::runtime::Builder::new_current_thread()
        } else {
            tokio::runtime::Builder::new_multi_thread()
        };
        let runtime = runtime.enable_time().build().unwrap();
        let o = orchestrator().alert_when(Alert::any_slow_step(Duration::from_mins(1)), |_| {});
        runtime.block_on(async {
            for _ in 0..20 {
                let o = o.clone();
                tokio::spawn(async move {
                    let many = [1000; 8];
                    let _ = Review { pages: &many }.run(&o).await;
                    ms(60_000).await;
                    let _ = Publish {
                        pages: &many,
                        fails: false,
                    }
                    .run(&o)
                    .await;
                });
            }
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        });
        let (done, is_done) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            drop(runtime);
            let _ = done.send(());
        });
        is_done.recv_timeout(Duration::from_secs(30)).unwrap();
    }
}
