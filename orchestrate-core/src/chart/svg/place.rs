//! Where everything stands, in pixels.

use std::{borrow::Cow, time::Duration};

use crate::{
    chart::rows::{Chart, Mark, Row},
    text::{cut, width},
};

/// How wide a picture is.
pub(super) const WIDTH: usize = 960;
/// How high a line is.
pub(super) const ROW: usize = 24;
/// What stands above the lines: the title and the axis.
pub(super) const HEAD: usize = 68;
/// An axis below the lines.
pub(super) const BAND: usize = 24;
/// What is free below the lines.
pub(super) const FOOT: usize = 20;
/// What is free to the left and to the right.
pub(super) const EDGE: usize = 16;

const GAP: usize = 12;
const NAMES: usize = 250;
const MARKS: usize = 230;

/// The columns of a chart: names, the chart, times, and what stands beside.
pub(super) struct Place {
    top: usize,
    rows: usize,
    names: usize,
    left: usize,
    right: usize,
    /// Where times end.
    pub(super) time: usize,
    /// Where what stands beside begins.
    pub(super) marks: usize,
    from: Duration,
    length: Duration,
}

impl Place {
    pub(super) fn new(chart: &Chart<'_>, top: usize) -> Self {
        let rows = &chart.rows;
        let most = |wide: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(wide).max().unwrap_or(0);
        let names = most(&|row| indent(row) + pixels(&row.name)).min(NAMES);
        let times = most(&|row| row.time().map_or(0, |time| pixels(&time)));
        let beside = most(&|row| pixels(&marks(row))).min(MARKS);
        let marks = WIDTH - EDGE - beside;
        let time = if beside > 0 { marks - GAP } else { marks };
        Self {
            top,
            rows: rows.len(),
            names,
            left: EDGE + names + GAP,
            right: time - times - GAP,
            time,
            marks,
            from: chart.from,
            length: chart.length(),
        }
    }

    pub(super) fn chart_width(&self) -> usize {
        self.right - self.left
    }

    /// Where a time is.
    pub(super) fn x(&self, time: Duration) -> f64 {
        let part = time.saturating_sub(self.from).as_secs_f64() / self.length.as_secs_f64();
        pixel(self.left) + part.min(1.0) * pixel(self.chart_width())
    }

    /// Where the last moment is.
    pub(super) fn end(&self) -> f64 {
        pixel(self.right)
    }

    /// Where a line begins.
    pub(super) fn row(&self, index: usize) -> usize {
        self.top + HEAD + ROW * index
    }

    pub(super) fn bottom(&self) -> usize {
        self.row(self.rows)
    }

    /// Where the name of a line begins, and what fits of it.
    pub(super) fn name<'r>(&self, row: &'r Row<'_>) -> (usize, Cow<'r, str>) {
        let indent = indent(row).min(self.names / 2);
        (EDGE + indent, fitted(&row.name, self.names - indent))
    }
}

/// What stands beside a line.
pub(super) fn beside(row: &Row<'_>) -> String {
    fitted(&marks(row), MARKS).into_owned()
}

/// A text cut to what fits in so many pixels.
pub(super) fn fitted(text: &str, into: usize) -> Cow<'_, str> {
    cut(text, 10 * into / LETTER)
}

/// How many pixels as a number that is drawn.
#[expect(clippy::cast_precision_loss, reason = "pixels are few")]
pub(super) fn pixel(count: usize) -> f64 {
    count as f64
}

fn marks(row: &Row<'_>) -> String {
    let marks = row.marks.iter().map(Mark::text);
    marks.collect::<Vec<_>>().join(", ")
}

fn indent(row: &Row<'_>) -> usize {
    16 * row.depth
}

/// How wide a letter is at most, on average, in the fonts that browsers have: in tenths of a pixel. Wide letters take two.
const LETTER: usize = 80;

pub(super) fn pixels(text: &str) -> usize {
    (LETTER * width(text)).div_ceil(10)
}
