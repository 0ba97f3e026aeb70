//! `#[deadline(..)]`: how long a run may take, by what its workflow says itself.

use std::time::Duration;

use orchestrated::{Context, Orchestrator, Reason, Refusal, StepFailure, workflow};
use tokio::time::Instant;

use super::{Fault, Log, bounded, ms};

/// In milliseconds.
fn left(cx: &Context<'_>) -> Option<u128> {
    let deadline = Instant::from_std(cx.deadline()?);
    Some(deadline.duration_since(Instant::now()).as_millis())
}

/// A constant will do.
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

workflow! {
    #[deadline(60s)]
    workflow Minute(log: &Log, millis: u64) -> Result<Option<u128>, Fault> {
        tool fn left(cx) -> Option<u128> { ms(1_000).await; left(cx) }
        tool fn first(log, millis) { log.works("first", *millis).await; }
        #[after(first)]
        fn second(log) { log.say("second"); }
        Ok(left)
    }

    #[deadline(HALF_A_MINUTE)]
    workflow Named(millis: u64) {
        tool fn waits(millis) { ms(*millis).await; }
    }

    #[deadline(60s)]
    workflow Undone(log: &Log) -> Result<(), Fault> {
        #[rollback({ log.say(format!("undoing {}", log.now())); ms(120_000).await; log.say("undone"); })]
        tool fn done(log) { log.works("done", 5).await; }
        #[after(done)]
        tool fn waits(log) { log.works("waits", 120_000).await; }
        Ok(())
    }

    /// No deadline of its own.
    workflow Outer(log: &Log, millis: u64) -> Result<(Option<u128>, Option<u128>), Fault> {
        tool fn early(cx) -> Option<u128> { ms(10_000).await; left(cx) }
        #[after(early)]
        flow inner = Minute { log, millis };
        Ok((early, inner))
    }

    #[deadline(30s)]
    workflow Shorter(log: &Log, millis: u64) -> Result<(Option<u128>, Option<u128>), Fault> {
        tool fn early(cx) -> Option<u128> { ms(10_000).await; left(cx) }
        #[after(early)]
        flow inner = Minute { log, millis };
        Ok((early, inner))
    }

    workflow Optional(log: &Log, millis: u64) -> Result<String, Fault> {
        #[optional]
        flow inner = Minute { log, millis };
        #[optional]
        tool fn by_context(log, millis, cx) -> Result<Option<u128>, Fault> {
            Minute { log, millis: *millis }.run(cx).await.map_err(|failure| {
                assert!(matches!(failure.reason(), Reason::TimedOut(_)) && failure.step().is_none());
                Fault::No("too late")
            })
        }
        fn told(inner, by_context) -> String {
            let [inner, by_context] = [inner, by_context].map(|one| one.map_err(StepFailure::to_string));
            format!("{inner:?} {by_context:?}")
        }
        Ok(told)
    }
}

#[tokio::test(start_paused = true)]
async fn alone() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |millis| bounded(Minute { log: &log, millis }.run(&o));
    assert_eq!(run(59_000).await.unwrap(), Some(59_000));
    assert_eq!(log.words(), ["+first 0", "-first 59000", "second"]);
    let failure = run(61_000).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(limit) if limit.as_secs() == 60));
    assert_eq!(failure.to_string(), "workflow `Minute` timed out after 60s");
    assert_eq!((failure.step(), failure.batch()), (None, None));
    assert_eq!(log.words(), ["+first 59000", "!first 119000"]);
    assert_eq!(Minute::PLAN.deadline(), Some(Duration::from_mins(1)));
}

#[tokio::test(start_paused = true)]
async fn its_time_runs_from_the_first_poll() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let late = Named { millis: 31_000 }.run(&o);
    ms(100_000).await;
    let failure = bounded(late).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(HALF_A_MINUTE)));
    assert_eq!(log.now(), 130_000);
    bounded(Named { millis: 29_000 }.run(&o)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_shorter_of_two() {
    let log = Log::new();
    for (of_all, shorter) in [(90, 60), (45, 45)] {
        let o = Orchestrator::new().deadline(Duration::from_secs(of_all));
        let run = |millis| bounded(Minute { log: &log, millis }.run(&o));
        let before = log.now();
        assert_eq!(run(1_000).await.unwrap(), Some(shorter * 1_000 - 1_000));
        let failure = run(100_000).await.unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::TimedOut(limit) if u128::from(limit.as_secs()) == shorter)
        );
        assert_eq!(u128::from(log.now() - before), 1_000 + shorter * 1_000);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_done_is_undone_however_long_that_takes() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let failure = bounded(Undone { log: &log }.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(
        log.words(),
        [
            "+done 0",
            "-done 5",
            "+waits 5",
            "!waits 60000",
            "undoing 60000",
            "undone"
        ]
    );
    assert_eq!((log.now(), failure.rollbacks().len()), (180_000, 1));
}

#[tokio::test(start_paused = true)]
async fn a_flow_has_its_own_from_its_start() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |o: Orchestrator, millis| {
        let log = &log;
        bounded(async move { Outer { log, millis }.run(&o).await })
    };
    assert_eq!(run(o.clone(), 1_000).await.unwrap(), (None, Some(59_000)));
    let failure = run(o, 90_000).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Outer`: step `inner`: workflow `Minute` timed out after 60s"
    );
    assert_eq!(failure.step(), Some("inner"));
    assert_eq!(log.now(), 11_000 + 70_000);

    // That of the whole run is seen inside, and the one that comes first counts.
    let o = Orchestrator::new().deadline(Duration::from_secs(40));
    let before = log.now();
    assert_eq!(
        run(o.clone(), 1_000).await.unwrap(),
        (Some(30_000), Some(29_000))
    );
    let failure = run(o, 90_000).await.unwrap_err();
    assert_eq!(failure.to_string(), "workflow `Outer` timed out after 40s");
    assert_eq!(log.now() - before, 11_000 + 40_000);
    let o = Orchestrator::new().deadline(Duration::from_hours(1));
    assert_eq!(
        run(o, 1_000).await.unwrap(),
        (Some(3_590_000), Some(59_000))
    );
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_held_to_that_of_its_run() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |millis| bounded(Shorter { log: &log, millis }.run(&o));
    assert_eq!(run(5_000).await.unwrap(), (Some(20_000), Some(19_000)));
    let failure = run(25_000).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Shorter` timed out after 30s"
    );
    assert_eq!((failure.frames().len(), log.now()), (1, 45_000));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_inside_is_a_failure_of_the_step() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let told = bounded(
        Optional {
            log: &log,
            millis: 90_000,
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(
        told,
        "Err(\"step `inner`: workflow `Minute` timed out after 60s\") Err(\"step `by_context` failed: too late\")"
    );
    assert_eq!(log.now(), 60_000);
}

#[test]
fn without_a_clock_nothing_starts() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    let o = Orchestrator::new();
    let failure = runtime.block_on(Named { millis: 0 }.run(&o)).unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Refused(Refusal::NoTimer)
    ));
    let failure = futures::executor::block_on(Named { millis: 0 }.run(&o)).unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Refused(Refusal::NoTimer)
    ));
}
