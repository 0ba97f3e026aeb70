use std::fmt::{self, Write};

/// Writes a text in one line: what breaks it, and the blanks after that, become one blank.
pub(super) fn one_line(f: &mut fmt::Formatter<'_>, text: &dyn fmt::Display) -> fmt::Result {
    write!(OneLine { f, broken: false }, "{text}")
}

/// A name in a text. One that was made up while the program ran may hold anything: it neither breaks the line nor draws on a
/// terminal.
pub(crate) struct Name<'n>(pub(crate) &'n str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            if letter.is_control() {
                write!(f, "{}", letter.escape_debug())?;
            } else {
                f.write_char(letter)?;
            }
        }
        Ok(())
    }
}

struct OneLine<'f, 'w> {
    f: &'f mut fmt::Formatter<'w>,
    /// A line has ended, and the next has not begun.
    broken: bool,
}

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (at, line) in text.split(['\n', '\r']).enumerate() {
            self.broken |= at > 0;
            let line = if self.broken { line.trim_start() } else { line };
            if line.is_empty() {
                continue;
            }
            if self.broken {
                self.f.write_char(' ')?;
                self.broken = false;
            }
            self.f.write_str(line)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown<'t>(&'t [&'t str]);
    impl fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            struct Parts<'t>(&'t [&'t str]);
            impl fmt::Display for Parts<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.iter().try_for_each(|part| f.write_str(part))
                }
            }
            one_line(f, &Parts(self.0))
        }
    }

    #[test]
    fn lines_become_one_however_they_are_written() {
        let cases: [(&[&str], &str); 7] = [
            (&[""], ""),
            (&["one  line "], "one  line "),
            (&["left\n  right"], "left right"),
            (&["left\r\n\n", "\t ", "right\n"], "left right"),
            (&["a\nb", "c\n", "d"], "a bc d"),
            (&["left", "\n", "right"], "left right"),
            (&["\nfirst"], " first"),
        ];
        for (parts, line) in cases {
            assert_eq!(Shown(parts).to_string(), line);
        }
    }
}
