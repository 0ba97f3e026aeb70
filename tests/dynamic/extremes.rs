//! Nothing at all, and as much as there can be.

use std::{sync::Arc, time::Duration};

use orchestrated::{
    Orchestrator, Reason,
    dynamic::{
        AgentChain, AgentError, AgentInput, AgentPool, AgentTask, CircuitBreaker,
        HierarchicalOrchestrator, IntoAgent as _, MajorityVote, ParallelOrchestrator, Retries,
        SequentialOrchestrator, SkillChain, SkillRegistry, TaskGraph, agent_fn,
    },
};

fn same(name: &'static str) -> Arc<dyn orchestrated::dynamic::Agent> {
    agent_fn(name, |input: AgentInput| async move { Ok(input.into()) }).into_agent()
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do() {
    let (orchestrator, _events) = Orchestrator::new().max_concurrency(1).events();
    for orchestrator in [Orchestrator::new(), orchestrator] {
        let graph = TaskGraph::new("Nothing", []).unwrap();
        assert!(graph.run(&orchestrator).await.unwrap().is_empty());
        assert!(!graph.plan().to_string().is_empty());
        let parallel = ParallelOrchestrator::new()
            .on(&orchestrator)
            .with_concurrency(0);
        assert!(parallel.execute([]).await.unwrap().is_empty());
        assert!(parallel.execute_streaming([]).next().await.is_none());
        let votes = parallel.clone().with_aggregator(MajorityVote);
        assert!(votes.execute_aggregated([]).await.is_err());
        assert!(parallel.execute_aggregated([]).await.is_err());
        let by = SequentialOrchestrator::new().on(&orchestrator);
        assert!(by.execute(AgentChain::new(), ()).await.is_err());
        let hierarchy = HierarchicalOrchestrator::new().on(&orchestrator);
        assert!(hierarchy.execute(()).await.unwrap().is_empty());
        let chain = SkillChain::new(&SkillRegistry::new()).on(&orchestrator);
        assert!(chain.execute(()).await.is_err());
        let pool = AgentPool::new("empty");
        let task = AgentTask::new("task", pool, ());
        assert!(parallel.execute([task]).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn as_long_and_as_often_as_can_be() {
    let fails = agent_fn("fails", |_: AgentInput| async {
        Err(AgentError::msg("told to fail"))
    });
    let most = Retries::new(u32::MAX)
        .with_backoff(Duration::MAX)
        .with_max_backoff(Duration::MAX)
        .with_jitter();
    let task = AgentTask::new("task", fails, ())
        .idempotent()
        .with_retry(most)
        .with_timeout(Duration::MAX)
        .with_breaker(CircuitBreaker::new(u32::MAX, Duration::MAX));
    let graph = TaskGraph::new("Most", [task]).unwrap();
    assert!(!graph.plan().to_string().is_empty());
    let orchestrator = Orchestrator::new();
    let estimates = graph.estimates(&orchestrator.history());
    assert!(!graph.plan().dry_run(&estimates).to_string().is_empty());
    let minute = Orchestrator::new().deadline(Duration::from_mins(1));
    let failure = graph.run(&minute).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)), "{failure}");
    // And as short and as seldom.
    let least = Retries::new(0)
        .with_backoff(Duration::ZERO)
        .with_max_backoff(Duration::ZERO);
    let hangs = agent_fn("hangs", |_: AgentInput| std::future::pending());
    let task = |name: &str| {
        AgentTask::new(name, same("well"), ())
            .with_retry(least)
            .with_timeout(Duration::ZERO)
            .with_breaker(CircuitBreaker::new(0, Duration::ZERO))
    };
    let cut = AgentTask::new("cut", hangs, ()).with_timeout(Duration::ZERO);
    let results = ParallelOrchestrator::new()
        .collect_errors(true)
        .execute([task("ready"), cut])
        .await
        .unwrap();
    assert!(results.output("ready").is_some());
    assert!(
        results
            .get("cut")
            .unwrap()
            .as_ref()
            .unwrap_err()
            .is_timeout()
    );
}

/// What comes after one task twice comes after it once, and sees it as often as it is named.
#[tokio::test(start_paused = true)]
async fn the_same_thing_said_twice() {
    for reversed in [false, true] {
        let mut tasks = vec![
            AgentTask::new("a", same("same"), 1),
            AgentTask::new("b", same("same"), ())
                .after(["a", "a", "a"])
                .after(["a"])
                .with_input_from(|done| Ok(done.outputs().count().into())),
        ];
        if reversed {
            tasks.reverse();
        }
        let ended = ParallelOrchestrator::new().execute(tasks).await;
        let results = ended.unwrap();
        assert_eq!(results.outputs().count(), 2);
    }
}

/// Options that contradict each other: each does what it says, in the order in which they stand around the agent.
#[tokio::test(start_paused = true)]
async fn everything_at_once() {
    let fails = |name: &'static str| {
        agent_fn(name, |_: AgentInput| async {
            Err(AgentError::msg("told to fail"))
        })
    };
    let task = |name: &str| {
        AgentTask::new(name, fails("fails"), ())
            .optional()
            .idempotent()
            .with_retry(Retries::new(2).with_backoff(Duration::from_millis(1)))
            .with_timeout(Duration::from_millis(5))
            .with_fallback(fails("first"), |_| ().into())
            .with_fallback(fails("second"), |_| ().into())
            .with_breaker(CircuitBreaker::new(1, Duration::from_secs(1)))
            .with_rollback(|_| async { Err(AgentError::msg("neither can it be undone")) })
    };
    let (orchestrator, mut events) = Orchestrator::new().max_concurrency(1).events();
    let tasks = [
        task("optional"),
        task("default").after(["optional"]).with_default("default"),
        AgentTask::new("last", fails("ends"), ()).after(["default"]),
    ];
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    let error = parallel.execute(tasks).await.unwrap_err();
    assert!(error.to_string().contains("step `last` failed"), "{error}");
    crate::well_formed::well_formed(&crate::well_formed::told(&mut events));
}
