//! What the steps of the measured graphs do: they are ready at once, yield once, or wait until they are let through.

use std::{
    cell::{Cell, OnceCell, RefCell},
    future::{Future, poll_fn},
    hint::black_box,
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// How the steps end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// At the first poll.
    Ready,
    /// At the second poll, which they ask for themselves.
    Yields,
    /// When they are let through, one at a time: each wakes its waker alone.
    Gated,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Ready, Self::Yields, Self::Gated];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Yields => "yields",
            Self::Gated => "gated",
        }
    }

    /// From here on, for the steps of this thread.
    pub(crate) fn set(self) {
        MODE.set(self);
    }
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Ready) };
    static GATE: RefCell<Gate> = const { RefCell::new(Gate::new()) };
}

/// What a step awaits.
#[derive(Debug)]
pub(crate) struct Work {
    sum: u64,
    /// Its place at the gate, from the first poll on.
    place: Option<u32>,
}

pub(crate) fn work(sum: u64) -> Work {
    Work { sum, place: None }
}

impl Future for Work {
    type Output = u64;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        let done = match MODE.get() {
            Mode::Ready => true,
            Mode::Yields if self.place.is_some() => true,
            Mode::Yields => {
                self.place = Some(0);
                cx.waker().wake_by_ref();
                false
            }
            Mode::Gated => GATE.with_borrow_mut(|gate| gate.poll(&mut self.place, cx.waker())),
        };
        if done {
            Poll::Ready(black_box(self.sum) + 1)
        } else {
            Poll::Pending
        }
    }
}

/// What is in a cell, when it is full. Nobody is woken by that: who joins all steps in their order polls them all.
#[inline]
pub(crate) async fn there<T>(cell: &OnceCell<T>) -> &T {
    poll_fn(|_| cell.get().map_or(Poll::Pending, Poll::Ready)).await
}

/// Where steps wait until they are let through.
#[derive(Debug)]
struct Gate {
    /// By place: the waker of the step that waits there, none when it has been let through.
    wakers: Vec<Option<Waker>>,
    /// The places where somebody waits.
    waiting: Vec<u32>,
    random: u64,
    polls: u64,
}

impl Gate {
    const fn new() -> Self {
        Self {
            wakers: Vec::new(),
            waiting: Vec::new(),
            random: 42,
            polls: 0,
        }
    }

    /// Whether the step may go on.
    fn poll(&mut self, place: &mut Option<u32>, waker: &Waker) -> bool {
        self.polls += 1;
        let Some(place) = *place else {
            let new = u32::try_from(self.wakers.len()).unwrap_or(u32::MAX);
            *place = Some(new);
            self.wakers.push(Some(waker.clone()));
            self.waiting.push(new);
            return false;
        };
        match &mut self.wakers[place as usize] {
            Some(before) => {
                before.clone_from(waker);
                false
            }
            None => true,
        }
    }
}

/// Nobody waits, and nothing has been counted.
pub(crate) fn close_gate() {
    GATE.with_borrow_mut(|gate| {
        gate.wakers.clear();
        gate.waiting.clear();
        gate.random = 42;
        gate.polls = 0;
    });
}

/// Lets one of those that wait through, any of them but always the same, and wakes it. Whether there was one.
pub(crate) fn let_one_through() -> bool {
    let waker = GATE.with_borrow_mut(|gate| {
        if gate.waiting.is_empty() {
            return None;
        }
        // The constants of Knuth's MMIX.
        gate.random = gate
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let chosen = usize::try_from(gate.random >> 33).unwrap_or(0) % gate.waiting.len();
        let place = gate.waiting.swap_remove(chosen);
        gate.wakers[place as usize].take()
    });
    waker.map(Waker::wake).is_some()
}

/// How often steps have been polled since the gate was closed.
pub(crate) fn polls() -> u64 {
    GATE.with_borrow(|gate| gate.polls)
}
