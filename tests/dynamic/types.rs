//! What can be sent to another thread, shared between threads, and kept for as long as one likes.

use std::sync::Arc;

use orchestrated::{Orchestrator, dynamic::*};

fn send<T: Send>(_: &T) {}

fn thread_safe<T: Send + Sync + 'static>() {}

#[test]
fn what_is_public_can_be_shared() {
    thread_safe::<Arc<dyn Agent>>();
    thread_safe::<Arc<dyn Skill>>();
    thread_safe::<AgentTask>();
    thread_safe::<TaskGraph>();
    thread_safe::<DynamicWorkflow>();
    thread_safe::<TaskResults>();
    thread_safe::<AgentInput>();
    thread_safe::<AgentOutput>();
    thread_safe::<AgentError>();
    thread_safe::<OrchestrationError>();
    thread_safe::<ParallelOrchestrator>();
    thread_safe::<SequentialOrchestrator>();
    thread_safe::<HierarchicalOrchestrator>();
    thread_safe::<NodeResults>();
    thread_safe::<AgentChain>();
    thread_safe::<ChainResults>();
    thread_safe::<MasterWorker>();
    thread_safe::<MasterOutcome>();
    thread_safe::<Coordinator>();
    thread_safe::<CoordinatorOutcome>();
    thread_safe::<Supervisor>();
    thread_safe::<SupervisionOutcome>();
    thread_safe::<SupervisionFailure>();
    thread_safe::<SkillRegistry>();
    thread_safe::<SkillPool>();
    thread_safe::<SkillChain>();
    thread_safe::<SkillChainOutcome>();
    thread_safe::<ParallelSkills>();
    thread_safe::<SkillsOutcome>();
    thread_safe::<Router>();
    thread_safe::<LoadBalancer>();
    thread_safe::<AgentPool>();
    thread_safe::<Routed>();
    thread_safe::<AgentRegistry>();
    thread_safe::<ExecutionPlan>();
    thread_safe::<PlanErrors>();
    thread_safe::<Operations>();
    thread_safe::<Subtask>();
    thread_safe::<Retries>();
    thread_safe::<CircuitBreaker>();
}

struct Nobody;

#[async_trait]
impl Master for Nobody {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        Ok(vec![Subtask::new("part", ())])
    }

    async fn aggregate(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        Ok(results.len().into())
    }
}

#[test]
fn the_futures_can_be_sent() {
    let same = agent_fn("same", |input: AgentInput| async move { Ok(input.into()) });
    let task = || AgentTask::new("task", same.clone(), 1);
    let orchestrator = Orchestrator::new();
    let parallel = ParallelOrchestrator::new().with_aggregator(MajorityVote);
    let graph = TaskGraph::new("Graph", [task()]).unwrap();
    send(&graph.run(&orchestrator));
    send(
        &DynamicWorkflow {
            graph: graph.clone(),
        }
        .run_boxed(),
    );
    send(&parallel.execute([task()]));
    send(&parallel.execute_aggregated([task()]));
    let mut stream = parallel.execute_streaming([task()]);
    send(&stream);
    send(&stream.next());
    let chain = AgentChain::new().then(same.clone());
    let sequential = SequentialOrchestrator::new();
    send(&sequential.execute(chain.clone(), 1));
    send(&sequential.execute_detailed(chain, 1));
    let hierarchy = HierarchicalOrchestrator::new();
    send(&hierarchy.execute(1));
    let team = MasterWorker::new(Nobody, [same.clone()]);
    send(&team.execute(1));
    let skills = SkillRegistry::new();
    let chain = SkillChain::new(&skills);
    send(&chain.execute(1));
    send(&chain.execute_recorded(1));
    let side = ParallelSkills::new(&skills);
    send(&side.execute([("skill", 1)]));
}

/// As a task of an executor keeps it.
trait RunBoxed {
    fn run_boxed(self) -> futures::future::BoxFuture<'static, usize>;
}

impl RunBoxed for DynamicWorkflow {
    fn run_boxed(self) -> futures::future::BoxFuture<'static, usize> {
        Box::pin(async move {
            let orchestrator = Orchestrator::new();
            let results = self.graph.run(&orchestrator).await;
            results.map_or(0, |results| results.len())
        })
    }
}

/// Many runs of one graph, on several threads, of tasks that go from thread to thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads() {
    let adds = agent_fn("adds", |n: AgentInput| async move {
        tokio::task::yield_now().await;
        let n: u64 = n.to()?;
        let more = tokio::spawn(async move { n + 1 });
        Ok(more.await?.into())
    });
    let adds = Arc::new(LoadBalancer::new("adders").with(adds.clone()).with(adds));
    let tasks = (0..20_u64).map(|n| {
        let task = AgentTask::new(n.to_string(), Arc::clone(&adds), n);
        match n.checked_sub(3) {
            Some(before) => task.after([before.to_string()]),
            None => task,
        }
    });
    let graph = TaskGraph::new("Threads", tasks)
        .unwrap()
        .with_concurrency(7);
    let orchestrator = Orchestrator::new().max_concurrency(5);
    let runs = (0..200).map(|_| {
        let (graph, orchestrator) = (graph.clone(), orchestrator.clone());
        tokio::spawn(async move { graph.run(&orchestrator).await.unwrap().outputs().count() })
    });
    for run in futures::future::join_all(runs).await {
        assert_eq!(run.unwrap(), 20);
    }
    assert_eq!(adds.in_flight(), 0);
    let handled: u64 = adds.loads().iter().map(|load| load.handled).sum();
    assert_eq!(handled, 200 * 20);
}

/// Without tokio: what needs no clock runs, and what needs one is refused and not hung.
#[test]
fn no_runtime() {
    let same = agent_fn("same", |input: AgentInput| async move { Ok(input.into()) });
    let waits = agent_fn("waits", |_: AgentInput| std::future::pending());
    let fails = agent_fn("fails", |_: AgentInput| async {
        Err(AgentError::msg("told to fail"))
    });
    let second = std::time::Duration::from_secs(1);
    futures::executor::block_on(async {
        let quick = AgentTask::new("quick", same, 1).with_timeout(second);
        let results = ParallelOrchestrator::new().execute([quick]).await.unwrap();
        assert_eq!(results.outputs().count(), 1);
        let slow = AgentTask::new("slow", waits, 1).with_timeout(second);
        let error = ParallelOrchestrator::new()
            .execute([slow])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("timer"), "{error}");
        let again = AgentTask::new("again", fails, 1)
            .idempotent()
            .with_retry(Retries::new(2));
        let error = ParallelOrchestrator::new()
            .execute([again])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("timer"), "{error}");
    });
}
