//! A dry run as a report made to be read.

use core::fmt::{self, Write as _};
use std::borrow::Cow;

use super::{DryRun, HeldUp, Needs, Open, Source, StepTime, UnknownStep, Why};
use crate::{names::printable, time::Time};

/// Spaces between two columns, and before the first one.
const GAP: &str = "  ";

/// How many steps are named in a line of the summary.
const NAMES: usize = 12;

/// Where a line of the summary is broken, at the latest.
const WIDTH: usize = 100;

impl fmt::Display for DryRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.workflow))?;
        if self.steps.is_empty() {
            return f.write_str(" has no steps");
        }
        write!(f, " takes about {}", Time(self.duration()))?;
        if self.strict {
            f.write_str(", in strict batches")?;
        }
        if let Some(deadline) = self.deadline {
            let relation = if self.duration() > deadline {
                "longer than"
            } else {
                "within"
            };
            write!(f, ", {relation} its deadline of {}", Time(deadline))?;
        }
        self.table(f, true)?;
        let lines = self.summary();
        let width = lines
            .iter()
            .map(|(label, _)| label.len())
            .max()
            .unwrap_or(0);
        f.write_char('\n')?;
        for (label, text) in &lines {
            write!(f, "\n{GAP}{label:width$}{GAP}")?;
            folded(f, text, GAP.len() * 2 + width)?;
        }
        Ok(())
    }
}

impl Source {
    /// How it is shown.
    const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::History => "history",
            Self::Estimate => "estimate",
            Self::Flow => "inside",
            Self::Unknown => "unknown",
        }
    }
}

impl DryRun {
    /// A line a step, and below a flow step those of its workflow. `is_critical`: whether that is on
    /// the critical path itself.
    fn table(&self, f: &mut fmt::Formatter<'_>, is_critical: bool) -> fmt::Result {
        let mut rows: Vec<([String; 5], &StepTime)> = Vec::with_capacity(self.steps.len());
        for (number, batch) in self.batches.iter().enumerate() {
            let mut label = [
                format!("batch {}", number + 1),
                Time(batch.time).to_string(),
            ];
            for &step in &batch.steps {
                let step = &self.steps[step];
                let [batch, takes] = core::mem::take(&mut label);
                let name = printable(&step.name).into_owned();
                let (time, source) = (Time(step.time).to_string(), step.source.word().to_owned());
                rows.push(([batch, takes, name, time, source], step));
            }
        }
        let mut widths = [0; 5];
        for (cells, _) in &rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for (cells, step) in rows {
            let mut line = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                write!(line, "{GAP}{cell:width$}")?;
            }
            let is_critical = is_critical && step.critical;
            if is_critical {
                write!(line, "{GAP}critical")?;
            }
            write!(f, "\n{}", line.trim_end())?;
            if let Some(flow) = &step.flow
                && step.source == Source::Flow
            {
                let mut inside = String::new();
                write!(inside, "{}", Table(flow, is_critical))?;
                let left = GAP.len() * 3 + widths[0] + widths[1];
                for line in inside.lines().skip(1) {
                    write!(f, "\n{:left$}{line}", "")?;
                }
            }
        }
        Ok(())
    }

    /// What there is to say, with a word for each.
    fn summary(&self) -> Vec<(&'static str, String)> {
        let path: Vec<_> = self
            .critical_path
            .iter()
            .map(|step| printable(step))
            .collect();
        let mut lines = vec![(
            "critical path",
            format!("{}: {}", Time(self.critical_time), path.join(" -> ")),
        )];
        if let Some(step) = self.bottleneck() {
            let share = step.time.div_duration_f64(self.duration()) * 100.0;
            let (name, time) = (printable(&step.name), Time(step.time));
            lines.push((
                "bottleneck",
                format!("{name}: {time}, {share:.0}% of the run"),
            ));
        }
        if let Some(HeldUp { step, by, time }) = &self.held_up {
            let (step, by, time) = (printable(step), printable(by), Time(*time));
            lines.push(("held up", format!("{step}: {time} by {by} alone")));
        }
        lines.extend([
            ("total work", self.work_words()),
            ("strict batches", self.strict_words()),
            ("worst case", self.worst_words()),
        ]);
        let mut list = |label, names: &[String], rest: &str| {
            if !names.is_empty() {
                lines.push((label, format!("{}{rest}", listed(names))));
            }
        };
        let counted = if self.unknown_time().is_zero() {
            ": counted as nothing".to_owned()
        } else {
            format!(": counted as {}", Time(self.unknown_time()))
        };
        list("no estimate", &self.without_estimate, &counted);
        list("items", &self.per_item, ": counted with one");
        list("conditional", &self.conditional, ": counted as if they ran");
        lines.extend(needs(&self.needs));
        if !self.unknown.is_empty() {
            let unknown: Vec<String> = self.unknown.iter().map(UnknownStep::to_string).collect();
            lines.push(("no such step", unknown.join("; ")));
        }
        lines
    }

    fn work_words(&self) -> String {
        let work = Time(self.total_work);
        if self.is_one_at_a_time() && self.total_work <= self.critical_time {
            return format!("{work}: no two steps run at the same time");
        }
        let speed_up = self.speed_up();
        format!("{work}: at most {speed_up:.1} times as fast as one step after the other")
    }

    fn strict_words(&self) -> String {
        let cost = self.strict_batches_cost();
        match (self.strict, cost.is_zero()) {
            (false, true) => "cost nothing more".to_owned(),
            (false, false) => format!("would take {} more", Time(cost)),
            (true, true) => "are asked for, and cost nothing more".to_owned(),
            (true, false) => format!("are asked for, and take {} more", Time(cost)),
        }
    }

    fn worst_words(&self) -> String {
        let mut open: Vec<(Why, Vec<&String>)> = Vec::new();
        for Open { step, why } in &self.worst.open {
            match open.iter_mut().find(|(other, _)| other == why) {
                Some((_, steps)) => steps.push(step),
                None => open.push((*why, vec![step])),
            }
        }
        let open = open.into_iter();
        let open: Vec<String> = open
            .map(|(why, steps)| format!("{why} ({})", listed(steps)))
            .collect();
        if open.is_empty() {
            self.worst.to_string()
        } else {
            format!("{}, without a bound: {}", self.worst, open.join("; "))
        }
    }

    /// What a step of which nothing is known is counted with.
    fn unknown_time(&self) -> core::time::Duration {
        let inside = |step: &StepTime| match (&step.flow, step.source) {
            (_, Source::Unknown) => Some(step.time),
            (Some(flow), Source::Flow) => Some(flow.unknown_time()),
            _ => None,
        };
        self.steps
            .iter()
            .filter_map(inside)
            .max()
            .unwrap_or_default()
    }
}

/// The steps of a workflow inside, without a summary.
struct Table<'d>(&'d DryRun, bool);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.table(f, self.1)
    }
}

fn needs(needs: &Needs) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let resources = needs.resources.iter().map(|need| {
        let name = printable(&need.name);
        let steps = listed(&need.steps);
        match need.at_once {
            Some(all) if all == need.least => format!("{name}: {all} ({steps})"),
            Some(all) => format!("{name}: {} to {all} ({steps})", need.least),
            None => format!("{name}: {}, and more with more items ({steps})", need.least),
        }
    });
    let permissions = needs
        .permissions
        .iter()
        .map(|need| format!("{} ({})", printable(&need.name), listed(&need.steps)));
    for (label, parts) in [
        ("resources", resources.collect::<Vec<_>>()),
        ("permissions", permissions.collect()),
    ] {
        if !parts.is_empty() {
            lines.push((label, parts.join("; ")));
        }
    }
    if !needs.people.is_empty() {
        lines.push(("asks a person", listed(&needs.people)));
    }
    lines
}

/// More names than anybody reads are counted.
fn listed<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<Cow<'_, str>> = names
        .by_ref()
        .take(NAMES)
        .map(|name| printable(name))
        .collect();
    let shown = shown.join(", ");
    match names.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A text whose further lines stand below its first one.
fn folded(f: &mut fmt::Formatter<'_>, text: &str, left: usize) -> fmt::Result {
    let mut column = left;
    for (index, word) in text.split(' ').enumerate() {
        let letters = word.chars().count();
        if index > 0 && column + 1 + letters > WIDTH {
            write!(f, "\n{:left$}", "")?;
            column = left;
        } else if index > 0 {
            f.write_char(' ')?;
            column += 1;
        }
        f.write_str(word)?;
        column += letters;
    }
    Ok(())
}

/// Printed, it is a part of a sentence: `` `reviw`, perhaps `review` ``.
impl fmt::Display for UnknownStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", printable(&self.name))?;
        match &self.nearest {
            Some(nearest) => write!(f, ", perhaps `{}`", printable(nearest)),
            None => Ok(()),
        }
    }
}
