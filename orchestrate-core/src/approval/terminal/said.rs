/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'l> {
    Yes,
    /// No, with what follows as the reason.
    No(Option<&'l str>),
    Unclear,
}

impl<'l> Said<'l> {
    pub(super) fn of(line: &'l str) -> Self {
        let line = line.trim();
        let end = line.find(|c: char| !c.is_alphanumeric());
        let (word, rest) = line.split_at(end.unwrap_or(line.len()));
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ",.:;!-".contains(c));
        let is = |words: [&str; 2]| words.iter().any(|own| own.eq_ignore_ascii_case(word));
        if is(["n", "no"]) {
            return Self::No((!rest.is_empty()).then_some(rest));
        }
        // A yes with conditions is none.
        if is(["y", "yes"]) && rest.is_empty() {
            return Self::Yes;
        }
        Self::Unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_yes_a_no_or_unclear() {
        for yes in ["y", "Y", "yes", " YES \r\n", "yes."] {
            assert_eq!(Said::of(yes), Said::Yes, "{yes:?}");
        }
        for no in ["n", "N\n", " no ", "No.", "n:"] {
            assert_eq!(Said::of(no), Said::No(None), "{no:?}");
        }
        for no in ["n too early", "no, too early", "N - too early\r\n"] {
            assert_eq!(Said::of(no), Said::No(Some("too early")), "{no:?}");
        }
        let unclear = [
            "",
            "\n",
            "yep",
            "nothing",
            "y but later",
            "1",
            "ja",
            "-y",
            "y/n",
            "\u{fffd}y",
        ];
        for line in unclear {
            assert_eq!(Said::of(line), Said::Unclear, "{line:?}");
        }
    }
}
