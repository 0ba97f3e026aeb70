//! Supervisor: a process that is not a graph. What comes next depends on how the last thing went.
//!
//! Use it for what is tried, looked at and put right until it is as it should be. Here a folder is brought under a quota: files
//! are moved to an archive, and what stands in the way there is given another name.
//!
//! ```text
//! cargo run --example supervisor
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    collections::BTreeSet,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use orchestrated::{
    Orchestrator, Trace,
    dynamic::{
        AgentError, AgentInput, Assessment, Situation, Supervision, SupervisionOutcome, Supervisor,
        SupervisorState, TaskResult, agent_fn, async_trait,
    },
};
use serde::{Deserialize, Serialize};

/// What is supervised: a folder, and what is to become of it.
#[derive(Serialize, Deserialize)]
struct Folder {
    logs: PathBuf,
    archive: PathBuf,
    /// How many bytes the folder may have.
    quota: u64,
}

/// Brings a folder under its quota, and gives up after three failures.
struct Tidy;

#[async_trait]
impl Supervision for Tidy {
    async fn assess(&self, situation: &Situation<'_>) -> Result<Assessment, AgentError> {
        let Folder { logs, quota, .. } = situation.process().to()?;
        let files = files(&logs).map_err(AgentError::new)?;
        let bytes: u64 = files.iter().map(|(size, _)| size).sum();
        let assessment = Assessment::default().with_data(bytes);
        Ok(if bytes <= quota {
            assessment.finished()
        } else {
            assessment
        })
    }

    fn transition(
        &self,
        situation: &Situation<'_>,
        action: Option<&TaskResult>,
        assessment: &Assessment,
    ) -> SupervisorState {
        if situation.metrics().failures() == 3 {
            return SupervisorState::Failed;
        }
        situation.state().usual_next(action, assessment)
    }
}

/// What an agent does with the folder; it may use what the one before it has said.
type Act = fn(&Folder, &str) -> io::Result<String>;

async fn tidy(at: &Folder, on: &Orchestrator) -> Result<SupervisionOutcome, Box<dyn Error>> {
    use SupervisorState::{Executing, Initialising, Monitoring, Planning, Recovering};
    let agents: [(_, _, Act); 5] = [
        (Initialising, "librarian", prepare),
        (Planning, "planner", choose),
        (Executing, "porter", carry),
        (Monitoring, "inspector", inspect),
        (Recovering, "mender", make_room),
    ];
    let mut supervisor = Supervisor::new(Tidy).named("Tidy").on(on);
    for (state, name, act) in agents {
        let agent = agent_fn(name, move |input: AgentInput| async move {
            let last = input.get::<Option<&str>>("last")?.unwrap_or_default();
            let said = act(&input.get("process")?, last);
            Ok(said.map_err(AgentError::new)?.into())
        });
        supervisor = supervisor.with_agent(state, agent);
    }
    Ok(supervisor.execute(AgentInput::of(at)?).await?)
}

fn prepare(at: &Folder, _: &str) -> io::Result<String> {
    fs::create_dir_all(&at.archive)?;
    Ok("the archive is there".to_owned())
}

/// The largest file goes next.
fn choose(at: &Folder, _: &str) -> io::Result<String> {
    let largest = files(&at.logs)?.pop_last();
    let nothing = || io::Error::other("there is nothing to move");
    largest.map(|(_, name)| name).ok_or_else(nothing)
}

fn carry(at: &Folder, chosen: &str) -> io::Result<String> {
    // A link is never put in the place of what is there.
    fs::hard_link(at.logs.join(chosen), at.archive.join(chosen))?;
    fs::remove_file(at.logs.join(chosen))?;
    Ok(format!("{chosen} is in the archive"))
}

fn inspect(at: &Folder, _: &str) -> io::Result<String> {
    Ok(format!("{} files are left", files(&at.logs)?.len()))
}

/// What has the name of the chosen file is called otherwise from now on.
fn make_room(at: &Folder, chosen: &str) -> io::Result<String> {
    let mut names = (1..u32::MAX).map(|n| format!("{chosen}.{n}"));
    let free = names.find(|name| !at.archive.join(name).exists());
    let free = free.ok_or_else(|| io::Error::other("no name is free"))?;
    fs::rename(at.archive.join(chosen), at.archive.join(&free))?;
    Ok(format!("the earlier {chosen} is {free} now"))
}

/// The files of a folder by their sizes.
fn files(folder: &Path) -> io::Result<BTreeSet<(u64, String)>> {
    let files = fs::read_dir(folder)?.map(|entry| {
        let (entry, about) = entry.and_then(|entry| Ok((entry.file_name(), entry.metadata()?)))?;
        Ok((about.len(), entry.to_string_lossy().into_owned()))
    });
    files.collect()
}

/// A folder of 60 bytes, and an archive in which one of the names is taken.
fn made(inside: &Path, quota: u64) -> io::Result<Folder> {
    let (logs, archive) = (inside.join("logs"), inside.join("archive"));
    fs::create_dir(&logs)?;
    fs::create_dir(&archive)?;
    fs::write(archive.join("march"), "an earlier march")?;
    for (name, bytes) in [("march", 30), ("april", 20), ("may", 10)] {
        fs::write(logs.join(name), "x".repeat(bytes))?;
    }
    Ok(Folder {
        logs,
        archive,
        quota,
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let inside = tempfile::tempdir()?;
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let outcome = tidy(&made(inside.path(), 15)?, &orchestrator).await?;
    // Each state is a run inside this one, with a plan that is made when the process gets there.
    for run in trace.runs().iter().filter(|run| run.within.is_none()) {
        println!("{}\n", *run.plan);
    }
    for entry in &outcome.log {
        let said = match &entry.action {
            Some(Ok(said)) => said.to::<&str>()?.to_owned(),
            Some(Err(failure)) => failure.to_string(),
            None => "nothing is left to do".to_owned(),
        };
        println!("{:12}  {said}", entry.state.word());
    }
    println!("{}", outcome.final_state);
    Ok(())
}

/// What the book draws: the run, and one of the states.
#[cfg(test)]
pub(crate) async fn plans() -> Vec<orchestrated::plan::Plan> {
    let inside = tempfile::tempdir().unwrap();
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    tidy(&made(inside.path(), 15).unwrap(), &orchestrator)
        .await
        .unwrap();
    let mut plans: Vec<_> = trace.runs().iter().map(|run| (*run.plan).clone()).collect();
    plans.retain(|plan| ["Tidy", "Recovering"].contains(&plan.name()));
    plans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The states that the process was in and ended in, and the names of what is in the archive then.
    async fn tidied(at: &Folder) -> (Vec<&'static str>, Vec<String>) {
        let outcome = tidy(at, &Orchestrator::new()).await.unwrap();
        let mut states: Vec<_> = outcome.log.iter().map(|entry| entry.state.word()).collect();
        states.push(outcome.final_state.word());
        let archive = files(&at.archive).unwrap_or_default().into_iter();
        (states, archive.map(|(_, name)| name).collect())
    }

    #[tokio::test]
    async fn what_stands_in_the_way_is_put_right_and_not_overwritten() {
        let inside = tempfile::tempdir().unwrap();
        let at = made(inside.path(), 15).unwrap();
        let (states, archive) = tidied(&at).await;
        let words = "initialising planning executing recovering planning executing monitoring planning executing monitoring done";
        assert_eq!(states.join(" "), words);
        assert_eq!(archive, ["march.1", "april", "march"]);
        let earlier = fs::read_to_string(at.archive.join("march.1")).unwrap();
        assert_eq!(earlier, "an earlier march");
    }

    #[tokio::test]
    async fn a_folder_that_is_small_enough_is_left_alone() {
        let inside = tempfile::tempdir().unwrap();
        let (states, archive) = tidied(&made(inside.path(), 60).unwrap()).await;
        assert_eq!(
            (states.join(" "), archive),
            ("initialising done".to_owned(), vec!["march".to_owned()])
        );
    }

    #[tokio::test]
    async fn after_three_failures_it_gives_up() {
        let inside = tempfile::tempdir().unwrap();
        let at = made(inside.path(), 15).unwrap();
        fs::remove_dir_all(&at.archive).unwrap();
        fs::write(&at.archive, "no folder").unwrap();
        let (states, _) = tidied(&at).await;
        assert_eq!(
            states,
            ["initialising", "recovering", "recovering", "failed"]
        );
        assert_eq!(files(&at.logs).unwrap().len(), 3);
    }
}
