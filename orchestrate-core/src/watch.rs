//! What a run keeps only because somebody asked for it: spans for who listens, a deadline, turns under a limit, a way to
//! cancel it. Without any of it there is nothing to keep, and nothing is allocated.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use crate::{
    CancelToken, Workflow,
    launcher::{Part, Scope},
    observe::Teller,
    planned::Planned,
    policy::turns::Turns,
    spans::Spans,
};

/// Shared by the future of a run, which polls it, and the run itself, which knows its steps.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) spans: Option<Spans>,
    /// What it tells those who listen.
    pub(crate) teller: Option<Arc<Teller>>,
    /// How long the run may take.
    pub(crate) limit: Option<Duration>,
    /// The moment at which it will have taken that long, from its first poll on.
    pub(crate) ends: OnceLock<Instant>,
    /// The deadline of the run of which it is a part.
    outer: Option<Instant>,
    /// The turns of its steps, where an orchestrator limits how many run at once.
    pub(crate) turns: Option<Turns>,
    /// By which it is cancelled from inside, once a step has asked for it.
    pub(crate) token: OnceLock<CancelToken>,
    /// Why it must end, once that is so and it has something to undo first.
    pub(crate) interrupt: OnceLock<Interrupt>,
}

/// Why a run ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    TimedOut(Duration),
    Cancelled,
}

/// What a workflow makes its runs keep.
#[derive(Clone, Copy, Debug)]
struct Wants<'o> {
    plan: Planned<'o>,
    limit: Option<Duration>,
    /// It can be cancelled from inside, or has something to undo.
    cancel: bool,
}

impl Watch {
    /// None where there is nothing to watch.
    #[inline]
    pub(crate) fn over<W: Workflow>(plan: Planned<'_>, scope: &Scope<'_>) -> Option<Arc<Self>> {
        let wants = Wants {
            plan,
            limit: W::__DEADLINE,
            cancel: W::__CONTEXT || W::__UNDOES,
        };
        Self::of(Spans::of(plan), wants, scope)
    }

    #[inline]
    fn of(spans: Option<Spans>, wants: Wants<'_>, scope: &Scope<'_>) -> Option<Arc<Self>> {
        let nothing = spans.is_none()
            && wants.limit.is_none()
            && !wants.cancel
            && scope.orchestrator.is_plain()
            && scope.part.deadline().is_none();
        if nothing {
            return None;
        }
        Some(Self::open(spans, wants, scope))
    }

    #[cold]
    fn open(spans: Option<Spans>, wants: Wants<'_>, scope: &Scope<'_>) -> Arc<Self> {
        let (of_all, turns) = match scope.part {
            Part::Whole => (scope.orchestrator.time_limit(), true),
            // It runs in the turn of its step.
            Part::Step { .. } => (None, false),
            Part::Flow { turns, .. } => (None, turns),
        };
        let limit = match (of_all, wants.limit) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let turns = scope.orchestrator.limiter().filter(|_| turns);
        let orchestrator = scope.orchestrator;
        let teller = orchestrator
            .listeners()
            .map(|listeners| {
                Teller::new(
                    listeners,
                    orchestrator.state(),
                    wants.plan.into(),
                    scope.part.within(),
                )
            })
            .map(Arc::new);
        Arc::new(Self {
            spans,
            teller,
            limit,
            ends: OnceLock::new(),
            outer: scope.part.deadline(),
            turns: turns.map(|limiter| Turns::new(limiter, wants.plan.get())),
            token: OnceLock::new(),
            interrupt: OnceLock::new(),
        })
    }

    /// Whether it has been cancelled from inside.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.token.get().is_some_and(CancelToken::is_cancelled)
    }

    /// The moment at which the run will have taken too long.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match (self.ends.get().copied(), self.outer) {
            (Some(own), Some(outer)) => Some(own.min(outer)),
            (own, outer) => own.or(outer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Orchestrator, testing::Script};

    #[test]
    fn nothing_is_kept_that_nobody_asked_for() {
        let wants = Wants {
            plan: Planned::Constant(Script::PLAN),
            limit: None,
            cancel: false,
        };
        let plain = Orchestrator::new();
        let second = Duration::from_secs(1);
        let limited = Orchestrator::new().deadline(second);
        let scope = |orchestrator, part| Scope { orchestrator, part };
        let whole = |orchestrator| scope(orchestrator, Part::Whole);
        assert!(Watch::of(None, wants, &whole(&plain)).is_none());
        let watch = Watch::of(None, wants, &whole(&limited)).unwrap();
        assert_eq!((watch.limit, watch.deadline()), (Some(second), None));
        // A part of a run has the deadline of that, and not one more of its orchestrator.
        let now = Instant::now();
        let part = Part::Step {
            deadline: Some(now),
            within: None,
        };
        let watch = Watch::of(None, wants, &scope(&limited, part)).unwrap();
        assert_eq!((watch.limit, watch.deadline()), (None, Some(now)));
        // The shorter of two.
        let own = Wants {
            limit: Some(second / 2),
            ..wants
        };
        let watch = Watch::of(None, own, &whole(&limited)).unwrap();
        assert_eq!(watch.limit, Some(second / 2));
        let wants = Wants {
            cancel: true,
            ..wants
        };
        assert!(Watch::of(None, wants, &whole(&plain)).is_some());
    }
}
