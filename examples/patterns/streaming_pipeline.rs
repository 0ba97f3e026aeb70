//! Streaming pipeline: what does not fit into memory goes through the stages piece by piece, some pieces at once.
//!
//! Use it for a file that is too long to be read whole, or for what never ends. A piece is taken when there is room for it: whoever
//! is slow, a stage or the one who takes the results, slows down all that comes before.
//!
//! ```text
//! cargo run --example streaming_pipeline                  # a log that is written for this
//! cargo run --example streaming_pipeline -- access.log    # lines such as `GET /tides 200 12ms`
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::BTreeMap,
    error::Error,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use orchestrated::dynamic::{
    AgentError, ParallelOrchestrator, SkillCall, SkillChain, SkillRegistry, SkillStep, skill_fn,
};
use serde_json::json;

/// How many bytes of the file a piece has.
const PIECE: u64 = 4096;
/// How many pieces are in the pipeline at the same time.
const AT_ONCE: usize = 4;

/// What one piece goes through: it is read, taken apart, and summed up.
fn stages(log: &Path, slow_from: u64) -> Result<SkillChain, Box<dyn Error>> {
    let log: Arc<Path> = log.into();
    let read = skill_fn("read", move |call: SkillCall| {
        let log = Arc::clone(&log);
        async move {
            let at: u64 = call.input.to()?;
            let lines = tokio::task::spawn_blocking(move || lines(&log, at)).await;
            let lines = lines.map_err(AgentError::new)?;
            Ok(lines.map_err(AgentError::new)?.into())
        }
    });
    let parse = skill_fn("parse", async |call: SkillCall| {
        let lines: Vec<&str> = call.input.to()?;
        let requests = lines.into_iter().map(|line| {
            request(line).ok_or_else(|| AgentError::msg(format!("this is no request: {line}")))
        });
        let requests = requests.collect::<Result<Vec<_>, _>>()?;
        Ok(json!(requests).into())
    });
    let slow = skill_fn("slow", async |call: SkillCall| {
        let from: u64 = call.parameters.get("from")?;
        let requests: Vec<(&str, u64)> = call.input.to()?;
        let mut pages = BTreeMap::<&str, u64>::new();
        for (page, _) in requests.into_iter().filter(|(_, took)| *took >= from) {
            *pages.entry(page).or_default() += 1;
        }
        Ok(json!(pages).into())
    });
    let skills = SkillRegistry::new().with(read)?.with(parse)?.with(slow)?;
    let slow = SkillStep::new("slow").with_parameters(json!({ "from": slow_from }));
    let chain = SkillChain::new(&skills).named("Piece");
    Ok(chain.then("read").then("parse").then(slow))
}

/// The lines that begin in the piece at this place.
fn lines(log: &Path, at: u64) -> io::Result<Vec<String>> {
    let mut file = BufReader::new(File::open(log)?);
    // Where the piece begins inside a line, that line belongs to the piece before.
    let mut place = at.saturating_sub(1);
    file.seek(SeekFrom::Start(place))?;
    if at > 0 {
        place += file.skip_until(b'\n')? as u64;
    }
    let mut lines = Vec::new();
    while place < at + PIECE {
        let mut line = String::new();
        match file.read_line(&mut line)? {
            0 => break,
            bytes => place += bytes as u64,
        }
        lines.push(line.trim_end().to_owned());
    }
    Ok(lines)
}

/// The page, and how many milliseconds it took.
fn request(line: &str) -> Option<(&str, u64)> {
    let [_, page, _, took] = line.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    Some((page, took.strip_suffix("ms")?.parse().ok()?))
}

/// What came out of all pieces together.
#[derive(Debug, Default, PartialEq)]
struct Total {
    /// How often which page was slow.
    slow: BTreeMap<String, u64>,
    /// Why pieces are not among them.
    lost: Vec<String>,
    pieces: usize,
    /// How many pieces had been taken from the file and not been summed up, at most.
    most: usize,
}

async fn summed(log: &Path, stages: SkillChain) -> Result<Total, Box<dyn Error>> {
    let pieces = std::fs::metadata(log)?.len().div_ceil(PIECE);
    // What is wrong with the stages is told here, so that a task can be made of every piece.
    let _ = stages.plan(0)?;
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let tasks = (0..pieces).flat_map(move |n| {
        count.fetch_add(1, Ordering::Relaxed);
        let stages = stages.clone();
        stages.into_task(format!("piece {}", n + 1), n * PIECE)
    });
    let orchestrator = ParallelOrchestrator::new().with_concurrency(AT_ONCE);
    let mut results = orchestrator.collect_errors(true).execute_streaming(tasks);
    let mut total = Total::default();
    while let Some((_, result)) = results.next().await {
        let in_pipeline = taken.load(Ordering::Relaxed) - total.pieces;
        total.most = total.most.max(in_pipeline);
        total.pieces += 1;
        match result {
            Ok(pages) => {
                for (page, n) in pages.to::<BTreeMap<String, u64>>()? {
                    *total.slow.entry(page).or_default() += n;
                }
            }
            Err(failure) => total.lost.push(failure.to_string()),
        }
    }
    Ok(total)
}

/// A log of so many requests.
fn write(log: &Path, requests: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(log)?);
    let pages = ["tides", "ferries", "weather"].into_iter().cycle();
    for (n, page) in (0..requests).zip(pages) {
        writeln!(file, "GET /{page} 200 {}ms", n * 7919 % 300)?;
    }
    file.flush()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let log = if let Some(log) = std::env::args_os().nth(1) {
        log.into()
    } else {
        let log = folder.path().join("access.log");
        write(&log, 100_000)?;
        log
    };
    let stages = stages(&log, 250)?;
    println!("{}\n", stages.plan(0)?.plan());
    let total = summed(&log, stages).await?;
    println!(
        "{} pieces, never more than {} at once; 250ms or more took",
        total.pieces, total.most
    );
    total
        .slow
        .iter()
        .for_each(|(page, n)| println!("{n:6}  {page}"));
    total.lost.iter().for_each(|lost| println!("lost: {lost}"));
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) fn plan() -> orchestrated::plan::Plan {
    stages(Path::new(""), 0)
        .unwrap()
        .plan(0)
        .unwrap()
        .plan()
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a log, with requests of 100 milliseconds and more.
    async fn sum(write: impl FnOnce(&Path) -> io::Result<()>) -> Total {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("access.log");
        write(&log).unwrap();
        summed(&log, stages(&log, 100).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_line_is_counted_once_wherever_the_pieces_end() {
        let total = sum(|log| write(log, 3000)).await;
        let slow = (0..3000).filter(|n| n * 7919 % 300 >= 100).count() as u64;
        assert_eq!(total.slow.values().sum::<u64>(), slow);
        assert_eq!((total.pieces, total.lost), (17, vec![]));
    }

    #[tokio::test]
    async fn no_more_pieces_are_taken_than_there_is_room_for() {
        assert_eq!(sum(|log| write(log, 3000)).await.most, AT_ONCE);
    }

    #[tokio::test]
    async fn a_piece_that_cannot_be_parsed_is_told_and_the_others_go_on() {
        let total = sum(|log| {
            write(log, 600)?;
            File::options()
                .append(true)
                .open(log)?
                .write_all(b"torn in the mid")
        });
        let total = total.await;
        let told = "step `piece 4`: workflow `Piece`: step `parse` failed: this is no request: torn in the mid";
        assert_eq!(total.lost, [told]);
        assert_eq!(total.slow.len(), 3);
    }
}
