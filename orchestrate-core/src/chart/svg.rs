//! A chart as a picture.

mod bar;
mod place;
mod row;
mod style;
mod words;

use std::fmt::{self, Write as _};

use place::{BAND, EDGE, FOOT, HEAD, Place, ROW, WIDTH, fitted, pixels};
use style::Sheet;
use words::{Escaped, described};

use super::{axis::ticks, rows::Chart};
use crate::text::{Glance, printable};

/// The axis stands below too, where the one above is out of sight.
const LONG: usize = 30;

/// The charts, one below the other.
pub(super) fn draw(charts: &[Chart<'_>]) -> String {
    let mut svg = String::new();
    // Writing to a string never fails.
    let _ = document(&mut svg, charts);
    svg
}

fn document(out: &mut String, charts: &[Chart<'_>]) -> fmt::Result {
    let heights: Vec<usize> = charts.iter().map(height).collect();
    let height = heights.iter().sum::<usize>().max(ROW);
    let id = charts.first().map_or(0, |chart| chart.run.run.get());
    let title = title(charts);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gantt\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" aria-labelledby=\"gantt-{id}-title gantt-{id}-desc\">"
    )?;
    writeln!(
        out,
        "<title id=\"gantt-{id}-title\">{}</title>",
        Escaped(&title)
    )?;
    let description: Vec<String> = charts.iter().map(described).collect();
    let description = Escaped(&description.join(" ")).to_string();
    writeln!(out, "<desc id=\"gantt-{id}-desc\">{description}</desc>")?;
    writeln!(out, "<style>{Sheet}</style>")?;
    writeln!(
        out,
        "<rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>"
    )?;
    let mut top = 0;
    for (chart, height) in charts.iter().zip(heights) {
        one(out, chart, top)?;
        top += height;
    }
    out.push_str("</svg>\n");
    Ok(())
}

fn title(charts: &[Chart<'_>]) -> String {
    match charts {
        [chart] => format!("Gantt chart of {}", printable(chart.run.plan.name())),
        _ => format!("Gantt charts of {} runs", charts.len()),
    }
}

fn height(chart: &Chart<'_>) -> usize {
    let axis_below = if chart.rows.len() > LONG { BAND } else { 0 };
    HEAD + ROW * chart.rows.len() + axis_below + FOOT + ROW * words::foot(chart).len()
}

/// A chart from `top` on.
fn one(out: &mut String, chart: &Chart<'_>, top: usize) -> fmt::Result {
    let place = Place::new(chart, top);
    let run = chart.run.run;
    writeln!(out, "<g class=\"run\" data-run=\"{run}\">")?;
    let title = chart.title();
    let (name, rest) = title.split_once("  ").unwrap_or((&title, ""));
    writeln!(
        out,
        "<text class=\"title\" x=\"{}\" y=\"{}\">{}<tspan class=\"quiet\" dx=\"10\">{}</tspan></text>",
        EDGE,
        top + 24,
        Escaped(&fitted(name, 280)),
        Escaped(&fitted(rest, 300))
    )?;
    legend(out, chart, top + 23)?;
    bands(out, chart, &place)?;
    grid(out, chart, &place)?;
    out.push_str("<g role=\"list\">\n");
    for (index, row) in chart.rows.iter().enumerate() {
        row::draw(out, row, chart, &place, index)?;
    }
    out.push_str("</g>\n");
    let mut y = place.bottom() + if chart.rows.len() > LONG { BAND } else { 0 } + FOOT / 2;
    for (class, text) in words::foot(chart) {
        writeln!(
            out,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            EDGE,
            y + ROW / 2 + 4,
            Escaped(&fitted(&text, WIDTH - 32))
        )?;
        y += ROW;
    }
    out.push_str("</g>\n");
    Ok(())
}

/// The colors of the kinds that there are, from the right; and how the critical path shows.
fn legend(out: &mut String, chart: &Chart<'_>, y: usize) -> fmt::Result {
    let mut kinds: Vec<&str> = Vec::new();
    for kind in chart.rows.iter().filter_map(|row| row.kind) {
        if !kinds.contains(&kind.word()) {
            kinds.push(kind.word());
        }
    }
    out.push_str("<g class=\"legend\" aria-hidden=\"true\">\n");
    let mut x = WIDTH - EDGE;
    for kind in kinds.iter().rev() {
        x -= pixels(kind);
        writeln!(out, "<text x=\"{x}\" y=\"{y}\">{kind}</text>")?;
        x -= 14;
        let top = y - 9;
        writeln!(
            out,
            "<rect class=\"{kind}\" x=\"{x}\" y=\"{top}\" width=\"10\" height=\"10\" rx=\"2\"/>"
        )?;
        x -= 12;
    }
    if chart.rows.iter().any(|row| row.on_path) {
        x -= pixels("critical path");
        writeln!(
            out,
            "<text class=\"path\" x=\"{x}\" y=\"{y}\"><tspan class=\"name\">critical path</tspan></text>"
        )?;
    }
    out.push_str("</g>\n");
    Ok(())
}

/// Every other batch of the run lies on a band.
fn bands(out: &mut String, chart: &Chart<'_>, place: &Place) -> fmt::Result {
    let mut index = 0;
    let mut batches = 0;
    while let Some(first) = chart.rows.get(index) {
        let same = |row: &super::rows::Row<'_>| row.depth > 0 || row.batch == first.batch;
        let count = chart
            .rows
            .iter()
            .skip(index)
            .take_while(|row| same(row))
            .count()
            .max(1);
        if batches % 2 == 1 {
            writeln!(
                out,
                "<rect class=\"band\" x=\"0\" y=\"{}\" width=\"{WIDTH}\" height=\"{}\"/>",
                place.row(index),
                ROW * count
            )?;
        }
        index += count;
        batches += 1;
    }
    Ok(())
}

fn grid(out: &mut String, chart: &Chart<'_>, place: &Place) -> fmt::Result {
    out.push_str("<g class=\"axis\" aria-hidden=\"true\">\n");
    let below = chart.rows.len() > LONG;
    for tick in ticks(chart.length(), place.chart_width() / 90) {
        let x = place.x(chart.from + tick);
        writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} {}V{}\"/>",
            place.row(0) - 4,
            place.bottom()
        )?;
        let mut ys = vec![place.row(0) - 9];
        ys.extend(below.then_some(place.bottom() + 15));
        for y in ys {
            let label = Glance(tick);
            writeln!(
                out,
                "<text class=\"tick\" x=\"{x:.1}\" y=\"{y}\">{label}</text>"
            )?;
        }
    }
    out.push_str("</g>\n");
    Ok(())
}
