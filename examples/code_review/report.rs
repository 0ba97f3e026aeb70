//! The review as a page of Markdown.

use std::fmt::{self, Write};

use crate::{
    checks::{Check, Verdict},
    findings::{FileFindings, Finding, Found},
    practices::Topic,
    reviewer::{Edit, Recommendation, Review},
    sources::Sources,
    text::{count, thousands},
};

/// How many suggested edits of one recommendation are shown.
const EDITS_SHOWN: usize = 20;

/// The whole report.
pub(crate) fn markdown(
    sources: &Sources,
    review: &Review,
    syntax: &Check,
    format: &Check,
) -> String {
    let mut page = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut page, sources, review, syntax, format);
    page
}

fn write_page(
    page: &mut String,
    sources: &Sources,
    review: &Review,
    syntax: &Check,
    format: &Check,
) -> fmt::Result {
    writeln!(page, "# Code review of `{}`\n", sources.folder.display())?;
    let findings: usize = review.files.iter().map(|file| file.findings.len()).sum();
    writeln!(
        page,
        "{} with {}, reviewed by {}: {}.\n",
        count(sources.files.len(), "file", "files"),
        count(sources.lines(), "line", "lines"),
        review.reviewer,
        count(findings, "finding", "findings"),
    )?;
    write_summary(page, review)?;
    write_checks(page, syntax, format)?;
    write_recommendations(page, review)?;
    write_findings(page, review)
}

fn write_summary(page: &mut String, review: &Review) -> fmt::Result {
    writeln!(page, "## Summary\n")?;
    writeln!(page, "| Topic | Findings | Files | Suggested edits |")?;
    writeln!(page, "| --- | ---: | ---: | ---: |")?;
    for topic in Topic::ALL {
        let found = review.recommendations.iter().find(|one| one.topic == topic);
        let (places, files, edits) =
            found.map_or((0, 0, 0), |one| (one.places, one.files, one.edits.len()));
        let [places, files, edits] = [places, files, edits].map(|n| thousands(n as u64));
        writeln!(page, "| {topic} | {places} | {files} | {edits} |")?;
    }
    writeln!(page)
}

fn write_checks(page: &mut String, syntax: &Check, format: &Check) -> fmt::Result {
    writeln!(page, "## Checks\n")?;
    writeln!(
        page,
        "| Check | Tool | Sources | With the suggested edits |"
    )?;
    writeln!(page, "| --- | --- | --- | --- |")?;
    for (name, check) in [("Syntax", syntax), ("Formatting", format)] {
        let sources = verdict(&check.sources);
        let edited = verdict(&check.edited);
        writeln!(page, "| {name} | {} | {sources} | {edited} |", check.tool)?;
    }
    writeln!(page)?;
    let mut any = false;
    for (verdict, note) in [
        (&syntax.sources, ""),
        (&syntax.edited, " (with the suggested edits)"),
        (&format.sources, ""),
        (&format.edited, " (with the suggested edits)"),
    ] {
        for problem in &verdict.problems {
            let place = place(&problem.path, problem.line);
            writeln!(page, "- {place}{note}: {}", problem.reason)?;
            any = true;
        }
    }
    if any { writeln!(page) } else { Ok(()) }
}

fn verdict(verdict: &Verdict) -> String {
    let files = count(verdict.files, "file", "files");
    match (verdict.files, verdict.problems.len()) {
        (0, _) => "nothing to check".to_owned(),
        (_, 0) => format!("passed: {files}"),
        (_, bad) => format!("**{}** of {files} did not pass", thousands(bad as u64)),
    }
}

fn write_recommendations(page: &mut String, review: &Review) -> fmt::Result {
    writeln!(page, "## Recommendations\n")?;
    if review.recommendations.is_empty() {
        writeln!(
            page,
            "None: nothing was found that the practices speak of.\n"
        )?;
    }
    for (index, one) in review.recommendations.iter().enumerate() {
        write_recommendation(page, index + 1, one, &review.files)?;
    }
    Ok(())
}

fn write_recommendation(
    page: &mut String,
    number: usize,
    one: &Recommendation,
    files: &[FileFindings],
) -> fmt::Result {
    writeln!(page, "### {number}. {}\n", one.practice.title)?;
    writeln!(page, "{}\n", one.advice)?;
    writeln!(
        page,
        "> {} ([more]({}))\n",
        one.practice.why, one.practice.see
    )?;
    if one.edits.is_empty() {
        return Ok(());
    }
    writeln!(page, "Suggested edits:\n")?;
    for edit in one.edits.iter().take(EDITS_SHOWN) {
        let text = files.iter().find(|file| file.path == edit.path);
        let (before, after) = text.map_or_else(Default::default, |file| lines(&file.text, edit));
        writeln!(page, "{}\n\n```diff", place(&edit.path, edit.line))?;
        for line in before.lines() {
            writeln!(page, "-{line}")?;
        }
        for line in after.lines() {
            writeln!(page, "+{line}")?;
        }
        writeln!(page, "```\n")?;
    }
    if let Some(more @ 1..) = one.edits.len().checked_sub(EDITS_SHOWN) {
        writeln!(page, "And {} like these.\n", thousands(more as u64))?;
    }
    Ok(())
}

/// The whole lines that an edit touches, before and after it.
fn lines(text: &str, edit: &Edit) -> (String, String) {
    let range = &edit.range;
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at);
    let head = &text[start..range.start];
    let tail = &text[range.end..end];
    (
        text[start..end].to_owned(),
        format!("{head}{}{tail}", edit.text),
    )
}

fn write_findings(page: &mut String, review: &Review) -> fmt::Result {
    writeln!(page, "## Findings by file")?;
    for file in &review.files {
        if file.findings.is_empty() {
            continue;
        }
        writeln!(page, "\n### `{}`\n", file.path.display())?;
        for finding in &file.findings {
            let what = describe(finding, &file.text);
            writeln!(page, "- line {}: {what}", finding.line)?;
        }
    }
    let clean = review.files.iter().filter(|file| file.findings.is_empty());
    let clean = count(clean.count(), "file", "files");
    writeln!(page, "\nWithout a finding: {clean}.")
}

fn describe(finding: &Finding, text: &str) -> String {
    match &finding.what {
        Found::Unwrap { .. } => {
            let code = text.lines().nth(finding.line - 1).unwrap_or_default();
            format!("unwraps: {}", quoted(code))
        }
        Found::OwnedParameter { given, better } => {
            format!("a parameter is `{given}`, where `{better}` would do")
        }
        Found::LongFunction { name, lines } => {
            let lines = count(*lines, "line", "lines");
            format!("function `{name}` has {lines} of code")
        }
        Found::MissingDocs { item } => format!("{item} has no docs"),
        Found::Marker { text } => quoted(text),
    }
}

/// Words or code of others, cut to fit on a line, without marks that would end the quotation.
fn quoted(text: &str) -> String {
    let text = text.trim().replace('`', "'");
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn place(path: &std::path::Path, line: usize) -> String {
    format!("`{}:{line}`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_whole_lines_that_an_edit_touches() {
        let text = "fn a() {\n    let x = b()\n        .unwrap();\n}\n";
        let at = text.find("\n        .unwrap()").unwrap();
        let edit = Edit {
            path: "a.rs".into(),
            line: 2,
            range: at..at + "\n        .unwrap()".len(),
            text: "?".to_owned(),
        };
        let (before, after) = lines(text, &edit);
        assert_eq!(before, "    let x = b()\n        .unwrap();");
        assert_eq!(after, "    let x = b()?;");
    }

    #[test]
    fn a_check_of_nothing_did_not_pass() {
        assert_eq!(verdict(&Verdict::default()), "nothing to check");
    }
}
