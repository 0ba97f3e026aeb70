//! The workflow as a whole, on small projects on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use orchestrated::Orchestrator;

use crate::{CodeReview, options::Request, reviewer::RuleBook};

/// A project of these files in a folder of its own.
fn project(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn request(folder: &Path) -> Request {
    Request {
        folder: folder.to_path_buf(),
        out: folder.join("out/report.md"),
        ..Request::default()
    }
}

/// The report, or the failure with all that it says.
async fn review(request: &Request) -> Result<String, String> {
    let review = CodeReview {
        request,
        reviewer: &RuleBook,
    };
    match review.run(&Orchestrator::new()).await {
        Ok((_, report)) => Ok(fs::read_to_string(report).unwrap()),
        Err(failure) => Err(format!("{failure:#}")),
    }
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "no `{part}` in:\n{text}");
}

#[tokio::test]
async fn reports_what_is_there_with_new_code_for_it() {
    let folder = project(&[
        (
            "Cargo.toml",
            b"[package]\nname = \"x\"\nedition = \"2021\"\n",
        ),
        (
            "src/lib.rs",
            b"//! A crate.\n\npub fn port(text: &String) -> Result<u16, Error> {\n    // TODO: allow names\n    Ok(text.parse().unwrap())\n}\n",
        ),
        ("src/bad.rs", b"fn a( {}\n"),
        ("src/ugly.rs", b"fn a(){}\n"),
    ]);
    let page = review(&request(folder.path())).await.unwrap();
    for part in [
        "3 files with 8 lines, reviewed by the rule book: 4 findings.",
        "| Unwraps | 1 | 1 | 1 |",
        "| Long functions | 0 | 0 | 0 |",
        "| Syntax | syn | **1** of 3 files did not pass | passed: 1 file |",
        "- `src/ugly.rs:1`: one place is not as `rustfmt` leaves it",
        "### 1. Carry an error up instead of unwrapping it",
        "`src/lib.rs:5`\n\n```diff\n-    Ok(text.parse().unwrap())\n+    Ok(text.parse()?)\n```",
        "-pub fn port(text: &String) -> Result<u16, Error> {\n+pub fn port(text: &str) -> Result<u16, Error> {",
        "- line 3: function `port` has no docs",
        "- line 4: `TODO: allow names`",
        "Without a finding: 1 file.",
    ] {
        has(&page, part);
    }
}

#[tokio::test]
async fn bad_input_is_named_and_leaves_no_report() {
    let good: (&str, &[u8]) = ("src/lib.rs", b"//! A crate.\n");
    let not_text: (&str, &[u8]) = ("src/b.rs", b"fn a() {}\n// caf\xe9\n");
    let manifest: (&str, &[u8]) = ("Cargo.toml", b"[package\n");
    for (bad, name, reason) in [
        (not_text, "src/b.rs", "line 2 is not UTF-8"),
        (manifest, "Cargo.toml", "line 1"),
    ] {
        let folder = project(&[good, bad]);
        let request = request(folder.path());
        let failure = review(&request).await.unwrap_err();
        has(&failure, &folder.path().join(name).display().to_string());
        has(&failure, reason);
        assert!(!request.out.exists(), "there is a report after: {failure}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let folder = project(&[("src/lib.rs", b"//! A crate.\n")]);
    let good = request(folder.path());
    // One mistake a request: the steps that read run side by side, and the first to fail is the one that is told.
    let practices = Request {
        practices: PathBuf::from("nowhere.md"),
        ..good.clone()
    };
    let sources = Request {
        folder: PathBuf::from("no/where"),
        ..good
    };
    for (request, missing) in [(practices, "nowhere.md"), (sources, "no/where")] {
        has(&review(&request).await.unwrap_err(), missing);
        assert!(!request.out.exists());
    }
}

#[test]
fn reads_side_by_side_and_checks_side_by_side() {
    let batches: Vec<Vec<_>> = CodeReview::PLAN
        .batches()
        .map(|batch| batch.steps().map(|step| step.name().to_owned()).collect())
        .collect();
    assert_eq!(
        batches,
        [
            vec!["sources", "editions", "practices"],
            vec!["review"],
            vec!["syntax", "format"],
            vec!["stored"],
        ]
    );
}

/// A run may go to a task of its own, as all its parts may.
#[test]
fn a_run_can_be_spawned() {
    fn spawns<T: Send>(_: &T) {}
    let request = Request::default();
    let review = CodeReview {
        request: &request,
        reviewer: &RuleBook,
    };
    spawns(&review.run(&Orchestrator::new()));
}
