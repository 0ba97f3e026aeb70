//! Prints a digest of a text: the workflows of a library, composed.
//!
//! ```text
//! cargo run -p compose                   # the README of this program
//! cargo run -p compose -- CHANGELOG.md   # any other text, plain or Markdown
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

mod markdown;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use prose::{
    Review, Summarize, TextError, WordFrequency,
    orchestrated::{Failure, Orchestrator, workflow},
};

/// Why there is no digest.
#[derive(Debug, thiserror::Error)]
enum DigestError {
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    // What the library's workflows fail with becomes what this one fails with.
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the page could not be checked")]
    Unchecked(#[source] Failure<TextError>),
}

workflow! {
    /// A summary of a text, and what an editor would say about it.
    #[crate(prose::orchestrated)]
    workflow Digest(path: &Path, ranker: &WordFrequency) -> Result<String, DigestError> {
        tool fn document(path) -> Result<String, DigestError> {
            let read = tokio::fs::read_to_string(path).await;
            read.map_err(|source| DigestError::Unreadable { path: path.to_owned(), source })
        }

        /// The sentences alone: no code, no headings, no marks.
        fn plain(document) -> String {
            markdown::plain(document)
        }

        // A flow reads values by name. What it needs and nobody has, a plain step provides.
        fn length() -> usize { 3 }
        fn longest() -> usize { 25 }

        flow summary = Summarize::<WordFrequency> { text: &plain, ranker, length };
        flow review = Review { text: &plain, longest };

        /// Puts the pieces together, and lets the library look at its own words too.
        ///
        /// A tool may run a workflow that launches no agent, through `cx`. `Summarize` would be a compile error here.
        tool fn page(path, summary, review, longest, cx) -> Result<String, DigestError> {
            let page = format!("{}\n\nsummary\n{summary}\n\nreview\n{review}", path.display());
            let own = summary.sentences.join(" ");
            let check = Review { text: &own, longest: *longest }.run(cx).await.map_err(DigestError::Unchecked)?;
            Ok(format!("{page}\n\nreading ease of the summary: {:.0}", check.readability.ease))
        }

        Ok(page)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let path = match path(std::env::args_os().skip(1)) {
        Ok(path) => path,
        Err(error) => {
            eprintln!("error: {error}\n\nUsage: compose [FILE]");
            return ExitCode::FAILURE;
        }
    };

    println!("{}\n", Digest::PLAN);
    let digest = Digest {
        path: &path,
        ranker: &WordFrequency,
    };
    match digest.run(&Orchestrator::new()).await {
        Ok(page) => {
            println!("{page}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: `{}`: {failure:#}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// The one argument, or this program's own README.
fn path(mut args: impl Iterator<Item = OsString>) -> Result<PathBuf, String> {
    let path = args.next().map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"),
        PathBuf::from,
    );
    match args.next() {
        Some(extra) => Err(format!("unexpected argument `{}`", extra.display())),
        None => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use prose::orchestrated::plan::Step;

    use super::*;

    async fn digest(path: &Path) -> Result<String, Failure<DigestError>> {
        Digest {
            path,
            ranker: &WordFrequency,
        }
        .run(&Orchestrator::new())
        .await
    }

    #[tokio::test]
    async fn the_readme_has_a_digest() {
        let page = digest(&path(std::iter::empty()).unwrap()).await.unwrap();
        assert!(page.contains("about: ") && page.contains("steps"), "{page}");
        assert!(page.contains("reading ease of the summary"), "{page}");
        assert!(!page.contains("cargo run"), "code is no prose: {page}");
    }

    #[test]
    fn both_workflows_of_the_library_run_at_the_same_time() {
        let names = |batch| {
            Digest::PLAN
                .batch(batch)
                .steps()
                .map(Step::name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["document", "length", "longest"]);
        assert_eq!(names(2), ["summary", "review"]);
        assert!(Digest::PLAN.launches_agents());
        assert_eq!(Digest::PLAN.depth(), 2);
    }

    #[tokio::test]
    async fn a_missing_file_is_named() {
        let failure = digest(Path::new("no/such.txt")).await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Digest`: step `document` failed: cannot read `no/such.txt`"
        );
    }

    #[tokio::test]
    async fn a_text_without_a_sentence_names_the_step_inside_the_step() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let failure = digest(file.path()).await.unwrap_err();
        let text = failure.to_string();
        assert!(text.starts_with("workflow `Digest`: step `"), "{text}");
        assert!(
            text.ends_with("step `sentences` failed: the text has no sentence in it"),
            "{text}"
        );
        assert_eq!(failure.frames().len(), 2);
    }

    #[test]
    fn a_second_argument_is_refused() {
        let args = ["a", "b"].map(OsString::from);
        assert_eq!(
            path(args.into_iter()).unwrap_err(),
            "unexpected argument `b`"
        );
    }
}
