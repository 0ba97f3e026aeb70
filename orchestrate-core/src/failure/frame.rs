use std::{borrow::Cow, fmt};

use orchestrate_plan::Kind;

use super::Name;
use crate::PlanRef;

/// One workflow on the way to what failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The name of the workflow.
    pub workflow: Cow<'static, str>,
    /// The step of it that failed; none when it was no step (its last expression, its deadline, or that it could not
    /// start).
    pub step: Option<FailedStep>,
}

/// The step of a [`Frame`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedStep {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its kind.
    pub kind: Kind,
    /// The batch that it stands in, counted from 1 as a plan prints it.
    pub batch: usize,
}

impl FailedStep {
    /// The step of a plan; none when it is beyond it.
    pub(crate) fn new(plan: &PlanRef, index: usize) -> Option<Self> {
        plan.steps().get(index).map(|step| Self {
            name: plan.named(|plan| plan.steps()[index].name()),
            kind: step.kind(),
            batch: step.batch() + 1,
        })
    }
}

impl Frame {
    pub(crate) fn new(plan: &PlanRef, step: Option<usize>) -> Self {
        let step = step.and_then(|step| FailedStep::new(plan, step));
        Self {
            workflow: plan.named(|plan| plan.name()),
            step,
        }
    }

    /// The workflow and the step, as they stand in the text of a failure.
    pub(super) fn tell(&self, f: &mut fmt::Formatter<'_>, before: &str) -> fmt::Result {
        write!(f, "{before}workflow `{}`", Name(&self.workflow))?;
        if let Some(step) = &self.step {
            write!(f, ": step `{}`", Name(&step.name))?;
        }
        Ok(())
    }
}
