//! Items side by side: their order, their bound, and what becomes of them when one fails.

use std::{
    cell::{Cell, RefCell},
    future::{pending, ready as at_once},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    time::Duration,
};

use futures::{FutureExt as _, executor::block_on, poll};
use tokio::time::{Instant, advance, sleep};

use super::{
    closures::{Closures, each},
    *,
};

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
    let items = [(); 3];
    let around = Closures {
        stop: || stop.get(),
        stopped: || 100,
        add: |before: Option<usize>, failed| before.unwrap_or_default() + failed,
    };
    let mut all = pin!(super::each(items, None, Others::Await, around, make));
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
