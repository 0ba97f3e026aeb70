//! What every contender is put to.

use std::hint::black_box;

/// How many tasks an orchestration has, whatever its shape.
pub const TASKS: usize = 10;

/// How many tasks stand side by side in [`Shape::Fan`].
pub const WIDTH: usize = 8;

/// What depends on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Tasks that depend on nothing: the n-th reads the number n, counted from 0.
    Independent,
    /// A task that reads 1, [`WIDTH`] tasks that read what it gave, and one that reads what they gave, added up.
    Fan,
    /// A task that reads 1, and tasks that each read what the one before gave.
    Chain,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Independent, Self::Fan, Self::Chain];

    /// The name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Independent => "independent",
            Self::Fan => "fan",
            Self::Chain => "chain",
        }
    }

    /// What the tasks that nobody depends on give, added up: what an orchestration must give.
    #[must_use]
    pub fn result(self) -> u64 {
        match self {
            Self::Independent => (1..=TASKS as u64).sum(),
            Self::Fan => 3 * WIDTH as u64 + 1,
            Self::Chain => 1 + TASKS as u64,
        }
    }
}

/// What is in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing: it is ready at once.
    Ready,
    /// It lets the others of its runtime go first, once.
    Yields,
}

impl Work {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ready, Self::Yields];

    /// The name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Yields => "yields",
        }
    }

    /// The body of every task: one more than what it reads.
    pub async fn on(self, number: u64) -> u64 {
        if self == Self::Yields {
            tokio::task::yield_now().await;
        }
        black_box(number) + 1
    }
}

/// One orchestration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// What depends on what.
    pub shape: Shape,
    /// What is in each task.
    pub work: Work,
}

impl Job {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Shape::ALL
            .into_iter()
            .flat_map(|shape| Work::ALL.map(|work| Self { shape, work }))
    }
}
