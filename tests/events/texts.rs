//! Errors whose texts panic: that somebody listens changes nothing.

use std::fmt;

use expect_test::expect;
use orchestrated::{Reason, workflow};

use crate::lines::{lines, observed};

struct Mute;

impl fmt::Display for Mute {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the message on stderr.
        std::panic::resume_unwind(Box::new("on purpose"))
    }
}

workflow! {
    workflow Bare() -> Result<u32, Mute> {
        tool fn one() -> Result<u32, Mute> { Err(Mute) }
        Ok(one)
    }

    workflow Retried() -> Result<u32, Mute> {
        #[retry(2, backoff = 0ms)]
        #[idempotent]
        tool fn one(cx) -> Result<u32, Mute> { if cx.attempt() == 1 { Err(Mute) } else { Ok(1) } }
        Ok(one)
    }

    workflow Undone() -> Result<u32, Mute> {
        #[rollback(())]
        tool fn one() -> Result<u32, Mute> { Err(Mute) }
        Ok(one)
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_whose_text_panics_is_an_error() {
    let (orchestrator, mut events) = observed();
    let failure = Bare {}.run(&orchestrator).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Error(Mute)));
    assert_eq!(Retried {}.run(&orchestrator).await.ok(), Some(1));
    let failure = Undone {}.run(&orchestrator).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Error(Mute)));
    expect![[r#"
        0    Bare starts
        0    Bare batch 1 starts
        0    Bare one starts
        0    Bare one failed: events::texts::Mute (error)
        0    Bare batch 1 ends
        0    Bare failed at one: events::texts::Mute
        0    Retried starts
        0    Retried batch 1 starts
        0    Retried one starts
        0    Retried one attempt 1
        0    Retried one attempt 1 fails: events::texts::Mute (error)
        0    Retried one attempt 2
        0    Retried one attempt 2 is done
        0    Retried one finished
        0    Retried batch 1 ends
        0    Retried finished
        0    Undone starts
        0    Undone batch 1 starts
        0    Undone one starts
        0    Undone one attempt 1
        0    Undone one attempt 1 fails: events::texts::Mute (error)
        0    Undone one failed: events::texts::Mute (error)
        0    Undone batch 1 ends
        0    Undone failed at one: events::texts::Mute
    "#]]
    .assert_eq(&lines(&mut events));
}
