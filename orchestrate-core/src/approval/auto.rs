use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Answer, Approver, Decision, Request};

/// Answers at once, and remembers what it was asked: for tests, and for programs that run without anybody watching.
///
/// Its clones share what they remember. Nothing is forgotten, so a service that never ends should not use it.
///
/// ```
/// use orchestrated::{Approver, AutoApprover, Decision, Request};
///
/// let approver = AutoApprover::with(|request| match &*request.step {
///     "deploy" => Decision::rejected("not from a test"),
///     _ => Decision::Approved,
/// });
///
/// # futures::executor::block_on(async {
/// let approved = approver.ask(Request::new("Release", "announce", "Announce?")).await?;
/// let rejected = approver.ask(Request::new("Release", "deploy", "Deploy?")).await?;
/// assert_eq!((approved.reason(), rejected.reason()), (None, Some("not from a test")));
/// assert_eq!(approver.asked()[1].question.text, "Deploy?");
/// # Ok::<_, orchestrated::ApproverGone>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct AutoApprover {
    inner: Arc<Inner>,
}

struct Inner {
    decide: Mutex<Decide>,
    asked: Mutex<Vec<Request>>,
}

type Decide = Box<dyn FnMut(&Request) -> Decision + Send>;

impl AutoApprover {
    /// Approves everything.
    #[must_use]
    pub fn approve() -> Self {
        Self::with(|_| Decision::Approved)
    }

    /// Rejects everything, for this reason.
    #[must_use]
    pub fn reject(reason: impl Into<String>) -> Self {
        let rejected = Decision::rejected(reason);
        Self::with(move |_| rejected.clone())
    }

    /// Decides so. Questions that come at the same time are decided one after the other.
    #[must_use]
    pub fn with(decide: impl FnMut(&Request) -> Decision + Send + 'static) -> Self {
        Self {
            inner: Arc::new(Inner {
                decide: Mutex::new(Box::new(decide)),
                asked: Mutex::default(),
            }),
        }
    }

    /// All that it was asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Request> {
        lock(&self.inner.asked).clone()
    }
}

impl Approver for AutoApprover {
    fn ask(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            // Two locks: what decides may look at what was asked.
            lock(&self.inner.asked).push(request.clone());
            Ok(lock(&self.inner.decide)(&request))
        })
    }
}

impl fmt::Debug for AutoApprover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AutoApprover")
            .field("asked", &self.asked())
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    fn ask(approver: &AutoApprover, step: &'static str) -> Decision {
        block_on(approver.ask(Request::new("Release", step, "?"))).unwrap()
    }

    #[test]
    fn it_answers_and_remembers() {
        assert_eq!(ask(&AutoApprover::approve(), "a"), Decision::Approved);
        let approver = AutoApprover::reject("no");
        let clone = approver.clone();
        assert_eq!(ask(&approver, "a"), Decision::rejected("no"));
        assert_eq!(ask(&clone, "b"), Decision::rejected("no"));
        let steps = approver.asked().into_iter().map(|request| request.step);
        assert_eq!(steps.collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn answers_may_follow_a_script() {
        let mut answers = [Decision::rejected("too short"), Decision::Approved].into_iter();
        let approver = AutoApprover::with(move |_| answers.next().unwrap());
        assert_eq!(ask(&approver, "a").reason(), Some("too short"));
        assert_eq!(ask(&approver, "a").reason(), None);
    }

    #[test]
    fn a_question_that_nobody_waits_for_was_not_asked() {
        let approver = AutoApprover::approve();
        drop(approver.ask(Request::new("Release", "a", "?")));
        assert_eq!(approver.asked(), []);
    }

    #[test]
    fn a_panic_does_not_end_it() {
        let mut first = true;
        let approver = AutoApprover::with(move |_| {
            assert!(!std::mem::take(&mut first), "on purpose");
            Decision::Approved
        });
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(&approver, "a")));
        assert!(panicked.is_err());
        assert_eq!(ask(&approver, "b"), Decision::Approved);
    }
}
