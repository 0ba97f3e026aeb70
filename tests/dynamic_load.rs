//! Ten thousand orchestrations at once, of which many go wrong: every result is accounted for, no task is left, and memory
//! is what it was.
#![cfg(feature = "dynamic")]

use std::{
    collections::BTreeMap,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use futures::executor::block_on;
use orchestrated::{
    Reason, StepFailure,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, DependencyFailed,
        ParallelOrchestrator, agent_fn, async_trait,
    },
};
use tokio::runtime::{Builder, Runtime};

const ORCHESTRATIONS: usize = 10_000;
const TASKS: usize = 10;
const NAMES: [&str; TASKS] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// How many bytes may be left: nothing of a run, but what the runtime keeps for the next one.
const LEFT: i64 = 16 * 1024;

/// What becomes of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Done,
    Failed,
    Panicked,
    TimedOut,
    /// One that it comes after has no output.
    NotRun,
}

impl Fate {
    /// Of every hundred tasks in a row five fail, one panics and one hangs, not in a row.
    fn of(number: usize) -> Self {
        match number * 37 % 100 {
            0..5 => Self::Failed,
            5 => Self::Panicked,
            6 => Self::TimedOut,
            _ => Self::Done,
        }
    }

    fn told(result: &Result<AgentOutput, StepFailure>) -> Self {
        let Err(failure) = result else {
            return Self::Done;
        };
        match failure.reason() {
            Reason::Error(_) if failure.downcast_ref::<DependencyFailed>().is_some() => {
                Self::NotRun
            }
            Reason::Error(_) => Self::Failed,
            Reason::Panicked(_) => Self::Panicked,
            Reason::TimedOut(_) => {
                assert!(failure.is_timeout());
                Self::TimedOut
            }
            other => panic!("{other:?}"),
        }
    }
}

/// How many bodies are running, and how many have been at most.
#[derive(Debug, Default)]
struct Live {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A body that is running.
struct Running<'l>(&'l Live);

impl Live {
    fn enter(&self) -> Running<'_> {
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        Running(self)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}

/// Meets the fate of the number that it is given.
struct Fated(Arc<Live>);

#[async_trait]
impl Agent for Fated {
    async fn execute(
        &self,
        _: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let _running = self.0.enter();
        let number: usize = input.to()?;
        tokio::task::yield_now().await;
        match Fate::of(number) {
            Fate::Failed => Err(AgentError::msg("as it was fated to")),
            // Without the hook, which would print a thousand of them.
            Fate::Panicked => resume_unwind(Box::new("as it was fated to")),
            Fate::TimedOut => std::future::pending().await,
            Fate::Done | Fate::NotRun => Ok(AgentOutput::new(number)),
        }
    }
}

/// Runs them all, and counts what became of their tasks. Each task comes after the one before, or none does.
async fn at_once(live: &Arc<Live>, in_chains: bool) -> BTreeMap<Fate, usize> {
    let started: Vec<_> = (0..ORCHESTRATIONS)
        .map(|at| {
            tokio::spawn(one(
                Arc::new(Fated(Arc::clone(live))),
                at * TASKS,
                in_chains,
            ))
        })
        .collect();
    let mut counts = BTreeMap::new();
    for fates in started {
        for fate in fates.await.unwrap() {
            *counts.entry(fate).or_default() += 1;
        }
    }
    counts
}

/// Runs one, and says what became of its tasks, in their order.
async fn one(agent: Arc<Fated>, first: usize, in_chains: bool) -> Vec<Fate> {
    let tasks = NAMES.iter().enumerate().map(|(at, name)| {
        let task = AgentTask::new(*name, Arc::clone(&agent), first + at);
        let before = NAMES[..at].last().filter(|_| in_chains);
        task.after(before.copied())
    });
    let orchestrator = ParallelOrchestrator::new()
        .with_timeout(Duration::from_secs(30))
        .collect_errors(true);
    let results = orchestrator.execute(tasks).await.unwrap();
    let names: Vec<&str> = results.iter().map(|(name, _)| name).collect();
    assert_eq!(names, NAMES);
    results
        .iter()
        .map(|(_, result)| Fate::told(result))
        .collect()
}

/// What has to become of their tasks.
fn expected(in_chains: bool) -> BTreeMap<Fate, usize> {
    let mut counts = BTreeMap::new();
    for orchestration in 0..ORCHESTRATIONS {
        let mut broken = false;
        for at in 0..TASKS {
            let fate = match Fate::of(orchestration * TASKS + at) {
                _ if broken => Fate::NotRun,
                fate => fate,
            };
            broken = in_chains && fate != Fate::Done;
            *counts.entry(fate).or_default() += 1;
        }
    }
    counts
}

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

/// Twice: the first time makes what a runtime keeps, and the second is measured.
fn nothing_is_lost_or_left(in_chains: bool) {
    let runtime = paused();
    let live = Arc::new(Live::default());
    let expected = expected(in_chains);
    assert_eq!(runtime.block_on(at_once(&live, in_chains)), expected);
    let mut counts = BTreeMap::new();
    let counted = allocation_counter::measure(|| {
        let fates = runtime.block_on(at_once(&live, in_chains));
        allocation_counter::opt_out(|| counts = fates.clone());
    });
    assert_eq!(counts, expected);
    assert_eq!(counts.values().sum::<usize>(), ORCHESTRATIONS * TASKS);
    assert_eq!(live.now.load(Relaxed), 0);
    assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    assert!(counted.bytes_current <= LEFT, "{counted:?}");
    // They did run at once, and that was seen.
    assert!(live.most.load(Relaxed) >= ORCHESTRATIONS);
    assert!(
        counted.bytes_max > 100 * ORCHESTRATIONS as u64,
        "{counted:?}"
    );
}

#[test]
fn of_tasks_side_by_side() {
    let share = |fate| expected(false)[&fate] * 100 / (ORCHESTRATIONS * TASKS);
    assert_eq!(
        [Fate::Failed, Fate::Panicked, Fate::TimedOut].map(share),
        [5, 1, 1]
    );
    nothing_is_lost_or_left(false);
}

#[test]
fn of_tasks_in_chains() {
    nothing_is_lost_or_left(true);
}

#[test]
fn a_stream_holds_no_more_tasks_than_run() {
    // Here and not beside tests that listen to spans, which would make some for each task.
    let adds = Arc::new(agent_fn("adds", |n: AgentInput| async move {
        tokio::task::yield_now().await;
        Ok((n.to::<u64>()? + 1).into())
    }));
    let most = |tasks: u64| {
        let adds = Arc::clone(&adds);
        let mut sum = 0;
        let measured = allocation_counter::measure(|| {
            block_on(async {
                let tasks = (0..tasks).map(|n| AgentTask::new(n.to_string(), Arc::clone(&adds), n));
                let mut results = ParallelOrchestrator::new()
                    .with_concurrency(16)
                    .execute_streaming(tasks);
                while let Some((_, result)) = results.next().await {
                    sum += result.unwrap().to::<u64>().unwrap();
                }
            });
        });
        assert_eq!(sum, tasks * (tasks + 1) / 2);
        measured.bytes_max
    };
    let few = most(100);
    let many = most(1_000_000);
    assert!(
        many <= few + few / 4,
        "{few} bytes for 100 tasks, {many} for a million"
    );
}
