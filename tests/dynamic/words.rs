//! Names, values and plans as somebody writes them who means no good.

use std::time::Duration;

use orchestrated::{
    Orchestrator,
    dynamic::{
        AgentError, AgentInput, AgentOutput, AgentRegistry, AgentTask, AverageConfidence,
        MajorityVote, Operations, ParallelOrchestrator, PlanLimits, ResultAggregator as _,
        TaskGraph, TaskResults, agent_fn,
    },
};
use serde_json::json;

fn same(name: &'static str) -> impl orchestrated::dynamic::Agent + Clone + 'static {
    agent_fn(name, |input: AgentInput| async move { Ok(input.into()) })
}

#[tokio::test(start_paused = true)]
async fn names_of_any_kind() {
    let long = "long ".repeat(100_000);
    let names = [
        "Task",
        "task",
        "TASK",
        "täsk",
        "ta\u{308}sk",
        "задача",
        "任务",
        "🦀",
        "a\tb",
        "a\nb",
        "\u{1b}[31mred",
        "\u{202e}backwards",
        "nul\0",
        "../../etc/passwd",
        "a/b",
        "`quoted`",
        "with \"quotes\"",
        "%s{}",
        &long,
    ];
    let tasks = names.map(|name| AgentTask::new(name, same("same"), name));
    let (orchestrator, _events) = Orchestrator::new().events();
    for orchestrator in [Orchestrator::new(), orchestrator] {
        let graph = TaskGraph::new("Names", tasks.clone()).unwrap();
        let results = graph.run(&orchestrator).await.unwrap();
        for name in names {
            assert_eq!(results.output(name).unwrap().value(), name);
        }
    }
    // In order, and twice is twice.
    let error = TaskGraph::new("Names", [tasks[0].clone(), tasks[0].clone()]).unwrap_err();
    assert_eq!(error.iter().count(), 1);
}

/// A failure is one line, and controls no terminal, whatever the names are.
#[tokio::test(start_paused = true)]
async fn a_name_does_nothing_to_who_reads_of_it() {
    let fails = agent_fn("fails\u{1b}[2J\nand more", |_: AgentInput| async {
        Err(AgentError::msg("told to fail"))
    });
    let task = AgentTask::new("a\n\u{1b}[31mb", fails, ());
    let parallel = ParallelOrchestrator::new().named("Work\n\u{7}flow");
    let error = parallel.execute([task.clone()]).await.unwrap_err();
    let collects = parallel.clone().collect_errors(true);
    let results = collects.execute([task.clone()]).await.unwrap();
    let (_, failure) = results.failures().next().unwrap();
    let plan = parallel.plan([task]).unwrap().plan().to_string();
    let left_out = agent_fn("x", |_: AgentInput| async { Ok(().into()) });
    let tasks = [
        AgentTask::new("no\nthing", left_out, ())
            .after(["\r\u{9b}1m"])
            .with_fallback(same("x"), |failure| failure.to_string().into()),
        AgentTask::new(
            "\r\u{9b}1m",
            orchestrated::dynamic::Router::new("\u{7}"),
            (),
        )
        .needs(["\u{1b}]0;title\u{7}"]),
    ];
    let more = collects.execute(tasks).await.unwrap();
    let more = more.failures().map(|(_, failure)| failure.to_string());
    let mut texts = vec![error.to_string(), failure.to_string()];
    texts.extend(more);
    assert_eq!(texts.len(), 4);
    for text in texts {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    assert!(
        !plan.contains(|c: char| c.is_control() && c != '\n'),
        "{plan:?}"
    );
    assert_eq!(plan.lines().count(), 2, "{plan:?}");
}

/// What is known of an agent is known of it after it was saved, whatever its name is.
#[tokio::test(start_paused = true)]
async fn a_history_is_saved_and_loaded_with_any_name() {
    let today = Orchestrator::new();
    let sleeps = |name: &'static str| {
        agent_fn(name, |_: AgentInput| async {
            tokio::time::sleep(Duration::from_millis(7)).await;
            Ok(().into())
        })
    };
    let names = ["plain", "vendor/model", "a/b/c", "/", "crate::path"];
    let run = async |orchestrator: &Orchestrator| {
        let tasks = names.map(|name| {
            AgentTask::new(name, sleeps(name), ()).with_timeout(Duration::from_secs(1))
        });
        let parallel = ParallelOrchestrator::new().on(orchestrator);
        parallel.execute(tasks).await.unwrap();
    };
    run(&today).await;
    let tomorrow = Orchestrator::new();
    tomorrow.load_history(today.history());
    assert_eq!(tomorrow.history(), today.history());
    run(&tomorrow).await;
    let history = tomorrow.history();
    for name in names {
        let known = history.step(&format!("agents/{name}")).unwrap();
        assert_eq!(known.runs(), 2, "{name}");
    }
}

#[test]
fn a_confidence_is_between_0_and_1() {
    for (given, expected) in [
        (f64::NAN, 0.0),
        (-f64::NAN, 0.0),
        (f64::INFINITY, 1.0),
        (f64::NEG_INFINITY, 0.0),
        (-0.0, 0.0),
        (1e300, 1.0),
        (f64::MIN_POSITIVE, f64::MIN_POSITIVE),
    ] {
        let output = AgentOutput::new(1).with_confidence(given);
        assert_eq!(
            output,
            AgentOutput::new(1).with_confidence(expected),
            "{given}"
        );
        let written = serde_json::to_string(&output).unwrap();
        let read: AgentOutput = serde_json::from_str(&written).unwrap();
        assert_eq!(read, output, "{written}");
        let results: TaskResults = [("a", Ok(output))].into_iter().collect();
        assert!(AverageConfidence.aggregate(&results).unwrap().confidence() <= 1.0);
        assert!((MajorityVote.aggregate(&results).unwrap().confidence() - 1.0).abs() < 1e-9);
    }
    for written in [
        "{\"value\":1,\"confidence\":null}",
        "{\"value\":1,\"confidence\":\"1\"}",
    ] {
        assert!(serde_json::from_str::<AgentOutput>(written).is_err());
    }
    assert!(AgentOutput::of(&f64::NAN).is_ok_and(|output| output.value().is_null()));
}

fn registry() -> AgentRegistry {
    let reads = agent_fn("reader", |input: AgentInput| async move {
        match input.get::<bool>("fails") {
            Ok(true) => Err(AgentError::msg("told to fail")),
            _ => Ok(input.into()),
        }
    });
    AgentRegistry::new().with(reads)
}

#[track_caller]
fn refused(plan: &serde_json::Value, expected: &str) {
    let told = match Operations::from_json(&plan.to_string(), &PlanLimits::default()) {
        Err(errors) => errors.to_string(),
        Ok(operations) => {
            let input = AgentInput::default().with("secret", 1);
            match registry().assign(operations, input) {
                Err(errors) => errors.to_string(),
                Ok(graph) => panic!("{}", graph.plan()),
            }
        }
    };
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_plan_that_tries_to_get_out() {
    let op = |more: serde_json::Value| {
        let mut op = json!({ "id": "a", "kind": "agent", "agent": "reader" });
        let fields = more.as_object().unwrap().clone();
        op.as_object_mut().unwrap().extend(fields);
        json!([op])
    };
    refused(&op(json!({ "agent": "../reader" })), "../reader");
    refused(&op(json!({ "agent": "Reader" })), "reader");
    refused(&op(json!({ "agent": "reader\u{0}" })), "reader");
    refused(&op(json!({ "after": ["a"] })), "`a`");
    refused(&op(json!({ "inputs": ["a"] })), "`a`");
    refused(&op(json!({ "inputs": ["secret"] })), "secret");
    refused(&op(json!({ "kind": "human" })), "human");
    refused(&op(json!({ "kind": "flow" })), "flow");
    refused(&op(json!({ "kind": "root" })), "root");
    refused(&op(json!({ "kind": "plain" })), "plain");
    refused(&op(json!({ "sudo": true })), "sudo");
    refused(&op(json!({ "timeout": "1h" })), "timeout");
    let shadows = json!({
        "inputs": ["secret"],
        "operations": [{
            "id": "a", "kind": "agent", "agent": "reader",
            "inputs": ["secret"], "parameters": { "secret": 2 },
        }],
    });
    refused(&shadows, "secret");
}

/// Whatever an operation says that it is, it is what its agent is.
#[tokio::test(start_paused = true)]
async fn a_kind_that_is_a_lie_is_put_right() {
    for kind in ["fn", "tool", "mcp", "agent"] {
        let plan =
            json!([{ "id": "a", "kind": kind, "agent": "reader", "parameters": { "n": 1 } }]);
        let operations = Operations::from_json(&plan.to_string(), &PlanLimits::default()).unwrap();
        let graph = registry()
            .assign(operations, AgentInput::default())
            .unwrap();
        assert_eq!(
            graph.plan().steps()[0].kind(),
            orchestrated::plan::Kind::Agent
        );
        let results = graph.run(&Orchestrator::new()).await.unwrap();
        assert_eq!(*results.output("a").unwrap().value(), json!({ "n": 1 }));
    }
}
