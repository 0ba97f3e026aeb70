//! Who is chosen, whatever happens.

use std::{sync::Arc, thread};

use proptest::prelude::*;

use super::{AgentPool, LoadBalancer, Routed, Router};
use crate::dynamic::{
    Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, agent_fn, async_trait,
};

const CAPABILITIES: [&str; 3] = ["read", "write", "search"];

/// Those of the capabilities whose bits are set.
fn named(bits: u8) -> impl Iterator<Item = &'static str> {
    let all = CAPABILITIES.into_iter().enumerate();
    all.filter(move |(bit, _)| bits & (1 << bit) != 0)
        .map(|(_, name)| name)
}

fn agent(bits: u8) -> impl Agent + 'static {
    agent_fn("agent", |_: AgentInput| async {
        Ok(AgentOutput::default())
    })
    .capable_of(named(bits))
}

fn task(bits: u8) -> AgentTask {
    AgentTask::new("task", agent(0), ()).needs(named(bits))
}

#[derive(Clone, Debug)]
enum Happens {
    Comes(u8),
    Goes(prop::sample::Index),
    IsAsked(u8),
    Ends(prop::sample::Index),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        1 => (0_u8..8).prop_map(Happens::Comes),
        1 => any::<prop::sample::Index>().prop_map(Happens::Goes),
        8 => prop_oneof![Just(0), 0_u8..8].prop_map(Happens::IsAsked),
        4 => any::<prop::sample::Index>().prop_map(Happens::Ends),
    ]
}

/// One agent as a naive pool knows it.
struct Known {
    /// When it came: another may have its name later.
    came: usize,
    name: Arc<str>,
    bits: u8,
    in_flight: usize,
    chosen_at: usize,
}

/// The largest weight of an agent.
const HEAVIEST: u32 = if cfg!(miri) { 3 } else { 20 };

proptest! {
    /// Capability first, then the least to do, then who has waited longest.
    #[test]
    fn a_pool_chooses_as_it_says(
        first in prop::collection::vec(0_u8..8, 0..4),
        all in prop::collection::vec(happens(), 0..60),
    ) {
        let pool = AgentPool::new("pool");
        let mut known: Vec<Known> = Vec::new();
        let mut given: Vec<(usize, Routed)> = Vec::new();
        let first = first.into_iter().map(Happens::Comes);
        for (now, happens) in (1..).zip(first.chain(all)) {
            match happens {
                Happens::Comes(bits) => known.push(Known {
                    came: now,
                    name: pool.add(agent(bits)),
                    bits,
                    in_flight: 0,
                    chosen_at: 0,
                }),
                Happens::Goes(_) if known.is_empty() => {}
                Happens::Goes(at) => {
                    let gone = known.remove(at.index(known.len()));
                    prop_assert!(pool.remove(&gone.name).is_some());
                    prop_assert!(pool.remove(&gone.name).is_none());
                }
                Happens::IsAsked(bits) => {
                    let able = known.iter_mut().filter(|agent| agent.bits & bits == bits);
                    let expected = able.min_by_key(|agent| (agent.in_flight, agent.chosen_at));
                    let routed = pool.route(&task(bits));
                    prop_assert_eq!(pool.can_handle(&task(bits)), expected.is_some());
                    if let Some(expected) = expected {
                        let routed = routed.unwrap();
                        prop_assert_eq!(routed.name(), &*expected.name);
                        expected.in_flight += 1;
                        expected.chosen_at = now;
                        given.push((expected.came, routed));
                    } else {
                        prop_assert_eq!(routed.unwrap_err().total, known.len());
                    }
                }
                Happens::Ends(_) if given.is_empty() => {}
                Happens::Ends(at) => {
                    let (came, _ended) = given.remove(at.index(given.len()));
                    let agent = known.iter_mut().find(|agent| agent.came == came);
                    if let Some(agent) = agent {
                        agent.in_flight -= 1;
                    }
                }
            }
            let loads = pool.loads();
            let counted: Vec<_> = loads.iter().map(|l| (&*l.name, l.in_flight)).collect();
            let expected: Vec<_> = known.iter().map(|a| (&*a.name, a.in_flight)).collect();
            prop_assert_eq!(counted, expected);
        }
    }

    /// Of work that goes on, and of work that has ended.
    #[test]
    fn everybody_has_its_share_for_its_weight(weights in prop::collection::vec(1_u32..=HEAVIEST, 1..8)) {
        let instances = weights.iter().fold(LoadBalancer::new("all"), |balancer, &weight| {
            balancer.with_weight(agent(0), weight)
        });
        let whole: u32 = weights.iter().sum();
        for _ in 0..10 * whole {
            drop(instances.route(&task(0)).unwrap());
        }
        for (load, weight) in instances.loads().iter().zip(&weights) {
            let share = u64::from(10 * weight);
            prop_assert!(load.handled.abs_diff(share) <= 1, "{:?} of {}", load, share);
        }
        let held: Vec<_> = (0..3 * whole).map(|_| instances.route(&task(0)).unwrap()).collect();
        for (load, &weight) in instances.loads().iter().zip(&weights) {
            prop_assert_eq!(load.in_flight, 3 * weight as usize);
        }
        drop(held);
        prop_assert_eq!(instances.in_flight(), 0);
    }
}

#[test]
fn who_is_chosen_at_once_sees_each_other() {
    const TURNS: usize = if cfg!(miri) { 10 } else { 100 };
    let instances = LoadBalancer::new("all").with_all((0..8).map(|_| agent(0)));
    let held: Vec<Routed> = thread::scope(|scope| {
        let threads = [(); 8].map(|()| {
            scope.spawn(|| -> Vec<Routed> {
                (0..TURNS)
                    .map(|_| instances.route(&task(0)).unwrap())
                    .collect()
            })
        });
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    assert!(instances.loads().iter().all(|load| load.in_flight == TURNS));
    drop(held);
    assert!(
        instances
            .loads()
            .iter()
            .all(|load| (load.in_flight, load.handled) == (0, TURNS as u64))
    );
}

#[test]
fn who_was_not_asked_for_a_while_catches_up_with_nothing() {
    let desk = Router::new("desk")
        .with(agent(0b1))
        .with(agent(0b1))
        .with(agent(0b11));
    for _ in 0..50 {
        drop(desk.route(&task(0b10)).unwrap());
    }
    let chosen: Vec<_> = (0..6)
        .map(|_| desk.route(&task(0b1)).unwrap().name().to_owned())
        .collect();
    let round = ["agent", "agent #2", "agent #3"];
    assert_eq!(chosen, [round, round].concat());
}

#[test]
fn a_number_is_given_once() {
    let pool = AgentPool::new("pool");
    assert_eq!(*pool.add(agent(0)), *"agent");
    assert_eq!(*pool.add(agent(0)), *"agent #2");
    assert!(pool.remove("agent #2").is_some());
    assert_eq!(*pool.add(agent(0)), *"agent #3");
    assert!(pool.remove("agent #2").is_none());
}

/// It does not know what it can do.
struct Moody;

#[async_trait]
impl Agent for Moody {
    fn can_handle(&self, _: &AgentTask) -> bool {
        panic!("ask me later")
    }

    async fn execute(&self, _: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
        Ok(AgentOutput::default())
    }
}

#[test]
fn who_panics_when_it_is_asked_is_passed_over() {
    let alone = Router::new("desk").with(Moody);
    assert!(!alone.can_handle(&task(0)));
    assert_eq!(
        alone.route(&task(0)).unwrap_err().to_string(),
        "no agent of `desk` can do task `task`; there is `Moody`, which panicked when it was asked"
    );
    let both = alone.with(agent(0));
    assert_eq!(both.route(&task(0)).unwrap().name(), "agent");
}

#[test]
fn a_pool_that_stands_in_itself_has_nobody_else_to_offer() {
    let (one, other) = (AgentPool::new("one"), AgentPool::new("other"));
    one.add(other.clone());
    other.add(one.clone());
    assert!(!one.can_handle(&task(0)));
    assert!(one.route(&task(0)).is_err());
    assert_eq!(one.kind(), orchestrate_plan::Kind::Agent);
    assert!(format!("{one:?}").contains("other"));
    other.add(agent(0b1));
    assert_eq!(one.route(&task(0b1)).unwrap().name(), "other");
    assert_eq!(other.route(&task(0b1)).unwrap().name(), "agent");
    // Two that hold each other would never be dropped.
    assert!(one.remove("other").is_some());
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn what_there_is_is_listed_within_bounds() {
    let hosts = (0..20).fold(Router::new("desk"), |desk, n| {
        let agent = agent_fn("agent", |_: AgentInput| async {
            Ok(AgentOutput::default())
        });
        desk.with(agent.capable_of((0..20).map(|m| format!("skill {n}-{m}"))))
    });
    let error = hosts.route(&task(0b111)).unwrap_err();
    assert_eq!((error.agents.len(), error.total), (12, 20));
    assert!(
        error
            .agents
            .iter()
            .all(|agent| agent.capabilities.len() == 12)
    );
    let text = error.to_string();
    assert!(text.starts_with(
        "no agent of `desk` can do task `task`, which needs `read`, `write`, `search`; there are `agent` (`skill 0-0`, "
    ));
    assert!(text.ends_with("`skill 11-11`) and 8 more"), "{text}");
}
