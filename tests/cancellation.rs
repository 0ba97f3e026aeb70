//! A run is cancelled by dropping its future: all that runs is dropped, nothing new starts, and whoever works outside of
//! it is told.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use orchestrated::{CancelToken, Orchestrator, workflow};
use tokio::{sync::oneshot, time};

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn say(&self, word: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(word.into());
    }

    fn words(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn guard(&self, name: &'static str) -> Guard<'_> {
        self.say(name);
        Guard(self, name)
    }
}

struct Guard<'l>(&'l Log, &'static str);
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.say(format!("{} dropped", self.1));
    }
}

async fn seconds(n: u64) {
    time::sleep(Duration::from_secs(n)).await;
}

workflow! {
    workflow Batch(log: &Log) -> u32 {
        tool fn quick(log) -> u32 { let _guard = log.guard("quick"); seconds(1).await; 1 }
        agent fn slow(log) -> u32 { let _guard = log.guard("slow"); seconds(100).await; 1 }
        mcp fn slower(log) -> u32 { let _guard = log.guard("slower"); seconds(200).await; 1 }
        fn reader(quick, slow, slower, log) -> u32 { log.say("reader"); quick + slow + slower }
        reader
    }
    workflow Skewed(log: &Log) -> u32 {
        tool fn a(log) -> u32 { let _guard = log.guard("a"); seconds(1).await; 1 }
        tool fn b(a, log) -> u32 { let _guard = log.guard("b"); seconds(100).await; *a }
        tool fn c(log) -> u32 { let _guard = log.guard("c"); seconds(200).await; 1 }
        tool fn d(c, log) -> u32 { log.say("d"); *c }
        fn e(b, d, log) -> u32 { log.say("e"); b + d }
        log.say("the tail");
        e
    }
    workflow Nested(log: &Log) -> u32 {
        tool fn first(log) -> u32 { log.say("first"); 1 }
        #[after(first)]
        flow inner = Batch { log };
        fn never(inner, first, log) -> u32 { log.say("never"); inner + first }
        never
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_drops_what_runs() {
    let o = Orchestrator::new();

    let log = Log::default();
    let run = time::timeout(Duration::from_secs(10), Batch { log: &log }.run(&o));
    assert!(run.await.is_err());
    let mut words = log.words();
    words[4..].sort();
    assert_eq!(
        words,
        [
            "quick",
            "slow",
            "slower",
            "quick dropped",
            "slow dropped",
            "slower dropped"
        ]
    );

    let log = Log::default();
    let run = time::timeout(Duration::from_secs(10), Skewed { log: &log }.run(&o));
    assert!(run.await.is_err());
    let mut words = log.words();
    words[4..].sort();
    assert_eq!(
        words,
        ["a", "c", "a dropped", "b", "b dropped", "c dropped"]
    );

    let log = Log::default();
    let run = time::timeout(Duration::from_secs(10), Nested { log: &log }.run(&o));
    assert!(run.await.is_err());
    let mut words = log.words();
    words[5..].sort();
    assert_eq!(
        words,
        [
            "first",
            "quick",
            "slow",
            "slower",
            "quick dropped",
            "slow dropped",
            "slower dropped"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_before_the_first_poll() {
    let log = Log::default();
    let o = Orchestrator::new();
    drop(Batch { log: &log }.run(&o));
    let late = Batch { log: &log }.run(&o);
    seconds(1).await;
    assert!(log.words().is_empty());
    assert_eq!(late.await.unwrap(), 3);
}

/// How a run of [`Hands`] ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Success,
    Error,
    Panic,
    Dropped,
}

workflow! {
    /// Gives its tokens away.
    workflow Hands(to: oneshot::Sender<[CancelToken; 2]>, end: End) -> Result<(), String> {
        tool fn handed(move to, cx) {
            let tokens = [cx.cancellation(), cx.cancellation()];
            assert!(tokens.iter().all(|token| !token.is_cancelled()));
            assert!(to.send(tokens).is_ok());
        }
        #[after(handed)]
        tool fn ended(end) -> Result<(), String> {
            seconds(1).await;
            match end {
                End::Success => Ok(()),
                End::Error => Err("failed".to_owned()),
                End::Panic => panic!("panicked"),
                End::Dropped => std::future::pending().await,
            }
        }
        Ok(ended)
    }
}

#[tokio::test(start_paused = true)]
async fn work_outside_of_the_run_is_told_that_it_has_ended() {
    for end in [End::Success, End::Error, End::Panic, End::Dropped] {
        let (to, tokens) = oneshot::channel();
        let (told, heard) = oneshot::channel();
        let worker = tokio::spawn(async move {
            let [token, other]: [CancelToken; 2] = tokens.await.unwrap();
            let worked = time::timeout(Duration::from_millis(900), token.cancelled()).await;
            assert!(worked.is_err(), "the run has not ended yet");
            assert!(!token.is_cancelled() && !other.is_cancelled());
            token.clone().cancelled().await;
            assert!(token.is_cancelled() && other.is_cancelled());
            // Once is for ever.
            token.cancelled().await;
            let _ = told.send(other);
        });
        let o = Orchestrator::new();
        let run = time::timeout(Duration::from_secs(2), Hands { to, end }.run(&o));
        match end {
            End::Success => run.await.unwrap().unwrap(),
            End::Dropped => assert!(run.await.is_err()),
            End::Error | End::Panic => assert!(run.await.unwrap().is_err()),
        }
        worker.await.unwrap();
        assert!(heard.await.unwrap().is_cancelled());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_tells_too() {
    let (to, tokens) = oneshot::channel();
    let o = Orchestrator::new().deadline(Duration::from_secs(3));
    let failure = Hands {
        to,
        end: End::Dropped,
    }
    .run(&o)
    .await
    .unwrap_err();
    assert!(matches!(
        failure.reason(),
        orchestrated::Reason::TimedOut(_)
    ));
    assert!(tokens.await.unwrap().iter().all(CancelToken::is_cancelled));
}

#[tokio::test(start_paused = true)]
async fn runs_beside_each_other_have_tokens_of_their_own() {
    let o = Orchestrator::new();
    let (first, first_tokens) = oneshot::channel();
    let (second, second_tokens) = oneshot::channel();
    let mut long = std::pin::pin!(
        Hands {
            to: second,
            end: End::Dropped
        }
        .run(&o)
    );
    let short = Hands {
        to: first,
        end: End::Success,
    }
    .run(&o);
    tokio::select! {
        ended = short => ended.unwrap(),
        _ = &mut long => panic!("it never ends"),
    }
    assert!(
        first_tokens
            .await
            .unwrap()
            .iter()
            .all(CancelToken::is_cancelled)
    );
    assert!(
        second_tokens
            .await
            .unwrap()
            .iter()
            .all(|token| !token.is_cancelled())
    );
}
