//! Reviews Rust sources: reads them, looks best practices up, writes recommendations, checks those, stores a report.
//!
//! ```text
//! cargo run --example code_review                # this repository
//! cargo run --example code_review -- ../other    # any other folder
//! cargo run --example code_review -- --progress --report target/review.html
//! ```
//!
//! This file holds the workflow and starts it. What the steps do is ordinary Rust, in the modules named below.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{path::PathBuf, process::ExitCode};

use orchestrated::workflow;

use crate::{
    checks::Check,
    editions::Editions,
    error::ReviewError,
    options::{HELP, Request},
    practices::Practices,
    reviewer::{Review, Reviewer, RuleBook},
    sources::Sources,
};

// A step reads what its parentheses name: inputs of the workflow, and outputs of other steps. Nothing else says that the
// first three run at the same time, that `review` waits for two of them, or that `syntax` and `format` go side by side. The estimates are for `--plan`.
workflow! {
    /// Reviews the Rust sources under a folder and stores a report.
    workflow CodeReview(request: &Request, reviewer: &dyn Reviewer) -> Result<(Review, PathBuf), ReviewError> {
        /// Every source under the folder, read concurrently.
        #[estimate(20ms)]
        tool fn sources(request) -> Result<Sources, ReviewError> {
            sources::read(&request.folder).await
        }

        /// The edition of each package, by which its sources are formatted.
        #[estimate(25ms)]
        tool fn editions(request) -> Result<Editions, ReviewError> {
            editions::read(&request.folder).await
        }

        /// What is good practice, looked up in a text file.
        #[estimate(1ms)]
        tool fn practices(request) -> Result<Practices, ReviewError> {
            practices::read(&request.practices).await
        }

        /// Searches the sources, and lets the reviewer say what to do about what was found.
        #[estimate(2s)]
        agent fn review(request, reviewer, sources, practices) -> Result<Review, ReviewError> {
            let files = search::search(sources, request.long).await?;
            let recommendations = reviewer.review(&files, practices).await?;
            Ok(Review { reviewer: reviewer.name().to_owned(), files, recommendations })
        }

        /// Do the sources parse, and do they still with the suggested edits made?
        #[estimate(2s)]
        tool fn syntax(sources, review) -> Result<Check, ReviewError> {
            checks::syntax(sources, review).await
        }

        /// Are the sources formatted, and are they still with the suggested edits made?
        #[estimate(4s)]
        tool fn format(sources, editions, review) -> Result<Check, ReviewError> {
            checks::format(sources, editions, review).await
        }

        /// Writes the report, whole or not at all.
        #[estimate(15ms)]
        tool fn stored(request, sources, review, syntax, format) -> Result<PathBuf, ReviewError> {
            let page = report::markdown(sources, review, syntax, format);
            store::store(&request.out, page).await?;
            Ok(request.out.clone())
        }

        Ok((review, stored))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let request = match Request::parse(std::env::args_os().skip(1)) {
        Ok(Some(request)) => request,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };

    let review = CodeReview {
        request: &request,
        reviewer: &RuleBook,
    };
    // Prints the plan, which is a constant: it is there before anything runs.
    match request.seeing.run(review).await {
        Ok(Some((review, report))) => {
            println!("{review}");
            println!("report: {}", report.display());
            ExitCode::SUCCESS
        }
        Ok(None) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

// The parts, in files of their own.
#[path = "code_review/checks.rs"]
mod checks;
#[path = "code_review/comments.rs"]
mod comments;
#[path = "code_review/editions.rs"]
mod editions;
#[path = "code_review/error.rs"]
mod error;
#[path = "code_review/findings.rs"]
mod findings;
#[path = "code_review/options.rs"]
mod options;
#[path = "code_review/practices.rs"]
mod practices;
#[path = "code_review/report.rs"]
mod report;
#[path = "code_review/reviewer.rs"]
mod reviewer;
#[path = "code_review/search.rs"]
mod search;
#[path = "shared/seeing.rs"]
mod seeing;
#[path = "code_review/sources.rs"]
mod sources;
#[path = "shared/store.rs"]
mod store;
#[cfg(test)]
#[path = "code_review/tests.rs"]
mod tests;
#[path = "shared/text.rs"]
mod text;
#[path = "code_review/walk.rs"]
mod walk;
