//! Nobody can do a task.

use std::{
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use orchestrate_plan::nearest;

use super::member::{Member, can_handle};
use crate::dynamic::{
    Agent, AgentTask,
    text::{LISTED, and_more, joined, listed, quoted},
};

/// None of several agents can do a task.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, AgentTask, Router, agent_fn};
///
/// let find = agent_fn("find", |_: AgentInput| async { Ok("found".into()) }).capable_of(["search", "rank"]);
/// let desk = std::sync::Arc::new(Router::new("desk").with(find));
/// let task = AgentTask::new("look", std::sync::Arc::clone(&desk), ()).needs(["serach"]);
/// assert_eq!(
///     desk.route(&task).unwrap_err().to_string(),
///     "no agent of `desk` can do task `look`, which needs `serach`; did you mean `search`? \
///      there is `find` (`search`, `rank`)"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoCapableAgent {
    /// What should have chosen one.
    pub router: Arc<str>,
    /// The task.
    pub task: Arc<str>,
    /// What the task needs.
    pub needed: Vec<String>,
    /// Of what it needs and nobody has: what is nearest to that, where something is near.
    pub nearest: Vec<(String, String)>,
    /// The first agents that there are, at most 12, and what each can do.
    pub agents: Vec<AgentAbilities>,
    /// How many agents there are.
    pub total: usize,
}

/// An agent, and what it can do.
///
/// A part of [`NoCapableAgent`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentAbilities {
    /// The name of the agent.
    pub name: Arc<str>,
    /// The first of what it says that it can do, at most 12.
    pub capabilities: Vec<String>,
    /// Whether it panicked when it was asked whether it can do the task.
    pub panicked: bool,
}

impl NoCapableAgent {
    #[cold]
    pub(super) fn new(router: &str, task: &AgentTask, members: &[Arc<Member<dyn Agent>>]) -> Self {
        let needed: Vec<String> = task.needed().map(str::to_owned).collect();
        let agents = members.iter().take(LISTED);
        Self {
            router: router.into(),
            task: task.shared_name(),
            nearest: nearest_to(&needed, members.iter().map(|member| &**member.worker())),
            agents: agents
                .map(|member| AgentAbilities::of(member.name(), &**member.worker(), task))
                .collect(),
            total: members.len(),
            needed,
        }
    }
}

impl AgentAbilities {
    /// What this agent can do, which is known by this name, and is asked whether it can do this.
    pub(in crate::dynamic) fn of(name: &str, agent: &dyn Agent, task: &AgentTask) -> Self {
        let mut capabilities = capabilities(agent);
        capabilities.truncate(LISTED);
        Self {
            name: name.into(),
            capabilities,
            panicked: can_handle(agent, task).is_err(),
        }
    }
}

/// What it says that it can do; nothing where it panics.
fn capabilities(agent: &dyn Agent) -> Vec<String> {
    let said = catch_unwind(AssertUnwindSafe(|| agent.capabilities().to_vec()));
    said.unwrap_or_default()
}

/// Of what is needed and no agent has: what is nearest to that, where something is near.
pub(in crate::dynamic) fn nearest_to<'a>(
    needed: &[String],
    agents: impl Iterator<Item = &'a dyn Agent>,
) -> Vec<(String, String)> {
    let known: Vec<String> = agents.flat_map(capabilities).collect();
    let unknown = needed.iter().filter(|need| !known.contains(need));
    let near = unknown.take(LISTED).filter_map(|need| {
        let near = nearest(need, known.iter().map(String::as_str));
        Some((need.clone(), near.into_iter().next()?))
    });
    near.collect()
}

/// The sentence about there being nobody, whoever should have chosen: the first agents that there are, of so many.
pub(in crate::dynamic) fn nobody_can(
    f: &mut fmt::Formatter<'_>,
    router: &str,
    todo: impl ExactSizeIterator<Item = String>,
    nearest: &[(String, String)],
    (agents, total): (&[AgentAbilities], usize),
) -> fmt::Result {
    write!(f, "no agent of {} can do {}", quoted(router), joined(todo))?;
    for (i, (_, near)) in nearest.iter().enumerate() {
        let before = if i == 0 { "; did you mean" } else { " and" };
        write!(f, "{before} {}", quoted(near))?;
    }
    f.write_str(if nearest.is_empty() { "; " } else { "? " })?;
    match total {
        0 => return f.write_str("there is none in it"),
        1 => f.write_str("there is ")?,
        _ => f.write_str("there are ")?,
    }
    f.write_str(&joined(agents.iter().map(ToString::to_string)))?;
    f.write_str(&and_more(total.saturating_sub(agents.len())))
}

/// What is to be done, and what it needs.
pub(in crate::dynamic) fn needing(what: &str, name: &str, needed: &[String]) -> String {
    let todo = format!("{what} {}", quoted(name));
    if needed.is_empty() {
        return todo;
    }
    let needed = listed(needed.iter().map(String::as_str));
    format!("{todo}, which needs {needed}")
}

impl fmt::Display for NoCapableAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let todo = needing("task", &self.task, &self.needed);
        let there = (&*self.agents, self.total);
        nobody_can(f, &self.router, [todo].into_iter(), &self.nearest, there)
    }
}

impl fmt::Display for AgentAbilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.name))?;
        if !self.capabilities.is_empty() {
            let capabilities = self.capabilities.iter().map(String::as_str);
            write!(f, " ({})", listed(capabilities))?;
        }
        if self.panicked {
            f.write_str(", which panicked when it was asked")?;
        }
        Ok(())
    }
}

impl Error for NoCapableAgent {}
