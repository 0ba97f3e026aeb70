//! What a plan lacks, and every sentence about it.

use core::{fmt, time::Duration};
use std::collections::HashSet;

use crate::{names::printable, time::Time};

/// One thing that a workflow asks for and that is not there: see
/// [`Plan::check`](crate::Plan::check). `workflow` and `step` are names.
///
/// Printed it is one line, which says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unmet {
    /// A step uses a resource that does not exist.
    NoResource {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
        /// The resource.
        resource: String,
        /// How much of it the step uses.
        count: usize,
    },
    /// A step uses more of a resource than there is: it would wait for ever.
    TooMuch {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
        /// The resource.
        resource: String,
        /// How much of it the step uses.
        count: usize,
        /// How much there is.
        capacity: usize,
    },
    /// A step uses what the flow step holds that it is a part of: it would wait for ever.
    HeldByFlow {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
        /// The resource.
        resource: String,
        /// The flow step.
        flow: String,
    },
    /// A step requires a permission that is not granted.
    NotGranted {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
        /// The permission.
        permission: String,
    },
    /// A step asks somebody, and there is nobody to ask.
    NoApprover {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
    },
    /// A run must be approved, and there is nobody to ask.
    NotApprovable {
        /// The workflow that is run.
        workflow: String,
    },
    /// A step has a timeout that is shorter than what it usually takes.
    ShortTimeout {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
        /// How long an attempt may take.
        timeout: Duration,
        /// What it usually takes.
        usual: Duration,
    },
    /// A workflow has a deadline that is shorter than what its steps usually take.
    ShortDeadline {
        /// The workflow.
        workflow: String,
        /// How long a run may take.
        deadline: Duration,
        /// Whether the deadline is that of the host, and not that of the workflow.
        is_of_host: bool,
        /// What its steps usually take one after the other.
        usual: Duration,
    },
    /// A step is critical, and has neither a rollback nor a reason why there is none.
    NotUndone {
        /// The workflow that the step is in.
        workflow: String,
        /// The step.
        step: String,
    },
}

impl Unmet {
    /// The name of the workflow: the one that is run, or one inside it.
    #[must_use]
    pub fn workflow(&self) -> &str {
        match self {
            Self::NoResource { workflow, .. }
            | Self::TooMuch { workflow, .. }
            | Self::HeldByFlow { workflow, .. }
            | Self::NotGranted { workflow, .. }
            | Self::NoApprover { workflow, .. }
            | Self::NotApprovable { workflow }
            | Self::ShortTimeout { workflow, .. }
            | Self::ShortDeadline { workflow, .. }
            | Self::NotUndone { workflow, .. } => workflow,
        }
    }

    /// The name of the step; none where it is about the whole workflow.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::NoResource { step, .. }
            | Self::TooMuch { step, .. }
            | Self::HeldByFlow { step, .. }
            | Self::NotGranted { step, .. }
            | Self::NoApprover { step, .. }
            | Self::ShortTimeout { step, .. }
            | Self::NotUndone { step, .. } => Some(step),
            Self::NotApprovable { .. } | Self::ShortDeadline { .. } => None,
        }
    }
}

/// Lower case, no full stop, names in backticks: what is wrong, and after a colon what to do.
impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workflow = printable(self.workflow());
        match self.step() {
            Some(step) => write!(f, "step `{}` of `{workflow}` ", printable(step))?,
            None => write!(f, "workflow `{workflow}` ")?,
        }
        match self {
            Self::NoResource {
                resource, count, ..
            } => write!(
                f,
                "uses `{}`, which the orchestrator does not have: \
                 `Orchestrator::resource({resource:?}, {count})`",
                printable(resource)
            ),
            Self::TooMuch {
                resource,
                count,
                capacity,
                ..
            } => write!(
                f,
                "uses {count} of `{}`, but the orchestrator has {capacity}: \
                 `Orchestrator::resource({resource:?}, {count})`",
                printable(resource)
            ),
            Self::HeldByFlow { resource, flow, .. } => write!(
                f,
                "uses `{}`, which flow `{}` holds while it runs: let one of the two use it",
                printable(resource),
                printable(flow)
            ),
            Self::NotGranted { permission, .. } => write!(
                f,
                "requires `{}`, which is not granted: `Orchestrator::grant({permission:?})`",
                printable(permission)
            ),
            Self::NoApprover { .. } => f.write_str(
                "asks somebody, but the orchestrator has no approver: \
                 `Orchestrator::approver(..)`",
            ),
            Self::NotApprovable { .. } => f.write_str(
                "is run when somebody approves, but the orchestrator has no approver: \
                 `Orchestrator::approver(..)`",
            ),
            Self::ShortTimeout { timeout, usual, .. } => write!(
                f,
                "usually takes {}, but its timeout is {timeout}: \
                 give it more, or `#[timeout(adaptive, start = ..)]`",
                Time(*usual),
                timeout = Time(*timeout)
            ),
            Self::ShortDeadline {
                deadline,
                is_of_host,
                usual,
                ..
            } => {
                let (usual, deadline) = (Time(*usual), Time(*deadline));
                write!(f, "usually takes {usual}, but ")?;
                if *is_of_host {
                    write!(
                        f,
                        "the orchestrator's deadline is {deadline}: `Orchestrator::deadline(..)`"
                    )
                } else {
                    write!(f, "its deadline is {deadline}: `#[deadline(..)]`")
                }
            }
            Self::NotUndone { .. } => f.write_str(
                "is critical, but nothing undoes it: \
                 `#[rollback(..)]`, or `#[irreversible = \"reason\"]` where nothing can",
            ),
        }
    }
}

/// All that a workflow lacks: at least one thing, in the order of its steps; what is about all of
/// them comes last.
///
/// As an error it prints a line for the workflow, and one for each problem. For a log,
/// [`Unready::one_line`] has them all in one.
///
/// ```
/// # use orchestrate_plan::{Graph, Host, Kind, Node, Plan};
/// # struct Bare;
/// # impl Host for Bare {
/// #     fn capacity(&self, _: &str) -> Option<usize> { None }
/// #     fn is_granted(&self, _: &str) -> bool { false }
/// #     fn has_approver(&self) -> bool { false }
/// #     fn usual(&self, _: &str, _: &str) -> Option<std::time::Duration> { None }
/// #     fn deadline(&self) -> Option<std::time::Duration> { None }
/// # }
/// let graph = Graph::default()
///     .with(Node::new("sign", Kind::Human))
///     .with(Node::new("publish", Kind::Mcp).requires(["web:write"]).after(["sign"]));
/// let unready = Plan::new("Release", &graph)?.check(&Bare).unwrap_err();
/// assert_eq!(unready.problems().len(), 2);
/// assert_eq!(
///     unready.to_string(),
///     "\
/// workflow `Release` is not ready to run: 2 problems
///   step `sign` of `Release` asks somebody, but the orchestrator has no approver: `Orchestrator::approver(..)`
///   step `publish` of `Release` requires `web:write`, which is not granted: `Orchestrator::grant(\"web:write\")`"
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unready {
    workflow: String,
    problems: Vec<Unmet>,
}

impl Unready {
    /// What is true of two flow steps that run one workflow is said once.
    pub(super) fn new(workflow: String, mut problems: Vec<Unmet>) -> Self {
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert(problem.clone()));
        Self { workflow, problems }
    }

    /// The name of the workflow that was to run.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.workflow
    }

    /// The problems: never none.
    #[must_use]
    pub fn problems(&self) -> &[Unmet] {
        &self.problems
    }

    /// The workflow and its problems in one line, with semicolons between them.
    #[must_use]
    pub fn one_line(&self) -> impl fmt::Display + fmt::Debug + '_ {
        OneLine(self)
    }
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let s = if count == 1 { "" } else { "s" };
        write!(f, "{}: {count} problem{s}", Head(self))?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Unready {}

/// See [`Unready::one_line`].
#[derive(Debug)]
struct OneLine<'u>(&'u Unready);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Head(self.0))?;
        for (index, problem) in self.0.problems.iter().enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// What both forms begin with.
struct Head<'u>(&'u Unready);

impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workflow = printable(&self.0.workflow);
        write!(f, "workflow `{workflow}` is not ready to run")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_approver(workflow: &str, step: &str) -> Unmet {
        Unmet::NoApprover {
            workflow: workflow.to_owned(),
            step: step.to_owned(),
        }
    }

    #[test]
    fn a_problem_is_listed_once() {
        let unready = Unready::new(
            "Main".to_owned(),
            vec![
                no_approver("Main", "b"),
                no_approver("Main", "a"),
                no_approver("Main", "b"),
            ],
        );
        let steps = unready.problems().iter().map(Unmet::step);
        assert!(steps.eq([Some("b"), Some("a")]));
        assert_eq!(unready.workflow(), "Main");
    }

    #[test]
    fn several_lines_or_one() {
        let unready = Unready::new(
            "Main".to_owned(),
            vec![no_approver("Main", "a"), no_approver("Inner", "b")],
        );
        let rest = "asks somebody, but the orchestrator has no approver: \
                    `Orchestrator::approver(..)`";
        assert_eq!(
            unready.to_string(),
            format!(
                "workflow `Main` is not ready to run: 2 problems\n  \
                 step `a` of `Main` {rest}\n  step `b` of `Inner` {rest}"
            )
        );
        assert_eq!(
            unready.one_line().to_string(),
            format!(
                "workflow `Main` is not ready to run: \
                 step `a` of `Main` {rest}; step `b` of `Inner` {rest}"
            )
        );
        let one = Unready::new("Main".to_owned(), vec![no_approver("Main", "a")]);
        assert!(one.to_string().contains("run: 1 problem\n"), "{one}");
    }

    #[test]
    fn names_from_outside_draw_nothing() {
        let problem = Unmet::NotGranted {
            workflow: "two\nlines".to_owned(),
            step: "red\u{1b}[31m".to_owned(),
            permission: "\r\"".to_owned(),
        };
        assert_eq!(
            problem.to_string(),
            "step `red\\u{1b}[31m` of `two\\nlines` requires `\\r\\\"`, which is not granted: \
             `Orchestrator::grant(\"\\r\\\"\")`"
        );
    }
}
