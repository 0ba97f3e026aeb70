//! Whatever is asked for, cancelled and given back in whatever order.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    task::Wake,
};

use futures::FutureExt as _;
use proptest::prelude::*;

use super::{super::*, NONE, limiter};

#[derive(Default)]
struct Flag(AtomicBool);
impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// One request of a random run.
struct Client {
    request: Request,
    acquire: Option<Acquire>,
    permit: Option<Permit>,
    woken: Arc<Flag>,
    /// How many who came later were granted before this one.
    passed: usize,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Ask(Priority, bool, usize),
    Cancel(usize),
    Release(usize),
    /// Polled though nobody has woken it.
    Poll(usize),
}

const USES: [&[(&str, usize)]; 6] = [
    NONE,
    &[("a", 1)],
    &[("a", 3)],
    &[("b", 1)],
    &[("a", 1), ("b", 2)],
    &[("a", 2), ("b", 1)],
];

fn ops(uses: usize) -> impl Strategy<Value = Vec<Op>> {
    const MOST: usize = if cfg!(miri) { 40 } else { 200 };
    let ask = (
        prop::sample::select(&Priority::ALL[..]),
        any::<bool>(),
        0..uses,
    );
    let op = prop_oneof![
        4 => ask.prop_map(|(priority, counted, uses)| Op::Ask(priority, counted || uses == 0, uses)),
        1 => any::<usize>().prop_map(Op::Cancel),
        3 => any::<usize>().prop_map(Op::Release),
        1 => any::<usize>().prop_map(Op::Poll),
    ];
    prop::collection::vec(op, 0..MOST)
}

/// Polls one, as a runtime does.
fn poll(clients: &mut [Client], i: usize) {
    let client = &mut clients[i];
    let Some(acquire) = &mut client.acquire else {
        return;
    };
    client.woken.0.store(false, Ordering::SeqCst);
    let waker = Waker::from(Arc::clone(&client.woken));
    if let Poll::Ready(permit) = acquire.poll_unpin(&mut Context::from_waker(&waker)) {
        client.permit = Some(permit.unwrap());
        client.acquire = None;
        for earlier in &mut clients[..i] {
            earlier.passed += usize::from(earlier.acquire.is_some());
        }
    }
}

/// Only those are polled who have been woken, until nobody is.
fn settle(clients: &mut [Client], capacity: [usize; 3]) {
    while let Some(i) = clients
        .iter()
        .position(|c| c.acquire.is_some() && c.woken.0.load(Ordering::SeqCst))
    {
        poll(clients, i);
    }
    let mut taken = [0; 3];
    for request in clients
        .iter()
        .filter(|c| c.permit.is_some())
        .map(|c| c.request)
    {
        taken[0] += usize::from(request.counted);
        for &(name, n) in request.uses {
            taken[if name == "a" { 1 } else { 2 }] += n;
        }
    }
    assert!(
        taken
            .iter()
            .zip(capacity)
            .all(|(&taken, capacity)| taken <= capacity),
        "{taken:?}"
    );
}

/// What becomes of everybody.
fn run(ops: Vec<Op>, concurrency: usize) -> Vec<Client> {
    let capacity = [concurrency, 3, 2];
    let limiter = limiter(Some(concurrency), &[("a", 3), ("b", 2)]);
    let mut clients: Vec<Client> = Vec::new();
    for op in ops {
        let len = clients.len().max(1);
        match op {
            Op::Ask(priority, counted, uses) => {
                let request = Request {
                    priority,
                    counted,
                    uses: USES[uses],
                };
                let acquire = Some(limiter.acquire(request));
                clients.push(Client {
                    request,
                    acquire,
                    permit: None,
                    woken: Arc::default(),
                    passed: 0,
                });
                let last = clients.len() - 1;
                poll(&mut clients, last);
            }
            Op::Cancel(i) => drop(clients.get_mut(i % len).and_then(|c| c.acquire.take())),
            Op::Release(i) => drop(clients.get_mut(i % len).and_then(|c| c.permit.take())),
            Op::Poll(i) if !clients.is_empty() => poll(&mut clients, i % len),
            Op::Poll(_) => {}
        }
        settle(&mut clients, capacity);
    }
    // Everybody gives back in the end, and so everybody is served.
    while let Some(client) = clients.iter_mut().find(|c| c.permit.is_some()) {
        client.permit = None;
        settle(&mut clients, capacity);
    }
    assert!(
        clients.iter().all(|c| c.acquire.is_none()),
        "somebody waits for ever"
    );
    let queue = limiter.queue();
    assert_eq!(
        (&queue.free[..], queue.waiting, queue.granted.len()),
        (&capacity[..], 0, 0)
    );
    drop(queue);
    clients
}

proptest! {
    #[test]
    fn capacities_hold_and_everybody_is_served(ops in ops(USES.len()), concurrency in 1..4_usize) {
        run(ops, concurrency);
    }

    /// With one thing to wait for, the bound is one on all who came later.
    #[test]
    fn nobody_is_passed_over_more_often_than_the_bound(ops in ops(1), concurrency in 1..3_usize) {
        for client in run(ops, concurrency) {
            let bound = 8 * (4 - client.request.priority as usize);
            prop_assert!(client.passed <= bound, "{:?}: {}", client.request, client.passed);
        }
    }
}
