//! Publishes a site: reviewers look at it, an editor mends it, a person agrees, and then it goes out. What has gone out is
//! taken back when a later step fails.
//!
//! ```text
//! cargo run --example deploy                                  # asks, and publishes to a temporary folder
//! cargo run --example deploy -- --yes --fail-at announced     # asks nobody, and fails at the last step
//! cargo run --example deploy -- --to /srv/tides ./my-site     # another site, to a folder of yours
//! ```
//!
//! It shows a quality gate with an `#[optional]` reviewer and a `#[quorum]`, a `#[repeat]` with feedback, a `human` step,
//! and `#[rollback]` in a flow: the program takes a fingerprint of the folder before and after a failure, to the last byte.
//! `#[saga]` makes it a compile error to leave out what undoes a step.
//!
//! This file holds the workflows and starts them. What the steps do is ordinary Rust, in the modules named below. The
//! reviewers and the editor go by rules, so that they work anywhere; a model would stand in the same places.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{path::PathBuf, process::ExitCode};

use orchestrated::{AutoApprover, Orchestrator, Question, TerminalApprover, workflow};

use crate::{
    describe::Described,
    error::DeployError,
    faults::Faults,
    findings::{Advice, Finding},
    fingerprint::Fingerprint,
    options::{HELP, Request},
    release::Release,
    site::{Asset, Manifest, Page},
    target::{Moved, Target, Written},
};

workflow! {
    /// Lets a release be the one that is served. Until the end nobody is shown half of it.
    #[saga]
    workflow Publish(target: &Target, faults: &Faults, release: Release) -> Result<Published, DeployError> {
        /// Writes the files, beside those of the releases before.
        #[rollback(target.remove(written).await)]
        tool fn written(target, faults, release, cx) -> Result<Written, DeployError> {
            target.write(release, faults.of(cx)).await
        }

        /// Lets `previous` name what is served now, for who goes back by hand.
        #[rollback(target.point_back(remembered).await)]
        tool fn remembered(target, faults, cx) -> Result<Moved, DeployError> {
            let served = target.pointed("current").await?;
            target.point("previous", served.as_deref(), faults.of(cx)).await
        }

        /// Lets `current` name the release: from here on it is served.
        #[after(written, remembered)]
        #[rollback(target.point_back(switched).await)]
        tool fn switched(target, faults, release, cx) -> Result<Moved, DeployError> {
            target.point("current", Some(&release.version), faults.of(cx)).await
        }

        /// Goes there as a visitor does.
        #[after(switched)]
        #[idempotent]
        tool fn visited(target, faults, release, cx) -> Result<(), DeployError> {
            faults.of(cx).strike()?;
            target.visit(release).await
        }

        Ok(Published { release, folder: written.folder })
    }

    /// From a folder of pages to a site that is served and announced.
    #[saga]
    workflow Deploy(request: &Request, target: &Target, faults: &Faults) -> Result<Deployed, DeployError> {
        #[idempotent]
        tool fn read(request, faults, cx) -> Result<(manifest: Manifest, pages: Vec<Page>, assets: Vec<Asset>), DeployError> {
            faults.of(cx).strike()?;
            site::read(&request.site).await
        }

        /// Looks for links that lead nowhere.
        #[idempotent]
        agent fn links(faults, pages, assets, cx) -> Result<Vec<Finding>, DeployError> {
            faults.of(cx).strike()?;
            Ok(links::review(pages, assets))
        }

        /// Looks for elements that are not closed, and for what every page must have.
        #[idempotent]
        agent fn markup(faults, pages, cx) -> Result<Vec<Finding>, DeployError> {
            faults.of(cx).strike()?;
            Ok(markup::review(pages))
        }

        /// Weighs the pages. A site that does not say what it may weigh goes out without.
        #[idempotent]
        #[optional]
        agent fn weight(faults, manifest, pages, assets, cx) -> Result<Vec<Finding>, DeployError> {
            faults.of(cx).strike()?;
            weight::review(manifest, pages, assets)
        }

        /// The quality gate. With `--strict` it takes the word of the optional reviewer too.
        #[quorum(usize::from(request.strict))]
        fn gate(request, faults, links, markup, weight, cx) -> Result<Advice, DeployError> {
            faults.of(cx).strike()?;
            findings::judge(links, markup, weight)
        }

        /// Gives each page a description that fits, one mend a round; `last` says what is still wrong.
        #[after(gate)]
        #[idempotent]
        #[each(page in pages)]
        #[repeat(max = 6, until = described.is_fit())]
        agent fn described(faults, pages, last, cx) -> Result<Described, DeployError> {
            faults.of(cx).strike()?;
            Ok(describe::round(page, last))
        }

        fn release(faults, manifest, described, move assets, cx) -> Result<Release, DeployError> {
            faults.of(cx).strike()?;
            Ok(Release::new(manifest, described, assets))
        }

        /// A person sees what goes out. A no ends the run, before anything is written.
        human fn approved(target, release, gate) {
            Question::new(format!("Publish release {} in `{}`?", release.version, target.root.display()))
                .detail("files", text::count(release.files.len(), "file", "files"))
                .detail("advice", gate)
                .detail("notes", &release.notes)
        }

        /// A workflow of its own. What it has done is undone in its own order when the announcement fails.
        #[after(approved)]
        flow published = Publish { target, faults, move release };

        #[irreversible = "the mailer may have taken it already"]
        tool fn announced(target, faults, published, cx) -> Result<PathBuf, DeployError> {
            target.announce(&published.release, faults.of(cx)).await
        }

        Ok(Deployed { described, advice: gate, published, announcement: announced })
    }
}

/// A release that is served.
#[derive(Debug)]
struct Published {
    release: Release,
    folder: PathBuf,
}

/// All that was done.
#[derive(Debug)]
struct Deployed {
    described: Vec<Described>,
    advice: Advice,
    published: Published,
    announcement: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let request = match Request::parse(std::env::args_os().skip(1)) {
        Ok(Some(request)) => request,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match deploy(&request).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Deploys between two fingerprints of the folder. What it returns is for people.
async fn deploy(request: &Request) -> Result<String, String> {
    let told = |error: DeployError| explained(&error);
    // The plan is a constant: it is there before anything runs, and shows the flow inside.
    println!("{}\n", Deploy::PLAN);
    let (target, _temporary) = if let Some(folder) = &request.to {
        (Target::open(folder).map_err(told)?, None)
    } else {
        let (target, folder) = Target::temporary().map_err(told)?;
        (target, Some(folder))
    };
    let orchestrator = if request.yes {
        Orchestrator::new().approver(AutoApprover::approve())
    } else {
        Orchestrator::new().approver(TerminalApprover::new())
    };

    let before = Fingerprint::of(&target.root).map_err(told)?;
    let deploy = Deploy {
        request,
        target: &target,
        faults: &request.faults,
    };
    // All that a run may hold at once is in its future: too much for a stack that others use too.
    let ended = Box::pin(deploy.run(&orchestrator)).await;
    let after = Fingerprint::of(&target.root).map_err(told)?;
    match ended {
        Ok(deployed) => Ok(format!(
            "{deployed}\nchanged:{}",
            report::changes(&before, &after)
        )),
        Err(failure) => {
            let undone = report::undone(&failure, &before, &after);
            Err(format!("{failure:#}\n\n{undone}"))
        }
    }
}

/// An error and all that it comes from, on one line.
fn explained(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

// The parts, in files of their own.
#[path = "deploy/describe.rs"]
mod describe;
#[path = "deploy/error.rs"]
mod error;
#[path = "deploy/faults.rs"]
mod faults;
#[path = "deploy/findings.rs"]
mod findings;
#[path = "deploy/fingerprint.rs"]
mod fingerprint;
#[path = "deploy/html.rs"]
mod html;
#[path = "deploy/links.rs"]
mod links;
#[path = "deploy/markup.rs"]
mod markup;
#[path = "deploy/options.rs"]
mod options;
#[path = "deploy/release.rs"]
mod release;
#[path = "deploy/report.rs"]
mod report;
#[path = "deploy/site.rs"]
mod site;
#[path = "shared/store.rs"]
mod store;
#[path = "deploy/target.rs"]
mod target;
#[cfg(test)]
#[path = "deploy/tests.rs"]
mod tests;
#[path = "shared/text.rs"]
mod text;
#[path = "deploy/weight.rs"]
mod weight;
