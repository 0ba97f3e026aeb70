//! Why nobody is asked to do the subtasks.

use std::{error::Error, fmt, sync::Arc};

use super::Subtask;
use crate::dynamic::{
    Agent, AgentAbilities,
    route::{nearest_to, needing, nobody_can},
    text::LISTED,
};

/// Subtasks that no agent can do, and the agents that there are: nobody was asked to do anything.
///
/// ```
/// use orchestrated::dynamic::{
///     AgentError, AgentInput, AgentOutput, Coordination, Coordinator, Subtask, TaskResults, Unassignable, agent_fn,
///     async_trait,
/// };
///
/// struct Report;
///
/// #[async_trait]
/// impl Coordination for Report {
///     async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
///         Ok(vec![Subtask::new("chart", ()).needs(["plotting"])])
///     }
///
///     async fn synthesise(&self, _: &AgentInput, _: &TaskResults) -> Result<AgentOutput, AgentError> {
///         Ok(AgentOutput::default())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let writer = agent_fn("writer", |_| async { Ok("text".into()) }).capable_of(["prose"]);
/// let error = Coordinator::new(Report).with_agent(writer).execute(()).await.unwrap_err();
/// let failure = error.failure().unwrap();
/// assert_eq!(failure.step(), Some("assign"));
/// let unassignable: &Unassignable = failure.error().unwrap().downcast_ref().unwrap();
/// assert_eq!(
///     unassignable.to_string(),
///     "no agent of `Coordinator` can do subtask `chart`, which needs `plotting`; there is `writer` (`prose`)"
/// );
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unassignable {
    /// The name of the runs that should have had them done.
    pub name: String,
    /// What nobody can do.
    pub subtasks: Vec<Unassigned>,
    /// Of what they need and nobody has: what is nearest to that, where something is near.
    pub nearest: Vec<(String, String)>,
    /// The first agents that there are, at most 12, and what each can do.
    pub agents: Vec<AgentAbilities>,
    /// How many agents there are.
    pub total: usize,
}

/// A subtask that nobody can do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unassigned {
    /// Its name.
    pub subtask: String,
    /// What it needs.
    pub needs: Vec<String>,
}

impl Unassignable {
    pub(super) fn new(name: &str, subtasks: &[Subtask], agents: &[Arc<dyn Agent>]) -> Self {
        let needed: Vec<String> = subtasks
            .iter()
            .flat_map(Subtask::needed)
            .map(str::to_owned)
            .collect();
        // An agent that panics at one of them is likely to do so at the first.
        let asked = subtasks.iter().take(1).flat_map(|subtask| {
            let agents = agents.iter().take(LISTED);
            agents.map(|agent| {
                let task = subtask.assigned_to(agent);
                AgentAbilities::of(agent.name(), &**agent, &task)
            })
        });
        Self {
            name: name.to_owned(),
            subtasks: subtasks
                .iter()
                .map(|subtask| Unassigned {
                    subtask: subtask.name().to_owned(),
                    needs: subtask.needed().map(str::to_owned).collect(),
                })
                .collect(),
            nearest: nearest_to(&needed, agents.iter().map(|agent| &**agent)),
            agents: asked.collect(),
            total: agents.len(),
        }
    }
}

impl fmt::Display for Unassignable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let todo = self.subtasks.iter();
        let todo = todo.map(|it| needing("subtask", &it.subtask, &it.needs));
        let there = (&*self.agents, self.total);
        nobody_can(f, &self.name, todo, &self.nearest, there)
    }
}

impl Error for Unassignable {}
