use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use orchestrate_plan::Plan;

use crate::{Failure, Launcher, errors::Errors, undo::Rollbacks};

/// A workflow: what `workflow!` declares and implements.
///
/// A workflow has an inherent `run` and `PLAN` too, so this trait need not be imported to run one; it is there for code
/// that is generic over workflows.
///
/// ```
/// use orchestrated::{workflow, Orchestrator, WithAgents, Workflow};
///
/// workflow! {
///     workflow Double(n: u32) -> u32 {
///         fn doubled(n) -> u32 { n * 2 }
///         doubled
///     }
/// }
///
/// /// Says what it is about to do, and does it.
/// async fn announced<W: Workflow>(workflow: W, orchestrator: &Orchestrator) -> Option<W::Output> {
///     println!("{}", W::PLAN);
///     workflow.run(orchestrator).await.ok()
/// }
///
/// # futures::executor::block_on(async {
/// assert_eq!(announced(Double { n: 21 }, &Orchestrator::new()).await, Some(42));
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    label = "not a workflow",
    note = "a flow step runs what `workflow!` declares"
)]
pub trait Workflow: Sized {
    /// What a run produces: the type of the workflow's last expression, or what is in its `Ok`.
    type Output;

    /// What a step fails with, converted: what is in the `Err` of the workflow's type. For a workflow that does not
    /// return a `Result`, [`Infallible`](std::convert::Infallible).
    type Error;

    /// [`WithAgents`](crate::WithAgents) or [`WithoutAgents`](crate::WithoutAgents): who may launch it.
    type Agents: 'static;

    /// Whether a run may have something to undo: `__UNDOES`, as a type.
    #[doc(hidden)]
    type __Undoes;

    /// The plan, made while the workflow was compiled.
    const PLAN: &'static Plan;

    #[doc(hidden)]
    const __ERRORS: Errors<Self::Error> = Errors::UNKNOWN;

    /// Whether it can fail with an error of its own: whether the workflow returns a `Result`.
    #[doc(hidden)]
    const __CAN_FAIL: bool = true;

    /// Whether there may be something to undo when a run fails: it has a flow step, or one that says `rollback` or
    /// `irreversible`.
    #[doc(hidden)]
    const __UNDOES: bool = false;

    /// Whether a step names `cx`, and so can cancel the run.
    #[doc(hidden)]
    const __CONTEXT: bool = true;

    /// Whether its plan asks for anything that an orchestrator may lack.
    #[doc(hidden)]
    const __CHECKED: bool = Self::PLAN.needs_check();

    /// Whether each step with effects says how they are undone, or that they cannot be: what `#[saga]` asks.
    #[doc(hidden)]
    const __ACCOUNTED: bool = false;

    /// `#[deadline(..)]`.
    #[doc(hidden)]
    const __DEADLINE: Option<Duration> = None;

    /// Runs the workflow.
    ///
    /// Nothing happens until the future is polled. Dropping it ends the run at once: every step that is running is
    /// dropped, nothing new starts, and nothing is undone, since that takes time; a [`CancelToken`](crate::CancelToken)
    /// ends a run with all that must be undone. The future is `Send` when all that the steps hold is.
    ///
    /// # Errors
    ///
    /// The first step that fails or panics ends the run: nothing new starts, the steps that are running are dropped, and
    /// the [`Failure`] says which step it was and why. Where steps must be undone (`rollback`), those that are running are
    /// awaited first, and then all that have completed are undone, the last to complete first.
    fn run(
        self,
        launcher: &dyn Launcher<Self::Agents>,
    ) -> impl Future<Output = Result<Self::Output, Failure<Self::Error>>>;

    /// Runs the workflow as a part of another run: with the output comes what undoes it, should that run fail later.
    #[doc(hidden)]
    fn __part(
        self,
        launcher: &dyn Launcher<Self::Agents>,
    ) -> impl Future<
        Output = Result<
            (Self::Output, impl Future<Output = Rollbacks> + use<Self>),
            Failure<Self::Error>,
        >,
    > {
        Part {
            run: self.run(launcher),
        }
    }
}

pin_project_lite::pin_project! {
    /// A run with nothing to undo, as a part of another one.
    struct Part<F> {
        #[pin]
        run: F,
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for Part<F> {
    type Output = Result<(T, Ready<Rollbacks>), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let ended = self.project().run.poll(cx);
        ended.map_ok(|output| (output, ready(Rollbacks::new())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Orchestrator, testing::script};

    #[test]
    fn a_workflow_runs_through_the_trait() {
        async fn twice<W: Workflow<Output = u32>>(first: W, second: W) -> Option<u32> {
            let orchestrator = Orchestrator::new();
            Some(first.run(&orchestrator).await.ok()? + second.run(&orchestrator).await.ok()?)
        }
        let five = || script(|_| Box::pin(async { Ok(5) }));
        assert_eq!(futures::executor::block_on(twice(five(), five())), Some(10));
    }
}
