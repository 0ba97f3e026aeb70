//! Who goes first when not everybody can.

use core::fmt;

/// Who goes first when a limit is reached: what `#[priority(high)]` says of a step.
///
/// ```
/// use orchestrate_plan::Priority;
///
/// assert!(Priority::Critical > Priority::High && Priority::Normal > Priority::Low);
/// assert_eq!(Priority::default(), Priority::Normal);
/// assert_eq!(Priority::High.to_string(), "high");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Priority {
    /// After everybody else.
    Low,
    /// What a step has that says nothing.
    #[default]
    Normal,
    /// Before the normal ones.
    High,
    /// Before everybody else.
    Critical,
}

impl Priority {
    /// All of them, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];

    /// The word for it: `low`, `normal`, `high` or `critical`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Writes [`Priority::word`]; width and alignment are respected.
impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
