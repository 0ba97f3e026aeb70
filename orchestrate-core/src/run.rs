//! A run: what an expansion calls between its steps.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll},
    time::Instant,
};

use orchestrate_plan::Plan;

use crate::{
    CancelToken, Context, Failure, Frame, Reason, Refusal, Workflow,
    cancel::CancelSource,
    launcher::{Flow, Scope},
    place::Place,
    spans,
    watch::Watch,
};

/// How deep workflows nest: a workflow in a workflow in a workflow.
pub(crate) const MAX_DEPTH: u8 = 3;

/// Names a run: unique in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u64);

impl RunId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number of the run: runs that were asked for theirs later have larger ones.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a run knows of itself, whatever workflow it is of.
#[derive(Debug)]
pub(crate) struct RunState {
    /// The run's part of a [`Place`].
    base: Place,
    plan: &'static Plan,
    watch: Option<Arc<Watch>>,
    // Made when it is first asked for: most runs never are.
    identity: OnceLock<Identity>,
}

/// By what a run is known outside of itself.
#[derive(Debug)]
struct Identity {
    id: RunId,
    cancel: CancelSource,
}

impl RunState {
    pub(crate) fn id(&self) -> RunId {
        self.identity().id
    }

    fn identity(&self) -> &Identity {
        self.identity.get_or_init(|| Identity {
            id: RunId::next(),
            cancel: CancelSource::new(),
        })
    }

    pub(crate) fn plan(&self) -> &'static Plan {
        self.plan
    }

    /// What a workflow takes from this run that runs as a part of it.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            limit: None,
            deadline: self.deadline(),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.watch.as_ref()?.deadline.get().copied()
    }

    pub(crate) fn cancellation(&self) -> CancelToken {
        self.identity().cancel.token()
    }

    #[cold]
    fn enter_span(&self, watch: &Watch, step: Place) {
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.enter(self.id(), index);
        }
    }

    #[cold]
    fn close_span(watch: &Watch, step: Place) {
        if let (Some(spans), Some(index)) = (&watch.spans, step.step()) {
            spans.close(index);
        }
    }
}

/// A run that has started: what an expansion calls around its steps.
#[derive(Debug)]
pub struct Run<W> {
    state: RunState,
    workflow: PhantomData<fn() -> W>,
}

impl<W: Workflow> Run<W> {
    /// Starts the run, at its first poll.
    ///
    /// # Errors
    ///
    /// When it must not: an agent below an agent, or too deep.
    #[inline]
    pub fn begin(watch: Option<Arc<Watch>>) -> Result<Self, Failure<W::Error>> {
        let outer = Place::here();
        let base = Place::of_run(outer);
        base.enter();
        // Outside of every run there is nothing that could forbid it.
        if outer != Place::OUTSIDE {
            Self::admit(base)?;
        }
        let state = RunState {
            base,
            plan: W::PLAN,
            watch,
            identity: OnceLock::new(),
        };
        if let Some(watch) = &state.watch
            && let Some(spans) = &watch.spans
        {
            spans.start(state.id());
        }
        Ok(Self {
            state,
            workflow: PhantomData,
        })
    }

    fn admit(base: Place) -> Result<(), Failure<W::Error>> {
        let reason = if base.level() > MAX_DEPTH {
            Reason::Refused(Refusal::TooDeep(base.level()))
        } else if base.below_agent() && W::PLAN.launches_agents() {
            Reason::NestedAgent
        } else {
            return Ok(());
        };
        let failure = Failure::of::<W>(None, reason);
        spans::told(None, &failure, W::__ERRORS.describe);
        Err(failure)
    }

    /// From here on, until the next call, it is this step that runs.
    #[inline]
    pub fn enter(&self, step: Place) {
        self.state.base.at(step).enter();
        if let Some(watch) = &self.state.watch {
            self.state.enter_span(watch, step);
        }
    }

    /// This step is done.
    #[inline]
    pub fn leave(&self, step: Place) {
        if let Some(watch) = &self.state.watch {
            RunState::close_span(watch, step);
        }
    }

    /// Every step is done: the last expression runs.
    #[inline]
    pub fn finish(&self) {
        self.state.base.enter();
    }

    /// Polls one of several steps that run at the same time.
    #[inline]
    pub fn poll<F: Future>(
        &self,
        step: Place,
        future: Pin<&mut F>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<F::Output> {
        self.state.base.at(step).enter();
        // Looked at once: what a step does could have changed it, as far as the compiler knows.
        let watch = self.state.watch.as_deref();
        if let Some(watch) = watch {
            self.state.enter_span(watch, step);
        }
        let poll = future.poll(cx);
        if let Some(watch) = watch
            && poll.is_ready()
        {
            RunState::close_span(watch, step);
        }
        poll
    }

    /// The `cx` of a step.
    #[must_use]
    pub fn context(&self, step: Place) -> Context<'_> {
        Context::new(&self.state, step.step().unwrap_or_default(), 1)
    }

    /// What launches the workflow of a flow step.
    #[must_use]
    pub fn flow(&self) -> Flow {
        Flow(self.state.scope())
    }

    /// The step has returned an error.
    #[cold]
    pub fn failed(&self, step: Place, error: W::Error) -> Failure<W::Error> {
        self.fail(step.step(), error)
    }

    /// The last expression is an error.
    #[cold]
    pub fn finished_with(&self, error: W::Error) -> Failure<W::Error> {
        self.fail(None, error)
    }

    /// The workflow of a flow step has failed.
    #[cold]
    pub fn flow_failed<E>(
        &self,
        step: Place,
        failure: Failure<E>,
        convert: impl FnOnce(E) -> W::Error,
    ) -> Failure<W::Error> {
        let frame = Frame::new(W::PLAN, step.step());
        self.told(failure.within(frame, convert, W::__ERRORS.source))
    }

    fn fail(&self, step: Option<usize>, error: W::Error) -> Failure<W::Error> {
        self.told(Failure::of::<W>(step, Reason::Error(error)))
    }

    /// An event for who listens.
    fn told(&self, failure: Failure<W::Error>) -> Failure<W::Error> {
        let watch = self.state.watch.as_ref();
        let spans = watch.and_then(|watch| watch.spans.as_ref());
        spans::told(spans, &failure, W::__ERRORS.describe);
        failure
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::{
        Orchestrator,
        testing::{AGENT, FLOW, PLAIN, Script, script, turn},
    };

    fn run(script: Script) -> Result<u32, Failure<String>> {
        block_on(script.run(&Orchestrator::new()))
    }

    #[test]
    fn the_place_follows_the_steps() {
        let ended = run(script(|run| {
            Box::pin(async move {
                let here = || (Place::here().step(), Place::here().level());
                assert_eq!(here(), (None, 1));
                run.enter(AGENT);
                assert_eq!(here(), (Some(0), 1));
                turn().await;
                assert_eq!(here(), (Some(0), 1));
                run.leave(AGENT);
                run.enter(PLAIN);
                assert_eq!(here(), (Some(1), 1));
                run.finish();
                assert_eq!(here(), (None, 1));
                Ok(1)
            })
        }));
        assert_eq!(ended.unwrap(), 1);
        assert_eq!(Place::here(), Place::OUTSIDE);
    }

    #[test]
    fn a_step_is_polled_at_its_place() {
        let ended = run(script(|run| {
            Box::pin(async move {
                let mut agent = std::pin::pin!(async {
                    turn().await;
                    Place::here().step()
                });
                let mut plain = std::pin::pin!(async { Place::here().step() });
                std::future::poll_fn(|cx| {
                    let agent = run.poll(AGENT, agent.as_mut(), cx);
                    if agent.is_pending() {
                        assert_eq!(run.poll(PLAIN, plain.as_mut(), cx), Poll::Ready(Some(1)));
                    }
                    agent.map(|step| assert_eq!(step, Some(0)))
                })
                .await;
                Ok(1)
            })
        }));
        assert_eq!(ended.unwrap(), 1);
    }

    #[test]
    fn a_failure_names_its_step() {
        let failure = run(script(|run| {
            Box::pin(async move { Err(run.failed(PLAIN, "no".to_owned())) })
        }));
        assert_eq!(
            failure.unwrap_err().to_string(),
            "workflow `Script`: step `counts` failed: no"
        );
        let failure = run(script(|run| {
            Box::pin(async move { Err(run.finished_with("no".to_owned())) })
        }));
        assert_eq!(
            failure.unwrap_err().to_string(),
            "workflow `Script`: its last expression failed: no"
        );
    }

    /// Runs a script within another's flow step.
    fn within(inner: Script) -> Script {
        script(|run| {
            Box::pin(async move {
                run.enter(FLOW);
                match inner.run(&run.flow()).await {
                    Ok(output) => Ok(output),
                    Err(failure) => {
                        Err(run.flow_failed(FLOW, failure, |error| format!("inner {error}")))
                    }
                }
            })
        })
    }

    #[test]
    fn a_flow_hands_its_failure_on() {
        let failing =
            script(|run| Box::pin(async move { Err(run.failed(AGENT, "no".to_owned())) }));
        assert_eq!(
            run(within(failing)).unwrap_err().to_string(),
            "workflow `Script`: step `goes_on`: workflow `Script`: step `thinks` failed: inner no"
        );
    }

    #[test]
    fn three_levels_are_enough() {
        let deep = || script(|_| Box::pin(async { Ok(u32::from(Place::here().level())) }));
        assert_eq!(run(within(within(deep()))).unwrap(), 3);
        let failure = run(within(within(within(deep())))).unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::Refused(Refusal::TooDeep(4))),
            "{failure}"
        );
        assert_eq!(Place::here(), Place::OUTSIDE);
    }

    #[test]
    fn an_agent_below_an_agent_is_refused() {
        let failure = run(script(|run| {
            Box::pin(async move {
                run.enter(AGENT);
                script(|_| Box::pin(async { Ok(1) }))
                    .run(&Orchestrator::new())
                    .await
            })
        }));
        let failure = failure.unwrap_err();
        assert!(matches!(failure.reason(), Reason::NestedAgent), "{failure}");
        assert_eq!((failure.workflow(), failure.step()), ("Script", None));
    }

    #[test]
    fn ids_are_made_when_they_are_asked_for() {
        let ids = || {
            let (to, from) = std::sync::mpsc::channel();
            let ended = run(script(move |run| {
                Box::pin(async move {
                    let _ = to.send([run.context(AGENT).run_id(), run.context(PLAIN).run_id()]);
                    Ok(1)
                })
            }));
            assert_eq!(ended.unwrap(), 1);
            from.recv().unwrap()
        };
        let (first, second) = (ids(), ids());
        assert_eq!((first[0], second[0]), (first[1], second[1]));
        assert!(first[0] < second[0]);
        assert_eq!(first[0].to_string(), first[0].get().to_string());
    }
}
