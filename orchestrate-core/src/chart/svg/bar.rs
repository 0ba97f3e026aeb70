//! The bars of a line of a picture.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use super::{
    place::{Place, pixel},
    words::{Escaped, bar_told},
};
use crate::{
    UndoOutcome, UndoTrace,
    chart::{
        bars::{Bar, Look},
        rows::Row,
    },
};

/// How high a bar is, and a wait.
const BAR: f64 = 14.0;
const WAIT: f64 = 4.0;
/// However short, it can be seen.
const THINNEST: f64 = 1.5;
/// Items are shown one by one when no more than so many ran at once, and there are no more of them.
const LANES: usize = 6;
const ITEMS: usize = 120;

/// The bars of a line around its middle.
pub(super) fn bars(out: &mut String, row: &Row<'_>, place: &Place, middle: f64) -> fmt::Result {
    let kind = row.kind.map_or("fn", |kind| kind.word());
    let lanes = lanes(&row.items);
    for bar in &row.bars {
        let (class, height) = match bar.look {
            Look::Work => (kind, BAR),
            Look::Wait => ("wait", WAIT),
            Look::Fault => ("fault", BAR),
            Look::Stopped => ("stopped", BAR),
            Look::Group => ("group", BAR),
        };
        // What stands around items is pale.
        let around = if bar.look == Look::Work && lanes.is_some() {
            " around"
        } else {
            ""
        };
        let strip = Strip {
            top: middle - height / 2.0,
            height,
        };
        let end = strip.draw(out, &format!("bar {class}{around}"), bar, place)?;
        if bar.look == Look::Fault {
            cross(out, end, middle)?;
        }
    }
    let Some((count, lanes)) = lanes else {
        return Ok(());
    };
    let height = BAR / pixel(count);
    for (item, lane) in row.items.iter().zip(lanes) {
        let class = if item.fault.is_some() { "bad" } else { kind };
        let strip = Strip {
            top: middle - BAR / 2.0 + height * pixel(lane),
            height: height - 1.0,
        };
        strip.draw(out, &format!("item {class}"), item, place)?;
    }
    Ok(())
}

/// An arrow that turns back; or an exclamation mark, where that was not to be.
pub(super) fn turned_back(out: &mut String, undone: &UndoTrace, x: f64, y: f64) -> fmt::Result {
    match undone.outcome {
        UndoOutcome::Undone => writeln!(
            out,
            "<path class=\"undo\" d=\"M{:.1} {:.1}a5 5 0 1 0 4 -2m1 -3l-3 2.6l3 2.8\"/>",
            x - 9.0,
            y + 1.0
        ),
        _ => writeln!(
            out,
            "<path class=\"cross\" d=\"M{x:.1} {:.1}v6m0 4v.1\"/>",
            y - 5.0,
            x = x - 4.0
        ),
    }
}

fn cross(out: &mut String, x: f64, y: f64) -> fmt::Result {
    writeln!(
        out,
        "<path class=\"cross\" d=\"M{:.1} {:.1}l7 7m0 -7l-7 7\"/>",
        x - 3.5,
        y - 3.5
    )
}

/// Where a bar lies.
struct Strip {
    top: f64,
    height: f64,
}

impl Strip {
    /// Draws a bar there, and says where it ends.
    fn draw(
        &self,
        out: &mut String,
        class: &str,
        bar: &Bar<'_>,
        place: &Place,
    ) -> Result<f64, fmt::Error> {
        let (from, to) = (place.x(bar.from), place.x(bar.to));
        let width = (to - from).max(THINNEST);
        // What would stick out at the end begins before it.
        let x = from.min(place.end() - width);
        write!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"{}\"",
            self.top,
            self.height,
            if self.height < 8.0 { 1 } else { 2 }
        )?;
        match bar_told(bar) {
            Some(said) => writeln!(out, "><title>{}</title></rect>", Escaped(&said))?,
            None => out.push_str("/>\n"),
        }
        Ok(x + width)
    }
}

/// How many lanes the items need, and the lane of each: the first that is free when it starts. None where they are too many.
fn lanes(items: &[Bar<'_>]) -> Option<(usize, Vec<usize>)> {
    if items.is_empty() || items.len() > ITEMS {
        return None;
    }
    let mut ends: Vec<Duration> = Vec::new();
    let mut lanes = Vec::with_capacity(items.len());
    for item in items {
        let free = ends.iter().position(|end| *end <= item.from);
        let lane = free.unwrap_or(ends.len());
        match ends.get_mut(lane) {
            Some(end) => *end = item.to,
            None => ends.push(item.to),
        }
        lanes.push(lane);
    }
    (ends.len() <= LANES).then_some((ends.len(), lanes))
}
