//! `retry`: how often a step is tried, how long it waits in between, and what is worth another attempt.

use std::time::Duration;

use futures::FutureExt as _;
use orchestrated::{CancelToken, Orchestrator, Reason, Refusal, workflow};

use crate::log::{Fault, Log, ms, pass};

workflow! {
    workflow Tried(log: &Log, failures: usize) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(4)]
        tool fn call(log, failures, cx) -> Result<u32, Fault> {
            if log.say("call") <= *failures {
                return Err(Fault::Busy);
            }
            Ok(cx.attempt())
        }
        Ok(call)
    }

    workflow Capped(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 7, backoff = 10ms, max_backoff = 50ms)]
        agent fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        Ok(call)
    }

    workflow LongWaits(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 5, backoff = 10s)]
        mcp fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        Ok(call)
    }

    workflow Spread(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 4, backoff = 100ms, max_backoff = 300ms, jitter)]
        tool fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_is_tried_until_it_succeeds() {
    let waits = [0, 100, 300, 700];
    for failures in 0..4 {
        let log = Log::new();
        let run = Tried {
            log: &log,
            failures,
        };
        let attempt = run.run(&Orchestrator::new()).await.unwrap();
        assert_eq!(attempt as usize, failures + 1);
        // Doubled from 100 ms on, which is what nobody has said otherwise.
        assert_eq!(log.times("call"), waits[..=failures]);
    }
}

#[tokio::test(start_paused = true)]
async fn when_all_attempts_fail_the_last_one_is_told() {
    let log = Log::new();
    let run = Tried {
        log: &log,
        failures: 9,
    };
    let failure = run.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(failure.attempts(), 4);
    assert_eq!(failure.error(), Some(&Fault::Busy));
    assert_eq!(log.count("call"), 4);
    assert_eq!(log.now(), 700, "nobody waits after the last one");
    let shown = format!("{failure:#}");
    assert!(shown.contains("attempt 4"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn waits_double_up_to_the_longest() {
    let log = Log::new();
    let failure = Capped { log: &log }.run(&Orchestrator::new()).await;
    assert_eq!(failure.unwrap_err().attempts(), 7);
    assert_eq!(log.times("call"), [0, 10, 30, 70, 120, 170, 220]);

    // 30 s where nothing is said.
    let log = Log::new();
    let failure = LongWaits { log: &log }.run(&Orchestrator::new()).await;
    assert_eq!(failure.unwrap_err().attempts(), 5);
    assert_eq!(log.times("call"), [0, 10_000, 30_000, 60_000, 90_000]);
}

#[tokio::test(start_paused = true)]
async fn jitter_spreads_each_wait_over_all_of_it() {
    let mut waits: [Vec<u64>; 3] = Default::default();
    for _ in 0..60 {
        let log = Log::new();
        assert!(
            Spread { log: &log }
                .run(&Orchestrator::new())
                .await
                .is_err()
        );
        let times = log.times("call");
        for (waits, pair) in waits.iter_mut().zip(times.windows(2)) {
            waits.push(pair[1] - pair[0]);
        }
    }
    for (waits, longest) in waits.iter().zip([100, 200, 300]) {
        assert_eq!(waits.len(), 60);
        assert!(waits.iter().all(|&wait| wait <= longest), "{waits:?}");
        // Once in 10^18 none of 60 lies in one of the halves.
        assert!(waits.iter().any(|&wait| wait < longest / 2), "{waits:?}");
        assert!(waits.iter().any(|&wait| wait > longest / 2), "{waits:?}");
    }
}

/// Neither an `Error` nor `Debug`: it is shown to `when` as it is.
struct Own {
    code: u32,
}

workflow! {
    workflow Chosen(log: &Log, codes: Vec<u32>, patient: bool) -> Result<u32, Own> {
        #[idempotent]
        #[retry(attempts = 5, backoff = 1ms, when = { let Own { code } = error; *patient && *code >= 500 })]
        tool fn call(log, codes, patient) -> Result<u32, Own> {
            let _ = patient;
            match codes[log.say("call") - 1] {
                200 => Ok(200),
                code => Err(Own { code }),
            }
        }
        Ok(call)
    }

    workflow Method(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 5, backoff = 1ms, when = error.is_busy())]
        tool fn call(log) -> Result<u32, Fault> {
            Err(if log.say("call") < 3 { Fault::Busy } else { Fault::Broken(1) })
        }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn when_sees_the_error_itself_and_the_inputs() {
    let o = Orchestrator::new();
    let cases: [(&[u32], bool, _); 5] = [
        (&[200], false, Ok(200)),
        (&[500, 503, 200], true, Ok(200)),
        (&[500, 404, 200], true, Err((404, 2))),
        (&[404, 200], true, Err((404, 1))),
        (&[500, 200], false, Err((500, 1))),
    ];
    for (codes, patient, expected) in cases {
        let log = Log::new();
        let run = Chosen {
            log: &log,
            codes: codes.to_vec(),
            patient,
        };
        let ended = run.run(&o).await.map_err(|failure| {
            let attempts = failure.attempts();
            (failure.error().map_or(0, |error| error.code), attempts)
        });
        assert_eq!(ended, expected, "{codes:?}");
    }

    let log = Log::new();
    let failure = Method { log: &log }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Broken(1)));
    assert_eq!((failure.attempts(), log.count("call")), (3, 3));
}

workflow! {
    workflow Panics(log: &Log, at: usize) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 5, backoff = 1ms)]
        tool fn call(log, at) -> Result<u32, Fault> {
            assert!(log.say("call") != *at, "not again");
            Err(Fault::Busy)
        }
        Ok(call)
    }

    workflow PanicsWhen(log: &Log, at: usize) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 5, backoff = 1ms, when = { let _ = error; true })]
        fn call(log, at) -> Result<u32, Fault> {
            assert!(log.say("call") != *at, "not again");
            Err(Fault::Busy)
        }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_never_tried_again() {
    let o = Orchestrator::new();
    for at in 1..=3 {
        let logs = [Log::new(), Log::new()];
        let failures = [
            Panics { log: &logs[0], at }.run(&o).await.unwrap_err(),
            PanicsWhen { log: &logs[1], at }.run(&o).await.unwrap_err(),
        ];
        for (failure, log) in failures.iter().zip(&logs) {
            assert!(
                matches!(failure.reason(), Reason::Panicked(panic) if panic.message() == Some("not again"))
            );
            assert_eq!(failure.attempts() as usize, at);
            assert_eq!(log.count("call"), at);
        }
    }
}

workflow! {
    workflow Slow(log: &Log, slow: usize) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 100ms, when = error.is_busy())]
        #[timeout(50ms)]
        tool fn call(log, slow, cx) -> Result<u32, Fault> {
            if log.say("call") <= *slow { pass(1_000).await; }
            Ok(cx.attempt())
        }
        Ok(call)
    }

    /// What cannot fail can take too long.
    workflow SlowInfallible(log: &Log, slow: usize) -> u32 {
        #[idempotent]
        #[retry(attempts = 3, backoff = 100ms)]
        #[timeout(50ms)]
        tool fn call(log, slow) -> u32 {
            if log.say("call") <= *slow { pass(1_000).await; }
            7
        }
        call
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_is_tried_again() {
    let o = Orchestrator::new();
    // Whatever `when` says: it is asked about the errors of the body.
    let log = Log::new();
    assert_eq!(Slow { log: &log, slow: 2 }.run(&o).await.unwrap(), 3);
    assert_eq!(log.times("call"), [0, 150, 400]);
    let log = Log::new();
    let failure = Slow { log: &log, slow: 9 }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(limit) if *limit == ms(50)));
    assert_eq!((failure.attempts(), log.now()), (3, 450));

    let log = Log::new();
    assert_eq!(
        SlowInfallible { log: &log, slow: 1 }.run(&o).await.unwrap(),
        7
    );
    let failure = SlowInfallible { log: &log, slow: 9 }.run(&o).await;
    let failure = failure.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(failure.attempts(), 3);
}

struct Settings {
    attempts: u32,
    backoff: Duration,
}

impl Settings {
    fn longest(&self, factor: u32) -> Duration {
        self.backoff * factor
    }
}

workflow! {
    workflow Expressions(log: &Log, settings: &Settings, factor: u32) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = settings.attempts, backoff = settings.backoff, max_backoff = settings.longest(*factor))]
        tool fn call(log, settings, factor) -> Result<u32, Fault> {
            let _ = (settings, factor);
            log.say("call");
            Err(Fault::Busy)
        }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn settings_may_be_expressions() {
    let o = Orchestrator::new();
    let settings = Settings {
        attempts: 5,
        backoff: ms(20),
    };
    let log = Log::new();
    let run = Expressions {
        log: &log,
        settings: &settings,
        factor: 3,
    };
    assert_eq!(run.run(&o).await.unwrap_err().attempts(), 5);
    assert_eq!(log.times("call"), [0, 20, 60, 120, 180]);

    // No attempts at all are one.
    let settings = Settings {
        attempts: 0,
        ..settings
    };
    let log = Log::new();
    let run = Expressions {
        log: &log,
        settings: &settings,
        factor: 3,
    };
    assert_eq!(run.run(&o).await.unwrap_err().attempts(), 1);
    assert_eq!(log.count("call"), 1);
}

#[test]
fn only_a_wait_needs_a_timer() {
    let run = |backoff| {
        let log = Log::new();
        let settings = Settings {
            attempts: 3,
            backoff,
        };
        let run = Expressions {
            log: &log,
            settings: &settings,
            factor: 1,
        };
        let failure = futures::executor::block_on(run.run(&Orchestrator::new())).unwrap_err();
        let refused = matches!(failure.reason(), Reason::Refused(Refusal::NoTimer));
        (refused, log.count("call"))
    };
    assert_eq!(run(Duration::ZERO), (false, 3));
    assert_eq!(run(ms(1)), (true, 1));
}

workflow! {
    workflow Inner(log: &Log, failures: usize) -> Result<u32, Fault> {
        tool fn before(log) -> u32 { log.say("before"); 1 }
        tool fn call(log, failures, before) -> Result<u32, Fault> {
            if log.say("call") <= *failures { Err(Fault::Busy) } else { Ok(*before) }
        }
        Ok(call)
    }

    workflow OfAFlow(log: &Log, failures: usize) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 10ms, when = error.is_busy())]
        flow inner = Inner { log, failures };
        Ok(inner)
    }

    workflow OfItems(log: &Log, items: Vec<usize>) -> Result<Vec<usize>, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 10ms)]
        #[each(failures in items)]
        tool fn call(log, items, cx) -> Result<usize, Fault> {
            let _ = items;
            if log.say(format!("item {failures}")) <= *failures {
                return Err(Fault::Broken(u32::try_from(*failures).unwrap()));
            }
            Ok(failures * 10 + cx.attempt() as usize)
        }
        Ok(call)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_tried_again_as_a_whole() {
    let o = Orchestrator::new();
    let log = Log::new();
    let run = OfAFlow {
        log: &log,
        failures: 2,
    };
    assert_eq!(run.run(&o).await.unwrap(), 1);
    assert_eq!(
        log.words(),
        ["before", "call", "before", "call", "before", "call"]
    );
    assert_eq!(log.times("call"), [0, 10, 30]);

    let log = Log::new();
    let run = OfAFlow {
        log: &log,
        failures: 9,
    };
    let failure = run.run(&o).await.unwrap_err();
    assert_eq!((failure.attempts(), log.count("call")), (3, 3));
    let steps: Vec<_> = failure
        .frames()
        .iter()
        .map(|frame| {
            (
                &*frame.workflow,
                frame.step.as_ref().map(|step| &*step.name),
            )
        })
        .collect();
    assert_eq!(steps, [("OfAFlow", Some("inner")), ("Inner", Some("call"))]);
}

#[tokio::test(start_paused = true)]
async fn each_item_has_its_own_attempts() {
    let o = Orchestrator::new();
    let log = Log::new();
    let run = OfItems {
        log: &log,
        items: vec![0, 2, 1],
    };
    assert_eq!(run.run(&o).await.unwrap(), [1, 23, 12]);
    assert_eq!(log.now(), 30, "they wait side by side");

    let log = Log::new();
    let run = OfItems {
        log: &log,
        items: vec![1, 7],
    };
    let failure = run.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Broken(7)));
    assert_eq!(failure.attempts(), 3);
}

workflow! {
    workflow Beside(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 9, backoff = 100ms, max_backoff = 100ms)]
        tool fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        tool fn breaks(log) -> Result<u32, Fault> { pass(150).await; log.say("breaks"); Err(Fault::Broken(0)) }
        Ok(call + breaks)
    }

    #[deadline(250ms)]
    workflow Late(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 9, backoff = one_hundred(), max_backoff = one_hundred())]
        tool fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        Ok(call)
    }
}

const fn one_hundred() -> Duration {
    ms(100)
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_is_waited_for_by_no_attempt() {
    let o = Orchestrator::new();
    let log = Log::new();
    let failure = Beside { log: &log }.run(&o).await.unwrap_err();
    assert_eq!(failure.step(), Some("breaks"));
    assert_eq!((log.times("call"), log.now()), (vec![0, 100], 150));

    let log = Log::new();
    let failure = Late { log: &log }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(limit) if *limit == ms(250)));
    assert_eq!(failure.step(), None);
    assert_eq!((log.times("call"), log.now()), (vec![0, 100, 200], 250));

    let log = Log::new();
    let token = CancelToken::new();
    let this_one = o.clone().cancel_on(&token);
    let cancels = async {
        pass(120).await;
        token.cancel();
    };
    let run = Capped { log: &log }.run(&this_one);
    let (ended, ()) = futures::join!(run, cancels);
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(
        (log.times("call"), log.now()),
        (vec![0, 10, 30, 70, 120], 120)
    );
}

#[test]
fn who_succeeds_at_once_needs_nothing() {
    let log = futures::executor::block_on(async {
        // No tokio: neither a timer is made nor anything waited for.
        let log = Log::new();
        let run = Tried {
            log: &log,
            failures: 0,
        };
        assert_eq!(
            run.run(&Orchestrator::new())
                .now_or_never()
                .unwrap()
                .unwrap(),
            1
        );
        log
    });
    assert_eq!(log.count("call"), 1);
}
