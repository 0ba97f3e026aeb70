//! Wide stages: the wake of one step polls no other, and what that takes is at most one allocation a stage. Large ones of several
//! batches: the functions that they are made of may name what is not public, and generics.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

use orchestrated::{Orchestrator, workflow};

thread_local! {
    /// The wakers of the steps that wait, in the order in which they came.
    static WAITING: RefCell<Vec<(u64, Waker)>> = const { RefCell::new(Vec::new()) };
    /// The number of the step that may go on.
    static OPEN: Cell<u64> = const { Cell::new(0) };
    static POLLS: Cell<usize> = const { Cell::new(0) };
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

/// Waits until it is let through by its number, which it gets when it is first polled.
async fn gate(value: u64) -> u64 {
    let mut number = None;
    poll_fn(|cx| {
        POLLS.set(POLLS.get() + 1);
        let Some(number) = number else {
            let new = NEXT.get();
            NEXT.set(new + 1);
            number = Some(new);
            WAITING.with_borrow_mut(|waiting| waiting.push((new, cx.waker().clone())));
            return Poll::Pending;
        };
        if OPEN.get() == number {
            return Poll::Ready(value + 1);
        }
        WAITING.with_borrow_mut(|waiting| {
            for (other, waker) in waiting {
                if *other == number {
                    waker.clone_from(cx.waker());
                }
            }
        });
        Poll::Pending
    })
    .await
}

/// Lets the one through that has come last: the last that a poll of all would come to.
fn let_one_through() {
    let (number, waker) = WAITING
        .with_borrow_mut(Vec::pop)
        .expect("somebody waits, or the run would be over");
    OPEN.set(number);
    waker.wake();
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

/// Drives a run to its end, step by step, and says how often steps were polled.
fn polls<F: Future>(run: F) -> (F::Output, usize) {
    WAITING.with_borrow_mut(Vec::clear);
    NEXT.set(1);
    POLLS.set(0);
    let mut run = pin!(run);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    loop {
        woken.0.store(false, Relaxed);
        if let Poll::Ready(output) = run.as_mut().poll(&mut Context::from_waker(&waker)) {
            return (output, POLLS.get());
        }
        if !woken.0.load(Relaxed) {
            let_one_through();
        }
        assert!(woken.0.load(Relaxed), "the run was not woken with its step");
    }
}

/// Drives a run whose steps never wait.
fn at_once<F: Future>(run: F) -> F::Output {
    match pin!(run).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("no step of it waits"),
    }
}

macro_rules! wide {
    ($($step:ident)*) => {
        workflow! {
            /// Many steps side by side, which wait.
            workflow Fan(n: u64) -> u64 {
                tool fn first(n) -> u64 { *n }
                $(tool fn $step(first) -> u64 { gate(*first).await })*
                tool fn all($($step),*) -> u64 { [$(*$step),*].iter().sum() }
                all
            }

            /// The same, where some start later than others: one stage of several batches.
            workflow Uneven(n: u64) -> u64 {
                tool fn first(n) -> u64 { *n }
                tool fn second(first) -> u64 { gate(*first).await }
                $(tool fn $step(n) -> u64 { gate(*n).await })*
                tool fn third(second, a0) -> u64 { *second + *a0 }
                fn fourth(third, p9) -> u64 { *third + *p9 }
                tool fn all(fourth, $($step),*) -> u64 { *fourth + [$(*$step),*].iter().sum::<u64>() }
                all
            }

            /// Many steps side by side, which do not.
            workflow Ready(n: u64) -> u64 {
                tool fn first(n) -> u64 { *n }
                $(tool fn $step(first) -> u64 { *first + 1 })*
                tool fn all($($step),*) -> u64 { [$(*$step),*].iter().sum() }
                all
            }
        }
    };
}

wide! {
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9
    c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9
    e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9
    g0 g1 g2 g3 g4 g5 g6 g7 g8 g9 h0 h1 h2 h3 h4 h5 h6 h7 h8 h9
    i0 i1 i2 i3 i4 i5 i6 i7 i8 i9 j0 j1 j2 j3 j4 j5 j6 j7 j8 j9
    k0 k1 k2 k3 k4 k5 k6 k7 k8 k9 l0 l1 l2 l3 l4 l5 l6 l7 l8 l9
    m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9
    p0 p1 p2 p3 p4 p5 p6 p7 p8 p9
}

/// How many steps are side by side: enough for a wide stage.
const STEPS: u64 = 150;

/// Each step is polled when it starts, and when it is woken; a few of its neighbours may be.
const POLLS_OF_A_STEP: usize = 4;

#[test]
fn the_wake_of_one_step_polls_no_other() {
    let orchestrator = Orchestrator::new();
    let (output, polls) = polls(Fan { n: 1 }.run(&orchestrator));
    assert_eq!(output.unwrap(), 2 * STEPS);
    assert!((300..=150 * POLLS_OF_A_STEP).contains(&polls), "{polls}");
}

#[test]
fn the_wake_of_one_step_of_several_batches_polls_no_other() {
    let orchestrator = Orchestrator::new();
    let (output, polls) = polls(Uneven { n: 1 }.run(&orchestrator));
    assert_eq!(output.unwrap(), 2 * STEPS + 6);
    assert!((302..=151 * POLLS_OF_A_STEP).contains(&polls), "{polls}");
}

#[test]
fn a_wide_stage_allocates_once_at_most() {
    let orchestrator = Orchestrator::new();
    assert_eq!(
        at_once(Ready { n: 1 }.run(&orchestrator)).unwrap(),
        2 * STEPS
    );
    let info = allocation_counter::measure(|| {
        let _ = at_once(Ready { n: 1 }.run(&orchestrator));
    });
    assert!(info.count_total <= 1, "{}", info.count_total);
}

#[test]
#[allow(
    unreachable_pub,
    reason = "a public workflow is what may not name what is not public"
)]
fn a_large_stage_of_several_batches_may_hold_what_is_not_public() {
    #[derive(Clone, PartialEq)]
    struct Own<T>(T);

    macro_rules! strands {
        ($($a:ident $b:ident $c:ident),*) => {
            workflow! {
                /// Steps one after the other, and many side by side.
                pub workflow Unseen<T: Clone + PartialEq>(value: T) -> usize {
                    $(
                        tool fn $a(value) -> Own<T> { Own(value.clone()) }
                        tool fn $b($a) -> Own<T> { $a.clone() }
                        // Of its own strand, and of another.
                        tool fn $c($b, first) -> bool { $b == first }
                    )*
                    tool fn first(value) -> Own<T> { Own(value.clone()) }
                    [$($c),*].into_iter().filter(|&same| same).count()
                }
            }
        };
    }

    strands! {
        a0 b0 c0, a1 b1 c1, a2 b2 c2, a3 b3 c3, a4 b4 c4, a5 b5 c5, a6 b6 c6, a7 b7 c7, a8 b8
        c8, a9 b9 c9, a10 b10 c10, a11 b11 c11, a12 b12 c12, a13 b13 c13, a14 b14 c14, a15 b15
        c15, a16 b16 c16, a17 b17 c17, a18 b18 c18, a19 b19 c19, a20 b20 c20, a21 b21 c21, a22
        b22 c22, a23 b23 c23, a24 b24 c24, a25 b25 c25, a26 b26 c26, a27 b27 c27, a28 b28 c28,
        a29 b29 c29, a30 b30 c30, a31 b31 c31, a32 b32 c32, a33 b33 c33, a34 b34 c34, a35 b35
        c35, a36 b36 c36, a37 b37 c37, a38 b38 c38, a39 b39 c39, a40 b40 c40, a41 b41 c41, a42
        b42 c42, a43 b43 c43, a44 b44 c44
    }

    let value = String::from("not public");
    let orchestrator = Orchestrator::new();
    assert_eq!(at_once(Unseen { value }.run(&orchestrator)).unwrap(), 45);
}
