//! The order in which options wrap a step, neighbour by neighbour: from the outside in `when`, `each`, `default` or
//! `optional`, `cache`, `breaker`, `fallback`, `repeat`, `retry`, the wait for a turn, `timeout`, the body.

use orchestrated::{Orchestrator, Reason, workflow};

use crate::log::{Fault, Log, ms, pass};

workflow! {
    workflow WhenOverBreaker(log: &Log, wanted: bool) -> u32 {
        #[when(*wanted)]
        #[default(9)]
        #[breaker(failures = 1, cooldown = 60s)]
        tool fn value(log, wanted) -> Result<u32, Fault> { let _ = wanted; log.say("body"); Err(Fault::Busy) }
        value.unwrap_or(0)
    }

    workflow EachOverDefault(items: Vec<u32>) -> Vec<u32> {
        #[each(item in items)]
        #[default(item * 10)]
        tool fn value(items) -> Result<u32, Fault> { let _ = items; if *item == 2 { Err(Fault::Busy) } else { Ok(*item) } }
        value
    }

    workflow EachOverOptional(items: Vec<u32>) -> Vec<Option<u32>> {
        #[each(item in items)]
        #[optional]
        #[breaker(failures = 1, cooldown = 60s)]
        #[retry(attempts = 2, backoff = 1ms)]
        fn value(items) -> Result<u32, Fault> { let _ = items; if *item == 2 { Err(Fault::Busy) } else { Ok(*item) } }
        value.into_iter().map(Result::ok).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn when_stands_outside_of_all() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |wanted| WhenOverBreaker { log: &log, wanted }.run(&o).await.unwrap();
    // What is not wanted is neither defaulted nor does it count for the breaker.
    assert_eq!([run(false).await, run(true).await], [0, 9]);
    assert_eq!([run(false).await, run(true).await], [0, 9]);
    assert_eq!(log.words(), ["body"]);
}

#[tokio::test(start_paused = true)]
async fn each_stands_outside_of_default_and_optional() {
    let o = Orchestrator::new();
    let items = vec![1, 2, 3];
    assert_eq!(EachOverDefault { items }.run(&o).await.unwrap(), [1, 20, 3]);
    let items = vec![1, 2, 1];
    let values = EachOverOptional { items }.run(&o).await.unwrap();
    assert_eq!(values, [Some(1), None, Some(1)]);
    // The failure of one item is for all of them that come later.
    let items = vec![1, 3];
    let values = EachOverOptional { items }.run(&o).await.unwrap();
    assert_eq!(values, [None, None]);
}

workflow! {
    workflow DefaultOverCache(log: &Log, fails: bool) -> u32 {
        #[idempotent]
        #[default(9)]
        #[cache(key = ())]
        tool fn value(log, fails) -> Result<u32, Fault> { log.say("body"); if *fails { Err(Fault::Busy) } else { Ok(1) } }
        value
    }

    workflow OptionalOverCache(log: &Log, fails: bool) -> Option<u32> {
        #[idempotent]
        #[optional]
        #[cache(key = ())]
        tool fn value(log, fails) -> Result<u32, Fault> { log.say("body"); if *fails { Err(Fault::Busy) } else { Ok(1) } }
        value.ok()
    }

    workflow CacheOverBreaker(log: &Log, n: u32, fails: bool) -> Result<u32, Fault> {
        #[idempotent]
        #[cache(key = *n)]
        #[breaker(failures = 1, cooldown = 60s)]
        tool fn value(log, n, fails) -> Result<u32, Fault> { log.say("body"); if *fails { Err(Fault::Busy) } else { Ok(*n) } }
        Ok(value)
    }

    workflow CacheOverFallback(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[cache(key = ())]
        #[fallback({ log.say("fallback"); Ok(5) })]
        tool fn value(log) -> Result<u32, Fault> { log.say("body"); Err(Fault::Busy) }
        Ok(value)
    }
}

#[tokio::test(start_paused = true)]
async fn default_and_optional_stand_outside_of_cache() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |fails| DefaultOverCache { log: &log, fails }.run(&o).await.unwrap();
    // A default is not kept; what is kept needs none.
    assert_eq!(
        [run(true).await, run(false).await, run(true).await],
        [9, 1, 1]
    );
    assert_eq!(log.count("body"), 2);
    let log = Log::new();
    let run = async |fails| {
        OptionalOverCache { log: &log, fails }
            .run(&o)
            .await
            .unwrap()
    };
    assert_eq!(
        [run(true).await, run(false).await, run(true).await],
        [None, Some(1), Some(1)]
    );
    assert_eq!(log.count("body"), 2);
}

#[tokio::test(start_paused = true)]
async fn cache_stands_outside_of_breaker() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |n, fails| {
        CacheOverBreaker {
            log: &log,
            n,
            fails,
        }
        .run(&o)
        .await
    };
    assert_eq!(run(1, false).await.unwrap(), 1);
    assert!(run(2, true).await.is_err());
    let failure = run(2, false).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::BreakerOpen(_)));
    // What is kept is given though the breaker is open, and does not close it.
    assert_eq!(run(1, false).await.unwrap(), 1);
    assert!(run(2, false).await.is_err());
    assert_eq!(log.count("body"), 2);
}

#[tokio::test(start_paused = true)]
async fn cache_stands_outside_of_fallback() {
    let (o, log) = (Orchestrator::new(), Log::new());
    for _ in 0..3 {
        assert_eq!(CacheOverFallback { log: &log }.run(&o).await.unwrap(), 5);
    }
    assert_eq!(log.words(), ["body", "fallback"]);
}

workflow! {
    workflow BreakerOverFallback(log: &Log, both: bool) -> Result<u32, Fault> {
        #[breaker(failures = 2, cooldown = 60s)]
        #[fallback({ log.say("fallback"); if *both { Err(Fault::Broken(1)) } else { Ok(5) } })]
        tool fn value(log, both) -> Result<u32, Fault> { let _ = both; log.say("body"); Err(Fault::Busy) }
        Ok(value)
    }

    workflow BreakerUnderDefault(log: &Log) -> u32 {
        #[default({ log.say(error.to_string()); 9 })]
        #[breaker(failures = 1, cooldown = 60s)]
        #[fallback({ log.say("fallback"); Err(Fault::Broken(1)) })]
        tool fn value(log) -> Result<u32, Fault> { log.say("body"); Err(Fault::Busy) }
        value
    }

    workflow BreakerOverRetry(log: &Log, failures: usize) -> Result<usize, Fault> {
        #[idempotent]
        #[breaker(failures = 2, cooldown = 60s)]
        #[retry(attempts = 4, backoff = 1ms)]
        tool fn value(log, failures) -> Result<usize, Fault> {
            let time = log.say("body");
            if time <= *failures { Err(Fault::Busy) } else { Ok(time) }
        }
        Ok(value)
    }

    workflow BreakerOverTimeout(log: &Log) -> u32 {
        #[breaker(failures = 1, cooldown = 60s)]
        #[timeout(10ms)]
        tool fn value(log) -> u32 { log.say("body"); pass(1_000).await; 1 }
        value
    }
}

#[tokio::test(start_paused = true)]
async fn breaker_stands_outside_of_fallback() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |both| BreakerOverFallback { log: &log, both }.run(&o).await;
    // What a fallback makes good is no failure.
    for _ in 0..5 {
        assert_eq!(run(false).await.unwrap(), 5);
    }
    for _ in 0..2 {
        assert_eq!(
            run(true).await.unwrap_err().error(),
            Some(&Fault::Broken(1))
        );
    }
    // An open breaker asks none.
    assert!(matches!(
        run(false).await.unwrap_err().reason(),
        Reason::BreakerOpen(_)
    ));
    assert_eq!((log.count("body"), log.count("fallback")), (7, 7));

    // But the default is asked.
    let log = Log::new();
    for _ in 0..2 {
        assert_eq!(BreakerUnderDefault { log: &log }.run(&o).await.unwrap(), 9);
    }
    let open = "step `value` was not tried: its breaker is open for another 60s";
    let words = ["body", "fallback", "step `value` failed: broken: 1", open];
    assert_eq!(log.words(), words);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_steps_and_not_attempts() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |failures| {
        BreakerOverRetry {
            log: &log,
            failures,
        }
        .run(&o)
        .await
    };
    // Three failed attempts, and the step succeeds.
    assert_eq!(run(3).await.unwrap(), 4);
    assert_eq!(run(9).await.unwrap_err().attempts(), 4);
    assert_eq!(log.count("body"), 8);
    // One failure so far, of two.
    assert_eq!(run(11).await.unwrap(), 12);
    assert!(run(99).await.is_err() && run(99).await.is_err());
    assert!(matches!(
        run(0).await.unwrap_err().reason(),
        Reason::BreakerOpen(_)
    ));
    assert_eq!(log.count("body"), 20);

    let log = Log::new();
    let failure = BreakerOverTimeout { log: &log }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    let failure = BreakerOverTimeout { log: &log }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::BreakerOpen(_)));
}

workflow! {
    workflow FallbackOverRepeat(log: &Log) -> Result<u32, Fault> {
        #[fallback({ log.say(error.to_string()); Ok(0) })]
        #[repeat(max = 2, until = { log.say("asked"); *value >= 9 })]
        tool fn value(log, last) -> Result<u32, Fault> { Ok(last.map_or(1, |last| last + 1)) }
        Ok(value)
    }

    workflow FallbackOverRetry(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[fallback({ log.say("fallback"); Err(Fault::Broken(error.attempts())) })]
        #[retry(attempts = 3, backoff = 1ms)]
        tool fn value(log) -> Result<u32, Fault> { log.say("body"); Err(Fault::Busy) }
        Ok(value)
    }

    workflow RepeatOverRetry(log: &Log) -> Result<usize, Fault> {
        #[idempotent]
        #[repeat(max = 3, until = { log.say("asked"); *value >= 9 })]
        #[retry(attempts = 2, backoff = 1ms)]
        tool fn value(log) -> Result<usize, Fault> {
            let time = log.say("body");
            if time % 2 == 1 { Err(Fault::Busy) } else { Ok(time) }
        }
        Ok(value)
    }

    workflow RetryOverTimeout(log: &Log) -> u32 {
        #[idempotent]
        #[retry(attempts = 3, backoff = 100ms)]
        #[timeout(10ms)]
        tool fn value(log) -> u32 { if log.say("body") < 3 { pass(11).await; } pass(10).await; 1 }
        value
    }
}

#[tokio::test(start_paused = true)]
async fn fallback_stands_outside_of_repeat_and_retry() {
    let (o, log) = (Orchestrator::new(), Log::new());
    assert_eq!(FallbackOverRepeat { log: &log }.run(&o).await.unwrap(), 0);
    // It is taken as it is: nobody asks whether it will do.
    let told = "step `value` did not meet its condition in 2 rounds";
    assert_eq!(log.words(), ["asked", "asked", told]);

    let log = Log::new();
    let failure = FallbackOverRetry { log: &log }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Broken(3)));
    assert_eq!(log.words(), ["body", "body", "body", "fallback"]);
}

#[tokio::test(start_paused = true)]
async fn repeat_stands_outside_of_retry() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let failure = RepeatOverRetry { log: &log }.run(&o).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Unsatisfied { rounds: 3 }
    ));
    let round = ["body", "body", "asked"];
    assert_eq!(log.words(), [round, round, round].concat());
}

#[tokio::test(start_paused = true)]
async fn retry_stands_outside_of_timeout() {
    let (o, log) = (Orchestrator::new(), Log::new());
    assert_eq!(RetryOverTimeout { log: &log }.run(&o).await.unwrap(), 1);
    // Neither the wait nor the other attempts count.
    assert_eq!((log.times("body"), log.now()), (vec![0, 110, 320], 330));
}

workflow! {
    workflow RetryOverTurn(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 2, backoff = 100ms)]
        #[uses(gpu = 1)]
        #[priority(critical)]
        tool fn flaky(log) -> Result<u32, Fault> {
            pass(10).await;
            if log.say("flaky") == 1 { Err(Fault::Busy) } else { Ok(1) }
        }
        #[uses(gpu = 1)]
        tool fn steady(log) -> u32 { pass(20).await; log.say("steady"); 1 }
        Ok(flaky + steady)
    }

    workflow TurnOverTimeout(log: &Log) -> u32 {
        #[timeout(15ms)]
        #[uses(gpu = 1)]
        tool fn one(log) -> u32 { pass(10).await; log.say("one"); 1 }
        #[timeout(15ms)]
        #[uses(gpu = 1)]
        tool fn other(log) -> u32 { pass(10).await; log.say("other"); 1 }
        one + other
    }

    workflow CacheOverTurn(log: &Log) -> u32 {
        #[uses(gpu = 1)]
        tool fn busy(log) -> u32 { pass(100).await; log.say("busy"); 1 }
        #[idempotent]
        #[cache(key = ())]
        #[uses(gpu = 1)]
        tool fn kept(log) -> u32 { log.say("kept"); 1 }
        #[idempotent]
        #[after(kept)]
        fn read(log) -> u32 { log.say("read"); 1 }
        busy + kept + read
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_waits_for_its_turn_and_gives_it_back() {
    let o = Orchestrator::new().resource("gpu", 1);
    let log = Log::new();
    assert_eq!(RetryOverTurn { log: &log }.run(&o).await.unwrap(), 2);
    // Who waits for another attempt takes nothing in the meantime.
    assert_eq!(
        (log.times("flaky"), log.times("steady")),
        (vec![10, 120], vec![30])
    );

    let log = Log::new();
    assert_eq!(TurnOverTimeout { log: &log }.run(&o).await.unwrap(), 2);
    assert_eq!(log.now(), 20);

    // What is kept needs no turn.
    let log = Log::new();
    assert_eq!(CacheOverTurn { log: &log }.run(&o).await.unwrap(), 3);
    assert_eq!(
        (log.times("busy"), log.times("read")),
        (vec![100], vec![100])
    );
    assert_eq!(CacheOverTurn { log: &log }.run(&o).await.unwrap(), 3);
    assert_eq!(
        (log.times("busy"), log.times("read")),
        (vec![100, 200], vec![100, 100])
    );
    assert_eq!(log.count("kept"), 1);
}

/// All of them at once that can be, in an order that says nothing.
#[tokio::test(start_paused = true)]
async fn a_step_may_have_them_all() {
    workflow! {
        workflow All(log: &Log, wanted: bool, items: Vec<u64>) -> Vec<u64> {
            #[timeout(50ms)]
            #[retry(attempts = 3, backoff = 10ms, when = error.is_busy())]
            #[repeat(max = 3, until = *value >= 30)]
            #[fallback({ log.say(format!("fallback of {item}")); if *item == 3 { Err(Fault::Broken(3)) } else { Ok(1_000) } })]
            #[breaker(failures = 5, cooldown = 60s)]
            #[cache(key = *item, ttl = 1m, capacity = 8)]
            #[default({ log.say(format!("default of {item}")); 0 })]
            #[each(item in items, concurrency = 2)]
            #[when(*wanted)]
            #[uses(gpu = 1)]
            #[priority(high)]
            #[estimate(20ms)]
            #[requires("gpu:use")]
            #[idempotent]
            tool fn value(log, wanted, items, last, cx) -> Result<u64, Fault> {
                let _ = (wanted, items, cx.run_id());
                log.say(format!("{item} after {last:?}, attempt {}", cx.attempt()));
                pass(5).await;
                match (item, cx.attempt(), last) {
                    // Good after an attempt that failed and one that took too long.
                    (1, 1, _) => Err(Fault::Busy),
                    (1, 2, _) => { pass(100).await; Ok(0) }
                    (1, _, _) => Ok(30),
                    // Never good enough.
                    (2, _, last) => Ok(last.map_or(1, |last| last + 1)),
                    _ => Err(Fault::Broken(0)),
                }
            }
            value.unwrap_or_default()
        }
    }
    let o = Orchestrator::new().resource("gpu", 2).grant("gpu:use");
    let log = Log::new();
    let run = async |wanted| {
        let run = All {
            log: &log,
            wanted,
            items: vec![1, 2, 3, 1],
        };
        run.run(&o).await.unwrap()
    };
    assert_eq!(run(false).await, [0; 0]);
    assert_eq!(log.words(), [""; 0]);
    assert_eq!(run(true).await, [30, 1_000, 0, 30]);
    let mut words = log.words();
    words.sort();
    let expected = [
        "1 after None, attempt 1",
        "1 after None, attempt 2",
        "1 after None, attempt 3",
        "2 after None, attempt 1",
        "2 after Some(1), attempt 1",
        "2 after Some(2), attempt 1",
        "3 after None, attempt 1",
        "default of 3",
        "fallback of 2",
        "fallback of 3",
    ];
    assert_eq!(words, expected);
    // The item that failed is tried again; the others are kept.
    assert_eq!(run(true).await, [30, 1_000, 0, 30]);
    assert_eq!(log.words().len(), 13);
    assert!(
        o.history()
            .steps()
            .all(|step| step.durations().contains(&ms(50)))
    );
}
