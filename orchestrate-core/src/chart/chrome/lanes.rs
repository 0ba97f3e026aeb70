//! In which lane each span stands: in one lane, two of them lie one inside the other, or one after the other.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    time::Duration,
};

use super::spans::Span;

/// The lane of each, counted from 0: that of the span around it where there is room, else the first that is free. A span
/// stands in the list before those inside it. O(n log n).
pub(super) fn lanes(spans: &[Span<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    // Those around others first; the order of the list tells where times do not.
    order.sort_by_key(|&index| {
        spans
            .get(index)
            .map(|span| (span.from, Reverse(span.to), index))
    });
    let mut lanes = Lanes::default();
    let mut lane_of = vec![0; spans.len()];
    for index in order {
        let Some(span) = spans.get(index) else {
            continue;
        };
        let around = span
            .around
            .and_then(|around| Some((around, *lane_of.get(around)?)));
        let lane = lanes.place(index, span, around);
        if let Some(place) = lane_of.get_mut(index) {
            *place = lane;
        }
    }
    lane_of
}

#[derive(Default)]
struct Lanes {
    /// What has not ended in each lane, from the outside in.
    open: Vec<Vec<(usize, Duration)>>,
    /// The lanes in which nothing is open.
    free: BTreeSet<usize>,
    /// When the outermost span of each other lane ends.
    ends: BinaryHeap<Reverse<(Duration, usize)>>,
}

impl Lanes {
    fn place(&mut self, index: usize, span: &Span<'_>, around: Option<(usize, usize)>) -> usize {
        while let Some(&Reverse((end, lane))) = self.ends.peek() {
            if end > span.from {
                break;
            }
            self.ends.pop();
            self.free.insert(lane);
        }
        if let Some((around, lane)) = around
            && let Some(open) = self.open.get_mut(lane)
        {
            while open.last().is_some_and(|(_, end)| *end <= span.from) {
                open.pop();
            }
            if open
                .last()
                .is_some_and(|&(last, end)| last == around && span.to <= end)
            {
                open.push((index, span.to));
                return lane;
            }
        }
        let lane = self.free.pop_first().unwrap_or(self.open.len());
        let open = vec![(index, span.to)];
        match self.open.get_mut(lane) {
            Some(place) => *place = open,
            None => self.open.push(open),
        }
        self.ends.push(Reverse((span.to, lane)));
        lane
    }
}
