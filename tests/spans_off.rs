//! Who listens to failures alone is told of them, though there are no spans. A test of its own, and so a process: what is
//! listened to is a thing of the whole process.

#[path = "spans/collect.rs"]
#[allow(dead_code, reason = "the tests of spans look at more of it")]
mod collect;

use collect::collect;
use orchestrated::{Orchestrator, workflow};
use tracing_subscriber::filter::LevelFilter;

workflow! {
    workflow Fails(panics: bool) -> Result<u32, String> {
        tool fn first(panics) -> Result<u32, String> { assert!(!panics, "it panicked"); Err("it failed".to_owned()) }
        Ok(first)
    }
}

#[tokio::test]
async fn a_failure_is_told_without_spans() {
    let (collected, _guard) = collect(LevelFilter::WARN);
    let o = Orchestrator::new();
    assert!(Fails { panics: false }.run(&o).await.is_err());
    assert!(Fails { panics: true }.run(&o).await.is_err());
    let errors: Vec<_> = collected
        .events()
        .into_iter()
        .map(|event| event.fields["error"].clone())
        .collect();
    assert_eq!(errors, ["it failed", "panicked: it panicked"]);
    assert!(collected.spans().is_empty());
}
