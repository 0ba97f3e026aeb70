use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc};

use super::{Decision, Request};

/// What [`Approver::ask`] returns: the answer, when there is one.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Decision, ApproverGone>> + Send + 'a>>;

/// Who is asked by human steps, and before critical ones.
///
/// Given are [`TerminalApprover`](crate::TerminalApprover), [`approval_channel`](crate::approval_channel) for services,
/// and [`AutoApprover`](crate::AutoApprover) for tests. Here is one that asks in a chat:
///
/// ```
/// use orchestrated::{Answer, Approver, ApproverGone, Decision, Request};
///
/// # struct Chat(&'static str);
/// # impl Chat {
/// #     async fn post(&self, text: &str) -> Result<u64, std::io::Error> { Ok(text.len() as u64) }
/// #     async fn reply_to(&self, _: u64) -> Result<String, std::io::Error> { Ok(self.0.to_owned()) }
/// # }
/// struct AskInChat { chat: Chat }
///
/// impl Approver for AskInChat {
///     fn ask(&self, request: Request) -> Answer<'_> {
///         Box::pin(async move {
///             let post = self.chat.post(&request.to_string()).await.map_err(ApproverGone::because)?;
///             let reply = self.chat.reply_to(post).await.map_err(ApproverGone::because)?;
///             Ok(match &*reply {
///                 "ok" => Decision::Approved,
///                 reason => Decision::rejected(reason),
///             })
///         })
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let approver = AskInChat { chat: Chat("too early") };
/// let decision = approver.ask(Request::new("Release", "approve", "Deploy?")).await?;
/// assert_eq!(decision, Decision::rejected("too early"));
/// # Ok::<_, ApproverGone>(()) }).unwrap();
/// ```
///
/// Several steps may ask at the same time. The future is dropped when the answer is no longer wanted: the run was
/// cancelled, or the step has timed out. Whoever has shown the question elsewhere takes it back then, in the `Drop` of
/// something that the future holds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked for approval",
    label = "not an approver",
    note = "given are `TerminalApprover`, `ChannelApprover` and `AutoApprover`; implement `Approver` for another"
)]
pub trait Approver: Send + Sync {
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    ///
    /// When nobody will ever answer. To wait forever instead would hang the run.
    fn ask(&self, request: Request) -> Answer<'_>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<A: Approver + ?Sized> Approver for $pointer {
            fn ask(&self, request: Request) -> Answer<'_> {
                (**self).ask(request)
            }
        }
    )*};
}
forward!(&A, Box<A>, Arc<A>);

/// Nobody will answer: the approver has disappeared, or cannot be reached.
///
/// ```
/// use orchestrated::ApproverGone;
///
/// assert_eq!(ApproverGone::new().to_string(), "the approver is gone");
/// assert_eq!(ApproverGone::because("the chat is down").to_string(), "the approver is gone: the chat is down");
/// ```
#[derive(Clone, Debug, Default)]
pub struct ApproverGone {
    // Shared: a failure is cloned for those who read it.
    why: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApproverGone {
    /// Gone, nobody knows why.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gone for this reason: an error, or a text.
    #[must_use]
    pub fn because(why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            why: Some(Arc::from(why.into())),
        }
    }

    /// The reason, if there is one. It is part of the text already.
    #[must_use]
    pub fn why(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.why.as_deref()
    }
}

impl fmt::Display for ApproverGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the approver is gone")?;
        match &self.why {
            None => Ok(()),
            Some(why) => write!(f, ": {why}"),
        }
    }
}

impl Error for ApproverGone {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // Not the reason itself, which would be told twice.
        self.why.as_deref()?.source()
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::AutoApprover;

    #[test]
    fn every_pointer_to_an_approver_is_one() {
        fn asked(approver: impl Approver) {
            let answer = block_on(approver.ask(Request::new("Release", "approve", "Deploy?")));
            assert_eq!(answer.unwrap(), Decision::Approved);
        }
        let approver = AutoApprover::approve();
        asked(&approver);
        asked(Box::new(approver.clone()));
        let shared: Arc<dyn Approver> = Arc::new(approver.clone());
        asked(shared);
        assert_eq!(approver.asked().len(), 3);
    }

    #[test]
    fn a_reason_is_told_once() {
        #[derive(Debug)]
        struct Down(fmt::Error);
        impl fmt::Display for Down {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the chat is down")
            }
        }
        impl Error for Down {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let gone = ApproverGone::because(Down(fmt::Error)).clone();
        assert_eq!(gone.to_string(), "the approver is gone: the chat is down");
        assert!(gone.source().is_some_and(<dyn Error>::is::<fmt::Error>));
        assert!(
            gone.why()
                .is_some_and(<dyn Error + Send + Sync>::is::<Down>)
        );
        assert!(ApproverGone::new().source().is_none() && ApproverGone::new().why().is_none());
    }
}
