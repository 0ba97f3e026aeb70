use std::{any::Any, borrow::Cow, error::Error, fmt, time::Duration};

use orchestrate_plan::{Kind, Plan};

use crate::errors::SourceOf;

/// Why a run failed, and where.
///
/// Its text is one line that names the workflow, the step and the reason; the alternate form (`{:#}`) adds the batch,
/// the attempts and the chain of sources. [`source`](Error::source) is the error that the step returned.
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
#[must_use = "a failure says why a run did not produce its output"]
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

/// One workflow on the way to what failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The name of the workflow.
    pub workflow: Cow<'static, str>,
    /// The step of it that failed; none when it was no step (its last expression, its deadline, or that it could not
    /// start).
    pub step: Option<FailedStep>,
}

/// The step of a [`Frame`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedStep {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its kind.
    pub kind: Kind,
    /// The batch that it stands in, counted from 1 as a plan prints it.
    pub batch: usize,
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

/// What a step panicked with.
pub struct Panic {
    payload: Box<dyn Any + Send>,
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

    /// The reason in one line, for a type of error that may have no text of its own.
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

impl Frame {
    pub(crate) fn new(plan: &'static Plan, step: Option<usize>) -> Self {
        let step = step
            .and_then(|step| plan.steps().get(step))
            .map(|step| FailedStep {
                name: Cow::Borrowed(step.name()),
                kind: step.kind(),
                batch: step.batch() + 1,
            });
        Self {
            workflow: Cow::Borrowed(plan.name()),
            step,
        }
    }
}

impl Panic {
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self { payload }
    }

    /// The message, where the panic had one (as all those of `panic!`, `unwrap` and the like do).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let text = self.payload.downcast_ref::<&'static str>().copied();
        text.or_else(|| self.payload.downcast_ref::<String>().map(String::as_str))
    }

    /// What [`std::panic::resume_unwind`] takes, to let the panic go on.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.payload
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().unwrap_or("a payload that is not text"))
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Panic").field(&self.message()).finish()
    }
}

// The payload is only ever given away whole, or read as text: there is nothing to share.
#[cfg(test)]
const _: () = {
    const fn send<T: Send>() {}
    send::<Failure<String>>();
};

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep(levels) => write!(f, "workflows nest {levels} levels deep here: at most 3 are allowed"),
            Self::NoTimer => f.write_str("its orchestrator sets a deadline, which needs a tokio runtime with its timer enabled"),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, frame) in self.frames().iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ": " })?;
            write!(f, "workflow `{}`", frame.workflow)?;
            if let Some(step) = &frame.step {
                write!(f, ": step `{}`", step.name)?;
            }
        }
        let step = self.innermost().step.as_ref();
        if let Some(step) = step.filter(|_| f.alternate()) {
            let attempts = self.attempts();
            write!(
                f,
                " ({}, batch {}, attempt {attempts})",
                step.kind.word(),
                step.batch
            )?;
        }
        match self.reason() {
            Reason::Error(error) if step.is_some() => write!(f, " failed: {error}"),
            Reason::Error(error) => write!(f, ": its last expression failed: {error}"),
            Reason::Panicked(panic) => write!(f, " panicked: {panic}"),
            Reason::TimedOut(limit) => write!(f, " timed out after {limit:?}"),
            Reason::Refused(refusal) => write!(f, " was not started: {refusal}"),
            Reason::NestedAgent => write!(f, " {NESTED_AGENT}"),
        }?;
        if f.alternate() {
            let mut cause = self.source_of_reason().and_then(Error::source);
            while let Some(error) = cause {
                write!(f, "\n  caused by: {error}")?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl<E: fmt::Debug> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
