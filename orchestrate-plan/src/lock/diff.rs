//! The lines that are different.

use core::fmt::Write as _;

/// Lines around what is different.
const AROUND: usize = 2;

/// Beyond so many pairs of lines, all that lies between the first and the last difference is shown.
const PAIRS: usize = 4_000_000;

pub(super) fn diff(before: &str, now: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), now.lines().collect());
    let marked = marked(&old, &new);
    let is_near = |at: usize| {
        let near = at.saturating_sub(AROUND)..(at + AROUND + 1).min(marked.len());
        marked[near].iter().any(|(mark, _)| *mark != ' ')
    };
    let (mut text, mut is_gap) = (String::new(), false);
    for (at, (mark, line)) in marked.iter().enumerate() {
        if is_near(at) {
            if is_gap && !text.is_empty() {
                text.push_str("  ..\n");
            }
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", format!("{mark} {line}").trim_end());
        }
        is_gap = !is_near(at);
    }
    text.trim_end().trim_start_matches('\n').to_owned()
}

/// All lines, with what became of each. Lines that both have in the same order are kept: a longest
/// common subsequence (R. A. Wagner, M. J. Fischer, "The String-to-String Correction Problem",
/// Journal of the ACM 21, 1974).
fn marked<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(char, &'t str)> {
    let same = |pairs: &mut dyn Iterator<Item = (&&'t str, &&'t str)>| {
        pairs.take_while(|(old, new)| old == new).count()
    };
    let first = same(&mut old.iter().zip(new));
    let last = same(&mut old[first..].iter().rev().zip(new[first..].iter().rev()));
    let (head, tail) = (&old[..first], &old[old.len() - last..]);
    let (old, new) = (&old[first..old.len() - last], &new[first..new.len() - last]);
    let mut lines: Vec<(char, &str)> = head.iter().map(|&line| (' ', line)).collect();
    if old.len().saturating_mul(new.len()) > PAIRS {
        lines.extend(old.iter().map(|&line| ('-', line)));
        lines.extend(new.iter().map(|&line| ('+', line)));
    } else {
        middle(old, new, &mut lines);
    }
    lines.extend(tail.iter().map(|&line| (' ', line)));
    lines
}

fn middle<'t>(old: &[&'t str], new: &[&'t str], lines: &mut Vec<(char, &'t str)>) {
    // `length[i][j]`: of the longest common subsequence of what comes from `i` and from `j` on.
    let mut length = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i][j] = if old[i] == new[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && length[i + 1][j] >= length[i][j + 1]) {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
}
