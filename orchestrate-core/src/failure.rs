mod frame;
mod one_line;
mod panic;
mod reason;
mod rollback;
mod step;

use std::{error::Error, fmt};

pub use frame::{FailedStep, Frame};
pub use panic::Panic;
pub(crate) use reason::told;
pub use reason::{Reason, Refusal};
pub use rollback::{Rollback, RollbackOutcome};
pub use step::{AnyError, StepError, StepFailure};

use crate::{Workflow, errors::SourceOf, planned::Planned, undo::Rollbacks};
pub(crate) use one_line::Name;
use one_line::one_line;

/// Why a run failed, and where.
///
/// Its text is one line that names the workflow, the step and the reason, fit for a log: lines of the error's own text
/// become one. The alternate form (`{:#}`) leaves that text as it is, and adds the batch, the attempts, the chain of
/// sources and what was rolled back. [`source`](Error::source) is the error that the step returned; none where its type
/// does not tell (a `String`) or is not `'static`.
///
/// It is `Send` and `Sync` where the error is, and so goes on by `?` into `Box<dyn Error + Send + Sync>` and the like.
///
/// ```
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Sum(text: &str) -> Result<i32, std::num::ParseIntError> {
///         fn left(text) -> Result<i32, std::num::ParseIntError> { text.split('+').next().unwrap_or("").parse() }
///         Ok(left)
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let failure = Sum { text: "one+two" }.run(&Orchestrator::new()).await.unwrap_err();
/// assert_eq!(failure.to_string(), "workflow `Sum`: step `left` failed: invalid digit found in string");
/// assert_eq!((failure.step(), failure.batch()), (Some("left"), Some(1)));
/// # });
/// ```
pub struct Failure<E> {
    // A failure is rare and large; a run's future holds room for one at every step.
    inner: Box<Inner<E>>,
}

struct Inner<E> {
    /// From the workflow that was run to the one that failed inside it.
    frames: Vec<Frame>,
    attempts: u32,
    reason: Reason<E>,
    source: SourceOf<E>,
    rollbacks: Vec<Rollback>,
}

impl<E> Failure<E> {
    /// The failure of a run of `W` by this plan: at a step, or at none.
    #[cold]
    pub(crate) fn of<W: Workflow<Error = E>>(
        plan: Planned<'_>,
        step: Option<usize>,
        reason: Reason<E>,
    ) -> Self {
        let frame = Frame::new(&plan.into(), step);
        Self::new(frame, reason, W::__ERRORS.source)
    }

    pub(crate) fn new(frame: Frame, reason: Reason<E>, source: SourceOf<E>) -> Self {
        Self {
            inner: Box::new(Inner {
                frames: vec![frame],
                attempts: 1,
                reason,
                source,
                rollbacks: Vec::new(),
            }),
        }
    }

    /// The failure of a step, of which all the attempts have been made.
    pub(crate) fn of_step<I>(
        frame: Frame,
        error: StepError<I>,
        convert: impl FnOnce(I) -> E,
        source: SourceOf<E>,
    ) -> Self {
        let mut frames = error.frames;
        frames.insert(0, frame);
        Self {
            inner: Box::new(Inner {
                frames,
                attempts: error.attempts,
                reason: error.reason.map(convert),
                source,
                rollbacks: error.rollbacks,
            }),
        }
    }

    /// What a step makes of the failure of the workflow that it runs.
    pub(crate) fn into_parts(self) -> (Vec<Frame>, u32, Reason<E>, Vec<Rollback>) {
        let Inner {
            frames,
            attempts,
            reason,
            rollbacks,
            ..
        } = *self.inner;
        (frames, attempts, reason, rollbacks)
    }

    /// The same failure, with what has been undone since.
    #[doc(hidden)]
    #[must_use]
    pub fn __undone(mut self, rollbacks: Rollbacks) -> Self {
        self.inner.rollbacks.extend(rollbacks.0);
        self
    }

    /// The same failure, with what had been undone before.
    #[doc(hidden)]
    #[must_use]
    pub fn __after(mut self, rollbacks: Rollbacks) -> Self {
        self.inner.rollbacks.splice(..0, rollbacks.0);
        self
    }

    /// The workflow that was run.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.outermost().workflow
    }

    /// The step of it that failed.
    ///
    /// None when it was no step: the workflow's last expression, the deadline, or a run that was never started.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        self.outermost().step.as_ref().map(|step| &*step.name)
    }

    /// The batch of that step, counted from 1 as the plan prints it.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        self.outermost().step.as_ref().map(|step| step.batch)
    }

    /// How many attempts were made at the step: 1 without `retry`, 0 where it was not even tried (its breaker was open, its
    /// quorum not reached, its approval refused). Of a flow, those at the step inside it that failed, or at the flow where
    /// these are more.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Reason<E> {
        &self.inner.reason
    }

    /// Why, by value.
    #[must_use]
    pub fn into_reason(self) -> Reason<E> {
        self.inner.reason
    }

    /// The workflow's own error, if that is why.
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        match &self.inner.reason {
            Reason::Error(error) => Some(error),
            _ => None,
        }
    }

    /// Every workflow on the way: from the one that was run to the one, run by a flow step of a flow step, whose step
    /// failed. Never empty.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.inner.frames
    }

    /// What became of the steps that had completed and had something to undo, in the order in which it was undone: the
    /// last to complete first. Those of the workflows of flow steps stand where these were.
    #[must_use]
    pub fn rollbacks(&self) -> &[Rollback] {
        &self.inner.rollbacks
    }

    /// The reason, for a type of error that may have no text of its own.
    #[cfg(feature = "tracing")]
    pub(crate) fn describe(&self, error: fn(&E) -> String) -> String {
        self.reason().describe(error)
    }

    fn outermost(&self) -> &Frame {
        &self.inner.frames[0]
    }

    fn innermost(&self) -> &Frame {
        &self.inner.frames[self.inner.frames.len() - 1]
    }

    fn source_of_reason(&self) -> Option<&(dyn Error + 'static)> {
        self.error().and_then(self.inner.source)
    }
}

/// What somebody else wrote: in the alternate form as it is, else in one line.
fn text(f: &mut fmt::Formatter<'_>, text: &dyn fmt::Display) -> fmt::Result {
    if f.alternate() {
        write!(f, "{text}")
    } else {
        one_line(f, text)
    }
}

impl<E> Failure<E> {
    /// The failure for people: `long` gives all that is known, and `error` is how an error prints.
    fn tell(
        &self,
        f: &mut fmt::Formatter<'_>,
        long: bool,
        error: &dyn Fn(&mut fmt::Formatter<'_>, &E) -> fmt::Result,
    ) -> fmt::Result {
        for (i, frame) in self.frames().iter().enumerate() {
            frame.tell(f, if i == 0 { "" } else { ": " })?;
        }
        let step = self.innermost().step.as_ref();
        if let Some(step) = step.filter(|_| long) {
            let attempts = self.attempts();
            let kind = step.kind.word();
            write!(f, " ({kind}, batch {}, attempt {attempts})", step.batch)?;
        }
        let failed = if step.is_some() {
            " failed: "
        } else {
            ": its last expression failed: "
        };
        self.reason().tell(f, failed, error)?;
        let mut cause = self.source_of_reason().and_then(Error::source);
        while let Some(error) = cause.filter(|_| long) {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        for rollback in self.rollbacks().iter().filter(|_| long) {
            write!(f, "\n  {rollback}")?;
        }
        Ok(())
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, f.alternate(), &|f, error| text(f, error))
    }
}

/// All that is known in a form made to be read, because this is what a `main` that returns the failure prints. The
/// alternate form (`{:#?}`) shows the fields.
impl<E: fmt::Debug> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return self.tell(f, true, &|f, error| error.fmt(f));
        }
        f.debug_struct("Failure")
            .field("frames", &self.inner.frames)
            .field("attempts", &self.inner.attempts)
            .field("reason", &self.inner.reason)
            .field("rollbacks", &self.inner.rollbacks)
            .finish_non_exhaustive()
    }
}

// No bound `E: Error`: a workflow may well fail with `anyhow::Error` or `Box<dyn Error>`, which are none.
impl<E: fmt::Display + fmt::Debug> Error for Failure<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source_of_reason()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{ApproverGone, Rejected, testing::Script};

    /// An error with a cause.
    #[derive(Debug)]
    struct Caused(fmt::Error);
    impl fmt::Display for Caused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no\n  report")
        }
    }
    impl Error for Caused {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn failure(step: Option<usize>, reason: Reason<Caused>) -> Failure<Caused> {
        Failure::new(Frame::new(&Script::PLAN.into(), step), reason, |caused| {
            Some(caused)
        })
    }

    #[test]
    fn it_reads_as_a_line() {
        let caused = || Reason::Error(Caused(fmt::Error));
        let panicked = Reason::Panicked(Panic::new(Box::new("left\nright")));
        let cases = [
            (
                failure(Some(0), caused()),
                "workflow `Script`: step `thinks` failed: no report",
            ),
            (
                failure(None, caused()),
                "workflow `Script`: its last expression failed: no report",
            ),
            (
                failure(Some(1), panicked),
                "workflow `Script`: step `counts` panicked: left right",
            ),
            (
                failure(None, Reason::TimedOut(Duration::from_millis(1500))),
                "workflow `Script` timed out after 1.5s",
            ),
            (
                failure(None, Reason::Refused(Refusal::TooDeep(4))),
                "workflow `Script` was not started: workflows nest 4 levels deep here: at most 3 are allowed",
            ),
            // A step beyond the plan is none.
            (
                failure(Some(9), Reason::TimedOut(Duration::from_secs(1))),
                "workflow `Script` timed out after 1s",
            ),
        ];
        for (failure, line) in cases {
            assert_eq!(failure.to_string(), line);
        }
    }

    #[test]
    fn the_alternate_form_goes_down_to_the_cause() {
        let failure = failure(Some(1), Reason::Error(Caused(fmt::Error)));
        assert_eq!(
            format!("{failure:#}"),
            format!(
                "workflow `Script`: step `counts` (fn, batch 2, attempt 1) failed: no\n  report\n  caused by: {}",
                fmt::Error
            )
        );
        assert!(failure.source().is_some_and(<dyn Error>::is::<Caused>));
    }

    #[test]
    fn every_reason_goes_through_a_flow() {
        let reasons = [
            Reason::Error(Caused(fmt::Error)),
            Reason::Panicked(Panic::new(Box::new(()))),
            Reason::TimedOut(Duration::ZERO),
            Reason::Cancelled,
            Reason::BreakerOpen(Duration::ZERO),
            Reason::Quorum {
                needed: 2,
                succeeded: 1,
            },
            Reason::Unsatisfied { rounds: 3 },
            Reason::BatchLength {
                outputs: 1,
                items: 2,
            },
            Reason::Batch("no".to_owned()),
            Reason::Rejected(Rejected::new("no")),
            Reason::NoApprover(ApproverGone::new()),
            Reason::Refused(Refusal::NoTimer),
            Reason::NestedAgent,
        ];
        for reason in reasons {
            let before = format!("{reason:?}");
            let frame = Frame::new(&Script::PLAN.into(), Some(2));
            let inner = StepError::from(failure(Some(0), reason));
            let outer = Failure::of_step(frame, inner, |error| error, |caused| Some(caused));
            assert_eq!(format!("{:?}", outer.reason()), before);
            assert_eq!(
                (outer.step(), outer.batch(), outer.frames().len()),
                (Some("goes_on"), Some(2), 2)
            );
            let inner = outer.frames()[1].step.as_ref().unwrap();
            assert_eq!(
                (&*inner.name, inner.kind, inner.batch),
                ("thinks", orchestrate_plan::Kind::Agent, 1)
            );
        }
    }

    #[test]
    fn it_is_sent_and_shared_where_its_error_is() {
        const fn sent_and_shared<T: Send + Sync + 'static>() {}
        const { sent_and_shared::<Failure<String>>() };
    }
}
