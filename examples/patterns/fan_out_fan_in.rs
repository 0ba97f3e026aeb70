//! Fan-out, fan-in: one question goes to several sources at the same time, and one step makes an answer of what came back.
//!
//! Use it when the parts know nothing of each other. A run takes as long as the slowest of them, and one that fails need not
//! take the others with it.
//!
//! ```text
//! cargo run --example fan_out_fan_in
//! ```
//!
//! This one searches a folder of notes, a database and a JSON file. Two of the three make an answer.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::path::Path;

use orchestrated::{Failure, Orchestrator, workflow};
use rusqlite::Connection;
use tokio::{fs, task::spawn_blocking};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How often a text has the words that were asked for, and which text.
type Hit = (usize, String);

workflow! {
    /// Searches three places at once. It gives what it found, and what could not be asked.
    workflow Search(query: &str, folder: &Path) -> Result<(Vec<Hit>, Vec<String>), Error> {
        fn words(query) -> Result<Vec<String>, Error> {
            let words: Vec<_> = query.split_whitespace().map(str::to_lowercase).collect();
            if words.is_empty() { Err("the query has no words".into()) } else { Ok(words) }
        }

        #[optional]
        tool fn notes(folder, words) -> Result<Vec<Hit>, Error> {
            let (mut texts, mut entries) = (Vec::new(), fs::read_dir(folder.join("notes")).await?);
            while let Some(note) = entries.next_entry().await? {
                texts.push(fs::read_to_string(note.path()).await?);
            }
            Ok(hits(words, &texts))
        }

        /// A database holds its thread, so it has one of its own.
        #[optional]
        tool fn mail(folder, words) -> Result<Vec<Hit>, Error> {
            let path = folder.join("mail.sqlite");
            Ok(hits(words, &spawn_blocking(move || letters(&path)).await??))
        }

        #[optional]
        tool fn list(folder, words) -> Result<Vec<Hit>, Error> {
            let list: Vec<String> = serde_json::from_slice(&fs::read(folder.join("list.json")).await?)?;
            Ok(hits(words, &list))
        }

        /// The best hits first.
        #[quorum(2)]
        fn merged(notes, mail, list) -> (found: Vec<Hit>, missing: Vec<String>) {
            let (mut found, mut missing) = (Vec::new(), Vec::new());
            for source in [notes, mail, list] {
                match source {
                    Ok(hits) => found.extend_from_slice(hits),
                    Err(failure) => missing.push(failure.to_string()),
                }
            }
            found.sort_by(|one, other| other.cmp(one));
            (found, missing)
        }

        Ok((found, missing))
    }
}

/// The texts that have some of the words.
fn hits(words: &[String], texts: &[String]) -> Vec<Hit> {
    let hits = texts.iter().map(|text| {
        let lower = text.to_lowercase();
        let counts = words.iter().map(|word| lower.matches(word).count());
        (counts.sum(), text.clone())
    });
    hits.filter(|(count, _)| *count > 0).collect()
}

fn letters(path: &Path) -> rusqlite::Result<Vec<String>> {
    let database = Connection::open(path)?;
    let mut letters = database.prepare("SELECT text FROM mail")?;
    letters.query_map([], |row| row.get(0))?.collect()
}

/// The three sources, in a folder that goes away.
fn sources() -> Result<tempfile::TempDir, Error> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let list = r#"["Buoy: it floats", "Lamp: burns lamp oil"]"#;
    std::fs::create_dir(path.join("notes"))?;
    std::fs::write(path.join("notes/oil.txt"), "Lamp oil is in the shed")?;
    std::fs::write(path.join("list.json"), list)?;
    Connection::open(path.join("mail.sqlite"))?.execute_batch(
        "CREATE TABLE mail (text TEXT) STRICT;
        INSERT INTO mail VALUES ('The lamp is lit at dusk'), ('The boat leaks');",
    )?;
    Ok(folder)
}

async fn search(query: &str, folder: &Path) -> Result<(Vec<Hit>, Vec<String>), Failure<Error>> {
    Search { query, folder }.run(&Orchestrator::new()).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Search::PLAN);
    let (found, missing) = search("lamp oil", sources()?.path()).await?;
    for (count, text) in found {
        println!("{count} {text}");
    }
    for why in missing {
        println!("without: {why}");
    }
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Search::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_best_of_all_three_comes_first() {
        let folder = sources().unwrap();
        let (found, missing) = search("lamp OIL", folder.path()).await.unwrap();
        let found: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
        let expected = [
            "Lamp: burns lamp oil",
            "Lamp oil is in the shed",
            "The lamp is lit at dusk",
        ];
        assert_eq!(found, expected);
        assert_eq!(Search::PLAN.batch(1).steps().count(), 3);
        assert!(missing.is_empty());
    }

    #[tokio::test]
    async fn one_source_may_be_missing_and_two_may_not() {
        let folder = sources().unwrap();
        std::fs::write(folder.path().join("list.json"), "[").unwrap();
        let (found, missing) = search("lamp", folder.path()).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(
            missing[0].starts_with("step `list` failed: EOF"),
            "{missing:?}"
        );

        std::fs::remove_dir_all(folder.path().join("notes")).unwrap();
        let told = search("lamp", folder.path()).await.unwrap_err().to_string();
        assert!(
            told.contains("step `merged` has no quorum: 1 of its optional inputs"),
            "{told}"
        );
    }
}
