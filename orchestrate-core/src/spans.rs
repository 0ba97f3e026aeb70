//! The spans of a run and of its steps, for who listens to `tracing`. Nothing here runs when nobody does.

#[cfg(feature = "tracing")]
pub(crate) use on::{Spans, told};

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Spans, told};

#[cfg(feature = "tracing")]
mod on {
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use orchestrate_plan::Plan;
    use tracing::{Level, Span, level_filters::LevelFilter};

    use crate::{Failure, RunId};

    /// The spans of one run. They are entered while the run is polled, and closed when it or the step is done.
    #[derive(Clone, Debug)]
    pub(crate) struct Spans(Arc<Mutex<State>>);

    #[derive(Debug)]
    struct State {
        plan: &'static Plan,
        run: Span,
        steps: Vec<Option<Span>>,
        /// The step whose span is entered while the run is being polled.
        current: Option<usize>,
    }

    impl Spans {
        /// None when nobody listens.
        #[inline]
        pub(crate) fn of(plan: &'static Plan) -> Option<Self> {
            if LevelFilter::current() < Level::INFO {
                return None;
            }
            Some(Self::open(plan))
        }

        #[cold]
        fn open(plan: &'static Plan) -> Self {
            let steps = vec![None; plan.steps().len()];
            Self(Arc::new(Mutex::new(State {
                plan,
                run: Span::none(),
                steps,
                current: None,
            })))
        }

        /// The run starts, as a child of the span that is current there.
        #[cold]
        pub(crate) fn start(&self, id: RunId) {
            let mut state = self.state();
            state.run = tracing::info_span!(target: "orchestrated", "run", workflow = state.plan.name(), run = id.get());
            enter(&state.run);
        }

        /// A poll of the run begins.
        #[cold]
        pub(crate) fn resume(&self) {
            let state = self.state();
            enter(&state.run);
            if let Some(step) = state.current_span() {
                enter(step);
            }
        }

        /// A poll of the run ends.
        #[cold]
        pub(crate) fn suspend(&self) {
            let state = self.state();
            if let Some(step) = state.current_span() {
                exit(step);
            }
            exit(&state.run);
        }

        /// From here on, it is this step that runs.
        #[cold]
        pub(crate) fn enter(&self, run: RunId, index: usize) {
            let mut state = self.state();
            if state.current == Some(index) {
                return;
            }
            if let Some(step) = state.current_span() {
                exit(step);
            }
            if state.steps[index].is_none() {
                let (plan, step) = (state.plan, &state.plan.steps()[index]);
                state.steps[index] = Some(tracing::info_span!(
                    target: "orchestrated",
                    parent: &state.run,
                    "step",
                    workflow = plan.name(),
                    run = run.get(),
                    step = step.name(),
                    kind = step.kind().word(),
                    batch = step.batch() + 1,
                ));
            }
            state.current = Some(index);
            if let Some(step) = state.current_span() {
                enter(step);
            }
        }

        /// This step is done.
        #[cold]
        pub(crate) fn close(&self, index: usize) {
            let mut state = self.state();
            if state.current == Some(index) {
                if let Some(step) = state.current_span() {
                    exit(step);
                }
                state.current = None;
            }
            let span = state.steps[index].take();
            // A subscriber may do anything when a span closes: not under our lock.
            drop(state);
            drop(span);
        }

        /// The span of the run, unless it was refused and has none.
        fn run(&self) -> Option<Span> {
            let run = self.state().run.clone();
            (!run.is_none()).then_some(run)
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl State {
        fn current_span(&self) -> Option<&Span> {
            self.steps[self.current?].as_ref()
        }
    }

    /// A run has failed: an event in its span. Whoever listens to failures alone has no spans, and is told all the same.
    #[cold]
    pub(crate) fn told<E>(spans: Option<&Spans>, failure: &Failure<E>, describe: fn(&E) -> String) {
        if LevelFilter::current() < Level::ERROR {
            return;
        }
        let run = spans.and_then(Spans::run).unwrap_or_else(Span::current);
        tracing::error!(
            target: "orchestrated",
            parent: &run,
            workflow = failure.workflow(),
            step = failure.step(),
            batch = failure.batch(),
            error = failure.describe(describe),
            "run failed",
        );
    }

    // `Span::enter` gives a guard that borrows the span, and a run is entered in one call and left in another.
    fn enter(span: &Span) {
        span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
    }

    fn exit(span: &Span) {
        span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use orchestrate_plan::Plan;

    use crate::{Failure, RunId};

    pub(crate) fn told<E>(_: Option<&Spans>, _: &Failure<E>, _: fn(&E) -> String) {}

    /// Without the feature there is nothing to make, so there is nothing to call either.
    #[derive(Clone, Debug)]
    pub(crate) enum Spans {}

    impl Spans {
        #[inline]
        pub(crate) fn of(_: &'static Plan) -> Option<Self> {
            None
        }

        pub(crate) fn start(&self, _: RunId) {
            match *self {}
        }

        pub(crate) fn resume(&self) {
            match *self {}
        }

        pub(crate) fn suspend(&self) {
            match *self {}
        }

        pub(crate) fn enter(&self, _: RunId, _: usize) {
            match *self {}
        }

        pub(crate) fn close(&self, _: usize) {
            match *self {}
        }
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use futures::executor::block_on;
    use tracing::{Level, Metadata, Subscriber, span};

    use crate::{
        Orchestrator, Workflow as _,
        testing::{AGENT, PLAIN, script, turn},
    };

    /// Counts the spans that are entered, and panics at one that is left without.
    #[derive(Default)]
    struct Counts(std::sync::Mutex<Vec<(u64, usize)>>);

    impl Subscriber for Counts {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "orchestrated" && *metadata.level() <= Level::INFO
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            let mut spans = self.0.lock().unwrap();
            let id = spans.len() as u64 + 1;
            spans.push((id, 0));
            span::Id::from_u64(id)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, _: &tracing::Event<'_>) {}

        fn enter(&self, id: &span::Id) {
            let mut spans = self.0.lock().unwrap();
            spans
                .iter_mut()
                .find(|span| span.0 == id.into_u64())
                .unwrap()
                .1 += 1;
        }

        fn exit(&self, id: &span::Id) {
            let mut spans = self.0.lock().unwrap();
            let entered = &mut spans
                .iter_mut()
                .find(|span| span.0 == id.into_u64())
                .unwrap()
                .1;
            *entered = entered.checked_sub(1).unwrap();
        }
    }

    #[test]
    fn what_is_entered_is_left() {
        let dispatch = tracing::Dispatch::new(Counts::default());
        tracing::dispatcher::with_default(&dispatch, || {
            for panics in [false, true] {
                let steps = script(move |run| {
                    Box::pin(async move {
                        run.enter(AGENT);
                        turn().await;
                        run.enter(PLAIN);
                        turn().await;
                        run.leave(PLAIN);
                        run.enter(AGENT);
                        assert!(!panics, "on purpose");
                        run.leave(AGENT);
                        run.finish();
                        Ok(1)
                    })
                });
                assert_eq!(block_on(steps.run(&Orchestrator::new())).is_err(), panics);
            }
        });
        let counts: &Counts = dispatch.downcast_ref().unwrap();
        let spans = counts.0.lock().unwrap();
        // A run and two steps, twice.
        assert_eq!(spans.len(), 6);
        assert!(spans.iter().all(|(_, entered)| *entered == 0), "{spans:?}");
    }
}
