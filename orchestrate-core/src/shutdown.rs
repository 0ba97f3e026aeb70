//! The end of an orchestrator: its runs are told, and waited for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

use crate::{CancelToken, orchestrator::State};

/// Whether an orchestrator has been shut down, and how many of its runs have not ended yet.
#[derive(Debug)]
pub(crate) struct Shutdown {
    /// What every run looks at; the token tells those that wait to be woken.
    is_down: AtomicBool,
    token: CancelToken,
    running: watch::Sender<usize>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            is_down: AtomicBool::new(false),
            token: CancelToken::new(),
            running: watch::Sender::new(0),
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
        self.is_down.store(true, Ordering::Relaxed);
        self.token.cancel();
        let mut running = self.running.subscribe();
        // An error would say that the sender is gone, and it is here.
        let _ = running.wait_for(|running| *running == 0).await;
    }
}

/// A run that a shutdown waits for, until it is dropped.
#[derive(Debug)]
pub(crate) struct Running(Arc<State>);

impl Running {
    pub(crate) fn new(state: &Arc<State>) -> Self {
        state.shutdown.running.send_modify(|running| *running += 1);
        Self(Arc::clone(state))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.shutdown.running.send_modify(|running| *running -= 1);
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
