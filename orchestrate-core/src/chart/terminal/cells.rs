//! The bars of a line, in letters.

use std::time::Duration;

use orchestrate_plan::Kind;

use super::line::Style;
use crate::{
    UndoOutcome,
    chart::{
        bars::{Bar, Look},
        rows::{Chart, Row},
    },
};

/// A part of a cell, from its left, in eighths.
const EIGHTHS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// At which eighth of a column a time is, of `columns` for the whole: less than `8 * columns`, but at the end.
pub(super) fn eighth(time: Duration, whole: Duration, columns: usize) -> usize {
    let eighths = 8 * columns as u128;
    // More than 10^20 columns would overflow.
    let at = time.as_nanos().saturating_mul(eighths) / whole.as_nanos().max(1);
    usize::try_from(at.min(eighths)).unwrap_or(usize::MAX)
}

/// One letter for each of the columns.
pub(super) fn cells(row: &Row<'_>, chart: &Chart<'_>, columns: usize) -> Vec<(char, Style)> {
    let mut cells = vec![(' ', Style::Plain); columns];
    let place = |time: Duration| {
        let time = time.saturating_sub(chart.from);
        eighth(time, chart.length(), columns)
    };
    let style = row.kind.map_or(Style::Plain, Style::Kind);
    let mut ends = Vec::new();
    let (mut last_work, mut later) = (None, Vec::new());
    for bar in &row.bars {
        let (from, to) = stretch(bar, place, columns);
        paint(&mut cells, bar.look, (from, to), style);
        match bar.look {
            Look::Fault => ends.push((to - 1) / 8),
            Look::Work | Look::Stopped if bar.attempt.is_some() => {
                // Two attempts in a row are told apart by a gap.
                if last_work.is_some_and(|last: usize| last / 8 + 1 >= from / 8) {
                    later.push(from / 8);
                }
                last_work = Some(to);
            }
            _ => {}
        }
    }
    let mut set = |column: usize, letter, style| {
        if let Some(cell) = cells.get_mut(column) {
            *cell = (letter, style);
        }
    };
    for column in later {
        set(column, '▐', style);
    }
    for column in ends {
        set(column, '×', Style::Fault);
    }
    if let Some(point) = row.point {
        set(place(point).min(8 * columns - 1) / 8, '·', Style::Dim);
    }
    if let Some(undone) = row.undone {
        let (letter, style) = match undone.outcome {
            UndoOutcome::Undone => ('↺', Style::Undo),
            _ => ('!', Style::Fault),
        };
        set(place(undone.at).min(8 * columns - 1) / 8, letter, style);
    }
    cells
}

/// From which eighth to which: never nothing, and never beyond the end.
fn stretch(bar: &Bar<'_>, place: impl Fn(Duration) -> usize, columns: usize) -> (usize, usize) {
    let from = place(bar.from).min(8 * columns - 1);
    (from, place(bar.to).max(from + 1))
}

fn paint(cells: &mut [(char, Style)], look: Look, (from, to): (usize, usize), style: Style) {
    let (first, last) = (from / 8, (to - 1) / 8);
    let (letter, style) = match look {
        Look::Work => (None, style),
        Look::Wait => (Some('░'), Style::Dim),
        Look::Fault => (Some('▒'), Style::Fault),
        Look::Stopped => (Some('▚'), style),
        Look::Group => (Some('▓'), Style::Dim),
    };
    for (column, cell) in cells.iter_mut().enumerate().take(last + 1).skip(first) {
        let part = (
            from.max(8 * column) - 8 * column,
            to.min(8 * column + 8) - 8 * column,
        );
        let letter = match letter {
            None => Some(block(part)),
            // Of a cell that two share, the greater part is shown.
            Some(letter) => (part.1 - part.0 >= 4 || first == last).then_some(letter),
        };
        if let Some(letter) = letter {
            *cell = (letter, style);
        }
    }
}

/// A part of a cell. What begins in the middle has no letters but a half and an eighth.
fn block((from, to): (usize, usize)) -> char {
    match (from, to) {
        (1 | 2, 8) => '█',
        (3..=5, 8) => '▐',
        (6 | 7, 8) => '▕',
        _ => EIGHTHS.get(to - from).copied().unwrap_or('█'),
    }
}

impl Style {
    /// The number of its color among those of a terminal.
    pub(super) fn of_kind(kind: Kind) -> &'static str {
        match kind {
            Kind::Agent => "35",
            Kind::Tool => "34",
            Kind::Mcp => "36",
            Kind::Flow => "32",
            Kind::Human => "33",
            _ => "37",
        }
    }
}
