//! Lines that stand for many.

use std::{borrow::Cow, cmp::Reverse, time::Duration};

use super::{Mark, Row};
use crate::chart::bars::{Bar, Look};

/// So many of these lines at most: those that matter, in the order in which they are given, and one for all the others.
pub(super) fn collapse(mut rows: Vec<Row<'_>>, lines: usize) -> (Vec<Row<'_>>, Option<Row<'_>>) {
    if rows.len() <= lines {
        return (rows, None);
    }
    let mut by_weight: Vec<usize> = (0..rows.len()).collect();
    by_weight.sort_by_key(|&row| Reverse(rows.get(row).map(weight)));
    let mut shown = vec![false; rows.len()];
    for &row in by_weight.iter().take(lines.saturating_sub(1)) {
        if let Some(shown) = shown.get_mut(row) {
            *shown = true;
        }
    }
    let mut shown = shown.into_iter();
    let others = rows.extract_if(.., |_| !shown.next().unwrap_or(true));
    let others: Vec<Row<'_>> = others.collect();
    (rows, together(&others))
}

/// What matters more is greater: what failed, what bounds the run, what took long.
fn weight(row: &Row<'_>) -> (bool, bool, bool, Option<Duration>) {
    let alarms = row.marks.iter().any(Mark::alarms);
    let bounds = row.marks.contains(&Mark::Bottleneck);
    (bounds, alarms, row.on_path, row.lasted)
}

fn together<'r>(others: &[Row<'r>]) -> Option<Row<'r>> {
    let first = others.first()?;
    let bars = others.iter().flat_map(|row| &row.bars);
    let from = bars.clone().map(|bar| bar.from).min();
    let to = bars.map(|bar| bar.to).max();
    let failed = others.iter().filter(|row| row.fault.is_some()).count();
    Some(Row {
        run: first.run,
        step: None,
        kind: None,
        depth: first.depth,
        batch: first.batch,
        name: Cow::Owned(format!("+ {} more", others.len())),
        bars: from
            .zip(to)
            .map(|(from, to)| Bar::new(from, to, Look::Group))
            .into_iter()
            .collect(),
        items: Vec::new(),
        point: None,
        lasted: others.iter().filter_map(|row| row.lasted).max(),
        marks: (failed > 0)
            .then_some(Mark::FailedOf(failed))
            .into_iter()
            .collect(),
        fault: None,
        undone: None,
        is_together: true,
        on_path: false,
    })
}
