//! `#[optional]`: a failure that is none of the run's.

use std::{error::Error as _, num::ParseIntError, time::Duration};

use orchestrated::{CancelToken, Orchestrator, Reason, StepFailure, workflow};

use super::{Fault, Log, bounded, ms};

workflow! {
    /// Fails, and returns no `Result`: that what is optional fails is nobody's failure.
    workflow Careful(text: &str) -> (String, Option<i32>) {
        #[optional]
        fn number(text) -> Result<i32, ParseIntError> { text.parse() }

        fn told(number) -> String {
            match number {
                Ok(number) => format!("the number {number}"),
                Err(failure) => failure.to_string(),
            }
        }

        // The tail owns what is left.
        (told, number.ok())
    }

    workflow Typed(text: &str) -> Result<usize, StepFailure> {
        #[optional]
        tool fn number(text) -> Result<String, ParseIntError> { text.parse::<i32>().map(|n| n.to_string()) }

        fn length(number: Result<&String, &StepFailure>) -> Result<usize, StepFailure> {
            number.map(String::len).map_err(StepFailure::clone)
        }

        Ok(length)
    }

    /// Two outputs of one step, each a result; one more stage in between, so that they are held over it.
    workflow Named(n: u32) -> String {
        #[optional]
        tool fn split(n) -> Result<(half: u32, rest: String), Fault> {
            if *n > 10 { return Err(Fault::No("too large")); }
            Ok((n / 2, (n % 2).to_string()))
        }

        #[after(split)]
        tool fn between(n) -> u32 { ms(1).await; *n }

        fn told(between, half: Result<&u32, &StepFailure>, rest) -> String {
            let half = half.map_or_else(|failure| failure.step().to_owned(), u32::to_string);
            let rest = rest.map_or_else(StepFailure::to_string, String::clone);
            format!("{between}: {half}, {rest}")
        }

        told
    }

    /// Steps of a stage of several batches, where what is read stands in the stage.
    workflow Skewed(n: u32) -> String {
        #[optional]
        tool fn first(n) -> Result<u32, Fault> { ms(10).await; if *n == 0 { Err(Fault::No("none")) } else { Ok(*n) } }
        tool fn early(first) -> bool { ms(10).await; first.is_ok() }
        tool fn other(n) -> u32 { ms(5).await; *n }
        tool fn late(other, early) -> u32 { ms(1).await; other + u32::from(*early) }
        fn all(late, first) -> String { format!("{late} {:?}", first.map_err(StepFailure::step)) }
        all
    }

    /// Without an error of its own a step can still fail.
    workflow Broken() -> Vec<String> {
        #[optional]
        #[timeout(5s)]
        tool fn slow() -> u32 { ms(60_000).await; 1 }

        #[optional]
        tool fn panics() -> u32 { assert!(std::hint::black_box(false), "on purpose"); 1 }

        #[optional]
        fn plain() -> Result<u32, Fault> { panic!("a plain one") }

        #[optional]
        tool fn good() -> u32 { 4 }

        fn told(slow, panics, plain, good) -> Vec<String> {
            assert!(slow.is_err_and(StepFailure::is_timeout) && !panics.is_err_and(StepFailure::is_timeout));
            assert!(matches!(plain.unwrap_err().reason(), Reason::Panicked(_)));
            [slow, panics, plain, good].map(|one| one.map_or_else(ToString::to_string, ToString::to_string)).into()
        }
        told
    }

    /// A text is no error, but a reader can still have it.
    workflow Texts() -> String {
        #[idempotent]
        #[retry(attempts = 3, backoff = 1ms)]
        #[optional]
        tool fn text() -> Result<u32, String> { Err("plain text".to_owned()) }
        fn told(text) -> String {
            let failure = text.unwrap_err();
            assert!(failure.downcast_ref::<Fault>().is_none());
            assert_eq!((failure.attempts(), failure.batch()), (3, 1));
            failure.source().unwrap().to_string()
        }
        told
    }

    workflow Inner(n: u32) -> Result<u32, Fault> {
        tool fn small(n) -> Result<u32, Fault> { if *n > 1 { Err(Fault::No("large")) } else { Ok(*n) } }
        Ok(small)
    }

    workflow Outer(n: u32) -> Result<u32, String> {
        #[optional]
        flow inner = Inner { n };
        fn told(inner) -> Result<u32, String> {
            inner.copied().map_err(|failure| {
                assert_eq!(failure.downcast_ref(), Some(&Fault::No("large")));
                failure.to_string()
            })
        }
        Ok(told)
    }
}

#[tokio::test(start_paused = true)]
async fn readers_get_a_result() {
    let o = Orchestrator::new();
    let told = bounded(Careful { text: "12" }.run(&o)).await.unwrap();
    assert_eq!(told, ("the number 12".to_owned(), Some(12)));
    let told = bounded(Careful { text: "x" }.run(&o)).await.unwrap();
    let line = "step `number` failed: invalid digit found in string";
    assert_eq!(told, (line.to_owned(), None));
}

#[tokio::test(start_paused = true)]
async fn the_types_of_readers_may_be_written() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Typed { text: "123" }.run(&o)).await.unwrap(), 3);
    let failure = bounded(Typed { text: "x" }.run(&o)).await.unwrap_err();
    // It goes on as the error of the step that read it.
    assert_eq!(failure.step(), Some("length"));
    let read = failure.error().unwrap();
    assert!(read.downcast_ref::<ParseIntError>().is_some());
    assert!(read.downcast_ref::<Fault>().is_none());
    assert_eq!(
        (read.step(), read.attempts(), read.batch()),
        ("number", 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn named_outputs_fail_together() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Named { n: 7 }.run(&o)).await.unwrap(), "7: 3, 1");
    let failed = bounded(Named { n: 11 }.run(&o)).await.unwrap();
    assert_eq!(failed, "11: split, step `split` failed: too large");
}

#[tokio::test(start_paused = true)]
async fn readers_of_the_same_stage_get_it_too() {
    let o = Orchestrator::new();
    let log = Log::new();
    assert_eq!(bounded(Skewed { n: 2 }.run(&o)).await.unwrap(), "3 Ok(2)");
    assert_eq!(log.now(), 21);
    let failed = bounded(Skewed { n: 0 }.run(&o)).await.unwrap();
    assert_eq!(failed, r#"0 Err("first")"#);
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_timeout_are_failures_too() {
    let log = Log::new();
    let told = bounded(Broken {}.run(&Orchestrator::new())).await.unwrap();
    assert_eq!(
        told,
        [
            "step `slow` timed out after 5s",
            "step `panics` panicked: on purpose",
            "step `plain` panicked: a plain one",
            "4",
        ]
    );
    assert_eq!(log.now(), 5_000);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_any_type_has_its_text() {
    let told = bounded(Texts {}.run(&Orchestrator::new())).await.unwrap();
    assert_eq!(told, "plain text");
}

#[tokio::test(start_paused = true)]
async fn a_flow_may_be_optional() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Outer { n: 1 }.run(&o)).await.unwrap(), 1);
    let failure = bounded(Outer { n: 2 }.run(&o)).await.unwrap_err();
    assert_eq!(
        failure.error().unwrap(),
        "step `inner`: workflow `Inner`: step `small` failed: large"
    );
}

workflow! {
    /// With something to undo, a run sees to its end itself: its optional step must not go on as if it had failed.
    workflow Undone(log: &Log) -> Result<(), Fault> {
        #[rollback(log.say("undone"))]
        tool fn done(log) -> Result<(), Fault> { log.say("done"); Ok(()) }
        #[optional]
        #[after(done)]
        tool fn waits(log) -> Result<(), Fault> { log.works("waits", 1_000).await; Ok(()) }
        #[after(waits)]
        tool fn never(log) { log.say("never"); }
        Ok(done)
    }

    /// One that must be awaited, and does not run yet.
    workflow Queued(log: &Log) -> u32 {
        #[uses(gpu = 1)]
        tool fn holds(log) -> u32 { log.works("holds", 1_000).await; 1 }
        #[uses(gpu = 1)]
        #[default({ log.say("defaulted"); 0 })]
        #[rollback(log.say("undone"))]
        tool fn defaulted(log) -> u32 { log.say("defaulted's body"); 1 }
        #[uses(gpu = 1)]
        #[optional]
        #[irreversible = "a test"]
        tool fn optional(log) -> u32 { log.say("optional's body"); 1 }
        tool fn reader(log, optional) -> u32 { log.say("read"); optional.copied().unwrap_or(0) }
        holds + defaulted + reader
    }
}

#[tokio::test(start_paused = true)]
async fn that_the_run_is_cancelled_is_no_failure_of_the_step() {
    let log = Log::new();
    let token = CancelToken::new();
    let o = Orchestrator::new().cancel_on(&token);
    let cancel = async {
        ms(10).await;
        token.cancel();
    };
    let run = Undone { log: &log }.run(&o);
    let (ended, ()) = bounded(async { tokio::join!(run, cancel) }).await;
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(log.words(), ["done", "+waits 0", "!waits 10", "undone"]);
    assert_eq!(log.began.elapsed(), Duration::from_millis(10));

    let token = CancelToken::new();
    let o = Orchestrator::new().resource("gpu", 1).cancel_on(&token);
    let cancel = async {
        ms(10).await;
        token.cancel();
    };
    let run = Queued { log: &log }.run(&o);
    let (ended, ()) = bounded(async { tokio::join!(run, cancel) }).await;
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    // Nothing makes good for it.
    assert_eq!(log.words(), ["+holds 10", "!holds 20"]);
}
