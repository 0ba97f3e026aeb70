//! One graph, and what is in its steps.

use std::{
    hint::black_box,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
};

use crate::{Graph, Shape};

/// What is in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Nothing: it is ready at once.
    Ready,
    /// It lets the others go first, once.
    Yields,
}

impl Work {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ready, Self::Yields];

    /// The name in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Yields => "yields",
        }
    }

    /// The body of every step: one more than what it reads.
    pub async fn on(self, number: u64) -> u64 {
        if self == Self::Yields {
            Yield::default().await;
        }
        black_box(number) + 1
    }
}

/// Waits for one poll. It wakes who polls it itself, so that it works, and costs the same, below any executor.
#[derive(Debug, Default)]
pub(crate) struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// What one run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// What depends on what.
    pub shape: Shape,
    /// What is in each step.
    pub work: Work,
}

impl Job {
    /// What a graph of this job is put together from.
    #[must_use]
    pub fn known(self) -> &'static Known {
        &KNOWN[Shape::ALL
            .iter()
            .position(|shape| *shape == self.shape)
            .unwrap_or(0)]
    }
}

/// A graph with what a program that has it would know, too: that is not measured.
#[derive(Debug)]
pub struct Known {
    /// Which graph it is.
    pub shape: Shape,
    /// The graph.
    pub graph: Graph,
    /// For each step those that read it.
    pub readers: Vec<Vec<usize>>,
    /// The steps that no other reads.
    pub ends: Vec<usize>,
    /// The steps in levels.
    pub levels: Vec<Vec<usize>>,
    /// A name for each step.
    pub names: Vec<String>,
    /// What a run must give.
    pub result: u64,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |shape| {
        let graph = Graph::of(shape);
        Known {
            shape,
            readers: graph.readers(),
            ends: graph.ends(),
            levels: graph.levels(),
            names: (0..graph.steps.len()).map(|at| format!("s{at}")).collect(),
            result: graph.result(),
            graph,
        }
    };
    Shape::ALL.into_iter().map(known).collect()
});

impl Known {
    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.steps.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.graph.steps.is_empty()
    }

    /// What a step reads, given what the earlier ones gave.
    pub(crate) fn sum(&self, step: usize, gave: impl Fn(usize) -> u64) -> u64 {
        match &self.graph.steps[step][..] {
            [] => 1,
            reads => reads.iter().map(|read| gave(*read)).sum(),
        }
    }
}
