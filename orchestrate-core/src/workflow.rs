use std::future::Future;

use orchestrate_plan::Plan;

use crate::{Failure, Launcher, errors::Errors};

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

    /// The plan, made while the workflow was compiled.
    const PLAN: &'static Plan;

    #[doc(hidden)]
    const __ERRORS: Errors<Self::Error> = Errors::UNKNOWN;

    /// Whether it can fail with an error of its own: whether the workflow returns a `Result`.
    #[doc(hidden)]
    const __CAN_FAIL: bool = true;

    /// Runs the workflow.
    ///
    /// Nothing happens until the future is polled. Dropping it cancels the run: every step that is running is dropped,
    /// and nothing new starts. The future is `Send` when all that the steps hold is.
    ///
    /// # Errors
    ///
    /// The first step that fails or panics ends the run: nothing new starts, the steps that are running are dropped, and
    /// the [`Failure`] says which step it was and why.
    fn run(
        self,
        launcher: &dyn Launcher<Self::Agents>,
    ) -> impl Future<Output = Result<Self::Output, Failure<Self::Error>>>;
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
