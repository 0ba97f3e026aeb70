//! Why a step failed, while its run may still go on.

use std::{error::Error, fmt, sync::Arc};

use super::{FailedStep, Failure, Frame, Name, Reason, Rollback, text};

/// An error of any type, or its text where the type is no error.
pub type AnyError = Box<dyn Error + Send + Sync>;

/// A step has failed, inside of its options.
#[derive(Debug)]
pub struct StepError<E> {
    pub(crate) reason: Reason<E>,
    pub(crate) attempts: u32,
    /// Of a flow: from the workflow that it ran to the one that failed inside it.
    pub(crate) frames: Vec<Frame>,
    /// Of a flow: what it has undone.
    pub(crate) rollbacks: Vec<Rollback>,
}

impl<E> StepError<E> {
    #[cold]
    pub(crate) fn new(reason: Reason<E>, attempts: u32) -> Self {
        Self {
            reason,
            attempts,
            frames: Vec::new(),
            rollbacks: Vec::new(),
        }
    }

    /// The error that the body returned, if that is why.
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        match &self.reason {
            Reason::Error(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the run itself is stopping: nothing that makes good for a failure is asked then.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.reason, Reason::Cancelled)
    }

    /// How many attempts were made.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The same, after another failure of the step: with what that has undone.
    #[must_use]
    pub fn after(mut self, before: &StepFailure) -> Self {
        self.rollbacks
            .splice(..0, before.rollbacks().iter().cloned());
        self
    }

    /// Whether it may go better another time, though it is no error of the body: an attempt that took too long, or one
    /// of a batch that failed as a whole.
    #[must_use]
    pub fn is_worth_another(&self) -> bool {
        matches!(
            self.reason,
            Reason::Error(_) | Reason::TimedOut(_) | Reason::Batch(_)
        )
    }

    /// That the run stops, whatever the type of the error.
    pub(crate) fn stopped<O>(self) -> StepError<O> {
        StepError {
            reason: Reason::Cancelled,
            attempts: self.attempts,
            frames: self.frames,
            rollbacks: self.rollbacks,
        }
    }

    /// Why, for a type of error that may have no text of its own.
    pub fn describe(&self, error: impl Fn(&E) -> String) -> String {
        self.reason.describe(error)
    }

    pub(crate) fn map<O>(self, convert: impl FnOnce(E) -> O) -> StepError<O> {
        StepError {
            reason: self.reason.map(convert),
            attempts: self.attempts,
            frames: self.frames,
            rollbacks: self.rollbacks,
        }
    }
}

impl<E> From<Failure<E>> for StepError<E> {
    fn from(failure: Failure<E>) -> Self {
        let (frames, attempts, reason, rollbacks) = failure.into_parts();
        Self {
            reason,
            attempts,
            frames,
            rollbacks,
        }
    }
}

/// Why a step failed whose failure does not fail the run: what the readers of a step with `optional` get, and what
/// `error` is in `fallback` and `default`.
///
/// It has no type parameter, so that steps with different errors fit one list. Its text is one line that names the
/// reason; [`downcast_ref`](Self::downcast_ref) gives the step's own error back where its type is an
/// [`Error`](std::error::Error) that is `Send`, `Sync` and `'static` (of any other type there is the text).
///
/// ```
/// use std::num::ParseIntError;
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Either(text: &str) -> String {
///         #[optional]
///         fn number(text) -> Result<i32, ParseIntError> { text.parse() }
///
///         fn told(number) -> String {
///             match number {
///                 Ok(number) => format!("the number {number}"),
///                 Err(failure) => {
///                     assert!(failure.downcast_ref::<ParseIntError>().is_some());
///                     format!("no number: {failure}")
///                 }
///             }
///         }
///
///         told
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let told = Either { text: "one" }.run(&Orchestrator::new()).await?;
/// assert_eq!(told, "no number: step `number` failed: invalid digit found in string");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct StepFailure {
    inner: Arc<Inner>,
}

struct Inner {
    step: FailedStep,
    error: StepError<AnyError>,
}

impl StepFailure {
    #[cold]
    pub(crate) fn new(step: FailedStep, error: StepError<AnyError>) -> Self {
        Self {
            inner: Arc::new(Inner { step, error }),
        }
    }

    /// The name of the step.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.inner.step.name
    }

    /// The batch of the step, counted from 1 as the plan prints it.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.inner.step.batch
    }

    /// How many attempts were made; 0 where the step was not even tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.error.attempts
    }

    /// Why. An error of the step has lost its type here: [`downcast_ref`](Self::downcast_ref) gives it back.
    #[must_use]
    pub fn reason(&self) -> &Reason<Box<dyn Error + Send + Sync>> {
        &self.inner.error.reason
    }

    /// The step's own error, if that is why it failed and it is of this type.
    #[must_use]
    pub fn downcast_ref<T: Error + 'static>(&self) -> Option<&T> {
        self.inner.error.error()?.downcast_ref()
    }

    /// Whether the last attempt took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.reason(), Reason::TimedOut(_))
    }

    /// What was undone, of a flow.
    #[must_use]
    pub fn rollbacks(&self) -> &[Rollback] {
        &self.inner.error.rollbacks
    }
}

impl fmt::Display for StepFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step `{}`", Name(self.step()))?;
        for frame in &self.inner.error.frames {
            frame.tell(f, ": ")?;
        }
        self.reason()
            .tell(f, " failed: ", &|f, error| text(f, error))
    }
}

impl fmt::Debug for StepFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepFailure")
            .field("step", &self.step())
            .field("attempts", &self.attempts())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

impl Error for StepFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.inner.error.error().map(|error| &**error as _)
    }
}
