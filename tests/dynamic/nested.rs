//! Graphs inside graphs: what one of them fails, undoes and takes is seen by the whole.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use orchestrated::{
    Orchestrator, Reason, Refusal,
    dynamic::{
        AgentChain, AgentError, AgentInput, AgentOutput, AgentTask, DynamicWorkflow,
        HierarchicalOrchestrator, LoadBalancer, NodeResults, OrchestrationError, OrchestratorNode,
        ParallelOrchestrator, Retries, SkillCall, SkillChain, SkillRegistry, TaskGraph,
        TaskPriority, TaskResults, agent_fn, skill_fn,
    },
    workflow,
};

use crate::well_formed::{told, well_formed};

type Log = Arc<Mutex<Vec<String>>>;

const MS: Duration = Duration::from_millis(1);

/// Takes so long, and fails or not; what undoes it takes as long again.
fn task(name: &'static str, takes: u32, fails: bool, undone: &Log) -> AgentTask {
    let does = agent_fn(name, move |_: AgentInput| async move {
        tokio::time::sleep(MS * takes).await;
        if fails {
            return Err(AgentError::msg("told to fail"));
        }
        Ok(name.into())
    });
    let undone = Arc::clone(undone);
    AgentTask::new(name, does, ()).with_rollback(move |output: AgentOutput| {
        let undone = Arc::clone(&undone);
        async move {
            tokio::time::sleep(MS * takes).await;
            undone.lock().unwrap().push(output.to()?);
            Ok(())
        }
    })
}

fn hierarchy(nodes: Vec<(&str, Vec<AgentTask>)>) -> HierarchicalOrchestrator {
    let mut hierarchy = HierarchicalOrchestrator::new();
    for (name, tasks) in nodes {
        hierarchy.add_node(name, tasks).unwrap();
    }
    hierarchy
}

fn failed(ended: Result<NodeResults, OrchestrationError>) -> String {
    match ended {
        Err(OrchestrationError::Run(failure)) => failure.to_string(),
        other => panic!("it must fail, and is {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_graph_that_takes_its_time_to_undo_fails_what_it_stands_in() {
    let undone = Log::default();
    let inside = vec![
        task("booked", 1, false, &undone),
        task("refused", 3, true, &undone),
    ];
    let beside = vec![task("beside", 10, false, &undone)];
    let hierarchy = hierarchy(vec![("inside", inside), ("beside", beside)]);
    assert_eq!(
        failed(hierarchy.execute(()).await),
        "workflow `Hierarchical`: step `inside`: workflow `inside`: step `refused` failed: told to fail"
    );
    let mut undone = undone.lock().unwrap().clone();
    undone.sort();
    assert_eq!(undone, ["beside", "booked"]);
}

#[tokio::test(start_paused = true)]
async fn so_does_one_inside_two_others() {
    let undone = Log::default();
    let inside = vec![
        task("booked", 1, false, &undone),
        task("refused", 3, true, &undone),
    ];
    let middle = hierarchy(vec![("inside", inside)]);
    let mut outer = HierarchicalOrchestrator::new();
    outer
        .add_node("middle", OrchestratorNode::Nested(middle))
        .unwrap()
        .add_node("beside", vec![task("beside", 10, false, &undone)])
        .unwrap();
    let told = failed(outer.execute(()).await);
    assert!(
        told.ends_with("step `refused` failed: told to fail"),
        "{told}"
    );
    let mut undone = undone.lock().unwrap().clone();
    undone.sort();
    assert_eq!(undone, ["beside", "booked"]);
}

async fn undo(undone: &Log, name: &str, takes: u32) {
    tokio::time::sleep(MS * takes).await;
    undone.lock().unwrap().push(name.to_owned());
}

workflow! {
    workflow Third<'a>(undone: &'a Log) -> Result<u32, AgentError> {
        #[rollback(undo(undone, "booked", 1).await;)]
        tool fn booked(undone) -> u32 { tokio::time::sleep(MS).await; let _ = undone; 1 }
        tool fn refused(booked) -> Result<u32, AgentError> {
            tokio::time::sleep(MS * *booked).await;
            Err(AgentError::msg("told to fail"))
        }
        Ok(refused)
    }

    workflow Second<'a>(undone: &'a Log) -> Result<u32, AgentError> {
        flow third = Third { undone };
        Ok(third)
    }

    workflow First<'a>(undone: &'a Log) -> Result<u32, AgentError> {
        flow second = Second { undone };
        #[rollback(undo(undone, "beside", 10).await;)]
        tool fn beside(undone) -> u32 { tokio::time::sleep(MS * 10).await; let _ = undone; 2 }
        Ok(second + beside)
    }
}

/// The same of workflows that are known at compile time.
#[tokio::test(start_paused = true)]
async fn workflows_do_the_same() {
    let undone = Log::default();
    let first = First { undone: &undone };
    let failure = first.run(&Orchestrator::new()).await.unwrap_err();
    let told = failure.to_string();
    assert!(
        told.ends_with("step `refused` failed: told to fail"),
        "{told}"
    );
    let mut undone = undone.lock().unwrap().clone();
    undone.sort();
    assert_eq!(undone, ["beside", "booked"]);
}

/// A chain of one skill, which succeeds at this attempt at the chain.
fn chain(at: u32) -> (SkillChain, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let skill = skill_fn("skill", move |_: SkillCall| {
        let call = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            tokio::time::sleep(MS).await;
            if call < at {
                return Err(AgentError::msg("not yet"));
            }
            Ok(call.into())
        }
    });
    let skills = SkillRegistry::new().with(skill).unwrap();
    (SkillChain::new(&skills).then("skill"), calls)
}

async fn alone(task: AgentTask) -> Result<TaskResults, OrchestrationError> {
    let slow = agent_fn("slow", |_: AgentInput| async {
        tokio::time::sleep(MS * 10).await;
        Ok("slow".into())
    });
    let beside = AgentTask::new("beside", slow, ());
    ParallelOrchestrator::new().execute([task, beside]).await
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_fails_is_tried_again() {
    let (chain, calls) = chain(3);
    let task = chain.into_task("chain", ()).unwrap();
    let task = task
        .idempotent()
        .with_retry(Retries::new(3).with_backoff(MS));
    let results = alone(task).await.unwrap();
    assert_eq!(results.output("chain").unwrap().to::<u32>().unwrap(), 3);
    assert_eq!(results.outputs().count(), 2);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn another_agent_stands_in_for_a_chain_that_fails() {
    let (chain, _) = chain(u32::MAX);
    let instead = agent_fn("instead", |why: AgentInput| async move {
        Ok(why.into_value().into())
    });
    let task = chain.into_task("chain", ()).unwrap();
    let task = task.with_fallback(instead, |failure| failure.to_string().into());
    let results = alone(task).await.unwrap();
    let told = results.output("chain").unwrap();
    assert_eq!(
        told.to::<&str>().unwrap(),
        "step `chain`: workflow `Chain`: step `skill` failed: not yet"
    );
    assert_eq!(results.outputs().count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_default_stands_in_for_a_chain_that_fails() {
    let (chain, _) = chain(u32::MAX);
    let task = chain.into_task("chain", ()).unwrap().with_default("none");
    let results = alone(task).await.unwrap();
    assert_eq!(results.output("chain").unwrap().value(), "none");
    assert_eq!(results.outputs().count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_may_fail_too() {
    let (chain, _) = chain(u32::MAX);
    let instead = agent_fn("instead", |_: AgentInput| async {
        Err(AgentError::msg("neither"))
    });
    let task = chain
        .into_task("chain", ())
        .unwrap()
        .with_fallback(instead, |_| ().into());
    let error = alone(task).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `chain` failed: neither"
    );
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_takes_too_long_is_tried_again() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let skill = skill_fn("skill", move |_: SkillCall| {
        let call = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            tokio::time::sleep(MS * if call < 3 { 100 } else { 1 }).await;
            Ok(call.into())
        }
    });
    let skills = SkillRegistry::new().with(skill).unwrap();
    let chain = SkillChain::new(&skills).then("skill");
    let task = chain
        .into_task("chain", ())
        .unwrap()
        .with_timeout(MS * 10)
        .idempotent()
        .with_retry(Retries::new(3).with_backoff(MS));
    let results = ParallelOrchestrator::new().execute([task]).await.unwrap();
    assert_eq!(results.output("chain").unwrap().to::<u32>().unwrap(), 3);
}

/// How many run at once, and the most that ever did.
#[derive(Default)]
struct Busy {
    now: AtomicUsize,
    most: AtomicUsize,
}

fn counted(name: &'static str, busy: &Arc<Busy>) -> AgentTask {
    let busy = Arc::clone(busy);
    let does = agent_fn(name, move |_: AgentInput| {
        let busy = Arc::clone(&busy);
        async move {
            let now = busy.now.fetch_add(1, Ordering::SeqCst) + 1;
            busy.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(MS).await;
            busy.now.fetch_sub(1, Ordering::SeqCst);
            Ok(name.into())
        }
    });
    let servers = LoadBalancer::new("servers").with(does);
    AgentTask::new(name, servers, ())
}

/// A flow holds no turn while its tasks wait for theirs.
#[tokio::test(start_paused = true)]
async fn one_at_a_time_is_enough_for_three_levels() {
    let busy = Arc::new(Busy::default());
    let chain = AgentChain::new().then_task(counted("a", &busy)).then_task(
        counted("b", &busy)
            .with_priority(TaskPriority::Low)
            .with_timeout(MS * 50),
    );
    let middle = {
        let mut middle = hierarchy(vec![(
            "tasks",
            vec![
                counted("c", &busy).with_priority(TaskPriority::Critical),
                counted("d", &busy).idempotent().with_retry(Retries::new(2)),
                counted("e", &busy),
            ],
        )]);
        middle.add_node("chain", chain).unwrap();
        middle
    };
    for is_observed in [false, true] {
        let orchestrator = Orchestrator::new().max_concurrency(1);
        let (orchestrator, mut events) = if is_observed {
            let (orchestrator, events) = orchestrator.events();
            (orchestrator, Some(events))
        } else {
            (orchestrator, None)
        };
        let mut outer = HierarchicalOrchestrator::new().on(&orchestrator);
        outer
            .add_node("one", OrchestratorNode::Nested(middle.clone()))
            .unwrap()
            .add_node("other", OrchestratorNode::Nested(middle.clone()))
            .unwrap()
            .add_node("after", vec![counted("f", &busy)])
            .unwrap()
            .add_dependency("after", "one")
            .unwrap();
        let ended = tokio::time::timeout(MS * 1000, outer.execute("text")).await;
        let results = ended.expect("it must not wait for itself").unwrap();
        assert_eq!(results.outputs().count(), 3);
        assert_eq!(busy.most.load(Ordering::SeqCst), 1);
        if let Some(events) = &mut events {
            well_formed(&told(events));
        }
    }
}

workflow! {
    workflow Inner(graph: TaskGraph) -> Result<usize, AgentError> {
        flow done = DynamicWorkflow { graph: move graph };
        Ok(done.len())
    }

    workflow Middle(graph: TaskGraph) -> Result<usize, AgentError> {
        fn chosen(move graph) -> TaskGraph { graph }
        flow done = DynamicWorkflow { graph: move chosen };
        Ok(done.len())
    }
}

#[tokio::test(start_paused = true)]
async fn a_level_too_deep_starts_nothing() {
    let ran = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&ran);
    let count = agent_fn("count", move |_: AgentInput| {
        counts.fetch_add(1, Ordering::SeqCst);
        async { Ok(().into()) }
    });
    let leaf = hierarchy(vec![("leaf", vec![AgentTask::new("task", count, ())])]);
    let orchestrator = Orchestrator::new();
    let flat = leaf.graph(()).unwrap();
    let ended = Inner { graph: flat }.run(&orchestrator).await;
    assert_eq!(ended.unwrap(), 1, "three levels");
    assert_eq!(ran.swap(0, Ordering::SeqCst), 1);

    let mut deep = HierarchicalOrchestrator::new();
    deep.add_node("middle", OrchestratorNode::Nested(leaf))
        .unwrap();
    let failure = Middle {
        graph: deep.graph(()).unwrap(),
    }
    .run(&orchestrator)
    .await
    .unwrap_err();
    let is_too_deep = matches!(failure.reason(), Reason::Refused(Refusal::TooDeep(4)));
    assert!(is_too_deep, "{failure}");
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

/// The graph of a hierarchy can be run by several at once.
#[tokio::test(start_paused = true)]
async fn one_graph_runs_twice_at_once() {
    let log = Log::default();
    let hierarchy = hierarchy(vec![
        ("a", vec![task("x", 1, false, &log)]),
        ("b", vec![task("y", 2, false, &log)]),
    ]);
    let graph = hierarchy.graph(()).unwrap();
    let orchestrator = Orchestrator::new();
    let runs = (0..10).map(|_| graph.run(&orchestrator));
    for ended in futures::future::join_all(runs).await {
        assert_eq!(ended.unwrap().outputs().count(), 2);
    }
    let runs = (0..10).map(|_| hierarchy.execute(()));
    for ended in futures::future::join_all(runs).await {
        let results = ended.unwrap();
        let inside = results.get("a").unwrap().tasks().unwrap();
        assert_eq!(inside.outputs().count(), 1);
    }
    assert!(log.lock().unwrap().is_empty());
}
