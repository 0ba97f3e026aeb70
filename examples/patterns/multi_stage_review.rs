//! Multi-stage review: a cheap check, then specialists side by side, then one who weighs what they say, and a person where
//! that leaves a doubt.
//!
//! Use it for what is dear to get wrong. Each stage sees only what the one before it let through: nobody reads what does not
//! even parse, and no person is asked about what is plainly right or plainly wrong.
//!
//! ```text
//! cargo run --example multi_stage_review                # asks about a script
//! cargo run --example multi_stage_review -- ./my.sh     # reviews another one
//! ```
//!
//! This one reviews a shell script, and installs it in a folder that goes away, when nothing speaks against it.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::path::{Path, PathBuf};

use orchestrated::{Approved, Failure, Orchestrator, Question, TerminalApprover, workflow};
use tokio::{fs, process::Command};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a reviewer has to say.
#[derive(Clone, Debug)]
enum Remark {
    Advice(String),
    /// A person decides.
    Doubt(String),
    /// It must not go on.
    Fault(String),
}
use Remark::{Advice, Doubt, Fault};

workflow! {
    /// Reviews a shell script, and installs it. It gives the advice, too.
    workflow Review(script: &Path, bin: &Path) -> Result<(PathBuf, Vec<String>), Error> {
        /// Stage one: the shell says whether it can read it.
        tool fn text(script) -> Result<String, Error> {
            let checked = Command::new("sh").arg("-n").arg(script).output().await;
            let checked = checked.map_err(|error| format!("cannot start `sh`: {error}"))?;
            if !checked.status.success() { return Err(String::from_utf8_lossy(&checked.stderr).trim().into()) }
            Ok(fs::read_to_string(script).await?)
        }

        // Stage two: three readers, each with a question of its own. Where models would read.
        agent fn security(text) -> Vec<Remark> {
            let piped = lines_with(text, "| sh").map(|line| Fault(format!("line {line} runs what it has fetched")));
            piped.chain(lines_with(text, "sudo ").map(|line| Doubt(format!("line {line} becomes root")))).collect()
        }

        agent fn robustness(text) -> Vec<Remark> {
            let removed = lines_with(text, "rm -r $").map(|line| Fault(format!("line {line} removes what it did not quote")));
            let goes_on = lines_with(text, "set -e").next().is_none();
            removed.chain(goes_on.then(|| Doubt("it goes on after an error".to_owned()))).collect()
        }

        agent fn style(text) -> Vec<Remark> {
            lines_with(text, "`").map(|line| Advice(format!("line {line} could say `$(..)`"))).collect()
        }

        /// Stage three: a fault ends it, whoever has found it.
        fn weighed(security, robustness, style) -> Result<(doubts: Vec<String>, advice: Vec<String>), Error> {
            let (mut faults, mut doubts, mut advice) = (Vec::new(), Vec::new(), Vec::new());
            for remark in [security, robustness, style].into_iter().flatten().cloned() {
                match remark {
                    Fault(text) => faults.push(text),
                    Doubt(text) => doubts.push(text),
                    Advice(text) => advice.push(text),
                }
            }
            if faults.is_empty() { Ok((doubts, advice)) } else { Err(faults.join("; ").into()) }
        }

        /// Stage four: a person, where there is something to decide.
        #[when(!doubts.is_empty())]
        human fn approved(script, doubts) -> Result<Approved, Error> {
            Question::new(format!("Install {}?", script.display())).detail("doubts", doubts.join("; "))
        }

        #[after(approved)]
        tool fn installed(script, text, bin) -> Result<PathBuf, Error> {
            let path = bin.join(script.file_name().ok_or("the script has no name")?);
            fs::write(&path, text).await?;
            Ok(path)
        }

        Ok((installed, advice))
    }
}

/// The numbers of the lines that have it, from 1. Comments are not read.
fn lines_with(text: &str, what: &str) -> impl Iterator<Item = usize> {
    let read = move |line: &str| line.contains(what) && !line.trim_start().starts_with('#');
    let lines = (1..).zip(text.lines()).filter(move |(_, line)| read(line));
    lines.map(|(number, _)| number)
}

const SCRIPT: &str = "#!/bin/sh\nset -eu\nday=`date +%F`\nsudo tar czf /backup/$day.tgz /srv\n";

async fn review(
    script: &Path,
    bin: &Path,
    orchestrator: Orchestrator,
) -> Result<(PathBuf, Vec<String>), Failure<Error>> {
    Review { script, bin }.run(&orchestrator).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Review::PLAN);
    let bin = tempfile::tempdir()?;
    let example = tempfile::NamedTempFile::new()?;
    fs::write(example.path(), SCRIPT).await?;
    let script = std::env::args_os().nth(1);
    let script = script.as_ref().map_or(example.path(), Path::new);

    let orchestrator = Orchestrator::new().approver(TerminalApprover::new());
    let (path, advice) = review(script, bin.path(), orchestrator).await?;
    println!("installed as {}; {}", path.display(), advice.join("; "));
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Review::PLAN;

#[cfg(test)]
mod tests {
    use orchestrated::AutoApprover;

    use super::*;

    /// The advice, or why nothing is installed; and how often a person was asked.
    async fn reviewed(text: &str, person: AutoApprover) -> (Result<String, String>, usize) {
        let bin = tempfile::tempdir().unwrap();
        let script = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(script.path(), text).unwrap();
        let orchestrator = Orchestrator::new().approver(person.clone());
        let run = review(script.path(), bin.path(), orchestrator).await;
        let installed = std::fs::read_dir(bin.path()).unwrap().count();
        assert_eq!(installed, usize::from(run.is_ok()));
        let run = run.map(|(_, advice)| advice.join("; "));
        (
            run.map_err(|failure| failure.to_string()),
            person.asked().len(),
        )
    }

    #[tokio::test]
    async fn a_person_is_asked_about_doubts_alone() {
        let (advice, asked) = reviewed("set -e\necho `date`\n", AutoApprover::reject("no")).await;
        assert_eq!(
            (advice.unwrap().as_str(), asked),
            ("line 2 could say `$(..)`", 0)
        );

        let (advice, asked) = reviewed(SCRIPT, AutoApprover::approve()).await;
        assert_eq!(
            (advice.unwrap().as_str(), asked),
            ("line 3 could say `$(..)`", 1)
        );
        let (told, _) = reviewed(SCRIPT, AutoApprover::reject("not as root")).await;
        assert!(told.unwrap_err().contains("not as root"));
        assert_eq!(Review::PLAN.batch_count(), 5);
    }

    #[tokio::test]
    async fn what_is_plainly_wrong_goes_no_further() {
        let script = "curl x.org | sh\nrm -r $where\n";
        let (told, asked) = reviewed(script, AutoApprover::approve()).await;
        let faults = "line 1 runs what it has fetched; line 2 removes what it did not quote";
        let expected = format!("workflow `Review`: step `weighed` failed: {faults}");
        assert_eq!((told, asked), (Err(expected), 0));

        // The shell cannot read it, so nobody else does.
        let (told, _) = reviewed("if then\nsudo ls\n", AutoApprover::approve()).await;
        let told = told.unwrap_err();
        assert!(told.contains("step `text` failed"), "{told}");
    }
}
