//! How a contender is run: in turn or all at once, and what is looked at meanwhile.

use std::{future::Future, hint::black_box, time::Instant};

use allocation_counter::AllocationInfo;
use tokio::{
    runtime::{Builder, LocalOptions, LocalRuntime, Runtime},
    task::{JoinHandle, spawn_local},
};

use crate::Job;

/// What polls the runs.
#[derive(Debug)]
pub enum Driver {
    /// tokio's runtime of a single thread.
    OneThread(LocalRuntime),
    /// The one of several threads, with two.
    TwoWorkers(Runtime),
}

impl Driver {
    /// A runtime of a single thread.
    ///
    /// # Panics
    ///
    /// If the system gives no runtime.
    #[must_use]
    pub fn one_thread() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build_local(LocalOptions::default());
        Self::OneThread(runtime.expect("the system gives a runtime"))
    }

    /// A runtime of two workers.
    ///
    /// # Panics
    ///
    /// If the system gives no runtime.
    #[must_use]
    pub fn two_workers() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build();
        Self::TwoWorkers(runtime.expect("the system gives a runtime"))
    }

    /// The name in the tables.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OneThread(_) => "1 thread",
            Self::TwoWorkers(_) => "2 workers",
        }
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        match self {
            Self::OneThread(runtime) => runtime.block_on(future),
            Self::TwoWorkers(runtime) => runtime.block_on(future),
        }
    }
}

/// How runs follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One after the other, each as the root of the runtime.
    InTurn,
    /// Each as a task of the runtime; all are started before the first is awaited.
    AtOnce,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The time of runs whose graphs are put together meanwhile.
    Whole,
    /// The time of runs whose graphs have been put together before.
    RunAlone,
    /// Allocations. Exact on a runtime of a single thread only.
    Allocations,
}

/// What a contender is asked.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// What polls the runs.
    pub driver: &'a Driver,
    /// What each run is.
    pub job: Job,
    /// How many runs there are.
    pub runs: usize,
    /// How they follow one another.
    pub how: How,
    /// What is looked at.
    pub look: Look,
}

/// What a contender answers.
#[derive(Debug)]
pub struct Measured {
    /// What the runs gave, added up.
    pub sum: u64,
    /// For all runs.
    pub seconds: f64,
    /// For all runs.
    pub allocations: AllocationInfo,
    /// Bytes of the future of one run, without what it points to.
    pub future_bytes: usize,
}

/// The number that a run gives.
pub trait Number {
    /// 0 if it has failed: then the sum is wrong, and that is found.
    fn number(self) -> u64;
}

impl Number for u64 {
    fn number(self) -> u64 {
        self
    }
}

impl<E> Number for Result<u64, E> {
    fn number(self) -> u64 {
        self.unwrap_or(0)
    }
}

impl Bench<'_> {
    /// Measures runs for which nothing is put together.
    pub fn runs<F>(&self, start: impl Fn() -> F + Copy + Send + 'static) -> Measured
    where
        F: Future<Output: Number> + Send + 'static,
    {
        self.graphs(|| (), move |()| start())
    }

    /// Measures runs of graphs that are put together first.
    pub fn graphs<G, F>(
        &self,
        build: impl Fn() -> G + Copy + Send + 'static,
        run: impl Fn(G) -> F + Copy + Send + 'static,
    ) -> Measured
    where
        F: Future<Output: Number> + Send + 'static,
    {
        self.measure(build, run, move |graph| match graph {
            Some(graph) => {
                let run = run(graph);
                tokio::spawn(async move { run.await.number() })
            }
            None => tokio::spawn(async move { run(build()).await.number() }),
        })
    }

    /// The same where the runs cannot be sent to another thread: it needs the runtime of a single one.
    pub fn graphs_here<G, F>(
        &self,
        build: impl Fn() -> G + Copy + 'static,
        run: impl Fn(G) -> F + Copy + 'static,
    ) -> Measured
    where
        F: Future<Output: Number> + 'static,
    {
        self.measure(build, run, move |graph| match graph {
            Some(graph) => {
                let run = run(graph);
                spawn_local(async move { run.await.number() })
            }
            None => spawn_local(async move { run(build()).await.number() }),
        })
    }

    fn measure<G, F>(
        &self,
        build: impl Fn() -> G,
        run: impl Fn(G) -> F,
        spawn: impl Fn(Option<G>) -> JoinHandle<u64>,
    ) -> Measured
    where
        F: Future<Output: Number>,
    {
        let beforehand = match self.look {
            Look::RunAlone => self.runs,
            Look::Whole | Look::Allocations => 0,
        };
        let mut graphs: Vec<G> = (0..beforehand).map(|_| build()).collect();
        let mut sum = 0_u64;
        let mut seconds = 0.0;
        let mut all = || {
            let start = Instant::now();
            sum = match self.how {
                How::InTurn => self.in_turn(&mut graphs, &build, &run),
                How::AtOnce => self.at_once(&mut graphs, &spawn),
            };
            seconds = start.elapsed().as_secs_f64();
        };
        let mut allocations = AllocationInfo::default();
        if self.look == Look::Allocations {
            allocations = allocation_counter::measure(all);
        } else {
            all();
        }
        Measured {
            sum: black_box(sum),
            seconds,
            allocations,
            future_bytes: size_of::<F>(),
        }
    }

    fn in_turn<G, F>(&self, graphs: &mut Vec<G>, build: impl Fn() -> G, run: impl Fn(G) -> F) -> u64
    where
        F: Future<Output: Number>,
    {
        let mut sum = 0;
        for _ in 0..self.runs {
            let graph = graphs.pop().unwrap_or_else(&build);
            sum += self.driver.block_on(run(graph)).number();
        }
        sum
    }

    fn at_once<G>(&self, graphs: &mut Vec<G>, spawn: impl Fn(Option<G>) -> JoinHandle<u64>) -> u64 {
        self.driver.block_on(async {
            let started: Vec<_> = (0..self.runs).map(|_| spawn(graphs.pop())).collect();
            let mut sum = 0;
            for task in started {
                sum += task.await.unwrap_or(0);
            }
            sum
        })
    }
}
