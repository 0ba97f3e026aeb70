//! The straight path allocates nothing: neither a step nor a run, in any shape of stage.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use orchestrated::{Failure, Orchestrator, workflow};

/// Pending once.
async fn wait() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        Poll::Pending
    })
    .await;
}

workflow! {
    /// Stages of one step.
    workflow Straight(n: u64) -> u64 {
        tool fn a(n) -> u64 { wait().await; *n }
        tool fn b(a) -> u64 { wait().await; *a }
        fn c(b) -> u64 { *b }
        c
    }

    /// Stages of one batch, of steps that can fail.
    workflow Joined(n: u64) -> Result<u64, std::num::TryFromIntError> {
        tool fn a(n) -> Result<u32, std::num::TryFromIntError> { wait().await; u32::try_from(*n) }
        tool fn b(n) -> u64 { wait().await; *n }
        fn c(n) -> u64 { *n }
        agent fn sum(a, b, c) -> u64 { u64::from(*a) + b + c }
        Ok(sum)
    }

    /// A stage of several batches, with values that are read, moved and left.
    workflow Skewed(n: u64) -> u64 {
        tool fn a(n) -> u64 { wait().await; *n }
        tool fn b(a) -> (x: u64, y: u64) { wait().await; (*a, *a) }
        tool fn short(n) -> u64 { wait().await; *n }
        fn c(x, short) -> u64 { *x + *short }
        tool fn d(move y, c) -> u64 { wait().await; y + c }
        short + d
    }

    /// Workflows in a workflow.
    workflow Outer(n: u64) -> Result<u64, std::num::TryFromIntError> {
        flow straight = Straight { n };
        flow joined = Joined { n };
        flow skewed = Skewed { n: straight };
        Ok(joined + skewed)
    }
}

fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

/// Runs once, counting.
fn check<E, F>(expected: u64, run: impl Fn() -> F)
where
    E: std::fmt::Debug,
    F: Future<Output = Result<u64, Failure<E>>>,
{
    assert_eq!(drive(run()).unwrap(), expected);
    let info = allocation_counter::measure(|| {
        let _ = drive(run());
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn no_run_and_no_step_allocates() {
    let o = Orchestrator::new();
    check(3, || Straight { n: 3 }.run(&o));
    check(9, || Joined { n: 3 }.run(&o));
    check(12, || Skewed { n: 3 }.run(&o));
    check(21, || Outer { n: 3 }.run(&o));
}

#[test]
fn the_count_sees_an_allocation() {
    let info = allocation_counter::measure(|| drop(Box::new(wait())));
    assert_ne!(info.count_total, 0);
}
