//! What is told when all has ended.

use std::fmt;

use orchestrated::{Failure, Rollback, RollbackOutcome};

use crate::{
    Deployed, Published, describe::Described, error::DeployError, fingerprint::Fingerprint,
    text::count,
};

/// What was published.
impl fmt::Display for Deployed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Published { release, folder } = &self.published;
        let mended = |described: &&Described| !described.mended.is_empty();
        writeln!(f, "descriptions mended:")?;
        for described in self.described.iter().filter(mended) {
            writeln!(f, "  {described}")?;
        }
        writeln!(f, "advice: {}", self.advice)?;
        writeln!(
            f,
            "published: release {} in `{}`, {}, {}",
            release.version,
            folder.display(),
            count(release.files.len(), "file", "files"),
            count(release.bytes(), "byte", "bytes"),
        )?;
        write!(f, "announced: {}", self.announcement.display())
    }
}

/// What has changed in the folder.
pub(crate) fn changes(before: &Fingerprint, after: &Fingerprint) -> String {
    let changes = after.changes(before).into_iter();
    let lines = changes.map(|change| format!("\n  {change}"));
    lines.collect::<Vec<_>>().concat()
}

/// What a failure has left behind: what was undone, and whether the folder is as it was.
pub(crate) fn undone(
    failure: &Failure<DeployError>,
    before: &Fingerprint,
    after: &Fingerprint,
) -> String {
    let told: Vec<String> = failure.rollbacks().iter().map(one).collect();
    let told = match &told[..] {
        [] => "undone: nothing had been done".to_owned(),
        told => format!("undone, the last first: {}", told.join(", ")),
    };
    let left = if after == before {
        format!("the folder is as it was: {after}")
    } else {
        format!("the folder is not as it was:{}", changes(before, after))
    };
    format!("{told}\n{left}")
}

fn one(rollback: &Rollback) -> String {
    let step = &rollback.step;
    match &rollback.outcome {
        RollbackOutcome::Undone => format!("`{step}`"),
        RollbackOutcome::Failed(why) => format!("`{step}` (not: {why})"),
        RollbackOutcome::Irreversible(why) => format!("`{step}` (never: {why})"),
        _ => format!("`{step}` (nobody knows)"),
    }
}
