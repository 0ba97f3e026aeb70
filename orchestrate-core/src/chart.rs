//! Runs as charts: in a terminal, as a picture, and for tools that show traces.

mod axis;
mod bars;
pub mod chrome;
mod rows;
mod svg;
mod terminal;
#[cfg(test)]
mod tests;

use std::{fmt, slice};

use rows::Chart;

use crate::RunTrace;

/// A Gantt chart: what ran when, what it waited for, and what bounds the run.
///
/// Printed, it is a chart for a terminal; [`svg`](Self::svg) is a picture. Each run that is no part of another has a chart of
/// its own, with its own axis; a run inside it stands below its step.
///
/// ```
/// use orchestrated::{workflow, Gantt, Orchestrator, Trace};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let trace = Trace::new();
/// Greet { name: "Ada" }.run(&Orchestrator::new().observer(trace.clone())).await?;
///
/// let runs = trace.runs();
/// let chart = Gantt::of_runs(&runs).width(60).color(false);
/// assert!(chart.to_string().starts_with("Greet  finished in"));
/// assert!(chart.svg().starts_with("<svg"));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// A bar is full where the step works, light (`░`) where it waits, and `▒` with an `×` at its end for an attempt that failed.
/// Beside it stands what is worth knowing: `◆ bottleneck` is the step that bounds the run most (see
/// [`WorkflowMetrics::bottleneck`](crate::WorkflowMetrics::bottleneck)), `3 attempts`, `8 items`, `cached`, `undone` and the
/// like. Steps that were never reached have no line of their own.
///
/// Of a batch of more than 12 steps those that failed, that bound the run and that took longest have a line each, and the
/// others one together: [`all`](Self::all) shows each, [`at_most`](Self::at_most) sets another number.
#[derive(Clone, Debug)]
#[must_use = "a chart is shown with `{}`, or as a picture with `svg`"]
pub struct Gantt<'r> {
    runs: &'r [RunTrace],
    lines: usize,
    width: Option<usize>,
    color: Option<bool>,
    ascii: bool,
}

/// How many lines the steps of a batch have, where nobody says.
const LINES: usize = 12;

impl<'r> Gantt<'r> {
    /// The chart of one run, without the runs inside it.
    pub fn of(run: &'r RunTrace) -> Self {
        Self::of_runs(slice::from_ref(run))
    }

    /// The charts of these runs, in their order; those inside others stand below their steps.
    pub fn of_runs(runs: &'r [RunTrace]) -> Self {
        Self {
            runs,
            lines: LINES,
            width: None,
            color: None,
            ascii: false,
        }
    }

    /// How many columns it may take in a terminal: at least 24. Without, as many as the environment variable `COLUMNS` says,
    /// or 80.
    pub fn width(mut self, columns: usize) -> Self {
        self.width = Some(columns);
        self
    }

    /// Whether it is colored in a terminal. Without, it is when the standard output is a terminal, and the environment does
    /// not say otherwise (`NO_COLOR`, `TERM=dumb`).
    pub fn color(mut self, color: bool) -> Self {
        self.color = Some(color);
        self
    }

    /// Draws with the letters of ASCII alone, in a terminal that knows no others.
    pub fn ascii(mut self) -> Self {
        self.ascii = true;
        self
    }

    /// Gives each step a line, in batches of whatever size.
    pub fn all(self) -> Self {
        self.at_most(usize::MAX)
    }

    /// How many lines a batch may have: at least one.
    pub fn at_most(mut self, lines: usize) -> Self {
        self.lines = lines.max(1);
        self
    }

    /// The chart as a picture: a whole SVG document, which can stand in a file or in a page.
    ///
    /// It is light or dark as the reader likes it, has no scripts, and needs nothing from elsewhere. Its colors are custom
    /// properties (`--gantt-ground`, `--gantt-ink`, ..) of its root, which has the class `gantt`. Each step is a group of the
    /// class `step` with the attributes `data-run` and `data-step`, and the id `gantt-<run>-<step>`; it has a tooltip and a
    /// label for who hears it.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::draw(&self.charts())
    }

    fn charts(&self) -> Vec<Chart<'r>> {
        rows::charts(self.runs, self.lines)
    }
}

impl fmt::Display for Gantt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let look = terminal::Look {
            width: self.width.unwrap_or_else(terminal::columns),
            color: self.color.unwrap_or_else(terminal::has_color),
            ascii: self.ascii,
        };
        terminal::draw(f, &self.charts(), &look)
    }
}
