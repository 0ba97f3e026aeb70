//! What goes in: steps, with the names that they read and produce, and with what they ask for.

use core::time::Duration;

use crate::{
    kind::Kind,
    options::{KeptUndo, Options},
    priority::Priority,
};

/// The steps of a workflow, as they were declared: what [`analyze`](crate::analyze()) works on.
///
/// The order of the steps carries no meaning. It decides only in which order equals are listed.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node};
///
/// let graph = Graph::new(["url"])
///     .with(Node::new("fetch", Kind::Mcp).reads(["url"]).produces(["page"]))
///     .with(Node::new("log", Kind::Plain).after(["fetch"]));
/// assert_eq!(graph.nodes[0].produces, ["page"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The names of the workflow's inputs.
    pub inputs: Vec<String>,
    /// The steps, in the order of their declaration. Everywhere in this crate a step is meant by
    /// its index in this list.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// A workflow with these inputs, and no steps yet.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            inputs: strings(inputs),
            nodes: Vec::new(),
        }
    }

    /// Adds a step.
    #[must_use]
    pub fn with(mut self, node: Node) -> Self {
        self.nodes.push(node);
        self
    }
}

/// One step: its name, and the names that it reads and produces. Raw identifiers come without their
/// `r#`.
///
/// The methods named like fields add to what is there:
///
/// ```
/// use orchestrate_plan::{Kind, Node};
///
/// let node = Node::new("split", Kind::Tool).reads(["text"]).produces(["head"]).produces(["tail"]);
/// assert_eq!(node.produces, ["head", "tail"]);
/// ```
///
/// The others are the attributes of a step, under the same names. They change nothing about when a
/// step runs, but [`Plan::check`](crate::Plan::check) asks for what they need:
///
/// ```
/// use orchestrate_plan::{Kind, Node, Priority};
///
/// let node = Node::new("train", Kind::Tool)
///     .reads(["data"])
///     .idempotent()
///     .retry(3)
///     .priority(Priority::High)
///     .uses([("gpu", 2)]);
/// assert_eq!(node.options.attempts(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The step's name.
    pub name: String,
    /// What the step is.
    pub kind: Kind,
    /// Names of workflow inputs, or of outputs of other steps.
    pub reads: Vec<String>,
    /// The names of the step's outputs: usually its own name, or those of its named tuple; none if
    /// it runs for its effect.
    pub produces: Vec<String>,
    /// Names of *steps* that come before this one although it reads nothing of theirs.
    pub after: Vec<String>,
    /// What the step asks for besides.
    pub options: Options,
}

impl Node {
    /// A step that reads nothing and produces nothing.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            reads: Vec::new(),
            produces: Vec::new(),
            after: Vec::new(),
            options: Options::default(),
        }
    }

    /// Adds names that the step reads.
    #[must_use]
    pub fn reads(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.reads.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds names that the step produces.
    #[must_use]
    pub fn produces(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.produces.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds names of steps that come before this one.
    #[must_use]
    pub fn after(mut self, steps: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.after.extend(steps.into_iter().map(Into::into));
        self
    }

    /// Running it twice does no harm. A [`Kind::Plain`] step is idempotent by itself.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.options.idempotent = true;
        self
    }

    /// Its failure does not fail the run.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.options.optional = true;
        self
    }

    /// It is tried so often at most. 0 is taken as 1.
    #[must_use]
    pub fn retry(mut self, attempts: u32) -> Self {
        self.options.attempts = attempts.max(1);
        self
    }

    /// It is tried again; how often is not known before it runs.
    #[must_use]
    pub fn retry_at_run_time(mut self) -> Self {
        self.options.attempts = 0;
        self
    }

    /// How long to wait between two attempts: at first, and at most. 100 ms and 30 s where nothing
    /// is said; `None` where it is not known before it runs.
    #[must_use]
    pub fn backoff(mut self, first_and_longest: Option<(Duration, Duration)>) -> Self {
        self.options.backoff = first_and_longest;
        self
    }

    /// It runs again until its output is good enough, so often at most. 0 is taken as 1.
    #[must_use]
    pub fn repeat(mut self, rounds: u32) -> Self {
        self.options.rounds = rounds.max(1);
        self
    }

    /// It runs again until its output is good enough; how often is not known before it runs.
    #[must_use]
    pub fn repeat_at_run_time(mut self) -> Self {
        self.options.rounds = 0;
        self
    }

    /// It remembers what it produced.
    #[must_use]
    pub fn cache(mut self) -> Self {
        self.options.cache = true;
        self
    }

    /// It is not tried for a while after many failures.
    #[must_use]
    pub fn breaker(mut self) -> Self {
        self.options.breaker = true;
        self
    }

    /// Something is tried instead when it has failed: one thing more each time this is called.
    #[must_use]
    pub fn fallback(mut self) -> Self {
        self.options.fallbacks += 1;
        self
    }

    /// A value takes its place when all has failed: `#[default(..)]`.
    #[must_use]
    pub fn default_value(mut self) -> Self {
        self.options.default = true;
        self
    }

    /// How many of its optional inputs must have succeeded. 0 asks for nothing.
    #[must_use]
    pub fn quorum(mut self, needed: usize) -> Self {
        self.options.quorum = (needed > 0).then_some(needed);
        self
    }

    /// Some of its optional inputs must have succeeded; how many is not known before it runs.
    #[must_use]
    pub fn quorum_at_run_time(mut self) -> Self {
        self.options.quorum = Some(0);
        self
    }

    /// How long an attempt may take.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = Some(limit);
        self.options.limited = false;
        self.options.adaptive = false;
        self
    }

    /// An attempt may not take for ever; how long is not known before it runs.
    #[must_use]
    pub fn timeout_at_run_time(mut self) -> Self {
        self.options.timeout = None;
        self.options.limited = true;
        self.options.adaptive = false;
        self
    }

    /// How long an attempt may take at first, until it is known what the step usually takes.
    #[must_use]
    pub fn adaptive_timeout(mut self, start: Duration) -> Self {
        self.options.timeout = Some(start);
        self.options.limited = false;
        self.options.adaptive = true;
        self
    }

    /// What it may take, until that is known better.
    #[must_use]
    pub fn estimate(mut self, time: Duration) -> Self {
        self.options.estimate = Some(time);
        self
    }

    /// Who goes first when a limit is reached.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.options.priority = priority;
        self
    }

    /// Adds resources that it takes while it runs, and how much of each.
    #[must_use]
    pub fn uses(mut self, resources: impl IntoIterator<Item = (impl Into<String>, usize)>) -> Self {
        let resources = resources.into_iter();
        let uses = resources.map(|(name, count)| (name.into(), count));
        self.options.uses.extend(uses);
        self
    }

    /// Adds permissions without which nothing starts.
    #[must_use]
    pub fn requires(mut self, permissions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let permissions = permissions.into_iter().map(Into::into);
        self.options.requires.extend(permissions);
        self
    }

    /// It is undone when the run fails later.
    #[must_use]
    pub fn rollback(mut self) -> Self {
        self.options.undo = KeptUndo::Rollback;
        self
    }

    /// It cannot be undone, for this reason.
    #[must_use]
    pub fn irreversible(mut self, reason: impl Into<String>) -> Self {
        self.options.undo = KeptUndo::Irreversible(reason.into().into());
        self
    }

    /// It may be left out.
    #[must_use]
    pub fn when(mut self) -> Self {
        self.options.condition = true;
        self
    }

    /// It runs once for each item of an input.
    #[must_use]
    pub fn each(mut self) -> Self {
        self.options.each = true;
        self
    }

    /// How many items run at the same time, where it runs once for each. 0 is taken as 1.
    #[must_use]
    pub fn concurrency(mut self, items: usize) -> Self {
        self.options.concurrency = Some(items.max(1));
        self
    }

    /// Only some of its items run at the same time; how many is not known before it runs.
    #[must_use]
    pub fn concurrency_at_run_time(mut self) -> Self {
        self.options.concurrency = Some(0);
        self
    }

    /// Its items are gathered into calls.
    #[must_use]
    pub fn batch(mut self) -> Self {
        self.options.batch = true;
        self
    }

    /// It does what must not be done by mistake: somebody is asked first, unless it is idempotent.
    #[must_use]
    pub fn critical(mut self) -> Self {
        self.options.critical = true;
        self
    }

    /// Each attempt at it is a task of its own on the executor.
    #[must_use]
    pub fn spawn(mut self) -> Self {
        self.options.spawn = true;
        self
    }

    /// Its body holds a thread of its own, which may block.
    #[must_use]
    pub fn blocking(mut self) -> Self {
        self.options.blocking = true;
        self
    }
}

/// A step without a name, of [`Kind::Plain`]: a start for `Node { .., ..Node::default() }`.
impl Default for Node {
    fn default() -> Self {
        Self::new(String::new(), Kind::Plain)
    }
}

fn strings(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}
