//! What happened, told at the end.

use std::{fmt, time::Duration};

use orchestrated::{Failure, History};

use crate::{
    Bulletin, PATIENCE,
    bulletin::Page,
    error::FetchError,
    table::Table,
    text::{count, thousands},
    world::World,
};

/// What happened.
#[derive(Debug)]
pub(crate) struct Report {
    /// The bulletins that there are.
    pub(crate) pages: Vec<Page>,
    /// Why there are no others.
    failures: Vec<String>,
    took: Duration,
    steps: Table,
    servers: Table,
    limits: Table,
}

impl Report {
    pub(crate) fn new(
        world: &World,
        ended: Vec<Result<Page, Failure<FetchError>>>,
        took: Duration,
        history: &History,
    ) -> Self {
        let runs = ended.len() as u64;
        let mut report = Self {
            pages: Vec::new(),
            failures: Vec::new(),
            took,
            steps: steps(world, runs),
            servers: servers(world),
            limits: limits(history),
        };
        for ended in ended {
            match ended {
                Ok(page) => report.pages.push(page),
                Err(failure) => report.failures.push(format!("{failure:#}")),
            }
        }
        report
    }

    /// What the table of the steps does not say of itself.
    fn legend(&self) -> &'static str {
        if self.failures.is_empty() {
            "cut off: an attempt that took longer than the limit of its step"
        } else {
            "cut off: an attempt that took longer than the limit of its step, or was dropped with its bulletin"
        }
    }

    /// The first failure, and how many there were.
    pub(crate) fn failure(&self) -> Option<String> {
        let first = self.failures.first()?;
        Some(format!(
            "{} failed; the first: {first}",
            count(self.failures.len(), "bulletin", "bulletins")
        ))
    }
}

/// What each step has asked for.
fn steps(world: &World, runs: u64) -> Table {
    let mut table = Table::new(&[
        "step",
        "asked for",
        "from cache",
        "turned away",
        "attempts",
        "errors",
        "cut off",
        "from mirror",
        "done without",
    ]);
    for step in Bulletin::PLAN.steps() {
        let tally = world.ledger.of(step.name());
        let asked = match step.name() {
            "page" => continue,
            // Once a station.
            "readings" => tally.begun,
            // Once a run: they wait for nothing.
            _ => runs,
        };
        // Nobody is told of what a cache answers: it is what is left.
        let cached = if step.name() == "map" {
            asked - tally.begun
        } else {
            0
        };
        let cells = [
            asked,
            cached,
            tally.turned_away,
            tally.attempts,
            tally.failed,
            tally.cut_off,
            tally.mirrored,
            tally.without,
        ];
        let mut row = vec![step.name().to_owned()];
        row.extend(cells.map(thousands));
        table.row(&row);
    }
    table
}

/// What each server was asked for.
fn servers(world: &World) -> Table {
    let mut table = Table::new(&[
        "path", "requests", "answered", "refused", "hung up", "silent",
    ]);
    for server in [&world.weather, &world.mirror, &world.office] {
        for (route, seen) in server.seen().routes {
            let cells = [
                seen.requests,
                seen.answered,
                seen.refused,
                seen.hung_up,
                seen.silent,
            ];
            let mut row = vec![format!("{}{route}", server.client.name)];
            row.extend(cells.map(thousands));
            table.row(&row);
        }
    }
    table
}

/// What the adaptive limits have become.
fn limits(history: &History) -> Table {
    let mut table = Table::new(&["limit of", "at first", "runs known", "p95", "now"]);
    for step in history.steps() {
        let name = step.name().rsplit('/').next().unwrap_or_default();
        let p95 = step.p95();
        let now = p95.map_or(PATIENCE, |p95| p95 + p95 / 2);
        table.row(&[
            name.to_owned(),
            milliseconds(PATIENCE),
            step.runs().to_string(),
            p95.map_or("-".to_owned(), milliseconds),
            milliseconds(now),
        ]);
    }
    table
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Page {
            readings,
            map_bytes,
            forecast,
            warnings,
        }) = self.pages.last()
        {
            writeln!(f, "The last bulletin")?;
            for reading in readings {
                let old = if reading.is_old {
                    ", from the mirror"
                } else {
                    ""
                };
                writeln!(f, "  {}: {:.1} °C{old}", reading.station, reading.celsius)?;
            }
            let forecast = forecast.as_deref().unwrap_or("none today");
            writeln!(f, "  forecast: {forecast}")?;
            writeln!(f, "  warnings: {warnings}")?;
            writeln!(f, "  a map of {} bytes\n", thousands(*map_bytes as u64))?;
        }
        writeln!(
            f,
            "{} in {}, {} of them without a forecast",
            count(self.pages.len(), "bulletin", "bulletins"),
            milliseconds(self.took),
            self.pages
                .iter()
                .filter(|page| page.forecast.is_none())
                .count(),
        )?;
        writeln!(f, "\n{}{}", self.steps, self.legend())?;
        write!(f, "\n{}\n{}", self.servers, self.limits)
    }
}
