use std::{error::Error, fmt};

/// What somebody has decided.
///
/// A human step that returns a `Decision` leaves it to its readers what a rejection means. One that returns something
/// else says so itself: see [`FromDecision`].
///
/// ```
/// use orchestrated::Decision;
///
/// let decision = Decision::rejected("on a Friday?");
/// assert!(!decision.is_approved());
/// assert_eq!(decision.reason(), Some("on a Friday?"));
/// assert_eq!(decision.to_string(), "rejected: on a Friday?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "decision", rename_all = "lowercase")
)]
pub enum Decision {
    /// Yes.
    Approved,
    /// No.
    Rejected {
        /// Why not, in the words of who rejects; may be empty.
        #[cfg_attr(feature = "serde", serde(default))]
        reason: String,
    },
}

impl Decision {
    /// No, and why not.
    #[must_use]
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self::Rejected {
            reason: reason.into(),
        }
    }

    /// Whether it is a yes.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        matches!(self, Self::Approved)
    }

    /// Whether it is a no.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        !self.is_approved()
    }

    /// Why not. None for a yes.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Approved => None,
            Self::Rejected { reason } => Some(reason),
        }
    }

    /// The decision as a result, for `?`.
    ///
    /// ```
    /// use orchestrated::{Decision, Rejected};
    ///
    /// fn deploy(decision: Decision) -> Result<&'static str, Rejected> {
    ///     decision.into_result()?;
    ///     Ok("deployed")
    /// }
    ///
    /// assert_eq!(deploy(Decision::Approved), Ok("deployed"));
    /// assert_eq!(deploy(Decision::rejected("not yet")), Err(Rejected::new("not yet")));
    /// ```
    ///
    /// # Errors
    ///
    /// When it is a no.
    pub fn into_result(self) -> Result<Approved, Rejected> {
        match self {
            Self::Approved => Ok(Approved),
            Self::Rejected { reason } => Err(Rejected { reason }),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approved => f.write_str("approved"),
            Self::Rejected { reason } => rejected(f, reason),
        }
    }
}

impl From<Rejected> for Decision {
    fn from(rejected: Rejected) -> Self {
        Self::rejected(rejected.reason)
    }
}

/// A yes: what is in the `Ok` of a human step that fails when it is rejected.
///
/// A step that reads it cannot run without one.
///
/// ```
/// use orchestrated::{Approved, Decision};
///
/// assert_eq!(Decision::Approved.into_result(), Ok(Approved));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Approved;

/// A no, as an error.
///
/// ```
/// use orchestrated::Rejected;
///
/// let rejected = Rejected::new("not yet");
/// assert_eq!(rejected.reason(), "not yet");
/// assert_eq!(rejected.to_string(), "rejected: not yet");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rejected {
    reason: String,
}

impl Rejected {
    /// A no for this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    /// Why not, in the words of who rejected; may be empty.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rejected(f, &self.reason)
    }
}

impl Error for Rejected {}

/// For workflows whose error is a text.
impl From<Rejected> for String {
    fn from(rejected: Rejected) -> Self {
        rejected.to_string()
    }
}

fn rejected(f: &mut fmt::Formatter<'_>, reason: &str) -> fmt::Result {
    f.write_str("rejected")?;
    if reason.trim().is_empty() {
        return Ok(());
    }
    write!(f, ": {reason}")
}

/// What a human step may return.
///
/// | returned | a rejection |
/// | --- | --- |
/// | [`Decision`] | is for the readers to judge |
/// | `bool` | is `false`; its reason is lost |
/// | `Result<Approved, E>`, `Result<(), E>` | is an error, converted by `From<Rejected>`: the run fails |
/// | nothing (no `->`) | fails the run |
///
/// Implement it for a type of your own where none of these fits:
///
/// ```
/// use orchestrated::{Decision, FromDecision};
///
/// #[derive(Debug, PartialEq)]
/// enum Verdict { Ship, Rework(String) }
///
/// impl FromDecision for Verdict {
///     fn from_decision(decision: Decision) -> Self {
///         match decision {
///             Decision::Approved => Self::Ship,
///             Decision::Rejected { reason } => Self::Rework(reason),
///         }
///     }
/// }
///
/// assert_eq!(Verdict::from_decision(Decision::rejected("the title")), Verdict::Rework("the title".to_owned()));
/// ```
#[diagnostic::on_unimplemented(
    message = "a human step cannot return `{Self}`",
    label = "not made from a decision",
    note = "a human step returns a `Decision`, a `bool`, a `Result<Approved, E>` or `Result<(), E>` where `E: From<Rejected>`, or nothing (no `->`)"
)]
pub trait FromDecision: Sized {
    /// Makes it from what was decided.
    fn from_decision(decision: Decision) -> Self;
}

impl FromDecision for Decision {
    fn from_decision(decision: Decision) -> Self {
        decision
    }
}

impl FromDecision for bool {
    fn from_decision(decision: Decision) -> Self {
        decision.is_approved()
    }
}

impl<E: From<Rejected>> FromDecision for Result<Approved, E> {
    fn from_decision(decision: Decision) -> Self {
        Ok(decision.into_result()?)
    }
}

impl<E: From<Rejected>> FromDecision for Result<(), E> {
    fn from_decision(decision: Decision) -> Self {
        decision.into_result()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_tells_what_it_is() {
        let no = Decision::rejected("late");
        assert!(Decision::Approved.is_approved() && !Decision::Approved.is_rejected());
        assert!(no.is_rejected() && !no.is_approved());
        assert_eq!(
            (Decision::Approved.reason(), no.reason()),
            (None, Some("late"))
        );
        assert_eq!(Decision::from(Rejected::new("late")), no);
    }

    #[test]
    fn a_reason_is_told_where_there_is_one() {
        assert_eq!(Decision::Approved.to_string(), "approved");
        for (reason, text) in [
            ("late", "rejected: late"),
            ("", "rejected"),
            (" ", "rejected"),
        ] {
            assert_eq!(Decision::rejected(reason).to_string(), text);
            assert_eq!(Rejected::new(reason).to_string(), text);
            assert_eq!(String::from(Rejected::new(reason)), text);
        }
    }

    #[test]
    fn a_step_returns_what_it_says() {
        fn from<T: FromDecision>(decision: &Decision) -> T {
            T::from_decision(decision.clone())
        }
        let (yes, no) = (Decision::Approved, Decision::rejected("late"));
        assert_eq!(
            (from::<Decision>(&yes), from::<Decision>(&no)),
            (yes.clone(), no.clone())
        );
        assert_eq!((from(&yes), from(&no)), (true, false));
        let late = Rejected::new("late");
        assert_eq!(from::<Result<Approved, Rejected>>(&yes), Ok(Approved));
        assert_eq!(from::<Result<Approved, Rejected>>(&no), Err(late.clone()));
        assert_eq!(from::<Result<(), Rejected>>(&yes), Ok(()));
        assert_eq!(from::<Result<(), String>>(&no), Err(late.to_string()));
        let boxed = from::<Result<(), Box<dyn Error + Send + Sync>>>(&no).unwrap_err();
        assert_eq!(boxed.downcast_ref(), Some(&late));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_decision_travels() {
        for (decision, json) in [
            (Decision::Approved, r#"{"decision":"approved"}"#),
            (
                Decision::rejected("late"),
                r#"{"decision":"rejected","reason":"late"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&decision).unwrap(), json);
            assert_eq!(serde_json::from_str::<Decision>(json).unwrap(), decision);
        }
        let bare: Decision = serde_json::from_str(r#"{"decision":"rejected"}"#).unwrap();
        assert_eq!(bare, Decision::rejected(""));
        assert!(serde_json::from_str::<Decision>(r#"{"decision":"maybe"}"#).is_err());
    }
}
