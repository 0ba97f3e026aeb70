//! The page, as a file: a frame, a style and a script, which are always the same, and the runs as data.
//!
//! Nothing of a run becomes markup. Its data is JSON in which no `<` stands, and the script puts it into the page as text.

use std::fmt;

use super::view::View;
use crate::{RunOutcome, RunTrace};

const FRAME: &str = include_str!("page/page.html");
pub(super) const STYLE: &str = include_str!("page/style.css");
pub(super) const SCRIPT: &str = concat!(
    include_str!("page/base.js"),
    include_str!("page/state.js"),
    include_str!("page/layout.js"),
    include_str!("page/head.js"),
    include_str!("page/graph.js"),
    include_str!("page/timeline.js"),
    include_str!("page/table.js"),
    include_str!("page/details.js"),
    include_str!("page/main.js"),
);
/// What the page allows itself, and nothing else: a browser runs no other script in it. A test writes these.
pub(super) const STYLE_HASH: &str = include_str!("page/style.sha256");
pub(super) const SCRIPT_HASH: &str = include_str!("page/script.sha256");

/// Writes the page.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    runs: &[RunTrace],
    title: Option<&str>,
) -> fmt::Result {
    let mut parts = FRAME.split("{{");
    f.write_str(parts.next().unwrap_or_default())?;
    for part in parts {
        let (place, rest) = part.split_once("}}").unwrap_or((part, ""));
        match place {
            "title" => f.write_str(&markup(title.unwrap_or_else(|| name(runs))))?,
            "summary" => f.write_str(&markup(&summary(runs)))?,
            "style" => f.write_str(STYLE)?,
            "script" => f.write_str(SCRIPT)?,
            "style_hash" => f.write_str(STYLE_HASH.trim_end())?,
            "script_hash" => f.write_str(SCRIPT_HASH.trim_end())?,
            "data" => f.write_str(&data(runs, title)?)?,
            _ => return Err(fmt::Error),
        }
        f.write_str(rest)?;
    }
    Ok(())
}

fn name(runs: &[RunTrace]) -> &str {
    runs.first().map_or("No runs", |run| run.plan.name())
}

/// How the runs ended, where no script is run.
fn summary(runs: &[RunTrace]) -> String {
    let lines = runs.iter().map(|run| {
        let outcome = run.outcome.as_ref();
        let word = outcome.map_or("still running", RunOutcome::word);
        let line = format!("{}, run {}: {word}", run.plan.name(), run.run);
        match outcome.and_then(RunOutcome::fault) {
            Some(fault) => format!("{line}: {fault}"),
            None => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// JSON that may stand in a `script`: what could end it is written as an escape, which in JSON is the same text.
fn data(runs: &[RunTrace], title: Option<&str>) -> Result<String, fmt::Error> {
    let view = View::new(runs, title);
    let json = serde_json::to_string(&view).map_err(|_| fmt::Error)?;
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e"))
}

/// A text as markup that shows it. What a page cannot hold is left out.
fn markup(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            '\n' | '\t' => markup.push(char),
            char if char.is_control() => {}
            char => markup.push(char),
        }
    }
    markup
}
