//! What a step asks for.

mod resources;
mod undo;
#[cfg(feature = "serde")]
mod wire;
mod words;

use core::time::Duration;

pub(crate) use resources::Resources;
pub(crate) use undo::KeptUndo;
pub use undo::Undo;
pub(crate) use words::words;

use crate::{kind::Kind, names::Names, priority::Priority};

/// What a step asks for, besides its inputs: what its attributes say.
///
/// It is read from a [`Step`](crate::Step). A step that is put together at run time gets it by the
/// methods of a [`Node`](crate::Node), which have the names of the attributes.
///
/// ```
/// use std::time::Duration;
/// use orchestrate_plan::{Graph, Kind, Node, Plan};
///
/// let graph = Graph::default().with(
///     Node::new("train", Kind::Tool)
///         .idempotent()
///         .retry(3)
///         .timeout(Duration::from_secs(90))
///         .uses([("gpu", 1)]),
/// );
/// let plan = Plan::new("Learn", &graph)?;
/// let options = plan.steps()[0].options();
/// assert!(options.is_idempotent() && !options.is_optional());
/// assert_eq!(options.attempts(), 3);
/// assert_eq!(options.timeout(), Some(Duration::from_secs(90)));
/// assert!(options.uses().eq([("gpu", 1)]));
/// assert_eq!(
///     plan.to_string(),
///     "\
/// Learn: 1 step
///   batch 1  train  tool  retry 3, uses gpu=1, timeout 1m 30s"
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them is an attribute that a step has or has not"
)]
pub struct Options {
    pub(crate) idempotent: bool,
    pub(crate) optional: bool,
    /// Never 0.
    pub(crate) attempts: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) adaptive: bool,
    pub(crate) estimate: Option<Duration>,
    pub(crate) priority: Priority,
    pub(crate) uses: Resources,
    pub(crate) requires: Names,
    pub(crate) approval: bool,
    pub(crate) undo: KeptUndo,
    pub(crate) condition: bool,
    pub(crate) each: bool,
    pub(crate) critical: bool,
}

/// What a step asks for as an expansion writes it: `StaticOptions { optional: true,
/// ..StaticOptions::NONE }`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them is an attribute that a step has or has not"
)]
pub struct StaticOptions {
    pub idempotent: bool,
    pub optional: bool,
    /// 1 without `retry`.
    pub attempts: u32,
    /// Of one attempt, if it is known while the program compiles; of an adaptive one, the start.
    pub timeout: Option<Duration>,
    pub adaptive: bool,
    pub estimate: Option<Duration>,
    pub priority: Priority,
    pub uses: &'static [(&'static str, usize)],
    pub requires: &'static [&'static str],
    /// Follows from `critical`, and from the kind of a `human` step.
    pub approval: bool,
    pub undo: Undo<'static>,
    /// `when`.
    pub condition: bool,
    pub each: bool,
    pub critical: bool,
}

impl StaticOptions {
    /// What a step without attributes asks for.
    pub const NONE: Self = Self {
        idempotent: false,
        optional: false,
        attempts: 1,
        timeout: None,
        adaptive: false,
        estimate: None,
        priority: Priority::Normal,
        uses: &[],
        requires: &[],
        approval: false,
        undo: Undo::Nothing,
        condition: false,
        each: false,
        critical: false,
    };

    /// Whether [`Plan::check`](crate::Plan::check) has anything to look at here. That a `human`
    /// step is checked follows from its kind, which these options do not know.
    #[must_use]
    pub const fn is_checked(&self) -> bool {
        !self.uses.is_empty()
            || !self.requires.is_empty()
            || self.approval
            || (self.critical && !self.idempotent)
            || (self.timeout.is_some() && !self.adaptive)
            || (self.critical && matches!(self.undo, Undo::Nothing))
    }
}

impl Options {
    pub(crate) const fn from_static(parts: StaticOptions) -> Self {
        Self {
            idempotent: parts.idempotent,
            optional: parts.optional,
            attempts: parts.attempts,
            timeout: parts.timeout,
            adaptive: parts.adaptive,
            estimate: parts.estimate,
            priority: parts.priority,
            uses: Resources::Static(parts.uses),
            requires: Names::Static(parts.requires),
            approval: parts.approval,
            undo: KeptUndo::from_static(parts.undo),
            condition: parts.condition,
            each: parts.each,
            critical: parts.critical,
        }
    }

    /// With what follows from it for a step of this kind, said or not.
    pub(crate) const fn of_kind(mut self, kind: Kind) -> Self {
        match kind {
            Kind::Human => self.approval = true,
            Kind::Plain => self.idempotent = true,
            Kind::Agent | Kind::Tool | Kind::Mcp | Kind::Flow => {}
        }
        if self.critical && !self.idempotent {
            self.approval = true;
        }
        self
    }

    /// Whether running it twice does no harm: `#[idempotent]`. A plain `fn` always is.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// Whether the run goes on when it fails: `#[optional]`.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// How often it is tried at most: `#[retry(3)]`. 1 for a step that is not tried again.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long one attempt may take: `#[timeout(10s)]`. Of an adaptive one it is the start.
    ///
    /// `None` as well when it is an expression, which is known only while the workflow runs.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether the timeout follows what the step usually takes: `#[timeout(adaptive, start = 30s)]`.
    #[must_use]
    pub const fn is_adaptive(&self) -> bool {
        self.adaptive
    }

    /// What it may take, until that is known better: `#[estimate(400ms)]`.
    #[must_use]
    pub const fn estimate(&self) -> Option<Duration> {
        self.estimate
    }

    /// Who goes first when a limit is reached: `#[priority(high)]`.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// The resources that it takes while it runs, and how much of each: `#[uses(gpu = 1)]`.
    #[must_use]
    pub fn uses(
        &self,
    ) -> impl ExactSizeIterator<Item = (&str, usize)> + DoubleEndedIterator + Clone {
        self.uses.iter()
    }

    /// The permissions without which nothing of its workflow starts: `#[requires("db:write")]`.
    #[must_use]
    pub fn requires(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone {
        self.requires.iter()
    }

    /// Whether somebody is asked: it is a `human` step, or one that is `#[critical]` and not
    /// idempotent.
    #[must_use]
    pub const fn needs_approval(&self) -> bool {
        self.approval
    }

    /// What becomes of what it has done when its run fails later: `#[rollback(..)]` and
    /// `#[irreversible = ".."]`.
    #[must_use]
    pub const fn undo(&self) -> Undo<'_> {
        self.undo.get()
    }

    /// Whether it may be left out: `#[when(..)]`.
    #[must_use]
    pub const fn is_conditional(&self) -> bool {
        self.condition
    }

    /// Whether it runs once for each item of an input: `#[each(item in items)]`.
    #[must_use]
    pub const fn is_per_item(&self) -> bool {
        self.each
    }

    /// Whether it does what must not be done by mistake: `#[critical]`.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.critical
    }

    /// See [`StaticOptions::is_checked`]; here the kind is known.
    pub(crate) const fn is_checked(&self) -> bool {
        self.uses.len() > 0
            || self.requires.len() > 0
            || self.approval
            || (self.timeout.is_some() && !self.adaptive)
            || (self.critical && matches!(self.undo, KeptUndo::Nothing))
    }
}

/// What a step without attributes asks for: nothing, and one attempt.
impl Default for Options {
    fn default() -> Self {
        Self::from_static(StaticOptions::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_brings_what_is_not_said() {
        let of = |kind, parts| Options::from_static(parts).of_kind(kind);
        let none = StaticOptions::NONE;
        assert!(of(Kind::Human, none).needs_approval());
        assert!(of(Kind::Plain, none).is_idempotent());
        for kind in [Kind::Agent, Kind::Tool, Kind::Mcp, Kind::Flow] {
            assert_eq!(of(kind, none), Options::default());
        }
        let critical = StaticOptions {
            critical: true,
            ..none
        };
        assert!(of(Kind::Tool, critical).needs_approval());
        assert!(!of(Kind::Plain, critical).needs_approval());
    }

    #[test]
    fn constant_ones_know_as_well_what_is_checked() {
        let none = StaticOptions::NONE;
        let timeout = Some(Duration::from_secs(1));
        let check = |parts: StaticOptions, expected: bool| {
            assert_eq!(parts.is_checked(), expected, "{parts:?}");
            let options = Options::from_static(parts).of_kind(Kind::Tool);
            assert_eq!(options.is_checked(), expected, "{parts:?}");
        };
        check(none, false);
        check(
            StaticOptions {
                idempotent: true,
                optional: true,
                attempts: 3,
                adaptive: true,
                timeout,
                estimate: timeout,
                priority: Priority::Critical,
                undo: Undo::Rollback,
                condition: true,
                each: true,
                ..none
            },
            false,
        );
        check(StaticOptions { timeout, ..none }, true);
        let uses: &[_] = &[("gpu", 1)];
        check(StaticOptions { uses, ..none }, true);
        let requires: &[_] = &["db:write"];
        check(StaticOptions { requires, ..none }, true);
        let approval = true;
        check(StaticOptions { approval, ..none }, true);
        let critical = StaticOptions {
            critical: true,
            ..none
        };
        check(critical, true);
        let idempotent = true;
        check(
            StaticOptions {
                idempotent,
                ..critical
            },
            true,
        );
        let undo = Undo::Irreversible("it is gone");
        check(StaticOptions { undo, ..critical }, true);
        check(
            StaticOptions {
                idempotent,
                undo,
                ..critical
            },
            false,
        );
    }
}
