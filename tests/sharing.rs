//! What the readers of a step get of it, and what the steps and the runs of one orchestrator share: optional steps,
//! conditions, items, limits, permissions, people. All of it in virtual time, and every run as one that can be sent.

#[path = "sharing/batch.rs"]
mod batch;
#[path = "sharing/check.rs"]
mod check;
#[path = "sharing/critical.rs"]
mod critical;
#[path = "sharing/deadline.rs"]
mod deadline;
#[path = "sharing/each.rs"]
mod each;
#[path = "sharing/each_options.rs"]
mod each_options;
#[path = "sharing/human.rs"]
mod human;
#[path = "sharing/max_concurrency.rs"]
mod max_concurrency;
#[path = "sharing/optional.rs"]
mod optional;
#[path = "sharing/priority.rs"]
mod priority;
#[path = "sharing/quorum.rs"]
mod quorum;
#[path = "sharing/turns.rs"]
mod turns;
#[path = "sharing/uses.rs"]
mod uses;
#[path = "sharing/when.rs"]
mod when;

use std::{
    fmt,
    future::Future,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use orchestrated::Rejected;
use tokio::time::{self, Instant};

/// What the steps of a test leave behind: who started, ended or was dropped, and when.
struct Log {
    began: Instant,
    words: Mutex<Vec<String>>,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Log {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            words: Mutex::default(),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    fn say(&self, word: impl Into<String>) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.push(word.into());
    }

    /// What was said since it was last asked.
    fn words(&self) -> Vec<String> {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *words)
    }

    /// In milliseconds.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    /// How many have worked at the same time, since it was last asked.
    fn most(&self) -> usize {
        self.most.swap(0, SeqCst)
    }

    /// Something that takes so long: `+` when it starts, `-` when it ends, `!` when it is dropped before that.
    async fn works(&self, name: impl fmt::Display, millis: u64) {
        let mut work = Work {
            log: self,
            name: name.to_string(),
            end: '!',
        };
        self.say(format!("+{} {}", work.name, self.now()));
        self.most
            .fetch_max(self.running.fetch_add(1, SeqCst) + 1, SeqCst);
        ms(millis).await;
        work.end = '-';
    }
}

struct Work<'l> {
    log: &'l Log,
    name: String,
    end: char,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        let Self { log, name, end } = self;
        log.running.fetch_sub(1, SeqCst);
        log.say(format!("{end}{name} {}", log.now()));
    }
}

/// The error of most workflows here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    No(&'static str),
    Rejected(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No(why) => f.write_str(why),
            Self::Rejected(reason) => write!(f, "rejected ({reason})"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected.reason().to_owned())
    }
}

async fn ms(millis: u64) {
    time::sleep(Duration::from_millis(millis)).await;
}

/// What would wait for ever fails instead; and every run here can be sent.
async fn bounded<F: Future + Send>(run: F) -> F::Output {
    let ended = time::timeout(Duration::from_hours(24), run).await;
    ended.expect("it waits for ever")
}
