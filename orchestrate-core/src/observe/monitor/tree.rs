//! Which runs are parts of which: for who shows them as a tree.

use super::{Board, View};
use crate::{RunId, observe::live::Live};

/// How many runs there can be inside one another, at the most: no more than workflows nest, and the runs of `cx` in them.
const DEEPEST: usize = 16;

impl Board {
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The run of which this one is a part, through others, and the steps that lead from there to it.
    pub(crate) fn root(&self, live: &Live) -> (RunId, Vec<(RunId, usize)>) {
        let (mut run, mut path, mut within) = (live.run, Vec::new(), live.within);
        while let Some(around) = within
            && let Some(live) = self.runs.get(&around.run)
            && path.len() < DEEPEST
        {
            path.push((around.run, around.step));
            (run, within) = (live.run, live.within);
        }
        path.reverse();
        (run, path)
    }
}

impl<'b> View<'b> {
    /// The runs that are no part of another one.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &'b Live> {
        let board = self.board;
        let is_part =
            |live: &Live| matches!(live.within, Some(within) if board.run(within.run).is_some());
        board.runs().filter(move |live| !is_part(live))
    }
}
