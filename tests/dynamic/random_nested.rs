//! Hierarchies drawn at random, with faults, limits, and somebody who stops them: what must hold of all of them.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    CancelToken, Orchestrator, Reason, RunOutcome,
    dynamic::{
        AgentError, AgentInput, AgentTask, HierarchicalOrchestrator, NodeResults,
        OrchestrationError, OrchestratorNode, ParallelOrchestrator, Retries, SkillCall, SkillChain,
        SkillRegistry, agent_fn, skill_fn,
    },
};
use proptest::prelude::*;

use crate::well_formed::{told, well_formed};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Well,
    Fails,
    Panics,
}

#[derive(Clone, Debug)]
struct Task {
    goes: Goes,
    takes: u64,
    /// How long it takes to undo it, where it can be.
    undo: Option<u64>,
    after_the_one_before: bool,
    /// A chain of skills, and what stands in for it.
    chain: Option<Instead>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instead {
    Nothing,
    Default,
    Fallback,
    /// The first attempt fails, and the second goes as it goes.
    Retry,
}

#[derive(Clone, Debug)]
enum Node {
    Tasks(Vec<Task>, bool),
    Nodes(Vec<(Node, bool)>, bool),
}

#[derive(Clone, Debug)]
struct Case {
    nodes: Vec<(Node, bool)>,
    collects: bool,
    of_all: Option<usize>,
    deadline: Option<u64>,
    cancel: Option<u64>,
}

fn task() -> impl Strategy<Value = Task> {
    let goes = prop_oneof![
        6 => Just(Goes::Well),
        1 => Just(Goes::Fails),
        1 => Just(Goes::Panics),
    ];
    let instead = prop_oneof![
        Just(Instead::Nothing),
        Just(Instead::Default),
        Just(Instead::Fallback),
        Just(Instead::Retry),
    ];
    let undo = prop::option::weighted(0.5, 0..4_u64);
    let chain = prop::option::weighted(0.3, instead);
    (goes, 0..5_u64, undo, prop::bool::weighted(0.3), chain).prop_map(
        |(goes, takes, undo, after_the_one_before, chain)| Task {
            goes,
            takes,
            undo,
            after_the_one_before,
            chain,
        },
    )
}

fn tasks() -> impl Strategy<Value = Node> {
    let tasks = prop::collection::vec(task(), 1..4);
    (tasks, prop::bool::weighted(0.3)).prop_map(|(tasks, collects)| Node::Tasks(tasks, collects))
}

/// Below a hierarchy in a hierarchy there is no room for another level.
fn without_chains(node: Node) -> Node {
    match node {
        Node::Tasks(mut tasks, collects) => {
            for task in &mut tasks {
                task.chain = None;
            }
            Node::Tasks(tasks, collects)
        }
        nodes @ Node::Nodes(..) => nodes,
    }
}

fn node() -> impl Strategy<Value = Node> {
    let inner = (tasks().prop_map(without_chains), any::<bool>());
    let nodes = prop::collection::vec(inner, 1..4);
    let nodes = (nodes, prop::bool::weighted(0.3));
    prop_oneof![
        tasks(),
        nodes.prop_map(|(nodes, collects)| Node::Nodes(nodes, collects)),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let nodes = prop::collection::vec((node(), prop::bool::weighted(0.4)), 1..4);
    let moment = || prop::option::weighted(0.2, 0..12_u64);
    let limit = prop::option::weighted(0.3, 1..3_usize);
    let collects = prop::bool::weighted(0.3);
    (nodes, collects, limit, moment(), moment()).prop_map(
        |(nodes, collects, of_all, deadline, cancel)| Case {
            nodes,
            collects,
            of_all,
            deadline,
            cancel,
        },
    )
}

#[derive(Default)]
struct World {
    running: usize,
    /// Those that were done and can be undone.
    done: BTreeSet<String>,
    undone: Vec<String>,
}

type Shared = Arc<Mutex<World>>;

struct Live(Shared);

impl Live {
    fn new(world: &Shared) -> Self {
        world.lock().unwrap().running += 1;
        Self(Arc::clone(world))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.lock().unwrap().running -= 1;
    }
}

/// What a task does: the same for an agent and for a skill.
async fn does(
    world: Shared,
    task: Task,
    name: String,
    fails_first: bool,
) -> Result<AgentInput, AgentError> {
    let _live = Live::new(&world);
    if task.takes > 0 {
        tokio::time::sleep(Duration::from_millis(task.takes)).await;
    }
    if fails_first {
        return Err(AgentError::msg("the first time"));
    }
    match task.goes {
        Goes::Well => {
            if task.undo.is_some() {
                world.lock().unwrap().done.insert(name.clone());
            }
            Ok(name.into())
        }
        Goes::Fails => Err(AgentError::msg("as drawn")),
        Goes::Panics => panic!("as drawn"),
    }
}

fn drawn(task: &Task, name: &str, short: &str, world: &Shared) -> AgentTask {
    let (of, path) = (task.clone(), name.to_owned());
    let shared = Arc::clone(world);
    let mut made = match task.chain {
        None => {
            let agent = agent_fn("agent", move |_: AgentInput| {
                let does = does(Arc::clone(&shared), of.clone(), path.clone(), false);
                async move { Ok(does.await?.into()) }
            });
            AgentTask::new(short, agent, "input")
        }
        Some(instead) => {
            let calls = Arc::new(Mutex::new(0));
            let skill = skill_fn("skill", move |_: SkillCall| {
                let mut calls = calls.lock().unwrap();
                *calls += 1;
                let fails_first = instead == Instead::Retry && *calls == 1;
                let does = does(Arc::clone(&shared), of.clone(), path.clone(), fails_first);
                async move { Ok(does.await?.into()) }
            });
            let skills = SkillRegistry::new().with(skill).unwrap();
            let chain = SkillChain::new(&skills).then("skill");
            let made = chain.into_task(short, "input").unwrap();
            let path = name.to_owned();
            match instead {
                Instead::Nothing => made,
                Instead::Default => made.with_default(name),
                Instead::Fallback => {
                    let same =
                        agent_fn("same", |input: AgentInput| async move { Ok(input.into()) });
                    made.with_fallback(same, move |_| path.clone().into())
                }
                Instead::Retry => {
                    let retries = Retries::new(2).with_backoff(Duration::from_millis(1));
                    made.idempotent().with_retry(retries)
                }
            }
        }
    };
    if let Some(takes) = task.undo {
        let world = Arc::clone(world);
        made = made.with_rollback(move |output| {
            let live = Live::new(&world);
            async move {
                if takes > 0 {
                    tokio::time::sleep(Duration::from_millis(takes)).await;
                }
                live.0.lock().unwrap().undone.push(output.to()?);
                Ok(())
            }
        });
    }
    made
}

fn built(
    nodes: &[(Node, bool)],
    collects: bool,
    above: &str,
    world: &Shared,
) -> HierarchicalOrchestrator {
    let mut hierarchy = HierarchicalOrchestrator::new().collect_errors(collects);
    for (index, (node, after)) in nodes.iter().enumerate() {
        let name = format!("n{index}");
        let path = format!("{above}/{name}");
        let node = match node {
            Node::Tasks(tasks, collects) => {
                let tasks = tasks.iter().enumerate().map(|(index, task)| {
                    let short = format!("t{index}");
                    let made = drawn(task, &format!("{path}/{short}"), &short, world);
                    match index.checked_sub(1) {
                        Some(before) if task.after_the_one_before => {
                            made.after([format!("t{before}")])
                        }
                        _ => made,
                    }
                });
                let by = ParallelOrchestrator::new().collect_errors(*collects);
                OrchestratorNode::ParallelBy(by, tasks.collect())
            }
            Node::Nodes(nodes, collects) => {
                OrchestratorNode::Nested(built(nodes, *collects, &path, world))
            }
        };
        hierarchy.add_node(name.clone(), node).unwrap();
        if let Some(before) = index.checked_sub(1).filter(|_| *after) {
            hierarchy
                .add_dependency(&name, &format!("n{before}"))
                .unwrap();
        }
    }
    hierarchy
}

/// The nodes that have failed where the run has not.
fn failed(results: &NodeResults, above: &str, found: &mut Vec<String>) {
    for (name, result) in results {
        let path = format!("{above}/{name}");
        if result.failure().is_some() {
            found.push(format!("{path}/"));
        } else if let Some(nodes) = result.nodes() {
            failed(nodes, &path, found);
        }
    }
}

impl Case {
    async fn check(&self, is_observed: bool) {
        let world = Shared::default();
        let token = CancelToken::new();
        let mut orchestrator = Orchestrator::new().cancel_on(&token);
        if let Some(deadline) = self.deadline {
            orchestrator = orchestrator.deadline(Duration::from_millis(deadline));
        }
        if let Some(steps) = self.of_all {
            orchestrator = orchestrator.max_concurrency(steps);
        }
        let (orchestrator, mut events) = if is_observed {
            let (orchestrator, events) = orchestrator.events();
            (orchestrator, Some(events))
        } else {
            (orchestrator, None)
        };
        let hierarchy = built(&self.nodes, self.collects, "", &world).on(&orchestrator);
        let cancels = async {
            if let Some(moment) = self.cancel {
                tokio::time::sleep(Duration::from_millis(moment)).await;
                token.cancel();
            }
        };
        let both = async { futures::join!(hierarchy.execute("input"), cancels) };
        let both = tokio::time::timeout(Duration::from_secs(10), both).await;
        let (ended, ()) = both.expect("it ends");
        let world = world.lock().unwrap();
        assert_eq!(world.running, 0, "something has leaked");
        if let Some(events) = &mut events {
            let runs = well_formed(&told(events));
            let [(_, outcome)] = &runs[..] else {
                panic!("one run, and not {runs:?}")
            };
            assert_eq!(matches!(outcome, RunOutcome::Finished), ended.is_ok());
        }
        let undone: BTreeSet<_> = world.undone.iter().cloned().collect();
        assert_eq!(undone.len(), world.undone.len(), "undone once");
        let mut gone = Vec::new();
        match &ended {
            Ok(results) => {
                failed(results, "", &mut gone);
                assert!(gone.is_empty() || self.has_excuse());
            }
            Err(OrchestrationError::Run(failure)) => {
                gone.push("/".to_owned());
                let is_stopped = match failure.reason() {
                    Reason::Cancelled => self.cancel.is_some(),
                    Reason::TimedOut(_) => self.deadline.is_some(),
                    _ => false,
                };
                let by_a_task = matches!(failure.reason(), Reason::Error(_) | Reason::Panicked(_));
                assert!(is_stopped || by_a_task, "{failure}");
            }
            Err(error) => panic!("{error}"),
        }
        for task in &world.done {
            let is_gone = gone.iter().any(|node| task.starts_with(node));
            assert_eq!(undone.contains(task), is_gone, "{task}: {ended:?}");
        }
    }

    fn has_excuse(&self) -> bool {
        let inside = |(node, _): &(Node, bool)| match node {
            Node::Tasks(..) => false,
            Node::Nodes(_, collects) => *collects,
        };
        self.collects || self.nodes.iter().any(inside)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_happens_inside_is_accounted_for(case in case()) {
        for is_observed in [false, true] {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(case.check(is_observed));
        }
    }
}
