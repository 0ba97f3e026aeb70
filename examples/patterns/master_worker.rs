//! Master-worker: a master divides a task when it sees it, workers do the parts side by side, and the master makes one of them.
//!
//! Use it when nobody knows beforehand how many parts there are. Here a master looks for copies among the files of a folder. Only
//! files of one size can be copies, so there is a part for each size that several files have. What it has learned of some files it
//! does not ask for again.
//!
//! ```text
//! cargo run --example master_worker                 # looks for copies in a folder that is made for this
//! cargo run --example master_worker -- my/folder
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::BTreeMap,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use orchestrated::{
    Orchestrator, Trace,
    dynamic::{
        AgentError, AgentInput, AgentOutput, Execution, Master, MasterWorker, Subtask, TaskResults,
        agent_fn, async_trait,
    },
};
use serde_json::json;
use tokio::task::spawn_blocking;

/// Files of the same size.
type Alike = Vec<PathBuf>;

/// Finds the files that are the same, and remembers which of them are.
#[derive(Default)]
struct Copies {
    known: Mutex<BTreeMap<Alike, Vec<Alike>>>,
}

impl Copies {
    fn known(&self) -> MutexGuard<'_, BTreeMap<Alike, Vec<Alike>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Master for Copies {
    async fn decompose(&self, folder: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        let mut sizes = BTreeMap::<u64, Alike>::new();
        for (file, size) in files(folder.to()?).map_err(AgentError::new)? {
            sizes.entry(size).or_default().push(file);
        }
        let mut known = self.known();
        known.retain(|files, _| sizes.values().any(|now| now == files));
        sizes.retain(|_, files| files.len() > 1 && !known.contains_key(files));
        // The largest first, so that nobody waits for one of them at the end.
        let parts = sizes.into_iter().rev();
        Ok(parts
            .map(|(size, files)| Subtask::new(format!("{size} bytes"), json!(files)))
            .collect())
    }

    async fn aggregate(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        let mut copies: Vec<Alike> = self.known().values().flatten().cloned().collect();
        for (_, found) in results.outputs() {
            copies.extend(found.to::<Vec<Alike>>()?);
        }
        copies.sort();
        Ok(json!(copies).into())
    }

    async fn learn(&self, execution: &Execution<'_>) -> Result<(), AgentError> {
        for asked in execution.assignments {
            if let Some(found) = execution.results.output(asked.subtask.name()) {
                self.known()
                    .insert(asked.subtask.input().to()?, found.to()?);
            }
        }
        Ok(())
    }
}

/// The files of a folder, and how long they are.
fn files(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let about = file.symlink_metadata()?;
        if !about.is_dir() {
            files.push((file, about.len()));
        }
    }
    files.sort();
    Ok(files)
}

/// Those of them that have the same content.
fn same(files: Alike) -> io::Result<Vec<Alike>> {
    let mut contents = BTreeMap::<Vec<u8>, Alike>::new();
    for file in files {
        contents.entry(fs::read(&file)?).or_default().push(file);
    }
    let groups = contents.into_values();
    Ok(groups.filter(|files| files.len() > 1).collect())
}

fn team(orchestrator: &Orchestrator) -> MasterWorker {
    let workers = ["first", "second"].map(|name| {
        agent_fn(name, async |files: AgentInput| {
            let files = files.to()?;
            let found = spawn_blocking(move || same(files)).await;
            let found = found.map_err(AgentError::new)?.map_err(AgentError::new)?;
            Ok(json!(found).into())
        })
    });
    let team = MasterWorker::new(Copies::default(), workers).on(orchestrator);
    team.with_concurrency(2).collect_errors(true)
}

const FILES: [(&str, &str); 6] = [
    ("a.txt", "high water at 11:40"),
    ("b.txt", "high water at 12:20"),
    ("copy of a.txt", "high water at 11:40"),
    ("ferry.txt", "at 7 and at 16"),
    ("ferry (1).txt", "at 7 and at 16"),
    ("other.txt", "of a size of its own"),
];

fn write(folder: &Path) -> io::Result<()> {
    FILES
        .iter()
        .try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let made = tempfile::tempdir()?;
    write(made.path())?;
    let given = std::env::args_os().nth(1);
    let folder = given.as_ref().map_or(made.path(), Path::new);
    let trace = Trace::new();
    let team = team(&Orchestrator::new().observer(trace.clone()));
    let outcome = team.execute(json!(folder)).await?;
    // How the work is planned is known when the master has divided it.
    for run in trace.runs() {
        println!("{}\n", *run.plan);
    }
    for files in outcome.output.to::<Vec<Alike>>()? {
        println!("the same: {}", json!(files));
    }
    for (part, failure) in outcome.results.failures() {
        println!("not compared: files of {part}: {failure}");
    }
    let again = team.execute(json!(folder)).await?;
    println!("asked again: {} parts to do", again.assignments.len());
    Ok(())
}

/// What the book draws: the run, and what the master has made of the folder.
#[cfg(test)]
pub(crate) async fn plans() -> Vec<orchestrated::plan::Plan> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path()).unwrap();
    let trace = Trace::new();
    let team = team(&Orchestrator::new().observer(trace.clone()));
    team.execute(json!(folder.path())).await.unwrap();
    trace.runs().iter().map(|run| (*run.plan).clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(output: &AgentOutput) -> Vec<Vec<String>> {
        let groups: Vec<Alike> = output.to().unwrap();
        let name = |file: PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
        groups
            .into_iter()
            .map(|files| files.into_iter().map(name).collect())
            .collect()
    }

    #[tokio::test]
    async fn copies_are_found_and_only_what_is_new_is_compared_again() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        let team = team(&Orchestrator::new());
        let first = team.execute(json!(folder.path())).await.unwrap();
        let copies = [
            vec!["a.txt", "copy of a.txt"],
            vec!["ferry (1).txt", "ferry.txt"],
        ];
        assert_eq!(names(&first.output), copies);
        let asked = |asked: &[orchestrated::dynamic::Assignment]| {
            let asked = asked.iter();
            asked
                .map(|asked| {
                    (
                        asked.subtask.name().to_owned(),
                        asked.worker.name().to_owned(),
                    )
                })
                .collect::<Vec<_>>()
        };
        let of = |part: &str, worker: &str| (part.to_owned(), worker.to_owned());
        assert_eq!(
            asked(&first.assignments),
            [of("19 bytes", "first"), of("14 bytes", "second")]
        );

        fs::write(folder.path().join("new.txt"), "at 7 and at 17").unwrap();
        let second = team.execute(json!(folder.path())).await.unwrap();
        assert_eq!(asked(&second.assignments), [of("14 bytes", "first")]);
        assert_eq!(names(&second.output), copies);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_part_that_fails_is_told_and_asked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        // As long as the path in it, which leads nowhere.
        std::os::unix::fs::symlink("no/such/target", folder.path().join("link")).unwrap();
        let team = team(&Orchestrator::new());
        for _ in 0..2 {
            let outcome = team.execute(json!(folder.path())).await.unwrap();
            assert_eq!(names(&outcome.output), [["a.txt", "copy of a.txt"]]);
            let failures: Vec<_> = outcome.results.failures().map(|(part, _)| part).collect();
            assert_eq!(failures, ["14 bytes"]);
        }
        let gone = team.execute("no/such/folder").await.unwrap_err();
        assert!(
            gone.to_string()
                .starts_with("workflow `MasterWorker`: step `decompose` failed: "),
            "{gone}"
        );
    }
}
