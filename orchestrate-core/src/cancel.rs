use std::fmt;

use tokio::sync::watch;

/// Cancels runs, and tells work that a step has handed to somebody else (a thread, a task, a process) that its run is
/// over.
///
/// There are two ways to one:
///
/// - [`CancelToken::new`], given to an orchestrator with [`Orchestrator::cancel_on`](crate::Orchestrator::cancel_on),
///   cancels all the runs of that orchestrator.
/// - [`Context::cancellation`](crate::Context::cancellation) gives the token of one run: [`cancel`](Self::cancel)
///   cancels it, and it counts as cancelled as soon as the run has ended, in whatever way: nobody is waiting for the work
///   any more.
///
/// A run that is cancelled starts nothing new. It rolls back what must be undone, and fails with
/// [`Reason::Cancelled`](crate::Reason::Cancelled); somebody must go on polling it until then. A run whose future is
/// dropped ends at once: what is dropped cannot wait, so nothing is rolled back.
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
#[derive(Clone)]
pub struct CancelToken {
    cancelled: watch::Sender<bool>,
}

impl CancelToken {
    /// A token that is not cancelled yet. Its clones are cancelled with it.
    ///
    /// ```
    /// use orchestrated::CancelToken;
    ///
    /// let token = CancelToken::new();
    /// let clone = token.clone();
    /// clone.cancel();
    /// assert!(token.is_cancelled());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            cancelled: watch::Sender::new(false),
        }
    }

    /// Cancels it, and wakes whoever waits for that. There is no way back.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Whether it is cancelled; for the token of a run, also whether the run has ended.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Waits until it is cancelled; for the token of a run, also until the run has ended.
    pub async fn cancelled(&self) {
        let mut seen = self.cancelled.subscribe();
        // An error would say that every sender is gone, and this one is not.
        let _ = seen.wait_for(|cancelled| *cancelled).await;
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("is_cancelled", &self.is_cancelled())
            .finish()
    }
}

/// The run's own token: cancelled when it is dropped, and the run drops it in whatever way it ends.
#[derive(Debug)]
pub(crate) struct CancelSource(CancelToken);

impl CancelSource {
    pub(crate) fn new() -> Self {
        Self(CancelToken::new())
    }

    /// That of a run that has one already.
    pub(crate) fn of(token: CancelToken) -> Self {
        Self(token)
    }

    /// Goes without cancelling anything: the run goes on.
    pub(crate) fn release(mut self) {
        self.0 = CancelToken::new();
    }

    pub(crate) fn token(&self) -> CancelToken {
        self.0.clone()
    }
}

impl Drop for CancelSource {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_token_knows_when_its_run_has_ended() {
        let source = CancelSource::new();
        let (early, late) = (source.token(), source.token());
        assert!(!early.is_cancelled() && !late.is_cancelled());
        drop(source);
        assert!(early.is_cancelled() && late.is_cancelled());
        assert_eq!(early.cancelled().now_or_never(), Some(()));
    }

    #[test]
    fn whoever_waits_is_woken() {
        let source = CancelSource::new();
        let token = source.token();
        let mut waiting = std::pin::pin!(token.cancelled());
        assert_eq!(waiting.as_mut().now_or_never(), None);
        drop(source);
        assert_eq!(waiting.now_or_never(), Some(()));
    }
}
