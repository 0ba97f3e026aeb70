use tokio::sync::watch;

/// Tells work that a step has handed to somebody else (a thread, a task, a process) that its run is over.
///
/// A run is cancelled by dropping its future. What lives inside that future is dropped with it; what does not must be
/// told, and this is how: [`Context::cancellation`](crate::Context::cancellation) gives the token of the run. It is
/// cancelled as soon as the run has ended, in whatever way: nobody is waiting for the work any more.
///
/// ```
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Count() -> u64 {
///         tool fn counted(cx) -> u64 {
///             let token = cx.cancellation();
///             let thread = std::thread::spawn(move || {
///                 let mut n = 0;
///                 while n < 1_000 && !token.is_cancelled() { n += 1; }
///                 n
///             });
///             thread.join().expect("counting does not panic")
///         }
///
///         counted
///     }
/// }
///
/// # futures::executor::block_on(async {
/// assert_eq!(Count {}.run(&Orchestrator::new()).await?, 1_000);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct CancelToken {
    cancelled: watch::Receiver<bool>,
}

impl CancelToken {
    /// Whether the run has ended.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        // Whoever could still say so is gone: the run is.
        *self.cancelled.borrow() || self.cancelled.has_changed().is_err()
    }

    /// Waits until the run has ended.
    pub async fn cancelled(&self) {
        // An error says that the run is gone, which is what is waited for.
        let _ = self
            .cancelled
            .clone()
            .wait_for(|cancelled| *cancelled)
            .await;
    }
}

/// The run's end of its tokens.
#[derive(Debug)]
pub(crate) struct CancelSource(watch::Sender<bool>);

impl CancelSource {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn token(&self) -> CancelToken {
        CancelToken {
            cancelled: self.0.subscribe(),
        }
    }

    pub(crate) fn cancel(&self) {
        self.0.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_knows_when_its_run_has_ended() {
        let source = CancelSource::new();
        let (early, late) = (source.token(), source.token());
        assert!(!early.is_cancelled());
        source.cancel();
        assert!(early.is_cancelled() && late.is_cancelled() && source.token().is_cancelled());
        futures::executor::block_on(early.cancelled());
    }

    #[test]
    fn a_run_that_is_gone_has_ended() {
        let source = CancelSource::new();
        let token = source.token();
        drop(source);
        assert!(token.is_cancelled());
        futures::executor::block_on(token.cancelled());
    }

    #[test]
    fn whoever_waits_is_woken() {
        use futures::FutureExt as _;
        let source = CancelSource::new();
        let token = source.token();
        let mut waiting = std::pin::pin!(token.cancelled());
        assert!(waiting.as_mut().now_or_never().is_none());
        source.cancel();
        assert!(waiting.now_or_never().is_some());
    }
}
