//! Who is told what the runs of an orchestrator do.

use super::Orchestrator;
use crate::{
    Observer,
    observe::{CAPACITY, Events, Listeners},
};

impl Orchestrator {
    /// Tells an observer what happens in all runs of this orchestrator, and of the clones that are made from it: any
    /// number of observers can be given, and each is told everything.
    ///
    /// An observer never slows a run. It has a thread of its own, and a queue of 16,384 events in front of it; when that
    /// is full, events are left out and counted ([`Observer::missed`], [`events_missed`](Self::events_missed)). Those of
    /// this crate that only keep what they are told ([`Trace`](crate::Trace), [`Monitor`](crate::Monitor)) are told in
    /// place instead, and miss nothing.
    ///
    /// A run that nobody observes does not look at its steps for this, and an orchestrator that has an observer records
    /// how long each step takes, also those without `timeout` and `estimate`: see [`history`](Self::history).
    ///
    /// When the orchestrator and its clones are dropped, an observer has up to a second to see what is left; to be sure
    /// at another time, there is [`flush`](Self::flush).
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use orchestrated::{workflow, Event, EventKind, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Add(one: u32, two: u32) -> u32 {
    ///         tool fn sum(one, two) -> u32 { one + two }
    ///         sum
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let (sender, ended) = mpsc::channel();
    /// let orchestrator = Orchestrator::new().observer(move |event: &Event| {
    ///     if let EventKind::StepEnded { step, .. } = event.kind {
    ///         let _ = sender.send(step);
    ///     }
    /// });
    /// Add { one: 1, two: 2 }.run(&orchestrator).await?;
    /// drop(orchestrator);
    /// assert_eq!(ended.iter().collect::<Vec<_>>(), [0]);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn observer(self, observer: impl Observer + 'static) -> Self {
        self.observer_with_queue(observer, CAPACITY)
    }

    /// The same, with a queue that holds at most so many events; at least 1.
    #[must_use]
    pub fn observer_with_queue(self, observer: impl Observer + 'static, events: usize) -> Self {
        let listeners = self.current().with(observer, events);
        self.set_listeners(listeners)
    }

    /// What happens in all runs of this orchestrator, and of the clones that are made from it, as a stream. It has a queue
    /// like that of an [`observer`](Self::observer): who does not take the events misses those that come when it is full.
    ///
    /// ```
    /// use orchestrated::{workflow, EventKind, Orchestrator};
    ///
    /// workflow! {
    ///     workflow Add(one: u32, two: u32) -> u32 {
    ///         tool fn sum(one, two) -> u32 { one + two }
    ///         sum
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let (orchestrator, mut events) = Orchestrator::new().events();
    /// Add { one: 1, two: 2 }.run(&orchestrator).await?;
    /// drop(orchestrator);
    /// let first = events.next().await.expect("a run has started");
    /// let EventKind::RunStarted { plan, .. } = first.kind else { panic!("{first:?}") };
    /// assert_eq!(plan.name(), "Add");
    /// while let Some(event) = events.next().await {
    ///     println!("{:?} {:?}", event.at, event.kind);
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn events(self) -> (Self, Events) {
        let (listeners, events) = self.current().streaming(CAPACITY);
        (self.set_listeners(listeners), events)
    }

    /// Waits until every observer has seen what it was told so far. A stream of [`events`](Self::events) is not waited
    /// for.
    pub async fn flush(&self) {
        self.current().flush().await;
    }

    /// How many events have been left out, because the queue of an observer or a stream was full; of several, all
    /// together.
    #[must_use]
    pub fn events_missed(&self) -> u64 {
        self.current().missed()
    }

    fn current(&self) -> Listeners {
        self.listeners().cloned().unwrap_or_default()
    }
}
