//! Who calls a hook, so that no run waits for it.

use std::{
    collections::VecDeque,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::oneshot;

use super::{Alarm, AlarmState};

/// How many alarms wait for a hook that takes its time.
const QUEUE: usize = 64;

type Call = Box<dyn FnMut(&Alarm) + Send>;

/// A hook, and what it has not been told yet. A thread calls it while there is something to tell, and ends then.
#[derive(Clone)]
pub(super) struct Hook(Arc<Shared>);

struct Shared {
    call: Mutex<Call>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    alarms: VecDeque<Alarm>,
    /// Whether there is a thread that tells them.
    told: bool,
    /// Who hears when all of them have been told.
    flushed: Vec<oneshot::Sender<()>>,
}

impl Hook {
    pub(super) fn new(call: impl FnMut(&Alarm) + Send + 'static) -> Self {
        Self(Arc::new(Shared {
            call: Mutex::new(Box::new(call)),
            queue: Mutex::default(),
        }))
    }

    /// Has the hook called, soon and elsewhere.
    ///
    /// Where the hook is so slow that the queue is full, an alert that was raised and is clear before the hook heard of it
    /// is left out: what it hears of is always raised and clear in turn.
    pub(super) fn call(&self, alarm: Alarm) {
        let mut queue = self.0.queue();
        if queue.alarms.len() >= QUEUE
            && alarm.state == AlarmState::Cleared
            && queue.alarms.pop_back().is_some()
        {
            return;
        }
        queue.alarms.push_back(alarm);
        if queue.told {
            return;
        }
        let shared = self.0.clone();
        let thread = thread::Builder::new().name("orchestrated-alert".to_owned());
        // Without a thread, the next alarm tries again.
        queue.told = thread.spawn(move || shared.tell()).is_ok();
    }

    /// Hears when the hook has been told of all that there was; none if it has.
    pub(super) fn flush(&self) -> Option<oneshot::Receiver<()>> {
        let mut queue = self.0.queue();
        if !queue.told {
            return None;
        }
        let (sender, done) = oneshot::channel();
        queue.flushed.push(sender);
        Some(done)
    }
}

impl Shared {
    fn tell(&self) {
        loop {
            let mut queue = self.queue();
            let Some(alarm) = queue.alarms.pop_front() else {
                queue.told = false;
                queue.flushed.clear();
                return;
            };
            drop(queue);
            let mut call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
            // The panic has been reported by now; the hook hears of what comes next.
            let _ = catch_unwind(AssertUnwindSafe(|| call(&alarm)));
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A queue is always a queue.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}
