//! What can be measured, and how many orchestrations of it run at once.

use std::future::Future;

use futures::future::LocalBoxFuture;
use tokio::task::{JoinHandle, spawn_local};

use crate::Job;

/// Many orchestrations, of which each gives a number: these, added up.
pub type Running = LocalBoxFuture<'static, u64>;

/// Puts graphs together and runs them once; what comes of it runs them again, all at once.
pub type Again = LocalBoxFuture<'static, Box<dyn FnOnce() -> Running>>;

/// Where the tasks of an orchestration run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tasks {
    /// Each is a task of the runtime; a layer of a single one may run in place.
    Spawned,
    /// All are polled by the future of their orchestration, so that one thread at a time runs them.
    InPlace,
}

impl Tasks {
    /// The words in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spawned => "spawned",
            Self::InPlace => "in place",
        }
    }
}

/// A way to run graphs.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// The crate and its version, or what does it by hand.
    pub name: &'static str,
    /// Where its tasks run.
    pub tasks: Tasks,
    /// Whether its runs are `Send`: if not, they all stay on one thread, and a runtime of several has nothing for them.
    pub is_send: bool,
    /// Runs orchestrations, all at once. Each puts its own graph together.
    pub load: fn(Load) -> Running,
    /// The same with graphs that are there and have run once, where a graph can run again.
    pub again: Option<fn(Load) -> Again>,
}

/// So many orchestrations at once.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// What each of them is.
    pub job: Job,
    /// How many there are.
    pub orchestrations: usize,
}

impl Load {
    /// Each orchestration as a task of the runtime.
    pub(crate) fn spawned<F>(self, orchestration: fn(Job) -> F) -> Running
    where
        F: Future<Output = u64> + Send + 'static,
    {
        at_once((0..self.orchestrations).map(move |_| tokio::spawn(orchestration(self.job))))
    }

    /// Each orchestration as a task of the thread that this is polled on, for those that are not `Send`.
    pub(crate) fn spawned_here<F>(self, orchestration: fn(Job) -> F) -> Running
    where
        F: Future<Output = u64> + 'static,
    {
        at_once((0..self.orchestrations).map(move |_| spawn_local(orchestration(self.job))))
    }
}

/// Starts all of them, and adds up what they give.
pub(crate) fn at_once(tasks: impl Iterator<Item = JoinHandle<u64>> + 'static) -> Running {
    Box::pin(async move {
        let started: Vec<_> = tasks.collect();
        let mut sum = 0;
        for task in started {
            sum += task.await.expect("no orchestration panics");
        }
        sum
    })
}
