//! A line of a picture.

use std::fmt::{self, Write as _};

use super::{
    EDGE, WIDTH, bar,
    place::{Place, ROW, beside, pixel},
    words::{Escaped, told},
};
use crate::chart::rows::{Chart, Mark, Row};

/// The line of which the index is given.
pub(super) fn draw(
    out: &mut String,
    row: &Row<'_>,
    chart: &Chart<'_>,
    place: &Place,
    index: usize,
) -> fmt::Result {
    let y = place.row(index);
    open(out, row)?;
    let said = told(row, chart);
    writeln!(out, " aria-label=\"{}\">", Escaped(&said))?;
    writeln!(out, "<title>{}</title>", Escaped(&said))?;
    let width = WIDTH - 2 * EDGE;
    writeln!(
        out,
        "<rect class=\"line\" x=\"{EDGE}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\"/>"
    )?;
    let base = y + ROW / 2;
    let text = base + 4;
    let (x, name) = place.name(row);
    writeln!(
        out,
        "<text class=\"name\" x=\"{x}\" y=\"{text}\">{}</text>",
        Escaped(&name)
    )?;
    bar::bars(out, row, place, pixel(base))?;
    if let Some(point) = row.point {
        let x = place.x(point);
        writeln!(
            out,
            "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{base}\" r=\"3\"/>"
        )?;
    }
    if let Some(undone) = row.undone {
        bar::turned_back(out, undone, place.x(undone.at), pixel(base))?;
    }
    if let Some(time) = row.time() {
        let x = place.time;
        writeln!(
            out,
            "<text class=\"time\" x=\"{x}\" y=\"{text}\">{time}</text>"
        )?;
    }
    let marks = beside(row);
    if !marks.is_empty() {
        let class = if row.marks.iter().any(Mark::alarms) {
            "beside bad"
        } else {
            "beside"
        };
        let (x, marks) = (place.marks, Escaped(&marks));
        writeln!(
            out,
            "<text class=\"{class}\" x=\"{x}\" y=\"{text}\">{marks}</text>"
        )?;
    }
    out.push_str("</g>\n");
    Ok(())
}

/// The group of a line, but for its label.
fn open(out: &mut String, row: &Row<'_>) -> fmt::Result {
    let run = row.run;
    let path = if row.on_path { " path" } else { "" };
    let bound = if row.marks.contains(&Mark::Bottleneck) {
        " bottleneck"
    } else {
        ""
    };
    match row.step {
        Some(step) => write!(
            out,
            "<g class=\"step{path}{bound}\" role=\"listitem\" id=\"gantt-{run}-{step}\" data-run=\"{run}\" \
             data-step=\"{step}\""
        ),
        None => write!(
            out,
            "<g class=\"together\" role=\"listitem\" data-run=\"{run}\""
        ),
    }
}
