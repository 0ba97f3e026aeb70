//! What is to be seen of a run: what it would do, what it does, and what it has done.

use std::{fmt, path::PathBuf};

use orchestrated::{Orchestrator, Progress, Report, Trace, Workflow, plan::Estimates};

/// What was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seeing {
    /// `--plan`: print what would be done, and do nothing.
    pub(crate) plan: bool,
    /// `--progress`: show what runs while it does.
    pub(crate) progress: bool,
    /// `--report FILE`: write a page about the run.
    pub(crate) report: Option<PathBuf>,
}

impl Seeing {
    /// Runs a workflow; none of it where only its plan is asked for.
    ///
    /// A report is written of a run that fails, too: that is when one reads it.
    pub(crate) async fn run<W>(&self, workflow: W) -> Result<Option<W::Output>, String>
    where
        W: Workflow,
        W::Error: fmt::Display,
    {
        println!("{}", W::PLAN);
        if self.plan {
            println!("\n{}", W::PLAN.dry_run(&Estimates::new()));
            return Ok(None);
        }
        let trace = Trace::new();
        let mut orchestrator = Orchestrator::new();
        if self.report.is_some() {
            orchestrator = orchestrator.observer(trace.clone());
        }
        if self.progress {
            orchestrator = orchestrator.observer(Progress::new());
        }
        let ended = workflow.run(&orchestrator).await;
        // What is drawn is drawn before anything else is printed.
        orchestrator.flush().await;
        let ended = ended.map_err(|failure| format!("{failure:#}"));
        if let Some(file) = &self.report {
            let written = Report::of_runs(&trace.runs()).write(file);
            let written = written.map_err(|error| format!("{}: {error}", file.display()));
            return match (ended, written) {
                (Ok(output), Ok(())) => {
                    println!("what was done: {}", file.display());
                    Ok(Some(output))
                }
                (Err(failure), Ok(())) => Err(format!("{failure}\n  see {}", file.display())),
                (Ok(_), Err(error)) => Err(error),
                (Err(failure), Err(error)) => Err(format!("{failure}\n  no report: {error}")),
            };
        }
        ended.map(Some)
    }
}
