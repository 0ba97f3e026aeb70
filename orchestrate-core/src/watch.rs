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
        Self::of(Spans::of(plan), limit, deadline)
    }

    #[inline]
    fn of(
        spans: Option<Spans>,
        limit: Option<Duration>,
        deadline: Option<Instant>,
    ) -> Option<Arc<Self>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_that_nobody_asked_for() {
        assert!(Watch::of(None, None, None).is_none());
        let second = Duration::from_secs(1);
        let limited = Watch::of(None, Some(second), None).unwrap();
        assert_eq!(
            (limited.limit, limited.deadline.get()),
            (Some(second), None)
        );
        let now = Instant::now();
        let part = Watch::of(None, None, Some(now)).unwrap();
        assert_eq!((part.limit, part.deadline.get()), (None, Some(&now)));
    }
}
