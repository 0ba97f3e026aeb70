//! Who listens.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Event;

/// Who is told what happens in the runs of an orchestrator: see [`Orchestrator::observer`](crate::Orchestrator::observer).
///
/// An observer has a thread of its own, and what it is told waits in a queue of bounded length: so it may take its time,
/// and never slows a run. When the queue is full, events are left out, and [`missed`](Self::missed) says how many.
///
/// A closure is an observer:
///
/// ```
/// use orchestrated::{workflow, Event, Orchestrator};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let orchestrator = Orchestrator::new().observer(|event: &Event| println!("{event:?}"));
/// Greet { name: "Ada" }.run(&orchestrator).await?;
/// orchestrator.flush().await;
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub trait Observer: Send {
    /// Something has happened. Of one run, in the order in which it happened.
    fn observe(&mut self, event: &Event);

    /// So many events have been left out here, because the queue was full: what is told next is not all that happened. Said
    /// before the next event, or when the orchestrator is [flushed](crate::Orchestrator::flush).
    fn missed(&mut self, events: u64) {
        let _ = events;
    }

    /// For observers of this crate that are quick enough to be told in place.
    #[doc(hidden)]
    fn __sink(&self) -> Option<Arc<dyn Sink>> {
        None
    }
}

impl<F: FnMut(&Event) + Send> Observer for F {
    fn observe(&mut self, event: &Event) {
        self(event);
    }
}

/// An observer that is told in place, by the thread that polls the run: it must be quick, and never wait for long.
#[doc(hidden)]
pub trait Sink: Send + Sync {
    /// Something has happened.
    fn tell(&self, event: &Event);

    /// Where it has handed something on that takes its time: hears when that is done.
    fn flush(&self) -> Option<oneshot::Receiver<()>> {
        None
    }
}
