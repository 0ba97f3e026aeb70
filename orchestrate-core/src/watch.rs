//! What a run keeps only because somebody asked for it: spans for who listens, and a deadline. Without either there is
//! nothing to keep, and nothing is allocated.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use orchestrate_plan::Plan;

use crate::spans::Spans;

/// Shared by the future of a run, which polls it, and the run itself, which knows its steps.
#[derive(Debug)]
pub struct Watch {
    pub(crate) spans: Option<Spans>,
    /// How long the run may take.
    pub(crate) limit: Option<Duration>,
    /// The moment at which it will have taken too long: from its first poll on, or that of the run of which it is a part.
    pub(crate) deadline: OnceLock<Instant>,
}

impl Watch {
    /// None where there is nothing to watch.
    #[inline]
    pub(crate) fn over(
        plan: &'static Plan,
        limit: Option<Duration>,
        deadline: Option<Instant>,
    ) -> Option<Arc<Self>> {
        let spans = Spans::of(plan);
        if spans.is_none() && limit.is_none() && deadline.is_none() {
            return None;
        }
        Some(Self::open(spans, limit, deadline))
    }

    #[cold]
    fn open(spans: Option<Spans>, limit: Option<Duration>, deadline: Option<Instant>) -> Arc<Self> {
        let deadline = deadline.map_or_else(OnceLock::new, OnceLock::from);
        Arc::new(Self {
            spans,
            limit,
            deadline,
        })
    }
}
