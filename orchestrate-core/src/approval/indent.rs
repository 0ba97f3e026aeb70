use std::fmt::{self, Write};

/// Writes lines after a margin. A line with nothing in it gets none.
pub(super) struct Indented<'w> {
    out: &'w mut dyn Write,
    margin: &'static str,
    /// Nothing of the line has been written.
    fresh: bool,
}

impl<'w> Indented<'w> {
    /// What is written begins a line.
    pub(super) fn lines(out: &'w mut dyn Write, margin: &'static str) -> Self {
        Self {
            out,
            margin,
            fresh: true,
        }
    }

    /// What is written goes on with a line that has begun; only the lines after it get the margin.
    pub(super) fn rest(out: &'w mut dyn Write, margin: &'static str) -> Self {
        Self {
            out,
            margin,
            fresh: false,
        }
    }
}

impl Write for Indented<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for line in text.split_inclusive('\n') {
            if self.fresh && line != "\n" {
                self.out.write_str(self.margin)?;
            }
            self.out.write_str(line)?;
            self.fresh = line.ends_with('\n');
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(mut by: impl FnMut(&mut String)) -> String {
        let mut text = String::new();
        by(&mut text);
        text
    }

    #[test]
    fn every_line_gets_its_margin_once() {
        let parts = ["a", "b\n", "\n", "c\nd", "", "e"];
        let lines = written(|text| {
            let mut lines = Indented::lines(text, "  ");
            parts
                .iter()
                .try_for_each(|part| lines.write_str(part))
                .unwrap();
        });
        assert_eq!(lines, "  ab\n\n  c\n  de");
        let rest = written(|text| Indented::rest(text, "  ").write_str("a\nb").unwrap());
        assert_eq!(rest, "a\n  b");
    }

    #[test]
    fn margins_add_up() {
        let nested = written(|text| {
            let mut outer = Indented::lines(text, "  ");
            outer.write_str("a\n").unwrap();
            Indented::lines(&mut outer, " ").write_str("b\nc").unwrap();
        });
        assert_eq!(nested, "  a\n   b\n   c");
    }
}
