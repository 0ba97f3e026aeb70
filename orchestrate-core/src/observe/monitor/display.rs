//! A snapshot as a table.

use std::fmt::{self, Write as _};

use super::{RunStatus, Snapshot};
use crate::text::Brief;

/// How many names of steps stand in a line.
const NAMES: usize = 4;

const HEAD: [&str; 8] = [
    "run", "workflow", "steps", "done", "agents", "elapsed", "left", "now",
];

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.runs.is_empty() {
            let head = HEAD.map(str::to_owned);
            let rows: Vec<_> = [head]
                .into_iter()
                .chain(self.runs.iter().map(|run| self.row(run)))
                .collect();
            table(f, &rows)?;
        }
        let totals = &self.totals;
        write!(
            f,
            "{} running, {} finished, {} failed",
            totals.runs_running, totals.runs_finished, totals.runs_failed
        )?;
        if totals.runs_dropped > 0 {
            write!(f, ", {} dropped", totals.runs_dropped)?;
        }
        let agents = if totals.active_agents == 1 {
            "agent"
        } else {
            "agents"
        };
        write!(f, "; {} {agents} at work", totals.active_agents)
    }
}

impl Snapshot {
    fn row(&self, run: &RunStatus) -> [String; HEAD.len()] {
        let over = run.completed + run.failed + run.skipped + run.stopped;
        [
            run.run.to_string(),
            format!("{}{}", "  ".repeat(self.depth(run)), run.workflow),
            format!("{over}/{}", run.total),
            format!("{:.0}%", run.percentage.floor()),
            run.active_agents.to_string(),
            Brief(run.elapsed).to_string(),
            run.remaining
                .map_or("unknown".to_owned(), |left| Brief(left).to_string()),
            now(run),
        ]
    }

    /// Of how many of the runs that are shown it is a part.
    fn depth(&self, run: &RunStatus) -> usize {
        let mut depth = 0;
        let mut parent = run.parent;
        while let Some(within) = parent
            && let Some(around) = self.runs.iter().find(|other| other.run == within.run)
            && depth < self.runs.len()
        {
            depth += 1;
            parent = around.parent;
        }
        depth
    }
}

/// What the run does: `files, lint; waits: review`.
fn now(run: &RunStatus) -> String {
    let parts = [
        listed(&run.running),
        listed(&run.waiting).map(|waiting| format!("waits: {waiting}")),
        (run.failed > 0).then(|| format!("{} failed", run.failed)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn listed(names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(NAMES).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join(", ");
    Some(match names.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} + {more} more"),
    })
}

/// Columns as wide as they must be, without spaces at the ends of lines.
fn table<const N: usize>(f: &mut fmt::Formatter<'_>, rows: &[[String; N]]) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [_; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            write!(line, "{cell:width$}  ")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
