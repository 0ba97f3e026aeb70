use std::task::{Poll, Waker};

use loom::{
    future::block_on,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use crate::wake::Wakes;

/// A stage that ends when each of its branches has seen all that it waits for: as many stores as threads wake it. A lost
/// wake-up leaves the model without a thread that can run, which loom reports.
async fn stage<const GROUPS: usize>(wakes: Wakes<GROUPS>, awaited: Awaited) {
    let mut left: Vec<_> = awaited.iter().map(|(branch, ..)| *branch).collect();
    std::future::poll_fn(move |cx| {
        wakes.begin(cx);
        while let Some(group) = wakes.next() {
            let woken = wakes.taken(group);
            left.retain(|&branch| {
                let is_woken = branch / 32 == group && woken.waker(branch % 32).is_some();
                let (_, stores, count) =
                    awaited.iter().find(|awaited| awaited.0 == branch).unwrap();
                !(is_woken && stores.load(Relaxed) == *count)
            });
        }
        if left.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Branches, what each waits for, and how much of it.
type Awaited = Vec<(usize, Arc<AtomicUsize>, usize)>;

/// Adds to what a branch waits for, and wakes it.
fn tell(stores: &AtomicUsize, waker: Waker) {
    stores.fetch_add(1, Relaxed);
    waker.wake();
}

/// A thread wakes these, one after the other, while the stage runs; with others that each wake one.
fn model<const GROUPS: usize>(branches: usize, threads: &'static [&'static [usize]]) {
    let mut builder = loom::model::Builder::new();
    // One more, and the largest model takes minutes.
    let wakes = threads.iter().map(|told| told.len()).sum::<usize>();
    builder.preemption_bound = Some(if wakes > 2 { 2 } else { 3 });
    builder.check(move || {
        let wakes = Wakes::<GROUPS>::new(branches);
        let mut awaited = Awaited::new();
        for &branch in threads.iter().copied().flatten() {
            match awaited.iter_mut().find(|awaited| awaited.0 == branch) {
                Some((.., count)) => *count += 1,
                None => awaited.push((branch, Arc::new(AtomicUsize::new(0)), 1)),
            }
        }
        let tellers: Vec<_> = threads
            .iter()
            .map(|told| {
                let told: Vec<_> = told
                    .iter()
                    .map(|&branch| {
                        let (_, stores, _) =
                            awaited.iter().find(|awaited| awaited.0 == branch).unwrap();
                        (Arc::clone(stores), wakes.waker(branch).clone())
                    })
                    .collect();
                thread::spawn(move || {
                    for (stores, waker) in told {
                        tell(&stores, waker);
                    }
                })
            })
            .collect();
        block_on(stage(wakes, awaited));
        for teller in tellers {
            teller.join().unwrap();
        }
    });
}

#[test]
fn one_branch_is_woken_twice() {
    model::<1>(2, &[&[1, 1]]);
}

#[test]
fn two_threads_wake_one_branch() {
    model::<1>(2, &[&[1], &[1]]);
}

#[test]
fn two_threads_wake_branches_of_one_group() {
    model::<1>(2, &[&[0], &[1]]);
}

#[test]
fn two_threads_wake_branches_of_two_groups() {
    model::<2>(64, &[&[0], &[63]]);
}

#[test]
fn branches_of_both_groups_are_woken_by_both() {
    model::<2>(64, &[&[0, 63], &[63, 0]]);
}

/// The stage marks a branch itself, in the group of which another is woken at the same time.
#[test]
fn the_stage_and_a_thread_mark_one_group() {
    loom::model(|| {
        let wakes = Wakes::<1>::new(2);
        let stored = Arc::new(AtomicUsize::new(0));
        let (stores, waker) = (Arc::clone(&stored), wakes.waker(1).clone());
        let teller = thread::spawn(move || tell(&stores, waker));
        block_on(std::future::poll_fn(|cx| {
            wakes.begin(cx);
            while wakes.next().is_some() {}
            wakes.mark(0, 1);
            let mut is_seen = false;
            while let Some(group) = wakes.next() {
                is_seen |= wakes.taken(group).waker(0).is_some();
            }
            assert!(is_seen, "what the stage marks is seen in the same poll");
            if stored.load(Relaxed) == 1 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        teller.join().unwrap();
    });
}

/// Loom counts what is allocated: a block that is never freed, or used after that, is an error of the model.
#[test]
fn the_last_of_several_frees_the_block() {
    loom::model(|| {
        let wakes = Wakes::<1>::new(2);
        let (one, other) = (wakes.waker(0).clone(), wakes.waker(1).clone());
        let woken = thread::spawn(move || one.wake());
        let dropped = thread::spawn(move || drop(other.clone()));
        drop(wakes);
        woken.join().unwrap();
        dropped.join().unwrap();
    });
}

/// The stage goes while one of its branches is woken: its own waker is woken or not, and freed.
#[test]
fn a_stage_goes_while_it_is_woken() {
    loom::model(|| {
        let wakes = Wakes::<1>::new(1);
        let kept = wakes.waker(0).clone();
        let parent = Wakes::<1>::new(1);
        let own = parent.waker(0).clone();
        let cx = std::task::Context::from_waker(&own);
        wakes.begin(&cx);
        while wakes.next().is_some() {}
        let woken = thread::spawn(move || kept.wake_by_ref());
        drop(wakes);
        woken.join().unwrap();
    });
}
