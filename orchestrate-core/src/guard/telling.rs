//! What a step with options tells those who listen. Nothing of it is made where nobody does.

use super::{Attempt, StepRun, attempt::Cut};
use crate::{
    Cause, EventKind, Fault, Refusal, StepFailure, StepOutcome, Wait, observe::Told,
    spans::AttemptSpan,
};

impl StepRun<'_> {
    /// Its condition does not hold, so it is not run.
    pub fn skipped(&self) {
        if let Some(teller) = self.run.teller() {
            teller.note(self.index, StepOutcome::Skipped);
        }
    }

    /// What can tell of it also when its run is over.
    #[must_use]
    pub fn told(&self) -> Told {
        Told::new(self.run.teller())
    }

    /// Its value was remembered; of an item, that is not told of the step.
    pub(super) fn remembered(&self) {
        if let Some(spans) = self.run.spans() {
            spans.cached(self.index);
        }
        if let Some(teller) = self.run.teller()
            && self.item.is_none()
        {
            teller.note(self.index, StepOutcome::Cached);
        }
    }

    /// Something makes good for its failure, if that does not fail too. Of an item, that is not told of the step.
    #[cold]
    pub(super) fn makes_good(&self, failure: &StepFailure) {
        if let Some(spans) = self.run.spans() {
            spans.absorbed(self.index, failure);
        }
        if let Some(teller) = self.run.teller()
            && self.item.is_none()
        {
            let reason = failure.reason();
            let fault = Fault::of_reason(reason, ToString::to_string);
            teller.note(self.index, StepOutcome::Excused(fault));
        }
    }

    /// This item of it has ended.
    pub(crate) fn item_ended(&self, item: usize) {
        if let Some(teller) = self.run.teller() {
            let step = self.index;
            teller.within(EventKind::ItemEnded { step, item });
        }
    }

    /// So many of its items are done.
    pub(crate) fn items_done(&self, done: usize, total: usize) {
        if let Some(teller) = self.run.teller() {
            teller.within(EventKind::StepProgress {
                step: self.index,
                done: done as u64,
                total: total as u64,
            });
        }
    }

    pub(super) fn waits(&self, on: Wait) {
        if let Some(teller) = self.run.teller() {
            teller.within(EventKind::StepWaiting {
                step: self.index,
                item: self.item,
                on,
            });
        }
    }

    /// Whether it is recorded how long an attempt takes because somebody listens: of the body, not of what makes good for it.
    pub(super) fn is_observed(&self, attempt: Attempt) -> bool {
        attempt.told == Some(attempt.number) && self.run.teller().is_some()
    }

    /// An attempt starts: its span, where somebody listens to those.
    pub(super) fn attempt_starts(&self, attempt: Attempt) -> Option<Box<AttemptSpan>> {
        let told = attempt.told?;
        if let Some(teller) = self.run.teller() {
            teller.is_recorded(self.index);
            teller.within(EventKind::AttemptStarted {
                step: self.index,
                item: self.item,
                attempt: told,
            });
        }
        let spans = self.run.spans()?;
        // Apart from the body, which stands in the frame of the run.
        Some(Box::new(spans.attempt(self.index, told)))
    }

    /// An attempt has ended. `fault`: why it has failed, if it has, of what it returned.
    pub(super) fn attempt_ends<T>(
        &self,
        attempt: Attempt,
        span: Option<Box<AttemptSpan>>,
        ended: &Result<T, Cut>,
        fault: impl FnOnce(&T) -> Option<Fault>,
    ) {
        let Some(told) = attempt.told else {
            return;
        };
        let teller = self.run.teller();
        if teller.is_none() && span.is_none() {
            return;
        }
        let fault = match ended {
            Ok(returned) => fault(returned),
            Err(Cut::Panicked(panic)) => {
                Some(Fault::new(Cause::Panicked, format!("panicked: {panic}")))
            }
            Err(Cut::TimedOut(limit)) => Some(Fault::new(
                Cause::TimedOut,
                format!("timed out after {limit:?}"),
            )),
            Err(Cut::NoTimer) => Some(Fault::new(Cause::Refused, Refusal::NoTimer.to_string())),
        };
        if let Some(span) = span {
            span.end(fault.as_ref());
        }
        if let Some(teller) = teller {
            teller.within(EventKind::AttemptEnded {
                step: self.index,
                item: self.item,
                attempt: told,
                fault,
            });
        }
    }
}
