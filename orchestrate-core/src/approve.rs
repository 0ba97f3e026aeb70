//! To run a workflow when somebody has seen what it will do, and agrees.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use orchestrate_plan::{Estimates, Plan};

use crate::{
    Decision, Failure, Orchestrator, Panic, Question, Reason, Refusal, Request, Workflow,
    place::Place, planned::Planned, run::MAX_DEPTH, shutdown::Running, spans,
};

impl Orchestrator {
    /// Shows the [dry run](orchestrate_plan::Plan::dry_run) of a workflow to the [approver](Self::approver), and runs the
    /// workflow when it is approved.
    ///
    /// The dry run goes by the [history](Self::history) of this orchestrator and by `#[estimate(..)]`. It is a detail of
    /// the question, and with the feature `serde` its payload too. While somebody thinks about it nothing has started, so
    /// no deadline runs; a shutdown and a [cancellation](Self::cancel_on) withdraw the question. What a person has
    /// attached to an approval is for steps that ask, and is not used here.
    ///
    /// ```
    /// use orchestrated::{workflow, AutoApprover, Orchestrator, Reason};
    ///
    /// workflow! {
    ///     workflow Sweep(files: usize) -> usize {
    ///         #[estimate(2s)]
    ///         tool fn removed(files) -> usize { *files }
    ///         removed
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let approver = AutoApprover::approve();
    /// let orchestrator = Orchestrator::new().approver(approver.clone());
    /// assert_eq!(orchestrator.approve_then_run(Sweep { files: 12 }).await?, 12);
    /// let question = approver.asked()[0].question.to_string();
    /// assert!(question.starts_with("run workflow `Sweep`?\n  dry run: Sweep takes about 2s\n"));
    ///
    /// let careful = Orchestrator::new().approver(AutoApprover::reject("not today"));
    /// let failure = careful.approve_then_run(Sweep { files: 12 }).await.unwrap_err();
    /// assert_eq!(failure.to_string(), "workflow `Sweep` was rejected: not today");
    /// assert!(matches!(failure.reason(), Reason::Rejected(_)));
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`Reason::Rejected`] when it is rejected, and [`Reason::NoApprover`] when nobody will answer. Without an approver,
    /// and where anything else is missing that the plan asks for, it is refused before anybody is asked. Otherwise what
    /// the run fails with.
    pub async fn approve_then_run<W: Workflow>(
        &self,
        workflow: W,
    ) -> Result<W::Output, Failure<W::Error>> {
        if let Err(reason) = self.approved(W::PLAN).await {
            let failure = Failure::of::<W>(Planned::Constant(W::PLAN), None, reason);
            spans::told(None, &failure, W::__ERRORS.describe);
            return Err(failure);
        }
        workflow.run(self).await
    }

    /// Asks. The same code for all workflows but for the type of their error.
    async fn approved<E>(&self, plan: &'static Plan) -> Result<(), Reason<E>> {
        // What would be refused anyway is not worth a question.
        let here = Place::of_run(Place::here());
        if here.level() > MAX_DEPTH {
            return Err(Reason::Refused(Refusal::TooDeep(here.level())));
        }
        if here.below_agent() && plan.launches_agents() {
            return Err(Reason::NestedAgent);
        }
        if self.state().shutdown.is_down() {
            return Err(Reason::Refused(Refusal::ShutDown));
        }
        let ready = plan.check_with_approval(self);
        ready.map_err(|unready| Reason::Refused(Refusal::Unready(unready)))?;
        match self.decision(plan).await? {
            Some(decision) => decision.into_result().map(drop).map_err(Reason::Rejected),
            None => Err(Reason::Cancelled),
        }
    }

    /// The answer; none when the orchestrator is cancelled first.
    async fn decision<E>(&self, plan: &'static Plan) -> Result<Option<Decision>, Reason<E>> {
        let Some(approver) = self.asked() else {
            return Err(crate::ApproverGone::new().into());
        };
        // A shutdown waits until the question is withdrawn.
        let _running = Running::new(self.state());
        let dry_run = plan.dry_run(&Estimates::from(&self.history()));
        let question =
            Question::new(format!("run workflow `{}`?", plan.name())).detail("dry run", &dry_run);
        #[cfg(feature = "serde")]
        let question = question.payload(&dry_run);
        let mut answer = Box::pin(async {
            approver
                .ask(Request::of_workflow(plan.name(), question))
                .await
        });
        let tokens = self.tokens().iter().chain([self.state().shutdown.token()]);
        let mut cancelled: Vec<Pin<Box<_>>> =
            tokens.map(|token| Box::pin(token.cancelled())).collect();
        std::future::poll_fn(|cx| {
            if cancelled
                .iter_mut()
                .any(|token| token.as_mut().poll(cx).is_ready())
            {
                return Poll::Ready(Ok(None));
            }
            // As where a step asks: what panics is a failure, and is never polled again.
            match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))) {
                Ok(poll) => poll.map(|answer| answer.map(Some).map_err(Reason::from)),
                Err(payload) => Poll::Ready(Err(Reason::Panicked(Panic::new(payload)))),
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, executor::block_on};

    use super::*;
    use crate::{
        Answer, Approver, AutoApprover, CancelToken, approval_channel,
        testing::{Script, script},
    };

    fn one() -> Script {
        script(|_| Box::pin(async { Ok(1) }))
    }

    #[test]
    fn it_runs_when_somebody_agrees() {
        let approver = AutoApprover::approve();
        let orchestrator = Orchestrator::new().approver(approver.clone());
        assert_eq!(block_on(orchestrator.approve_then_run(one())).unwrap(), 1);
        let asked = approver.asked();
        assert_eq!((asked.len(), &*asked[0].step), (1, ""));
        let shown = asked[0].to_string();
        let first = format!(
            "workflow `Script` (run {}) asks:\n  run workflow `Script`?\n    dry run: Script",
            asked[0].run
        );
        assert!(shown.starts_with(&first), "{shown}");
        #[cfg(feature = "serde")]
        assert_eq!(
            asked[0].question.payload.as_ref().unwrap()["workflow"],
            "Script"
        );
    }

    #[test]
    fn nothing_runs_when_somebody_does_not() {
        let never = || script(|_| Box::pin(async { panic!("it was not approved") }));
        let reject = Orchestrator::new().approver(AutoApprover::reject("too early"));
        let failure = block_on(reject.approve_then_run(never())).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Script` was rejected: too early"
        );
        let failure = block_on(Orchestrator::new().approve_then_run(never())).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Script` was not started: workflow `Script` is run when somebody approves, \
             but the orchestrator has no approver: `Orchestrator::approver(..)`"
        );
        let (approver, approvals) = approval_channel();
        drop(approvals);
        let failure = block_on(
            Orchestrator::new()
                .approver(approver)
                .approve_then_run(never()),
        )
        .unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::NoApprover(_)),
            "{failure}"
        );
    }

    #[test]
    fn an_approver_that_panics_is_a_failure() {
        struct Broken;
        impl Approver for Broken {
            fn ask(&self, _: Request) -> Answer<'_> {
                panic!("the desk is on fire")
            }
        }
        let failure =
            block_on(Orchestrator::new().approver(Broken).approve_then_run(one())).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "workflow `Script` panicked: the desk is on fire"
        );
    }

    #[test]
    fn a_question_is_withdrawn() {
        let (approver, mut approvals) = approval_channel();
        let token = CancelToken::new();
        let orchestrator = Orchestrator::new().approver(approver).cancel_on(&token);
        let mut run = Box::pin(orchestrator.approve_then_run(one()));
        assert!(run.as_mut().now_or_never().is_none());
        let asked = block_on(approvals.next()).unwrap();
        token.cancel();
        let failure = run.now_or_never().unwrap().unwrap_err();
        assert!(matches!(failure.reason(), Reason::Cancelled), "{failure}");
        assert!(asked.approve().is_err());

        let (approver, _approvals) = approval_channel();
        let orchestrator = Orchestrator::new().approver(approver);
        let mut run = Box::pin(orchestrator.approve_then_run(one()));
        assert!(run.as_mut().now_or_never().is_none());
        let mut down = Box::pin(orchestrator.shutdown());
        assert!(down.as_mut().now_or_never().is_none());
        assert!(run.now_or_never().unwrap().is_err());
        assert!(down.now_or_never().is_some());
        let failure = block_on(orchestrator.approve_then_run(one())).unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::Refused(Refusal::ShutDown)),
            "{failure}"
        );
    }
}
