//! How spans end: outcome, duration, error. All of it in virtual time.

#![allow(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

#[path = "spans/collect.rs"]
#[allow(dead_code, reason = "the tests of what nests look at more of it")]
mod collect;

use std::{cell::Cell, time::Duration};

use collect::{Collected, Fields, collect};
use expect_test::{Expect, expect};
use orchestrated::{AutoApprover, CancelToken, Orchestrator, workflow};
use tokio::time::sleep;
use tracing_subscriber::filter::LevelFilter;

const SECOND: Duration = Duration::from_secs(1);

/// Every span as a line: where it is, how long it took, how it ended. In the order in which they were made.
fn lines(collected: &Collected) -> String {
    let spans = collected.spans();
    let lines = spans.iter().map(|span| {
        assert!(span.closed && span.inside == 0, "{span:?}");
        let took = &span.fields["duration"];
        let indent = "  ".repeat(span.path.len() - 1);
        let (label, status) = (&span.path[span.path.len() - 1], status(&span.fields));
        format!("{indent}{label} {took}s {}{status}\n", span.ended())
    });
    lines.collect()
}

/// What OpenTelemetry is told, where that is anything.
fn status(fields: &Fields) -> String {
    let of = |name| fields.get(name).map(String::as_str);
    match (
        of("otel.status_code"),
        of("otel.status_description"),
        of("error.type"),
    ) {
        (None, None, None) => String::new(),
        (Some(code), Some(why), Some(kind)) => format!(" [{code} {kind}: {why}]"),
        other => panic!("{other:?}"),
    }
}

/// What is told while this runs.
async fn told<R: Future>(run: impl FnOnce() -> R, expected: Expect) -> R::Output {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let ended = run().await;
    expected.assert_eq(&lines(&collected));
    ended
}

workflow! {
    workflow Overlaps() -> u64 {
        tool fn a() -> u64 { sleep(SECOND).await; 1 }
        tool fn b(a) -> u64 { sleep(SECOND).await; *a }
        tool fn slow() -> u64 { sleep(SECOND * 3).await; 1 }
        tool fn c(b, slow) -> u64 { sleep(SECOND / 2).await; b + slow }
        c
    }
    workflow Retried(left: &Cell<u32>) -> Result<u32, String> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 2s)]
        tool fn fetch(left) -> Result<u32, String> {
            sleep(SECOND).await;
            match left.replace(left.get().saturating_sub(1)) {
                0 => Ok(7),
                n => Err(format!("{n} more")),
            }
        }
        Ok(fetch)
    }
    workflow TimesOut() -> Result<u32, String> {
        #[timeout(1500ms)]
        tool fn hangs() -> u32 { std::future::pending().await }
        tool fn beside() -> u32 { std::future::pending().await }
        Ok(hangs + beside)
    }
    workflow Panics(n: u32) -> Result<u32, String> {
        tool fn before(n) -> u32 { sleep(SECOND).await; *n }
        tool fn fails(before) -> u32 { sleep(SECOND).await; assert!(*before > 0, "on purpose"); 0 }
        Ok(fails)
    }
    workflow Recovers() -> Result<String, String> {
        #[fallback(Ok(format!("not {}", error.attempts())))]
        tool fn falls_back() -> Result<String, String> { Err("gone".to_owned()) }
        #[default(0)]
        tool fn defaults() -> Result<u32, String> { Err("no number".to_owned()) }
        #[optional]
        fn optional(defaults) -> Result<u32, String> { let _ = defaults; panic!("nothing there") }
        fn told(optional, falls_back) -> String { format!("{} {}", optional.is_err(), falls_back) }
        Ok(told)
    }
    workflow Spares(wanted: bool) -> u32 {
        #[when(*wanted)]
        tool fn skipped(wanted) -> u32 { u32::from(*wanted) }
        #[idempotent]
        #[cache]
        tool fn cached(wanted) -> u32 { sleep(SECOND).await; u32::from(*wanted) }
        skipped.unwrap_or(2) + cached
    }
    workflow Items() -> Result<Vec<u64>, String> {
        fn items() -> Vec<u64> { vec![3, 1, 2] }
        #[each(item in items)]
        tool fn waits(items) -> u64 { sleep(SECOND * u32::try_from(*item).unwrap()).await; *item }
        Ok(waits)
    }
    workflow Asks() -> Result<u32, String> {
        human fn agreed() { "May I?" }
        #[after(agreed)]
        #[critical]
        #[irreversible = "it is said"]
        tool fn done() -> u32 { 1 }
        Ok(done)
    }
    workflow Undoes() -> Result<u32, String> {
        #[rollback(sleep(SECOND).await)]
        tool fn done() -> u32 { sleep(SECOND).await; 1 }
        #[rollback(())]
        tool fn awaited() -> u32 { sleep(SECOND * 3).await; 1 }
        tool fn dropped() -> u32 { std::future::pending().await }
        tool fn fails(done) -> Result<u32, String> { Err(format!("at {done}")) }
        Ok(awaited + dropped + fails)
    }
    workflow Outer(left: &Cell<u32>) -> Result<u32, String> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 1s)]
        flow inner = Retried { left };
        Ok(inner)
    }
}

#[tokio::test(start_paused = true)]
async fn batches_overlap() {
    let o = Orchestrator::new();
    let ended = told(
        || Overlaps {}.run(&o),
        expect![[r"
        Overlaps 3.5s ok
          batch 1 3.0s ok
            a 1.0s ok
            slow 3.0s ok
          batch 2 1.0s ok
            b 1.0s ok
          batch 3 0.5s ok
            c 0.5s ok
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn attempts_stand_side_by_side() {
    let o = Orchestrator::new();
    let left = &Cell::new(1);
    let ended = told(
        || Retried { left }.run(&o),
        expect![[r#"
            Retried 4.0s ok
              batch 1 4.0s ok
                fetch 4.0s ok
                  attempt 1 1.0s failed: 1 more [ERROR failed: 1 more]
                  attempt 2 1.0s ok
        "#]],
    )
    .await;
    assert_eq!(ended.unwrap(), 7);
    left.set(9);
    let ended = told(
        || Retried { left }.run(&o),
        expect![[r#"
            Retried 9.0s failed: 7 more [ERROR failed: 7 more]
              batch 1 9.0s failed: 7 more [ERROR failed: 7 more]
                fetch 9.0s failed: 7 more [ERROR failed: 7 more]
                  attempt 1 1.0s failed: 9 more [ERROR failed: 9 more]
                  attempt 2 1.0s failed: 8 more [ERROR failed: 8 more]
                  attempt 3 1.0s failed: 7 more [ERROR failed: 7 more]
        "#]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_has_timed_out_and_its_sibling_was_cancelled() {
    let o = Orchestrator::new();
    let ended = told(
        || TimesOut {}.run(&o),
        expect![[r"
        TimesOut 1.5s timed_out: timed out after 1.5s [ERROR timed_out: timed out after 1.5s]
          batch 1 1.5s timed_out: timed out after 1.5s [ERROR timed_out: timed out after 1.5s]
            hangs 1.5s timed_out: timed out after 1.5s [ERROR timed_out: timed out after 1.5s]
              attempt 1 1.5s timed_out: timed out after 1.5s [ERROR timed_out: timed out after 1.5s]
            beside 1.5s cancelled
    "]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_run_has_a_deadline() {
    let o = Orchestrator::new().deadline(SECOND / 2);
    let ended = told(
        || Overlaps {}.run(&o),
        expect![[r"
        Overlaps 0.5s timed_out: timed out after 500ms [ERROR timed_out: timed out after 500ms]
          batch 1 0.5s cancelled
            a 0.5s cancelled
            slow 0.5s cancelled
    "]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_run_is_cancelled() {
    let token = CancelToken::new();
    let o = Orchestrator::new().cancel_on(&token);
    let cancels = async {
        sleep(SECOND * 3 / 2).await;
        token.cancel();
    };
    let both = || async { tokio::join!(Overlaps {}.run(&o), cancels).0 };
    let ended = told(
        both,
        expect![[r"
        Overlaps 1.5s cancelled: was cancelled
          batch 1 1.5s cancelled
            a 1.0s ok
            slow 1.5s cancelled
          batch 2 0.5s cancelled
            b 0.5s cancelled
    "]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_run_is_dropped() {
    let o = Orchestrator::new();
    let dropped = || tokio::time::timeout(SECOND * 3 / 2, Overlaps {}.run(&o));
    let ended = told(
        dropped,
        expect![[r"
        Overlaps 1.5s cancelled
          batch 1 1.5s cancelled
            a 1.0s ok
            slow 1.5s cancelled
          batch 2 0.5s cancelled
            b 0.5s cancelled
    "]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_step_panics() {
    let o = Orchestrator::new();
    let ended = told(
        || Panics { n: 0 }.run(&o),
        expect![[r"
        Panics 2.0s panicked: panicked: on purpose [ERROR panicked: panicked: on purpose]
          batch 1 1.0s ok
            before 1.0s ok
          batch 2 1.0s panicked: panicked: on purpose [ERROR panicked: panicked: on purpose]
            fails 1.0s panicked: panicked: on purpose [ERROR panicked: panicked: on purpose]
    "]],
    )
    .await;
    assert!(ended.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_made_good_for() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let ended = Recovers {}.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), "true not 1");
    expect![[r#"
        Recovers 0.0s ok
          batch 1 0.0s ok
            falls_back 0.0s ok
              attempt 1 0.0s failed: gone [ERROR failed: gone]
              attempt 2 0.0s ok
            defaults 0.0s failed: no number [ERROR failed: no number]
              attempt 1 0.0s failed: no number [ERROR failed: no number]
          batch 2 0.0s ok
            optional 0.0s panicked: panicked: nothing there [ERROR panicked: panicked: nothing there]
              attempt 1 0.0s panicked: panicked: nothing there [ERROR panicked: panicked: nothing there]
          batch 3 0.0s ok
            told 0.0s ok
    "#]].assert_eq(&lines(&collected));
    let events = collected.events().into_iter();
    let events = events.map(|event| {
        let path = event.path.join(" > ");
        format!("{} {path} {:?}\n", event.level, event.fields)
    });
    expect![[r#"
        WARN Recovers > batch 1 > falls_back {"attempts": "1", "error": "gone", "message": "step failed, and its run goes on", "step": "falls_back"}
        WARN Recovers > batch 1 > defaults {"attempts": "1", "error": "no number", "message": "step failed, and its run goes on", "step": "defaults"}
        WARN Recovers > batch 2 > optional {"attempts": "1", "error": "panicked: nothing there", "message": "step failed, and its run goes on", "step": "optional"}
    "#]].assert_eq(&events.collect::<String>());
}

#[tokio::test(start_paused = true)]
async fn a_step_is_spared() {
    let o = Orchestrator::new();
    let ended = told(
        || Spares { wanted: false }.run(&o),
        expect![[r"
        Spares 1.0s ok
          batch 1 1.0s ok
            skipped 0.0s skipped
            cached 1.0s ok
              attempt 1 1.0s ok
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), 2);
    let ended = told(
        || Spares { wanted: false }.run(&o),
        expect![[r"
        Spares 0.0s ok
          batch 1 0.0s ok
            skipped 0.0s skipped
            cached 0.0s cached
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), 2);
    let ended = told(
        || Spares { wanted: true }.run(&o),
        expect![[r"
        Spares 1.0s ok
          batch 1 1.0s ok
            skipped 0.0s ok
              attempt 1 0.0s ok
            cached 1.0s ok
              attempt 1 1.0s ok
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn items_have_an_attempt_each() {
    let o = Orchestrator::new();
    let ended = told(
        || Items {}.run(&o),
        expect![[r"
        Items 3.0s ok
          batch 1 0.0s ok
            items 0.0s ok
          batch 2 3.0s ok
            waits 3.0s ok
              attempt 1 3.0s ok
              attempt 1 1.0s ok
              attempt 1 2.0s ok
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), [3, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_person_is_asked() {
    let o = Orchestrator::new().approver(AutoApprover::approve());
    let ended = told(
        || Asks {}.run(&o),
        expect![[r"
        Asks 0.0s ok
          batch 1 0.0s ok
            agreed 0.0s ok
              attempt 1 0.0s ok
          batch 2 0.0s ok
            done 0.0s ok
              attempt 1 0.0s ok
    "]],
    )
    .await;
    assert_eq!(ended.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_undone_belongs_to_the_run() {
    let o = Orchestrator::new();
    let ended = told(
        || Undoes {}.run(&o),
        expect![[r"
        Undoes 4.0s failed: at 1 [ERROR failed: at 1]
          batch 1 3.0s cancelled
            done 1.0s ok
              attempt 1 1.0s ok
            awaited 3.0s ok
              attempt 1 3.0s ok
            dropped 1.0s cancelled
          batch 2 0.0s failed: at 1 [ERROR failed: at 1]
            fails 0.0s failed: at 1 [ERROR failed: at 1]
    "]],
    )
    .await;
    assert_eq!(ended.unwrap_err().rollbacks().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_attempts_at_a_flow_are_runs() {
    let o = Orchestrator::new();
    let left = &Cell::new(9);
    let ended = told(
        || Outer { left }.run(&o),
        expect![[r#"
            Outer 19.0s failed: 4 more [ERROR failed: 4 more]
              batch 1 19.0s failed: 4 more [ERROR failed: 4 more]
                inner 19.0s failed: 4 more [ERROR failed: 4 more]
                  attempt 1 9.0s failed: error [ERROR failed: error]
                    Retried 9.0s failed: 7 more [ERROR failed: 7 more]
                      batch 1 9.0s failed: 7 more [ERROR failed: 7 more]
                        fetch 9.0s failed: 7 more [ERROR failed: 7 more]
                          attempt 1 1.0s failed: 9 more [ERROR failed: 9 more]
                          attempt 2 1.0s failed: 8 more [ERROR failed: 8 more]
                          attempt 3 1.0s failed: 7 more [ERROR failed: 7 more]
                  attempt 2 9.0s failed: error [ERROR failed: error]
                    Retried 9.0s failed: 4 more [ERROR failed: 4 more]
                      batch 1 9.0s failed: 4 more [ERROR failed: 4 more]
                        fetch 9.0s failed: 4 more [ERROR failed: 4 more]
                          attempt 1 1.0s failed: 6 more [ERROR failed: 6 more]
                          attempt 2 1.0s failed: 5 more [ERROR failed: 5 more]
                          attempt 3 1.0s failed: 4 more [ERROR failed: 4 more]
        "#]],
    )
    .await;
    assert!(ended.is_err());
}
