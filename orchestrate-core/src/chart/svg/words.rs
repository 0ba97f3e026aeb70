//! What a picture says: to who points at it, and to who hears it.

use std::fmt::{self, Write as _};

use crate::{
    chart::{
        bars::{Bar, Look},
        rows::{Chart, Row},
    },
    text::{Glance, printable},
};

/// How many failures are told of below a chart.
const FAULTS: usize = 8;
/// A message may be a whole page.
const SAID: usize = 400;

/// A text as XML.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // XML has no others of these.
                '\n' | '\t' => f.write_char(letter)?,
                control if control.is_control() => f.write_char(' ')?,
                '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A chart in a sentence.
pub(super) fn described(chart: &Chart<'_>) -> String {
    let title = chart.title();
    let (name, ending) = title.split_once("  ").unwrap_or((&title, ""));
    let metrics = chart.run.metrics();
    let steps = match chart.rows.len() {
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let bottleneck = metrics.bottleneck.map_or_else(String::new, |step| {
        format!(
            " Its bottleneck is {}: {}.",
            printable(&step.name),
            Glance(step.duration)
        )
    });
    format!("{name} {ending}; {steps}.{bottleneck}")
}

/// A line in words: `review, agent, batch 2: from 800ms on for 1.2s, 3 attempts`.
pub(super) fn told(row: &Row<'_>, chart: &Chart<'_>) -> String {
    let mut told = row.name.to_string();
    if let Some(kind) = row.kind {
        let _ = write!(told, ", {kind}, batch {}", row.batch + 1);
    }
    let mut between = ": ";
    let mut add = |text: &str| {
        told.push_str(between);
        told.push_str(text);
        between = ", ";
    };
    if let Some(lasted) = row.lasted {
        let start = row.bars.iter().map(|bar| bar.from).min();
        let start = start.unwrap_or(chart.from).saturating_sub(chart.from);
        match row.step {
            Some(_) => add(&format!("{} from {} on", Glance(lasted), Glance(start))),
            None => add(&format!("at most {}", Glance(lasted))),
        }
    }
    for mark in &row.marks {
        add(mark
            .text()
            .trim_start_matches(|c: char| !c.is_alphanumeric()));
    }
    if let Some(fault) = row.fault {
        add(&printable(&short(&fault.to_string())));
    }
    told
}

/// A bar in words, where it is not simply its step.
pub(super) fn bar_told(bar: &Bar<'_>) -> Option<String> {
    let took = Glance(bar.to.saturating_sub(bar.from));
    let what = match (bar.item, bar.attempt) {
        (Some(item), Some(1)) => Some(format!("item {item}")),
        (Some(item), Some(attempt)) => Some(format!("item {item}, attempt {attempt}")),
        (None, Some(attempt)) => Some(format!("attempt {attempt}")),
        _ => None,
    };
    if let Some(what) = what {
        let end = match bar.fault {
            Some(fault) => {
                let word = if bar.look == Look::Stopped {
                    "stopped"
                } else {
                    "failed"
                };
                format!("{word} after {took}: {}", short(&fault.to_string()))
            }
            None => took.to_string(),
        };
        return Some(format!("{what}: {end}"));
    }
    if bar.look == Look::Wait {
        let what = bar.wait.map_or("turn", |wait| wait.word());
        return Some(format!("waits ({what}): {took}"));
    }
    None
}

/// What stands below the lines: what failed, and what was never reached; each with its class.
pub(super) fn foot(chart: &Chart<'_>) -> Vec<(&'static str, String)> {
    let failed = chart.rows.iter().filter_map(|row| Some((row, row.fault?)));
    let count = failed.clone().count();
    let mut foot: Vec<(&'static str, String)> = failed
        .take(FAULTS)
        .map(|(row, fault)| {
            let said = short(&fault.to_string());
            ("foot bad", format!("× {}: {}", row.name, printable(&said)))
        })
        .collect();
    if count > FAULTS {
        foot.push(("foot", format!("+ {} more failures", count - FAULTS)));
    }
    let unreached = chart.unreached();
    if !unreached.is_empty() {
        foot.push(("foot", format!("not reached: {}", unreached.join(", "))));
    }
    foot
}

fn short(text: &str) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(SAID).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}
