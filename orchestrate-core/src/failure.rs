mod frame;
mod one_line;
mod panic;

use std::{error::Error, fmt, time::Duration};

pub use frame::{FailedStep, Frame};
pub use panic::Panic;

use crate::{Workflow, errors::SourceOf};
use one_line::one_line;

/// Why a run failed, and where.
///
/// Its text is one line that names the workflow, the step and the reason, fit for a log: lines of the error's own text
/// become one. The alternate form (`{:#}`) leaves that text as it is, and adds the batch, the attempts and the chain of
/// sources. [`source`](Error::source) is the error that the step returned; none where its type does not tell (a
/// `String`) or is not `'static`.
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
}

/// Why a run failed.
#[non_exhaustive]
pub enum Reason<E> {
    /// A step returned this error, converted into the workflow's.
    Error(E),
    /// A step panicked.
    Panicked(Panic),
    /// The run took longer than its orchestrator allows.
    TimedOut(Duration),
    /// The run was not started.
    Refused(Refusal),
    /// An agent, a tool or an mcp step made an orchestrator of its own and ran a workflow that launches agents. Nothing
    /// was started.
    NestedAgent,
}

/// Why a run was not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It would be this many workflows deep; at most 3 are allowed.
    TooDeep(u8),
    /// Its orchestrator sets a deadline, and there is no tokio runtime with a timer to keep it.
    NoTimer,
}

const NESTED_AGENT: &str = "was not started: a sub-agent cannot launch other sub-agents, and this run was asked for inside a step";

impl<E> Failure<E> {
    /// The failure of a run of `W`: at a step, or at none.
    #[cold]
    pub(crate) fn of<W: Workflow<Error = E>>(step: Option<usize>, reason: Reason<E>) -> Self {
        Self::new(Frame::new(W::PLAN, step), reason, W::__ERRORS.source)
    }

    pub(crate) fn new(frame: Frame, reason: Reason<E>, source: SourceOf<E>) -> Self {
        Self {
            inner: Box::new(Inner {
                frames: vec![frame],
                attempts: 1,
                reason,
                source,
            }),
        }
    }

    /// The same failure, seen from the workflow of which the failed one is a step.
    pub(crate) fn within<O>(
        self,
        frame: Frame,
        convert: impl FnOnce(E) -> O,
        source: SourceOf<O>,
    ) -> Failure<O> {
        let Inner {
            mut frames,
            attempts,
            reason,
            ..
        } = *self.inner;
        frames.insert(0, frame);
        let reason = match reason {
            Reason::Error(error) => Reason::Error(convert(error)),
            Reason::Panicked(panic) => Reason::Panicked(panic),
            Reason::TimedOut(limit) => Reason::TimedOut(limit),
            Reason::Refused(refusal) => Reason::Refused(refusal),
            Reason::NestedAgent => Reason::NestedAgent,
        };
        Failure {
            inner: Box::new(Inner {
                frames,
                attempts,
                reason,
                source,
            }),
        }
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

    /// How many attempts were made at the step.
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

    /// The reason, for a type of error that may have no text of its own.
    #[cfg(feature = "tracing")]
    pub(crate) fn describe(&self, error: fn(&E) -> String) -> String {
        match self.reason() {
            Reason::Error(own) => error(own),
            Reason::Panicked(panic) => format!("panicked: {panic}"),
            Reason::TimedOut(limit) => format!("timed out after {limit:?}"),
            Reason::Refused(refusal) => format!("was not started: {refusal}"),
            Reason::NestedAgent => NESTED_AGENT.to_owned(),
        }
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

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep(levels) => write!(f, "workflows nest {levels} levels deep here: at most 3 are allowed"),
            Self::NoTimer => f.write_str("its orchestrator sets a deadline, which needs a tokio runtime with its timer enabled"),
        }
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
        error: impl FnOnce(&mut fmt::Formatter<'_>, &E) -> fmt::Result,
    ) -> fmt::Result {
        for (i, frame) in self.frames().iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ": " })?;
            write!(f, "workflow `{}`", frame.workflow)?;
            if let Some(step) = &frame.step {
                write!(f, ": step `{}`", step.name)?;
            }
        }
        let step = self.innermost().step.as_ref();
        if let Some(step) = step.filter(|_| long) {
            let attempts = self.attempts();
            let kind = step.kind.word();
            write!(f, " ({kind}, batch {}, attempt {attempts})", step.batch)?;
        }
        match self.reason() {
            Reason::Error(own) => {
                f.write_str(if step.is_some() {
                    " failed: "
                } else {
                    ": its last expression failed: "
                })?;
                error(f, own)
            }
            Reason::Panicked(panic) => {
                f.write_str(" panicked: ")?;
                text(f, panic)
            }
            Reason::TimedOut(limit) => write!(f, " timed out after {limit:?}"),
            Reason::Refused(refusal) => write!(f, " was not started: {refusal}"),
            Reason::NestedAgent => write!(f, " {NESTED_AGENT}"),
        }?;
        let mut cause = self.source_of_reason().and_then(Error::source);
        while let Some(error) = cause.filter(|_| long) {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, f.alternate(), |f, error| text(f, error))
    }
}

/// All that is known in a form made to be read, because this is what a `main` that returns the failure prints. The
/// alternate form (`{:#?}`) shows the fields.
impl<E: fmt::Debug> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return self.tell(f, true, |f, error| error.fmt(f));
        }
        f.debug_struct("Failure")
            .field("frames", &self.inner.frames)
            .field("attempts", &self.inner.attempts)
            .field("reason", &self.inner.reason)
            .finish_non_exhaustive()
    }
}

impl<E: fmt::Debug> fmt::Debug for Reason<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f.debug_tuple("Error").field(error).finish(),
            Self::Panicked(panic) => panic.fmt(f),
            Self::TimedOut(limit) => f.debug_tuple("TimedOut").field(limit).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::NestedAgent => f.write_str("NestedAgent"),
        }
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
    use super::*;
    use crate::testing::Script;

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
        Failure::new(Frame::new(Script::PLAN, step), reason, |caused| {
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
            Reason::Refused(Refusal::NoTimer),
            Reason::NestedAgent,
        ];
        for reason in reasons {
            let before = format!("{reason:?}");
            let frame = Frame::new(Script::PLAN, Some(2));
            let outer =
                failure(Some(0), reason).within(frame, |error| error, |caused| Some(caused));
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
