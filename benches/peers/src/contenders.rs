//! The contenders, one file each.

mod async_dag;
#[cfg(feature = "dagrs")]
mod dagrs;
mod dagx;
mod fn_graph;
mod futures_unordered;
mod graph_flow;
mod join_all;
mod join_set;
mod joins;
mod operese_dagx;
mod ready_steps;
mod sources;
mod task_graph;
mod workflow;

use crate::Contender;

/// All of them: ours, those by hand, and the other crates.
#[must_use]
pub fn all() -> Vec<Contender> {
    vec![
        workflow::CONTENDER,
        task_graph::CONTENDER,
        joins::LEVELS,
        joins::DATAFLOW,
        join_all::CONTENDER,
        futures_unordered::CONTENDER,
        join_set::CONTENDER,
        async_dag::CONTENDER,
        operese_dagx::IN_PLACE,
        operese_dagx::SPAWNED,
        dagx::CONTENDER,
        fn_graph::CONTENDER,
        graph_flow::CONTENDER,
        #[cfg(feature = "dagrs")]
        dagrs::CONTENDER,
    ]
}

#[cfg(test)]
mod tests;
