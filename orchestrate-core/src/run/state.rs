//! What a run knows of itself, whatever workflow it is of.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context as TaskContext, Poll, ready},
    time::Instant,
};

use orchestrate_plan::Plan;

use super::RunId;
use crate::{
    CancelToken, Orchestrator, Within,
    cancel::CancelSource,
    launcher::{Flow, Part, Scope},
    observe::Teller,
    place::Place,
    planned::Planned,
    spans::Spans,
    stop::Stop,
    watch::Watch,
};

/// What a run knows of itself, whatever workflow it is of.
#[derive(Debug)]
pub(crate) struct RunState<'o> {
    /// The run's part of a [`Place`].
    pub(super) base: Place,
    pub(super) plan: Planned<'o>,
    pub(super) orchestrator: &'o Orchestrator,
    pub(super) watch: Option<Arc<Watch>>,
    pub(super) stop: Stop<'o>,
    /// Whether it is a part of nothing.
    pub(super) is_whole: bool,
    /// Whether a step runs it by its `cx`: then it is not cancelled with its orchestrator, but that step is.
    pub(super) in_step: bool,
    // Made when it is first asked for: most runs never are.
    pub(super) identity: OnceLock<Identity>,
}

/// By what a run is known outside of itself.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) id: RunId,
    pub(super) cancel: CancelSource,
}

impl<'o> RunState<'o> {
    pub(crate) fn id(&self) -> RunId {
        self.identity().id
    }

    fn identity(&self) -> &Identity {
        self.identity.get_or_init(|| Identity {
            id: RunId::next(),
            cancel: CancelSource::new(),
        })
    }

    pub(crate) fn plan(&self) -> &'o Plan {
        self.plan.get()
    }

    pub(crate) fn planned(&self) -> Planned<'o> {
        self.plan
    }

    pub(crate) fn orchestrator(&self) -> &'o Orchestrator {
        self.orchestrator
    }

    pub(crate) fn stop(&self) -> &Stop<'o> {
        &self.stop
    }

    /// The spans of this run, where somebody listens.
    pub(crate) fn spans(&self) -> Option<&Spans> {
        self.watch.as_ref()?.spans.as_ref()
    }

    /// Whether the steps of this run wait for their turn.
    pub(crate) fn takes_turns(&self) -> bool {
        self.watch
            .as_ref()
            .is_some_and(|watch| watch.turns.is_some())
    }

    /// What a workflow takes from this run that a step runs by its `cx`.
    pub(crate) fn scope_of_step(&self, step: usize) -> Scope<'_> {
        Scope {
            orchestrator: self.orchestrator,
            part: Part::Step {
                deadline: self.deadline(),
                within: self.within(step),
            },
        }
    }

    /// What it tells those who listen.
    pub(crate) fn teller(&self) -> Option<&Arc<Teller>> {
        self.watch.as_ref()?.teller.as_ref()
    }

    /// What a run is a part of that this step runs.
    fn within(&self, step: usize) -> Option<Within> {
        let run = self.teller().map(|_| self.id())?;
        Some(Within { run, step })
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.watch.as_ref()?.deadline()
    }

    /// Whether somebody has cancelled it: also one of its steps, in this very poll.
    pub(super) fn is_cancelled(&self) -> bool {
        let watch = self.watch.as_ref();
        watch.is_some_and(|watch| watch.is_cancelled())
            || !self.in_step && self.orchestrator.is_cancelled()
    }

    pub(crate) fn cancellation(&self) -> CancelToken {
        let token = self.identity().cancel.token();
        if let Some(watch) = &self.watch {
            // So that the future of the run waits for it too.
            let _ = watch.token.set(token.clone());
        }
        token
    }

    /// What launches the workflow of a flow step, which stops when this is set.
    pub(crate) fn flow<'f>(&'f self, stop: &'f Stop<'f>) -> Flow<'f> {
        Flow(Scope {
            orchestrator: self.orchestrator,
            part: Part::Flow {
                deadline: self.deadline(),
                stop,
                turns: self.takes_turns(),
                // It is made where the step stands.
                within: Place::here().step().and_then(|step| self.within(step)),
            },
        })
    }

    #[cold]
    pub(super) fn begins(&self, watch: &Watch) {
        if let Some(teller) = &watch.teller {
            teller.start(self.id());
        }
        if let Some(spans) = &watch.spans {
            spans.start(self.id());
        }
    }

    #[cold]
    fn enter_span(&self, watch: &Watch, step: Place) {
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.enter(self.id(), index);
        }
    }

    /// A step is about to be polled, and may not have been before.
    #[cold]
    pub(super) fn starts(&self, watch: &Watch, step: Place) {
        if let (Some(teller), Some(index)) = (&watch.teller, step.step()) {
            teller.polls(index);
        }
        self.enter_span(watch, step);
    }

    /// Polls a step.
    #[inline]
    pub(super) fn poll<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<F::Output> {
        self.base.at(step).enter();
        // Looked at once: what a step does could have changed it, as far as the compiler knows.
        let watch = self.watch.as_deref();
        if let Some(watch) = watch
            && self.admit_step(watch, step, cx).is_pending()
        {
            return Poll::Pending;
        }
        let value = ready!(future.poll(cx));
        if let Some(watch) = watch {
            Self::step_returned(watch, step);
        }
        Poll::Ready(value)
    }

    /// Before a step is polled: its turn, and its span.
    #[cold]
    pub(super) fn admit_step(
        &self,
        watch: &Watch,
        step: Place,
        cx: &mut TaskContext<'_>,
    ) -> Poll<()> {
        ready!(Self::takes_turn(watch, step, cx));
        self.starts(watch, step);
        Poll::Ready(())
    }

    pub(super) fn takes_turn(watch: &Watch, step: Place, cx: &mut TaskContext<'_>) -> Poll<()> {
        let Some(turns) = &watch.turns else {
            return Poll::Ready(());
        };
        let turn = turns.poll(step, cx);
        if let (Some(teller), Some(index), true) = (&watch.teller, step.step(), turn.is_pending()) {
            teller.waits(index);
        }
        turn
    }

    /// A step has returned.
    #[cold]
    pub(super) fn step_returned(watch: &Watch, step: Place) {
        if let (Some(teller), Some(index)) = (&watch.teller, step.step()) {
            teller.returned(index);
        }
        Self::close_step(watch, step);
    }

    #[cold]
    pub(super) fn close_step(watch: &Watch, step: Place) {
        if let Some(turns) = &watch.turns {
            turns.end(step);
        }
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.close(index);
        }
    }
}
