//! Whether a plan may run: everything that it asks for is there, before anything starts.

#[cfg(test)]
mod tests;

use core::time::Duration;

use super::{Plan, Step, Unmet, Unready};
use crate::options::Undo;

/// What there is for the steps of a workflow: what [`Plan::check`] asks. The orchestrator is one.
///
/// ```
/// use std::time::Duration;
/// use orchestrate_plan::{Graph, Host, Kind, Node, Plan};
///
/// /// A machine with one GPU, where nothing is known yet.
/// struct Desk;
///
/// impl Host for Desk {
///     fn capacity(&self, resource: &str) -> Option<usize> {
///         (resource == "gpu").then_some(1)
///     }
///     fn is_granted(&self, _permission: &str) -> bool {
///         false
///     }
///     fn has_approver(&self) -> bool {
///         true
///     }
///     fn usual(&self, _workflow: &str, _step: &str) -> Option<Duration> {
///         None
///     }
///     fn deadline(&self) -> Option<Duration> {
///         None
///     }
/// }
///
/// let train = |gpus| {
///     let graph = Graph::default().with(Node::new("train", Kind::Tool).uses([("gpu", gpus)]));
///     Plan::new("Learn", &graph)
/// };
/// assert!(train(1)?.check(&Desk).is_ok());
/// assert_eq!(
///     train(2)?.check(&Desk).unwrap_err().problems()[0].to_string(),
///     "step `train` of `Learn` uses 2 of `gpu`, but the orchestrator has 1: \
///      `Orchestrator::resource(\"gpu\", 2)`"
/// );
/// # Ok::<(), orchestrate_plan::Problems>(())
/// ```
pub trait Host {
    /// How much of a resource there is altogether, taken or free; `None` when there is no such
    /// resource.
    fn capacity(&self, resource: &str) -> Option<usize>;

    /// Whether steps may do what needs this permission.
    fn is_granted(&self, permission: &str) -> bool;

    /// Whether there is somebody who can be asked.
    fn has_approver(&self) -> bool;

    /// What an attempt of a step usually takes: the time that 95 of 100 stay below. `None` as long
    /// as too few of them are known.
    ///
    /// `workflow` is the [path](Plan::path) of the workflow whose step it is.
    fn usual(&self, workflow: &str, step: &str) -> Option<Duration>;

    /// How long a run may take, whatever the workflow.
    fn deadline(&self) -> Option<Duration>;
}

impl Plan {
    /// Asks whether everything is there that the steps ask for, here and in the workflows inside:
    ///
    /// - the resources that they use, and enough of them, and that no step waits for what the flow
    ///   step holds of which it is a part;
    /// - the permissions that they require;
    /// - somebody to ask, for `human` steps and critical ones;
    /// - a timeout that is not shorter than what the step usually takes, unless it is adaptive;
    /// - a deadline that is not shorter than what the steps usually take one after the other;
    /// - a way back, or the reason why there is none, for critical steps.
    ///
    /// For the deadline, a step without history counts as nothing, and so does one that may be left
    /// out: the run takes at least as long as the others. A flow step without a history of its own
    /// takes what the steps inside it take. The deadline of the host is that of the whole run; a
    /// workflow inside is held to its own only.
    ///
    /// Nothing is started and nothing is taken. A resource that is there, but in use, is no problem:
    /// a step waits for it.
    ///
    /// # Errors
    ///
    /// All that is not there: see [`Unready`].
    pub fn check(&self, host: &(impl Host + ?Sized)) -> Result<(), Unready> {
        let mut unmet = Vec::new();
        check_steps(self, host, &[], &mut unmet);
        let deadlines = [
            self.deadline().map(|deadline| (deadline, false)),
            host.deadline().map(|deadline| (deadline, true)),
        ];
        // The shorter one; of equals that of the workflow.
        if let Some((deadline, is_of_host)) = deadlines.into_iter().flatten().min() {
            check_deadline(self, host, deadline, is_of_host, &mut unmet);
        }
        if unmet.is_empty() {
            Ok(())
        } else {
            Err(Unready::new(self.name().to_owned(), unmet))
        }
    }
}

impl Plan {
    /// The same for a run that somebody approves before it starts: then there must be an approver,
    /// whatever the steps ask for.
    ///
    /// # Errors
    ///
    /// All that is not there: see [`Unready`].
    pub fn check_with_approval(&self, host: &(impl Host + ?Sized)) -> Result<(), Unready> {
        let checked = self.check(host);
        if host.has_approver() {
            return checked;
        }
        let problems = checked
            .err()
            .map_or_else(Vec::new, |unready| unready.problems().to_vec());
        let workflow = self.name().to_owned();
        let missing = Unmet::NotApprovable {
            workflow: workflow.clone(),
        };
        let problems = core::iter::once(missing).chain(problems);
        Err(Unready::new(workflow, problems.collect()))
    }
}

/// `held`: what the flow steps hold that run this plan, and who they are.
fn check_steps(
    plan: &Plan,
    host: &(impl Host + ?Sized),
    held: &[(&str, &str)],
    unmet: &mut Vec<Unmet>,
) {
    for step in plan.steps() {
        check_step(plan, step, host, unmet);
        for (resource, _) in step.options().uses() {
            if let Some((_, holder)) = held.iter().find(|(name, _)| *name == resource) {
                unmet.push(Unmet::HeldByFlow {
                    workflow: plan.name().to_owned(),
                    step: step.name().to_owned(),
                    resource: resource.to_owned(),
                    flow: (*holder).to_owned(),
                });
            }
        }
        if let Some(flow) = step.flow() {
            let own = step.options().uses().map(|(name, _)| (name, step.name()));
            let held: Vec<(&str, &str)> = held.iter().copied().chain(own).collect();
            check_steps(flow, host, &held, unmet);
            if let Some(deadline) = flow.deadline() {
                check_deadline(flow, host, deadline, false, unmet);
            }
        }
    }
}

fn check_step(plan: &Plan, step: &Step, host: &(impl Host + ?Sized), unmet: &mut Vec<Unmet>) {
    let names = || (plan.name().to_owned(), step.name().to_owned());
    let options = step.options();
    for (resource, count) in options.uses() {
        let capacity = host.capacity(resource);
        if capacity.is_some_and(|capacity| count <= capacity) {
            continue;
        }
        let ((workflow, step), resource) = (names(), resource.to_owned());
        unmet.push(match capacity {
            None => Unmet::NoResource {
                workflow,
                step,
                resource,
                count,
            },
            Some(capacity) => Unmet::TooMuch {
                workflow,
                step,
                resource,
                count,
                capacity,
            },
        });
    }
    for permission in options.requires() {
        if !host.is_granted(permission) {
            let (workflow, step) = names();
            unmet.push(Unmet::NotGranted {
                workflow,
                step,
                permission: permission.to_owned(),
            });
        }
    }
    if options.needs_approval() && !host.has_approver() {
        let (workflow, step) = names();
        unmet.push(Unmet::NoApprover { workflow, step });
    }
    if let Some(timeout) = options.timeout()
        && !options.is_adaptive()
        && let Some(usual) = host.usual(plan.path(), step.name())
        && timeout < usual
    {
        let (workflow, step) = names();
        unmet.push(Unmet::ShortTimeout {
            workflow,
            step,
            timeout,
            usual,
        });
    }
    if options.is_critical() && options.undo() == Undo::Nothing {
        let (workflow, step) = names();
        unmet.push(Unmet::NotUndone { workflow, step });
    }
}

fn check_deadline(
    plan: &Plan,
    host: &(impl Host + ?Sized),
    deadline: Duration,
    is_of_host: bool,
    unmet: &mut Vec<Unmet>,
) {
    let usual = usual(plan, host);
    if deadline < usual {
        unmet.push(Unmet::ShortDeadline {
            workflow: plan.name().to_owned(),
            deadline,
            is_of_host,
            usual,
        });
    }
}

/// What the steps of a plan usually take at least: the longest chain of those that are known.
fn usual(plan: &Plan, host: &(impl Host + ?Sized)) -> Duration {
    let path = plan.critical_path_by(|step| {
        if step.options().is_conditional() {
            return 0;
        }
        let known = host.usual(plan.path(), step.name());
        let usual = known.or_else(|| step.flow().map(|flow| usual(flow, host)));
        usual.map_or(0, |usual| {
            u64::try_from(usual.as_nanos()).unwrap_or(u64::MAX)
        })
    });
    Duration::from_nanos(path.length)
}
