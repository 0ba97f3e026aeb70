//! Emergency fast-track: what cannot wait takes a shorter way, and goes before all that can.
//!
//! Use it when a few of many requests are urgent, it is told quickly which, and those may leave out what the others go through.
//! Two things make the fast track: `when` chooses the way, and `priority` says who goes first where only so much is done at the
//! same time.
//!
//! ```text
//! cargo run --example emergency_fast_track
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{error::Error, io, path::Path};

use futures::future::try_join_all;
use orchestrated::{Failure, Orchestrator, workflow};
use tokio::{
    fs::{OpenOptions, create_dir, read_to_string, write},
    io::AsyncWriteExt as _,
    task::yield_now,
};

workflow! {
    /// Handles what somebody has seen: sounds the siren, or tells those who deal with such things.
    workflow Handle(office: &Path, seen: &str) -> Result<(), io::Error> {
        fn urgent(seen) -> bool { ["fire", "smoke", "gas", "hurt"].iter().any(|word| seen.contains(word)) }

        /// The fast track asks nobody, and a siren that is out of order does not keep it from giving the alarm.
        #[when(*urgent)]
        #[priority(critical)]
        #[fallback(tell(office, "telephone", seen).await)]
        tool fn alarm(office, seen, urgent) -> Result<(), io::Error> { tell(office, "siren", seen).await }

        /// The ordinary way looks up who deals with it first.
        #[when(!urgent)]
        #[priority(low)]
        tool fn department(office, seen, urgent) -> Result<String, io::Error> {
            // Whoever comes in meanwhile is heard.
            yield_now().await;
            let departments = read_to_string(office.join("departments")).await?;
            add(&office.join("diary"), &format!("looked up: {seen}")).await?;
            let mut departments = departments.lines().filter_map(|line| line.split_once(": "));
            let found = departments.find(|(word, _)| seen.contains(word));
            Ok(found.map_or("desk", |(_, department)| department).to_owned())
        }

        #[when(department.is_some())]
        #[priority(low)]
        tool fn told(office, seen, department) -> Result<(), io::Error> {
            tell(office, department.map_or("desk", String::as_str), seen).await
        }

        Ok(())
    }
}

/// Hands a message to somebody, who has a folder, and notes in the diary that this was done.
async fn tell(office: &Path, whom: &str, message: &str) -> io::Result<()> {
    add(&office.join(whom).join("messages"), message).await?;
    add(&office.join("diary"), &format!("{whom}: {message}")).await
}

/// Adds a line to a file.
async fn add(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .await?;
    file.write_all(format!("{line}\n").as_bytes()).await?;
    file.flush().await
}

/// All that was seen, at once. There is one person to deal with it.
async fn handle(office: &Path, seen: &[&str]) -> Result<(), Failure<io::Error>> {
    let orchestrator = Orchestrator::new().max_concurrency(1);
    try_join_all(
        seen.iter()
            .map(|&seen| Handle { office, seen }.run(&orchestrator)),
    )
    .await?;
    Ok(())
}

/// An office for people to be told in.
async fn open(office: &Path) -> io::Result<()> {
    for whom in ["siren", "telephone", "plumber", "desk"] {
        create_dir(office.join(whom)).await?;
    }
    write(office.join("departments"), "tap: plumber\ndrain: plumber\n").await
}

const SEEN: [&str; 4] = [
    "a tap drips",
    "an umbrella was found",
    "a drain is blocked",
    "there is smoke in the cellar",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", Handle::PLAN);
    let office = tempfile::tempdir()?;
    open(office.path()).await?;
    handle(office.path(), &SEEN).await?;
    print!("{}", read_to_string(office.path().join("diary")).await?);
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Handle::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    async fn diary(office: &Path) -> String {
        read_to_string(office.join("diary")).await.unwrap()
    }

    #[tokio::test]
    async fn the_last_to_come_passes_over_all_who_wait() {
        let office = tempfile::tempdir().unwrap();
        open(office.path()).await.unwrap();
        handle(office.path(), &SEEN).await.unwrap();
        assert_eq!(
            diary(office.path()).await,
            "looked up: a tap drips\nsiren: there is smoke in the cellar\n\
             looked up: an umbrella was found\nlooked up: a drain is blocked\n\
             plumber: a tap drips\ndesk: an umbrella was found\nplumber: a drain is blocked\n",
        );
    }

    #[tokio::test]
    async fn the_alarm_is_given_without_what_the_ordinary_way_needs() {
        let office = tempfile::tempdir().unwrap();
        create_dir(office.path().join("telephone")).await.unwrap();
        handle(office.path(), &["gas!"]).await.unwrap();
        assert_eq!(diary(office.path()).await, "telephone: gas!\n");

        let failure = handle(office.path(), &["a tap drips"]).await.unwrap_err();
        assert_eq!(failure.step(), Some("department"));
        assert_eq!(diary(office.path()).await, "telephone: gas!\n");
    }

    #[tokio::test]
    async fn an_alarm_that_nobody_hears_is_a_failure() {
        let office = tempfile::tempdir().unwrap();
        let failure = handle(office.path(), &["fire!"]).await.unwrap_err();
        assert_eq!(failure.step(), Some("alarm"));
    }
}
