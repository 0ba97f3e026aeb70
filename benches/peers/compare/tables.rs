//! What was measured, as tables in Markdown.

use std::fmt::Write as _;

use crate::{
    figures::{Figures, Row},
    report::Report,
};

/// Everything but what only the JSON has.
pub(crate) fn whole(report: &Report) -> String {
    let mut text = caption(report);
    for (work, title) in [
        ("yields", "Steps that yield once"),
        ("ready", "Steps that are ready at once"),
    ] {
        let cells = in_turn(report, work);
        let time = |row: &Row| Some(format!("{} ({})", micros(row.nanoseconds?), ratio(row)?));
        section(
            &mut text,
            &format!("{title}: µs a run, and the ratio to the best by hand"),
            &table(&cells, time),
        );
    }
    let cells = in_turn(report, "yields");
    section(
        &mut text,
        "The same without putting the graph together (steps yield once; µs a run)",
        &table(&cells, |row| row.run_alone_nanoseconds.map(micros)),
    );
    section(
        &mut text,
        "Memory (steps yield once): allocations a run, and bytes at the peak with the run's future",
        &table(&cells, |row| {
            let bytes = row.peak_bytes? + f64::from(u32::try_from(row.future_bytes?).ok()?);
            Some(format!("{} / {}", count(row.allocations?), count(bytes)))
        }),
    );
    let at_once: Vec<&Figures> = at_once(report).collect();
    section(
        &mut text,
        "10,000 runs of a fan 1-8-1 at once (steps yield once): µs a run, and the ratio to the best by hand",
        &at_once_table(&at_once),
    );
    text.truncate(text.trim_end().len());
    text.push('\n');
    text += &notes(report.cells.iter());
    text
}

/// One table, for the README: ratios, and what many runs at once take.
pub(crate) fn overview(report: &Report) -> String {
    let mut text = caption(report);
    let mut columns: Vec<Column> = in_turn(report, "yields")
        .into_iter()
        .map(|cell| Column::of(cell.shape.to_owned(), cell, ratio))
        .collect();
    let one_thread: Vec<&Figures> = at_once(report)
        .filter(|cell| cell.runtime == "1 thread")
        .collect();
    for cell in &one_thread {
        columns.push(Column::of("10,000 at once".to_owned(), cell, ratio));
        columns.push(Column::of("allocations".to_owned(), cell, |row| {
            row.allocations.map(count)
        }));
        columns.push(Column::of("bytes".to_owned(), cell, |row| {
            row.peak_bytes.map(count)
        }));
    }
    text += &render(&columns);
    let shown = in_turn(report, "yields").into_iter().chain(one_thread);
    text += &notes(shown);
    text
}

fn caption(report: &Report) -> String {
    let about = &report.about;
    let mut text = format!(
        "{} ({} cores; {}), rustc {}, tokio {}, {}.\n",
        about.processor,
        about.cores,
        about.system,
        about.rustc,
        report.versions.get("tokio").unwrap_or(&"unknown"),
        about.date
    );
    if !about.release {
        text += "\n**A debug build: these times say nothing.**\n";
    }
    if report.quick {
        text += "\n**Few rounds: these times say little.**\n";
    }
    text + "\n"
}

fn section(text: &mut String, title: &str, table: &str) {
    if !table.is_empty() {
        let _ = write!(text, "**{title}**\n\n{table}\n");
    }
}

fn in_turn<'r>(report: &'r Report, work: &str) -> Vec<&'r Figures> {
    let cells = report.cells.iter();
    cells
        .filter(|cell| cell.at_once.is_none() && cell.work == work)
        .collect()
}

fn at_once(report: &Report) -> impl Iterator<Item = &Figures> {
    report.cells.iter().filter(|cell| cell.at_once.is_some())
}

/// A title, and what it says of each contender.
struct Column {
    title: String,
    entries: Vec<(String, Option<String>)>,
}

impl Column {
    fn of(title: String, cell: &Figures, entry: impl Fn(&Row) -> Option<String>) -> Self {
        let entries = cell.rows.iter().map(|row| (label(row), entry(row)));
        Self {
            title,
            entries: entries.collect(),
        }
    }
}

fn table(cells: &[&Figures], entry: impl Fn(&Row) -> Option<String>) -> String {
    let columns: Vec<Column> = cells
        .iter()
        .map(|cell| Column::of(cell.shape.to_owned(), cell, &entry))
        .collect();
    render(&columns)
}

fn at_once_table(cells: &[&Figures]) -> String {
    let mut columns = Vec::new();
    for cell in cells {
        let time = |row: &Row| Some(format!("{} ({})", micros(row.nanoseconds?), ratio(row)?));
        columns.push(Column::of(cell.runtime.to_owned(), cell, time));
    }
    for cell in cells.iter().filter(|cell| cell.runtime == "1 thread") {
        columns.push(Column::of("allocations a run".to_owned(), cell, |row| {
            row.allocations.map(count)
        }));
        columns.push(Column::of(
            "bytes a run at the peak".to_owned(),
            cell,
            |row| row.peak_bytes.map(count),
        ));
    }
    render(&columns)
}

/// Contenders that no column says anything of are left out.
fn render(columns: &[Column]) -> String {
    let Some(first) = columns.first() else {
        return String::new();
    };
    let mut text = "| |".to_owned();
    for column in columns {
        let _ = write!(text, " {} |", column.title);
    }
    text += "\n| --- |";
    text += &" ---: |".repeat(columns.len());
    text.push('\n');
    let head = text.len();
    for (at, (label, _)) in first.entries.iter().enumerate() {
        let entries: Vec<Option<&String>> = columns
            .iter()
            .map(|column| column.entries[at].1.as_ref())
            .collect();
        if entries.iter().any(Option::is_some) {
            let _ = write!(text, "| {label} |");
            for entry in entries {
                let _ = write!(text, " {} |", entry.map_or("-", String::as_str));
            }
            text.push('\n');
        }
    }
    if text.len() == head {
        return String::new();
    }
    text
}

/// A crate of somebody else's stands there with its version.
fn label(row: &Row) -> String {
    match row.package {
        "orchestrated" => format!("**`{}`**", row.contender),
        "futures" | "tokio" => format!("*{}*", coded(row.contender)),
        package => {
            let how = row.contender.strip_prefix(package).unwrap_or_default();
            format!("`{package}` {}{how}", row.version.unwrap_or("?"))
        }
    }
}

/// With words of code as code.
fn coded(name: &str) -> String {
    let is_code = |word: &str| {
        word.contains('_')
            || word
                .chars()
                .skip(1)
                .any(|letter| letter.is_ascii_uppercase())
    };
    let words = name.split(' ').map(|word| {
        if is_code(word) {
            format!("`{word}`")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Why there is a dash, each reason once.
fn notes<'f>(cells: impl Iterator<Item = &'f Figures>) -> String {
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    for row in cells.flat_map(|cell| &cell.rows) {
        let Some(reason) = row.cannot else { continue };
        let whose = label(row);
        match notes.iter_mut().find(|(known, _)| known == reason) {
            Some((_, all)) if all.contains(&whose) => {}
            Some((_, all)) => all.push(whose),
            None => notes.push((reason.to_owned(), vec![whose])),
        }
    }
    let mut text = String::new();
    for (reason, whose) in notes {
        let _ = write!(text, "\n`-` for {}: {reason}.\n", whose.join(", "));
    }
    text
}

fn ratio(row: &Row) -> Option<String> {
    let ratio = row.ratio?;
    Some(if ratio < 10.0 {
        format!("{ratio:.2}")
    } else {
        format!("{ratio:.0}")
    })
}

fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1e3;
    match micros {
        ..10.0 => format!("{micros:.2}"),
        10.0..100.0 => format!("{micros:.1}"),
        _ => format!("{micros:.0}"),
    }
}

/// A whole number with its thousands set apart.
fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{count, micros};

    #[test]
    fn numbers_are_as_exact_as_they_are_worth() {
        assert_eq!(micros(421.0), "0.42");
        assert_eq!(micros(12_345.0), "12.3");
        assert_eq!(micros(1_234_567.0), "1235");
        assert_eq!(count(0.2), "0");
        assert_eq!(count(999.0), "999");
        assert_eq!(count(1_234_567.0), "1,234,567");
    }
}
