//! What the syntax tree of a source leaves out: its comments, and which of its lines hold code.

use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};

/// The words that leave something open.
const MARKERS: [&str; 3] = ["TODO", "FIXME", "HACK"];

/// A comment that leaves something open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The line that it is on, from 1.
    pub(crate) line: usize,
    /// The text from the marker to the end of its line.
    pub(crate) text: String,
}

/// Where the tokens of a source are. Everything between them is comment or space.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    text: &'a str,
    /// The bytes of each token, in order; doc comments are left out, as they are comments to a reader.
    tokens: Vec<Range<usize>>,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl<'a> Layout<'a> {
    /// Lays `text` out by its `tokens`, whose spans count from byte `offset` of it.
    pub(crate) fn new(text: &'a str, tokens: TokenStream, offset: usize) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut layout = Self {
            text,
            tokens: Vec::new(),
            starts,
        };
        layout.collect(tokens, offset);
        layout
    }

    fn collect(&mut self, tokens: TokenStream, offset: usize) {
        for token in tokens {
            let range = shifted(&token.span().byte_range(), offset);
            let written = &self.text[range.clone()];
            // A doc comment is a whole attribute to the parser, and a comment to us.
            if written.starts_with("//") || written.starts_with("/*") {
                continue;
            }
            match token {
                TokenTree::Group(group) => {
                    self.push(shifted(&group.span_open().byte_range(), offset));
                    self.collect(group.stream(), offset);
                    self.push(shifted(&group.span_close().byte_range(), offset));
                }
                _ => self.push(range),
            }
        }
    }

    fn push(&mut self, range: Range<usize>) {
        // A group may have no delimiters.
        if !range.is_empty() {
            self.tokens.push(range);
        }
    }

    /// The line of a byte, from 1.
    fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    /// How many of the lines `from..=to` hold code, and not only comments or space.
    pub(crate) fn lines_of_code(&self, from: usize, to: usize) -> usize {
        let first = self
            .tokens
            .partition_point(|token| self.line(token.start) < from);
        let mut last = 0;
        let mut count = 0;
        for token in &self.tokens[first..] {
            let start = self.line(token.start).max(last + 1);
            let end = self.line(token.end - 1).min(to);
            if start > to {
                break;
            }
            if end >= start {
                count += end - start + 1;
                last = end;
            }
        }
        count
    }

    /// Every comment that leaves something open.
    pub(crate) fn markers(&self) -> Vec<Marker> {
        let mut found = Vec::new();
        let mut end = 0;
        let whole = self.text.len()..self.text.len();
        for token in self.tokens.iter().chain([&whole]) {
            let mut at = end;
            for line in self.text[end..token.start].split_inclusive('\n') {
                if let Some(text) = marker(line) {
                    let line = self.line(at);
                    found.push(Marker { line, text });
                }
                at += line.len();
            }
            end = token.end;
        }
        found
    }
}

fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// The text of a line of a comment from its first marker on. A marker is a whole word in capitals.
fn marker(line: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '`';
    let starts = MARKERS.iter().flat_map(|word| line.match_indices(word));
    let at = starts
        .filter(|(at, word)| {
            !line[..*at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word)
        })
        .map(|(at, _)| at)
        .min()?;
    let text = line[at..].trim().trim_end_matches("*/").trim_end();
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout<'_> {
        Layout::new(text, text.parse().unwrap(), 0)
    }

    #[test]
    fn finds_markers_in_comments_only() {
        let text = r#"
// TODO: é first
/// Docs. FIXME(#7) second
fn todo() -> &'static str {
    "// TODO: a string" // not a TODOS, nor `TODO`
    /* HACK
       TODO third */
}
// HACK at the end"#;
        let markers: Vec<_> = layout(text)
            .markers()
            .into_iter()
            .map(|marker| (marker.line, marker.text))
            .collect();
        let expected = [
            (2, "TODO: é first"),
            (3, "FIXME(#7) second"),
            (6, "HACK"),
            (7, "TODO third"),
            (9, "HACK at the end"),
        ];
        assert_eq!(
            markers,
            expected.map(|(line, text)| (line, text.to_owned()))
        );
    }

    #[test]
    fn counts_lines_of_code() {
        let text = "fn a() {\n    // one\n\n    let text = \"x\n\n    y\";\n    /* two */ b();\n}\nfn c() {}\n";
        let layout = layout(text);
        assert_eq!(layout.lines_of_code(1, 8), 6);
        assert_eq!(layout.lines_of_code(2, 3), 0);
        assert_eq!(layout.lines_of_code(9, 9), 1);
        assert_eq!(layout.lines_of_code(1, 99), 7);
    }
}
