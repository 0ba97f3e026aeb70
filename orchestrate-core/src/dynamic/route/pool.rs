//! Agents that come and go.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{AgentLoad, NoCapableAgent, Routed, desk::Desk};
use crate::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, IntoAgent,
};

/// A set of agents to which some are added, and from which some are taken, while it is used. It chooses as a
/// [`Router`](super::Router) does.
///
/// It is an agent, and a handle: its clones are the same pool. What an agent has to do is what the pool has given it and
/// has not ended. One that is removed ends what it has begun, and is given nothing more.
///
/// A pool may stand in itself, directly or in another one of it. It keeps itself then, until it is removed there.
///
/// As its agents change it names no capabilities of its own; [`can_handle`](Agent::can_handle) asks those that there are.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentPool, AgentTask, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let pool = AgentPool::new("workers");
/// let task = || AgentTask::new("work", pool.clone(), ());
/// let error = ParallelOrchestrator::new().execute([task()]).await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "workflow `Parallel`: step `work` failed: no agent of `workers` can do task `work`; there is none in it"
/// );
///
/// let name = pool.add(agent_fn("worker", |_: AgentInput| async { Ok("done".into()) }));
/// ParallelOrchestrator::new().execute([task()]).await?;
/// assert_eq!((pool.len(), pool.loads()[0].handled), (1, 1));
/// assert!(pool.remove(&name).is_some() && pool.is_empty());
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct AgentPool {
    name: Arc<str>,
    desk: Arc<Desk<dyn Agent>>,
}

impl AgentPool {
    /// One without agents yet, of this name.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            desk: Arc::default(),
        }
    }

    /// Adds an agent, and says by which name it is known in the pool: its own, or, where another has that already, with a
    /// number besides: `worker #2`.
    pub fn add(&self, agent: impl IntoAgent) -> Arc<str> {
        self.desk.add(agent.into_agent(), 1)
    }

    /// Takes out the agent that is known by this name, if there is one: from here on it is given nothing more. What it has
    /// begun goes on.
    #[expect(clippy::must_use_candidate, reason = "it changes the pool")]
    pub fn remove(&self, name: &str) -> Option<Arc<dyn Agent>> {
        let member = self.desk.remove(name)?;
        Some(Arc::clone(member.worker()))
    }

    /// How many agents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.desk.members().len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Chooses an agent for this task: it counts as its work from here on.
    ///
    /// # Errors
    ///
    /// When nobody can do it.
    pub fn route(&self, task: &AgentTask) -> Result<Routed, NoCapableAgent> {
        self.desk.route(&self.name, task)
    }

    /// How much each agent has to do, in the order in which they came.
    #[must_use]
    pub fn loads(&self) -> Vec<AgentLoad> {
        self.desk.loads()
    }

    /// How many tasks its agents have been given that have not ended; those of agents that were removed do not count.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.desk.in_flight()
    }
}

#[async_trait]
impl Agent for AgentPool {
    fn name(&self) -> &str {
        &self.name
    }

    /// What its agents are where they are all the same; else an agent.
    fn kind(&self) -> Kind {
        self.desk.kind()
    }

    /// Whether any of its agents can do it.
    fn can_handle(&self, task: &AgentTask) -> bool {
        self.desk.can_handle(task)
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        self.desk.execute(&self.name, cx, input).await
    }
}

/// The names of its agents alone: a pool may stand in itself.
impl fmt::Debug for AgentPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentPool")
            .field("name", &self.name)
            .field("agents", &self.desk)
            .finish()
    }
}
