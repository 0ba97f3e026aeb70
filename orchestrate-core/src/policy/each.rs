//! The items of a step with `each`, side by side.

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

/// Runs the body once an item, at most `concurrency` of them at the same time, and gives their outputs in the order of
/// the items.
///
/// The first failure ends it, and with it `others`. When `stop` says so, no further item starts; if that leaves one out,
/// it ends with `stopped`.
pub fn each<T, I, M, F, V, E, S, X>(
    items: T,
    concurrency: Option<usize>,
    others: Others,
    stop: S,
    stopped: X,
    make: M,
) -> EachFuture<T::IntoIter, M, F, V, E, S, X, FirstCounts<E>>
where
    T: IntoIterator<Item = I>,
    M: FnMut(usize, I) -> F,
    F: Future<Output = Result<V, E>>,
    S: Fn() -> bool,
    X: FnOnce() -> E,
{
    EachFuture {
        items: Some(items.into_iter()),
        make,
        stop,
        stopped: Some(stopped),
        failed: Option::unwrap_or,
        others,
        // None at all would never end.
        at_most: concurrency.map_or(usize::MAX, |n| n.max(1)),
        running: FuturesUnordered::new(),
        outputs: Vec::new(),
        failure: None,
        closed: false,
    }
}

/// Of several failures, the first.
type FirstCounts<E> = fn(Option<E>, E) -> E;

/// The future of [`each`].
// It names its parts, and not what they are (the item of an iterator, the output of a future): so it is `Send` when they
// are, whatever they borrow.
#[must_use = "the items of a step do nothing until they are awaited"]
pub struct EachFuture<I, M, F, V, E, S, X, G> {
    /// Those that are left.
    items: Option<I>,
    make: M,
    stop: S,
    stopped: Option<X>,
    failed: G,
    others: Others,
    at_most: usize,
    running: FuturesUnordered<Item<F>>,
    /// A place for each item that was made into a future.
    outputs: Vec<Option<V>>,
    /// What has been made of those that there were.
    failure: Option<E>,
    /// Whether nothing starts any more.
    closed: bool,
}

// Nothing in it is pinned: the futures are where `FuturesUnordered` keeps them.
impl<I, M, F, V, E, S, X, G> Unpin for EachFuture<I, M, F, V, E, S, X, G> {}

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

impl<I, M, F, V, E, S, X, G> EachFuture<I, M, F, V, E, S, X, G> {
    /// What is made of a failure: `failed` is told of each, with what it has made of those before. Else the first counts.
    pub fn failed<H: Fn(Option<E>, E) -> E>(self, failed: H) -> EachFuture<I, M, F, V, E, S, X, H> {
        EachFuture {
            failed,
            items: self.items,
            make: self.make,
            stop: self.stop,
            stopped: self.stopped,
            others: self.others,
            at_most: self.at_most,
            running: self.running,
            outputs: self.outputs,
            failure: self.failure,
            closed: self.closed,
        }
    }
}

impl<T, I, M, F, V, E, S, X, G> EachFuture<I, M, F, V, E, S, X, G>
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

impl<T, I, M, F, V, E, S, X, G> Future for EachFuture<I, M, F, V, E, S, X, G>
where
    I: Iterator<Item = T>,
    M: FnMut(usize, T) -> F,
    F: Future<Output = Result<V, E>>,
    S: Fn() -> bool,
    X: FnOnce() -> E,
    G: Fn(Option<E>, E) -> E,
{
    type Output = Result<Vec<V>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            // Asked again after each item: it may be what stops the run.
            if !this.closed && (this.stop)() && this.close() {
                this.failure = this.stopped.take().map(|stopped| stopped());
            }
            if this.failure.is_some() && this.others == Others::Drop {
                this.running.clear();
            }
            this.fill();
            match ready!(Pin::new(&mut this.running).poll_next(cx)) {
                Some(Some((index, Ok(output)))) => this.outputs[index] = Some(output),
                Some(Some((_, Err(error)))) => {
                    let failure = (this.failed)(this.failure.take(), error);
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

impl<I, M, F, V, E, S, X, G> fmt::Debug for EachFuture<I, M, F, V, E, S, X, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EachFuture")
            .field("others", &self.others)
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        future::{pending, ready as at_once},
        panic::{AssertUnwindSafe, catch_unwind},
        pin::pin,
        time::Duration,
    };

    use futures::{FutureExt as _, executor::block_on, poll};
    use tokio::time::{Instant, advance, sleep};

    use super::*;

    const fn never() -> bool {
        false
    }

    fn stopped() -> &'static str {
        "stopped"
    }

    async fn ms(n: u64) {
        sleep(Duration::from_millis(n)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn outputs_are_in_the_order_of_the_items() {
        let began = Instant::now();
        let make = |index, wait| async move {
            ms(wait).await;
            Ok((index, wait))
        };
        let all = each([30, 10, 20], None, Others::Drop, never, stopped, make);
        assert_eq!(all.await, Ok(vec![(0, 30), (1, 10), (2, 20)]));
        assert_eq!(began.elapsed(), Duration::from_millis(30));
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        let make = |_, item: u8| at_once(Ok(item));
        for others in [Others::Drop, Others::Await] {
            let none = each([], Some(1), others, || true, stopped, make);
            assert_eq!(none.now_or_never(), Some(Ok(vec![])));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_run_than_may() {
        for (concurrency, expected) in [(None, 20), (Some(3), 3), (Some(1), 1), (Some(0), 1)] {
            let (now, most) = (Cell::new(0), Cell::new(0));
            let make = |_, item: u64| {
                let (now, most) = (&now, &most);
                async move {
                    now.set(now.get() + 1);
                    most.set(most.get().max(now.get()));
                    ms(1 + item % 7).await;
                    now.set(now.get() - 1);
                    Ok(item)
                }
            };
            let all = each(0..20, concurrency, Others::Drop, never, stopped, make);
            assert_eq!(all.await, Ok((0..20).collect()));
            assert_eq!(most.get(), expected);
        }
    }

    /// Tells when an item starts (+) and when it ends (-), or is dropped before (x).
    struct Told<'l>(&'l RefCell<Vec<String>>, u64, bool);
    impl<'l> Told<'l> {
        fn start(log: &'l RefCell<Vec<String>>, item: u64) -> Self {
            log.borrow_mut().push(format!("+{item}"));
            Self(log, item, false)
        }

        fn end(mut self) {
            self.2 = true;
        }
    }
    impl Drop for Told<'_> {
        fn drop(&mut self) {
            let sign = if self.2 { '-' } else { 'x' };
            self.0.borrow_mut().push(format!("{sign}{}", self.1));
        }
    }

    /// An item takes as many milliseconds as it says; those from 50 on fail.
    async fn logged(log: &RefCell<Vec<String>>, item: u64) -> Result<u64, &'static str> {
        let told = Told::start(log, item);
        ms(item).await;
        told.end();
        match item {
            0..50 => Ok(item),
            50..90 => Err("first"),
            _ => Err("second"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_failure_drops_the_others() {
        let log = RefCell::new(vec![]);
        let make = |_, item| logged(&log, item);
        let items = [10, 50, 90, 30, 40];
        let all = each(items, Some(3), Others::Drop, never, stopped, make);
        assert_eq!(all.await, Err("first"));
        let told = ["+10", "+50", "+90", "-10", "+30", "-30", "+40", "-50"];
        let log = log.into_inner();
        assert_eq!(log[..8], told);
        // In no particular order.
        assert!(log[8..].contains(&"x90".to_owned()) && log[8..].contains(&"x40".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_a_rollback_is_awaited() {
        let log = RefCell::new(vec![]);
        let make = |_, item| logged(&log, item);
        let items = [90, 50, 49, 1, 2];
        let all = each(items, Some(2), Others::Await, never, stopped, make);
        assert_eq!(all.await, Err("first"));
        assert_eq!(log.into_inner(), ["+90", "+50", "-50", "-90"]);
    }

    #[test]
    fn what_never_started_is_not_awaited() {
        // All are made at once, and the first fails before another is polled.
        let polled = Cell::new(0);
        let make = |index, ()| {
            let polled = &polled;
            async move {
                polled.set(polled.get() + 1);
                if index == 0 { Err("first") } else { Ok(()) }
            }
        };
        let all = each([(); 9], None, Others::Await, never, stopped, make);
        assert_eq!(all.now_or_never(), Some(Err("first")));
        assert_eq!(polled.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_starts_when_the_run_stops() {
        for (others, told) in [(Others::Drop, "x10"), (Others::Await, "-10")] {
            let (log, stop) = (RefCell::new(vec![]), Cell::new(false));
            let make = |_, item| logged(&log, item);
            let all = each([10, 11], Some(1), others, || stop.get(), stopped, make);
            let mut all = pin!(all);
            assert!(poll!(&mut all).is_pending());
            stop.set(true);
            let ended = match poll!(&mut all) {
                Poll::Ready(ended) => ended,
                Poll::Pending => {
                    assert_eq!(others, Others::Await);
                    all.await
                }
            };
            assert_eq!(ended, Err("stopped"));
            assert_eq!(*log.borrow(), ["+10", told]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_runs_is_told_that_the_run_stops() {
        // Nothing else would ever wake these items.
        let stop = Cell::new(false);
        let make = |index, ()| {
            let stop = &stop;
            std::future::poll_fn(move |_| {
                if stop.get() {
                    Poll::Ready(Err::<(), _>(index))
                } else {
                    Poll::Pending
                }
            })
        };
        let sum = |before: Option<usize>, failed| before.unwrap_or_default() + failed;
        let items = [(); 3];
        let all = each(items, None, Others::Await, || stop.get(), || 100, make);
        let mut all = pin!(all.failed(sum));
        assert!(poll!(&mut all).is_pending());
        stop.set(true);
        assert_eq!(poll!(&mut all), Poll::Ready(Err(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_runs_already_is_not_stopped() {
        for others in [Others::Drop, Others::Await] {
            let stop = Cell::new(false);
            let make = |_, item| async move {
                ms(item).await;
                Ok(item)
            };
            let mut all = pin!(each([1, 2], None, others, || stop.get(), stopped, make));
            assert!(poll!(&mut all).is_pending());
            stop.set(true);
            advance(Duration::from_millis(1)).await;
            assert_eq!(all.await, Ok(vec![1, 2]));
        }
    }

    #[test]
    fn an_item_may_stop_the_others() {
        let last = Cell::new(0);
        let make = |_, item: u8| {
            let last = &last;
            async move {
                last.set(item);
                Ok(item)
            }
        };
        let stop = || last.get() == 2;
        let all = each(1..9, Some(1), Others::Await, stop, stopped, make);
        assert_eq!(all.now_or_never(), Some(Err("stopped")));
        assert_eq!(last.get(), 2);
    }

    #[test]
    fn a_panic_goes_through() {
        let make = |_, item: u8| async move {
            assert_ne!(item, 2, "the second item");
            Ok(item)
        };
        let mut all = each(1..4, Some(1), Others::Await, never, stopped, make);
        let panicked = catch_unwind(AssertUnwindSafe(|| block_on(&mut all))).unwrap_err();
        let text = panicked.downcast_ref::<String>().unwrap();
        assert!(text.contains("the second item"), "{text}");
    }

    #[test]
    fn it_is_sent_where_its_parts_are() {
        fn sent<T: Send>(future: T) -> T {
            future
        }
        struct Text(String);
        async fn measure(prefix: &str, item: &Text) -> Result<usize, &'static str> {
            tokio::task::yield_now().await;
            Ok(prefix.len() + item.0.len())
        }
        let texts = ["a", "bcd"].map(|text| Text(text.to_owned()));
        let prefix = String::from("--");
        let run = sent(async {
            let (texts, prefix) = (&texts, &prefix);
            let make = |_, item| async move { measure(prefix, item).await };
            let items = texts.iter().filter(|text| !text.0.is_empty());
            each(items, Some(1), Others::Await, never, stopped, make).await
        });
        assert_eq!(block_on(run), Ok(vec![3, 5]));
        // Where the run holds what the items borrow.
        let run = sent(async move {
            let texts = texts;
            tokio::task::yield_now().await;
            let prefix = &prefix;
            let lengths = each(
                texts.iter().enumerate(),
                None,
                Others::Drop,
                || prefix.is_empty(),
                || "stopped",
                |index, (_, item)| async move { Ok(measure(prefix, item).await? + index) },
            );
            lengths.await
        });
        assert_eq!(block_on(run), Ok(vec![3, 6]));
    }

    #[test]
    fn it_can_be_shown() {
        let make = |_, (): ()| pending::<Result<(), _>>();
        let mut all = each([(), ()], Some(1), Others::Drop, never, stopped, make);
        assert!((&mut all).now_or_never().is_none());
        assert_eq!(
            format!("{all:?}"),
            "EachFuture { others: Drop, running: 1, .. }"
        );
    }
}
