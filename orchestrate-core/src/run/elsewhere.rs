//! A run as a body sees it that runs apart from it: on another thread, and perhaps for longer.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use orchestrate_plan::Plan;

use super::{RunId, RunState, state::Identity};
use crate::{
    CancelToken, Context, Orchestrator, cancel::CancelSource, place::Place, planned::Planned,
    stop::Stop, watch::Watch,
};

/// What the `cx` of such a body is made of. It owns what it needs.
pub struct Elsewhere {
    base: Place,
    plan: &'static Plan,
    orchestrator: Orchestrator,
    watch: Option<Arc<Watch>>,
    in_step: bool,
    id: RunId,
    token: CancelToken,
    step: usize,
    attempt: u32,
    is_item: bool,
}

/// The run, for as long as the body lasts.
pub struct Seen<'e> {
    run: RunState<'e>,
    of: &'e Elsewhere,
}

impl Elsewhere {
    pub(crate) fn new(run: &RunState<'_>, step: usize, attempt: u32, is_item: bool) -> Self {
        let plan = match run.plan {
            Planned::Constant(plan) => plan,
            Planned::Drawn(_) => unreachable!("only the steps of an expansion run apart"),
        };
        Self {
            base: run.base,
            plan,
            orchestrator: run.orchestrator.clone(),
            watch: run.watch.clone(),
            in_step: run.in_step,
            id: run.id(),
            // Now, and not when the body asks for it: the run has to know that it can be cancelled by it.
            token: run.cancellation(),
            step,
            attempt,
            is_item,
        }
    }

    /// The run.
    #[must_use]
    pub fn seen(&self) -> Seen<'_> {
        let identity = Identity {
            id: self.id,
            cancel: CancelSource::of(self.token.clone()),
        };
        Seen {
            run: RunState {
                base: self.base,
                plan: Planned::Constant(self.plan),
                orchestrator: &self.orchestrator,
                watch: self.watch.clone(),
                stop: Stop::below(None),
                is_whole: false,
                in_step: self.in_step,
                identity: OnceLock::from(identity),
            },
            of: self,
        }
    }
}

impl Seen<'_> {
    /// The `cx`.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        let context = Context::new(&self.run, self.of.step, self.of.attempt);
        if self.of.is_item {
            context.of_item()
        } else {
            context
        }
    }
}

/// That the body has ended says nothing of the run.
impl Drop for Seen<'_> {
    fn drop(&mut self) {
        if let Some(identity) = self.run.identity.take() {
            identity.cancel.release();
        }
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elsewhere").finish_non_exhaustive()
    }
}

impl fmt::Debug for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").finish_non_exhaustive()
    }
}
