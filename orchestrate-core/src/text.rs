//! Text for charts and summaries: how wide it is, how it is cut, and times made to be glanced at.

use std::{borrow::Cow, fmt, time::Duration};

/// A time in at most three digits and a unit, or two units: `0s`, `1.25ms`, `83ms`, `1.8s`, `4m 10s`, `2h 5m`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glance(pub(crate) Duration);

const NANOS: [(u128, &str); 4] = [
    (1, "ns"),
    (1_000, "µs"),
    (1_000_000, "ms"),
    (1_000_000_000, "s"),
];

impl fmt::Display for Glance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&glance(self.0))
    }
}

fn glance(time: Duration) -> String {
    let nanos = time.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    for (unit, name) in NANOS {
        // In hundredths, tenths, or whole units: whichever three digits can tell.
        for (parts, decimals) in [(100, 2), (10, 1), (1, 0)] {
            let count = (nanos * parts + unit / 2) / unit;
            let limit = if name == "s" && decimals == 0 {
                60
            } else {
                1000
            };
            if count < limit && (parts == 1 || unit > 1) && !(name == "s" && count >= 60 * parts) {
                return format!("{}{name}", decimal(count, parts, decimals));
            }
        }
    }
    let seconds = nanos.saturating_add(NANOS[3].0 / 2) / NANOS[3].0;
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let units = [(days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s")];
    let mut shown = units.iter().skip_while(|(count, _)| *count == 0);
    let two = shown.by_ref().take(2).filter(|(count, _)| *count > 0);
    let two: Vec<String> = two.map(|(count, unit)| format!("{count}{unit}")).collect();
    two.join(" ")
}

fn decimal(count: u128, parts: u128, decimals: usize) -> String {
    let (whole, rest) = (count / parts, count % parts);
    if rest == 0 {
        return whole.to_string();
    }
    let rest = format!("{rest:0decimals$}");
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

/// A time in at most two units: `8ms`, `1.2s`, `42s`, `3m 05s`, `2h 05m`, `3d 04h`. What is less is left out.
///
/// Of a time that goes on while one looks: its last digit changes once a second at most, where a [`Glance`] shows three.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brief(pub(crate) Duration);

impl fmt::Display for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        let text = match seconds {
            0 => format!("{millis}ms"),
            1..10 => format!("{seconds}.{}s", millis / 100),
            10..60 => format!("{seconds}s"),
            60..3600 => format!("{minutes}m {:02}s", seconds % 60),
            3600..86_400 => format!("{hours}h {:02}m", minutes % 60),
            _ => format!("{}d {:02}h", hours / 24, hours % 24),
        };
        f.pad(&text)
    }
}

/// A text as one line that cannot draw on a terminal: it may come from outside, and hold anything.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns
    };
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| if harmful(c) { ' ' } else { c });
    let shown: String = shown.collect();
    Cow::Owned(shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// How many columns a terminal gives to a text.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text in at most so many columns. What is cut off shows as `…`.
pub(crate) fn cut(text: &str, at_most: usize) -> Cow<'_, str> {
    if width(text) <= at_most {
        return Cow::Borrowed(text);
    }
    let Some(mut left) = at_most.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let fits = text
        .char_indices()
        .find(|(_, c)| match left.checked_sub(columns(*c)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
    let end = fits.map_or(text.len(), |(end, _)| end);
    Cow::Owned(format!("{}…", &text[..end]))
}

/// How many columns a terminal gives to a letter.
fn columns(c: char) -> usize {
    match u32::from(c) {
        // Accents that stand on the letter before, and what joins letters.
        0x0300..=0x036f
        | 0x0483..=0x0489
        | 0x0591..=0x05bd
        | 0x064b..=0x065f
        | 0x1ab0..=0x1ace
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200d
        | 0x20d0..=0x20f0
        | 0x302a..=0x302d
        | 0x3099..=0x309a
        | 0x3164
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f => 0,
        // Han, kana, hangul and their full-width like; emoji.
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0x3247
        | 0x3250..=0x4dbf
        | 0x4e00..=0xa4c6
        | 0xa960..=0xa97c
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6b
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_at_a_glance() {
        let check = |nanos: u64, expected: &str| {
            assert_eq!(Glance(Duration::from_nanos(nanos)).to_string(), expected);
        };
        check(0, "0s");
        check(7, "7ns");
        check(999, "999ns");
        check(1_000, "1µs");
        check(1_254, "1.25µs");
        check(12_340, "12.3µs");
        check(999_499, "999µs");
        check(999_501, "1ms");
        check(83_000_000, "83ms");
        check(1_800_000_000, "1.8s");
        check(9_999_000_000, "10s");
        check(12_345_000_000, "12.3s");
        check(59_940_000_000, "59.9s");
        check(59_960_000_000, "1m");
        check(250_000_000_000, "4m 10s");
        check(3_600_000_000_000, "1h");
        check(3_605_000_000_000, "1h");
        check(7_500_000_000_000, "2h 5m");
        check(u64::MAX, "213503d 23h");
        assert_eq!(
            format!("[{:>6}]", Glance(Duration::from_millis(83))),
            "[  83ms]"
        );
        assert!(!Glance(Duration::MAX).to_string().is_empty());
    }

    #[test]
    fn a_text_is_cut_to_columns() {
        assert_eq!(cut("review", 6), "review");
        assert_eq!(cut("reviewer", 6), "revie…");
        assert_eq!(cut("審査する", 6), "審査…");
        assert_eq!(cut("審査する", 8), "審査する");
        assert_eq!([cut("ab", 1), cut("ab", 0)], ["…", ""]);
        assert_eq!(width("é"), 1);
        assert_eq!(width("e\u{301}"), 1);
    }

    #[test]
    fn nothing_draws_on_a_terminal() {
        assert_eq!(printable("plain"), "plain");
        assert_eq!(printable("a\u{1b}[31m b\nc\u{202e}d"), "a [31m b c d");
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn letters_are_as_wide_as_unicode_says() {
        // Those that names are made of: what begins an identifier, in the scripts with wide letters and in the common ones.
        let letters = ('\u{20}'..='\u{7e}').chain('\u{a1}'..='\u{24f}');
        let wide = ('\u{2e80}'..='\u{a4c6}')
            .chain('\u{a960}'..='\u{a97c}')
            .chain('\u{ac00}'..='\u{d7a3}')
            .chain('\u{f900}'..='\u{faff}')
            .chain('\u{ff01}'..='\u{ff60}');
        let letters = letters.chain(wide).filter(|c| c.is_alphanumeric());
        for letter in letters {
            let expected = unicode_width::UnicodeWidthChar::width(letter);
            assert_eq!(
                Some(columns(letter)),
                expected,
                "{letter} {:x}",
                u32::from(letter)
            );
        }
    }

    #[test]
    fn times_are_brief() {
        let check = |millis: u64, expected: &str| {
            assert_eq!(Brief(Duration::from_millis(millis)).to_string(), expected);
        };
        check(0, "0ms");
        check(999, "999ms");
        check(1_000, "1.0s");
        check(9_999, "9.9s");
        check(10_000, "10s");
        check(59_999, "59s");
        check(185_000, "3m 05s");
        check(7_500_000, "2h 05m");
        check(100 * 3_600_000, "4d 04h");
        assert_eq!(format!("{:>6}|", Brief(Duration::from_secs(1))), "  1.0s|");
    }
}
