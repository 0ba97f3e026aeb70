//! The recorded shape: what cargo builds for the tests of this workspace.

const UNITS: &str = include_str!("../recorded/units.txt");

/// The first units, at most `most`: what each of them needs.
pub(super) fn units(most: usize) -> Vec<Vec<usize>> {
    let lines = UNITS.lines().filter(|line| !line.starts_with('#'));
    lines
        .take(most)
        .map(|line| {
            let needed = line.split_whitespace().skip(1);
            needed.filter_map(|number| number.parse().ok()).collect()
        })
        .collect()
}
