//! What a step asks for.

mod resources;
#[cfg(test)]
mod tests;
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
    /// 0 where an expression says it.
    pub(crate) attempts: u32,
    pub(crate) backoff: Option<(Duration, Duration)>,
    /// 0 where an expression says it.
    pub(crate) rounds: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) limited: bool,
    pub(crate) adaptive: bool,
    pub(crate) cache: bool,
    pub(crate) breaker: bool,
    pub(crate) fallbacks: usize,
    pub(crate) default: bool,
    /// Some 0 where an expression says it.
    pub(crate) quorum: Option<usize>,
    pub(crate) estimate: Option<Duration>,
    pub(crate) priority: Priority,
    pub(crate) uses: Resources,
    pub(crate) requires: Names,
    pub(crate) approval: bool,
    pub(crate) undo: KeptUndo,
    pub(crate) condition: bool,
    pub(crate) each: bool,
    /// Some 0 where an expression says it.
    pub(crate) concurrency: Option<usize>,
    pub(crate) batch: bool,
    pub(crate) critical: bool,
    pub(crate) spawn: bool,
    pub(crate) blocking: bool,
}

/// The first wait of a `retry` that does not say it, and the longest one.
pub(crate) const BACKOFF: (Duration, Duration) =
    (Duration::from_millis(100), Duration::from_secs(30));

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
    /// 1 without `retry`; 0 where an expression says it.
    pub attempts: u32,
    /// The first wait between two attempts and the longest one; none where an expression says one
    /// of them.
    pub backoff: Option<(Duration, Duration)>,
    /// 1 without `repeat`; 0 where an expression says it.
    pub rounds: u32,
    /// Of one attempt, if it is known while the program compiles; of an adaptive one, the start.
    pub timeout: Option<Duration>,
    /// There is a `timeout`, and an expression says it.
    pub limited: bool,
    pub adaptive: bool,
    pub cache: bool,
    pub breaker: bool,
    pub fallbacks: usize,
    pub default: bool,
    /// Some 0 where an expression says it.
    pub quorum: Option<usize>,
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
    /// Of `each`; some 0 where an expression says it.
    pub concurrency: Option<usize>,
    pub batch: bool,
    pub critical: bool,
    pub spawn: bool,
    pub blocking: bool,
}

impl StaticOptions {
    /// What a step without attributes asks for.
    pub const NONE: Self = Self {
        idempotent: false,
        optional: false,
        attempts: 1,
        backoff: Some(BACKOFF),
        rounds: 1,
        timeout: None,
        limited: false,
        adaptive: false,
        cache: false,
        breaker: false,
        fallbacks: 0,
        default: false,
        quorum: None,
        estimate: None,
        priority: Priority::Normal,
        uses: &[],
        requires: &[],
        approval: false,
        undo: Undo::Nothing,
        condition: false,
        each: false,
        concurrency: None,
        batch: false,
        critical: false,
        spawn: false,
        blocking: false,
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
    /// What the attributes of a step of this kind say.
    #[doc(hidden)]
    #[must_use]
    pub const fn __of(kind: Kind, parts: StaticOptions) -> Self {
        Self::from_static(parts).of_kind(kind)
    }

    /// What a step of this kind asks for that has no attributes: most have none.
    pub(crate) const fn plain(kind: Kind) -> &'static Self {
        static NONE: Options = Options::__of(Kind::Tool, StaticOptions::NONE);
        static PLAIN: Options = Options::__of(Kind::Plain, StaticOptions::NONE);
        static HUMAN: Options = Options::__of(Kind::Human, StaticOptions::NONE);
        match kind {
            Kind::Agent | Kind::Tool | Kind::Mcp | Kind::Flow => &NONE,
            Kind::Plain => &PLAIN,
            Kind::Human => &HUMAN,
        }
    }

    pub(crate) const fn from_static(parts: StaticOptions) -> Self {
        Self {
            idempotent: parts.idempotent,
            optional: parts.optional,
            attempts: parts.attempts,
            backoff: parts.backoff,
            rounds: parts.rounds,
            timeout: parts.timeout,
            limited: parts.limited,
            adaptive: parts.adaptive,
            cache: parts.cache,
            breaker: parts.breaker,
            fallbacks: parts.fallbacks,
            default: parts.default,
            quorum: parts.quorum,
            estimate: parts.estimate,
            priority: parts.priority,
            uses: Resources::Static(parts.uses),
            requires: Names::Static(parts.requires),
            approval: parts.approval,
            undo: KeptUndo::from_static(parts.undo),
            condition: parts.condition,
            each: parts.each,
            concurrency: parts.concurrency,
            batch: parts.batch,
            critical: parts.critical,
            spawn: parts.spawn,
            blocking: parts.blocking,
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

    /// How often it is tried at most: `#[retry(3)]`. 1 for a step that is not tried again, and where
    /// an expression says how often: see [`Options::max_attempts`].
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        if self.attempts == 0 { 1 } else { self.attempts }
    }

    /// The same, where it is known: `None` where an expression says it.
    #[must_use]
    pub const fn max_attempts(&self) -> Option<u32> {
        known(self.attempts)
    }

    /// The first wait between two attempts, and the longest one: 100 ms and 30 s where nothing is
    /// said. `None` where an expression says one of them.
    #[must_use]
    pub const fn backoff(&self) -> Option<(Duration, Duration)> {
        self.backoff
    }

    /// How many rounds it has at most: `#[repeat(max = 3, ..)]`. 1 for a step that is not repeated,
    /// and `None` where an expression says it.
    #[must_use]
    pub const fn max_rounds(&self) -> Option<u32> {
        known(self.rounds)
    }

    /// How long one attempt may take: `#[timeout(10s)]`. Of an adaptive one it is the start.
    ///
    /// `None` as well when it is an expression, which is known only while the workflow runs.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether an attempt is given up after a while, also where only an expression says when.
    #[must_use]
    pub const fn has_timeout(&self) -> bool {
        self.timeout.is_some() || self.limited
    }

    /// Whether the timeout follows what the step usually takes: `#[timeout(adaptive, start = 30s)]`.
    #[must_use]
    pub const fn is_adaptive(&self) -> bool {
        self.adaptive
    }

    /// Whether it remembers what it produced: `#[cache]`.
    #[must_use]
    pub const fn is_cached(&self) -> bool {
        self.cache
    }

    /// Whether it is not tried for a while after many failures: `#[breaker]`.
    #[must_use]
    pub const fn has_breaker(&self) -> bool {
        self.breaker
    }

    /// How many times `#[fallback(..)]` is given.
    #[must_use]
    pub const fn fallbacks(&self) -> usize {
        self.fallbacks
    }

    /// Whether a value takes its place when all has failed: `#[default(..)]`.
    #[must_use]
    pub const fn has_default(&self) -> bool {
        self.default
    }

    /// Whether it asks that enough of its optional inputs have succeeded: `#[quorum(2)]`.
    #[must_use]
    pub const fn has_quorum(&self) -> bool {
        self.quorum.is_some()
    }

    /// How many of them; `None` as well where an expression says it.
    #[must_use]
    pub const fn quorum(&self) -> Option<usize> {
        match self.quorum {
            Some(0) => None,
            needed => needed,
        }
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

    /// How many items run at the same time: `#[each(item in items, concurrency = 8)]`. `None` where
    /// all do, and where an expression says it.
    #[must_use]
    pub const fn concurrency(&self) -> Option<usize> {
        match self.concurrency {
            Some(0) => None,
            items => items,
        }
    }

    /// Whether only so many items run at the same time, also where an expression says how many.
    #[must_use]
    pub const fn has_concurrency(&self) -> bool {
        self.concurrency.is_some()
    }

    /// Whether its items are gathered into calls: `#[batch(size = 50)]`.
    #[must_use]
    pub const fn is_batched(&self) -> bool {
        self.batch
    }

    /// Whether it does what must not be done by mistake: `#[critical]`.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.critical
    }

    /// Whether each attempt at it is a task of its own on the executor: `#[spawn]`.
    #[must_use]
    pub const fn is_spawned(&self) -> bool {
        self.spawn
    }

    /// Whether its body holds a thread of its own that may block: `#[blocking]`.
    #[must_use]
    pub const fn is_blocking(&self) -> bool {
        self.blocking
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

/// A count, of which 0 is an expression's.
const fn known(count: u32) -> Option<u32> {
    if count == 0 { None } else { Some(count) }
}
