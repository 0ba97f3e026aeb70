//! Where work is given to one of several.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use orchestrate_plan::Kind;

use super::{
    Routed,
    asking::Asking,
    error::NoCapableAgent,
    member::{AgentLoad, Clock, Member},
};
use crate::dynamic::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask};

/// Several agents, or instances of a skill, and how much each has to do.
///
/// To choose one and to count its work is one step, under one lock: two that are chosen at once see each other. Nobody is
/// called under it.
pub(in crate::dynamic) struct Desk<W: ?Sized> {
    state: Mutex<State<W>>,
}

struct State<W: ?Sized> {
    /// In the order in which they came. Who asks them works on it as it was.
    members: Members<W>,
    clock: Clock,
    names: Names,
}

type Members<W> = Arc<Vec<Arc<Member<W>>>>;

/// A member that was given something to do: it counts as its work until this is dropped, however it ends.
pub(in crate::dynamic) struct Given<W: ?Sized>(Arc<Member<W>>);

impl<W: ?Sized> Given<W> {
    pub(in crate::dynamic) fn member(&self) -> &Member<W> {
        &self.0
    }
}

impl<W: ?Sized> Drop for Given<W> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<W: ?Sized> Default for Desk<W> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                members: Arc::default(),
                clock: Clock::default(),
                names: Names::default(),
            }),
        }
    }
}

/// The names of the members: no two have the same.
#[derive(Default)]
struct Names {
    taken: HashSet<Arc<str>>,
    /// How many have come with a name that was taken.
    again: HashMap<Arc<str>, usize>,
}

impl Names {
    /// This name, or the first of `name #2`, `name #3` and so on that is free and was not given before.
    fn take(&mut self, name: &str) -> Arc<str> {
        let name: Arc<str> = name.into();
        if self.taken.insert(Arc::clone(&name)) {
            return name;
        }
        let number = self.again.entry(Arc::clone(&name)).or_insert(1);
        loop {
            *number += 1;
            let numbered: Arc<str> = format!("{name} #{number}").into();
            if self.taken.insert(Arc::clone(&numbered)) {
                return numbered;
            }
        }
    }
}

impl<W: ?Sized> Desk<W> {
    /// Adds one of this name, and says by which it is known here.
    pub(in crate::dynamic) fn enter(&self, own: &str, worker: Arc<W>, weight: u32) -> Arc<str> {
        let mut state = self.lock();
        let name = state.names.take(own);
        let member = Arc::new(Member::new(Arc::clone(&name), worker, weight));
        Arc::make_mut(&mut state.members).push(member);
        name
    }

    /// From here on it is given nothing more.
    pub(super) fn remove(&self, name: &str) -> Option<Arc<Member<W>>> {
        let mut state = self.lock();
        let at = state.members.iter().position(|m| &**m.name() == name)?;
        let member = Arc::make_mut(&mut state.members).remove(at);
        state.names.taken.remove(name);
        member.remove();
        Some(member)
    }

    pub(in crate::dynamic) fn members(&self) -> Members<W> {
        Arc::clone(&self.lock().members)
    }

    pub(in crate::dynamic) fn loads(&self) -> Vec<AgentLoad> {
        self.members().iter().map(|member| member.load()).collect()
    }

    pub(in crate::dynamic) fn in_flight(&self) -> usize {
        self.members().iter().map(|member| member.in_flight()).sum()
    }

    /// Gives something to one of these: to one that has the least to do, and of these to the one that has waited longest.
    pub(in crate::dynamic) fn give<'m>(
        &self,
        among: impl IntoIterator<Item = &'m Arc<Member<W>>>,
    ) -> Option<Given<W>>
    where
        W: 'm,
    {
        let mut state = self.lock();
        let clock = &mut state.clock;
        let there = among.into_iter().filter(|member| !member.is_removed());
        // What a member has to do may become less meanwhile: it is looked at once.
        let ranked = there.map(|member| (member.rank(clock), member));
        let (_, least) = ranked.min_by(|(one, _), (other, _)| one.cmp(other))?;
        least.begin(clock);
        Some(Given(Arc::clone(least)))
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        // Nobody panics who holds it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk<dyn Agent> {
    /// Adds an agent, and says by which name it is known here.
    pub(super) fn add(&self, agent: Arc<dyn Agent>, weight: u32) -> Arc<str> {
        let own = agent.name().to_owned();
        self.enter(&own, agent, weight)
    }

    /// What the members are where they are all the same; else agents.
    pub(super) fn kind(&self) -> Kind {
        let Some(_asking) = Asking::begin(self) else {
            return Kind::Agent;
        };
        let members = self.members();
        let mut kinds = members.iter().map(|member| member.worker().kind());
        let first = kinds.next().unwrap_or(Kind::Agent);
        if kinds.all(|kind| kind == first) {
            first
        } else {
            Kind::Agent
        }
    }

    /// Whether any member can do this.
    pub(super) fn can_handle(&self, task: &AgentTask) -> bool {
        let Some(_asking) = Asking::begin(self) else {
            return false;
        };
        let members = self.members();
        members
            .iter()
            .any(|member| matches!(member.can_handle(task), Ok(true)))
    }

    /// Chooses a member: of those that can do the task one that has the least to do, and of these the one that has waited
    /// longest.
    pub(super) fn route(&self, name: &str, task: &AgentTask) -> Result<Routed, NoCapableAgent> {
        loop {
            let members = self.members();
            let capable = self.capable(&members, task);
            if capable.is_empty() {
                return Err(NoCapableAgent::new(name, task, &members));
            }
            if let Some(given) = self.give(capable) {
                return Ok(Routed { given });
            }
            // They have all been removed since.
        }
    }

    pub(super) async fn execute(
        &self,
        name: &str,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let routed = self.route(name, cx.task())?;
        routed.agent().execute(cx, input).await
    }

    fn capable<'m>(
        &self,
        members: &'m [Arc<Member<dyn Agent>>],
        task: &AgentTask,
    ) -> Vec<&'m Arc<Member<dyn Agent>>> {
        let Some(_asking) = Asking::begin(self) else {
            return Vec::new();
        };
        let members = members.iter();
        members
            .filter(|member| matches!(member.can_handle(task), Ok(true)))
            .collect()
    }
}

impl<W: ?Sized> fmt::Debug for Desk<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.loads()).finish()
    }
}
