//! What a run has to undo, and in which order.
#![allow(missing_docs, reason = "hidden, and called by expansions alone")]

use std::{
    error::Error,
    fmt,
    future::{Future, Ready, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{Mutex, PoisonError},
    task::{Context as TaskContext, Poll},
};

use orchestrate_plan::{Plan, Undo};

use crate::{
    Cause, Panic, PlanRef, Rollback, RollbackOutcome, UndoOutcome, Workflow,
    failure::{AnyError, StepError},
    observe::Told,
};

/// The steps of a run that have completed and have something to undo, in the order of their completion. `N`: how many
/// such steps the workflow has.
#[derive(Clone, Copy, Debug)]
pub struct Completed<const N: usize> {
    steps: [usize; N],
    count: usize,
}

impl<const N: usize> Completed<N> {
    #[must_use]
    #[expect(clippy::new_without_default, reason = "called by expansions alone")]
    pub const fn new() -> Self {
        Self {
            steps: [0; N],
            count: 0,
        }
    }

    /// A step has completed; each does at most once.
    pub fn push(&mut self, step: usize) {
        self.steps[self.count] = step;
        self.count += 1;
    }

    /// The last to complete first.
    pub fn last_first(self) -> impl Iterator<Item = usize> {
        self.steps.into_iter().take(self.count).rev()
    }
}

/// What became of what a run had to undo.
#[derive(Debug, Default)]
pub struct Rollbacks(pub(crate) Vec<Rollback>);

impl Rollbacks {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Undoes a step, to the end; a panic is a failure of the rollback.
    pub async fn undo(
        &mut self,
        plan: impl Into<PlanRef>,
        step: usize,
        told: &Told,
        undo: impl Future<Output = Result<(), AnyError>>,
    ) {
        let mut undo = pin!(undo);
        let undone = std::future::poll_fn(|cx| {
            catch_unwind(AssertUnwindSafe(|| undo.as_mut().poll(cx))).unwrap_or_else(|payload| {
                Poll::Ready(Err(Box::new(PanickedRollback(Panic::new(payload)))))
            })
        });
        let outcome = match undone.await {
            Ok(()) => RollbackOutcome::Undone,
            Err(error) => RollbackOutcome::Failed(error.into()),
        };
        told.undone(step, || UndoOutcome::from(&outcome));
        self.push(&plan.into(), step, outcome);
    }

    /// A step that cannot be undone.
    pub fn irreversible(&mut self, plan: impl Into<PlanRef>, step: usize, told: &Told) {
        let plan = plan.into();
        let undo = plan.steps().get(step).map(|step| step.options().undo());
        if let Some(Undo::Irreversible(reason)) = undo {
            let outcome = RollbackOutcome::Irreversible(reason.to_owned().into());
            told.undone(step, || UndoOutcome::from(&outcome));
            self.push(&plan, step, outcome);
        }
    }

    /// What a flow step has undone.
    pub fn extend(&mut self, of_a_flow: Self) {
        self.0.extend(of_a_flow.0);
    }

    /// A step has ended. Where it has failed and is not the first, what it has undone is kept of it, and nothing else:
    /// `failed` is told why.
    pub fn first<T, E>(
        &mut self,
        is_first: bool,
        ended: Result<T, StepError<E>>,
        failed: impl FnOnce(Cause),
    ) -> Option<Result<T, StepError<E>>> {
        match ended {
            Err(error) if !is_first => {
                failed(error.reason.cause());
                self.0.extend(error.rollbacks);
                None
            }
            ended => Some(ended),
        }
    }

    fn push(&mut self, plan: &PlanRef, step: usize, outcome: RollbackOutcome) {
        if step < plan.steps().len() {
            self.0.push(Rollback {
                workflow: plan.named(Plan::name),
                step: plan.named(|plan| plan.steps()[step].name()),
                outcome,
            });
        }
    }
}

/// Whether a workflow may have something to undo, as a type: [`Undoes`] or [`UndoesNothing`].
///
/// As a type, so that what a flow leaves to undo is nothing at all where there is nothing, whatever it borrows.
#[derive(Debug)]
pub struct MayUndo<const UNDOES: bool>;

#[derive(Debug)]
pub struct Undoes;
#[derive(Debug)]
pub struct UndoesNothing;

pub trait UndoType {
    type Type;
}
impl UndoType for MayUndo<true> {
    type Type = Undoes;
}
impl UndoType for MayUndo<false> {
    type Type = UndoesNothing;
}

/// The same of two workflows.
pub trait OrUndoes<Other> {
    type Type;
}
impl<Other> OrUndoes<Other> for Undoes {
    type Type = Undoes;
}
impl OrUndoes<Undoes> for UndoesNothing {
    type Type = Undoes;
}
impl OrUndoes<UndoesNothing> for UndoesNothing {
    type Type = UndoesNothing;
}

/// What is kept of what undoes a flow.
pub trait Keep<U> {
    type Kept: Future<Output = Rollbacks>;
    fn keep(undo: U) -> Self::Kept;
}
impl<U: Future<Output = Rollbacks>> Keep<U> for Undoes {
    // What undoes a run holds what undoes its flows: without a box it would grow manifold with each level.
    type Kept = Pin<Box<U>>;
    fn keep(undo: U) -> Self::Kept {
        Box::pin(undo)
    }
}
impl<U> Keep<U> for UndoesNothing {
    type Kept = Ready<Rollbacks>;
    fn keep(_: U) -> Self::Kept {
        ready(Rollbacks::new())
    }
}

/// Keeps what undoes the flow `W`.
pub fn keep_flow<W, U>(undo: U) -> <W::__Undoes as Keep<U>>::Kept
where
    W: Workflow,
    W::__Undoes: Keep<U>,
{
    <W::__Undoes as Keep<U>>::keep(undo)
}

/// Keeps what undoes one item of many.
pub fn keep<U>(kept: &Mutex<Vec<U>>, undo: U) {
    kept.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(undo);
}

/// What undoes the items, in the order of their completion.
pub fn kept<U>(kept: Mutex<Vec<U>>) -> Vec<U> {
    kept.into_inner().unwrap_or_else(PoisonError::into_inner)
}

pin_project_lite::pin_project! {
    /// A run that nothing follows on: what would undo it is dropped.
    #[derive(Debug)]
    pub struct Whole<F> {
        #[pin]
        run: F,
    }
}

/// A run that is no part of another one.
pub fn whole<F>(run: F) -> Whole<F> {
    Whole { run }
}

impl<T, U, E, F: Future<Output = Result<(T, U), E>>> Future for Whole<F> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let ended = self.project().run.poll(cx);
        ended.map_ok(|(output, undo)| {
            // What a destructor does to a clone that is not wanted any more is no failure of the run.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(undo)));
            output
        })
    }
}

/// A rollback has panicked.
struct PanickedRollback(Panic);

impl fmt::Display for PanickedRollback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it panicked: {}", self.0)
    }
}

impl fmt::Debug for PanickedRollback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for PanickedRollback {}

/// What the expression of a rollback may be: nothing, or a `Result`.
#[diagnostic::on_unimplemented(
    message = "a rollback is `()` or a `Result`, and not `{Self}`",
    label = "neither `()` nor a `Result`",
    note = "end it with `;` where what it gives is of no interest"
)]
pub trait Undone {
    /// Its error.
    type Error;
    /// The same as a `Result`.
    ///
    /// # Errors
    ///
    /// When it is one.
    fn outcome(self) -> Result<(), Self::Error>;
}

impl Undone for () {
    type Error = std::convert::Infallible;
    fn outcome(self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl<T, E> Undone for Result<T, E> {
    type Error = E;
    fn outcome(self) -> Result<(), E> {
        self.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use orchestrate_plan::Plan;

    use super::*;
    use crate::testing::Script;

    const PLAN: &Plan = Script::PLAN;

    #[test]
    fn the_last_to_complete_is_the_first_to_be_undone() {
        let mut completed = Completed::<3>::new();
        completed.push(7);
        completed.push(2);
        assert_eq!(completed.last_first().collect::<Vec<_>>(), [2, 7]);
    }

    #[test]
    fn a_rollback_that_fails_or_panics_is_told() {
        let mut rollbacks = Rollbacks::new();
        block_on(async {
            rollbacks
                .undo(PLAN, 0, &Told::default(), async { Ok(()) })
                .await;
            rollbacks
                .undo(PLAN, 1, &Told::default(), async { Err("no".into()) })
                .await;
            rollbacks
                .undo(PLAN, 2, &Told::default(), async { panic!("oh") })
                .await;
        });
        let told: Vec<String> = rollbacks.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "step `thinks` of workflow `Script` is undone",
                "step `counts` of workflow `Script` could not be undone: no",
                "step `goes_on` of workflow `Script` could not be undone: it panicked: oh",
            ]
        );
    }
}
