//! Names in messages: they come from outside, and must neither draw on a terminal nor fill it.

use crate::failure::Name;

/// How many letters of a name are shown.
const NAME: usize = 80;

/// How many letters of what somebody else says.
const SAID: usize = 240;

/// The most names that a message lists.
pub(super) const LISTED: usize = 12;

/// A cycle with more names than this is not written out whole.
const LONGEST_CYCLE: usize = 16;

/// A name in backticks.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", shown(name))
}

/// A name, cut where it is long, with its control characters escaped.
pub(super) fn shown(name: &str) -> String {
    printable(name, NAME)
}

/// How a name starts: what is kept of one that is too long, so that it is [`shown`] as what was cut.
pub(super) fn start(name: &str) -> String {
    name.chars().take(NAME + 1).collect()
}

/// What somebody else says, cut where it is long.
pub(super) fn said(text: &str) -> String {
    printable(text, SAID)
}

fn printable(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}..", Name(&text[..end])),
        None => Name(text).to_string(),
    }
}

/// Names after one another, as far as a line has room for them.
pub(super) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    joined(names.map(quoted))
}

/// Parts after one another, as far as a line has room for them.
pub(super) fn joined(parts: impl ExactSizeIterator<Item = String>) -> String {
    let count = parts.len();
    let shown: Vec<_> = parts.take(LISTED).collect();
    shown.join(", ") + &and_more(count.saturating_sub(LISTED))
}

/// How many are not listed.
pub(super) fn and_more(hidden: usize) -> String {
    match hidden {
        0 => String::new(),
        hidden => format!(" and {hidden} more"),
    }
}

/// The names of a cycle, and the first one again; `what` they are names of.
pub(super) fn circle(names: &[String], what: &str) -> String {
    let quoted = |names: &[String]| -> Vec<String> { names.iter().map(|it| quoted(it)).collect() };
    let mut parts = if names.len() <= LONGEST_CYCLE {
        quoted(names)
    } else {
        let (head, others) = names.split_at(LONGEST_CYCLE - 4);
        let (hidden, tail) = others.split_at(others.len() - 2);
        let hidden = format!("({} more {what})", hidden.len());
        [quoted(head), vec![hidden], quoted(tail)].concat()
    };
    parts.extend(quoted(&names[..names.len().min(1)]));
    parts.join(" -> ")
}

/// The second half of a message about an unknown name; empty when nothing is near.
pub(super) fn did_you_mean<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.map(|near| quoted(near)).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("; did you mean {name}?"),
        [names @ .., last] => format!("; did you mean {} or {last}?", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{circle, listed, quoted, start};

    #[test]
    fn a_name_neither_draws_nor_fills() {
        assert_eq!(quoted("a\u{1b}[2J\n"), "`a\\u{1b}[2J\\n`");
        let long = "n".repeat(100);
        assert_eq!(quoted(&long), format!("`{}..`", "n".repeat(80)));
        assert_eq!(quoted(&start(&long)), quoted(&long));
    }

    #[test]
    fn long_lists_and_circles_are_cut() {
        let names: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let all = names.iter().map(String::as_str);
        assert!(listed(all).ends_with("`10`, `11` and 8 more"));
        let shown = circle(&names, "tasks");
        assert!(
            shown.ends_with("`11` -> (6 more tasks) -> `18` -> `19` -> `0`"),
            "{shown}"
        );
        assert_eq!(circle(&names[..2], "tasks"), "`0` -> `1` -> `0`");
        assert_eq!(circle(&[], "tasks"), "");
    }
}
