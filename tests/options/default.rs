//! `default`: the value to go on with when all has failed.

use orchestrated::{CancelToken, Orchestrator, Reason, StepFailure, workflow};

use crate::log::{Fault, Log, ms, pass};

/// How the body of a step ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    Well,
    InError,
    InAPanic,
    Never,
}

async fn end(how: Ends) -> Result<u32, Fault> {
    match how {
        Ends::Well => Ok(1),
        Ends::InError => Err(Fault::Broken(5)),
        Ends::InAPanic => panic!("out of ink"),
        Ends::Never => {
            pass(1_000).await;
            Ok(2)
        }
    }
}

workflow! {
    /// It cannot fail any more, and so neither can the workflow.
    workflow Absorbed(log: &Log, how: Ends) -> String {
        #[timeout(50ms)]
        #[default({
            log.say(error.to_string());
            pass(10).await;
            if error.is_timeout() { 100 } else { error.downcast_ref::<Fault>().map_or(200, |_| 300) }
        })]
        tool fn value(log, how) -> Result<u32, Fault> { let _ = log; end(*how).await }
        fn read(value) -> String { format!("read {value}") }
        read
    }

    workflow Infallible(how: Ends) -> u32 {
        #[timeout(50ms)]
        #[default(7)]
        agent fn value(how) -> u32 { end(*how).await.unwrap_or(0) }
        value
    }

    workflow Plain(text: &str) -> i64 {
        #[default(i64::try_from(text.len()).unwrap_or(i64::MAX))]
        fn number(text) -> Result<i64, std::num::ParseIntError> { text.parse() }
        number
    }

    workflow Named(how: Ends) -> String {
        #[default((0, format!("{error}")))]
        tool fn pair(how) -> Result<(number: u32, text: String), Fault> { Ok((end(*how).await?, "fine".to_owned())) }
        fn both(number, text) -> String { format!("{number} {text}") }
        both
    }
}

#[tokio::test(start_paused = true)]
async fn it_stands_for_every_failure() {
    let o = Orchestrator::new();
    let cases = [
        (Ends::Well, "read 1", None),
        (
            Ends::InError,
            "read 300",
            Some("step `value` failed: broken: 5"),
        ),
        (
            Ends::InAPanic,
            "read 200",
            Some("step `value` panicked: out of ink"),
        ),
        (
            Ends::Never,
            "read 100",
            Some("step `value` timed out after 50ms"),
        ),
    ];
    for (how, output, told) in cases {
        let log = Log::new();
        let ended = Absorbed { log: &log, how }.run(&o).await;
        assert_eq!(ended.unwrap(), output);
        assert_eq!(log.words(), Vec::from_iter(told));
    }
}

#[tokio::test(start_paused = true)]
async fn it_may_stand_on_a_step_of_any_shape() {
    let o = Orchestrator::new();
    for (how, value) in [(Ends::Well, 1), (Ends::InAPanic, 7), (Ends::Never, 7)] {
        assert_eq!(Infallible { how }.run(&o).await.unwrap(), value);
    }
    assert_eq!(Plain { text: "42" }.run(&o).await.unwrap(), 42);
    assert_eq!(Plain { text: "four" }.run(&o).await.unwrap(), 4);
    assert_eq!(Named { how: Ends::Well }.run(&o).await.unwrap(), "1 fine");
    let how = Ends::InError;
    assert_eq!(
        Named { how }.run(&o).await.unwrap(),
        "0 step `pair` failed: broken: 5"
    );
}

workflow! {
    workflow Spared(log: &Log) -> u32 {
        #[breaker(failures = 1, cooldown = 60s)]
        #[default({ log.say(reason(error)); 0 })]
        tool fn value(log) -> Result<u32, Fault> { log.say("called"); Err(Fault::Busy) }
        value
    }

    workflow TooFew(log: &Log, how: [Ends; 2]) -> u32 {
        #[optional]
        tool fn one(how) -> Result<u32, Fault> { end(how[0]).await }
        #[optional]
        tool fn other(how) -> Result<u32, Fault> { end(how[1]).await }
        #[quorum(2)]
        #[default({ log.say(reason(error)); 0 })]
        tool fn both(log, one, other) -> u32 { log.say("both"); one.unwrap_or(&0) + other.unwrap_or(&0) }
        both
    }

    workflow NeverGood(log: &Log) -> u32 {
        #[repeat(max = 2, until = *value > 9)]
        #[default({ log.say(reason(error)); 0 })]
        tool fn value(log) -> u32 { log.say("called"); 1 }
        value
    }

    workflow Inner(log: &Log, how: Ends) -> Result<u32, Fault> {
        tool fn value(log, how) -> Result<u32, Fault> { let _ = log; end(*how).await }
        Ok(value)
    }

    workflow OfAFlow(log: &Log, how: Ends) -> u32 {
        #[default({ log.say(error.to_string()); 6 })]
        flow inner = Inner { log, how };
        inner
    }

    workflow OfItems(items: Vec<Ends>) -> Vec<u32> {
        #[each(how in items)]
        #[default(u32::try_from(error.to_string().len()).unwrap())]
        tool fn value(items) -> Result<u32, Fault> { let _ = items; end(*how).await }
        value
    }
}

fn reason(failure: &StepFailure) -> String {
    match failure.reason() {
        Reason::BreakerOpen(rest) => format!("open for {rest:?}"),
        Reason::Quorum { needed, succeeded } => format!("{succeeded} of {needed}"),
        Reason::Unsatisfied { rounds } => format!("{rounds} rounds"),
        reason => format!("{reason:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn it_stands_for_what_the_other_options_refuse() {
    let o = Orchestrator::new();
    let log = Log::new();
    assert_eq!(Spared { log: &log }.run(&o).await.unwrap(), 0);
    pass(1_000).await;
    assert_eq!(Spared { log: &log }.run(&o).await.unwrap(), 0);
    assert_eq!(log.words(), ["called", "Error(Busy)", "open for 59s"]);

    let log = Log::new();
    let how = [Ends::Well, Ends::Well];
    assert_eq!(TooFew { log: &log, how }.run(&o).await.unwrap(), 2);
    let how = [Ends::Well, Ends::InError];
    assert_eq!(TooFew { log: &log, how }.run(&o).await.unwrap(), 0);
    let how = [Ends::InAPanic, Ends::InError];
    assert_eq!(TooFew { log: &log, how }.run(&o).await.unwrap(), 0);
    assert_eq!(log.words(), ["both", "1 of 2", "0 of 2"]);

    let log = Log::new();
    assert_eq!(NeverGood { log: &log }.run(&o).await.unwrap(), 0);
    assert_eq!(log.words(), ["called", "called", "2 rounds"]);
}

#[tokio::test(start_paused = true)]
async fn a_flow_and_items_have_one_too() {
    let o = Orchestrator::new();
    let log = Log::new();
    let run = |how| OfAFlow { log: &log, how }.run(&o);
    assert_eq!(run(Ends::Well).await.unwrap(), 1);
    assert_eq!(run(Ends::InError).await.unwrap(), 6);
    assert_eq!(run(Ends::InAPanic).await.unwrap(), 6);
    let within = "step `inner`: workflow `Inner`: step `value`";
    assert_eq!(
        log.words(),
        [
            format!("{within} failed: broken: 5"),
            format!("{within} panicked: out of ink")
        ]
    );

    let items = vec![Ends::Well, Ends::InError, Ends::InAPanic, Ends::Well];
    let error = "step `value` failed: broken: 5".len();
    let panic = "step `value` panicked: out of ink".len();
    let expected = [1, error, panic, 1].map(|n| u32::try_from(n).unwrap());
    assert_eq!(OfItems { items }.run(&o).await.unwrap(), expected);
}

workflow! {
    workflow Cancelled(log: &Log) -> Result<u32, Fault> {
        #[default({ log.say("default"); 1 })]
        tool fn value(log) -> Result<u32, Fault> { log.say("body"); pass(100).await; Err(Fault::Busy) }
        // It is awaited, because it has something to undo.
        #[default({ log.say("default"); 1 })]
        flow part = Part { log };
        Ok(value + part)
    }

    workflow Part(log: &Log) -> Result<u32, Fault> {
        #[rollback({ log.say("undone"); })]
        tool fn made(log) -> u32 { log.say("made"); 2 }
        tool fn waits(made) -> Result<u32, Fault> { pass(100).await; Ok(*made) }
        Ok(waits)
    }

    workflow Panics(how: Ends) -> u32 {
        #[default(panic!("no ink either"))]
        tool fn value(how) -> Result<u32, Fault> { end(*how).await }
        value
    }
}

#[tokio::test(start_paused = true)]
async fn it_does_not_stand_for_the_end_of_the_run() {
    let log = Log::new();
    let token = CancelToken::new();
    let o = Orchestrator::new().cancel_on(&token);
    let cancels = async {
        tokio::time::sleep(ms(50)).await;
        token.cancel();
    };
    let (ended, ()) = futures::join!(Cancelled { log: &log }.run(&o), cancels);
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(
        (log.words(), log.now()),
        (["body", "made", "undone"].map(str::to_owned).to_vec(), 50)
    );
}

#[tokio::test(start_paused = true)]
async fn a_default_that_panics_is_a_failure_of_the_step() {
    let o = Orchestrator::new();
    let how = Ends::Well;
    assert_eq!(Panics { how }.run(&o).await.unwrap(), 1);
    let how = Ends::InError;
    let failure = Panics { how }.run(&o).await.unwrap_err();
    assert_eq!(failure.step(), Some("value"));
    assert!(
        matches!(failure.reason(), Reason::Panicked(panic) if panic.message() == Some("no ink either"))
    );
}
