use std::{
    any::type_name,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use orchestrate_plan::Unready;

use super::{Panic, text};
use crate::{ApproverGone, NoExecutor, approval::Rejected};

/// Why a run failed, or a step of it.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::{workflow, Orchestrator, Reason};
///
/// workflow! {
///     workflow Half(n: u32) -> Result<u32, String> {
///         #[timeout(1s)]
///         tool fn half(n) -> Result<u32, String> {
///             match n {
///                 0 => std::future::pending().await,
///                 n if n % 2 == 0 => Ok(n / 2),
///                 n => Err(format!("{n} is odd")),
///             }
///         }
///         Ok(half)
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// for n in [3, 0] {
///     let failure = Half { n }.run(&Orchestrator::new()).await.unwrap_err();
///     match failure.into_reason() {
///         Reason::Error(error) => assert_eq!(error, "3 is odd"),
///         Reason::TimedOut(limit) => assert_eq!(limit, Duration::from_secs(1)),
///         other => panic!("{other:?}"),
///     }
/// }
/// # });
/// ```
#[non_exhaustive]
pub enum Reason<E> {
    /// A step returned this error, converted into the workflow's.
    Error(E),
    /// A step panicked.
    Panicked(Panic),
    /// An attempt at the step took longer than its `timeout`; or, where no step is named, the run took longer than its
    /// deadline.
    TimedOut(Duration),
    /// The run was cancelled: by a [`CancelToken`](crate::CancelToken), by
    /// [`Orchestrator::shutdown`](crate::Orchestrator::shutdown), or because the run of which it is a part has failed.
    Cancelled,
    /// The breaker of the step is open after too many failures: the step was not tried. It may be tried again after
    /// this long.
    BreakerOpen(Duration),
    /// Fewer of the step's optional inputs have succeeded than its `quorum` asks for.
    Quorum {
        /// How many it asks for.
        needed: usize,
        /// How many there are.
        succeeded: usize,
    },
    /// The condition of `repeat(until = ..)` did not hold after this many rounds.
    Unsatisfied {
        /// The bound: `max`.
        rounds: u32,
    },
    /// The body of a step with `batch` returned another number of outputs than it was given items.
    BatchLength {
        /// How many outputs it returned.
        outputs: usize,
        /// How many items it was given.
        items: usize,
    },
    /// The call of a step with `batch` was gathered with others, whose call has failed: with this error, or because
    /// the run that made it was dropped.
    Batch(String),
    /// A person has said no.
    Rejected(Rejected),
    /// A person should have decided, and there is nobody to ask any more.
    NoApprover(ApproverGone),
    /// The run was not started; or, where a step is named, that step needs a clock and there is none
    /// ([`Refusal::NoTimer`]), or something that runs it, and there is none ([`Refusal::NoExecutor`]).
    Refused(Refusal),
    /// An agent, a tool or an mcp step made an orchestrator of its own and ran a workflow that launches agents. Nothing
    /// was started.
    NestedAgent,
}

/// Why a run was not started.
///
/// ```
/// use orchestrated::{workflow, Orchestrator, Reason, Refusal};
///
/// workflow! {
///     workflow Store(row: String) -> usize {
///         #[requires("db:write")]
///         tool fn stored(row) -> usize { row.len() }
///         stored
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let failure = Store { row: "a".to_owned() }.run(&Orchestrator::new()).await.unwrap_err();
/// let Reason::Refused(Refusal::Unready(unready)) = failure.reason() else { panic!("{failure}") };
/// assert_eq!(unready.problems()[0].step(), Some("stored"));
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It would be this many workflows deep; at most 3 are allowed.
    TooDeep(u8),
    /// It has a deadline, or a step of it a time-out or a wait, and there is no tokio runtime with a timer to keep it.
    NoTimer,
    /// The orchestrator lacks what the plan asks for: all of it.
    Unready(Unready),
    /// The orchestrator has been shut down.
    ShutDown,
    /// A step runs apart from its run (`#[spawn]`, `#[blocking]`), and there is nothing that runs it.
    NoExecutor(NoExecutor),
}

const NESTED_AGENT: &str = "was not started: a sub-agent cannot launch other sub-agents, and this run was asked for inside a step";

impl<E> Reason<E> {
    /// The same reason, with the error converted.
    pub(crate) fn map<O>(self, convert: impl FnOnce(E) -> O) -> Reason<O> {
        match self {
            Self::Error(error) => Reason::Error(convert(error)),
            Self::Panicked(panic) => Reason::Panicked(panic),
            Self::TimedOut(limit) => Reason::TimedOut(limit),
            Self::Cancelled => Reason::Cancelled,
            Self::BreakerOpen(after) => Reason::BreakerOpen(after),
            Self::Quorum { needed, succeeded } => Reason::Quorum { needed, succeeded },
            Self::Unsatisfied { rounds } => Reason::Unsatisfied { rounds },
            Self::BatchLength { outputs, items } => Reason::BatchLength { outputs, items },
            Self::Batch(why) => Reason::Batch(why),
            Self::Rejected(rejected) => Reason::Rejected(rejected),
            Self::NoApprover(why) => Reason::NoApprover(why),
            Self::Refused(refusal) => Reason::Refused(refusal),
            Self::NestedAgent => Reason::NestedAgent,
        }
    }

    /// The reason as a text, for a type of error that may have none of its own.
    pub(crate) fn describe(&self, error: impl Fn(&E) -> String) -> String {
        struct Told<'r, E, D>(&'r Reason<E>, D);
        impl<E, D: Fn(&E) -> String> fmt::Display for Told<'_, E, D> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let own = |f: &mut fmt::Formatter<'_>, own: &E| f.write_str(&told(own, &self.1));
                self.0.tell(f, "", &own)
            }
        }
        let told = Told(self, error).to_string();
        told.trim_start().to_owned()
    }

    /// The reason as it follows on the name of a workflow or a step, the error apart: `prefix` stands before that. Compiled once
    /// for a type of errors, and not for each way of printing one.
    pub(super) fn tell(
        &self,
        f: &mut fmt::Formatter<'_>,
        prefix: &str,
        error: &dyn Fn(&mut fmt::Formatter<'_>, &E) -> fmt::Result,
    ) -> fmt::Result {
        match self {
            Self::Error(own) => {
                f.write_str(prefix)?;
                error(f, own)
            }
            Self::Panicked(panic) => {
                f.write_str(" panicked: ")?;
                text(f, panic)
            }
            Self::TimedOut(limit) => write!(f, " timed out after {limit:?}"),
            Self::Cancelled => f.write_str(" was cancelled"),
            Self::BreakerOpen(after) => {
                write!(
                    f,
                    " was not tried: its breaker is open for another {after:?}"
                )
            }
            Self::Quorum { needed, succeeded } => write!(
                f,
                " has no quorum: {succeeded} of its optional inputs succeeded, and it needs {needed}"
            ),
            Self::Unsatisfied { rounds } => write!(
                f,
                " did not meet its condition in {rounds} round{}",
                if *rounds == 1 { "" } else { "s" }
            ),
            Self::BatchLength { outputs, items } => {
                write!(
                    f,
                    " returned {outputs} outputs for a batch of {items} items"
                )
            }
            Self::Batch(why) => {
                f.write_str(" failed with the batch that it was gathered into: ")?;
                text(f, why)
            }
            Self::Rejected(rejected) => {
                f.write_str(" was rejected")?;
                if rejected.reason().is_empty() {
                    return Ok(());
                }
                f.write_str(": ")?;
                text(f, &rejected.reason())
            }
            Self::NoApprover(why) => {
                f.write_str(" got no decision: ")?;
                text(f, why)
            }
            Self::Refused(refusal) => {
                f.write_str(" was not started: ")?;
                fmt::Display::fmt(refusal, f)
            }
            Self::NestedAgent => write!(f, " {NESTED_AGENT}"),
        }
    }
}

impl<E> From<ApproverGone> for Reason<E> {
    fn from(gone: ApproverGone) -> Self {
        Self::NoApprover(gone)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep(levels) => write!(
                f,
                "workflows nest {levels} levels deep here: at most 3 are allowed"
            ),
            Self::NoTimer => {
                f.write_str("it needs time, and so a tokio runtime with its timer enabled")
            }
            Self::Unready(unready) if f.alternate() => fmt::Display::fmt(unready, f),
            Self::Unready(unready) => {
                for (number, problem) in unready.problems().iter().enumerate() {
                    f.write_str(if number == 0 { "" } else { "; " })?;
                    fmt::Display::fmt(problem, f)?;
                }
                Ok(())
            }
            Self::ShutDown => f.write_str("its orchestrator has been shut down"),
            Self::NoExecutor(why) => fmt::Display::fmt(why, f),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Reason<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f.debug_tuple("Error").field(error).finish(),
            Self::Panicked(panic) => panic.fmt(f),
            Self::TimedOut(limit) => f.debug_tuple("TimedOut").field(limit).finish(),
            Self::Cancelled => f.write_str("Cancelled"),
            Self::BreakerOpen(after) => f.debug_tuple("BreakerOpen").field(after).finish(),
            Self::Quorum { needed, succeeded } => f
                .debug_struct("Quorum")
                .field("needed", needed)
                .field("succeeded", succeeded)
                .finish(),
            Self::Unsatisfied { rounds } => f
                .debug_struct("Unsatisfied")
                .field("rounds", rounds)
                .finish(),
            Self::BatchLength { outputs, items } => f
                .debug_struct("BatchLength")
                .field("outputs", outputs)
                .field("items", items)
                .finish(),
            Self::Batch(why) => f.debug_tuple("Batch").field(why).finish(),
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::NoApprover(why) => f.debug_tuple("NoApprover").field(why).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::NestedAgent => f.write_str("NestedAgent"),
        }
    }
}

/// The text of an error, for who listens: where it panics, the name of its type. That somebody listens changes nothing.
pub(crate) fn told<E>(error: &E, describe: impl FnOnce(&E) -> String) -> String {
    catch_unwind(AssertUnwindSafe(|| describe(error)))
        .unwrap_or_else(|_| type_name::<E>().to_owned())
}
