//! Calls of the same step, gathered into one.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    convert::Infallible,
    error::Error,
    fmt,
    future::{Future, poll_fn},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context as TaskContext, Poll, Waker},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

use crate::planned::StepKey;

/// The batches of an orchestrator: one for each step and what its calls must have in common.
#[derive(Default)]
pub(crate) struct Batches {
    by_step: Arc<Mutex<ByStep>>,
}

/// A batch lives as long as somebody calls it: its key holds addresses, of which there is no end.
type ByStep = HashMap<Id, Weak<dyn Any + Send + Sync>>;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Id {
    step: StepKey,
    item: TypeId,
    output: TypeId,
    group: Vec<usize>,
}

impl Batches {
    /// The batch of a step, which is known by its workflow's path and its name, for the calls of one `group`: that they
    /// have their other inputs in common, as [`same`] tells them.
    ///
    /// # Panics
    ///
    /// Never: a batch is found by its types.
    pub(crate) fn of<I, O>(&self, step: StepKey, group: Vec<usize>) -> Arc<Batch<I, O>>
    where
        I: Send + 'static,
        O: Send + 'static,
    {
        let id = Id {
            step,
            item: TypeId::of::<I>(),
            output: TypeId::of::<O>(),
            group,
        };
        let mut by_step = lock(&self.by_step);
        if let Some(known) = by_step.get(&id).and_then(Weak::upgrade) {
            // A batch that goes takes this lock.
            drop(by_step);
            return known.downcast().expect("its types are a part of its id");
        }
        let batch = Arc::new(Batch {
            gathering: Mutex::default(),
            home: Arc::downgrade(&self.by_step),
            id: id.clone(),
        });
        let weak = Arc::downgrade(&batch);
        by_step.insert(id, weak);
        batch
    }
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}

/// Two references of one type give the same only if they are to the same value: its address, and its size, since a slice
/// begins where its first element does.
///
/// It holds while the value is borrowed, and so does a call: it leaves its batch when it is dropped.
pub fn same<T: ?Sized>(value: &T) -> [usize; 2] {
    [(&raw const *value).addr(), size_of_val(value)]
}

/// Gathers the calls of one step, also those of different runs.
///
/// The first caller leads. It waits until the batch is full or the time is over, runs the body in its own future, and
/// hands out what the body gives. A leader that is dropped before that leaves the lead to the next. Those who call while
/// the body runs start the next batch.
///
/// The callers are futures that are polled side by side: one that waits for another must not keep it from being polled.
pub(crate) struct Batch<I, O> {
    gathering: Mutex<Option<Shared<I, O>>>,
    home: Weak<Mutex<ByStep>>,
    id: Id,
}

type Shared<I, O> = Arc<Mutex<Round<I, O>>>;

impl<I, O> Batch<I, O> {
    /// The output for this item, of a body that runs with the items of other callers too. Of what the callers say, that
    /// of the leader counts.
    ///
    /// Waiting needs a tokio runtime with its timer enabled, which counts in milliseconds. A batch of one does not wait.
    ///
    /// # Errors
    ///
    /// Whatever becomes of the batch becomes of each of its callers. The error of the body goes to its leader; the others
    /// are told what `describe` makes of it.
    pub(crate) async fn call<E, F>(
        &self,
        item: I,
        size: usize,
        wait: Duration,
        describe: fn(&E) -> String,
        run: impl FnOnce(Vec<I>) -> F,
    ) -> Result<O, BatchError<E>>
    where
        F: Future<Output = Result<Vec<O>, E>>,
    {
        let mut seat = self.join(item, size, wait);
        if let Some(fate) = poll_fn(|cx| seat.poll_turn(cx)).await {
            return fate.map_err(BatchError::widen);
        }
        seat.gather().await;
        let given = run(seat.close()).await;
        seat.hand_out(given, describe)
    }

    fn join(&self, item: I, size: usize, wait: Duration) -> Seat<I, O> {
        let mut gathering = lock(&self.gathering);
        let open = gathering.take().filter(|round| lock(round).is_open());
        let round = open.unwrap_or_else(|| Arc::new(Mutex::new(Round::new(size, wait))));
        let (index, full) = lock(&round).add(item);
        *gathering = Some(Arc::clone(&round));
        drop(gathering);
        wake(full);
        Seat {
            round,
            index,
            followers: None,
        }
    }
}

impl<I, O> Drop for Batch<I, O> {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade() {
            let mut by_step = lock(&home);
            // Somebody may have made another one since.
            if by_step
                .get(&self.id)
                .is_some_and(|batch| batch.strong_count() == 0)
            {
                by_step.remove(&self.id);
            }
        }
    }
}

impl<I, O> fmt::Debug for Batch<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("step", &self.id.step)
            .finish_non_exhaustive()
    }
}

/// Why a call that was gathered has no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BatchError<E> {
    /// The body has failed: to the caller that ran it.
    Failed(E),
    /// The body has failed: to the others.
    Shared(Arc<str>),
    /// The body gave more or fewer outputs than it had items.
    Length {
        /// How many it gave.
        given: usize,
        /// How many items it had.
        expected: usize,
    },
    /// The caller that ran the body was dropped, or the body panicked.
    LeaderGone,
}

/// What somebody else is told.
type Told = BatchError<Infallible>;

impl Told {
    fn widen<E>(self) -> BatchError<E> {
        match self {
            Self::Failed(never) => match never {},
            Self::Shared(text) => BatchError::Shared(text),
            Self::Length { given, expected } => BatchError::Length { given, expected },
            Self::LeaderGone => BatchError::LeaderGone,
        }
    }
}

impl<E: fmt::Display> fmt::Display for BatchError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Shared(text) => f.write_str(text),
            Self::Length { given, expected } => {
                write!(f, "the batch gave {given} outputs for {expected} items")
            }
            Self::LeaderGone => f.write_str("the call that ran the batch ended before it"),
        }
    }
}

impl<E: Error + 'static> Error for BatchError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Its text is this one's.
            Self::Failed(error) => error.source(),
            _ => None,
        }
    }
}

/// Calls that run together.
struct Round<I, O> {
    size: usize,
    /// Never, if the time cannot be told.
    until: Option<Instant>,
    phase: Phase,
    calls: Vec<Call<I, O>>,
    /// The call that leads: the first that still waits.
    front: usize,
    /// How many calls wait.
    waiting: usize,
}

#[derive(PartialEq, Eq)]
enum Phase {
    Gathering,
    Full,
    Running,
}

enum Call<I, O> {
    Waits(I, Option<Waker>),
    Runs(Option<Waker>),
    Done(Result<O, Told>),
    Gone,
}

impl<I, O> Round<I, O> {
    fn new(size: usize, wait: Duration) -> Self {
        Self {
            size,
            until: Instant::now().checked_add(wait),
            phase: Phase::Gathering,
            calls: Vec::new(),
            front: 0,
            waiting: 0,
        }
    }

    /// A round that all have left is over too: the next call has its own time to wait.
    fn is_open(&self) -> bool {
        self.phase == Phase::Gathering && self.waiting > 0
    }

    /// Gives the place of the call, and who is to be woken since the batch is full.
    fn add(&mut self, item: I) -> (usize, Option<Waker>) {
        let index = self.calls.len();
        self.calls.push(Call::Waits(item, None));
        self.waiting += 1;
        if self.waiting < self.size {
            return (index, None);
        }
        self.phase = Phase::Full;
        (index, self.leader())
    }

    fn leader(&mut self) -> Option<Waker> {
        match self.calls.get_mut(self.front)? {
            Call::Waits(_, waker) => waker.take(),
            _ => None,
        }
    }

    /// A call is dropped. Gives what it leaves, and who is to be woken since it leads now.
    fn withdraw(&mut self, index: usize) -> (Call<I, O>, Option<Waker>) {
        let call = mem::replace(&mut self.calls[index], Call::Gone);
        if !matches!(call, Call::Waits(..)) {
            return (call, None);
        }
        self.waiting -= 1;
        if index > self.front {
            return (call, None);
        }
        let left = self.calls[index..].iter();
        self.front += left.take_while(|call| matches!(call, Call::Gone)).count();
        (call, self.leader())
    }
}

/// The place of one call in its round.
struct Seat<I, O> {
    round: Shared<I, O>,
    index: usize,
    /// Whose items the body has besides its own, while this call runs it.
    followers: Option<Vec<usize>>,
}

impl<I, O> Seat<I, O> {
    /// Waits for what others make of this call. None: it leads.
    fn poll_turn(&self, cx: &TaskContext<'_>) -> Poll<Option<Result<O, Told>>> {
        let _last;
        let mut round = lock(&self.round);
        let leads = round.front == self.index;
        match &mut round.calls[self.index] {
            Call::Waits(..) if leads => return Poll::Ready(None),
            Call::Waits(_, waker) | Call::Runs(waker) => _last = remember(waker, cx),
            over => {
                if let Call::Done(fate) = mem::replace(over, Call::Gone) {
                    return Poll::Ready(Some(fate));
                }
            }
        }
        Poll::Pending
    }

    /// Waits, as the leader, until the batch is full or the time is over.
    async fn gather(&self) {
        let (full, until) = {
            let round = lock(&self.round);
            (round.phase == Phase::Full, round.until)
        };
        let becomes_full = poll_fn(|cx| self.poll_full(cx));
        match until {
            _ if full => {}
            // It runs now, whichever it was.
            Some(until) => timeout_at(until, becomes_full).await.unwrap_or(()),
            None => becomes_full.await,
        }
    }

    fn poll_full(&self, cx: &TaskContext<'_>) -> Poll<()> {
        let _last;
        let mut round = lock(&self.round);
        if round.phase == Phase::Gathering
            && let Call::Waits(_, waker) = &mut round.calls[self.index]
        {
            _last = remember(waker, cx);
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Takes the items of all calls: from here on this one answers for them.
    fn close(&mut self) -> Vec<I> {
        let mut round = lock(&self.round);
        round.phase = Phase::Running;
        let mut items = Vec::with_capacity(round.waiting);
        let mut followers = Vec::with_capacity(round.waiting);
        for (index, call) in round.calls.iter_mut().enumerate() {
            match mem::replace(call, Call::Gone) {
                Call::Waits(item, waker) => {
                    items.push(item);
                    *call = Call::Runs(waker);
                    if index != self.index {
                        followers.push(index);
                    }
                }
                other => *call = other,
            }
        }
        self.followers = Some(followers);
        items
    }

    fn hand_out<E>(
        mut self,
        given: Result<Vec<O>, E>,
        describe: fn(&E) -> String,
    ) -> Result<O, BatchError<E>> {
        let followers = self.followers.as_ref().map_or(0, Vec::len);
        let expected = followers + 1;
        match given {
            Ok(outputs) if outputs.len() == expected => {
                let mut outputs = outputs.into_iter();
                // The leader is the first of its batch.
                let own = outputs.next();
                self.tell(outputs.map(Ok));
                own.ok_or(BatchError::LeaderGone)
            }
            Ok(outputs) => {
                let given = outputs.len();
                self.tell(std::iter::repeat_with(|| {
                    Err(Told::Length { given, expected })
                }));
                Err(BatchError::Length { given, expected })
            }
            Err(error) => {
                if followers > 0 {
                    let text: Arc<str> = describe(&error).into();
                    self.tell(std::iter::repeat_with(|| {
                        Err(Told::Shared(Arc::clone(&text)))
                    }));
                }
                Err(BatchError::Failed(error))
            }
        }
    }

    /// Tells the followers what has become of their calls. Those that have gone get nothing.
    fn tell(&mut self, fates: impl Iterator<Item = Result<O, Told>>) {
        let Some(followers) = self.followers.take() else {
            return;
        };
        let mut unclaimed = Vec::new();
        let mut wakers = Vec::with_capacity(followers.len());
        let mut round = lock(&self.round);
        for (index, fate) in followers.into_iter().zip(fates) {
            let call = &mut round.calls[index];
            if let Call::Runs(waker) = call {
                wakers.push(waker.take());
                *call = Call::Done(fate);
            } else {
                unclaimed.push(fate);
            }
        }
        drop(round);
        wakers.into_iter().for_each(wake);
    }
}

impl<I, O> Drop for Seat<I, O> {
    fn drop(&mut self) {
        self.tell(std::iter::repeat_with(|| Err(Told::LeaderGone)));
        let (_left, next) = lock(&self.round).withdraw(self.index);
        wake(next);
    }
}

/// Gives the waker that was there: what it does when it is dropped is none of the lock's business.
fn remember(waker: &mut Option<Waker>, cx: &TaskContext<'_>) -> Option<Waker> {
    match waker {
        Some(known) if known.will_wake(cx.waker()) => None,
        _ => waker.replace(cx.waker().clone()),
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// No code of the user runs under a lock, so none can be left half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
