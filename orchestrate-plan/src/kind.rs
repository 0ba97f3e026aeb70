//! What a step is.

use core::fmt;

/// What a step is: this decides what it may do while it runs, and how a plan shows it.
///
/// ```
/// use orchestrate_plan::Kind;
///
/// assert_eq!(Kind::Agent.word(), "agent");
/// assert_eq!(Kind::Plain.to_string(), "fn");
/// assert!(!Kind::Tool.is_agent());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum Kind {
    /// A sub-agent: `agent fn`. Only an orchestrator launches it.
    Agent,
    /// A local tool: `tool fn`.
    Tool,
    /// A tool on an MCP server: `mcp fn`.
    Mcp,
    /// A plain, synchronous function: `fn`.
    #[cfg_attr(feature = "serde", serde(rename = "fn"))]
    Plain,
    /// Another workflow: `flow`.
    Flow,
    /// Something that a person does: `human fn`.
    Human,
}

impl Kind {
    /// All kinds, in the order in which they are declared.
    pub(crate) const ALL: [Self; 6] = [
        Self::Agent,
        Self::Tool,
        Self::Mcp,
        Self::Plain,
        Self::Flow,
        Self::Human,
    ];

    /// The word for this kind: `agent`, `tool`, `mcp`, `fn`, `flow` or `human`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Tool => "tool",
            Self::Mcp => "mcp",
            Self::Plain => "fn",
            Self::Flow => "flow",
            Self::Human => "human",
        }
    }

    /// Whether this is [`Kind::Agent`].
    #[must_use]
    pub const fn is_agent(self) -> bool {
        matches!(self, Self::Agent)
    }
}

/// Writes [`Kind::word`]; width and alignment are respected.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
