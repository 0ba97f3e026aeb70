//! Workflows that an editor is tried on. What is tried, and what should come of it, is in `../cases.py`.

#![allow(missing_docs)]

pub mod app;
pub mod large;

use app::{App, Broken, Counts, Docs, PullRequest, Review, SourceFile};
use orchestrated::workflow;

workflow! {
    /// Reviews a pull request.
    pub workflow CodeReview(app: &App, pr: PullRequest) -> Result<(Review, usize), Broken> {
        /// The files that the pull request touches.
        mcp fn files(app, pr) -> Result<Vec<SourceFile>, Broken> {
            app.serena.read_files(&pr.paths).await
        }

        mcp fn practices(app, pr) -> Docs {
            app.serena.docs(&pr.language).await
        }

        #[retry(attempts = practices.text.len() as u32, when = files.is_empty())]
        #[idempotent]
        agent fn review(app, files, practices) -> Result<Review, Broken> {
            app.coder.review(files, practices).await
        }

        #[after(review)]
        fn measure(files) -> (lines: usize, words: usize) {
            let lines = files.iter().map(|file| file.text.lines().count()).sum();
            (lines, files.len())
        }

        fn density(lines, words) -> usize {
            let per = *words;
            lines / per.max(1)
        }

        tool fn length(review) -> usize {
            review.remarks.len()
        }

        flow summary = Summary { review: &review, lines };

        fn total(density, length, summary) -> usize {
            density + length + summary.lines
        }

        Ok((review, total))
    }

    /// Sums a review up.
    pub workflow Summary(review: &Review, lines: usize) -> Counts {
        fn remarks(review) -> usize { review.remarks.len() }
        fn counts(move lines, remarks) -> Counts { Counts { lines: lines + remarks } }

        counts
    }
}

workflow! {
    /// Stores a review, and takes it back when it cannot be announced.
    pub workflow Store(review: Review, places: Vec<String>) -> Result<usize, Broken> {
        #[each(place in places, concurrency = 2)]
        #[rollback(remove(place, stored).await)]
        tool fn stored(places, place, review) -> Result<usize, Broken> {
            Ok(place.len() + review.remarks.len())
        }

        #[irreversible = "mails are sent"]
        #[after(stored)]
        tool fn announced(review, cx) -> Result<usize, Broken> {
            let attempt = cx.attempt();
            Ok(review.remarks.len() + attempt as usize)
        }

        Ok(stored.len() + announced)
    }
}

async fn remove(place: &str, stored: &usize) -> Result<(), Broken> {
    if place.len() < *stored { Ok(()) } else { Err(Broken) }
}

/// Outside of the macro.
pub async fn of_one(app: &App, pr: PullRequest) -> Option<usize> {
    let review = CodeReview { app, pr };
    let (review, total) = review.run(&orchestrated::Orchestrator::new()).await.ok()?;
    Some(review.remarks.len() + total)
}
