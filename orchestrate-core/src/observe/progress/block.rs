//! The lines of what runs at a moment.

use std::time::Duration;

use console::{measure_text_width, truncate_str};
use orchestrate_plan::Step;

use super::{ink::Ink, texts};
use crate::{
    observe::{
        live::{Live, LiveStep, Phase},
        monitor::View,
    },
    text::Brief,
};

/// How many lines there are at most, on however high a screen.
const LINES: usize = 24;
/// How wide the name of a step may be before the others are no longer aligned with it.
const NAME: usize = 32;
/// How wide a bar is, at most.
const BAR: usize = 24;
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// How much fits on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// A step that runs or waits.
struct Row<'v> {
    depth: usize,
    live: &'v Live,
    index: usize,
}

/// All that runs, one line each, as far as it fits.
pub(super) fn block(view: &View<'_>, size: Size, ink: Ink) -> String {
    let room = size.rows.saturating_sub(1).clamp(2, LINES);
    let roots: Vec<_> = view.roots().collect();
    // A run has a line of its own, and at least one for its steps.
    let shown = roots.len().min(room / 2);
    let hidden = roots.len() - shown;
    let each = (room - shown - usize::from(hidden > 0)) / shown.max(1);
    let mut lines = Vec::new();
    for live in &roots[..shown] {
        let alike = roots
            .iter()
            .filter(|other| other.plan.name() == live.plan.name());
        let name = match alike.count() {
            1 => live.plan.name().to_owned(),
            _ => format!("{} #{}", live.plan.name(), live.run),
        };
        lines.push(head(view, live, &name, size.columns, ink));
        steps(view, live, each.max(1), ink, &mut lines);
    }
    if hidden > 0 {
        lines.push(ink.dim(format!("+ {hidden} more runs")));
    }
    let lines = lines
        .iter()
        .map(|line| truncate_str(line, size.columns, "…"));
    lines.collect::<Vec<_>>().join("\n")
}

/// `Release  ━━━━━━──────────────────  25%  2/8  12s  about 8s left`
fn head(view: &View<'_>, live: &Live, name: &str, columns: usize, ink: Ink) -> String {
    let counts = view.counts(live);
    let bar = BAR.min(columns / 4);
    let filled = counts.over() * bar / counts.total.max(1);
    let left = view.left(live);
    let left = left.map_or(String::new(), |left| {
        format!("  about {} left", Brief(left))
    });
    format!(
        "{}  {}{}  {:>3.0}%  {}",
        ink.bold(name),
        ink.moving("━".repeat(filled)),
        ink.dim("─".repeat(bar - filled)),
        counts.percentage().floor(),
        ink.dim(format!(
            "{}/{}  {}{left}",
            counts.over(),
            counts.total,
            Brief(view.elapsed(live))
        )),
    )
}

fn steps(view: &View<'_>, live: &Live, room: usize, ink: Ink, lines: &mut Vec<String>) {
    let mut rows = Vec::new();
    collect(view, live, 1, &mut rows);
    let hidden = if rows.len() > room {
        let fit = room - 1;
        let hidden = rows.len() - fit;
        keep_running(&mut rows, fit);
        hidden
    } else {
        0
    };
    let width = rows
        .iter()
        .map(|row| measure_text_width(row.step().name()) + 2 * row.depth);
    let width = width.max().unwrap_or(0).min(NAME);
    lines.extend(rows.iter().map(|row| row.line(view, width, ink)));
    if hidden > 0 {
        lines.push(ink.dim(format!("  + {hidden} more")));
    }
}

fn collect<'v>(view: &View<'v>, live: &'v Live, depth: usize, rows: &mut Vec<Row<'v>>) {
    for (index, state) in live.steps.iter().enumerate() {
        if !matches!(state.phase(), Phase::Running | Phase::Waiting) {
            continue;
        }
        rows.push(Row { depth, live, index });
        for nested in view.inside(live, index) {
            collect(view, nested, depth + 1, rows);
        }
    }
}

/// Keeps so many: those that wait only where there is room for all that run. Their order stays.
fn keep_running(rows: &mut Vec<Row<'_>>, fit: usize) {
    let running = rows.iter().filter(|row| !row.waits()).count();
    let (mut running, mut waiting) = (running.min(fit), fit.saturating_sub(running));
    rows.retain(|row| {
        let left = if row.waits() {
            &mut waiting
        } else {
            &mut running
        };
        let fits = *left > 0;
        *left = left.saturating_sub(1);
        fits
    });
}

impl Row<'_> {
    fn step(&self) -> &Step {
        &self.live.plan.steps()[self.index]
    }

    fn state(&self) -> &LiveStep {
        &self.live.steps[self.index]
    }

    fn waits(&self) -> bool {
        self.state().phase() == Phase::Waiting
    }

    /// `  ⠋ review    agent  1.2s  attempt 2: rate limited`
    fn line(&self, view: &View<'_>, width: usize, ink: Ink) -> String {
        let elapsed = view.step_elapsed(self.live, self.index);
        let sign = if self.waits() {
            ink.waiting("◦")
        } else if self.step().flow().is_some() {
            ink.moving("▸")
        } else {
            ink.moving(frame(elapsed))
        };
        let indent = 2 * self.depth;
        let name = self.step().name();
        let gap = (width + 1).saturating_sub(indent + measure_text_width(name));
        let time = self.state().started.map(|_| Brief(elapsed).to_string());
        format!(
            "{:indent$}{sign} {name}{:gap$} {} {:>5}{}",
            "",
            "",
            ink.dim(format!("{:5}", self.step().kind().word())),
            time.unwrap_or_default(),
            self.notes(ink),
        )
    }

    /// What else there is to say: how far it is, which attempt it is and why, what it waits for.
    fn notes(&self, ink: Ink) -> String {
        let state = self.state();
        let mut notes = Vec::new();
        if let Some((progress, _)) = state.progress {
            notes.push(format!("{}/{}", progress.done, progress.total));
        }
        let waiting = state.items.len() - state.items_at_work();
        if self.waits() {
            notes.extend(state.waits().next().map(|wait| texts::wait(&wait.on)));
        } else if waiting > 0 {
            notes.push(format!("{waiting} wait"));
        }
        if state.attempt > 1 {
            notes.push(format!("attempt {}", state.attempt));
        }
        notes.extend(state.fault.as_ref().map(texts::first_line));
        let notes = notes
            .into_iter()
            .map(|note| note.replace(char::is_control, " "));
        let notes = notes.collect::<Vec<_>>().join(", ");
        if notes.is_empty() {
            return notes;
        }
        format!("  {}", ink.dim(notes))
    }
}

fn frame(elapsed: Duration) -> &'static str {
    let frame = elapsed.as_millis() / 100 % FRAMES.len() as u128;
    FRAMES[usize::try_from(frame).unwrap_or(0)]
}
