//! `workflow!`: the graph is planned while this compiles, and a run is one future.
//!
//! There is nothing to put together. A run is what its users have by default: it knows its place for `tracing`, catches
//! panics, and can be cancelled.

use std::sync::LazyLock;

use orchestrated::Orchestrator;

use super::sources::{ready, yields};
use crate::{By, Contender, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "workflow!",
    package: "orchestrated",
    by: By::Us,
    steps: Steps::InPlace,
    is_send: true,
    builds: false,
    cannot: runs_all,
    measure: |bench| match bench.job.work {
        Work::Ready => ready::workflow(bench),
        Work::Yields => yields::workflow(bench),
    },
};

/// One for all runs, as a service has.
pub(super) static ORCHESTRATOR: LazyLock<Orchestrator> = LazyLock::new(Orchestrator::new);
