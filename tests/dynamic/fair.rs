//! Nobody is starved: neither a task by others that are always ready, nor what else the executor has to do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use orchestrated::{
    CancelToken, Orchestrator, Reason,
    dynamic::{
        AgentError, AgentInput, AgentTask, IntoAgent as _, ParallelOrchestrator, TaskGraph,
        agent_fn,
    },
};

fn ready() -> Arc<dyn orchestrated::dynamic::Agent> {
    agent_fn("ready", |input: AgentInput| async move { Ok(input.into()) }).into_agent()
}

/// Sets this as soon as the executor gets to it.
fn other(has_run: &Arc<AtomicBool>) {
    let has_run = Arc::clone(has_run);
    tokio::spawn(async move { has_run.store(true, Ordering::SeqCst) });
}

#[tokio::test]
async fn a_stream_without_an_end_lets_others_run() {
    let has_run = Arc::default();
    other(&has_run);
    let ready = ready();
    let endless = (0_u64..).map(|n| AgentTask::new("task", &ready, n));
    let mut results = ParallelOrchestrator::new().execute_streaming(endless);
    let mut taken = 0;
    while !has_run.load(Ordering::SeqCst) {
        results.next().await.unwrap().1.unwrap();
        taken += 1;
        assert!(taken < 10_000, "nobody else has run");
    }
}

#[tokio::test]
async fn a_large_graph_lets_others_run_and_can_be_cancelled() {
    let ready = ready();
    for has_order in [false, true] {
        let tasks = (0..10_000_u32).map(|n| {
            let task = AgentTask::new(n.to_string(), &ready, n);
            match n.checked_sub(1) {
                Some(before) if has_order => task.after([before.to_string()]),
                _ => task,
            }
        });
        let graph = TaskGraph::new("Large", tasks).unwrap();
        let token = CancelToken::new();
        let orchestrator = Orchestrator::new().cancel_on(&token);
        tokio::spawn(async move { token.cancel() });
        let ended = graph.run(&orchestrator).await;
        let reason = ended.map(|results| results.len()).map_err(|failure| {
            let is_cancelled = matches!(failure.reason(), Reason::Cancelled);
            assert!(is_cancelled, "{failure}");
        });
        assert_eq!(reason, Err(()));
    }
}

/// One that wakes itself again and again waits for another, which needs a few polls.
#[test]
fn a_task_that_is_always_ready_starves_no_other() {
    let is_done = Arc::new(AtomicBool::new(false));
    let waits = Arc::clone(&is_done);
    let spins = agent_fn("spins", move |_: AgentInput| {
        let is_done = Arc::clone(&waits);
        async move {
            let mut polls = 0;
            while !is_done.load(Ordering::SeqCst) {
                turn().await;
                polls += 1;
                if polls > 1_000_000 {
                    return Err(AgentError::msg("the other one is starved"));
                }
            }
            Ok(polls.into())
        }
    });
    let ends = agent_fn("ends", move |_: AgentInput| {
        let is_done = Arc::clone(&is_done);
        async move {
            for _ in 0..100 {
                turn().await;
            }
            is_done.store(true, Ordering::SeqCst);
            Ok(().into())
        }
    });
    let tasks = [
        AgentTask::new("spins", spins, ()),
        AgentTask::new("ends", ends, ()),
    ];
    let results = futures::executor::block_on(ParallelOrchestrator::new().execute(tasks));
    assert_eq!(results.unwrap().outputs().count(), 2);
}

async fn turn() {
    let mut is_first = true;
    std::future::poll_fn(|cx| {
        if std::mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(())
    })
    .await;
}

/// Tokio lets a task do so much in one poll, and then says that it must wait: 10,000 that are asked to are not asked over and
/// over again.
#[tokio::test]
async fn the_budget_of_tokio_is_no_trap() {
    let polls = Arc::new(AtomicUsize::new(0));
    let semaphore = Arc::new(tokio::sync::Semaphore::new(1));
    let counted = Arc::clone(&polls);
    let takes = agent_fn("takes", move |_: AgentInput| {
        let (polls, semaphore) = (Arc::clone(&counted), Arc::clone(&semaphore));
        async move {
            let mut acquire = std::pin::pin!(semaphore.acquire());
            let permit = std::future::poll_fn(|cx| {
                polls.fetch_add(1, Ordering::SeqCst);
                acquire.as_mut().poll(cx)
            });
            drop(permit.await?);
            Ok(().into())
        }
    });
    let takes = takes.into_agent();
    let tasks = (0..10_000).map(|n: u32| AgentTask::new(n.to_string(), &takes, ()));
    let results = ParallelOrchestrator::new().execute(tasks).await.unwrap();
    assert_eq!(results.outputs().count(), 10_000);
    let polls = polls.load(Ordering::SeqCst);
    assert!(polls < 50_000, "{polls}");
}

/// Those that wait for a turn are served, whoever comes after them.
#[tokio::test(start_paused = true)]
async fn a_low_task_gets_its_turn_among_high_ones_that_never_end() {
    use orchestrated::dynamic::TaskPriority::{High, Low};

    let orchestrator = Orchestrator::new().max_concurrency(1);
    let works = agent_fn("works", |_: AgentInput| async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(().into())
    });
    let works = works.into_agent();
    let high = (0_u64..).map(|n| AgentTask::new(n.to_string(), &works, ()).with_priority(High));
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    let mut flood = parallel.with_concurrency(4).execute_streaming(high);
    flood.next().await;
    let low = AgentTask::new("low", &works, ()).with_priority(Low);
    let other = ParallelOrchestrator::new().on(&orchestrator);
    let low = other.execute([low]);
    let mut low = std::pin::pin!(low);
    for _ in 0..100 {
        tokio::select! {
            biased;
            _ = flood.next() => {}
            results = &mut low => {
                assert_eq!(results.unwrap().outputs().count(), 1);
                return;
            }
        }
    }
    panic!("it has not had its turn");
}
