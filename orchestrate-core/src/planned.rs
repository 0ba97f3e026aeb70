//! The plan of a run, and by what its steps are known among all runs.

use std::{borrow::Cow, fmt, sync::Arc};

use orchestrate_plan::{Plan, Unready};

use crate::{Orchestrator, PlanRef};

/// The plan of a run: that of a workflow in the source, or one that was put together at run time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Planned<'o> {
    Constant(&'static Plan),
    // As thin as a pointer goes: a run is as large as that, and each run inside of it.
    Drawn(&'o &'o dyn Drawn),
}

/// A graph that was put together at run time.
pub(crate) trait Drawn: fmt::Debug + Send + Sync {
    /// Its plan.
    fn plan(&self) -> &Arc<Plan>;

    /// Whether [`Plan::check`] has anything to look at: so that who asks for nothing needs no plan.
    fn is_checked(&self) -> bool;

    /// Who performs a step: what the runs of an orchestrator share of it is known by that, since the names of steps are
    /// made up as a program runs.
    fn agent(&self, step: usize) -> &str;
}

/// By what is known what the runs of an orchestrator share of a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StepKey {
    /// The path of its workflow.
    pub(crate) workflow: Cow<'static, str>,
    pub(crate) step: Cow<'static, str>,
}

impl StepKey {
    /// Of a step in the source.
    pub(crate) const fn constant(workflow: &'static str, step: &'static str) -> Self {
        Self {
            workflow: Cow::Borrowed(workflow),
            step: Cow::Borrowed(step),
        }
    }
}

/// In place of the path of a workflow, for the steps of graphs that were put together at run time.
pub(crate) const AGENTS: &str = "agents";

impl<'o> Planned<'o> {
    /// The plan of what was drawn, or else the constant one.
    #[inline]
    pub(crate) fn new(constant: &'static Plan, drawn: Option<&'o &'o dyn Drawn>) -> Self {
        drawn.map_or(Self::Constant(constant), Self::Drawn)
    }

    #[inline]
    pub(crate) fn get(self) -> &'o Plan {
        match self {
            Self::Constant(plan) => plan,
            Self::Drawn(graph) => graph.plan(),
        }
    }

    /// All that it asks for must be there.
    ///
    /// # Errors
    ///
    /// What is not. Apart from what is generic, so that it is compiled once and not with each workflow.
    #[cold]
    pub(crate) fn check(self, orchestrator: &Orchestrator) -> Result<(), Unready> {
        self.get().check(orchestrator)
    }

    /// Whether it was put together at run time.
    #[inline]
    pub(crate) fn is_drawn(self) -> bool {
        matches!(self, Self::Drawn(_))
    }

    /// Whether there is anything to look at before the run, of a workflow of which this is known: `constant`.
    #[inline]
    pub(crate) fn is_checked(self, constant: bool) -> bool {
        match self {
            Self::Constant(_) => constant,
            Self::Drawn(graph) => graph.is_checked(),
        }
    }

    /// By what this step is known.
    pub(crate) fn key(self, step: usize) -> StepKey {
        match self {
            Self::Constant(plan) => StepKey::constant(plan.path(), plan.steps()[step].name()),
            Self::Drawn(graph) => StepKey {
                workflow: AGENTS.into(),
                step: graph.agent(step).to_owned().into(),
            },
        }
    }
}

impl From<Planned<'_>> for PlanRef {
    fn from(planned: Planned<'_>) -> Self {
        match planned {
            Planned::Constant(plan) => plan.into(),
            Planned::Drawn(graph) => Arc::clone(graph.plan()).into(),
        }
    }
}
