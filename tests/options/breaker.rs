//! `breaker`: closed, open, half-open, and whose it is.

use std::time::Duration;

use futures::FutureExt as _;
use orchestrated::{CancelToken, Failure, Orchestrator, Reason, workflow};

use crate::log::{Fault, Log, ms, pass};

/// How a call ends, and how long it takes.
#[derive(Clone, Copy, Debug)]
struct Call {
    fails: bool,
    millis: u64,
}

const GOOD: Call = Call {
    fails: false,
    millis: 0,
};
const BAD: Call = Call {
    fails: true,
    millis: 0,
};

async fn call(log: &Log, who: &str, call: &Call) -> Result<u32, Fault> {
    log.say(who);
    if call.millis > 0 {
        pass(call.millis).await;
    }
    if call.fails { Err(Fault::Busy) } else { Ok(1) }
}

workflow! {
    workflow One(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(failures = 3, cooldown = 10s)]
        mcp fn files(log, how) -> Result<u32, Fault> { call(log, "one", how).await }
        Ok(files)
    }

    /// A step of the same name.
    workflow Other(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(failures = 3, cooldown = 10s)]
        mcp fn files(log, how) -> Result<u32, Fault> { call(log, "other", how).await }
        #[breaker(failures = 3, cooldown = 10s)]
        #[after(files)]
        mcp fn more(log) -> Result<u32, Fault> { call(log, "more", &GOOD).await }
        Ok(files + more)
    }

    workflow Read(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(name = "serena", failures = 2, cooldown = 5s)]
        mcp fn read(log, how) -> Result<u32, Fault> { call(log, "read", how).await }
        Ok(read)
    }

    workflow Write(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(name = "serena", failures = 2, cooldown = 5s)]
        mcp fn write(log, how) -> Result<u32, Fault> { call(log, "write", how).await }
        #[breaker(name = "other", failures = 2, cooldown = 5s)]
        mcp fn elsewhere(log) -> Result<u32, Fault> { call(log, "elsewhere", &GOOD).await }
        Ok(write + elsewhere)
    }

    workflow Both(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(name = "serena", failures = 2, cooldown = 5s)]
        mcp fn first(log, how) -> Result<u32, Fault> { call(log, "first", how).await }
        #[breaker(name = "serena", failures = 2, cooldown = 5s)]
        #[after(first)]
        mcp fn second(log, how) -> Result<u32, Fault> { call(log, "second", how).await }
        Ok(first + second)
    }

    workflow Plainest(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker]
        mcp fn files(log, how) -> Result<u32, Fault> { call(log, "plainest", how).await }
        Ok(files)
    }

    workflow Expressions(log: &Log, how: Call, failures: u32, cooldown: Duration) -> Result<u32, Fault> {
        #[breaker(failures = *failures + 1, cooldown = *cooldown * 2)]
        mcp fn files(log, how, failures, cooldown) -> Result<u32, Fault> { call(log, "files", how).await }
        Ok(files)
    }
}

/// How a run ended: well, with its own error, or spared for so many milliseconds.
#[derive(Debug, PartialEq)]
enum Ended {
    Well,
    Failed,
    Spared(u64),
}

fn ended<T>(run: Result<T, Failure<Fault>>) -> Ended {
    match run.map_err(Failure::into_reason) {
        Ok(_) => Ended::Well,
        Err(Reason::Error(Fault::Busy)) => Ended::Failed,
        Err(Reason::BreakerOpen(rest)) => Ended::Spared(u64::try_from(rest.as_millis()).unwrap()),
        Err(reason) => panic!("{reason:?}"),
    }
}

macro_rules! runs {
    ($($run:ident $workflow:ident)*) => {
        $(async fn $run(o: &Orchestrator, log: &Log, how: Call) -> Ended {
            ended($workflow { log, how }.run(o).await)
        })*
    };
}

runs! { one One other Other read Read write Write both Both }

#[tokio::test(start_paused = true)]
async fn it_opens_after_failures_in_a_row() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |how| ended(One { log: &log, how }.run(&o).await);
    for how in [BAD, BAD, GOOD, BAD, BAD] {
        assert_ne!(run(how).await, Ended::Spared(0));
    }
    assert_eq!(run(GOOD).await, Ended::Well, "two in a row are not enough");
    for _ in 0..3 {
        assert_eq!(run(BAD).await, Ended::Failed);
    }
    assert_eq!(log.count("one"), 9);
    assert_eq!(run(GOOD).await, Ended::Spared(10_000));
    pass(4_000).await;
    assert_eq!(run(GOOD).await, Ended::Spared(6_000));
    assert_eq!(log.count("one"), 9);

    // Who is spared is told of it.
    let failure = One {
        log: &log,
        how: BAD,
    }
    .run(&o)
    .await
    .unwrap_err();
    assert_eq!((failure.step(), failure.attempts()), (Some("files"), 0));
    let text = failure.to_string();
    assert!(
        text.ends_with("step `files` was not tried: its breaker is open for another 6s"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_probe_closes_it_or_opens_it_again() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |how| ended(One { log: &log, how }.run(&o).await);
    for _ in 0..3 {
        run(BAD).await;
    }
    pass(9_999).await;
    assert_eq!(run(GOOD).await, Ended::Spared(1));
    pass(1).await;
    // One failure is enough now.
    assert_eq!(run(BAD).await, Ended::Failed);
    assert_eq!(run(GOOD).await, Ended::Spared(10_000));
    pass(10_000).await;
    assert_eq!(run(GOOD).await, Ended::Well);
    // It is as closed as ever.
    assert_eq!(
        [run(BAD).await, run(BAD).await],
        [Ended::Failed, Ended::Failed]
    );
    assert_eq!(run(GOOD).await, Ended::Well);
}

#[tokio::test(start_paused = true)]
async fn there_is_one_probe_among_many_runs() {
    for (fails, after) in [(false, Ended::Well), (true, Ended::Spared(10_000))] {
        let (o, log) = (Orchestrator::new(), Log::new());
        for _ in 0..3 {
            let _ = One {
                log: &log,
                how: BAD,
            }
            .run(&o)
            .await;
        }
        pass(10_000).await;
        let how = Call { fails, millis: 50 };
        let runs = (0..5).map(|_| One { log: &log, how }.run(&o));
        let ends: Vec<_> = futures::future::join_all(runs).await;
        let ends: Vec<_> = ends.into_iter().map(ended).collect();
        let first = if fails { Ended::Failed } else { Ended::Well };
        assert_eq!(ends[0], first);
        assert!(
            ends[1..].iter().all(|end| *end == Ended::Spared(0)),
            "{ends:?}"
        );
        assert_eq!(log.count("one"), 4);
        assert_eq!(one(&o, &log, GOOD).await, after);
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_cancelled_says_nothing() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let slow = Call {
        fails: false,
        millis: 1_000,
    };
    for _ in 0..3 {
        let _ = One {
            log: &log,
            how: BAD,
        }
        .run(&o)
        .await;
    }
    pass(10_000).await;
    // Dropped from outside.
    let mut probe = Box::pin(
        One {
            log: &log,
            how: slow,
        }
        .run(&o),
    );
    assert!(probe.as_mut().now_or_never().is_none());
    assert_eq!(one(&o, &log, GOOD).await, Ended::Spared(0));
    drop(probe);
    // Cancelled by a token.
    let token = CancelToken::new();
    let this_one = o.clone().cancel_on(&token);
    let cancels = async {
        pass(10).await;
        token.cancel();
    };
    let (cancelled, ()) = futures::join!(
        One {
            log: &log,
            how: slow
        }
        .run(&this_one),
        cancels
    );
    assert!(matches!(cancelled.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(log.count("one"), 5);
    // So the next one is the probe.
    assert_eq!(one(&o, &log, GOOD).await, Ended::Well);
    assert_eq!(one(&o, &log, BAD).await, Ended::Failed);
    assert_eq!(one(&o, &log, GOOD).await, Ended::Well);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_is_no_failure() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let slow = Call {
        fails: true,
        millis: 1_000,
    };
    for _ in 0..5 {
        let token = CancelToken::new();
        let this_one = o.clone().cancel_on(&token);
        let run = One {
            log: &log,
            how: slow,
        }
        .run(&this_one);
        let cancels = async {
            pass(10).await;
            token.cancel();
        };
        assert!(futures::join!(run, cancels).0.is_err());
    }
    assert_eq!(one(&o, &log, GOOD).await, Ended::Well);
}

workflow! {
    workflow Part(log: &Log) -> u32 {
        #[rollback({ log.say("undone"); })]
        tool fn made(log) -> u32 { log.say("made"); 1 }
        tool fn waits(made) -> u32 { pass(50).await; *made }
        waits
    }

    workflow Beside(log: &Log, how: Call) -> Result<u32, Fault> {
        #[breaker(failures = 1, cooldown = 60s)]
        flow part = Part { log };
        tool fn breaks(log, how) -> Result<u32, Fault> { pass(10).await; call(log, "breaks", how).await }
        Ok(part + breaks)
    }
}

/// It ends because the run does, and so says nothing of the server that it calls.
#[tokio::test(start_paused = true)]
async fn a_flow_that_ends_with_its_run_is_no_failure() {
    let (o, log) = (Orchestrator::new(), Log::new());
    for _ in 0..2 {
        let how = BAD;
        assert_eq!(
            ended(Beside { log: &log, how }.run(&o).await),
            Ended::Failed
        );
    }
    assert_eq!((log.count("made"), log.count("undone")), (2, 2));
    let how = GOOD;
    assert_eq!(ended(Beside { log: &log, how }.run(&o).await), Ended::Well);
}

#[tokio::test(start_paused = true)]
async fn a_step_has_its_own_in_each_orchestrator() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let clone = o.clone();
    for o in [&o, &clone, &o] {
        assert_eq!(one(o, &log, BAD).await, Ended::Failed);
    }
    assert_eq!(one(&clone, &log, GOOD).await, Ended::Spared(10_000));
    assert_eq!(other(&o, &log, GOOD).await, Ended::Well);
    let another = Orchestrator::new();
    assert_eq!(one(&another, &log, GOOD).await, Ended::Well);
    // The steps of one workflow each have theirs.
    for _ in 0..3 {
        assert_eq!(other(&o, &log, BAD).await, Ended::Failed);
    }
    let failure = Other {
        log: &log,
        how: GOOD,
    }
    .run(&o)
    .await
    .unwrap_err();
    assert_eq!(failure.step(), Some("files"));
}

#[tokio::test(start_paused = true)]
async fn a_named_one_is_shared_by_steps_and_workflows() {
    let (o, log) = (Orchestrator::new(), Log::new());
    assert_eq!(read(&o, &log, BAD).await, Ended::Failed);
    assert_eq!(write(&o, &log, BAD).await, Ended::Failed);
    for _ in 0..2 {
        assert_eq!(read(&o, &log, GOOD).await, Ended::Spared(5_000));
        let failure = Write {
            log: &log,
            how: GOOD,
        }
        .run(&o)
        .await
        .unwrap_err();
        assert_eq!(failure.step(), Some("write"));
        assert_eq!(ended::<()>(Err(failure)), Ended::Spared(5_000));
    }
    pass(5_000).await;
    assert_eq!(both(&o, &log, GOOD).await, Ended::Well);
    assert_eq!(read(&o, &log, BAD).await, Ended::Failed);
    // Within one workflow.
    assert_eq!(both(&o, &log, BAD).await, Ended::Failed);
    let calls = log.words().len();
    assert_eq!(both(&o, &log, GOOD).await, Ended::Spared(5_000));
    assert_eq!(log.words().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn it_has_settings_where_nothing_is_said() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |how| ended(Plainest { log: &log, how }.run(&o).await);
    for _ in 0..4 {
        assert_eq!(run(BAD).await, Ended::Failed);
    }
    assert_eq!(run(GOOD).await, Ended::Well);
    for _ in 0..5 {
        assert_eq!(run(BAD).await, Ended::Failed);
    }
    assert_eq!(run(GOOD).await, Ended::Spared(60_000));
}

#[tokio::test(start_paused = true)]
async fn its_settings_may_be_expressions() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |how, failures| {
        let cooldown = ms(500);
        let run = Expressions {
            log: &log,
            how,
            failures,
            cooldown,
        };
        ended(run.run(&o).await)
    };
    assert_eq!(run(BAD, 1).await, Ended::Failed);
    assert_eq!(run(BAD, 1).await, Ended::Failed);
    assert_eq!(run(GOOD, 1).await, Ended::Spared(1_000));
}
