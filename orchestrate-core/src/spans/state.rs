//! The open spans of one run.

use orchestrate_plan::Kind;
use tokio::time::Instant;
use tracing::{Span, field::Empty};

use super::open::{Ended, Open, Outcome, enter, exit, shown};
use crate::{PlanRef, RunId};

/// What is open in a run.
#[derive(Debug)]
pub(super) struct State {
    plan: PlanRef,
    /// None before it starts, and where it is refused.
    pub(super) run: Option<Open>,
    /// How the run has ended, once that is known.
    pub(super) ended: Option<Ended>,
    batches: Vec<BatchState>,
    steps: Vec<StepState>,
    /// The step whose span is entered while the run is being polled.
    current: Option<usize>,
    /// Whether the run is being polled: then its span is entered, and that of the step.
    is_polled: bool,
    /// The step that is done, and since when: what it has returned is looked at before anything else happens.
    done: Option<(usize, Instant)>,
    /// The span of the attempt that is being polled.
    #[cfg(feature = "otel")]
    pub(super) attempt: Option<Span>,
}

#[derive(Debug, Default)]
struct BatchState {
    open: Option<Open>,
    /// How many of its steps are done.
    done: usize,
    ended: Option<Ended>,
}

#[derive(Debug, Default)]
struct StepState {
    open: Option<Open>,
    /// How it will have ended, as far as that is known.
    ended: Option<Ended>,
    /// Whether an attempt at it was made.
    tried: bool,
}

/// Spans that end: closed when nothing is locked any more, because a subscriber may do anything then.
#[must_use]
pub(super) struct Ending {
    spans: [Option<(Open, Ended)>; 2],
    at: Instant,
}

impl Ending {
    pub(super) fn end(self) {
        for (open, ended) in self.spans.into_iter().flatten() {
            open.end(&ended, self.at);
        }
    }
}

impl State {
    pub(super) fn new(plan: PlanRef) -> Self {
        Self {
            run: None,
            ended: None,
            batches: plan.batches().map(|_| BatchState::default()).collect(),
            steps: plan.steps().iter().map(|_| StepState::default()).collect(),
            plan,
            current: None,
            is_polled: false,
            done: None,
            #[cfg(feature = "otel")]
            attempt: None,
        }
    }

    pub(super) fn start(&mut self, id: RunId) {
        let workflow = self.plan.name();
        let run = tracing::info_span!(
            target: "orchestrated",
            "run",
            otel.name = shown("run", workflow).as_deref(),
            workflow,
            run = id.get(),
            outcome = Empty,
            duration = Empty,
            error = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        );
        enter(&run);
        self.is_polled = true;
        self.run = Some(Open::new(run));
    }

    pub(super) fn resume(&mut self) {
        self.is_polled = true;
        self.run_span().into_iter().for_each(enter);
        self.current_span().into_iter().for_each(enter);
    }

    pub(super) fn suspend(&mut self) {
        self.is_polled = false;
        self.current_span().into_iter().for_each(exit);
        self.run_span().into_iter().for_each(exit);
    }

    /// From here on, it is this step that runs.
    pub(super) fn enter(&mut self, run: RunId, index: usize) {
        if self.current == Some(index) {
            return;
        }
        self.current_span().into_iter().for_each(exit);
        if self.steps[index].open.is_none() {
            self.open(run, index);
        }
        self.current = Some(index);
        self.current_span().into_iter().for_each(enter);
    }

    fn open(&mut self, run: RunId, index: usize) {
        let plan = self.plan.clone();
        let step = &plan.steps()[index];
        let parent = self.batch(run, step.batch());
        let step = tracing::info_span!(
            target: "orchestrated",
            parent: &parent,
            "step",
            otel.name = shown("step", step.name()).as_deref(),
            workflow = self.plan.name(),
            run = run.get(),
            step = step.name(),
            kind = step.kind().word(),
            batch = step.batch() + 1,
            outcome = Empty,
            duration = Empty,
            error = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        );
        self.steps[index] = StepState {
            open: Some(Open::new(step)),
            ..StepState::default()
        };
    }

    /// The span of a batch, which opens with its first step.
    fn batch(&mut self, run: RunId, batch: usize) -> Span {
        if let Some(open) = &self.batches[batch].open {
            return open.span.clone();
        }
        let parent = self.run_span().cloned().unwrap_or_else(Span::none);
        let span = tracing::info_span!(
            target: "orchestrated",
            parent: &parent,
            "batch",
            otel.name = shown("batch", batch + 1).as_deref(),
            workflow = self.plan.name(),
            run = run.get(),
            batch = batch + 1,
            steps = self.plan.batch(batch).indices().len(),
            outcome = Empty,
            duration = Empty,
            error = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        );
        self.batches[batch].open = Some(Open::new(span.clone()));
        span
    }

    /// This step is done; how it has ended is settled by what happens next.
    pub(super) fn close(&mut self, index: usize) -> Option<Ending> {
        if self.done.is_some_and(|(done, _)| done == index) {
            return None;
        }
        let before = self.settle();
        if self.current == Some(index) {
            self.current_span().into_iter().for_each(exit);
            self.current = None;
        }
        if self.steps[index].open.is_some() {
            self.done = Some((index, Instant::now()));
        }
        before
    }

    /// Nothing more is learned about the step that is done.
    pub(super) fn settle(&mut self) -> Option<Ending> {
        let (index, at) = self.done.take()?;
        let options = self.plan.steps()[index].options();
        let step = &mut self.steps[index];
        let open = step.open.take()?;
        let is_skipped = options.is_conditional() && !options.is_per_item() && !step.tried;
        let usual = if is_skipped {
            Outcome::Skipped
        } else {
            Outcome::Ok
        };
        let ended = step.ended.take().unwrap_or(Ended::of(usual));
        let index = self.plan.steps()[index].batch();
        let batch = &mut self.batches[index];
        batch.done += 1;
        let is_last = batch.done == self.plan.batch(index).indices().len();
        let batch = batch.open.take_if(|_| is_last).map(|open| {
            let ended = batch.ended.take().unwrap_or(Ended::of(Outcome::Ok));
            (open, ended)
        });
        Some(Ending {
            spans: [Some((open, ended)), batch],
            at,
        })
    }

    /// The run has failed, in this step. No step is being polled now. The span of the run, unless it is entered already.
    pub(super) fn failed(&mut self, step: Option<&str>, ended: &Ended) -> Option<Span> {
        self.ended.get_or_insert_with(|| ended.clone());
        let mut steps = self.plan.steps().iter();
        let index = step.and_then(|name| steps.position(|step| step.name() == name));
        if let Some(index) = index {
            self.note(index, ended.clone());
            let batch = self.plan.steps()[index].batch();
            self.batches[batch].ended = Some(ended.clone());
        }
        if self.is_polled {
            self.current_span().into_iter().for_each(exit);
            self.current = None;
            return None;
        }
        self.run_span().cloned()
    }

    /// This step will have ended so, unless something else is learned about it.
    pub(super) fn note(&mut self, index: usize, ended: Ended) {
        self.steps[index].ended = Some(ended);
    }

    /// An attempt at this step starts, and has this number.
    pub(super) fn attempt(&mut self, index: usize, number: u32) -> Span {
        self.steps[index].tried = true;
        let planned = &self.plan.steps()[index];
        if planned.kind() == Kind::Flow && planned.options().attempts() == 1 {
            // The run of its workflow says it all.
            return Span::none();
        }
        let step = self.step_span(index).cloned().unwrap_or_else(Span::none);
        tracing::info_span!(
            target: "orchestrated",
            parent: &step,
            "attempt",
            otel.name = shown("attempt", number).as_deref(),
            attempt = number,
            outcome = Empty,
            duration = Empty,
            error = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        )
    }

    /// An attempt at this step has succeeded: what went before it is made good. Of the items of a step each stands for
    /// itself.
    pub(super) fn succeeded(&mut self, index: usize) {
        self.steps[index].ended = None;
    }

    /// The step is given up, unless it is done.
    pub(super) fn give_up(&mut self, index: usize) {
        if self.steps[index].open.is_none() || self.done.is_some_and(|(done, _)| done == index) {
            return;
        }
        let cancelled = Ended::of(Outcome::Cancelled);
        self.steps[index].ended.get_or_insert(cancelled.clone());
        let batch = self.plan.steps()[index].batch();
        self.batches[batch].ended.get_or_insert(cancelled);
    }

    pub(super) fn is_per_item(&self, index: usize) -> bool {
        self.plan.steps()[index].options().is_per_item()
    }

    /// The span of the run, unless it was refused and has none.
    pub(super) fn run_span(&self) -> Option<&Span> {
        self.run.as_ref().map(|open| &open.span)
    }

    pub(super) fn step_span(&self, index: usize) -> Option<&Span> {
        self.steps[index].open.as_ref().map(|open| &open.span)
    }

    fn current_span(&self) -> Option<&Span> {
        self.step_span(self.current?)
    }
}

/// Who drops the future of a run cancels what still runs.
impl Drop for State {
    fn drop(&mut self) {
        if let Some(ending) = self.settle() {
            ending.end();
        }
        let at = Instant::now();
        let cancelled = || Ended::of(Outcome::Cancelled);
        let steps = self.steps.iter_mut();
        let steps = steps.map(|step| (step.open.take(), step.ended.take()));
        let batches = self.batches.iter_mut();
        let batches = batches.map(|batch| (batch.open.take(), batch.ended.take()));
        let run = (self.run.take(), self.ended.take());
        for (open, ended) in steps.chain(batches).chain([run]) {
            if let Some(open) = open {
                open.end(&ended.unwrap_or_else(cancelled), at);
            }
        }
    }
}
