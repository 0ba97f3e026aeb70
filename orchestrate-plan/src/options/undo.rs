//! Whether a step can be undone.

use std::borrow::Cow;

/// What becomes of what a step has done when its run fails later.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Node, Plan, Undo};
///
/// let graph = Graph::default()
///     .with(Node::new("reserve", Kind::Tool).rollback())
///     .with(Node::new("announce", Kind::Tool).irreversible("mail cannot be called back"));
/// let plan = Plan::new("Order", &graph)?;
/// assert_eq!(plan.steps()[0].options().undo(), Undo::Rollback);
/// assert_eq!(
///     plan.steps()[1].options().undo(),
///     Undo::Irreversible("mail cannot be called back")
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Undo<'a> {
    /// The step says nothing about it, and stays done.
    #[default]
    Nothing,
    /// It is undone: `#[rollback(..)]`.
    Rollback,
    /// It stays done, for this reason: `#[irreversible = ".."]`.
    Irreversible(&'a str),
}

/// The same, with a reason that is constant or owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeptUndo {
    Nothing,
    Rollback,
    Irreversible(Cow<'static, str>),
}

impl KeptUndo {
    pub(super) const fn from_static(undo: Undo<'static>) -> Self {
        match undo {
            Undo::Nothing => Self::Nothing,
            Undo::Rollback => Self::Rollback,
            Undo::Irreversible(reason) => Self::Irreversible(Cow::Borrowed(reason)),
        }
    }

    pub(super) const fn get(&self) -> Undo<'_> {
        match self {
            Self::Nothing => Undo::Nothing,
            Self::Rollback => Undo::Rollback,
            Self::Irreversible(Cow::Borrowed(reason)) => Undo::Irreversible(reason),
            Self::Irreversible(Cow::Owned(reason)) => Undo::Irreversible(reason.as_str()),
        }
    }
}
