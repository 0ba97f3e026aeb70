//! A line with styles.

use std::fmt;

use orchestrate_plan::Kind;

use super::Look;
use crate::text::width;

/// How a piece of text looks, where there is color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Dim,
    Fault,
    Undo,
    Kind(Kind),
}

/// A line, piece by piece. It never ends in spaces.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pieces: Vec<(String, Style)>,
    /// Spaces that are there if anything follows.
    spaces: usize,
}

impl Line {
    pub(super) fn of(text: &str, style: Style) -> Self {
        let mut line = Self::default();
        line.push(text, style);
        line
    }

    /// Adds spaces.
    pub(super) fn skip(&mut self, spaces: usize) {
        self.spaces += spaces;
    }

    pub(super) fn push(&mut self, text: &str, style: Style) {
        let shown = text.trim_end_matches(' ');
        let behind = text.len() - shown.len();
        if !shown.is_empty() {
            if self.spaces > 0 {
                self.append(&" ".repeat(self.spaces), Style::Plain);
                self.spaces = 0;
            }
            self.append(shown, style);
        }
        self.spaces += behind;
    }

    /// Adds a text in so many columns, and a gap.
    pub(super) fn column(&mut self, text: &str, columns: usize, style: Style) {
        self.push(text, style);
        self.skip(columns.saturating_sub(width(text)) + super::GAP);
    }

    fn append(&mut self, text: &str, style: Style) {
        match self.pieces.last_mut() {
            Some((last, same)) if *same == style => last.push_str(text),
            _ => self.pieces.push((text.to_owned(), style)),
        }
    }

    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, look: &Look) -> fmt::Result {
        for (text, style) in &self.pieces {
            let code = Some(code(*style)).filter(|code| look.color && !code.is_empty());
            if let Some(code) = code {
                write!(f, "\u{1b}[{code}m")?;
            }
            if look.ascii {
                for letter in text.chars() {
                    f.write_str(ascii(letter, &mut [0; 4]))?;
                }
            } else {
                f.write_str(text)?;
            }
            if code.is_some() {
                f.write_str("\u{1b}[0m")?;
            }
        }
        Ok(())
    }
}

fn code(style: Style) -> &'static str {
    match style {
        Style::Plain => "",
        Style::Strong => "1",
        Style::Dim => "2",
        Style::Fault => "31",
        Style::Undo => "33",
        Style::Kind(kind) => Style::of_kind(kind),
    }
}

/// What stands for a letter of a chart. Those of names stay.
fn ascii(letter: char, buffer: &mut [u8; 4]) -> &str {
    match letter {
        '█'..='▏' | '▐' | '▕' => "#",
        '░' => ".",
        '▒' => "%",
        '▓' => "=",
        '▚' | '…' => "~",
        '×' => "x",
        '·' | '─' => "-",
        '↺' => "<",
        '↻' => "@",
        '≡' => "i",
        '◆' => "*",
        '├' | '┼' => "+",
        '≤' => "<=",
        'µ' => "u",
        other => other.encode_utf8(buffer),
    }
}
