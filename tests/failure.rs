//! How a run fails: at the first failure nothing new starts, what runs is dropped before anybody hears of it, and the
//! failure says where and why.

use std::{
    fmt,
    panic::panic_any,
    sync::{Mutex, PoisonError},
};

use orchestrated::{Failure, Orchestrator, Reason, workflow};

/// What has happened, in order.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn say(&self, word: impl Into<String>) {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.push(word.into());
    }

    fn words(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Says so when it is dropped.
    fn guard(&self, name: &'static str) -> Guard<'_> {
        self.say(format!("{name} starts"));
        Guard(self, name)
    }
}

struct Guard<'l>(&'l Log, &'static str);
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.say(format!("{} is dropped", self.1));
    }
}

async fn forever() {
    std::future::pending::<()>().await;
}

async fn turns(n: usize) {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
}

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Error,
    Panic,
    NotText,
}

fn fail(how: How) -> Result<u32, String> {
    match how {
        How::Error => Err("out of paper".to_owned()),
        How::Panic => panic!("out of {}", "ink"),
        How::NotText => panic_any(7_u8),
    }
}

fn check<E: fmt::Debug + PartialEq<String>>(failure: &Failure<E>, how: How) {
    match (how, failure.reason()) {
        (How::Error, Reason::Error(error)) => assert!(*error == "out of paper".to_owned()),
        (How::Panic, Reason::Panicked(panic)) => assert_eq!(panic.message(), Some("out of ink")),
        (How::NotText, Reason::Panicked(panic)) => assert_eq!(panic.message(), None),
        (_, reason) => panic!("{how:?} became {reason:?}"),
    }
}

workflow! {
    /// One batch.
    workflow Joined(log: &Log, how: How) -> Result<u32, String> {
        tool fn waits(log) -> u32 { let _guard = log.guard("waits"); forever().await; 1 }
        tool fn fails(log, how) -> Result<u32, String> {
            let _guard = log.guard("fails");
            turns(2).await;
            fail(*how)
        }
        tool fn done(log) -> u32 { let _guard = log.guard("done"); turns(1).await; 1 }
        tool fn waits_too(log) -> u32 { let _guard = log.guard("waits too"); forever().await; 1 }
        fn reader(log, fails) -> u32 { log.say("reader starts"); *fails }
        #[after(fails)]
        tool fn later(log) { log.say("later starts"); }
        log.say("the tail");
        Ok(waits + waits_too + done + reader)
    }

    /// One stage of several batches.
    workflow Skewed(log: &Log, how: How) -> Result<u32, String> {
        tool fn a(log) -> u32 { let _guard = log.guard("a"); turns(1).await; 1 }
        tool fn waits(a, log) -> u32 { let _guard = log.guard("waits"); forever().await; *a }
        tool fn b(log) -> u32 { let _guard = log.guard("b"); turns(2).await; 1 }
        tool fn fails(b, log, how) -> Result<u32, String> { let _ = b; let _guard = log.guard("fails"); turns(1).await; fail(*how) }
        fn reader(fails, log) -> u32 { log.say("reader starts"); *fails }
        tool fn slow(log) -> u32 { let _guard = log.guard("slow"); forever().await; 1 }
        fn last(waits, reader, slow) -> u32 { waits + reader + slow }
        log.say("the tail");
        Ok(last)
    }

    /// A plain step, in one batch with others.
    workflow Plain(log: &Log, how: How) -> Result<u32, String> {
        fn fails(log, how) -> Result<u32, String> { let _guard = log.guard("fails"); fail(*how) }
        tool fn waits(log) -> u32 { let _guard = log.guard("waits"); forever().await; 1 }
        fn never(log) -> u32 { log.say("never starts"); 1 }
        Ok(fails + waits + never)
    }

    /// A plain step, in a stage of several batches.
    workflow PlainSkewed(log: &Log, how: How) -> Result<u32, String> {
        fn a(log) -> u32 { log.say("a"); 1 }
        fn fails(a, log, how) -> Result<u32, String> { let _ = a; let _guard = log.guard("fails"); fail(*how) }
        tool fn waits(log) -> u32 { let _guard = log.guard("waits"); forever().await; 1 }
        fn never(fails, waits, log) -> u32 { log.say("never starts"); fails + waits }
        Ok(never)
    }

    workflow Straight(log: &Log, how: How) -> Result<u32, String> {
        tool fn first(log) -> u32 { log.say("first"); 1 }
        agent fn fails(first, how) -> Result<u32, String> { turns(*first as usize).await; fail(*how) }
        fn never(fails, log) -> u32 { log.say("never starts"); *fails }
        Ok(never)
    }

    workflow InTail(log: &Log, how: How) -> Result<u32, String> {
        tool fn first(log) -> u32 { log.say("first"); 1 }
        Ok(first + fail(how)?)
    }

    workflow InFlow(log: &Log, how: How) -> Result<u32, String> {
        flow inner = Straight { log, how };
        fn never(inner, log) -> u32 { log.say("never starts"); *inner }
        Ok(never)
    }

    workflow InFlowOfFlow(log: &Log, how: How) -> Result<u32, String> {
        tool fn waits(log) -> u32 { let _guard = log.guard("waits"); forever().await; 1 }
        flow outer = InFlow { log, how };
        Ok(waits + outer)
    }
}

const WAYS: [How; 3] = [How::Error, How::Panic, How::NotText];

#[tokio::test]
async fn the_first_failure_ends_a_batch() {
    for how in WAYS {
        let log = Log::default();
        let failure = Joined { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!((failure.step(), failure.batch()), (Some("fails"), Some(1)));
        let mut words = log.words();
        assert_eq!(
            words[..6],
            [
                "waits starts",
                "fails starts",
                "done starts",
                "waits too starts",
                "done is dropped",
                "fails is dropped"
            ]
        );
        // In whatever order, but before `run` returns.
        words[6..].sort();
        assert_eq!(words[6..], ["waits is dropped", "waits too is dropped"]);
    }
}

#[tokio::test]
async fn the_first_failure_ends_a_stage() {
    for how in WAYS {
        let log = Log::default();
        let failure = Skewed { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!((failure.step(), failure.batch()), (Some("fails"), Some(2)));
        let mut words = log.words();
        assert_eq!(
            words[..8],
            [
                "a starts",
                "b starts",
                "slow starts",
                "a is dropped",
                "waits starts",
                "b is dropped",
                "fails starts",
                "fails is dropped"
            ]
        );
        words[8..].sort();
        assert_eq!(words[8..], ["slow is dropped", "waits is dropped"]);
    }
}

#[tokio::test]
async fn a_plain_step_fails_like_any_other() {
    for how in WAYS {
        let log = Log::default();
        let failure = Plain { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!(failure.step(), Some("fails"));
        assert_eq!(
            log.words(),
            [
                "waits starts",
                "fails starts",
                "fails is dropped",
                "waits is dropped"
            ]
        );

        let log = Log::default();
        let failure = PlainSkewed { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!((failure.step(), failure.batch()), (Some("fails"), Some(2)));
        assert_eq!(
            log.words(),
            [
                "waits starts",
                "a",
                "fails starts",
                "fails is dropped",
                "waits is dropped"
            ]
        );
    }
}

#[tokio::test]
async fn the_last_expression_and_flows_fail_too() {
    for how in WAYS {
        let log = Log::default();
        let failure = Straight { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!((failure.step(), failure.batch()), (Some("fails"), Some(2)));
        assert_eq!(log.words(), ["first"]);

        let log = Log::default();
        let failure = InTail { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!(
            (failure.workflow(), failure.step(), failure.batch()),
            ("InTail", None, None)
        );

        let log = Log::default();
        let failure = InFlowOfFlow { log: &log, how }
            .run(&Orchestrator::new())
            .await
            .unwrap_err();
        check(&failure, how);
        assert_eq!(
            (failure.workflow(), failure.step()),
            ("InFlowOfFlow", Some("outer"))
        );
        let frames: Vec<_> = failure
            .frames()
            .iter()
            .map(|frame| {
                let step = frame.step.as_ref().unwrap();
                (&*frame.workflow, &*step.name, step.kind.word(), step.batch)
            })
            .collect();
        assert_eq!(
            frames,
            [
                ("InFlowOfFlow", "outer", "flow", 1),
                ("InFlow", "inner", "flow", 1),
                ("Straight", "fails", "agent", 2)
            ]
        );
        assert_eq!(log.words(), ["waits starts", "first", "waits is dropped"]);
    }
}

#[tokio::test]
async fn a_failure_says_where_and_why_in_one_line() {
    async fn text(how: How) -> [String; 4] {
        let (o, log) = (Orchestrator::new(), Log::default());
        let failures = [
            Joined { log: &log, how }.run(&o).await.unwrap_err(),
            Straight { log: &log, how }.run(&o).await.unwrap_err(),
            InTail { log: &log, how }.run(&o).await.unwrap_err(),
            InFlowOfFlow { log: &log, how }.run(&o).await.unwrap_err(),
        ];
        failures.map(|failure| failure.to_string())
    }
    assert_eq!(
        text(How::Error).await,
        [
            "workflow `Joined`: step `fails` failed: out of paper",
            "workflow `Straight`: step `fails` failed: out of paper",
            "workflow `InTail`: its last expression failed: out of paper",
            "workflow `InFlowOfFlow`: step `outer`: workflow `InFlow`: step `inner`: workflow `Straight`: step `fails` failed: \
             out of paper",
        ]
    );
    assert_eq!(
        text(How::Panic).await,
        [
            "workflow `Joined`: step `fails` panicked: out of ink",
            "workflow `Straight`: step `fails` panicked: out of ink",
            "workflow `InTail` panicked: out of ink",
            "workflow `InFlowOfFlow`: step `outer`: workflow `InFlow`: step `inner`: workflow `Straight`: step `fails` \
             panicked: out of ink",
        ]
    );
    assert_eq!(
        text(How::NotText).await[0],
        "workflow `Joined`: step `fails` panicked: a payload that is not text"
    );
}

workflow! {
    /// Reads a file that is not there.
    workflow Missing() -> Result<usize, std::io::Error> {
        tool fn file() -> Result<String, std::io::Error> {
            Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"))
        }
        fn length(file) -> usize { file.len() }
        Ok(length)
    }
}

#[tokio::test]
async fn a_main_that_returns_a_failure_prints_what_can_be_read() {
    let failure = Missing {}.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(
        format!("{failure:?}"),
        "workflow `Missing`: step `file` (tool, batch 1, attempt 1) failed: \
         Custom { kind: NotFound, error: \"no such file\" }"
    );
    assert!(format!("{failure:#?}").starts_with("Failure {\n    frames: ["));
}
