//! The end of an orchestrator: its runs are told, and waited for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

use crate::{CancelToken, orchestrator::State};

/// Whether an orchestrator has been shut down, and how many of its runs have not ended yet.
#[derive(Debug)]
pub(crate) struct Shutdown {
    /// What every run looks at; the token tells those that wait to be woken.
    is_down: AtomicBool,
    token: CancelToken,
    running: AtomicUsize,
    /// The last run of those that a shutdown waits for has ended.
    ended: Notify,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            is_down: AtomicBool::new(false),
            token: CancelToken::new(),
            running: AtomicUsize::new(0),
            ended: Notify::new(),
        }
    }
}

impl Shutdown {
    #[inline]
    pub(crate) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }

    pub(crate) fn token(&self) -> &CancelToken {
        &self.token
    }

    pub(crate) async fn shut_down(&self) {
        // In one order with the count: either this sees that the last run has ended, or that run sees this.
        self.is_down.store(true, Ordering::SeqCst);
        self.token.cancel();
        loop {
            let mut ended = std::pin::pin!(self.ended.notified());
            // From here on it is told, also of what happens before it waits.
            ended.as_mut().enable();
            if self.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

/// A run that a shutdown waits for, until it is dropped.
#[derive(Debug)]
pub(crate) struct Running(Arc<State>);

impl Running {
    pub(crate) fn new(state: &Arc<State>) -> Self {
        state.shutdown.running.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(state))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let shutdown = &self.0.shutdown;
        let was_last = shutdown.running.fetch_sub(1, Ordering::SeqCst) == 1;
        if was_last && shutdown.is_down.load(Ordering::SeqCst) {
            shutdown.ended.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn it_ends_with_the_last_run() {
        let state = Arc::new(State::default());
        let (one, other) = (Running::new(&state), Running::new(&state));
        let mut down = Box::pin(state.shutdown.shut_down());
        assert!(!state.shutdown.is_down());
        assert!(down.as_mut().now_or_never().is_none());
        assert!(state.shutdown.is_down() && state.shutdown.token().is_cancelled());
        drop(one);
        assert!(down.as_mut().now_or_never().is_none());
        drop(other);
        assert!(down.now_or_never().is_some());
    }
}
