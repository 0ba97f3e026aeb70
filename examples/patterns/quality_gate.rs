//! Quality gate: several checks look at the same thing, and nothing goes on until all of them are content.
//!
//! Use it before what is hard to take back. The checks give findings and do not fail, so a refusal names everything that is
//! wrong, and not only what was found first.
//!
//! ```text
//! cargo run --example quality_gate
//! ```
//!
//! This one changes a database. Two checks try the change on copies of it, a third one reads its text.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::path::Path;

use orchestrated::{Failure, Orchestrator, workflow};
use rusqlite::Connection;

type Error = Box<dyn std::error::Error + Send + Sync>;

workflow! {
    /// Changes a database if that is safe, and gives its tables. The second text takes back what the first one does.
    workflow Migrate(database: &Path, up: &'static str, down: &'static str) -> Result<Vec<String>, Error> {
        /// Whether the change fits the data as they are, and keeps them.
        tool fn tried(database, up) -> Result<Vec<String>, Error> {
            let up: &'static str = up;
            on_copy(database, move |copy| {
                let before = rows(copy)?;
                if let Err(error) = copy.execute_batch(up) { return Ok(vec![format!("it fails: {error}")]) }
                let after = rows(copy)?;
                let kept = |table, count| after.iter().any(|(other, left)| other == table && left >= count);
                let lost = before.iter().filter(|(table, count)| !kept(table, count));
                Ok(lost.map(|(table, count)| format!("`{table}` loses some of its {count} rows")).collect())
            }).await
        }

        /// Whether the way back leads to where it began.
        tool fn reversed(database, up, down) -> Result<Vec<String>, Error> {
            let there_and_back = format!("{up};{down}");
            on_copy(database, move |copy| {
                let before = schema(copy)?;
                let back = copy.execute_batch(&there_and_back).is_ok() && schema(copy)? == before;
                Ok(if back { Vec::new() } else { vec!["there is no way back".to_owned()] })
            }).await
        }

        /// Where a model would read it.
        agent fn read(up) -> Vec<String> {
            let statements = up.split(';').map(|text| text.trim().to_uppercase());
            let blunt = statements.filter(|text| text.starts_with("DELETE") && !text.contains(" WHERE "));
            blunt.map(|text| format!("`{text}` spares nothing")).collect()
        }

        /// Opens for what nobody has a word against.
        fn gate(tried, reversed, read) -> Result<(), Error> {
            let findings = [tried.as_slice(), reversed, read].concat();
            if findings.is_empty() { Ok(()) } else { Err(findings.join("; ").into()) }
        }

        /// The only step that touches the database.
        #[after(gate)]
        tool fn applied(database, up) -> Result<Vec<String>, Error> {
            let up: &'static str = up;
            on(database, move |database| {
                let change = database.transaction()?;
                change.execute_batch(up)?;
                change.commit()?;
                Ok(rows(database)?.into_iter().map(|(table, _)| table).collect())
            }).await
        }

        Ok(applied)
    }
}

/// Works on a database. That holds a thread, so it has one of its own.
async fn on<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let path = path.to_path_buf();
    let done = tokio::task::spawn_blocking(move || work(&mut Connection::open(path)?));
    Ok(done.await??)
}

async fn on_copy<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("copy");
    let name = copy.to_string_lossy().into_owned();
    on(path, |database| database.execute("VACUUM INTO ?", [name])).await?;
    on(&copy, work).await
}

fn schema(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let tables = "SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name";
    let mut tables = database.prepare(tables)?;
    tables.query_map([], |row| row.get(0))?.collect()
}

/// Each table, and how many rows it has.
fn rows(database: &Connection) -> rusqlite::Result<Vec<(String, u32)>> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut tables = database.prepare(tables)?;
    let counted = tables.query_map([], |row| {
        let table: String = row.get(0)?;
        let count = format!("SELECT count(*) FROM \"{table}\"");
        let count = database.query_row(&count, [], |row| row.get(0))?;
        Ok((table, count))
    });
    counted?.collect()
}

const BOATS: &str = "CREATE TABLE boats (name TEXT); INSERT INTO boats VALUES ('Ada'), ('Joan');";
const UP: &str = "CREATE TABLE ports (name TEXT)";
const DOWN: &str = "DROP TABLE ports";

async fn migrate(
    database: &Path,
    up: &'static str,
    down: &'static str,
) -> Result<Vec<String>, Failure<Error>> {
    let migrate = Migrate { database, up, down };
    migrate.run(&Orchestrator::new()).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Migrate::PLAN);
    let file = tempfile::NamedTempFile::new()?;
    on(file.path(), |database| database.execute_batch(BOATS)).await?;
    if let Err(refused) = migrate(file.path(), "DELETE FROM boats", "").await {
        println!("{refused}");
    }
    let tables = migrate(file.path(), UP, DOWN).await?;
    println!("there are now {}", tables.join(" and "));
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Migrate::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of two boats.
    async fn boats() -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let made = on(file.path(), |database| database.execute_batch(BOATS)).await;
        made.map(|()| file).unwrap()
    }

    #[tokio::test]
    async fn opens_for_what_passes_every_check() {
        let file = boats().await;
        let tables = migrate(file.path(), UP, DOWN).await.unwrap();
        assert_eq!(tables, ["boats", "ports"]);
        assert_eq!(Migrate::PLAN.batch_count(), 3);
    }

    #[tokio::test]
    async fn refuses_with_all_that_is_wrong_and_leaves_the_database_alone() {
        let file = boats().await;
        let before = std::fs::read(file.path()).unwrap();
        let up = "CREATE TABLE ports (name TEXT); DELETE FROM boats";
        let told = migrate(file.path(), up, "").await.unwrap_err().to_string();
        assert_eq!(
            told,
            "workflow `Migrate`: step `gate` failed: `boats` loses some of its 2 rows; \
             there is no way back; `DELETE FROM BOATS` spares nothing",
        );
        let told = migrate(file.path(), "DROP TABLE x", "").await.unwrap_err();
        assert!(told.to_string().contains("it fails: no such table: x"));
        assert_eq!(std::fs::read(file.path()).unwrap(), before);
    }
}
