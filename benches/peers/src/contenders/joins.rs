//! What one writes for one graph, with `futures::join!`: no box, no allocation, and nothing that knows of a graph.
//!
//! By level: a `join!` of each level, which waits for the slowest step of it. Dataflow: no step waits for others than those
//! that it reads; branches are blocks that are joined, and where there are no branches every step is a block that waits for the
//! `SetOnce`s of those that it reads.

use super::sources::{ready, yields};
use crate::{By, Contender, Shape, Steps, Work, contender::runs_all};

pub(crate) const LEVELS: Contender = Contender {
    name: "joins by level",
    package: "futures",
    by: By::Hand,
    steps: Steps::InPlace,
    is_send: true,
    builds: false,
    cannot: runs_all,
    measure: |bench| match bench.job.work {
        Work::Ready => ready::levels(bench),
        Work::Yields => yields::levels(bench),
    },
};

pub(crate) const DATAFLOW: Contender = Contender {
    name: "dataflow by hand",
    cannot: |known| {
        let waits = matches!(known.shape, Shape::Layered | Shape::Skewed);
        (!waits).then_some("here it is the same code as joins by level")
    },
    measure: |bench| match bench.job.work {
        Work::Ready => ready::dataflow(bench),
        Work::Yields => yields::dataflow(bench),
    },
    ..LEVELS
};
