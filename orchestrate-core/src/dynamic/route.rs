//! Who of several agents does a task.
//!
//! A [`Router`], a [`LoadBalancer`] and an [`AgentPool`] are agents themselves: a task is given to one of them, and done by
//! one of theirs, inside the same step. All three choose in the same way, at the [`desk`].

mod asking;
mod balancer;
mod desk;
mod error;
mod member;
mod pool;
mod router;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use orchestrate_plan::Kind;

pub use balancer::LoadBalancer;
pub use error::{AgentAbilities, NoCapableAgent};
pub use member::AgentLoad;
pub use pool::AgentPool;
pub use router::Router;

use super::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask};
pub(super) use desk::{Desk, Given};
pub(super) use error::{nearest_to, needing, nobody_can};
pub(super) use member::can_handle;

/// An agent that was chosen for a task: the task counts as its work until this is dropped.
///
/// It is an agent, so that a task can be given to it: then the choice is made before the task runs, and not when its turn
/// comes.
///
/// ```
/// use std::sync::Arc;
/// use orchestrated::dynamic::{AgentInput, AgentTask, Router, agent_fn};
///
/// let find = agent_fn("find", |_: AgentInput| async { Ok("found".into()) }).capable_of(["search"]);
/// let desk = Arc::new(Router::new("desk").with(find));
/// let task = AgentTask::new("look", Arc::clone(&desk), ()).needs(["search"]);
/// let chosen = desk.route(&task)?;
/// assert_eq!((chosen.agent().name(), desk.in_flight()), ("find", 1));
/// drop(chosen);
/// assert_eq!(desk.in_flight(), 0);
/// # Ok::<_, orchestrated::dynamic::NoCapableAgent>(())
/// ```
#[must_use = "the task counts as work of the agent as long as this lives"]
pub struct Routed {
    given: Given<dyn Agent>,
}

impl Routed {
    /// The agent.
    #[must_use]
    pub fn agent(&self) -> &Arc<dyn Agent> {
        self.given.member().worker()
    }

    /// Its name where it was chosen: that by which [`AgentPool::remove`] knows it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.given.member().name()
    }
}

#[async_trait]
impl Agent for Routed {
    fn name(&self) -> &str {
        self.agent().name()
    }

    fn kind(&self) -> Kind {
        self.agent().kind()
    }

    fn capabilities(&self) -> &[String] {
        self.agent().capabilities()
    }

    fn can_handle(&self, task: &AgentTask) -> bool {
        self.agent().can_handle(task)
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        self.agent().execute(cx, input).await
    }
}

impl fmt::Debug for Routed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routed")
            .field("agent", &self.name())
            .finish_non_exhaustive()
    }
}
