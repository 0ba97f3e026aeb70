//! `Orchestrator::max_concurrency(n)`: how many steps run at once, in all the runs together.

use std::time::Duration;

use orchestrated::{AutoApprover, Decision, Orchestrator, Reason, approval_channel, workflow};
use tokio::time::timeout;

use super::{Fault, Log, bounded, ms};

workflow! {
    /// Stages of one step.
    workflow Single(log: &Log) {
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        agent fn b(log, a) -> u32 { log.works("b", 10).await; *a }
        mcp fn c(log, b) -> u32 { log.works("c", 10).await; *b }
        let _ = c;
    }

    workflow SingleWithOptions(log: &Log) {
        #[timeout(11ms)]
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        #[priority(high)]
        agent fn b(log, a) -> u32 { log.works("b", 10).await; *a }
        #[optional]
        mcp fn c(log, b) -> u32 { log.works("c", 10).await; *b }
        let _ = c.unwrap();
    }

    /// A stage of one batch.
    workflow Joined(log: &Log) {
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        agent fn b(log) -> u32 { log.works("b", 10).await; 1 }
        mcp fn c(log) -> u32 { log.works("c", 10).await; 1 }
        let _ = a + b + c;
    }

    workflow JoinedMixed(log: &Log) {
        #[timeout(11ms)]
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        agent fn b(log) -> u32 { log.works("b", 10).await; 1 }
        #[estimate(1s)]
        mcp fn c(log) -> u32 { log.works("c", 10).await; 1 }
        let _ = a + b + c;
    }

    /// A stage of two batches.
    workflow Skewed(log: &Log) {
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        tool fn b(log, a) -> u32 { log.works("b", 10).await; *a }
        mcp fn c(log) -> u32 { log.works("c", 10).await; 1 }
        fn d(c) -> u32 { *c }
        let _ = b + d;
    }

    workflow SkewedMixed(log: &Log) {
        #[timeout(11ms)]
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        tool fn b(log, a) -> u32 { log.works("b", 10).await; *a }
        mcp fn c(log) -> u32 { log.works("c", 10).await; 1 }
        #[when(*c > 0)]
        fn d(c) -> u32 { *c }
        let _ = (b, d);
    }

    #[schedule(batches)]
    workflow Undoes(log: &Log) {
        #[rollback(log.say("undone"))]
        tool fn a(log) -> u32 { log.works("a", 10).await; 1 }
        tool fn b(log, a) -> u32 { log.works("b", 10).await; *a }
        tool fn c(log) -> u32 { log.works("c", 10).await; 1 }
        let _ = (b, c);
    }

    workflow Flows(log: &Log) {
        flow one = Single { log };
        flow other = Joined { log };
        let _ = (one, other);
    }

    workflow FlowWithOptions(log: &Log) {
        #[timeout(1s)]
        #[uses(seat = 1)]
        flow one = Single { log };
        #[optional]
        flow other = Undoes { log };
        let _ = (one, other);
    }

    workflow Items(log: &Log, items: Vec<u32>) {
        #[each(item in items)]
        tool fn worked(log, items) -> usize { log.works(item, 10).await; items.len() }
        let _ = worked;
    }
}

/// Three runs at the same time, with two turns: `steps` in all, of 10 ms each, and none of which must wait for nothing.
macro_rules! check {
    ($workflow:ident { $($field:ident : $value:expr)? }, $steps:expr) => {{
        let o = Orchestrator::new().max_concurrency(2).resource("seat", 9);
        let log = Log::new();
        let run = || bounded($workflow { log: &log, $($field: $value)? }.run(&o));
        let (one, two, three) = tokio::join!(run(), run(), run());
        for ended in [one, two, three] {
            ended.unwrap();
        }
        assert_eq!(log.most(), 2, "{}", stringify!($workflow));
        assert_eq!(log.words().len(), 2 * $steps);
        assert_eq!(log.now(), u64::from($steps as u32).div_ceil(2) * 10, "{}", stringify!($workflow));
        // Without a limit they all run at once.
        let o = Orchestrator::new().resource("seat", 9);
        let run = || bounded($workflow { log: &log, $($field: $value)? }.run(&o));
        let _ = tokio::join!(run(), run(), run());
        assert!(log.most() > 2, "{}", stringify!($workflow));
    }};
}

#[tokio::test(start_paused = true)]
async fn it_holds_in_every_kind_of_stage_and_across_runs() {
    check!(Single {}, 9);
    check!(SingleWithOptions {}, 9);
    check!(Joined {}, 9);
    check!(JoinedMixed {}, 9);
    check!(Skewed {}, 9);
    check!(SkewedMixed {}, 9);
    check!(Undoes {}, 9);
    check!(
        Items {
            items: vec![1, 2, 3]
        },
        9
    );
    check!(Flows {}, 18);
    check!(FlowWithOptions {}, 18);
}

#[tokio::test(start_paused = true)]
async fn one_at_a_time() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    bounded(Flows { log: &log }.run(&o)).await.unwrap();
    assert_eq!((log.most(), log.now()), (1, 60));
    // None at all would be for ever.
    let o = Orchestrator::new().max_concurrency(0);
    bounded(Joined { log: &log }.run(&o)).await.unwrap();
    assert_eq!((log.most(), log.now()), (1, 90));
}

workflow! {
    workflow Holds(log: &Log) {
        tool fn held(log) { log.works("held", 1_000).await; }
    }

    workflow Free(log: &Log) -> Vec<u64> {
        fn plain(log) -> u64 { log.now() }
        #[estimate(1s)]
        fn measured(log, plain) -> u64 { log.now() + plain }
        human fn asked(measured) -> Decision { format!("{measured}?") }
        fn last(log, asked) -> u64 { log.now() + u64::from(asked.is_rejected()) }
        vec![plain, measured, last]
    }
}

#[tokio::test(start_paused = true)]
async fn plain_and_human_steps_need_no_turn() {
    let o = Orchestrator::new()
        .max_concurrency(1)
        .approver(AutoApprover::approve());
    let log = Log::new();
    let free = async {
        ms(1).await;
        Free { log: &log }.run(&o).await
    };
    let (held, free) = bounded(async { tokio::join!(Holds { log: &log }.run(&o), free) }).await;
    held.unwrap();
    assert_eq!(free.unwrap(), [1, 2, 1]);
}

workflow! {
    workflow Timed(log: &Log) {
        #[timeout(15ms)]
        tool fn a(log) { log.works("a", 10).await; }
        #[timeout(15ms)]
        tool fn b(log) { log.works("b", 10).await; }
        #[timeout(15ms)]
        tool fn c(log) { log.works("c", 10).await; }
    }

    #[deadline(25ms)]
    workflow Late(log: &Log) {
        tool fn a(log) { log.works("a", 10).await; }
        tool fn b(log) { log.works("b", 10).await; }
        tool fn c(log) { log.works("c", 10).await; }
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_counts_for_no_timeout() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    bounded(Timed { log: &log }.run(&o)).await.unwrap();
    assert_eq!(log.now(), 30);
    // But for the deadline.
    let failure = bounded(Late { log: &log }.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(log.now(), 55);
    assert_eq!(log.words().last().unwrap(), "!c 55");
}

workflow! {
    workflow Fails(log: &Log, panics: bool) -> Result<(), Fault> {
        tool fn held(log) { log.works("held", 1_000).await; }
        tool fn fails(log, panics) -> Result<(), Fault> {
            log.works("fails", 10).await;
            assert!(!panics, "on purpose");
            Err(Fault::No("on purpose"))
        }
        tool fn waits(log) { log.works("waits", 10).await; }
        Ok(fails)
    }

    workflow FailsAlone(log: &Log, panics: bool) -> Result<(), Fault> {
        tool fn fails(log, panics) -> Result<(), Fault> {
            log.works("fails", 10).await;
            assert!(!panics, "on purpose");
            Err(Fault::No("on purpose"))
        }
        Ok(fails)
    }

    workflow FailsWithOptions(log: &Log, panics: bool) -> Result<(), Fault> {
        #[timeout(1h)]
        tool fn held(log) { log.works("held", 1_000).await; }
        #[rollback(log.say(format!("undone {}", log.now())))]
        tool fn done(log) { log.works("done", 5).await; }
        #[timeout(1h)]
        #[after(done)]
        tool fn fails(log, panics) -> Result<(), Fault> {
            log.works("fails", 10).await;
            assert!(!panics, "on purpose");
            Err(Fault::No("on purpose"))
        }
        #[after(done)]
        tool fn waits(log) { log.works("waits", 10).await; }
        #[rollback(log.say("never"))]
        #[after(done)]
        tool fn waits_too(log) { log.works("waits too", 10).await; }
        Ok(fails)
    }

    workflow Queue(log: &Log) -> Result<(), Fault> {
        #[rollback(log.say("undone"))]
        tool fn fails(log) -> Result<(), Fault> { log.works("fails", 10).await; Err(Fault::No("on purpose")) }
        #[rollback(log.say("never"))]
        tool fn waits(log) { log.works("waits", 10).await; }
        tool fn waits_too(log) { log.works("waits too", 10).await; }
        Ok(fails)
    }

    /// Takes both turns, if they are there at once.
    workflow Pair(log: &Log) {
        tool fn one(log) { log.works("one", 10).await; }
        tool fn two(log) { log.works("two", 10).await; }
    }
}

#[tokio::test(start_paused = true)]
async fn turns_are_given_back() {
    let o = Orchestrator::new().max_concurrency(2);
    let log = Log::new();
    // Both turns are free: two steps take them at the very moment.
    let free = async || {
        let before = log.now();
        bounded(Pair { log: &log }.run(&o)).await.unwrap();
        assert_eq!(
            (log.now(), log.most()),
            (before + 10, 2),
            "{:?}",
            log.words()
        );
        log.words()
    };
    for panics in [false, true] {
        let ended = bounded(Fails { log: &log, panics }.run(&o)).await;
        assert!(ended.is_err());
        free().await;
        let ended = bounded(FailsAlone { log: &log, panics }.run(&o)).await;
        assert!(ended.is_err());
        free().await;
        let before = log.now();
        let ended = bounded(FailsWithOptions { log: &log, panics }.run(&o)).await;
        assert_eq!(ended.unwrap_err().step(), Some("fails"));
        assert_eq!(log.now(), before + 15);
        let words = free().await.join(" ");
        assert!(
            words.contains("undone") && !words.contains("waits"),
            "{words}"
        );
    }
    // By being dropped: what runs, and what waits.
    for after in [0, 1, 11] {
        let run = Fails {
            log: &log,
            panics: false,
        };
        let run = timeout(Duration::from_millis(after), run.run(&o));
        let beside = Holds { log: &log };
        let beside = timeout(Duration::from_millis(after + 1), beside.run(&o));
        let _ = bounded(async { tokio::join!(run, beside) }).await;
        free().await;
    }
    // By its deadline, and by being cancelled.
    let late = o.clone().deadline(Duration::from_millis(3));
    assert!(
        bounded(
            Fails {
                log: &log,
                panics: false
            }
            .run(&late)
        )
        .await
        .is_err()
    );
    free().await;
    let token = orchestrated::CancelToken::new();
    let cancelled = o.clone().cancel_on(&token);
    let cancel = async {
        ms(3).await;
        token.cancel();
    };
    let run = FailsWithOptions {
        log: &log,
        panics: false,
    };
    let (ended, ()) = bounded(async { tokio::join!(run.run(&cancelled), cancel) }).await;
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    free().await;
}

#[tokio::test(start_paused = true)]
async fn the_turn_of_what_has_failed_starts_nothing_of_its_run() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    let failure = bounded(Queue { log: &log }.run(&o)).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("on purpose")));
    assert_eq!(log.words(), ["+fails 0", "-fails 10"]);
}

workflow! {
    workflow Retried(log: &Log) {
        #[idempotent]
        #[retry(attempts = 2, backoff = 100ms)]
        #[optional]
        tool fn tried(log, cx) -> Result<(), Fault> {
            log.works(format!("tried {}", cx.attempt()), 10).await;
            if cx.attempt() == 1 { Err(Fault::No("again")) } else { Ok(()) }
        }
        let _ = tried.unwrap();
    }

    workflow Asks(log: &Log) {
        #[critical]
        #[irreversible = "a test"]
        tool fn done(log) { log.works("done", 10).await; }
    }
}

#[tokio::test(start_paused = true)]
async fn between_attempts_and_before_an_answer_nothing_is_held() {
    let (approver, mut approvals) = approval_channel();
    let o = Orchestrator::new().max_concurrency(1).approver(approver);
    let log = Log::new();
    let other = async {
        ms(1).await;
        bounded(Pair { log: &log }.run(&o)).await.unwrap();
    };
    let (tried, ()) = tokio::join!(bounded(Retried { log: &log }.run(&o)), other);
    tried.unwrap();
    assert_eq!(
        log.words(),
        [
            "+tried 1 0",
            "-tried 1 10",
            "+one 10",
            "-one 20",
            "+two 20",
            "-two 30",
            "+tried 2 110",
            "-tried 2 120",
        ]
    );
    let answered = async {
        let pending = approvals.next().await.unwrap();
        bounded(Pair { log: &log }.run(&o)).await.unwrap();
        pending.approve().unwrap();
    };
    let (done, ()) = tokio::join!(bounded(Asks { log: &log }.run(&o)), answered);
    done.unwrap();
    assert_eq!(
        log.words(),
        [
            "+one 120",
            "-one 130",
            "+two 130",
            "-two 140",
            "+done 140",
            "-done 150"
        ]
    );
}
