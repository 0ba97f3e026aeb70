mod random;

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicUsize, Ordering},
    task::Wake,
};

use futures::FutureExt as _;

use super::*;

const NONE: &[(&str, usize)] = &[];

fn limiter(concurrency: Option<usize>, resources: &[(&str, usize)]) -> Arc<Limiter> {
    let resources = resources.iter().map(|&(name, n)| (name.to_owned(), n));
    Arc::new(Limiter::new(concurrency, resources.collect()))
}

fn request(priority: Priority, uses: &'static [(&'static str, usize)]) -> Request {
    Request {
        priority,
        counted: true,
        uses,
    }
}

/// A request that waits.
fn waiting(limiter: &Arc<Limiter>, request: Request) -> Acquire {
    let mut acquire = limiter.acquire(request);
    assert!((&mut acquire).now_or_never().is_none(), "{request:?}");
    acquire
}

/// A request that is granted at once.
fn granted(limiter: &Arc<Limiter>, request: Request) -> Permit {
    limiter
        .acquire(request)
        .now_or_never()
        .expect("it is free")
        .unwrap()
}

fn free(limiter: &Limiter) -> Vec<usize> {
    limiter.queue().free.clone()
}

/// Gives `permit` back, and whatever is granted then, until nobody is left. In which order were they served?
fn order(permit: Permit, mut waiters: Vec<(usize, Acquire)>) -> Vec<usize> {
    let (mut order, mut permits) = (Vec::new(), VecDeque::from([permit]));
    while let Some(permit) = permits.pop_front() {
        drop(permit);
        waiters.retain_mut(|(name, waiter)| match waiter.now_or_never() {
            Some(permit) => {
                permits.push_back(permit.unwrap());
                order.push(*name);
                false
            }
            None => true,
        });
    }
    assert!(waiters.is_empty(), "{waiters:?}");
    order
}

#[test]
fn what_there_is() {
    let limiter = limiter(Some(3), &[("gpu", 2), ("db", 5)]);
    assert_eq!(
        (limiter.capacity("gpu"), limiter.capacity("db")),
        (Some(2), Some(5))
    );
    assert_eq!(
        (limiter.capacity("tpu"), limiter.concurrency()),
        (None, Some(3))
    );
    let (one, other) = (
        granted(&limiter, request(Priority::Normal, &[("gpu", 2)])),
        granted(&limiter, request(Priority::Normal, &[("db", 1)])),
    );
    assert_eq!(free(&limiter), [1, 4, 0]);
    drop((one, other));
    assert_eq!(free(&limiter), [3, 5, 2]);
}

#[test]
fn without_limits_nobody_waits() {
    let limiter = limiter(None, &[]);
    let permits: Vec<_> = (0..100)
        .map(|_| granted(&limiter, request(Priority::Low, NONE)))
        .collect();
    assert_eq!(limiter.concurrency(), None);
    drop(permits);
}

#[test]
fn what_is_not_counted_takes_no_place() {
    let limiter = limiter(Some(1), &[("gpu", 1)]);
    let flow = |uses| Request {
        counted: false,
        ..request(Priority::Normal, uses)
    };
    let one = granted(&limiter, request(Priority::Normal, NONE));
    let (two, three) = (
        granted(&limiter, flow(NONE)),
        granted(&limiter, flow(&[("gpu", 1)])),
    );
    drop((one, two, three));
    assert_eq!(free(&limiter), [1, 1]);
}

#[test]
fn more_than_there_is_is_refused() {
    let limiter = limiter(Some(4), &[("gpu", 2), ("none", 0)]);
    let check = |uses, text: &str| {
        let excess = limiter
            .acquire(request(Priority::Normal, uses))
            .now_or_never()
            .unwrap()
            .unwrap_err();
        assert_eq!(limiter.check(&request(Priority::Normal, uses)), Err(excess));
        assert_eq!(excess.to_string(), text);
    };
    check(&[("gpu", 3)], "uses 3 of `gpu`, and there are 2");
    check(
        &[("gpu", 1), ("tpu", 1)],
        "uses 1 of `tpu`, and there is none",
    );
    check(&[("none", 1)], "uses 1 of `none`, and there is none");
    check(
        &[("gpu", 1), ("gpu", 2)],
        "uses 3 of `gpu`, and there are 2",
    );
    check(
        &[("gpu", usize::MAX), ("gpu", 2)],
        &format!("uses {} of `gpu`, and there are 2", usize::MAX),
    );
    drop(granted(
        &limiter,
        request(
            Priority::Normal,
            &[("gpu", 1), ("gpu", 1), ("none", 0), ("tpu", 0)],
        ),
    ));
    assert_eq!(free(&limiter), [4, 2, 0]);

    let closed = self::limiter(Some(0), &[]);
    let excess = closed
        .acquire(request(Priority::Normal, NONE))
        .now_or_never()
        .unwrap()
        .unwrap_err();
    assert_eq!(
        (excess.resource, excess.asked, excess.capacity),
        (None, 1, 0)
    );
}

#[test]
fn by_priority_then_first_come_first_served() {
    let limiter = limiter(Some(1), &[]);
    let running = granted(&limiter, request(Priority::Low, NONE));
    let [low, normal, high, critical] = Priority::ALL;
    let came = [normal, low, high, normal, critical, low, high, critical];
    let waiters = came.map(|priority| waiting(&limiter, request(priority, NONE)));
    let waiters = waiters.into_iter().enumerate().collect();
    assert_eq!(order(running, waiters), [4, 7, 2, 6, 0, 3, 1, 5]);
}

#[test]
fn nobody_slips_in_before_those_who_wait() {
    let limiter = limiter(Some(2), &[("gpu", 1)]);
    let gpu = granted(&limiter, request(Priority::Normal, &[("gpu", 1)]));
    let mut first = waiting(&limiter, request(Priority::Normal, &[("gpu", 1)]));
    // Who needs no gpu runs beside it; who does waits behind the first.
    let other = granted(&limiter, request(Priority::Normal, NONE));
    drop((gpu, other));
    let mut second = waiting(&limiter, request(Priority::Normal, &[("gpu", 1)]));
    let first = (&mut first)
        .now_or_never()
        .expect("it is its turn")
        .unwrap();
    drop(first);
    assert!((&mut second).now_or_never().is_some());
}

/// The bound, exactly: two levels, 8 times each.
#[test]
fn a_flood_of_high_ones_does_not_starve_a_low_one() {
    for (mine, flood, expected) in [
        (Priority::Low, Priority::High, 16),
        (Priority::Low, Priority::Critical, 24),
        (Priority::Normal, Priority::High, 8),
        (Priority::Normal, Priority::Critical, 16),
        (Priority::High, Priority::Critical, 8),
        (Priority::High, Priority::High, 0),
        (Priority::Critical, Priority::Low, 0),
    ] {
        let limiter = limiter(Some(1), &[]);
        let mut running = granted(&limiter, request(flood, NONE));
        let mut one = waiting(&limiter, request(mine, NONE));
        let mut passed = 0;
        let mut next = waiting(&limiter, request(flood, NONE));
        loop {
            // There is always one more of the flood.
            let after = waiting(&limiter, request(flood, NONE));
            drop(running);
            if (&mut one).now_or_never().is_some() {
                break;
            }
            running = (&mut next)
                .now_or_never()
                .expect("the flood goes on")
                .unwrap();
            next = after;
            passed += 1;
            assert!(passed < 100, "starved");
        }
        assert_eq!(passed, expected, "{mine} in a flood of {flood}");
    }
}

/// Everybody takes what the big one needs a part of, all the time.
#[test]
fn a_big_one_is_not_starved_by_small_ones() {
    let limiter = limiter(None, &[("gpu", 3)]);
    let small = request(Priority::Normal, &[("gpu", 1)]);
    let mut running: VecDeque<_> = (0..3).map(|_| granted(&limiter, small)).collect();
    let mut big = waiting(&limiter, request(Priority::Normal, &[("gpu", 3)]));
    let mut behind = waiting(&limiter, small);
    while let Some(permit) = running.pop_front() {
        assert!((&mut big).now_or_never().is_none());
        assert!(
            (&mut behind).now_or_never().is_none(),
            "it is held back for the big one"
        );
        drop(permit);
    }
    drop((&mut big).now_or_never().expect("all three are free"));
    assert!((&mut behind).now_or_never().is_some());
}

/// One needs two forks, and its neighbours take turns: there is never a moment at which both are free.
#[test]
fn who_needs_two_is_not_starved_by_those_who_need_one_each() {
    let limiter = limiter(Some(10), &[("left", 1), ("right", 1)]);
    let [left, right]: [Request; 2] = [
        request(Priority::Normal, &[("left", 1)]),
        request(Priority::Normal, &[("right", 1)]),
    ];
    let (on_left, on_right) = (granted(&limiter, left), granted(&limiter, right));
    let mut both = waiting(
        &limiter,
        request(Priority::Normal, &[("right", 1), ("left", 1)]),
    );
    let (mut next_left, mut next_right) = (waiting(&limiter, left), waiting(&limiter, right));
    drop(on_left);
    assert!((&mut next_left).now_or_never().is_none());
    drop(on_right);
    assert!((&mut next_right).now_or_never().is_none());
    drop((&mut both).now_or_never().expect("both are free"));
    assert!(
        (&mut next_left).now_or_never().is_some() && (&mut next_right).now_or_never().is_some()
    );
}

#[test]
fn who_waits_for_a_resource_keeps_nobody_else_from_running() {
    let limiter = limiter(Some(2), &[("gpu", 1)]);
    let gpu = request(Priority::Critical, &[("gpu", 1)]);
    let _running = granted(&limiter, gpu);
    let _waiters: Vec<_> = (0..5).map(|_| waiting(&limiter, gpu)).collect();
    for _ in 0..100 {
        drop(granted(&limiter, request(Priority::Low, NONE)));
    }
}

/// Those who came before pass nobody over.
#[test]
fn a_row_of_high_ones_lifts_nobody_who_came_after_them() {
    let limiter = limiter(Some(1), &[]);
    let running = granted(&limiter, request(Priority::Normal, NONE));
    let mut came = vec![Priority::High; 40];
    came.extend([Priority::Low, Priority::Normal]);
    let waiters = came
        .into_iter()
        .map(|priority| waiting(&limiter, request(priority, NONE)));
    let waiters = waiters.enumerate().collect();
    let order = order(running, waiters);
    assert!(order[..40].iter().copied().eq(0..40));
    assert_eq!(order[40..], [41, 40]);
}

/// Only who takes what one waits for passes one over: those who wait for the gpu do not go up because of the rest.
#[test]
fn what_passes_nobody_over() {
    let limiter = limiter(Some(2), &[("gpu", 1)]);
    let running = granted(&limiter, request(Priority::Normal, &[("gpu", 1)]));
    let low = waiting(&limiter, request(Priority::Low, &[("gpu", 1)]));
    for _ in 0..100 {
        drop(granted(&limiter, request(Priority::High, NONE)));
    }
    let high = waiting(&limiter, request(Priority::High, &[("gpu", 1)]));
    assert_eq!(order(running, vec![(0, low), (1, high)]), [1, 0]);
}

#[test]
fn who_is_dropped_waits_no_more() {
    let limiter = limiter(None, &[("gpu", 2)]);
    let small = request(Priority::Normal, &[("gpu", 1)]);
    let running = granted(&limiter, small);
    let big = waiting(&limiter, request(Priority::Normal, &[("gpu", 2)]));
    let mut behind = waiting(&limiter, small);
    // What was held back for the big one is free again.
    drop(big);
    let behind = (&mut behind).now_or_never().expect("one is free").unwrap();
    assert_eq!(free(&limiter), [usize::MAX, 0]);

    // Granted, and dropped before it has seen it.
    let just_granted = waiting(&limiter, small);
    let mut last = waiting(&limiter, request(Priority::Normal, &[("gpu", 2)]));
    drop((running, behind));
    drop(just_granted);
    assert!((&mut last).now_or_never().is_some());
    drop(last);
    assert_eq!(free(&limiter), [usize::MAX, 2]);

    // Never polled.
    drop(limiter.acquire(small));
    assert_eq!(free(&limiter), [usize::MAX, 2]);
}

#[test]
fn permits_and_requests_are_handed_around() {
    const fn sent_and_shared<T: Send + Sync + Unpin + fmt::Debug + 'static>() {}
    const { sent_and_shared::<Permit>() };
    const { sent_and_shared::<Acquire>() };
    let limiter = limiter(Some(1), &[]);
    let permit = granted(&limiter, request(Priority::High, NONE));
    let text = "request: Request { priority: High, counted: true, uses: [] }";
    assert_eq!(format!("{permit:?}"), format!("Permit {{ {text}, .. }}"));
    let waiter = waiting(&limiter, request(Priority::High, NONE));
    assert_eq!(
        format!("{waiter:?}"),
        format!("Acquire {{ {text}, waits: true, .. }}")
    );
}

#[tokio::test(start_paused = true)]
async fn waiters_are_woken() {
    let limiter = limiter(Some(2), &[("gpu", 1)]);
    let tasks: Vec<_> = (0..20)
        .map(|i| {
            let request = request(
                Priority::ALL[i % 4],
                if i % 3 == 0 { &[("gpu", 1)] } else { NONE },
            );
            let acquire = limiter.acquire(request);
            tokio::spawn(async move {
                let _permit = acquire.await.unwrap();
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            })
        })
        .collect();
    let began = tokio::time::Instant::now();
    for task in tasks {
        task.await.unwrap();
    }
    // 20 seconds of work, two at a time.
    assert!(
        began.elapsed() < std::time::Duration::from_millis(10_100),
        "{:?}",
        began.elapsed()
    );
}

/// A waker whose task owns a permit: when it is dropped, so is the permit.
#[test]
fn a_waker_may_own_a_permit() {
    struct Owner(#[expect(dead_code, reason = "only dropped")] Permit);
    impl Wake for Owner {
        fn wake(self: Arc<Self>) {}
    }
    let limiter = limiter(Some(2), &[]);
    let normal = request(Priority::Normal, NONE);
    let _running = granted(&limiter, normal);
    let waker = Waker::from(Arc::new(Owner(granted(&limiter, normal))));
    let mut waiter = limiter.acquire(normal);
    assert!(
        waiter
            .poll_unpin(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop(waker);
    // Replacing the waker drops the last of the task, and with it the permit.
    assert!(
        waiter
            .poll_unpin(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    assert!((&mut waiter).now_or_never().is_some());
}

#[test]
fn threads_lose_no_wake_up() {
    const TURNS: usize = if cfg!(miri) { 10 } else { 300 };
    let limiter = limiter(Some(2), &[("gpu", 1)]);
    let (inside, served) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (limiter, inside, served) = (&limiter, &inside, &served);
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let uses: &[_] = if (thread + turn) % 3 == 0 {
                        &[("gpu", 1)]
                    } else {
                        NONE
                    };
                    let mut acquire = limiter.acquire(request(Priority::ALL[turn % 4], uses));
                    if turn % 5 == 0 && (&mut acquire).now_or_never().is_none() {
                        continue;
                    }
                    if turn % 5 == 0 {
                        continue;
                    }
                    let permit = futures::executor::block_on(acquire).unwrap();
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    served.fetch_add(1, Ordering::SeqCst);
                    drop(permit);
                }
            });
        }
    });
    assert_eq!(served.into_inner(), 4 * (TURNS - TURNS / 5));
    assert_eq!(free(&limiter), [2, 1]);
}
