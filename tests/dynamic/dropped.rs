//! Futures that are dropped at any of their polls, and runs that are stopped at any moment: nothing is left behind.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures::{StreamExt as _, future::BoxFuture};
use orchestrated::{
    CancelToken, Orchestrator, Reason,
    dynamic::{
        AgentChain, AgentError, AgentInput, AgentPool, AgentTask, CircuitBreaker, Coordination,
        Coordinator, HierarchicalOrchestrator, Master, MasterWorker, OrchestrationError,
        ParallelOrchestrator, Retries, SequentialOrchestrator, Subtask, TaskResults, agent_fn,
        async_trait,
    },
};

use crate::well_formed::{told, well_formed};

const MS: Duration = Duration::from_millis(1);

#[derive(Clone, Default)]
struct Live(Arc<AtomicUsize>);

struct One(Live);

impl Live {
    fn one(&self) -> One {
        self.0.fetch_add(1, Ordering::SeqCst);
        One(self.clone())
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Agents that wait a few times, behind a pool that counts.
fn pool(live: &Live, fails: bool) -> AgentPool {
    let pool = AgentPool::new("pool");
    for name in ["one", "two"] {
        let live = live.clone();
        pool.add(agent_fn(name, move |_: AgentInput| {
            let one = live.one();
            async move {
                let _one = one;
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(MS).await;
                if fails {
                    return Err(AgentError::msg("told to fail"));
                }
                Ok("well".into())
            }
        }));
    }
    pool
}

fn task(name: &'static str, pool: &AgentPool, live: &Live) -> AgentTask {
    let live = live.clone();
    AgentTask::new(name, pool.clone(), ()).with_rollback(move |_| {
        let one = live.one();
        async move {
            let _one = one;
            tokio::task::yield_now().await;
            tokio::time::sleep(MS).await;
            Ok(())
        }
    })
}

fn refuses(name: &'static str) -> AgentTask {
    let refuses = agent_fn(name, |_: AgentInput| async {
        tokio::time::sleep(MS * 3).await;
        Err(AgentError::msg("told to fail"))
    });
    AgentTask::new(name, refuses, ())
}

struct Divides;

#[async_trait]
impl Master for Divides {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        tokio::task::yield_now().await;
        Ok(["a", "b", "c"].map(|name| Subtask::new(name, ())).into())
    }

    async fn aggregate(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<orchestrated::dynamic::AgentOutput, AgentError> {
        tokio::task::yield_now().await;
        Ok(results.len().into())
    }
}

#[async_trait]
impl Coordination for Divides {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        tokio::task::yield_now().await;
        Ok(vec![
            Subtask::new("a", ()),
            Subtask::new("b", ()).after(["a"]),
        ])
    }

    async fn synthesise(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<orchestrated::dynamic::AgentOutput, AgentError> {
        Ok(results.len().into())
    }
}

type Ended = Result<usize, OrchestrationError>;

const HOW: [&str; 8] = [
    "well",
    "fails",
    "retries",
    "breaker",
    "hierarchy",
    "chain",
    "master",
    "coordinator",
];

fn run(
    how: &str,
    orchestrator: &Orchestrator,
    live: &Live,
    pool: &AgentPool,
) -> BoxFuture<'static, Ended> {
    let parallel = ParallelOrchestrator::new().on(orchestrator);
    let task = |name| task(name, pool, live);
    match how {
        "well" => {
            let tasks = [task("a"), task("b").after(["a"]), task("c")];
            Box::pin(async move { Ok(parallel.execute(tasks).await?.len()) })
        }
        "fails" => {
            let tasks = [task("a"), task("b"), refuses("c")];
            Box::pin(async move { Ok(parallel.execute(tasks).await?.len()) })
        }
        "retries" => {
            let tasks = [refuses("a")
                .idempotent()
                .with_retry(Retries::new(3).with_backoff(MS))
                .with_timeout(MS * 2)
                .with_fallback(pool.clone(), |_| ().into())];
            Box::pin(async move { Ok(parallel.execute(tasks).await?.len()) })
        }
        "breaker" => {
            let tasks = [task("a").with_breaker(CircuitBreaker::new(1, MS).named("all"))];
            Box::pin(async move { Ok(parallel.execute(tasks).await?.len()) })
        }
        "hierarchy" => {
            let mut middle = HierarchicalOrchestrator::new();
            middle
                .add_node("x", vec![task("a"), task("b"), refuses("c")])
                .unwrap();
            let mut outer = HierarchicalOrchestrator::new().on(orchestrator);
            let tasks = vec![task("a"), task("b")];
            outer
                .add_node("before", tasks)
                .unwrap()
                .add_node("middle", middle)
                .unwrap()
                .add_node("beside", vec![task("d")])
                .unwrap()
                .add_dependency("middle", "before")
                .unwrap();
            Box::pin(async move { Ok(outer.execute(()).await?.len()) })
        }
        "chain" => {
            let chain = AgentChain::new().then(pool.clone()).then_task(task("last"));
            let by = SequentialOrchestrator::new().on(orchestrator);
            Box::pin(async move { Ok(by.execute_detailed(chain, ()).await?.links().len()) })
        }
        "master" => {
            let team = MasterWorker::new(Divides, [pool.clone()]).on(orchestrator);
            Box::pin(async move { Ok(team.execute(()).await?.results.len()) })
        }
        _ => {
            let team = Coordinator::new(Divides)
                .with_agent(pool.clone())
                .on(orchestrator);
            Box::pin(async move { Ok(team.execute(()).await?.results.len()) })
        }
    }
}

/// Polls so often and drops; whether it had ended before.
async fn polled(times: usize, run: impl Future<Output = Ended>) -> bool {
    let mut run = pin!(run);
    let mut left = times;
    std::future::poll_fn(|cx: &mut Context<'_>| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        run.as_mut().poll(cx).map(|_| true)
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn dropped_at_any_poll() {
    for how in HOW {
        for limit in [None, Some(1)] {
            for is_observed in [false, true] {
                let mut times = 0;
                loop {
                    let live = Live::default();
                    let pool = pool(&live, false);
                    let mut orchestrator = Orchestrator::new();
                    if let Some(limit) = limit {
                        orchestrator = orchestrator.max_concurrency(limit);
                    }
                    let (orchestrator, mut events) = if is_observed {
                        let (orchestrator, events) = orchestrator.events();
                        (orchestrator, Some(events))
                    } else {
                        (orchestrator, None)
                    };
                    let has_ended = polled(times, run(how, &orchestrator, &live, &pool)).await;
                    assert_eq!(live.count(), 0, "{how} at {times}");
                    assert_eq!(pool.in_flight(), 0, "{how} at {times}");
                    if let Some(events) = &mut events {
                        well_formed(&told(events));
                    }
                    // All that it took is there again.
                    let after = run("breaker", &orchestrator, &live, &pool);
                    let after = tokio::time::timeout(MS * 100, after).await;
                    after.expect("nobody holds a turn").unwrap();
                    if has_ended {
                        break;
                    }
                    times += 1;
                }
                assert!(times > 1, "{how}");
            }
        }
    }
}

/// Cancelled, shut down, or too late, at any moment, also while it rolls back: the run ends, and all that it did is undone.
#[tokio::test(start_paused = true)]
async fn stopped_at_any_moment() {
    let tenth = MS / 10;
    for how in HOW {
        for by in ["token", "shutdown", "deadline"] {
            for limit in [None, Some(1)] {
                for moment in 0..15 {
                    let moment = MS * moment;
                    let live = Live::default();
                    let pool = pool(&live, false);
                    let token = CancelToken::new();
                    let mut orchestrator = Orchestrator::new().cancel_on(&token);
                    if let Some(limit) = limit {
                        orchestrator = orchestrator.max_concurrency(limit);
                    }
                    if by == "deadline" {
                        orchestrator = orchestrator.deadline(moment + tenth);
                    }
                    let (orchestrator, mut events) = orchestrator.events();
                    let stops = async {
                        tokio::time::sleep(moment + tenth).await;
                        match by {
                            "token" => token.cancel(),
                            "shutdown" => orchestrator.shutdown().await,
                            _ => {}
                        }
                    };
                    let both =
                        async { futures::join!(run(how, &orchestrator, &live, &pool), stops) };
                    let (ended, ()) = tokio::time::timeout(MS * 1000, both)
                        .await
                        .unwrap_or_else(|_| panic!("{how} by {by} at {moment:?} hangs"));
                    assert_eq!(live.count(), 0, "{how} by {by} at {moment:?}");
                    assert_eq!(pool.in_flight(), 0, "{how} by {by} at {moment:?}");
                    well_formed(&told(&mut events));
                    if let Err(OrchestrationError::Run(failure)) = &ended {
                        let is_told = match failure.reason() {
                            Reason::Cancelled => by != "deadline",
                            Reason::TimedOut(_) => by == "deadline" || how == "retries",
                            Reason::Error(_) => how == "fails" || how == "hierarchy",
                            _ => false,
                        };
                        assert!(is_told, "{how} by {by} at {moment:?}: {failure}");
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_half_way_leaves_nothing() {
    for taken in 0..20 {
        let live = Live::default();
        let pool = pool(&live, false);
        let given = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&given);
        let of = pool.clone();
        let endless = std::iter::from_fn(move || {
            let n = counted.fetch_add(1, Ordering::SeqCst);
            Some(AgentTask::new(n.to_string(), of.clone(), ()))
        });
        let (orchestrator, mut events) = Orchestrator::new().max_concurrency(3).events();
        let parallel = ParallelOrchestrator::new()
            .on(&orchestrator)
            .with_concurrency(5);
        let mut results = parallel.execute_streaming(endless);
        for _ in 0..taken {
            results.next().await.unwrap().1.unwrap();
        }
        drop(results);
        assert_eq!((live.count(), pool.in_flight()), (0, 0));
        let given = given.load(Ordering::SeqCst);
        assert!(given <= taken + 5, "{given} were taken for {taken}");
        well_formed(&told(&mut events));
        let task = AgentTask::new("after", pool.clone(), ());
        let after = ParallelOrchestrator::new()
            .on(&orchestrator)
            .execute([task])
            .await;
        assert_eq!(after.unwrap().len(), 1);
    }
}

/// An iterator may run a stream itself: each of its tasks is made of one.
#[test]
fn an_iterator_that_runs_a_stream() {
    let adds = Arc::new(agent_fn("adds", |n: AgentInput| async move {
        Ok((n.to::<u64>()? + 1).into())
    }));
    let outer = (0..5_u64).map(|n| {
        let tasks = (0..n).map(|k| AgentTask::new(k.to_string(), Arc::clone(&adds), k));
        let inner = ParallelOrchestrator::new().execute_streaming(tasks);
        // On a thread of its own, as an executor must.
        let sum: u64 = std::thread::scope(|scope| {
            let sums = scope.spawn(|| {
                futures::executor::block_on(
                    inner
                        .map(|(_, result)| result.unwrap().to::<u64>().unwrap())
                        .fold(0, |sum, n| async move { sum + n }),
                )
            });
            sums.join().unwrap()
        });
        AgentTask::new(n.to_string(), Arc::clone(&adds), sum)
    });
    let all = futures::executor::block_on(
        ParallelOrchestrator::new()
            .execute_streaming(outer)
            .map(|(_, result)| result.unwrap().to::<u64>().unwrap())
            .collect::<Vec<_>>(),
    );
    let mut all = all;
    all.sort_unstable();
    assert_eq!(all, [1, 2, 4, 7, 11]);
}
