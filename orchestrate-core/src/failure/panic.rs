use std::{
    any::Any,
    borrow::Cow,
    fmt,
    sync::{Mutex, PoisonError},
};

/// What a step panicked with.
///
/// ```
/// use orchestrated::{workflow, Orchestrator, Reason};
///
/// workflow! {
///     workflow Half(n: u32) -> u32 {
///         fn half(n) -> u32 { assert!(n % 2 == 0, "{n} is odd"); n / 2 }
///         half
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let failure = Half { n: 3 }.run(&Orchestrator::new()).await.unwrap_err();
/// assert!(matches!(failure.reason(), Reason::Panicked(panic) if panic.message() == Some("3 is odd")));
/// # });
/// ```
pub struct Panic {
    message: Option<Cow<'static, str>>,
    // Only ever given away whole. The lock is what makes a failure `Sync`, as `anyhow` and `Box<dyn Error + Send + Sync>`
    // ask for; nobody waits for it.
    payload: Mutex<Box<dyn Any + Send>>,
}

impl Panic {
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&'static str>();
        let message = match text {
            Some(text) => Some(Cow::Borrowed(*text)),
            None => payload.downcast_ref().cloned().map(Cow::Owned),
        };
        Self {
            message,
            payload: Mutex::new(payload),
        }
    }

    /// The message, where the panic had one (as all those of `panic!`, `unwrap` and the like do).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What [`std::panic::resume_unwind`] takes, to let the panic go on.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.payload
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().unwrap_or("a payload that is not text"))
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Panic").field(&self.message()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_that_of_the_panic() {
        let of = |payload: Box<dyn Any + Send>| Panic::new(payload).to_string();
        assert_eq!(of(Box::new("a literal")), "a literal");
        assert_eq!(of(Box::new("made".to_owned())), "made");
        assert_eq!(of(Box::new(7)), "a payload that is not text");
    }

    #[test]
    fn the_payload_is_given_back() {
        let payload = Panic::new(Box::new(7_u8)).into_payload();
        assert_eq!(payload.downcast_ref(), Some(&7_u8));
    }
}
