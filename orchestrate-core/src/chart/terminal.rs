//! A chart in a terminal.

mod cells;
mod line;

use std::{collections::BTreeSet, env, fmt, io, io::IsTerminal as _};

use line::{Line, Style};

use super::{
    axis::ticks,
    bars::Look as BarLook,
    rows::{Chart, Mark, Row},
};
use crate::text::{Glance, cut, printable, width};

/// How a chart is to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) width: usize,
    pub(super) color: bool,
    pub(super) ascii: bool,
}

/// Nothing can be told in less.
const NARROWEST: usize = 24;
/// A chart of fewer columns shows nothing.
const FEWEST: usize = 8;
/// Where there is less room, what stands beside a bar is a letter.
const ROOMY: usize = 64;
/// The axis stands below too, where the one above is out of sight.
const LONG: usize = 40;
/// How many failures are told of.
const FAULTS: usize = 8;

/// How many columns there are, by the environment.
pub(super) fn columns() -> usize {
    let columns = env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.trim().parse().ok());
    columns.filter(|columns| *columns > 0).unwrap_or(80)
}

/// Whether the standard output shows colors.
pub(super) fn has_color() -> bool {
    let says_no = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || env::var_os("TERM").is_some_and(|term| term == "dumb");
    !says_no && io::stdout().is_terminal()
}

/// The charts, one below the other. The last line does not end.
pub(super) fn draw(f: &mut fmt::Formatter<'_>, charts: &[Chart<'_>], look: &Look) -> fmt::Result {
    let mut between = "";
    for chart in charts {
        f.write_str(between)?;
        between = "\n\n";
        for (index, line) in lines(chart, look).iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            line.write(f, look)?;
        }
    }
    Ok(())
}

/// How wide each column is, without the two spaces before it.
struct Columns {
    name: usize,
    /// Nothing where there is no room.
    kind: usize,
    chart: usize,
    time: usize,
    marks: usize,
}

const GAP: usize = 2;

impl Columns {
    fn new(chart: &Chart<'_>, look: &Look) -> Self {
        let all = look.width.max(NARROWEST);
        let roomy = all >= ROOMY;
        let rows = &chart.rows;
        let most = |wide: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(wide).max().unwrap_or(0);
        let name = most(&|row| 2 * row.depth + width(&row.name)).min(all * 3 / 10);
        let kind = if roomy {
            most(&|row| row.kind.map_or(0, |kind| kind.word().len()))
        } else {
            0
        };
        let time = most(&|row| row.time().map_or(0, |time| width(&time)));
        let marks = most(&|row| width(&marks(row, roomy))).min(all * 3 / 10);
        let mut columns = Self {
            name,
            kind,
            chart: 0,
            time,
            marks,
        };
        // Where there is too little room, times go first, and then what stands beside.
        if columns.room(all) < FEWEST {
            columns.time = 0;
        }
        if columns.room(all) < FEWEST {
            columns.marks = 0;
        }
        columns.chart = columns.room(all);
        columns
    }

    /// What the other columns leave.
    fn room(&self, all: usize) -> usize {
        let others = [self.name, self.kind, self.time, self.marks].into_iter();
        let others = others.filter(|column| *column > 0);
        all.saturating_sub(others.map(|column| column + GAP).sum())
    }

    /// Where the chart begins.
    fn left(&self) -> usize {
        let kind = if self.kind > 0 { self.kind + GAP } else { 0 };
        let name = if self.name > 0 { self.name + GAP } else { 0 };
        name + kind
    }
}

fn lines(chart: &Chart<'_>, look: &Look) -> Vec<Line> {
    let all = look.width.max(NARROWEST);
    let columns = Columns::new(chart, look);
    let mut lines = Vec::with_capacity(chart.rows.len() + 6);
    lines.push(Line::of(&cut(&chart.title(), all), Style::Strong));
    let [labels, rule] = axis(chart, &columns);
    lines.extend([labels.clone(), rule.clone()]);
    lines.extend(
        chart
            .rows
            .iter()
            .map(|row| line(row, chart, &columns, look)),
    );
    if chart.rows.len() > LONG {
        lines.extend([rule, labels]);
    }
    lines.extend(faults(chart, all));
    let unreached = chart.unreached();
    if !unreached.is_empty() {
        let text = format!("not reached: {}", unreached.join(", "));
        lines.push(Line::of(&cut(&text, all), Style::Dim));
    }
    let legend = legend(chart, all >= ROOMY);
    if !legend.is_empty() {
        lines.extend(folded(&legend, all));
    }
    lines
}

/// The times, and the rule below them.
fn axis(chart: &Chart<'_>, columns: &Columns) -> [Line; 2] {
    let (mut labels, mut rule) = (Line::default(), Line::default());
    labels.skip(columns.left());
    rule.skip(columns.left());
    let mut drawn = vec!['─'; columns.chart];
    let mut at = 0;
    for tick in ticks(chart.length(), columns.chart / 9) {
        let column = cells::eighth(tick, chart.length(), columns.chart) / 8;
        if let Some(cell) = drawn.get_mut(column) {
            *cell = if column == 0 { '├' } else { '┼' };
        }
        let label = Glance(tick).to_string();
        if column >= at && column + width(&label) <= columns.chart {
            labels.skip(column - at);
            labels.push(&label, Style::Dim);
            // A space between two at least.
            at = column + width(&label);
            labels.skip(1);
            at += 1;
        }
    }
    rule.push(&drawn.iter().collect::<String>(), Style::Dim);
    [labels, rule]
}

fn line(row: &Row<'_>, chart: &Chart<'_>, columns: &Columns, look: &Look) -> Line {
    let mut line = Line::default();
    let bounds = row.marks.contains(&Mark::Bottleneck);
    let name = format!("{:indent$}{}", "", row.name, indent = 2 * row.depth);
    let style = match (row.step, bounds) {
        (None, _) => Style::Dim,
        (_, true) => Style::Strong,
        _ => Style::Plain,
    };
    line.column(&cut(&name, columns.name), columns.name, style);
    if columns.kind > 0 {
        let kind = row.kind.map_or("", |kind| kind.word());
        line.column(kind, columns.kind, Style::Dim);
    }
    for (cell, style) in cells::cells(row, chart, columns.chart) {
        line.push(cell.encode_utf8(&mut [0; 4]), style);
    }
    if columns.time > 0 {
        let time = row.time().unwrap_or_default();
        line.skip(GAP + columns.time - width(&time));
        line.push(&time, Style::Plain);
    }
    if columns.marks > 0 {
        line.skip(GAP);
        let marks = marks(row, look.width >= ROOMY);
        let style = match row.marks.iter().any(Mark::alarms) {
            true => Style::Fault,
            false if bounds => Style::Strong,
            false => Style::Dim,
        };
        line.push(&cut(&marks, columns.marks), style);
    }
    line
}

fn marks(row: &Row<'_>, roomy: bool) -> String {
    let marks = row.marks.iter();
    if roomy {
        marks.map(Mark::text).collect::<Vec<_>>().join(", ")
    } else {
        marks
            .map(|mark| mark.short().0)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Why steps failed, a line each.
fn faults(chart: &Chart<'_>, all: usize) -> Vec<Line> {
    let failed = chart.rows.iter().filter_map(|row| Some((row, row.fault?)));
    let count = failed.clone().count();
    let mut lines: Vec<Line> = failed
        .take(FAULTS)
        .map(|(row, fault)| {
            let said = fault.to_string();
            let text = format!("× {}: {}", row.name, printable(&said));
            Line::of(&cut(&text, all), Style::Fault)
        })
        .collect();
    if count > FAULTS {
        let more = format!("+ {} more failures", count - FAULTS);
        lines.push(Line::of(&more, Style::Dim));
    }
    lines
}

/// What of the chart has to be explained.
fn legend(chart: &Chart<'_>, roomy: bool) -> Vec<String> {
    let looks: BTreeSet<BarLook> = chart
        .rows
        .iter()
        .flat_map(|row| &row.bars)
        .map(|bar| bar.look)
        .collect();
    let word = |look: &BarLook| match look {
        BarLook::Work => None,
        BarLook::Wait => Some("░ waits"),
        BarLook::Fault => Some("▒ fails"),
        BarLook::Stopped => Some("▚ stopped"),
        BarLook::Group => Some("▓ together"),
    };
    let mut legend: Vec<String> = looks.iter().filter_map(word).map(str::to_owned).collect();
    if !legend.is_empty() {
        legend.insert(0, "█ works".to_owned());
    }
    if chart.rows.iter().any(|row| row.point.is_some()) {
        legend.push("· did not run".to_owned());
    }
    if !roomy {
        let marks = chart.rows.iter().flat_map(|row| &row.marks);
        let meanings: BTreeSet<_> = marks.map(|mark| mark.short().1).collect();
        let meanings = meanings.into_iter().filter(|meaning| !meaning.is_empty());
        legend.extend(meanings.map(str::to_owned));
    } else if chart.rows.iter().any(|row| row.undone.is_some()) {
        legend.push("↺ undone".to_owned());
    }
    legend
}

/// Words in lines that fit.
fn folded(words: &[String], all: usize) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if width(line) + GAP + width(word) <= all => {
                line.push_str("  ");
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    let lines = lines.iter();
    lines
        .map(|line| Line::of(&cut(line, all), Style::Dim))
        .collect()
}
