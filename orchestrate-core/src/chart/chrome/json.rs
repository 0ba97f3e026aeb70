//! Texts in JSON.

use std::fmt::{self, Write as _};

/// A text as a string of JSON, in its quotes.
pub(super) struct Text<'t>(pub(super) &'t str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' | '\\' => write!(f, "\\{letter}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                control if u32::from(control) < 0x20 => write!(f, "\\u{:04x}", u32::from(control))?,
                // Ends a line in JavaScript, as which some read it.
                '\u{2028}' => f.write_str("\\u2028")?,
                '\u{2029}' => f.write_str("\\u2029")?,
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}
