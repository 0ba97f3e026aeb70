//! The runs that are observed.

use std::time::Duration;

use orchestrated::{AutoApprover, Orchestrator, workflow};

/// Waits, in virtual time.
pub(crate) async fn ms(n: u64) {
    tokio::time::sleep(Duration::from_millis(n)).await;
}

workflow! {
    pub(crate) workflow Review(pages: &[u64]) -> Result<u64, String> {
        agent fn read(pages) -> u64 { ms(10).await; pages.iter().sum() }
        tool fn lint(pages) -> u64 { ms(20).await; pages.len() as u64 }
        fn verdict(read, lint) -> u64 { read + lint }
        Ok(verdict)
    }

    /// Retries, items, turns, a flow, a question, and something to undo.
    pub(crate) workflow Publish(pages: &[u64], fails: bool) -> Result<u64, String> {
        #[idempotent]
        #[retry(3, backoff = 40ms)]
        mcp fn fetch(pages, cx) -> Result<u64, String> {
            ms(10).await;
            if cx.attempt() < 3 { Err("busy".to_owned()) } else { Ok(pages.len() as u64) }
        }
        #[each(page in pages, concurrency = 2)]
        agent fn summaries(pages) -> u64 { ms(10 * page).await; *page }
        flow review = Review { pages };
        #[rollback(ms(5).await)]
        tool fn upload(fetch, summaries) -> u64 { ms(30).await; fetch + summaries.len() as u64 }
        #[when(*upload > 100)]
        tool fn extra(upload) -> u64 { *upload }
        #[optional]
        tool fn note(upload) -> Result<u64, String> { ms(1).await; Err(format!("no channel for {upload}")) }
        human fn agreed(note) { let _ = note; ms(7).await; "publish?" }
        #[after(agreed)]
        tool fn switch(upload, extra, review, fails) -> Result<u64, String> {
            ms(25).await;
            let all = upload + extra.map_or(0, |n| *n) + review;
            if *fails { Err("connection refused".to_owned()) } else { Ok(all) }
        }
        Ok(switch)
    }
}

pub(crate) const PAGES: [u64; 3] = [4, 2, 3];

/// Two steps at a time, and somebody who says yes.
pub(crate) fn orchestrator() -> Orchestrator {
    Orchestrator::new()
        .max_concurrency(2)
        .approver(AutoApprover::approve())
}
