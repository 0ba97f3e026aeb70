//! `lock!` in a test, as its users have it. What it says where a plan has changed is tested beside its code.

use orchestrated::workflow;

workflow! {
    /// As the issue has it: what is waited for shows in the file.
    workflow CodeReview<'a, T>(text: &'a T, limit: usize) -> Result<String, String>
    where
        T: AsRef<str> + Sync,
    {
        #[idempotent]
        #[optional]
        #[retry(3, backoff = 50ms)]
        #[timeout(2s)]
        #[estimate(150ms)]
        tool fn lint(text, limit) -> Result<usize, String> {
            let words = text.as_ref().split(' ').count();
            if words > *limit { Err(format!("{words} words")) } else { Ok(words) }
        }

        #[estimate(400ms)]
        agent fn review(text) -> (verdict: String, score: usize) {
            (text.as_ref().to_uppercase(), text.as_ref().len())
        }

        #[quorum(1)]
        fn report(lint, verdict) -> String { format!("{verdict} {lint:?}") }

        #[after(report)]
        tool fn stored(score) { let _ = score; }

        Ok(report)
    }

    #[deadline(5m)]
    #[schedule(batches)]
    workflow Release(text: String, limit: usize) -> Result<String, String> {
        flow review = CodeReview::<'_, String> { text: &text, limit };
        #[critical]
        #[irreversible = "it is out"]
        #[requires("deploy")]
        tool fn published(review) -> String { review.clone() }

        Ok(published)
    }
}

#[test]
fn the_plans_are_those_that_were_reviewed() {
    orchestrated::lock!("tests/plans.lock", CodeReview<'_, String>, Release);
    // The same by another type, and where no lifetime is written.
    orchestrated::lock!("tests/plans.lock", CodeReview<String>, Release,);
}
