//! `timeout`: of one attempt, whatever the kind of the step.

use std::time::Duration;

use orchestrated::{Orchestrator, Reason, Refusal, workflow};

use crate::log::{Fault, Log, ms, pass};

workflow! {
    workflow Agent(log: &Log, takes: u64) -> u64 {
        #[timeout(50ms)]
        agent fn call(log, takes) -> u64 { let _gone = log.until_dropped("gone"); pass(*takes).await; *takes }
        call
    }
    workflow Tool(log: &Log, takes: u64) -> u64 {
        #[timeout(50ms)]
        tool fn call(log, takes) -> u64 { let _gone = log.until_dropped("gone"); pass(*takes).await; *takes }
        call
    }
    workflow Mcp(log: &Log, takes: u64) -> Result<u64, Fault> {
        #[timeout(50ms)]
        mcp fn call(log, takes) -> Result<u64, Fault> { let _gone = log.until_dropped("gone"); pass(*takes).await; Ok(*takes) }
        Ok(call)
    }
    workflow Waits(log: &Log, takes: u64) -> u64 {
        tool fn waits(log, takes) -> u64 { let _gone = log.until_dropped("gone"); pass(*takes).await; *takes }
        waits
    }
    workflow Flow(log: &Log, takes: u64) -> u64 {
        #[timeout(50ms)]
        flow call = Waits { log, takes };
        call
    }
    workflow Plain(n: u64) -> u64 {
        #[timeout(50ms)]
        fn call(n) -> u64 { *n }
        call
    }
}

macro_rules! on_a_kind {
    ($test:ident: $workflow:ident) => {
        #[tokio::test(start_paused = true)]
        async fn $test() {
            let o = Orchestrator::new();
            // Who is done at the last moment is done.
            for takes in [0, 49, 50] {
                let log = Log::new();
                let ended = $workflow { log: &log, takes }.run(&o).await;
                assert_eq!(ended.unwrap(), takes);
            }
            let log = Log::new();
            let failure = $workflow {
                log: &log,
                takes: 51,
            };
            let failure = failure.run(&o).await.unwrap_err();
            assert!(matches!(failure.reason(), Reason::TimedOut(limit) if *limit == ms(50)));
            assert_eq!((failure.step(), failure.attempts()), (Some("call"), 1));
            assert_eq!(failure.frames().len(), 1, "it is this step that took too long");
            // It is dropped before anybody hears of it.
            assert_eq!((log.times("gone"), log.now()), (vec![50], 50));
            let text = failure.to_string();
            assert!(text.ends_with("step `call` timed out after 50ms"), "{text}");
        }
    };
}

on_a_kind!(an_agent_that_takes_too_long: Agent);
on_a_kind!(a_tool_that_takes_too_long: Tool);
on_a_kind!(an_mcp_step_that_takes_too_long: Mcp);
on_a_kind!(a_flow_that_takes_too_long: Flow);

#[tokio::test(start_paused = true)]
async fn a_plain_step_never_waits() {
    let o = Orchestrator::new();
    assert_eq!(Plain { n: 3 }.run(&o).await.unwrap(), 3);
    let name = format!("{}/call", Plain::PLAN.path());
    assert_eq!(
        o.history().step(&name).unwrap().durations(),
        [Duration::ZERO]
    );
}

workflow! {
    workflow Limited(takes: u64, limit: Duration) -> u64 {
        #[timeout(*limit)]
        tool fn call(takes, limit) -> u64 {
            let _ = limit;
            if *takes > 0 { pass(*takes).await; }
            *takes
        }
        call
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_may_be_an_expression() {
    let o = Orchestrator::new();
    let run = |takes, limit| Limited { takes, limit }.run(&o);
    assert_eq!(run(10, ms(10)).await.unwrap(), 10);
    assert_eq!(run(1_000, Duration::MAX).await.unwrap(), 1_000);
    for limit in [ms(9), Duration::ZERO] {
        let failure = run(10, limit).await.unwrap_err();
        assert!(matches!(failure.reason(), Reason::TimedOut(given) if *given == limit));
    }
    // Who does not wait does not take too long.
    assert_eq!(run(0, Duration::ZERO).await.unwrap(), 0);
}

workflow! {
    workflow Yields(turns: usize) -> usize {
        #[timeout(1s)]
        tool fn call(turns) -> usize {
            for _ in 0..*turns {
                let mut waited = false;
                std::future::poll_fn(|cx| {
                    if std::mem::replace(&mut waited, true) {
                        return std::task::Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    std::task::Poll::Pending
                }).await;
            }
            *turns
        }
        call
    }
}

#[test]
fn only_who_waits_needs_a_timer() {
    let run = |turns| futures::executor::block_on(Yields { turns }.run(&Orchestrator::new()));
    assert_eq!(run(0).unwrap(), 0);
    let failure = run(1).unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Refused(Refusal::NoTimer)
    ));
}

workflow! {
    workflow Queue(log: &Log) -> u64 {
        #[timeout(50ms)]
        tool fn one(log) -> u64 { pass(40).await; log.say("one"); 1 }
        #[timeout(50ms)]
        tool fn other(log) -> u64 { pass(40).await; log.say("other"); 2 }
        one + other
    }

    workflow Again(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 70ms, max_backoff = 70ms)]
        #[timeout(50ms)]
        tool fn call(log) -> Result<u32, Fault> {
            match log.say("call") {
                1 => { pass(60).await; Ok(1) }
                2 => { pass(40).await; Err(Fault::Busy) }
                _ => { pass(45).await; Ok(3) }
            }
        }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_counts_for_no_timeout() {
    let log = Log::new();
    let o = Orchestrator::new().max_concurrency(1);
    assert_eq!(Queue { log: &log }.run(&o).await.unwrap(), 3);
    assert_eq!((log.times("one"), log.times("other")), (vec![40], vec![80]));
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_the_whole_of_it() {
    let log = Log::new();
    let ended = Again { log: &log }.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), 3);
    assert_eq!(log.times("call"), [0, 120, 230]);
    assert_eq!(log.now(), 275);
}

workflow! {
    workflow Made(log: &Log, hangs: usize) -> u32 {
        #[rollback({ pass(10).await; log.say(format!("undo first {first}")); })]
        tool fn first(log) -> u32 { log.say("first"); 1 }
        #[rollback({ pass(10).await; log.say("undo second"); })]
        tool fn second(log, first) -> u32 { log.say("second"); first + 1 }
        tool fn last(log, hangs, second) -> u32 {
            if log.say("last") <= *hangs { pass(1_000).await; }
            *second
        }
        last
    }

    workflow CutOff(log: &Log, hangs: usize) -> u32 {
        #[timeout(50ms)]
        flow made = Made { log, hangs };
        made
    }

    workflow Between(log: &Log, hangs: usize) -> u32 {
        #[rollback({ log.say("undo outer"); })]
        tool fn outer(log) -> u32 { log.say("outer"); 1 }
        flow inner = Made { log, hangs };
        outer + inner
    }

    workflow CutOffDeep(log: &Log, hangs: usize) -> u32 {
        #[timeout(50ms)]
        flow made = Between { log, hangs };
        made
    }

    workflow CutOffAgain(log: &Log, hangs: usize) -> u32 {
        #[idempotent]
        #[retry(attempts = 2, backoff = 5ms)]
        #[timeout(50ms)]
        flow made = Made { log, hangs };
        made
    }

    workflow CutOffHarmless(log: &Log, hangs: usize) -> u32 {
        #[timeout(50ms)]
        #[default(9)]
        flow made = Made { log, hangs };
        made
    }

    /// What is being done when the time is over is done to its end, and then undone.
    workflow Half(log: &Log) -> u32 {
        #[rollback({ log.say("undo half"); })]
        tool fn half(log) -> u32 { log.say("half"); pass(80).await; log.say("whole"); 1 }
        tool fn never(log, half) -> u32 { log.say("never"); *half }
        never
    }

    workflow CutOffHalf(log: &Log) -> u32 {
        #[timeout(50ms)]
        flow made = Half { log };
        made
    }
}

const DONE: [&str; 3] = ["first", "second", "last"];
const UNDONE: [&str; 2] = ["undo second", "undo first 1"];

fn undone<E>(failure: &orchestrated::Failure<E>) -> Vec<(&str, &str)> {
    let rollbacks = failure.rollbacks().iter();
    rollbacks
        .map(|rollback| {
            assert!(rollback.outcome.is_undone());
            (&*rollback.workflow, &*rollback.step)
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_flow_undoes_what_it_has_done_before_it_ends() {
    let o = Orchestrator::new();
    let log = Log::new();
    let failure = CutOff {
        log: &log,
        hangs: 1,
    };
    let failure = failure.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(limit) if *limit == ms(50)));
    assert_eq!(failure.step(), Some("made"));
    assert_eq!(undone(&failure), [("Made", "second"), ("Made", "first")]);
    assert_eq!(log.words(), [&DONE[..], &UNDONE].concat());
    assert_eq!(log.now(), 70);

    // Inside out.
    let log = Log::new();
    let failure = CutOffDeep {
        log: &log,
        hangs: 1,
    };
    let failure = failure.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    let steps = [("Made", "second"), ("Made", "first"), ("Between", "outer")];
    assert_eq!(undone(&failure), steps);
    let words = [&["outer"], &DONE[..], &UNDONE, &["undo outer"]].concat();
    assert_eq!(log.words(), words);

    let log = Log::new();
    let failure = CutOffHalf { log: &log }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(log.words(), ["half", "whole", "undo half"]);
    assert_eq!(undone(&failure), [("Half", "half")]);
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_undone_between_its_attempts() {
    let o = Orchestrator::new();
    let log = Log::new();
    let ended = CutOffAgain {
        log: &log,
        hangs: 1,
    };
    assert_eq!(ended.run(&o).await.unwrap(), 2);
    assert_eq!(log.words(), [&DONE[..], &UNDONE, &DONE].concat());
    assert_eq!(log.times("first"), [0, 75]);

    let log = Log::new();
    let failure = CutOffAgain {
        log: &log,
        hangs: 2,
    };
    let failure = failure.run(&o).await.unwrap_err();
    assert_eq!(failure.attempts(), 2);
    assert_eq!(log.words(), [&DONE[..], &UNDONE, &DONE, &UNDONE].concat());
    // Of each attempt.
    let steps = [("Made", "second"), ("Made", "first")];
    assert_eq!(undone(&failure), [steps, steps].concat());

    let log = Log::new();
    let ended = CutOffHarmless {
        log: &log,
        hangs: 1,
    };
    assert_eq!(ended.run(&o).await.unwrap(), 9);
    assert_eq!(log.words(), [&DONE[..], &UNDONE].concat());
}
