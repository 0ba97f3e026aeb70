//! Orchestrators inside an orchestrator.

use std::sync::{Arc, Mutex};

use orchestrated::{
    Orchestrator,
    dynamic::{
        AgentChain, AgentError, AgentInput, AgentOutput, AgentTask, DependencyFailed,
        DynamicWorkflow, HierarchicalOrchestrator, HierarchyError, OrchestrationError,
        OrchestratorNode, ParallelOrchestrator, SequentialOrchestrator, TaskGraph, agent_fn,
    },
    workflow,
};

use crate::agents::{adds, fails, same, undone};

fn chain(name: &'static str) -> AgentChain {
    AgentChain::new().then(adds(name))
}

fn sames(names: &[&'static str]) -> Vec<AgentTask> {
    names
        .iter()
        .map(|&name| AgentTask::new(name, same(name), ()))
        .collect()
}

fn refused(result: Result<&mut HierarchicalOrchestrator, OrchestrationError>) -> HierarchyError {
    match result {
        Err(OrchestrationError::Hierarchy(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn json(output: Option<&AgentOutput>) -> String {
    output.unwrap().value().to_string()
}

#[tokio::test(start_paused = true)]
async fn nodes_are_given_what_those_have_produced_that_they_depend_on() {
    let mut inner = HierarchicalOrchestrator::new();
    inner
        .add_node("left", chain("l"))
        .unwrap()
        .add_node("right", chain("r"))
        .unwrap()
        .add_dependency("right", "left")
        .unwrap();
    let mut orchestrator = HierarchicalOrchestrator::new();
    let mut tasks = sames(&["x", "y"]);
    tasks.push(AgentTask::new("own", same("own"), "its own"));
    tasks.push(AgentTask::new("later", same("later"), ()).after(["own"]));
    orchestrator
        .add_node("all", sames(&["given"]))
        .unwrap()
        .add_node("first", chain("f"))
        .unwrap()
        .add_node("inner", inner)
        .unwrap()
        .add_node("tasks", tasks)
        .unwrap()
        .add_dependency("tasks", "first")
        .unwrap()
        .add_dependency("inner", "first")
        .unwrap()
        .add_dependency("all", "first")
        .unwrap()
        .add_dependency("all", "inner")
        .unwrap()
        .add_dependency("all", "inner")
        .unwrap();
    let results = orchestrator.execute("in").await.unwrap();
    let names: Vec<_> = results.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["all", "first", "inner", "tasks"]);
    assert_eq!(json(results.output("first")), r#""in f""#);
    assert_eq!(
        json(results.output("inner")),
        r#"{"left":"in f l","right":"in f l r"}"#
    );
    assert_eq!(
        json(results.output("tasks")),
        r#"{"later":"in f","own":"its own","x":"in f","y":"in f"}"#
    );
    assert_eq!(
        json(results.output("all")),
        r#"{"given":{"first":"in f","inner":{"left":"in f l","right":"in f l r"}}}"#
    );

    let inner = results.get("inner").unwrap();
    assert_eq!(inner.tasks().unwrap().len(), 2);
    let left = inner.nodes().unwrap().get("left").unwrap();
    assert_eq!(json(left.tasks().unwrap().output("l")), r#""in f l""#);
    let tasks = results.get("tasks").unwrap();
    assert!(tasks.nodes().is_none());
    assert_eq!(json(tasks.tasks().unwrap().output("own")), r#""its own""#);
    assert!(results.get("nobody").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_node_is_as_sure_as_the_least_sure_of_its_parts() {
    let sure = |confidence: f64| {
        agent_fn("sure", move |_| async move {
            Ok(AgentOutput::new(1).with_confidence(confidence))
        })
    };
    let mut orchestrator = HierarchicalOrchestrator::new();
    orchestrator
        .add_node(
            "all",
            vec![
                AgentTask::new("a", sure(0.5), ()),
                AgentTask::new("b", sure(0.25), ()),
            ],
        )
        .unwrap()
        .add_node("nobody", Vec::new())
        .unwrap()
        .add_node("last", AgentChain::new().then(sure(0.1)).then(sure(0.75)))
        .unwrap();
    let results = orchestrator.execute(()).await.unwrap();
    let told: Vec<_> = results
        .outputs()
        .map(|(_, output)| output.confidence())
        .collect();
    assert_eq!(told, [0.25, 1.0, 0.75]);
    let empty = HierarchicalOrchestrator::new().execute(()).await.unwrap();
    assert!(empty.is_empty());
}

#[test]
fn what_can_never_work_is_refused_at_the_call() {
    let mut orchestrator = HierarchicalOrchestrator::new();
    for name in ["draft", "review", "publish"] {
        orchestrator.add_node(name, chain(name)).unwrap();
    }
    let mut says = |result: fn(&mut HierarchicalOrchestrator) -> HierarchyError, expected: &str| {
        assert_eq!(result(&mut orchestrator).to_string(), expected);
    };
    says(
        |o| refused(o.add_node("draft", chain("again"))),
        "node `draft` is already there",
    );
    says(
        |o| refused(o.add_node(" ", chain("again"))),
        "a node has no name: give it one with a letter in it",
    );
    says(
        |o| refused(o.add_node("empty", AgentChain::new())),
        "node `empty`: the chain has no links: add one with `then`",
    );
    says(
        |o| refused(o.add_node("twice", sames(&["a", "a"]))),
        "node `twice`: task `a` is already declared",
    );
    says(
        |o| refused(o.add_dependency("reveiw", "draft")),
        "no node is named `reveiw`; did you mean `review`?",
    );
    says(
        |o| refused(o.add_dependency("review", "nobody")),
        "no node is named `nobody`: add it with `add_node` first",
    );
    says(
        |o| refused(o.add_dependency("review", "review")),
        "node `review` comes after itself",
    );
    says(
        |o| {
            o.add_dependency("review", "draft")
                .unwrap()
                .add_dependency("publish", "review")
                .unwrap()
                // It is there already.
                .add_dependency("publish", "review")
                .unwrap();
            refused(o.add_dependency("draft", "publish"))
        },
        "nodes form a cycle: `draft` -> `review` -> `publish` -> `draft`",
    );
    // Nothing of it was kept.
    assert_eq!(
        orchestrator.plan().unwrap().to_string(),
        "\
Hierarchical: 3 steps in 3 batches, one at a time
  batch 1  draft    flow
             draft: 1 step
               batch 1  draft  agent
  batch 2  review   flow  <- draft
             review: 1 step
               batch 1  review  agent
  batch 3  publish  flow  <- review
             publish: 1 step
               batch 1  publish  agent"
    );
}

#[test]
fn a_long_cycle_is_found_and_told_in_short() {
    let mut orchestrator = HierarchicalOrchestrator::new();
    for at in 0..1_000 {
        orchestrator
            .add_node(format!("node {at}"), chain("a"))
            .unwrap();
    }
    for at in 1..1_000 {
        let (later, earlier) = (format!("node {at}"), format!("node {}", at - 1));
        orchestrator.add_dependency(&later, &earlier).unwrap();
    }
    let error = refused(orchestrator.add_dependency("node 0", "node 999"));
    let HierarchyError::Cycle { nodes } = &error else {
        panic!("{error}")
    };
    assert_eq!(nodes.len(), 1_000);
    let told = error.to_string();
    assert!(
        told.starts_with("nodes form a cycle: `node 0` -> `node 1` ->"),
        "{told}"
    );
    assert!(
        told.ends_with("(986 more nodes) -> `node 998` -> `node 999` -> `node 0`"),
        "{told}"
    );
}

fn nested(inside: impl Into<OrchestratorNode>) -> HierarchicalOrchestrator {
    let mut orchestrator = HierarchicalOrchestrator::new();
    orchestrator.add_node("inside", inside).unwrap();
    orchestrator
}

workflow! {
    workflow Deep(graph: TaskGraph) -> Result<usize, AgentError> {
        flow results = DynamicWorkflow { graph: move graph };
        Ok(results.len())
    }
}

#[tokio::test(start_paused = true)]
async fn three_levels_are_the_most() {
    let three = nested(nested(chain("a")));
    assert_eq!(
        json(three.execute("in").await.unwrap().output("inside")),
        r#"{"inside":"in a"}"#
    );
    let mut orchestrator = HierarchicalOrchestrator::new();
    let error = refused(orchestrator.add_node("more", three.clone()));
    assert_eq!(
        error.to_string(),
        "node `more` would make 4 levels, that of the hierarchy included: at most 3 are allowed"
    );

    // What cannot be known before is refused when it runs.
    let graph = three.graph("in").unwrap();
    let failure = Deep { graph }.run(&Orchestrator::new()).await.unwrap_err();
    assert!(failure.to_string().contains("4 levels"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_fails_fails_the_run_unless_errors_are_collected() {
    let hierarchy = || {
        let mut orchestrator = HierarchicalOrchestrator::new();
        orchestrator
            .add_node("bad", AgentChain::new().then(adds("a")).then(fails("b")))
            .unwrap()
            .add_node("after", chain("c"))
            .unwrap()
            .add_node("well", chain("d"))
            .unwrap()
            .add_dependency("after", "bad")
            .unwrap()
            .add_dependency("after", "well")
            .unwrap();
        orchestrator
    };
    let error = hierarchy().execute("in").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Hierarchical`: step `bad`: workflow `bad`: step `b` failed: b given \"in a\""
    );
    let results = hierarchy()
        .collect_errors(true)
        .execute("in")
        .await
        .unwrap();
    let told: Vec<_> = results
        .failures()
        .map(|(_, failure)| failure.to_string())
        .collect();
    assert_eq!(
        told,
        [
            "step `bad`: workflow `bad`: step `b` failed: b given \"in a\"",
            "step `after` failed: not run, because `bad` has failed, which it comes after",
        ]
    );
    assert_eq!(json(results.output("well")), r#""in d""#);
    assert!(results.get("bad").unwrap().tasks().is_none());
    let after = results.get("after").unwrap();
    let why = after.failure().unwrap();
    assert!(why.downcast_ref::<DependencyFailed>().is_some());
    assert!(after.result().is_err() && after.output().is_none());
}

#[tokio::test(start_paused = true)]
async fn nodes_have_settings() {
    let tasks = || {
        vec![
            AgentTask::new("bad", fails("bad"), ()),
            AgentTask::new("well", adds("w"), ()),
        ]
    };
    let links = AgentChain::new().then(fails("a")).then(adds("b"));
    let mut orchestrator = HierarchicalOrchestrator::new().collect_errors(true);
    orchestrator
        .add_node(
            "tasks",
            OrchestratorNode::ParallelBy(
                ParallelOrchestrator::new()
                    .named("not this")
                    .collect_errors(true),
                tasks(),
            ),
        )
        .unwrap()
        .add_node(
            "links",
            OrchestratorNode::SequentialBy(
                SequentialOrchestrator::new()
                    .stop_on_error(false)
                    .continue_on_failure(true),
                links.clone(),
            ),
        )
        .unwrap()
        .add_node(
            "nothing",
            OrchestratorNode::SequentialBy(
                SequentialOrchestrator::new().stop_on_error(false),
                links,
            ),
        )
        .unwrap()
        .add_node("strict", tasks())
        .unwrap();
    let results = orchestrator.execute("in").await.unwrap();
    assert_eq!(json(results.output("tasks")), r#"{"well":"in w"}"#);
    assert_eq!(json(results.output("links")), r#""in b""#);
    let inside = results.get("tasks").unwrap().tasks().unwrap();
    assert_eq!(inside.failures().count(), 1);
    // It has failed, and what became of its links is known all the same.
    let nothing = results.get("nothing").unwrap();
    assert_eq!(
        nothing.failure().unwrap().to_string(),
        "step `nothing` failed: no link of the chain has an output: step `a` failed: a given \"in\""
    );
    assert_eq!(nothing.tasks().unwrap().failures().count(), 2);
    assert!(results.get("strict").unwrap().failure().is_some());
}

#[tokio::test(start_paused = true)]
async fn what_has_completed_is_undone_when_a_later_node_fails() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let books = |name| undone(AgentTask::new(name, adds(name), ()), &log);
    let inner = nested(AgentChain::new().then_task(books("deep")));
    let hierarchy = |last: AgentChain| {
        let mut orchestrator = HierarchicalOrchestrator::new();
        orchestrator
            .add_node(
                "links",
                AgentChain::new()
                    .then_task(books("a"))
                    .then_task(books("b")),
            )
            .unwrap()
            .add_node("inner", inner.clone())
            .unwrap()
            .add_node("last", last)
            .unwrap()
            .add_dependency("inner", "links")
            .unwrap()
            .add_dependency("last", "inner")
            .unwrap();
        orchestrator
    };
    let well = AgentChain::new().then_with_transform(adds("c"), |_| "well".into());
    hierarchy(well).execute("in").await.unwrap();
    assert!(log.lock().unwrap().is_empty());

    let error = hierarchy(AgentChain::new().then(fails("c")))
        .execute("in")
        .await
        .unwrap_err();
    assert_eq!(*log.lock().unwrap(), ["in a b deep", "in a b", "in a"]);
    let OrchestrationError::Run(failure) = error else {
        panic!("the run must fail")
    };
    let undone: Vec<_> = failure
        .rollbacks()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        undone,
        [
            "step `deep` of workflow `inside` is undone",
            "step `b` of workflow `links` is undone",
            "step `a` of workflow `links` is undone",
        ]
    );

    // One node that fails undoes itself alone, where errors are collected.
    log.lock().unwrap().clear();
    let results = hierarchy(
        AgentChain::new()
            .then_task(books("x"))
            .then(fails("c"))
            .then(same("y")),
    )
    .collect_errors(true)
    .execute("in")
    .await
    .unwrap();
    assert_eq!(results.failures().count(), 1);
    assert!(log.lock().unwrap().is_empty(), "the input is no text");
    let mut alone = HierarchicalOrchestrator::new().collect_errors(true);
    alone
        .add_node(
            "bad",
            AgentChain::new().then_task(books("x")).then(fails("c")),
        )
        .unwrap()
        .add_node("well", AgentChain::new().then_task(books("z")))
        .unwrap();
    alone.execute("in").await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["in x"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_inside_a_node_is_a_failure_of_it() {
    let panics = agent_fn("panics", |_: AgentInput| async { panic!("oh no") });
    let mut orchestrator = HierarchicalOrchestrator::new().collect_errors(true);
    orchestrator
        .add_node("bad", AgentChain::new().then(panics))
        .unwrap()
        .add_node(
            "made",
            AgentChain::new().then_with_transform(adds("a"), |_| panic!("nor this")),
        )
        .unwrap()
        .add_node("well", chain("b"))
        .unwrap();
    let results = orchestrator.execute("in").await.unwrap();
    let told: Vec<_> = results
        .failures()
        .map(|(_, failure)| failure.to_string())
        .collect();
    assert_eq!(
        told,
        [
            "step `bad`: workflow `bad`: step `panics` panicked: oh no",
            "step `made`: workflow `made`: step `a` panicked: nor this",
        ]
    );
    assert_eq!(results.outputs().count(), 1);
}
