//! The items of a step with `each`, side by side.

#[cfg(test)]
pub(crate) mod closures;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll, Waker, ready},
};

use futures_util::{Stream as _, stream::FuturesUnordered};

/// What becomes of the items that run when one of them fails, or when nothing new shall start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They are dropped at once.
    Drop,
    /// They are awaited to their end, because the step has a rollback: nothing half-done is left unaccounted for. An item
    /// that was never polled has not started, and is dropped.
    Await,
}

/// What is around the items: the step, and its run.
pub trait Around<E> {
    /// Whether nothing new shall start.
    fn is_stopping(&self) -> bool;

    /// How it ends when that leaves an item out.
    fn stopped(&self) -> E;

    /// What is made of a failure. `before`: what has been made of those before it.
    fn failed(&self, before: Option<E>, error: E) -> E;

    /// This item has ended, however it did.
    fn ended(&self, index: usize);

    /// So many items have their outputs.
    fn done(&self, done: usize, total: usize);
}

/// Runs the body once an item, at most `concurrency` of them at the same time, and gives their outputs in the order of
/// the items.
///
/// The first failure ends it, and with it `others`. When what is around it stops, no further item starts; if that leaves
/// one out, it ends so.
pub fn each<T, I, M, F, V, E, A>(
    items: T,
    concurrency: Option<usize>,
    others: Others,
    around: A,
    make: M,
) -> EachFuture<T::IntoIter, M, F, V, E, A>
where
    T: IntoIterator<Item = I>,
    M: FnMut(usize, I) -> F,
    F: Future<Output = Result<V, E>>,
    A: Around<E>,
{
    EachFuture {
        items: Some(items.into_iter()),
        make,
        around,
        others,
        // None at all would never end.
        at_most: concurrency.map_or(usize::MAX, |n| n.max(1)),
        running: FuturesUnordered::new(),
        outputs: Vec::new(),
        done: 0,
        failure: None,
        closed: false,
    }
}

/// The future of [`each`].
// It names its parts, and not what they are (the item of an iterator, the output of a future): so it is `Send` when they
// are, whatever they borrow.
#[must_use = "the items of a step do nothing until they are awaited"]
pub struct EachFuture<I, M, F, V, E, A> {
    /// Those that are left.
    items: Option<I>,
    make: M,
    around: A,
    others: Others,
    at_most: usize,
    running: FuturesUnordered<Item<F>>,
    /// A place for each item that was made into a future.
    outputs: Vec<Option<V>>,
    /// How many of them are filled.
    done: usize,
    /// What has been made of those that there were.
    failure: Option<E>,
    /// Whether nothing starts any more.
    closed: bool,
}

// Nothing in it is pinned: the futures are where `FuturesUnordered` keeps them.
impl<I, M, F, V, E, A> Unpin for EachFuture<I, M, F, V, E, A> {}

pin_project_lite::pin_project! {
    /// The future of one item.
    struct Item<F> {
        index: usize,
        // By which it is polled again; none before it has started.
        waker: Option<Waker>,
        // None if it was dropped before it had started.
        #[pin]
        future: Option<F>,
    }
}

impl<F: Future> Future for Item<F> {
    type Output = Option<(usize, F::Output)>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.future.as_pin_mut() {
            Some(future) => {
                // It may be what stops the run.
                if this.waker.is_none() {
                    *this.waker = Some(cx.waker().clone());
                }
                future.poll(cx).map(|ended| Some((*this.index, ended)))
            }
            None => Poll::Ready(None),
        }
    }
}

impl<T, I, M, F, V, E, A> EachFuture<I, M, F, V, E, A>
where
    I: Iterator<Item = T>,
    M: FnMut(usize, T) -> F,
{
    /// Makes futures of as many items as may run.
    fn fill(&mut self) {
        while self.running.len() < self.at_most
            && let Some(items) = &mut self.items
        {
            let Some(item) = items.next() else {
                self.items = None;
                return;
            };
            let index = self.outputs.len();
            self.outputs.push(None);
            self.running.push(Item {
                index,
                waker: None,
                future: Some((self.make)(index, item)),
            });
        }
    }

    /// How many items there are, as far as is known.
    fn total(&self) -> usize {
        let left = self.items.as_ref().map_or(0, |items| items.size_hint().0);
        self.outputs.len().saturating_add(left)
    }

    /// Nothing starts from here on, and those that run are polled again, so that they see it. Says whether that leaves an
    /// item out.
    fn close(&mut self) -> bool {
        self.closed = true;
        let items = self.items.take();
        let mut left_out = items.is_some_and(|mut items| items.next().is_some());
        for item in Pin::new(&mut self.running).iter_pin_mut() {
            let mut item = item.project();
            if let Some(waker) = item.waker {
                waker.wake_by_ref();
            } else {
                item.future.set(None);
                left_out = true;
            }
        }
        left_out
    }
}

impl<T, I, M, F, V, E, A> Future for EachFuture<I, M, F, V, E, A>
where
    I: Iterator<Item = T>,
    M: FnMut(usize, T) -> F,
    F: Future<Output = Result<V, E>>,
    A: Around<E>,
{
    type Output = Result<Vec<V>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            // Asked again after each item: it may be what stops the run.
            if !this.closed && this.around.is_stopping() && this.close() {
                this.failure = Some(this.around.stopped());
            }
            if this.failure.is_some() && this.others == Others::Drop {
                this.running.clear();
            }
            this.fill();
            match ready!(Pin::new(&mut this.running).poll_next(cx)) {
                Some(Some((index, Ok(output)))) => {
                    this.around.ended(index);
                    this.outputs[index] = Some(output);
                    this.done += 1;
                    this.around.done(this.done, this.total());
                }
                Some(Some((index, Err(error)))) => {
                    this.around.ended(index);
                    let failure = this.around.failed(this.failure.take(), error);
                    this.failure = Some(failure);
                    if !this.closed {
                        this.close();
                    }
                }
                Some(None) => {}
                None => break,
            }
        }
        let outputs = std::mem::take(&mut this.outputs);
        Poll::Ready(match this.failure.take() {
            Some(error) => Err(error),
            None => Ok(whole(outputs)),
        })
    }
}

/// Every item has its output when none of them has failed and none was left out.
fn whole<V>(outputs: Vec<Option<V>>) -> Vec<V> {
    let outputs: Option<Vec<V>> = outputs.into_iter().collect();
    outputs.expect("a step with `each` was polled after one of its items had panicked")
}

impl<I, M, F, V, E, A> fmt::Debug for EachFuture<I, M, F, V, E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EachFuture")
            .field("others", &self.others)
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}
