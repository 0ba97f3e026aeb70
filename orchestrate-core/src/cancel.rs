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
    run: watch::Receiver<()>,
}

impl CancelToken {
    /// Whether the run has ended.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.run.has_changed().is_err()
    }

    /// Waits until the run has ended.
    pub async fn cancelled(&self) {
        // Nothing is ever sent: the channel ends with the run.
        let mut run = self.run.clone();
        while run.changed().await.is_ok() {}
    }
}

/// The run's end of its tokens: it cancels them when it is dropped, and the run drops it in whatever way it ends.
#[derive(Debug)]
pub(crate) struct CancelSource(watch::Sender<()>);

impl CancelSource {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub(crate) fn token(&self) -> CancelToken {
        CancelToken {
            run: self.0.subscribe(),
        }
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
