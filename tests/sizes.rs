//! A body stands once in the future of its run, however many options are around it.

use std::convert::Infallible;

use orchestrated::{Orchestrator, workflow};

const LARGE: usize = 6 * 1024;

/// A body that holds a lot while it waits.
async fn large(n: u64) -> Result<u64, Infallible> {
    let held = [1_u8; LARGE];
    tokio::task::yield_now().await;
    Ok(n + u64::from(std::hint::black_box(held)[0]))
}

workflow! {
    workflow One(n: u64) -> Result<u64, Infallible> {
        #[idempotent]
        #[cache]
        #[breaker]
        #[fallback(Ok(0))]
        #[repeat(max = 2, until = true)]
        #[retry(3)]
        #[timeout(10s)]
        #[default(0)]
        tool fn made(n) -> Result<u64, Infallible> { large(*n).await }

        Ok(made)
    }

    workflow Undone(n: u64) -> Result<u64, Infallible> {
        #[rollback(())]
        #[timeout(10s)]
        tool fn made(n) -> Result<u64, Infallible> { large(*n).await }

        flow part = One { n };

        Ok(made + part)
    }
}

#[tokio::test(start_paused = true)]
async fn options_do_not_multiply_a_body() {
    let orchestrator = Orchestrator::new();
    let one = One { n: 1 }.run(&orchestrator);
    assert!(size_of_val(&one) < LARGE * 3 / 2, "{}", size_of_val(&one));
    assert_eq!(one.await.ok(), Some(2));
    // Two at the same time.
    let both = Undone { n: 1 }.run(&orchestrator);
    assert!(size_of_val(&both) < LARGE * 3, "{}", size_of_val(&both));
    assert_eq!(Box::pin(both).await.ok(), Some(4));
}
