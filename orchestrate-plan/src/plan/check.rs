//! Whether a plan may run: everything that it asks for is there, before anything starts.

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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{Graph, Kind, Node, testing::graph};

    const SECOND: Duration = Duration::from_secs(1);

    /// A host that has what it is told.
    #[derive(Default)]
    struct Fake {
        resources: HashMap<&'static str, usize>,
        granted: &'static [&'static str],
        approves: bool,
        /// In seconds.
        usual: HashMap<(&'static str, &'static str), u64>,
        deadline: Option<Duration>,
    }

    impl Host for Fake {
        fn capacity(&self, resource: &str) -> Option<usize> {
            self.resources.get(resource).copied()
        }
        fn is_granted(&self, permission: &str) -> bool {
            self.granted.contains(&permission)
        }
        fn has_approver(&self) -> bool {
            self.approves
        }
        fn usual(&self, workflow: &str, step: &str) -> Option<Duration> {
            let mut known = self.usual.iter();
            let (_, seconds) = known.find(|(key, _)| **key == (workflow, step))?;
            Some(Duration::from_secs(*seconds))
        }
        fn deadline(&self) -> Option<Duration> {
            self.deadline
        }
    }

    fn plan(name: &str, graph: &Graph) -> Plan {
        Plan::new(name, graph).expect("no problems")
    }

    fn of(node: Node) -> Plan {
        plan("Main", &Graph::default().with(node))
    }

    fn tool() -> Node {
        Node::new("step", Kind::Tool)
    }

    /// The problems of a plan, a line each.
    #[track_caller]
    fn check(plan: &Plan, host: &Fake, expected: &[&str]) {
        let found: Vec<String> = match plan.check(host) {
            Ok(()) => Vec::new(),
            Err(unready) => unready.problems().iter().map(Unmet::to_string).collect(),
        };
        assert_eq!(found, expected);
        // Whatever is checked says so; only the deadline of the host is not the plan's.
        assert!(plan.needs_check() || found.is_empty() || host.deadline.is_some());
    }

    #[test]
    fn what_asks_for_nothing_is_always_ready() {
        let plan = plan("Main", &graph("\nagent a()\nfn b(a)\nmcp c(b)"));
        assert!(!plan.needs_check());
        check(&plan, &Fake::default(), &[]);
        let host: &dyn Host = &Fake::default();
        assert_eq!(plan.check(host), Ok(()));
    }

    #[test]
    fn no_step_waits_for_what_its_flow_holds() {
        let inner = |resource| of(tool().uses([(resource, 1)]));
        let outer = |inner: Plan| {
            let flow = Node::new("flow", Kind::Flow).uses([("gpu", 1)]);
            plan("Outer", &Graph::default().with(flow)).with_flow(0, inner)
        };
        let mut host = Fake::default();
        host.resources.insert("gpu", 8);
        host.resources.insert("disk", 1);
        check(
            &outer(inner("gpu")),
            &host,
            &[
                "step `step` of `Main` uses `gpu`, which flow `flow` holds while it runs: \
               let one of the two use it",
            ],
        );
        check(&outer(inner("disk")), &host, &[]);
    }

    #[test]
    fn resources_are_there_and_enough() {
        let plan = of(tool().uses([("gpu", 2), ("disk", 1)]));
        let mut host = Fake::default();
        host.resources.insert("gpu", 1);
        check(
            &plan,
            &host,
            &[
                "step `step` of `Main` uses 2 of `gpu`, but the orchestrator has 1: \
                 `Orchestrator::resource(\"gpu\", 2)`",
                "step `step` of `Main` uses `disk`, which the orchestrator does not have: \
                 `Orchestrator::resource(\"disk\", 1)`",
            ],
        );
        host.resources.extend([("gpu", 2), ("disk", 5)]);
        check(&plan, &host, &[]);
    }

    #[test]
    fn permissions_are_granted() {
        let plan = of(tool().requires(["db:read", "db:write"]));
        let mut host = Fake {
            granted: &["db:read"],
            ..Fake::default()
        };
        check(
            &plan,
            &host,
            &[
                "step `step` of `Main` requires `db:write`, which is not granted: \
                 `Orchestrator::grant(\"db:write\")`",
            ],
        );
        host.granted = &["db:write", "db:read"];
        check(&plan, &host, &[]);
    }

    #[test]
    fn somebody_can_be_asked() {
        let message = "step `step` of `Main` asks somebody, but the orchestrator has no approver: \
                       `Orchestrator::approver(..)`";
        let human = of(Node::new("step", Kind::Human));
        let critical = of(tool().critical().rollback());
        for plan in [human, critical] {
            check(&plan, &Fake::default(), &[message]);
            let approves = true;
            check(
                &plan,
                &Fake {
                    approves,
                    ..Fake::default()
                },
                &[],
            );
        }
        let harmless = tool().critical().rollback().idempotent();
        check(&of(harmless), &Fake::default(), &[]);
    }

    #[test]
    fn a_critical_step_has_a_way_back() {
        let message = "step `step` of `Main` is critical, but nothing undoes it: \
                       `#[rollback(..)]`, or `#[irreversible = \"reason\"]` where nothing can";
        let critical = tool().critical().idempotent();
        check(&of(critical.clone()), &Fake::default(), &[message]);
        check(&of(critical.clone().rollback()), &Fake::default(), &[]);
        check(&of(critical.irreversible("no")), &Fake::default(), &[]);
    }

    #[test]
    fn a_timeout_is_not_shorter_than_usual() {
        let mut host = Fake::default();
        let plan = of(tool().timeout(10 * SECOND));
        check(&plan, &host, &[]);
        host.usual.insert(("Main", "step"), 10);
        check(&plan, &host, &[]);
        host.usual.insert(("Main", "step"), 75);
        check(
            &plan,
            &host,
            &[
                "step `step` of `Main` usually takes 1m 15s, but its timeout is 10s: \
                 give it more, or `#[timeout(adaptive, start = ..)]`",
            ],
        );
        check(&of(tool().adaptive_timeout(SECOND)), &host, &[]);
    }

    #[test]
    fn a_deadline_is_not_shorter_than_the_longest_chain_usually_takes() {
        let plan = plan(
            "Main",
            &graph("\ntool a()\ntool b()\ntool c(a, b)\ntool d(c)"),
        );
        let mut host = Fake::default();
        host.usual.extend([
            (("Main", "a"), 30),
            (("Main", "b"), 50),
            (("Main", "d"), 11),
        ]);
        // `c` is not known.
        let short = plan.clone().with_deadline(60 * SECOND);
        let message = "workflow `Main` usually takes 1m 1s, but its deadline is 1m: \
                       `#[deadline(..)]`";
        check(&short, &host, &[message]);
        check(&plan.clone().with_deadline(61 * SECOND), &host, &[]);

        host.deadline = Some(59 * SECOND);
        let message = "workflow `Main` usually takes 1m 1s, but the orchestrator's deadline is 59s: \
                       `Orchestrator::deadline(..)`";
        check(&short, &host, &[message]);
        check(&plan, &host, &[message]);
        host.deadline = Some(61 * SECOND);
        check(&plan, &host, &[]);

        host.usual.insert(("Main", "c"), u64::MAX);
        assert!(plan.check(&host).is_err());
    }

    #[test]
    fn a_step_that_may_be_left_out_takes_no_time_for_sure() {
        let mut host = Fake::default();
        host.usual.insert(("Main", "step"), 99);
        let plan = of(tool().when()).with_deadline(SECOND);
        check(&plan, &host, &[]);
    }

    #[test]
    fn workflows_inside_are_checked_under_their_own_names() {
        let inner = of(Node::new("look", Kind::Agent)
            .requires(["web"])
            .timeout(SECOND))
        .with_deadline(SECOND);
        let outer = graph("\nflow first()\nflow second() after first");
        let outer = plan("Outer", &outer)
            .with_flow(0, inner.clone())
            .with_flow(1, inner);
        let mut host = Fake {
            deadline: Some(3 * SECOND),
            ..Fake::default()
        };
        host.usual.insert(("Main", "look"), 2);
        check(
            &outer,
            &host,
            &[
                "step `look` of `Main` requires `web`, which is not granted: \
                 `Orchestrator::grant(\"web\")`",
                "step `look` of `Main` usually takes 2s, but its timeout is 1s: \
                 give it more, or `#[timeout(adaptive, start = ..)]`",
                "workflow `Main` usually takes 2s, but its deadline is 1s: `#[deadline(..)]`",
                "workflow `Outer` usually takes 4s, but the orchestrator's deadline is 3s: \
                 `Orchestrator::deadline(..)`",
            ],
        );
        // What is known of the flow steps themselves counts before what is inside them.
        host.granted = &["web"];
        host.usual.clear();
        host.usual
            .extend([(("Outer", "first"), 1), (("Outer", "second"), 1)]);
        check(&outer, &host, &[]);
    }
}
