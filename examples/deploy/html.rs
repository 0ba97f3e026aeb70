//! The tags of a page, as far as they have to be told apart: no tree is built.

use std::ops::Range;

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'h> {
    /// Its name, in lower case.
    pub(crate) name: String,
    /// Whether it ends an element.
    pub(crate) closing: bool,
    /// Whether nothing can stand in it: `<br>`, and in drawings `<path/>`.
    pub(crate) empty: bool,
    /// Names in lower case, and values as they are written.
    pub(crate) attributes: Vec<(String, &'h str)>,
    /// The line that it begins on, from 1.
    pub(crate) line: usize,
    /// Where it stands in the text.
    pub(crate) at: Range<usize>,
}

/// Elements that never hold anything.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements whose text is no markup.
const RAW: [&str; 2] = ["script", "style"];

impl<'h> Tag<'h> {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'h str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| *value)
    }

    /// Whether it begins an element of this name.
    pub(crate) fn opens(&self, name: &str) -> bool {
        !self.closing && self.name == name
    }
}

/// All tags of a page, in order. Comments and declarations are passed by; a `<` that begins no tag is text.
pub(crate) fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags: Vec<Tag<'_>> = Vec::new();
    let (mut at, mut line, mut counted) = (0, 1, 0);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        if text[start..].starts_with("<!--") {
            at = after(text, start, "-->");
            continue;
        }
        if text[start..].starts_with("<!") {
            at = after(text, start, ">");
            continue;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        let Some(tag) = tag(text, start, line) else {
            at = start + 1;
            continue;
        };
        at = tag.at.end;
        if !tag.closing && RAW.contains(&tag.name.as_str()) {
            let end = format!("</{}", tag.name);
            at = text[at..].find(&end).map_or(text.len(), |found| at + found);
        }
        tags.push(tag);
    }
    tags
}

/// The text between two places, without tags and with single blanks.
pub(crate) fn plain(text: &str, within: Range<usize>) -> String {
    let mut plain = String::new();
    let mut at = within.start;
    for tag in tags(&text[within.clone()]) {
        plain.push_str(&text[at..within.start + tag.at.start]);
        at = within.start + tag.at.end;
    }
    plain.push_str(&text[at..within.end]);
    let words: Vec<&str> = plain.split_whitespace().collect();
    unescaped(&words.join(" "))
}

/// A text as it stands in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    ESCAPES
        .iter()
        .fold(text.to_owned(), |text, (mark, escape)| {
            text.replace(mark, escape)
        })
}

/// The text that an attribute says.
pub(crate) fn unescaped(text: &str) -> String {
    // The ampersand last: `&amp;lt;` is `&lt;`.
    ESCAPES
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (mark, escape)| {
            text.replace(escape, mark)
        })
}

const ESCAPES: [(&str, &str); 4] = [
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\"", "&quot;"),
];

/// The place behind the next `end`, or the end of the text.
fn after(text: &str, from: usize, end: &str) -> usize {
    let found = text[from..].find(end);
    found.map_or(text.len(), |found| from + found + end.len())
}

/// The tag that begins here, if one does.
fn tag(text: &str, start: usize, line: usize) -> Option<Tag<'_>> {
    let inside = text[start + 1..].strip_prefix('/');
    let closing = inside.is_some();
    let name_at = start + 1 + usize::from(closing);
    let rest = &text[name_at..];
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(rest.len());
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let name = rest[..length].to_ascii_lowercase();
    let (attributes, end) = attributes(text, name_at + length);
    let slashed = text[..end].ends_with("/>");
    Some(Tag {
        empty: slashed || VOID.contains(&name.as_str()),
        name,
        closing,
        attributes,
        line,
        at: start..end,
    })
}

/// The attributes from here on, and the place behind the tag.
fn attributes(text: &str, mut at: usize) -> (Vec<(String, &str)>, usize) {
    let mut attributes = Vec::new();
    loop {
        let rest = text[at..].trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        at = text.len() - rest.len();
        if rest.is_empty() {
            return (attributes, at);
        }
        if rest.starts_with('>') {
            return (attributes, at + 1);
        }
        // Whatever it begins with is a part of the name.
        let mut others = rest.char_indices().skip(1);
        let length = others
            .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(rest.len(), |(end, _)| end);
        let name = rest[..length].to_ascii_lowercase();
        at += name.len();
        let rest = text[at..].trim_start();
        let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
            attributes.push((name, ""));
            continue;
        };
        at = text.len() - rest.len();
        let (value, end) = value(rest);
        attributes.push((name, value));
        at += end;
    }
}

/// The value that a text begins with, and how much of the text it takes.
fn value(text: &str) -> (&str, usize) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let value = &text[1..];
        return match value.find(quote) {
            Some(end) => (&value[..end], end + 2),
            None => (value, text.len()),
        };
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    (&text[..end], end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_tags_apart() {
        let text = "<!doctype html>\n<!-- <b> -->\n<P CLASS='a b' hidden>1 < 2\n<img src=x.png/><br></P><script>if (a<b) {}</script>";
        let tags = tags(text);
        let told: Vec<_> = tags
            .iter()
            .map(|tag| (&*tag.name, tag.closing, tag.empty, tag.line))
            .collect();
        assert_eq!(
            told,
            [
                ("p", false, false, 3),
                ("img", false, true, 4),
                ("br", false, true, 4),
                ("p", true, false, 4),
                ("script", false, false, 4),
                ("script", true, false, 4),
            ]
        );
        assert_eq!(tags[0].attribute("class"), Some("a b"));
        assert_eq!(tags[0].attribute("hidden"), Some(""));
        assert_eq!(&text[tags[3].at.clone()], "</P>");
    }

    #[test]
    fn what_is_cut_off_ends_with_the_text() {
        for text in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"x",
            "<!--",
            "<a =",
            "<a é=1",
            "</",
            "<a \"é",
        ] {
            let tags = tags(text);
            assert!(tags.iter().all(|tag| tag.at.end <= text.len()), "{text}");
        }
    }

    #[test]
    fn reads_a_text_through_its_tags() {
        let text = "<p>Fish\n  &amp; <b>chips</b></p>";
        assert_eq!(plain(text, 3..text.len() - 4), "Fish & chips");
        assert_eq!(
            unescaped(&escaped("a \"b\" & &lt; <c>")),
            "a \"b\" & &lt; <c>"
        );
    }
}
