//! Inside of which layers an expression is made.

use super::list::all;
use crate::syntax::{Expression, Options};

/// Whether an expression is made for each item, and whether it is made in each round of `repeat`.
pub(super) fn item_and_round(options: &Options, expression: &Expression) -> (bool, bool) {
    let all = all(options);
    let mut all = all.iter();
    let found = all.find(|(_, other, _)| std::ptr::eq(*other, expression));
    let what = found.map_or("", |(what, _, _)| what);
    let is_before_items = matches!(what, "when" | "quorum" | "concurrency");
    let is_in_a_round = matches!(
        what,
        "until" | "retry_when" | "attempts" | "backoff" | "max_backoff" | "timeout"
    );
    (!is_before_items, is_in_a_round)
}
