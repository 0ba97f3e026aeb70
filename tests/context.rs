//! `cx`, and the deadline of a run.

use std::{sync::Arc, time::Duration};

use orchestrated::{Context, Orchestrator, Reason, Refusal, RunId, workflow};
use tokio::time::{self, Instant};

workflow! {
    workflow Ids() -> Vec<RunId> {
        tool fn first(cx) -> RunId { cx.run_id() }
        fn second(cx) -> RunId { cx.run_id() }
        agent fn third(first, cx) -> RunId { tokio::task::yield_now().await; let _ = first; cx.run_id() }
        fn fourth(second, cx) -> RunId { let _ = second; cx.run_id() }
        vec![first, second, third, fourth]
    }

    workflow Inner() -> (RunId, String) {
        tool fn seen(cx) -> (RunId, String) { (cx.run_id(), cx.workflow().to_owned()) }
        seen
    }

    workflow Outer() -> (RunId, (RunId, String), (RunId, String)) {
        fn own(cx) -> RunId { cx.run_id() }
        flow inner = Inner {};
        mcp fn launched(cx) -> (RunId, String) { Inner {}.run(cx).await.unwrap() }
        (own, inner, launched)
    }

    workflow Words() -> Vec<String> {
        fn plain(cx) -> String { words(cx) }
        tool fn r#type(cx) -> String { words(cx) }
        agent fn thought(plain, cx) -> String { let _ = plain; words(cx) }
        mcp fn asked(r#type, cx) -> String { let _ = r#type; words(cx) }
        vec![plain, r#type, thought, asked]
    }
}

fn words(cx: &Context<'_>) -> String {
    assert!(cx.deadline().is_none() && cx.attempt() == 1);
    assert!(format!("{cx:?}").contains(cx.step()));
    format!("{} {} {}", cx.workflow(), cx.step(), cx.kind())
}

#[tokio::test]
async fn a_run_has_an_id_of_its_own() {
    let o = Orchestrator::new();
    let runs = futures::future::join_all((0..20).map(|_| Ids {}.run(&o))).await;
    let mut seen = Vec::new();
    for ids in runs {
        let ids = ids.unwrap();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(ids[0].to_string(), ids[0].get().to_string());
        seen.push(ids[0]);
    }
    let runs = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), runs);
}

#[tokio::test]
async fn a_workflow_within_is_a_run_of_its_own() {
    let (own, inner, launched) = Outer {}.run(&Orchestrator::new()).await.unwrap();
    assert!(own != inner.0 && own != launched.0 && inner.0 != launched.0);
    assert_eq!((&*inner.1, &*launched.1), ("Inner", "Inner"));
}

#[tokio::test]
async fn a_step_sees_who_it_is() {
    assert_eq!(
        Words {}.run(&Orchestrator::new()).await.unwrap(),
        [
            "Words plain fn",
            "Words type tool",
            "Words thought agent",
            "Words asked mcp"
        ]
    );
}

/// Says so when it is dropped.
struct Alive(#[expect(dead_code, reason = "it is counted")] Arc<()>);

workflow! {
    workflow Slow(alive: &Arc<()>, seconds: u64) -> Option<Duration> {
        tool fn left(cx) -> Option<Duration> {
            let deadline = cx.deadline()?;
            Some(Instant::from_std(deadline) - Instant::now())
        }
        tool fn slept(alive, seconds) { let _alive = Alive(Arc::clone(alive)); time::sleep(Duration::from_secs(*seconds)).await; }
        tool fn slept_too(alive, seconds) -> u32 { let _alive = Alive(Arc::clone(alive)); time::sleep(Duration::from_secs(*seconds)).await; 1 }
        fn read(slept_too) -> u32 { *slept_too }
        let _ = read;
        left
    }

    /// A part of a run keeps to the deadline of the whole.
    workflow Whole(alive: &Arc<()>) -> Result<[Option<Duration>; 3], String> {
        fn soon() -> u64 { 2 }
        flow first = Slow { alive, seconds: soon };
        tool fn second(alive, first, cx) -> Option<Duration> { let _ = first; Slow { alive, seconds: 2 }.run(cx).await.unwrap() }
        tool fn third(second, cx) -> Option<Duration> { let _ = second; Some(Instant::from_std(cx.deadline()?) - Instant::now()) }
        Ok([first, second, third])
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_takes_too_long_is_dropped() {
    let o = Orchestrator::new().deadline(Duration::from_secs(10));
    let alive = Arc::new(());
    let began = Instant::now();

    let left = Slow {
        alive: &alive,
        seconds: 9,
    }
    .run(&o)
    .await
    .unwrap();
    assert_eq!(left, Some(Duration::from_secs(10)));
    assert_eq!(began.elapsed(), Duration::from_secs(9));

    let late = Slow {
        alive: &alive,
        seconds: 11,
    }
    .run(&o);
    // The time runs from the first poll.
    time::sleep(Duration::from_secs(20)).await;
    let began = Instant::now();
    let failure = late.await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::from_secs(10));
    assert!(
        matches!(failure.reason(), Reason::TimedOut(limit) if *limit == Duration::from_secs(10))
    );
    assert_eq!((failure.step(), failure.batch()), (None, None));
    assert_eq!(failure.to_string(), "workflow `Slow` timed out after 10s");
    assert_eq!(Arc::strong_count(&alive), 1, "a step still runs");
}

#[tokio::test(start_paused = true)]
async fn the_parts_of_a_run_share_its_deadline() {
    let alive = Arc::new(());
    let o = Orchestrator::new().deadline(Duration::from_secs(10));
    let left = Whole { alive: &alive }.run(&o).await.unwrap();
    assert_eq!(
        left,
        [10, 8, 6].map(|seconds| Some(Duration::from_secs(seconds)))
    );

    let o = Orchestrator::new().deadline(Duration::from_secs(3));
    let failure = Whole { alive: &alive }.run(&o).await.unwrap_err();
    // It is the whole that was too slow.
    assert_eq!(failure.to_string(), "workflow `Whole` timed out after 3s");
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_may_be_any_time() {
    let alive = Arc::new(());
    let o = Orchestrator::new().deadline(Duration::MAX);
    assert!(
        Slow {
            alive: &alive,
            seconds: 9
        }
        .run(&o)
        .await
        .is_ok()
    );
    let o = Orchestrator::new().deadline(Duration::ZERO);
    let failure = Slow {
        alive: &alive,
        seconds: 9,
    }
    .run(&o)
    .await
    .unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(Duration::ZERO)));
    let o = Orchestrator::new();
    assert_eq!(
        Slow {
            alive: &alive,
            seconds: 9
        }
        .run(&o)
        .await
        .unwrap(),
        None
    );
}

#[test]
fn a_deadline_without_a_clock_is_refused() {
    let alive = Arc::new(());
    let o = Orchestrator::new().deadline(Duration::from_secs(1));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for failure in [
        futures::executor::block_on(
            Slow {
                alive: &alive,
                seconds: 1,
            }
            .run(&o),
        )
        .unwrap_err(),
        runtime
            .block_on(
                Slow {
                    alive: &alive,
                    seconds: 1,
                }
                .run(&o),
            )
            .unwrap_err(),
    ] {
        assert!(matches!(
            failure.reason(),
            Reason::Refused(Refusal::NoTimer)
        ));
        assert_eq!(
            failure.to_string(),
            "workflow `Slow` was not started: it needs time, and so a tokio runtime with its timer enabled"
        );
    }
}

#[test]
fn without_a_deadline_any_executor_will_do() {
    let ids = futures::executor::block_on(Ids {}.run(&Orchestrator::new()));
    // `yield_now` of tokio works anywhere.
    assert_eq!(ids.unwrap().len(), 4);
}
