//! A panic becomes a failure with its message, and never reaches whoever runs the workflow.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use orchestrated::{Orchestrator, Reason, workflow};

async fn turn() {
    tokio::task::yield_now().await;
}

async fn forever() {
    std::future::pending::<()>().await;
}

workflow! {
    workflow PanicsInFlow(n: u32) -> u32 {
        tool fn waits(n) -> u32 { forever().await; *n }
        flow inner = PanicsAtOnce { n };
        inner + waits
    }
    workflow PanicsAtOnce(n: u32) -> u32 {
        fn index(n) -> u32 { let empty: Vec<u32> = Vec::new(); empty[*n as usize] }
        index
    }
    workflow PanicsWithText(_n: u32) -> u32 {
        tool fn text() -> u32 { std::panic::panic_any(String::from("a text")) }
        text
    }
    workflow PanicsInInto(_n: u32) -> Result<u32, Panics> {
        tool fn waits() -> u32 { forever().await; 1 }
        tool fn fails() -> Result<u32, String> { turn().await; Err("x".to_owned()) }
        Ok(waits + fails)
    }
    workflow PanicsInDrop(drops: &AtomicUsize) -> Result<u32, String> {
        tool fn waits(drops) -> u32 { let _bomb = Bomb(drops); forever().await; 1 }
        tool fn fails() -> Result<u32, String> { turn().await; Err("x".to_owned()) }
        Ok(waits + fails)
    }
}

#[derive(Debug)]
struct Panics;
impl From<String> for Panics {
    fn from(_: String) -> Self {
        panic!("cannot be converted")
    }
}

/// Panics when it is dropped.
struct Bomb<'d>(&'d AtomicUsize);
impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("dropped");
    }
}

#[tokio::test]
async fn a_panic_never_reaches_the_caller() {
    let o = Orchestrator::new();
    let failure = PanicsInFlow { n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `PanicsInFlow`: step `inner`: workflow `PanicsAtOnce`: step `index` panicked: index out of bounds: the len \
         is 0 but the index is 1"
    );
    let failure = PanicsWithText { _n: 1 }.run(&o).await.unwrap_err();
    let Reason::Panicked(panic) = failure.into_reason() else {
        panic!("not a panic");
    };
    assert_eq!(panic.to_string(), "a text");
    assert_eq!(format!("{panic:?}"), "Panic(Some(\"a text\"))");
    let payload = panic.into_payload();
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some("a text")
    );

    let failure = PanicsInInto { _n: 1 }.run(&o).await.unwrap_err();
    assert_eq!(failure.step(), Some("fails"));
    assert!(matches!(failure.reason(), Reason::Panicked(_)));

    let drops = AtomicUsize::new(0);
    let failure = PanicsInDrop { drops: &drops }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Panicked(_)));
    assert_eq!(drops.into_inner(), 1);
}

workflow! {
    workflow SlowBomb(drops: &AtomicUsize) {
        tool fn waits(drops) { let _bomb = Bomb(drops); forever().await; }
    }
}

#[tokio::test(start_paused = true)]
async fn nor_does_one_in_what_a_deadline_drops() {
    let o = Orchestrator::new().deadline(Duration::from_secs(1));
    let drops = AtomicUsize::new(0);
    let failure = SlowBomb { drops: &drops }.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(drops.into_inner(), 1);
}
