//! From Markdown to the sentences in it.

/// The prose of a page: without code, headings, tables and marks. Every line stays on its line, so that remarks about the
/// prose name the lines of the page.
pub(crate) fn plain(page: &str) -> String {
    let mut in_code = false;
    let mut plain = String::with_capacity(page.len());
    for line in page.lines() {
        let text = line.trim_start();
        let is_fence = text.starts_with("```");
        in_code ^= is_fence;
        let is_prose = !in_code && !is_fence && !text.starts_with(['#', '|']);
        if is_prose {
            plain.push_str(&unmarked(text));
        }
        plain.push('\n');
    }
    plain
}

/// A line without list marks, emphasis, and the targets of links.
fn unmarked(line: &str) -> String {
    let line = ["- ", "* ", "> "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
        .unwrap_or(line);
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        text.push_str(&rest[..at]);
        rest = rest[at..].split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace(['`', '*', '['], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_words_on_their_lines() {
        let page = "# Title\n\n- A [link](x.md) and `code`.\n```text\nno prose\n```\n| a | b |\nThe **end**.";
        assert_eq!(plain(page), "\n\nA link and code.\n\n\n\n\nThe end.\n");
    }
}
