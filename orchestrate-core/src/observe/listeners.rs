//! All who listen to an orchestrator, and how they are told.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc as blocking,
    },
    task::{Context as TaskContext, Poll, ready},
    thread::{self, ThreadId},
    time::{Duration, SystemTime},
};

use futures_util::Stream;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{Event, Observer, Sink};

/// How many events wait for an observer before some are left out. A place is made when it is needed.
pub(crate) const CAPACITY: usize = 16_384;

/// For how long an orchestrator that is dropped waits for an observer to see what is left.
const LAST: Duration = Duration::from_secs(1);

/// Everybody who is told.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Arc<[Listener]>);

#[derive(Clone)]
enum Listener {
    /// Told in place.
    Quick(Arc<dyn Sink>),
    Queued(Arc<Queue>),
}

impl Listeners {
    /// These, and one more: in place where it can be, else by a queue that holds so many events.
    pub(crate) fn with(&self, observer: impl Observer + 'static, capacity: usize) -> Self {
        self.and(match observer.__sink() {
            Some(sink) => Listener::Quick(sink),
            None => Listener::Queued(Arc::new(Queue::of(observer, capacity))),
        })
    }

    /// These, and a stream.
    pub(crate) fn streaming(&self, capacity: usize) -> (Self, Events) {
        let (queue, messages) = Queue::of_stream(capacity);
        let missed = Arc::clone(&queue.missed);
        (
            self.and(Listener::Queued(Arc::new(queue))),
            Events { messages, missed },
        )
    }

    fn and(&self, listener: Listener) -> Self {
        Self(self.0.iter().cloned().chain([listener]).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells everybody; nobody is waited for.
    pub(crate) fn tell(&self, event: Event) {
        let Some((last, others)) = self.0.split_last() else {
            return;
        };
        for listener in others {
            match listener {
                Listener::Quick(sink) => tell(&**sink, &event),
                Listener::Queued(queue) => queue.tell(event.clone()),
            }
        }
        match last {
            Listener::Quick(sink) => tell(&**sink, &event),
            Listener::Queued(queue) => queue.tell(event),
        }
    }

    /// Waits until every observer has seen what it was told so far.
    pub(crate) async fn flush(&self) {
        for listener in self.0.iter() {
            match listener {
                Listener::Quick(sink) => {
                    if let Some(done) = sink.flush() {
                        // Its end says it too.
                        let _ = done.await;
                    }
                }
                Listener::Queued(queue) => queue.flush().await,
            }
        }
    }

    /// How many events have been left out, of all queues together.
    pub(crate) fn missed(&self) -> u64 {
        let missed = self.0.iter().map(|listener| match listener {
            Listener::Quick(_) => 0,
            Listener::Queued(queue) => queue.missed.load(Ordering::Relaxed),
        });
        missed.sum()
    }
}

/// Tells it in place. What panics in it (the recorder of somebody's metrics) is no matter of the run.
fn tell(sink: &dyn Sink, event: &Event) {
    drop(catch_unwind(AssertUnwindSafe(|| sink.tell(event))));
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.0.len())
    }
}

/// What stands between the runs and an observer that may be slow.
struct Queue {
    /// None once it is closed.
    sender: Option<mpsc::Sender<Message>>,
    /// How many events have been left out.
    missed: Arc<AtomicU64>,
    /// How many of them since the last one that was not.
    lately: AtomicU64,
    /// The thread of an observer; a stream has none.
    thread: Option<Thread>,
}

struct Thread {
    id: ThreadId,
    /// Hears when it has ended. Nobody waits for the lock: it is taken by who drops the queue.
    ended: Mutex<blocking::Receiver<()>>,
}

enum Message {
    Event {
        event: Event,
        /// How many have been left out before it.
        missed: u64,
    },
    /// All that was sent before has been seen, once this is answered.
    Flush {
        seen: oneshot::Sender<()>,
        /// How many events have been left out before it.
        missed: u64,
    },
}

impl Queue {
    fn of_stream(capacity: usize) -> (Self, mpsc::Receiver<Message>) {
        let (sender, messages) = mpsc::channel(capacity.max(1));
        let queue = Self {
            sender: Some(sender),
            missed: Arc::default(),
            lately: AtomicU64::new(0),
            thread: None,
        };
        (queue, messages)
    }

    fn of(mut observer: impl Observer + 'static, capacity: usize) -> Self {
        let (mut queue, mut messages) = Self::of_stream(capacity);
        let (ends, ended) = blocking::channel();
        let listens = move || {
            while let Some(message) = messages.blocking_recv() {
                match message {
                    // One that panics has lost this event, and is told of the next one.
                    Message::Event { event, missed } => {
                        let told = catch_unwind(AssertUnwindSafe(|| {
                            if missed > 0 {
                                observer.missed(missed);
                            }
                            observer.observe(&event);
                        }));
                        drop(told);
                    }
                    Message::Flush { seen, missed } => {
                        if missed > 0 {
                            drop(catch_unwind(AssertUnwindSafe(|| observer.missed(missed))));
                        }
                        let _ = seen.send(());
                    }
                }
            }
            // What it does when it is dropped is done before anybody goes on.
            drop(catch_unwind(AssertUnwindSafe(|| drop(observer))));
            let _ = ends.send(());
        };
        let thread = thread::Builder::new().name("orchestrated observer".to_owned());
        // Where no thread can be had, all that it is told is left out, and counted.
        queue.thread = thread.spawn(listens).ok().map(|thread| Thread {
            id: thread.thread().id(),
            ended: Mutex::new(ended),
        });
        queue
    }

    fn tell(&self, event: Event) {
        let Some(sender) = &self.sender else {
            return;
        };
        let missed = self.lately.swap(0, Ordering::Relaxed);
        if sender.try_send(Message::Event { event, missed }).is_err() {
            self.lately.fetch_add(missed + 1, Ordering::Relaxed);
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn flush(&self) {
        let (Some(sender), Some(thread)) = (&self.sender, &self.thread) else {
            return;
        };
        // An observer cannot wait for itself.
        if thread.id == thread::current().id() {
            return;
        }
        let (seen, is_seen) = oneshot::channel();
        // Taken once there is a place for it, so that it is not lost.
        if let Ok(place) = sender.reserve().await {
            let missed = self.lately.swap(0, Ordering::Relaxed);
            place.send(Message::Flush { seen, missed });
            let _ = is_seen.await;
        }
    }
}

/// The observer sees what is left, unless that takes it too long.
impl Drop for Queue {
    fn drop(&mut self) {
        self.sender = None;
        let Some(thread) = self.thread.take() else {
            return;
        };
        // One that drops the last orchestrator itself does not wait for itself.
        if thread.id != thread::current().id()
            && let Ok(ended) = thread.ended.into_inner()
        {
            let _ = ended.recv_timeout(LAST);
        }
    }
}

/// What happens in the runs of an orchestrator, as a stream: see [`Orchestrator::events`](crate::Orchestrator::events).
///
/// It ends when the orchestrator, its clones and their runs are gone.
#[must_use = "events that nobody takes are left out once the queue is full"]
pub struct Events {
    messages: mpsc::Receiver<Message>,
    missed: Arc<AtomicU64>,
}

impl Events {
    /// The next event; none when there can be no more.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// How many events have been left out so far, because the queue was full.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Event>> {
        loop {
            match ready!(self.messages.poll_recv(cx)) {
                Some(Message::Event { event, .. }) => return Poll::Ready(Some(event)),
                Some(Message::Flush { .. }) => {}
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Event>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("missed", &self.missed())
            .finish_non_exhaustive()
    }
}

/// The clock of an orchestrator's events: it starts when it is first read.
#[derive(Debug, Default)]
pub(crate) struct Clock(OnceLock<(Instant, SystemTime)>);

impl Clock {
    /// How long it has been running.
    pub(crate) fn now(&self) -> Duration {
        self.zero().0.elapsed()
    }

    /// What the clock on the wall shows when this one shows so much.
    pub(crate) fn wall(&self, at: Duration) -> SystemTime {
        let zero = self.zero().1;
        zero.checked_add(at).unwrap_or(zero)
    }

    fn zero(&self) -> &(Instant, SystemTime) {
        self.0.get_or_init(|| (Instant::now(), SystemTime::now()))
    }
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;
    use crate::{Orchestrator, Workflow as _, testing::script};

    struct Panics;

    impl Sink for Panics {
        fn tell(&self, _: &Event) {
            // Without the message on stderr.
            resume_unwind(Box::new("on purpose"));
        }
    }

    impl Observer for Panics {
        fn observe(&mut self, _: &Event) {}

        fn __sink(&self) -> Option<Arc<dyn Sink>> {
            Some(Arc::new(Self))
        }
    }

    #[test]
    fn what_panics_in_place_changes_no_run_and_keeps_nothing_from_others() {
        let (orchestrator, mut events) = Orchestrator::new().observer(Panics).events();
        let orchestrator = orchestrator.observer(Panics);
        let run = script(|_| Box::pin(async { Ok(7) }));
        let ended = futures::executor::block_on(run.run(&orchestrator));
        assert_eq!(ended.ok(), Some(7));
        let told = std::iter::from_fn(|| futures::FutureExt::now_or_never(events.next()).flatten());
        assert_eq!(told.count(), 2);
    }
}
