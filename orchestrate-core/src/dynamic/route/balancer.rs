//! Several instances of one agent.

use std::sync::Arc;

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{AgentLoad, NoCapableAgent, Routed, desk::Desk};
use crate::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, IntoAgent,
};

/// Spreads tasks over instances of one agent: each goes to the instance that has the least to do for its weight, and of
/// several such to the one that has waited longest.
///
/// It is an agent, capable of what all its instances are capable of. What an instance has to do is what this balancer has
/// given it and has not ended.
///
/// ```
/// use std::sync::Arc;
/// use orchestrated::dynamic::{AgentInput, AgentTask, LoadBalancer, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let server = |url: &'static str| agent_fn("server", move |_: AgentInput| async move { Ok(url.into()) });
/// let servers = LoadBalancer::new("servers")
///     .with(server("http://one"))
///     // It takes twice as much.
///     .with_weight(server("http://two"), 2);
/// let servers = Arc::new(servers);
/// let tasks = (0..30).map(|n| AgentTask::new(n.to_string(), Arc::clone(&servers), n));
/// ParallelOrchestrator::new().execute(tasks).await?;
/// let handled: Vec<_> = servers.loads().iter().map(|load| (load.name.to_string(), load.handled)).collect();
/// assert_eq!(handled, [("server".to_owned(), 10), ("server #2".to_owned(), 20)]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "a balancer does nothing until it is given tasks"]
pub struct LoadBalancer {
    name: Arc<str>,
    desk: Desk<dyn Agent>,
    /// What all of them can do; none where there is no instance.
    common: Option<Vec<String>>,
}

impl LoadBalancer {
    /// One without instances yet, of this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            desk: Desk::default(),
            common: None,
        }
    }

    /// With this instance, too, of weight 1.
    pub fn with(self, instance: impl IntoAgent) -> Self {
        self.with_weight(instance, 1)
    }

    /// With these instances, too, each of weight 1.
    pub fn with_all(self, instances: impl IntoIterator<Item = impl IntoAgent>) -> Self {
        instances.into_iter().fold(self, Self::with)
    }

    /// With this instance, too, which takes so much more than one of weight 1: from 1 to 1000, and what is outside of that
    /// is taken as the nearest of the two.
    pub fn with_weight(mut self, instance: impl IntoAgent, weight: u32) -> Self {
        let instance = instance.into_agent();
        let able = instance.capabilities();
        match &mut self.common {
            Some(common) => common.retain(|capability| able.contains(capability)),
            None => self.common = Some(able.to_vec()),
        }
        self.desk.add(instance, weight);
        self
    }

    /// Chooses an instance for this task: it counts as its work from here on.
    ///
    /// # Errors
    ///
    /// When no instance can do it, or there is none.
    pub fn route(&self, task: &AgentTask) -> Result<Routed, NoCapableAgent> {
        self.desk.route(&self.name, task)
    }

    /// How much each instance has to do, in the order in which they were given.
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
impl Agent for LoadBalancer {
    fn name(&self) -> &str {
        &self.name
    }

    /// What its instances are where they are all the same; else an agent.
    fn kind(&self) -> Kind {
        self.desk.kind()
    }

    /// What all its instances say that they can do.
    fn capabilities(&self) -> &[String] {
        self.common.as_deref().unwrap_or_default()
    }

    /// Whether any of its instances can do it.
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
