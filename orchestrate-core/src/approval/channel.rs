use std::{error::Error, fmt};

use tokio::sync::{mpsc, oneshot};

use super::{Answer, Approver, ApproverGone, Decision, Question, Request};

/// How many questions lie in the channel. Who asks more waits for room, which is no different from waiting for an answer;
/// and questions that nobody ever looks at do not fill the memory.
const ROOM: usize = 256;

/// A pair for programs that bring questions to people in a way of their own: a page, a queue, a chat.
///
/// The [`ChannelApprover`] goes to the orchestrator. The [`Approvals`] give the questions, as they come, to who shows
/// them.
///
/// ```
/// use orchestrated::{Approver, Decision, Request, approval_channel};
///
/// let (approver, mut approvals) = approval_channel();
/// # futures::executor::block_on(async {
/// let somebody = async {
///     while let Some(pending) = approvals.next().await {
///         println!("{}", pending.request());
///         // Later, from wherever the answer comes.
///         let _ = pending.reject("not on a Friday");
///     }
/// };
/// let run = async move { approver.ask(Request::new("Release", "approve", "Deploy?")).await };
/// let (decision, ()) = futures::join!(run, somebody);
/// assert_eq!(decision?, Decision::rejected("not on a Friday"));
/// # Ok::<_, orchestrated::ApproverGone>(()) }).unwrap();
/// ```
#[must_use]
pub fn approval_channel() -> (ChannelApprover, Approvals) {
    let (to, pending) = mpsc::channel(ROOM);
    (ChannelApprover { to }, Approvals { pending })
}

/// Asks whoever holds the [`Approvals`]: one half of [`approval_channel`].
///
/// Its clones ask the same. When the `Approvals` are dropped, or an answer is dropped before it is given, the question
/// fails with [`ApproverGone`].
#[derive(Clone, Debug)]
pub struct ChannelApprover {
    to: mpsc::Sender<PendingApproval>,
}

impl Approver for ChannelApprover {
    fn ask(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            let (reply, decision) = oneshot::channel();
            let pending = PendingApproval { request, reply };
            let sent = self.to.send(pending).await;
            sent.map_err(|_| ApproverGone::because("nobody takes questions any more"))?;
            decision
                .await
                .map_err(|_| ApproverGone::because("the question was dropped without an answer"))
        })
    }
}

/// The questions, as they come: one half of [`approval_channel`].
#[derive(Debug)]
pub struct Approvals {
    pending: mpsc::Receiver<PendingApproval>,
}

impl Approvals {
    /// Waits for the next question that somebody still waits for.
    ///
    /// None when nobody can ask any more: every [`ChannelApprover`] is gone, and with it every orchestrator that holds
    /// one. To stop waiting loses nothing.
    pub async fn next(&mut self) -> Option<PendingApproval> {
        loop {
            let pending = self.pending.recv().await?;
            if !pending.is_withdrawn() {
                return Some(pending);
            }
        }
    }
}

/// A question that waits for its answer.
///
/// It can be put aside, sent to another thread, and answered much later. It is withdrawn when its run is cancelled or no
/// longer waits; who keeps many of them drops those now and then.
///
/// ```
/// use std::collections::HashMap;
/// use orchestrated::{Approver, Request, approval_channel};
///
/// # futures::executor::block_on(async {
/// let (approver, mut approvals) = approval_channel();
/// let mut open = HashMap::new();
///
/// let mut run = approver.ask(Request::new("Release", "approve", "Deploy?"));
/// # assert!(futures::poll!(&mut run).is_pending());
/// let pending = approvals.next().await.expect("somebody asks");
/// open.insert(pending.request().run, pending);
///
/// drop(run);
/// open.retain(|_, pending| !pending.is_withdrawn());
/// assert!(open.is_empty());
/// # });
/// ```
#[derive(Debug)]
#[must_use = "who asks gets no answer when this is dropped"]
pub struct PendingApproval {
    request: Request,
    reply: oneshot::Sender<Decision>,
}

impl PendingApproval {
    /// Who asks, and what.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What is asked.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.request.question
    }

    /// Yes.
    ///
    /// # Errors
    ///
    /// When nobody waits for it any more.
    pub fn approve(self) -> Result<(), Withdrawn> {
        self.decide(Decision::Approved)
    }

    /// No, and why not.
    ///
    /// # Errors
    ///
    /// When nobody waits for it any more.
    pub fn reject(self, reason: impl Into<String>) -> Result<(), Withdrawn> {
        self.decide(Decision::rejected(reason))
    }

    /// Gives this answer.
    ///
    /// # Errors
    ///
    /// When nobody waits for it any more.
    pub fn decide(self, decision: Decision) -> Result<(), Withdrawn> {
        self.reply.send(decision).map_err(|_| Withdrawn(()))
    }

    /// Whether nobody waits for the answer any more.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.reply.is_closed()
    }

    /// Waits until nobody waits for the answer any more: to take the question off a page.
    pub async fn withdrawn(&mut self) {
        self.reply.closed().await;
    }
}

/// An answer came too late: the run was cancelled, or no longer waits.
///
/// ```
/// use orchestrated::{Approver, Request, approval_channel};
///
/// # futures::executor::block_on(async {
/// let (approver, mut approvals) = approval_channel();
/// let mut run = approver.ask(Request::new("Release", "approve", "Deploy?"));
/// # assert!(futures::poll!(&mut run).is_pending());
/// let pending = approvals.next().await.expect("somebody asks");
/// drop(run);
/// assert_eq!(pending.approve().unwrap_err().to_string(), "the question was withdrawn: nobody waits for the answer");
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn(());

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the question was withdrawn: nobody waits for the answer")
    }
}

impl Error for Withdrawn {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::{FutureExt as _, executor::block_on, future::join_all, join};

    use super::*;

    fn request(text: &str) -> Request {
        Request::new("Release", "approve", text)
    }

    fn next(approvals: &mut Approvals) -> Option<PendingApproval> {
        approvals.next().now_or_never().flatten()
    }

    /// Asks, and lets the question go out.
    fn asked<'a>(approver: &'a ChannelApprover, text: &str) -> Answer<'a> {
        let mut answer = approver.ask(request(text));
        assert!(answer.as_mut().now_or_never().is_none());
        answer
    }

    #[test]
    fn answers_go_to_who_asked() {
        let (approver, mut approvals) = approval_channel();
        let asker = approver.clone();
        let answers = join_all(["a", "b", "c"].map(|text| asker.ask(request(text))));
        let somebody = async {
            let mut open = Vec::new();
            for _ in 0..3 {
                open.push(approvals.next().await.unwrap());
            }
            // The last one first.
            for pending in open.into_iter().rev() {
                match &*pending.question().text {
                    "b" => pending.approve().unwrap(),
                    text => {
                        let reason = format!("no {text}");
                        pending.reject(reason).unwrap();
                    }
                }
            }
        };
        let (answers, ()) = block_on(async { join!(answers, somebody) });
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            answers,
            [
                Decision::rejected("no a"),
                Decision::Approved,
                Decision::rejected("no c")
            ]
        );
    }

    #[test]
    fn nobody_waits_for_an_approver_that_is_gone() {
        let (approver, mut approvals) = approval_channel();
        let (dropped, queued) = (asked(&approver, "a"), asked(&approver, "b"));
        drop(next(&mut approvals));
        let gone = dropped.now_or_never().unwrap().unwrap_err();
        assert_eq!(
            gone.to_string(),
            "the approver is gone: the question was dropped without an answer"
        );
        drop(approvals);
        assert!(queued.now_or_never().unwrap().is_err());
        let gone = block_on(approver.ask(request("c"))).unwrap_err();
        assert_eq!(
            gone.to_string(),
            "the approver is gone: nobody takes questions any more"
        );
    }

    #[test]
    fn questions_that_are_withdrawn_are_skipped() {
        let (approver, mut approvals) = approval_channel();
        drop(asked(&approver, "a"));
        let _waits = asked(&approver, "b");
        drop(asked(&approver, "c"));
        let pending = next(&mut approvals).unwrap();
        assert_eq!(pending.question().text, "b");
        assert!(next(&mut approvals).is_none());
    }

    #[test]
    fn a_question_that_is_shown_tells_that_it_is_withdrawn() {
        let (approver, mut approvals) = approval_channel();
        let answer = asked(&approver, "a");
        let mut pending = next(&mut approvals).unwrap();
        assert!(!pending.is_withdrawn());
        assert_eq!(pending.withdrawn().now_or_never(), None);
        drop(answer);
        assert!(pending.is_withdrawn());
        assert_eq!(pending.withdrawn().now_or_never(), Some(()));
        assert_eq!(pending.approve(), Err(Withdrawn(())));
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_waited_too_long_withdraws_the_question() {
        let (approver, mut approvals) = approval_channel();
        let hour = Duration::from_hours(1);
        let asks = tokio::time::timeout(hour, approver.ask(request("a")));
        let shown = async {
            let mut pending = approvals.next().await.unwrap();
            pending.withdrawn().await;
        };
        let (answer, ()) = join!(asks, shown);
        assert!(answer.is_err());
    }

    #[test]
    fn a_full_channel_makes_who_asks_wait() {
        let (approver, mut approvals) = approval_channel();
        let waiting: Vec<_> = (0..ROOM).map(|_| asked(&approver, "a")).collect();
        let late = asked(&approver, "late");
        let later = asked(&approver, "later");
        // One that was not taken yet can be withdrawn too.
        drop(late);
        drop(waiting);
        assert!(next(&mut approvals).is_none());
        let mut later = later;
        assert!(later.as_mut().now_or_never().is_none());
        next(&mut approvals).unwrap().approve().unwrap();
        assert_eq!(later.now_or_never().unwrap().unwrap(), Decision::Approved);
    }

    #[test]
    fn the_questions_end_with_those_who_ask() {
        let (approver, mut approvals) = approval_channel();
        let clone = approver.clone();
        drop(approver);
        assert!(approvals.next().now_or_never().is_none());
        drop(clone);
        assert!(matches!(approvals.next().now_or_never(), Some(None)));
    }
}
