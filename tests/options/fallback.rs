//! `fallback`: tried in order when a step has failed, each with the failure before it.

use orchestrated::{CancelToken, Orchestrator, Reason, StepFailure, workflow};

use crate::log::{Fault, Log, ms, pass};

/// What the body and each of the fallbacks do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Give(u32),
    Fail(u32),
    Panic,
    Wait,
}

async fn act(log: &Log, who: &str, act: Act, before: Option<&StepFailure>) -> Result<u32, Fault> {
    pass(10).await;
    let before = before.map(|error| {
        assert_eq!((error.step(), error.attempts()), ("value", 1));
        let own = error.downcast_ref::<Fault>().cloned();
        (error.to_string(), own)
    });
    match before {
        Some((text, Some(Fault::Broken(n)))) => {
            assert_eq!(text, format!("step `value` failed: broken: {n}"));
            log.say(format!("{who} after {n}"));
        }
        Some((text, None)) => {
            log.say(format!("{who} after {text:?}"));
        }
        Some((_, Some(Fault::Busy))) => unreachable!("nobody is busy"),
        None => {
            log.say(who);
        }
    }
    match act {
        Act::Give(value) => Ok(value),
        Act::Fail(n) => Err(Fault::Broken(n)),
        Act::Panic => panic!("{who} panics"),
        Act::Wait => {
            pass(1_000).await;
            Ok(0)
        }
    }
}

workflow! {
    workflow Three(log: &Log, acts: [Act; 4]) -> Result<u32, Fault> {
        #[fallback(act(log, "first", acts[1], Some(error)).await)]
        #[fallback({ let given = act(log, "second", acts[2], Some(error)).await?; Ok(given) })]
        #[timeout(50ms)]
        #[fallback({
            let given = act(log, "third", acts[3], Some(error));
            given.await
        })]
        tool fn value(log, acts) -> Result<u32, Fault> { act(log, "body", acts[0], None).await }
        Ok(value)
    }
}

async fn ended(acts: [Act; 4]) -> (Result<u32, String>, Vec<String>) {
    let log = Log::new();
    let ended = Three { log: &log, acts }.run(&Orchestrator::new()).await;
    let ended = ended.map_err(|failure| {
        assert_eq!((failure.step(), failure.attempts()), (Some("value"), 1));
        failure.to_string()
    });
    (ended, log.words())
}

#[tokio::test(start_paused = true)]
async fn who_succeeds_asks_for_none() {
    use Act::{Give, Panic};
    let (value, words) = ended([Give(1), Panic, Panic, Panic]).await;
    assert_eq!((value, words), (Ok(1), vec!["body".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn they_are_asked_in_order_until_one_succeeds() {
    use Act::{Fail, Give, Panic};
    let all = ["body", "first after 0", "second after 1", "third after 2"];
    for count in 1..=3 {
        let mut acts = [Fail(0), Fail(1), Fail(2), Panic];
        acts[count] = Give(7);
        let (value, words) = ended(acts).await;
        assert_eq!(value, Ok(7));
        assert_eq!(words, all[..=count]);
    }
    let (value, words) = ended([Fail(0), Fail(1), Fail(2), Fail(3)]).await;
    let text = "workflow `Three`: step `value` failed: broken: 3";
    assert_eq!(
        (value, words),
        (Err(text.to_owned()), all.map(str::to_owned).to_vec())
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_like_any_other() {
    use Act::{Fail, Give, Panic};
    let (value, words) = ended([Panic, Panic, Give(7), Panic]).await;
    assert_eq!(value, Ok(7));
    let expected = [
        "body",
        "first after \"step `value` panicked: body panics\"",
        "second after \"step `value` panicked: first panics\"",
    ];
    assert_eq!(words, expected);

    let (value, words) = ended([Fail(0), Fail(1), Fail(2), Panic]).await;
    let text = "workflow `Three`: step `value` panicked: third panics";
    assert_eq!(value, Err(text.to_owned()));
    assert_eq!(words.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_time_out_is_one_too_and_a_fallback_has_no_limit() {
    use Act::{Give, Panic, Wait};
    let (value, words) = ended([Wait, Wait, Panic, Panic]).await;
    assert_eq!(value, Ok(0));
    let expected = ["body", "first after \"step `value` timed out after 50ms\""];
    assert_eq!(words, expected);
    let (value, _) = ended([Wait, Give(3), Panic, Panic]).await;
    assert_eq!(value, Ok(3));
}

/// It has neither a text nor anything else to tell.
struct Mute;

workflow! {
    workflow Told(log: &Log) -> Result<u32, Mute> {
        #[fallback({ log.say(error.to_string()); Ok(1) })]
        fn text(log) -> Result<u32, String> { let _ = log; Err("no\nluck".to_owned()) }
        #[fallback({ log.say(format!("{} {error}", error.downcast_ref::<Fault>().is_none())); Err(Mute) })]
        #[fallback({ log.say(error.batch().to_string()); Ok(2) })]
        tool fn mute(log, text) -> Result<u32, Mute> { let _ = (log, text); Err(Mute) }
        Ok(text + mute)
    }

    workflow Tried(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[retry(attempts = 3, backoff = 1ms)]
        #[fallback({ log.say(format!("after {} attempts", error.attempts())); Err(Fault::Busy) })]
        #[fallback({ log.say(format!("still {}", error.attempts())); Err(Fault::Broken(1)) })]
        mcp fn call(log) -> Result<u32, Fault> { log.say("call"); Err(Fault::Busy) }
        Ok(call)
    }
}

impl From<String> for Mute {
    fn from(_: String) -> Self {
        Self
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_any_type_tells_what_it_can() {
    let log = Log::new();
    assert_eq!(
        Told { log: &log }.run(&Orchestrator::new()).await.ok(),
        Some(3)
    );
    let words = log.words();
    assert_eq!(words[0], "step `text` failed: no luck");
    assert!(
        words[1].starts_with("true step `mute` failed: ") && words[1].ends_with("Mute"),
        "{words:?}"
    );
    assert_eq!(words[2], "2");
}

#[tokio::test(start_paused = true)]
async fn the_attempts_are_those_of_the_body() {
    let log = Log::new();
    let failure = Tried { log: &log }.run(&Orchestrator::new()).await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.attempts(), 3);
    assert_eq!(failure.error(), Some(&Fault::Broken(1)));
    let expected = ["call", "call", "call", "after 3 attempts", "still 3"];
    assert_eq!(log.words(), expected);
}

workflow! {
    workflow Inner(log: &Log, made: u32) -> Result<u32, Fault> {
        #[rollback({ log.say("undone"); })]
        tool fn kept(log, made) -> u32 { log.say("kept"); *made }
        tool fn fails(kept) -> Result<u32, Fault> { Err(Fault::Broken(*kept)) }
        Ok(fails)
    }

    workflow OfAFlow(log: &Log, n: u32) -> Result<u32, Fault> {
        #[fallback({ log.say(format!("after {} undone: {error}", error.rollbacks().len())); Ok(*n * 10) })]
        flow inner = Inner { log, made: n };
        Ok(inner)
    }

    workflow OfAFlowInVain(log: &Log, n: u32) -> Result<u32, Fault> {
        #[fallback({ let _ = error; Err(Fault::Busy) })]
        flow inner = Inner { log, made: n };
        Ok(inner)
    }

    workflow OfItems(items: Vec<u32>) -> Result<Vec<String>, Fault> {
        #[each(item in items)]
        #[fallback(if *item == 9 { Err(Fault::Broken(9)) } else { Ok(format!("{item}: {error}")) })]
        tool fn value(items) -> Result<String, Fault> {
            let _ = items;
            if *item % 2 == 0 { Ok(item.to_string()) } else { Err(Fault::Busy) }
        }
        Ok(value)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_undone_before_its_fallback() {
    let log = Log::new();
    let run = OfAFlow { log: &log, n: 4 };
    assert_eq!(run.run(&Orchestrator::new()).await.unwrap(), 40);
    let told = "after 1 undone: step `inner`: workflow `Inner`: step `fails` failed: broken: 4";
    assert_eq!(log.words(), ["kept", "undone", told]);

    // Where that fails too, what was undone is told all the same.
    let run = OfAFlowInVain { log: &log, n: 4 };
    let failure = run.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Busy));
    let undone = failure.rollbacks().iter().map(|rollback| &*rollback.step);
    assert_eq!(undone.collect::<Vec<_>>(), ["kept"]);
}

#[tokio::test(start_paused = true)]
async fn each_item_has_its_own() {
    let o = Orchestrator::new();
    let items = vec![1, 2, 3];
    let expected = [
        "1: step `value` failed: busy",
        "2",
        "3: step `value` failed: busy",
    ];
    assert_eq!(OfItems { items }.run(&o).await.unwrap(), expected);
    let items = vec![1, 9, 2];
    let failure = OfItems { items }.run(&o).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Broken(9)));
}

workflow! {
    workflow Stopped(log: &Log) -> Result<u32, Fault> {
        #[fallback({ log.say("never"); let _ = error; Ok(1) })]
        #[rollback({ log.say("nor this"); })]
        tool fn value(log, cx) -> Result<u32, Fault> {
            cx.cancellation().cancel();
            pass(20).await;
            log.say("fails");
            Err(Fault::Busy)
        }
        Ok(value)
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_stops_asks_for_none() {
    let log = Log::new();
    let failure = Stopped { log: &log }.run(&Orchestrator::new()).await;
    assert!(matches!(failure.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(log.words(), ["fails"]);

    // Nor when it is dropped while one is waited for.
    let log = Log::new();
    let token = CancelToken::new();
    let o = Orchestrator::new().cancel_on(&token);
    let acts = [Act::Fail(0), Act::Wait, Act::Give(1), Act::Give(1)];
    let run = Three { log: &log, acts };
    let cancels = async {
        tokio::time::sleep(ms(100)).await;
        token.cancel();
    };
    let (ended, ()) = futures::join!(run.run(&o), cancels);
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(
        (log.words(), log.now()),
        (vec!["body".to_owned(), "first after 0".to_owned()], 100)
    );
}
