//! Map-reduce: the same work on every part, side by side, and then one result of all parts.
//!
//! Use it when there are many parts that need nothing of one another, and what comes of them can be put together in any number.
//! A part that fails need not spoil the rest: it is told at the end, and how many may fail is said on the step that reduces.
//!
//! ```text
//! cargo run --example map_reduce                # the words of the sources of this package
//! cargo run --example map_reduce -- my/texts    # those of the texts in a folder
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::BTreeMap,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use orchestrated::{Orchestrator, workflow};
use tokio::task::spawn_blocking;

/// How often there is which word.
type Counts = BTreeMap<String, usize>;

workflow! {
    /// Counts the words of all files of a folder. More than half of these must be readable.
    workflow Count(folder: &Path) -> Result<(Counts, Vec<String>), io::Error> {
        tool fn files(folder) -> Result<Vec<PathBuf>, io::Error> {
            let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, io::Error>>()?;
            files.retain(|file| file.is_file());
            files.sort();
            Ok(files)
        }

        /// Map: each file on a thread of its own, but no more than eight at the same time.
        #[each(file in files, concurrency = 8)]
        #[optional]
        tool fn counted(files) -> Result<Counts, io::Error> {
            let file = file.clone();
            spawn_blocking(move || count(&file)).await?
        }

        /// Reduce.
        #[quorum(files.len() / 2 + 1)]
        fn total(files, counted) -> (words: Counts, unread: Vec<String>) {
            let (mut words, mut unread) = (Counts::new(), Vec::new());
            for (file, counted) in files.iter().zip(counted) {
                match counted {
                    Ok(counts) => counts.iter().for_each(|(word, n)| *words.entry(word.clone()).or_default() += n),
                    Err(failure) => unread.push(format!("{}: {failure}", file.display())),
                }
            }
            (words, unread)
        }

        Ok((words, unread))
    }
}

fn count(file: &Path) -> io::Result<Counts> {
    let mut counts = Counts::new();
    for word in fs::read_to_string(file)?
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
    {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    Ok(counts)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Count::PLAN);
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let (words, unread) = Count { folder: &folder }.run(&Orchestrator::new()).await?;
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    words
        .iter()
        .take(8)
        .for_each(|(word, n)| println!("{n:6}  {word}"));
    for unread in unread {
        println!("not read: {unread}");
    }
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Count::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts in files, in the order in which they are given.
    async fn counted(texts: &[&[u8]]) -> Result<(Vec<(String, usize)>, usize), String> {
        let folder = tempfile::tempdir().unwrap();
        for (number, text) in texts.iter().enumerate() {
            fs::write(folder.path().join(format!("{number}.txt")), text).unwrap();
        }
        let counts = Count {
            folder: folder.path(),
        }
        .run(&Orchestrator::new())
        .await;
        let counts = counts.map(|(words, unread)| (words.into_iter().collect(), unread.len()));
        counts.map_err(|failure| failure.to_string())
    }

    fn words(words: &[(&str, usize)]) -> Vec<(String, usize)> {
        words
            .iter()
            .map(|(word, n)| ((*word).to_owned(), *n))
            .collect()
    }

    #[tokio::test]
    async fn the_words_of_all_files_are_counted_together() {
        let counts = counted(&[b"Rain, rain", b"sun", b"The sun; the rain!"]).await;
        assert_eq!(
            counts,
            Ok((words(&[("rain", 3), ("sun", 2), ("the", 2)]), 0))
        );
    }

    #[tokio::test]
    async fn a_file_that_is_no_text_does_not_spoil_the_rest() {
        let counts = counted(&[b"rain", b"\xff", b"sun"]).await;
        assert_eq!(counts, Ok((words(&[("rain", 1), ("sun", 1)]), 1)));
    }

    #[tokio::test]
    async fn half_of_the_files_are_too_few() {
        assert_eq!(
            counted(&[b"rain", b"\xff"]).await.unwrap_err(),
            "workflow `Count`: step `total` has no quorum: 1 of its optional inputs succeeded, and it needs 2",
        );
    }
}
