//! Sequential pipeline: each step works on what the step before it has made, and the first one that fails ends the run.
//!
//! Use it when no step has anything to do until the one before it is done. It is the slowest shape there is, so look twice.
//!
//! ```text
//! cargo run --example sequential_pipeline
//! ```
//!
//! This one renames a function in a folder of sources: read, check, edit, store, look again. What was stored is put back
//! when the last look finds that the old name is still in use.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::path::{Path, PathBuf};

use orchestrated::{Failure, Orchestrator, workflow};
use tokio::fs;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What becomes of a file.
#[derive(Clone, Debug)]
struct Edit {
    path: PathBuf,
    before: String,
    after: String,
}

workflow! {
    /// Renames a thing in all the Rust sources of a folder.
    workflow Rename(folder: &Path, from: &str, to: &str) -> Result<Vec<PathBuf>, Error> {
        tool fn sources(folder) -> Result<Vec<(PathBuf, String)>, Error> { read(folder, &["rs"]).await }

        /// The sources that have the old name. None of them may have the new one: two things would become one.
        fn checked(move sources, from, to) -> Result<Vec<(PathBuf, String)>, Error> {
            if let Some((path, _)) = sources.iter().find(|(_, text)| has(text, to)) {
                return Err(format!("`{to}` is already a name in {}", path.display()).into());
            }
            Ok(sources.into_iter().filter(|(_, text)| has(text, from)).collect())
        }

        /// Where a model would edit.
        agent fn edits(move checked, from, to) -> Vec<Edit> {
            let edit = |(path, before): (PathBuf, String)| Edit { path, after: replaced(&before, from, to), before };
            checked.into_iter().map(edit).collect()
        }

        /// Each file whole or not at all, and as it was if the run fails later.
        #[each(edit in edits)]
        #[rollback(store(&edit.path, &edit.before).await)]
        tool fn stored(edits) -> Result<PathBuf, Error> {
            store(&edit.path, &edit.after).await?;
            Ok(edit.path.clone())
        }

        /// Reads it all again, the manuals too.
        #[after(stored)]
        tool fn confirmed(folder, from) -> Result<(), Error> {
            match read(folder, &["rs", "md"]).await?.iter().find(|(_, text)| has(text, from)) {
                Some((path, _)) => Err(format!("{} still speaks of `{from}`", path.display()).into()),
                None => Ok(()),
            }
        }

        Ok(stored)
    }
}

/// The files of a folder that have one of these endings, in the order of their names.
async fn read(folder: &Path, endings: &[&str]) -> Result<Vec<(PathBuf, String)>, Error> {
    let (mut files, mut entries) = (Vec::new(), fs::read_dir(folder).await?);
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if endings
            .iter()
            .any(|&e| path.extension() == Some(e.as_ref()))
        {
            let text = fs::read_to_string(&path).await;
            let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            files.push((path, text));
        }
    }
    files.sort();
    Ok(files)
}

async fn store(path: &Path, text: &str) -> Result<(), std::io::Error> {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).await?;
    fs::rename(&draft, path).await
}

fn has(text: &str, name: &str) -> bool {
    replaced(text, name, "") != text
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    let parts = |c: char| !c.is_alphanumeric() && c != '_';
    let pieces = text.split_inclusive(parts).map(|piece| {
        let word = piece.trim_end_matches(parts);
        [if word == from { to } else { word }, &piece[word.len()..]].concat()
    });
    pieces.collect()
}

/// A small project, in a folder that goes away.
fn project() -> Result<tempfile::TempDir, Error> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("lamp.rs"), "fn lit() {} fn unlit() {}")?;
    std::fs::write(folder.path().join("main.rs"), "fn main() { lit() }")?;
    Ok(folder)
}

async fn rename(folder: &Path, to: &str) -> Result<Vec<PathBuf>, Failure<Error>> {
    let from = "lit";
    Rename { folder, from, to }.run(&Orchestrator::new()).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Rename::PLAN);
    let folder = project()?;
    for path in rename(folder.path(), "switched_on").await? {
        println!("{}: {}", path.display(), fs::read_to_string(&path).await?);
    }
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Rename::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    async fn lamp(folder: &Path) -> String {
        fs::read_to_string(folder.join("lamp.rs")).await.unwrap()
    }

    #[tokio::test]
    async fn renames_whole_words_in_all_sources() {
        let folder = project().unwrap();
        assert_eq!(rename(folder.path(), "on").await.unwrap().len(), 2);
        assert_eq!(Rename::PLAN.batch_count(), Rename::PLAN.steps().len());
        assert_eq!(lamp(folder.path()).await, "fn on() {} fn unlit() {}");
    }

    #[tokio::test]
    async fn what_fails_early_writes_nothing_and_what_fails_late_is_undone() {
        let folder = project().unwrap();
        let told = rename(folder.path(), "unlit")
            .await
            .unwrap_err()
            .to_string();
        assert!(told.contains("step `checked` failed: `unlit` is already"));

        std::fs::write(folder.path().join("manual.md"), "Call `lit` first.").unwrap();
        let failure = rename(folder.path(), "on").await.unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("manual.md still speaks of `lit`")
        );
        assert_eq!(failure.rollbacks().len(), 2);
        assert_eq!(lamp(folder.path()).await, "fn lit() {} fn unlit() {}");
    }
}
