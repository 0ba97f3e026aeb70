//! What has happened in a test, and when: what its steps say of themselves.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Begins when it is made; its clock is tokio's, which the tests pause.
#[derive(Debug)]
pub(crate) struct Log {
    began: Instant,
    said: Mutex<Vec<(u64, String)>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            said: Mutex::default(),
        }
    }

    /// Notes that this happens, and tells for which time: 1, 2, ..
    pub(crate) fn say(&self, what: impl Into<String>) -> usize {
        let what = what.into();
        let now = self.now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push((now, what));
        let (_, what) = &said[said.len() - 1];
        said.iter().filter(|(_, said)| said == what).count()
    }

    /// The milliseconds since the log was begun.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    /// What has happened, in order.
    pub(crate) fn words(&self) -> Vec<String> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().map(|(_, said)| said.clone()).collect()
    }

    /// When this has happened, in milliseconds.
    pub(crate) fn times(&self, what: &str) -> Vec<u64> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let times = said.iter().filter(|(_, said)| said == what);
        times.map(|(time, _)| *time).collect()
    }

    /// How often this has happened.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.times(what).len()
    }

    /// Says so when it is dropped.
    pub(crate) fn until_dropped(&self, what: &'static str) -> UntilDropped<'_> {
        UntilDropped(self, what)
    }
}

pub(crate) struct UntilDropped<'l>(&'l Log, &'static str);

impl Drop for UntilDropped<'_> {
    fn drop(&mut self) {
        self.0.say(self.1);
    }
}

/// Lets so many milliseconds pass.
pub(crate) async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("busy")]
    Busy,
    #[error("broken: {0}")]
    Broken(u32),
}

impl Fault {
    pub(crate) fn is_busy(&self) -> bool {
        *self == Self::Busy
    }
}
