use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use crate::UndoOutcome;

use super::{Name, one_line::one_line};

/// What became of a step that had completed when its run failed, and that had effects to undo: one with `rollback` or
/// `irreversible`.
///
/// ```
/// use orchestrated::{workflow, Orchestrator};
///
/// workflow! {
///     workflow Book(city: &str) -> Result<u32, String> {
///         #[rollback(println!("give room {room} back"))]
///         tool fn room(city) -> u32 { city.len() as u32 }
///
///         #[after(room)]
///         tool fn seat(city) -> Result<u32, String> { Err(format!("no flight to {city}")) }
///
///         Ok(room + seat)
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let failure = Book { city: "Oslo" }.run(&Orchestrator::new()).await.unwrap_err();
/// let [rollback] = failure.rollbacks() else { panic!("one step had effects") };
/// assert_eq!((&*rollback.workflow, &*rollback.step), ("Book", "room"));
/// assert!(rollback.outcome.is_undone());
/// assert_eq!(rollback.to_string(), "step `room` of workflow `Book` is undone");
/// # });
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rollback {
    /// The workflow of the step.
    pub workflow: Cow<'static, str>,
    /// The step.
    pub step: Cow<'static, str>,
    /// What became of it.
    pub outcome: RollbackOutcome,
}

/// How a rollback ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RollbackOutcome {
    /// The step is undone.
    Undone,
    /// The rollback failed with this error, or panicked: the effects of the step may still be there. The rollbacks of the
    /// other steps ran all the same.
    Failed(Arc<dyn Error + Send + Sync>),
    /// The step cannot be undone, for this reason: `#[irreversible = "reason"]`.
    Irreversible(Cow<'static, str>),
}

impl RollbackOutcome {
    /// Whether the step is undone.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        matches!(self, Self::Undone)
    }
}

/// For who only looks at it.
impl From<&RollbackOutcome> for UndoOutcome {
    fn from(outcome: &RollbackOutcome) -> Self {
        match outcome {
            RollbackOutcome::Undone => Self::Undone,
            RollbackOutcome::Failed(error) => Self::Failed(error.to_string()),
            RollbackOutcome::Irreversible(reason) => Self::Irreversible(reason.to_string()),
        }
    }
}

/// One line: the step, and what became of it.
impl fmt::Display for Rollback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, workflow) = (Name(&self.step), Name(&self.workflow));
        write!(f, "step `{step}` of workflow `{workflow}` ")?;
        match &self.outcome {
            RollbackOutcome::Undone => f.write_str("is undone"),
            RollbackOutcome::Failed(error) => {
                f.write_str("could not be undone: ")?;
                one_line(f, error)
            }
            RollbackOutcome::Irreversible(reason) => {
                f.write_str("is irreversible: ")?;
                one_line(f, reason)
            }
        }
    }
}
