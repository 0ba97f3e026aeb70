//! Who can be asked, and who was.

use std::{sync::Arc, time::Duration};

use super::Subtask;
use crate::dynamic::{Agent, route::can_handle};

/// The agents that may be asked, with how many subtasks each has got so far.
///
/// A master goes by it in [`Master::assign`](super::Master::assign), where it has a will of its own:
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, AgentOutput, Master, MasterWorker, Subtask, TaskResults, Worker, Workers, agent_fn, async_trait,
/// };
///
/// /// Has the first worker do the first half, whatever the second one has to do.
/// struct Halves;
///
/// #[async_trait]
/// impl Master for Halves {
///     async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
///         Ok(["a", "b", "c", "d"].map(|name| Subtask::new(name, ())).to_vec())
///     }
///
///     async fn assign<'w>(&self, _: &Subtask, workers: &Workers<'w>) -> Result<Option<Worker<'w>>, AgentError> {
///         let first = workers.named("first").filter(|worker| worker.assigned() < 2);
///         Ok(first.or_else(|| workers.named("second")))
///     }
///
///     async fn aggregate(&self, _: &AgentInput, results: &TaskResults) -> Result<AgentOutput, AgentError> {
///         Ok(results.len().into())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let workers = ["first", "second"].map(|name| agent_fn(name, |_: AgentInput| async { Ok(().into()) }));
/// let outcome = MasterWorker::new(Halves, workers).execute(()).await?;
/// let who: Vec<_> = outcome.assignments.iter().map(|asked| asked.worker.name()).collect();
/// assert_eq!(who, ["first", "first", "second", "second"]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Workers<'w> {
    agents: &'w [Arc<dyn Agent>],
    assigned: &'w [usize],
}

/// One of the agents that may be asked.
///
/// See [`Workers`].
#[derive(Clone, Copy, Debug)]
pub struct Worker<'w> {
    index: usize,
    agent: &'w Arc<dyn Agent>,
    assigned: usize,
}

/// Who was asked to do what.
///
/// It is told in the outcome, and to a [master](super::Master::learn) that learns from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Assignment {
    /// What was asked for.
    pub subtask: Subtask,
    /// Who was asked.
    pub worker: Arc<dyn Agent>,
    /// How long that agent has worked at it, all attempts together; none where it has not begun.
    pub took: Option<Duration>,
}

impl<'w> Workers<'w> {
    pub(super) fn new(agents: &'w [Arc<dyn Agent>], assigned: &'w [usize]) -> Self {
        Self { agents, assigned }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// All of them, in the order in which they were given.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Worker<'w>> + use<'w> {
        let agents = self.agents.iter().zip(self.assigned).enumerate();
        agents.map(|(index, (agent, &assigned))| Worker {
            index,
            agent,
            assigned,
        })
    }

    /// The agent of this name, the first one where several have it.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Worker<'w>> {
        self.iter().find(|worker| worker.agent.name() == name)
    }

    /// Of those who [can handle](Agent::can_handle) the subtask, the one who has got the fewest so far; of equals the
    /// first. None where nobody can; an agent that panics when it is asked cannot.
    ///
    /// Nothing runs yet: what counts is what an agent will have to do, and not, as for a
    /// [`Router`](crate::dynamic::Router), what it is doing.
    #[must_use]
    pub fn capable_of(&self, subtask: &Subtask) -> Option<Worker<'w>> {
        let capable = self.iter().filter(|worker| {
            let task = subtask.assigned_to(worker.agent);
            matches!(can_handle(&**worker.agent, &task), Ok(true))
        });
        capable.min_by_key(|worker| worker.assigned)
    }
}

impl<'w> Worker<'w> {
    /// The agent.
    #[must_use]
    pub fn agent(&self) -> &'w Arc<dyn Agent> {
        self.agent
    }

    /// How many subtasks it has got so far.
    #[must_use]
    pub fn assigned(&self) -> usize {
        self.assigned
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }
}
