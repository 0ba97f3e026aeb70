//! One of several that share work, and how much it has to do.

use std::{
    cmp::Ordering,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use crate::dynamic::{Agent, AgentTask};

/// What a turn costs an agent of weight 1. Whole numbers, so that nothing is lost over many turns.
const TURN: u64 = 1 << 20;

/// The most that an agent can weigh.
pub(super) const HEAVIEST: u32 = 1000;

/// One of several agents, or of other things that do work. It outlives its removal as long as it has work.
pub(in crate::dynamic) struct Member<W: ?Sized> {
    name: Arc<str>,
    worker: Arc<W>,
    weight: u32,
    in_flight: AtomicUsize,
    handled: AtomicU64,
    /// What follows is written by who holds the lock of the desk.
    is_removed: AtomicBool,
    turns: Turns,
}

/// When it was chosen, and when it is due again: a clock that runs with the choices. Among agents that have as much to do as
/// each other the one goes first that has been due for longest; a heavier one is due again sooner. One that was not asked
/// for a while has no turns to catch up with.
#[derive(Default)]
struct Turns {
    due: AtomicU64,
    last: AtomicU64,
}

/// Where the clock stands.
#[derive(Default)]
pub(super) struct Clock {
    now: u64,
    count: u64,
}

/// How much a member has to do, and when it is due: the least goes first.
#[derive(Clone, Copy)]
pub(super) struct Rank {
    in_flight: usize,
    weight: u32,
    due: u64,
    last: u64,
}

/// How much one of several agents, or of several instances of a skill, has to do.
///
/// See [`Router::loads`](super::Router::loads), [`LoadBalancer`](super::LoadBalancer), [`AgentPool`](super::AgentPool) and
/// [`SkillPool::loads`](crate::dynamic::SkillPool::loads).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentLoad {
    /// Its name, which no other of them has.
    pub name: Arc<str>,
    /// What it weighs: with twice the weight it is given twice as much.
    pub weight: u32,
    /// How many tasks it has been given that have not ended.
    pub in_flight: usize,
    /// How many tasks have ended that it had been given, well or not.
    pub handled: u64,
}

impl<W: ?Sized> Member<W> {
    /// Weights are between 1 and [`HEAVIEST`].
    pub(super) fn new(name: Arc<str>, worker: Arc<W>, weight: u32) -> Self {
        Self {
            name,
            worker,
            weight: weight.clamp(1, HEAVIEST),
            in_flight: AtomicUsize::new(0),
            handled: AtomicU64::new(0),
            is_removed: AtomicBool::new(false),
            turns: Turns::default(),
        }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(in crate::dynamic) fn worker(&self) -> &Arc<W> {
        &self.worker
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    pub(super) fn load(&self) -> AgentLoad {
        AgentLoad {
            name: Arc::clone(&self.name),
            weight: self.weight,
            in_flight: self.in_flight(),
            handled: self.handled.load(Relaxed),
        }
    }

    pub(super) fn is_removed(&self) -> bool {
        self.is_removed.load(Relaxed)
    }

    pub(super) fn remove(&self) {
        self.is_removed.store(true, Relaxed);
    }

    pub(super) fn rank(&self, clock: &Clock) -> Rank {
        Rank {
            in_flight: self.in_flight(),
            weight: self.weight,
            due: self.turns.due.load(Relaxed).max(clock.now),
            last: self.turns.last.load(Relaxed),
        }
    }

    /// It is given a task.
    pub(super) fn begin(&self, clock: &mut Clock) {
        self.in_flight.fetch_add(1, Relaxed);
        let due = self.turns.due.load(Relaxed).max(clock.now);
        let again = due.saturating_add(TURN / u64::from(self.weight));
        self.turns.due.store(again, Relaxed);
        clock.now = due;
        clock.count += 1;
        self.turns.last.store(clock.count, Relaxed);
    }

    /// A task has ended that it was given.
    pub(super) fn end(&self) {
        self.handled.fetch_add(1, Relaxed);
        self.in_flight.fetch_sub(1, Relaxed);
    }
}

impl Member<dyn Agent> {
    pub(super) fn can_handle(&self, task: &AgentTask) -> Result<bool, Panicked> {
        can_handle(&*self.worker, task)
    }
}

/// Whether an agent can do this; one that panics when it is asked cannot.
pub(in crate::dynamic) fn can_handle(
    agent: &dyn Agent,
    task: &AgentTask,
) -> Result<bool, Panicked> {
    catch_unwind(AssertUnwindSafe(|| agent.can_handle(task))).map_err(|_| Panicked)
}

/// An agent has panicked when it was asked whether it can do a task.
pub(in crate::dynamic) struct Panicked;

impl Rank {
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        // Tasks for each unit of weight: a fraction, compared without dividing.
        let load = |one: &Self, by: &Self| one.in_flight as u128 * u128::from(by.weight);
        load(self, other)
            .cmp(&load(other, self))
            .then(self.due.cmp(&other.due))
            .then(self.last.cmp(&other.last))
    }
}
