//! Bodies that run apart, under the other options; how they fail, and what becomes of them when the run does.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use orchestrated::{CancelToken, Orchestrator, Reason, Refusal, StepFailure, workflow};
use tokio::sync::Notify;

/// What the bodies have done.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    count: AtomicUsize,
    told: Notify,
}

impl Log {
    fn tell(&self, line: impl Into<String>) {
        self.lines.lock().unwrap().push(line.into());
        self.told.notify_one();
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn next(&self) -> usize {
        self.count.fetch_add(1, SeqCst) + 1
    }
}

/// Says so when it is dropped.
struct Tells(Arc<Log>);
impl Drop for Tells {
    fn drop(&mut self) {
        self.0.tell("dropped");
    }
}

workflow! {
    workflow Tried(log: Arc<Log>) -> Result<usize, String> {
        #[spawn] #[idempotent] #[retry(3, backoff = 1ms)] #[timeout(1s)]
        tool fn tried(log, cx) -> Result<usize, String> {
            log.tell(format!("{} {}", cx.step(), cx.attempt()));
            match log.next() {
                1 => std::future::pending().await,
                2 => Err("again".to_owned()),
                n => Ok(n),
            }
        }

        #[blocking] #[fallback(Ok(error.attempts() as usize))]
        fn fails(log, tried) -> Result<usize, String> {
            log.tell("fails");
            Err(format!("{tried}"))
        }

        #[spawn] #[optional]
        fn panics(log, fails) -> usize { panic!("{} {fails}", log.lines().len()) }

        #[spawn] #[default(7)]
        agent fn defaulted(panics: Result<&usize, &StepFailure>) -> usize {
            assert!(panics.is_ok(), "{}", panics.unwrap_err());
            0
        }

        #[blocking] #[when(*defaulted == 0)]
        fn skipped(defaulted) -> usize { *defaulted }

        #[spawn] #[repeat(max = 4, until = *grown > 3)]
        fn grown(defaulted, last) -> usize { last.map_or(1, |last| last + 1).min(*defaulted) }

        Ok(tried + fails + defaulted + skipped.unwrap_or(100) + grown)
    }

    workflow Items(words: Vec<String>, log: Arc<Log>) -> Vec<String> {
        /// Each item is a task: they all wait for one another.
        #[spawn] #[each(word in words)]
        tool fn upper(words, log) -> String {
            if log.next() == words.len() {
                log.told.notify_waiters();
                log.tell("all");
            } else {
                while log.lines().is_empty() { tokio::task::yield_now().await; }
            }
            word.to_uppercase()
        }

        #[blocking] #[each(one in upper, concurrency = 2)]
        fn doubled(one: &String, upper) -> String { format!("{one}{one}") }

        #[spawn] #[each(one in doubled)] #[batch(size = 2)]
        tool fn lengths(doubled) -> Vec<usize> { one.iter().map(String::len).collect() }

        words.into_iter().zip(&doubled).zip(&lengths)
            .map(|((word, doubled), length)| format!("{word} {doubled} {length}"))
            .collect()
    }

    workflow Remembers(n: u64) -> u64 {
        #[spawn] #[cache] #[breaker]
        fn square(n) -> u64 { n * n }
        square
    }

    workflow Fails(log: Arc<Log>) -> Result<(), String> {
        #[spawn]
        tool fn waits(log) {
            let _tells = Tells(Arc::clone(log));
            log.tell("waits");
            std::future::pending::<()>().await;
        }
        tool fn fails(log) -> Result<(), String> {
            while log.lines().is_empty() { tokio::task::yield_now().await; }
            Err("over".to_owned())
        }
        Ok(())
    }

    workflow Panics() -> u32 {
        #[spawn]
        fn broken() -> u32 { panic!("in a task") }
        broken
    }

    workflow PanicsOnThread() -> u32 {
        #[blocking]
        fn broken() -> u32 { panic!("on a thread") }
        broken
    }

    /// The value is wanted after a body that has taken too long.
    workflow Late(text: String, log: Arc<Log>) -> (String, usize) {
        #[blocking] #[timeout(1ms)] #[default(0)]
        fn slow(text, log) -> usize {
            while log.lines().is_empty() { std::thread::yield_now(); }
            text.len()
        }
        tool fn frees(log, slow) { log.tell(format!("{slow}")); }
        #[after(frees)]
        fn taken(move text, slow) -> String { assert_eq!(*slow, 0); text }
        (taken, slow)
    }

    /// A run that has something to undo waits for the thread that it cannot drop.
    workflow Undoes(log: Arc<Log>) -> Result<(), String> {
        #[spawn] #[rollback(log.tell(format!("undone {first}")))]
        tool fn first(log) -> u32 { log.tell("first"); 1 }
        #[blocking]
        fn thread(log, first) {
            log.tell(format!("thread {first}"));
            while log.lines().len() < 3 { std::thread::yield_now(); }
            log.tell("thread ends");
        }
        tool fn fails(log, first) -> Result<(), String> {
            while log.lines().len() < 2 { tokio::task::yield_now().await; }
            log.tell(format!("fails {first}"));
            Err("over".to_owned())
        }
        Ok(())
    }

    workflow Threads(log: Arc<Log>) -> usize {
        #[blocking]
        fn a(log) -> usize { held(log) }
        #[blocking] #[priority(low)]
        fn b(log) -> usize { held(log) }
        #[blocking] #[priority(high)]
        fn c(log) -> usize { held(log) }
        a.max(b).max(c)
    }

    workflow Tells2(log: Arc<Log>) -> bool {
        #[blocking]
        fn seen(log, cx) -> bool {
            let token = cx.cancellation();
            log.tell(format!("{} {} {}", cx.workflow(), cx.step(), cx.attempt()));
            while !token.is_cancelled() { std::thread::yield_now(); }
            log.tell("over");
            true
        }
        seen
    }

    workflow Cancels() -> u32 {
        #[spawn]
        tool fn cancels(cx) -> u32 {
            tokio::task::yield_now().await;
            cx.cancellation().cancel();
            std::future::pending().await
        }
        cancels
    }

    workflow Lookup(n: u32) -> u32 {
        tool fn looked(n) -> u32 { n + 1 }
        looked
    }

    workflow Thinks() -> u32 {
        agent fn thought() -> u32 { 42 }
        thought
    }

    workflow Launches() -> String {
        #[spawn]
        agent fn launches(cx) -> String {
            let looked = Lookup { n: 1 }.run(cx).await.unwrap();
            let refused = launch().await;
            format!("{looked} {refused}")
        }
        launches
    }
}

/// How many hold a thread together, at most.
fn held(log: &Log) -> usize {
    let now = log.next();
    std::thread::sleep(Duration::from_millis(2));
    log.count.fetch_sub(1, SeqCst);
    now
}

/// What an agent must not do, where the macro does not see it.
async fn launch() -> String {
    let run = Thinks {}.run(&Orchestrator::new()).await;
    run.unwrap_err().to_string()
}

#[tokio::test(start_paused = true)]
async fn the_other_options_stand_around_it() {
    let log = Arc::new(Log::default());
    let tried = Tried {
        log: Arc::clone(&log),
    };
    let sum = tried.run(&Orchestrator::new()).await.unwrap();
    // 3 + 1 + 7 + 100 + 4
    assert_eq!(sum, 115);
    assert_eq!(log.lines(), ["tried 1", "tried 2", "tried 3", "fails"]);
}

#[tokio::test]
async fn each_item_is_a_task() {
    let words = ["a", "b", "c"].map(str::to_owned).to_vec();
    let items = Items {
        words,
        log: Arc::default(),
    };
    let items = items.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(items, ["a AA 2", "b BB 2", "c CC 2"]);
}

#[tokio::test]
async fn what_was_computed_is_remembered() {
    let orchestrator = Orchestrator::new();
    for _ in 0..2 {
        assert_eq!(Remembers { n: 3 }.run(&orchestrator).await.unwrap(), 9);
    }
}

#[tokio::test]
async fn a_task_ends_when_the_run_fails() {
    let log = Arc::new(Log::default());
    let fails = Fails {
        log: Arc::clone(&log),
    };
    let failure = fails.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Fails`: step `fails` failed: over"
    );
    while log.lines() != ["waits", "dropped"] {
        log.told.notified().await;
    }
}

#[tokio::test]
async fn a_task_ends_when_the_run_is_dropped() {
    let log = Arc::new(Log::default());
    let orchestrator = Orchestrator::new();
    {
        let fails = Fails {
            log: Arc::clone(&log),
        };
        let mut run = std::pin::pin!(fails.run(&orchestrator));
        assert!(futures::poll!(run.as_mut()).is_pending());
        while log.lines().is_empty() {
            log.told.notified().await;
        }
    }
    while log.lines() != ["waits", "dropped"] {
        log.told.notified().await;
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_of_its_step() {
    let failure = Panics {}.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(failure.step(), Some("broken"));
    assert!(
        matches!(failure.reason(), Reason::Panicked(panic) if panic.message() == Some("in a task"))
    );
    let failure = PanicsOnThread {}
        .run(&Orchestrator::new())
        .await
        .unwrap_err();
    assert!(
        matches!(failure.reason(), Reason::Panicked(panic) if panic.message() == Some("on a thread"))
    );
}

#[tokio::test]
async fn a_value_is_taken_back_when_a_late_body_has_ended() {
    let late = Late {
        text: "text".to_owned(),
        log: Arc::default(),
    };
    let late = late.run(&Orchestrator::new()).await.unwrap();
    assert_eq!(late, ("text".to_owned(), 0));
}

#[tokio::test]
async fn a_run_that_undoes_waits_for_its_threads() {
    let log = Arc::new(Log::default());
    let undoes = Undoes {
        log: Arc::clone(&log),
    };
    let failure = undoes.run(&Orchestrator::new()).await.unwrap_err();
    assert_eq!(failure.step(), Some("fails"));
    assert_eq!(failure.rollbacks().len(), 1);
    assert_eq!(
        log.lines(),
        ["first", "thread 1", "fails 1", "thread ends", "undone 1"]
    );
}

#[tokio::test]
async fn so_many_threads_are_held_at_once() {
    let orchestrator = Orchestrator::new().blocking_threads(1);
    let threads = Threads {
        log: Arc::default(),
    };
    assert_eq!(threads.run(&orchestrator).await.unwrap(), 1);
}

#[tokio::test]
async fn a_thread_sees_that_the_run_is_over() {
    let log = Arc::new(Log::default());
    let orchestrator = Orchestrator::new();
    {
        let run = Tells2 {
            log: Arc::clone(&log),
        };
        let mut run = std::pin::pin!(run.run(&orchestrator));
        assert!(futures::poll!(run.as_mut()).is_pending());
        while log.lines().is_empty() {
            log.told.notified().await;
        }
    }
    while log.lines() != ["Tells2 seen 1", "over"] {
        log.told.notified().await;
    }
}

#[tokio::test]
async fn a_task_cancels_its_run() {
    let failure = Cancels {}.run(&Orchestrator::new()).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Cancelled));
    let token = CancelToken::new();
    token.cancel();
    let orchestrator = Orchestrator::new().cancel_on(&token);
    let failure = Cancels {}.run(&orchestrator).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Cancelled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_of_an_agent_launches_no_agents() {
    let launched = Launches {}.run(&Orchestrator::new()).await.unwrap();
    let (looked, refused) = launched.split_once(' ').unwrap();
    assert_eq!(looked, "2");
    assert!(
        refused.contains("a sub-agent cannot launch other sub-agents"),
        "{refused}"
    );
}

#[test]
fn without_an_executor_the_step_says_what_it_needs() {
    let run = futures::executor::block_on(Remembers { n: 2 }.run(&Orchestrator::new()));
    let failure = run.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Refused(Refusal::NoExecutor(_))
    ));
    assert_eq!(
        failure.to_string(),
        "workflow `Remembers`: step `square` was not started: it runs apart from its run, and so needs a tokio runtime, \
         or an executor that is set with `Orchestrator::executor`"
    );
}

#[test]
fn an_executor_that_drops_a_task_fails_its_step() {
    let gone = tokio::runtime::Runtime::new().unwrap();
    let handle = gone.handle().clone();
    gone.shutdown_background();
    let orchestrator = Orchestrator::new().executor(handle);
    let failure = futures::executor::block_on(Remembers { n: 2 }.run(&orchestrator)).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Remembers`: step `square` was not started: its executor dropped it before it had ended"
    );
}
