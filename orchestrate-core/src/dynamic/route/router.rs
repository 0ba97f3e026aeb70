//! Several agents with different capabilities.

use std::sync::Arc;

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{AgentLoad, NoCapableAgent, Routed, desk::Desk};
use crate::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, IntoAgent,
};

/// Gives each task to one of several agents: to one that [can do it](Agent::can_handle), of these to one that has the least
/// to do, and of these to the one that has waited longest.
///
/// It is an agent: a task that is given to it says by [`needs`](AgentTask::needs) what it asks for. What an agent has to do
/// is what this router has given it and has not ended; who wants that counted together shares the router.
///
/// A task that nobody can do fails by [`NoCapableAgent`]. An agent that panics when it is asked whether it can do a task is
/// passed over.
///
/// ```
/// use std::sync::Arc;
/// use orchestrated::dynamic::{AgentInput, AgentTask, ParallelOrchestrator, Router, agent_fn};
///
/// # futures::executor::block_on(async {
/// let find = agent_fn("find", |_: AgentInput| async { Ok("found".into()) }).capable_of(["search"]);
/// let sum = agent_fn("sum", |input: AgentInput| async move {
///     Ok(input.to::<Vec<i64>>()?.iter().sum::<i64>().into())
/// })
/// .capable_of(["arithmetic"]);
/// let desk = Arc::new(Router::new("desk").with(find).with(sum));
/// let tasks = [
///     AgentTask::new("look", Arc::clone(&desk), "the key").needs(["search"]),
///     AgentTask::new("add", Arc::clone(&desk), vec![1, 2]).needs(["arithmetic"]),
/// ];
/// let results = ParallelOrchestrator::new().execute(tasks).await?;
/// assert_eq!(results.output("look").unwrap().to::<&str>()?, "found");
/// assert_eq!(results.output("add").unwrap().to::<i64>()?, 3);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "a router does nothing until it is given tasks"]
pub struct Router {
    name: Arc<str>,
    desk: Desk<dyn Agent>,
    /// What any of them can do.
    capabilities: Vec<String>,
}

impl Router {
    /// One without agents yet, of this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            desk: Desk::default(),
            capabilities: Vec::new(),
        }
    }

    /// With this agent, too. One that has the name of another is known by a number besides: `find #2`.
    pub fn with(mut self, agent: impl IntoAgent) -> Self {
        let agent = agent.into_agent();
        for capability in agent.capabilities() {
            if !self.capabilities.contains(capability) {
                self.capabilities.push(capability.clone());
            }
        }
        self.desk.add(agent, 1);
        self
    }

    /// Chooses an agent for this task: it counts as its work from here on.
    ///
    /// # Errors
    ///
    /// When nobody can do it.
    pub fn route(&self, task: &AgentTask) -> Result<Routed, NoCapableAgent> {
        self.desk.route(&self.name, task)
    }

    /// How much each agent has to do, in the order in which they were given.
    #[must_use]
    pub fn loads(&self) -> Vec<AgentLoad> {
        self.desk.loads()
    }

    /// How many tasks it has given that have not ended.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.desk.in_flight()
    }
}

#[async_trait]
impl Agent for Router {
    fn name(&self) -> &str {
        &self.name
    }

    /// What its agents are where they are all the same; else an agent.
    fn kind(&self) -> Kind {
        self.desk.kind()
    }

    /// What any of its agents says that it can do.
    fn capabilities(&self) -> &[String] {
        &self.capabilities
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
