use std::{
    cell::Cell as Counter,
    convert::Infallible,
    future::{pending, ready},
    hash::Hasher,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures::{FutureExt as _, executor::block_on, future::join, poll};
use tokio::time::{advance, sleep};

use super::*;
use crate::planned::StepKey;

const STEP: StepKey = StepKey::constant("tests::Flow", "step");

fn second(n: u64) -> Duration {
    Duration::from_secs(n)
}

async fn is<V: Clone>(cache: &Cache<u8, V>, key: u8, value: V) -> V {
    cache
        .get_or_try(key, ready(Ok::<_, Infallible>(value)))
        .await
        .unwrap()
}

fn flights<K: Hash + Eq, V>(cache: &Cache<K, V>) -> usize {
    cache.kept().flights.len()
}

#[test]
fn a_value_is_computed_once() {
    let cache = Cache::new(2, None);
    assert_eq!(block_on(is(&cache, 1, "first")), "first");
    assert_eq!(block_on(is(&cache, 1, "second")), "first");
    assert_eq!(block_on(is(&cache, 2, "other")), "other");
    assert_eq!(flights(&cache), 0);
}

#[test]
fn keys_compare_by_value() {
    #[derive(PartialEq, Eq)]
    struct Collides(u8);
    impl Hash for Collides {
        fn hash<H: Hasher>(&self, _: &mut H) {}
    }
    let cache = Cache::new(9, None);
    for n in [1, 2, 1, 2] {
        let value = block_on(cache.get_or_try(Collides(n), ready(Ok::<_, ()>(n))));
        assert_eq!(value, Ok(n));
    }
}

#[tokio::test(start_paused = true)]
async fn two_that_miss_together_compute_once() {
    let cache = Cache::new(1, None);
    let count = Counter::new(0);
    let make = || async {
        sleep(second(1)).await;
        count.set(count.get() + 1);
        Ok::<_, ()>(count.get())
    };
    let both = join(cache.get_or_try(1, make()), cache.get_or_try(1, make()));
    assert_eq!(both.await, (Ok(1), Ok(1)));
    assert_eq!(count.get(), 1);
    assert_eq!(flights(&cache), 0);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_next_one_tries() {
    let cache = Cache::new(1, None);
    let fails = cache.get_or_try(1, async {
        sleep(second(1)).await;
        Err("no")
    });
    let waits = cache.get_or_try(1, async {
        sleep(second(1)).await;
        Ok::<_, &str>("yes")
    });
    assert_eq!(join(fails, waits).await, (Err("no"), Ok("yes")));
    assert_eq!(is(&cache, 1, "later").await, "yes");
}

#[test]
fn a_failure_is_not_kept() {
    let cache = Cache::new(1, None);
    assert_eq!(block_on(is(&cache, 0, 7)), 7);
    for key in 1..100 {
        assert_eq!(
            block_on(cache.get_or_try(key, ready(Err(key)))).unwrap_err(),
            key
        );
    }
    assert_eq!(flights(&cache), 0);
    // Nor does it take the room of a value.
    assert_eq!(block_on(is(&cache, 0, 8)), 7);
}

#[tokio::test]
async fn who_is_dropped_leaves_it_to_the_next() {
    let cache = Cache::new(1, None);
    let mut first = Box::pin(cache.get_or_try(1, pending::<Result<u8, ()>>()));
    let mut second = Box::pin(cache.get_or_try(1, pending::<Result<u8, ()>>()));
    let mut third = pin!(cache.get_or_try(1, ready(Ok::<_, ()>(3))));
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut second).is_pending());
    assert!(poll!(&mut third).is_pending());
    drop(second);
    assert!(poll!(&mut third).is_pending());
    drop(first);
    assert_eq!(third.await, Ok(3));
    assert_eq!(flights(&cache), 0);

    let mut alone = Box::pin(cache.get_or_try(2, pending::<Result<u8, ()>>()));
    assert!(poll!(&mut alone).is_pending());
    drop(alone);
    assert_eq!(flights(&cache), 0);
}

#[tokio::test(start_paused = true)]
async fn a_value_lives_from_the_moment_when_it_is_there() {
    let cache = Cache::new(1, Some(second(10)));
    let slow = cache.get_or_try(1, async {
        sleep(second(30)).await;
        Ok::<_, ()>("slow")
    });
    assert_eq!(slow.await, Ok("slow"));
    advance(second(9)).await;
    assert_eq!(is(&cache, 1, "new").await, "slow");
    // A hit does not make it younger.
    advance(second(1)).await;
    assert_eq!(is(&cache, 1, "new").await, "new");
}

#[test]
fn what_was_not_used_for_longest_goes() {
    let cache = Cache::new(2, None);
    for (key, value) in [(1, 'a'), (2, 'b'), (1, '-'), (3, 'c')] {
        block_on(is(&cache, key, value));
    }
    assert_eq!(block_on(is(&cache, 1, 'x')), 'a');
    assert_eq!(block_on(is(&cache, 2, 'x')), 'x');
    assert_eq!(block_on(is(&Cache::new(0, None), 1, 'x')), 'x');
}

#[tokio::test(start_paused = true)]
async fn what_is_being_computed_is_not_evicted() {
    let cache = Cache::new(1, None);
    let mut slow = pin!(cache.get_or_try(1, async {
        sleep(second(1)).await;
        Ok::<_, ()>("slow")
    }));
    assert!(poll!(&mut slow).is_pending());
    for key in 2..9 {
        assert_eq!(is(&cache, key, "quick").await, "quick");
    }
    let waits = pending::<Result<_, ()>>();
    let waits = cache.get_or_try(1, waits);
    assert_eq!(join(slow, waits).await, (Ok("slow"), Ok("slow")));
}

#[tokio::test]
async fn who_comes_late_from_a_flight_leaves_the_next_one_alone() {
    let cache = Cache::new(1, None);
    let never = || cache.get_or_try(1, pending::<Result<_, ()>>());
    let (turn, came) = tokio::sync::oneshot::channel::<()>();
    let mut first = pin!(cache.get_or_try(1, came.map(|_| Ok::<_, ()>("old"))));
    let mut late = pin!(never());
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut late).is_pending());
    drop(turn);
    assert_eq!(first.await, Ok("old"));
    is(&cache, 2, "evicts it").await;
    let mut again = pin!(never());
    assert!(poll!(&mut again).is_pending());
    assert_eq!(late.await, Ok("old"));
    let mut waits = pin!(cache.get_or_try(1, ready(Ok::<_, ()>("twice"))));
    assert!(poll!(&mut waits).is_pending());
}

#[test]
fn a_panic_leaves_nothing_behind() {
    let cache = Cache::new(1, None);
    let panics = cache.get_or_try(1, async { panic!("in the body") });
    let panics = panics.map(drop::<Result<u8, ()>>);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(panics))).is_err());
    assert_eq!(flights(&cache), 0);
    assert_eq!(block_on(is(&cache, 1, 2)), 2);
}

#[test]
fn a_key_that_panics_empties_the_cache() {
    #[derive(PartialEq, Eq)]
    struct Panics(bool);
    impl Hash for Panics {
        fn hash<H: Hasher>(&self, _: &mut H) {
            assert!(!self.0, "in the key");
        }
    }
    let cache = Cache::new(1, None);
    let ask = |panics, value| block_on(cache.get_or_try(Panics(panics), ready(Ok::<_, ()>(value))));
    assert_eq!(ask(false, 1), Ok(1));
    assert!(catch_unwind(AssertUnwindSafe(|| ask(true, 1))).is_err());
    assert_eq!(ask(false, 2), Ok(2));
    assert_eq!(ask(false, 3), Ok(2));
}

#[test]
fn many_threads_compute_each_value_once() {
    const KEYS: u8 = if cfg!(miri) { 4 } else { 64 };
    let cache = Cache::new(64, None);
    let made = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for key in 0..KEYS {
                    let value = cache.get_or_try(key, async {
                        made.fetch_add(1, Ordering::Relaxed);
                        std::thread::yield_now();
                        Ok::<_, ()>(key)
                    });
                    assert_eq!(block_on(value), Ok(key));
                }
            });
        }
    });
    assert_eq!(made.into_inner(), usize::from(KEYS));
    assert_eq!(flights(&cache), 0);
}

#[test]
fn each_step_has_a_cache_for_its_types() {
    let caches = Caches::default();
    let first = caches.of::<u8, u8>(STEP, 1, None);
    let again = caches.of::<u8, u8>(STEP, 2, Some(second(1)));
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!(format!("{again:?}"), "Cache { capacity: 1, ttl: None, .. }");
    let other = caches.of::<u8, u8>(StepKey::constant("tests::Flow", "other"), 1, None);
    assert!(!Arc::ptr_eq(&first, &other));
    block_on(is(&first, 1, 1));
    assert_eq!(block_on(is(&caches.of(STEP, 1, None), 1, 2_u64)), 2);
    assert_eq!(format!("{caches:?}"), "Caches { .. }");
}

#[test]
fn it_is_sent_where_its_parts_are() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let caches = Caches::default();
    let name = String::from("Ada");
    let greets = sent(async {
        let cache = caches.of::<String, usize>(STEP, 1, None);
        let name = &name;
        let make = async move { Ok::<_, ()>(name.len()) };
        cache.get_or_try(name.clone(), make).await
    });
    assert_eq!(block_on(greets), Ok(3));
}
