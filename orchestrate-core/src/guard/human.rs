//! Steps that wait for a person.

use std::{convert::Infallible, future::Future, task::Poll};

use super::{Attempt, StepRun};
use crate::{
    __private::Outcome, ApproverGone, Decision, Fault, FromDecision, Question, Reason, Request,
    Wait, failure::StepError,
};

impl StepRun<'_> {
    /// A human step: what it asks is answered by a person.
    ///
    /// # Errors
    ///
    /// That nobody is there to ask any more, or that it took too long.
    pub async fn decided<D: FromDecision, F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<D, StepError<Infallible>> {
        let decision = self.decision(attempt, question).await?;
        Ok(D::from_decision(decision))
    }

    /// The same where a rejection is an error of the step.
    ///
    /// # Errors
    ///
    /// The step's own, and those of [`decided`](Self::decided).
    pub async fn decided_or<D, F>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<D::Output, StepError<D::Error>>
    where
        D: FromDecision + Outcome,
        F: Future<Output = Question>,
    {
        let decision = self.decision(attempt, question).await?;
        let decided = D::from_decision(decision).into_result();
        decided.map_err(|error| StepError::new(Reason::Error(error), attempt.number))
    }

    /// The same where nobody looks at the decision.
    ///
    /// # Errors
    ///
    /// A rejection, and those of [`decided`](Self::decided).
    pub async fn allowed<F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<(), StepError<Infallible>> {
        let decision = self.decision(attempt, question).await?;
        match decision.into_result() {
            Ok(_) => Ok(()),
            Err(rejected) => Err(StepError::new(Reason::Rejected(rejected), attempt.number)),
        }
    }

    async fn decision<E, F: Future<Output = Question>>(
        &self,
        attempt: Attempt,
        question: F,
    ) -> Result<Decision, StepError<E>> {
        let asked = async {
            let request = Request::of(&self.context(attempt.number), question.await);
            self.ask(request).await
        };
        let answer = self
            .attempt(attempt, Result::is_ok, unanswered, asked)
            .await;
        let answer = answer.flatten();
        answer.map_err(|reason| StepError::new(reason, attempt.number))
    }

    /// A critical step asks before it starts. The inputs: their names and texts.
    ///
    /// # Errors
    ///
    /// A rejection, and that nobody is there to ask any more.
    pub async fn approved<E, const N: usize>(
        &self,
        inputs: [(&'static str, String); N],
    ) -> Result<(), StepError<E>> {
        let request = Request::critical(&self.context(1), inputs);
        let answer = self
            .attempt(
                Attempt::untold(1),
                Result::is_ok,
                unanswered,
                self.ask(request),
            )
            .await;
        let allowed = answer.flatten().and_then(|decision| {
            let result = decision.into_result();
            result.map(drop).map_err(Reason::Rejected)
        });
        allowed.map_err(|reason| StepError::new(reason, 0))
    }

    /// Asks, and waits for the answer for as long as the run does not stop.
    async fn ask<E>(&self, request: Request) -> Result<Decision, Reason<E>> {
        // A plan that asks for an approver is not run without one.
        let Some(approver) = self.run.orchestrator().asked() else {
            return Err(ApproverGone::new().into());
        };
        self.waits(Wait::Approval);
        let mut answer = std::pin::pin!(approver.ask(request));
        std::future::poll_fn(|cx| {
            if self.is_stopping() {
                return Poll::Ready(Err(Reason::Cancelled));
            }
            answer.as_mut().poll(cx).map_err(Reason::from)
        })
        .await
    }

    /// The error of a step whose failure is none of the run's, or that the run stops: then nothing makes good for it.
    ///
    /// # Errors
    ///
    /// The error.
    pub fn stopped<E, O>(&self, error: StepError<E>) -> Result<StepError<O>, StepError<E>> {
        if error.is_cancelled() || self.is_stopping() {
            Ok(error.stopped())
        } else {
            Err(error)
        }
    }
}

/// Why there is no answer, for who listens.
fn unanswered<E>(answer: &Result<Decision, Reason<E>>) -> Option<Fault> {
    let reason = answer.as_ref().err()?;
    Some(Fault::of_reason(reason, |_| String::new()))
}
