//! What the options of tasks promise, where somebody tries to make them lie.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use orchestrated::{
    Orchestrator, Reason, Refusal,
    dynamic::{
        Agent, AgentError, AgentInput, AgentTask, CircuitBreaker, HierarchicalOrchestrator,
        IntoAgent as _, OrchestrationError, OrchestratorNode, ParallelOrchestrator, Retries,
        SkillCall, SkillChain, SkillRegistry, agent_fn, skill_fn,
    },
};

const MS: Duration = Duration::from_millis(1);

fn counted(
    name: &str,
    calls: &Arc<AtomicU32>,
    error: impl Fn() -> Option<AgentError> + Send + Sync + 'static,
) -> Arc<dyn Agent> {
    let calls = Arc::clone(calls);
    let does = agent_fn(name, move |_: AgentInput| {
        let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
        let error = error();
        async move { error.map_or(Ok(call.into()), Err) }
    });
    does.into_agent()
}

#[tokio::test(start_paused = true)]
async fn what_is_permanent_is_not_tried_again() {
    let calls = Arc::default();
    let permanent = || Some(AgentError::msg("for ever").permanent());
    let task = AgentTask::new("task", counted("agent", &calls, permanent), ())
        .idempotent()
        .with_retry(Retries::new(5));
    let error = ParallelOrchestrator::new()
        .execute([task])
        .await
        .unwrap_err();
    assert!(error.to_string().ends_with("for ever"), "{error}");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

/// It guards the agent: an agent that was never asked has not failed.
#[tokio::test(start_paused = true)]
async fn a_breaker_is_that_of_the_agent() {
    let orchestrator = Orchestrator::new();
    let parallel = ParallelOrchestrator::new()
        .on(&orchestrator)
        .collect_errors(true);
    let breaker = || CircuitBreaker::new(2, MS * 100);
    let calls = Arc::default();
    let fails = || Some(AgentError::msg("down"));
    let broken = counted("broken", &calls, fails);
    let task = |name: &str| AgentTask::new(name, &broken, ()).with_breaker(breaker());
    // In several runs, by several names of tasks.
    for name in ["a", "b", "c", "d"] {
        parallel.execute([task(name)]).await.unwrap();
    }
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    let results = parallel.execute([task("e")]).await.unwrap();
    let (_, failure) = results.failures().next().unwrap();
    assert!(matches!(failure.reason(), Reason::BreakerOpen(_)));
    // Another agent of another name is not concerned; another one of the same name is.
    let other = counted("other", &calls, || None);
    let namesake = counted("broken", &calls, || None);
    let tasks = [
        AgentTask::new("other", other, ()).with_breaker(breaker()),
        AgentTask::new("namesake", &namesake, ()).with_breaker(breaker()),
    ];
    let results = parallel.execute(tasks).await.unwrap();
    assert!(results.output("other").is_some() && results.output("namesake").is_none());
    // The probe that is dropped is none: the next one is let in.
    tokio::time::advance(MS * 200).await;
    let hangs = agent_fn("broken", |_: AgentInput| std::future::pending());
    let probe = AgentTask::new("probe", hangs, ()).with_breaker(breaker());
    let dropped = tokio::time::timeout(MS, parallel.execute([probe])).await;
    assert!(dropped.is_err());
    let again = AgentTask::new("again", &namesake, ()).with_breaker(breaker());
    let results = parallel.execute([again]).await.unwrap();
    assert!(results.output("again").is_some());
}

#[tokio::test(start_paused = true)]
async fn an_input_that_cannot_be_made_opens_no_breaker() {
    let orchestrator = Orchestrator::new();
    let parallel = ParallelOrchestrator::new()
        .on(&orchestrator)
        .collect_errors(true);
    let calls = Arc::default();
    let well = counted("well", &calls, || None);
    let breaker = || CircuitBreaker::new(1, MS * 100);
    let bad = |name: &str| AgentTask::new(name, &well, ()).with_breaker(breaker());
    let bad = [
        bad("error").with_input_from(|_| Err(AgentError::msg("nothing to ask"))),
        bad("panic").with_input_from(|_| panic!("nothing to ask")),
    ];
    for task in bad {
        let results = parallel.execute([task]).await.unwrap();
        let (_, failure) = results.failures().next().unwrap();
        assert_eq!(failure.attempts(), 0, "{failure}");
    }
    let good = AgentTask::new("good", &well, ()).with_breaker(breaker());
    let results = parallel.execute([good]).await.unwrap();
    assert!(results.output("good").is_some());
}

/// How long something takes is known of who does it, however the tasks are called.
#[tokio::test(start_paused = true)]
async fn a_history_is_that_of_the_agent() {
    let (orchestrator, _events) = Orchestrator::new().events();
    let takes = agent_fn("takes", |_: AgentInput| async {
        tokio::time::sleep(MS * 5).await;
        Ok(().into())
    });
    let takes = takes.into_agent();
    let tasks = (0..50_u32).map(|n| AgentTask::new(n.to_string(), &takes, ()));
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    parallel.execute(tasks).await.unwrap();
    let history = orchestrator.history();
    let known: Vec<_> = history
        .steps()
        .map(|step| (step.name().to_owned(), step.runs(), step.p95()))
        .collect();
    assert_eq!(known, [("agents/takes".to_owned(), 50, Some(MS * 5))]);
}

/// After a shutdown nothing is started, and a stream says so of each task.
#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_orchestrator() {
    let orchestrator = Orchestrator::new();
    let calls = Arc::default();
    let well = counted("well", &calls, || None);
    let tasks = (0_u32..).map(move |n| AgentTask::new(n.to_string(), &well, ()));
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    let mut results = parallel.execute_streaming(tasks);
    results.next().await.unwrap().1.unwrap();
    orchestrator.shutdown().await;
    let mut refused = 0;
    while let Some((_, result)) = results.next().await {
        if let Err(OrchestrationError::Run(failure)) = result {
            let is_shut_down = matches!(failure.reason(), Reason::Refused(Refusal::ShutDown));
            let is_cancelled = matches!(failure.reason(), Reason::Cancelled);
            assert!(is_shut_down || is_cancelled, "{failure}");
            refused += 1;
        }
    }
    assert_eq!(refused, 1, "the first one ends it");
}

/// One level too many is found before anything starts, where it can be seen.
#[tokio::test(start_paused = true)]
async fn a_chain_one_level_too_deep() {
    let calls = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&calls);
    let skill = skill_fn("skill", move |_: SkillCall| {
        counts.fetch_add(1, Ordering::SeqCst);
        async { Ok(().into()) }
    });
    let skills = SkillRegistry::new().with(skill).unwrap();
    let chain = SkillChain::new(&skills).then("skill");
    let deep = vec![chain.into_task("deep", ()).unwrap()];
    let mut inner = HierarchicalOrchestrator::new();
    inner.add_node("tasks", deep).unwrap();
    assert!(inner.execute(()).await.is_ok());
    assert_eq!(calls.swap(0, Ordering::SeqCst), 1);
    let mut outer = HierarchicalOrchestrator::new();
    let added = outer.add_node("inner", OrchestratorNode::Nested(inner));
    let refused = match added {
        Err(_) => true,
        Ok(outer) => outer.execute(()).await.is_err(),
    };
    assert!(refused);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

/// Whoever ends last decides nothing any more: a rollback is waited for, also by a deadline.
#[tokio::test(start_paused = true)]
async fn a_deadline_waits_for_a_rollback() {
    let undone = Arc::new(Mutex::new(false));
    let log = Arc::clone(&undone);
    let calls = Arc::default();
    let booked =
        AgentTask::new("booked", counted("books", &calls, || None), ()).with_rollback(move |_| {
            let log = Arc::clone(&log);
            async move {
                tokio::time::sleep(MS * 1000).await;
                *log.lock().unwrap() = true;
                Ok(())
            }
        });
    let hangs = agent_fn("hangs", |_: AgentInput| std::future::pending());
    let tasks = [booked, AgentTask::new("hangs", hangs, ())];
    let orchestrator = Orchestrator::new().deadline(MS * 10);
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    let error = parallel.execute(tasks).await.unwrap_err();
    let OrchestrationError::Run(failure) = error else {
        panic!("{error}")
    };
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert!(*undone.lock().unwrap());
}
