//! A coordinator and its specialists.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    Orchestrator, Trace,
    dynamic::{
        AgentError, AgentInput, AgentOutput, Coordination, Coordinator, DependencyFailed,
        OrchestrationError, PlanErrors, Subtask, TaskPriority, TaskResults, agent_fn, async_trait,
    },
};
use serde_json::{Value, json};

use crate::{shouts, told};

/// Divides everything into these; makes an object of what comes of it.
struct Fixed(Mutex<Vec<Subtask>>);

fn fixed(subtasks: impl IntoIterator<Item = Subtask>) -> Coordinator {
    Coordinator::new(Fixed(Mutex::new(subtasks.into_iter().collect())))
}

#[async_trait]
impl Coordination for Fixed {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn synthesise(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        let outputs = results.outputs();
        let outputs = outputs.map(|(name, output)| (name.to_owned(), output.value().clone()));
        Ok(Value::Object(outputs.collect()).into())
    }
}

/// Says what it was given.
fn echo() -> impl orchestrated::dynamic::Agent {
    agent_fn("echo", |input: AgentInput| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok(input.into_value().into())
    })
    .capable_of(["echo"])
}

#[tokio::test(start_paused = true)]
async fn subtasks_go_to_who_is_capable_in_the_order_of_what_they_need() {
    let coordinator = fixed([
        Subtask::new("all", json!({ "style": "short" }))
            .needs(["echo"])
            .after(["b", "a"]),
        Subtask::new("a", "one").needs(["shout"]),
        Subtask::new("b", "two")
            .needs(["shout"])
            .with_priority(TaskPriority::High),
    ]);
    let trace = Trace::new();
    let began = tokio::time::Instant::now();
    let outcome = coordinator
        .with_agent(echo())
        .with_agent(shouts("ann", &["shout", "sing"]))
        .with_agent(shouts("bob", &["shout"]))
        .on(&Orchestrator::new().observer(trace.clone()))
        .execute(())
        .await
        .unwrap();
    assert_eq!(
        *outcome.output.value(),
        json!({
            "all": { "style": "short", "results": { "a": "ONE", "b": "TWO" } },
            "a": "ONE",
            "b": "TWO",
        })
    );
    let who: Vec<_> = outcome
        .assignments
        .iter()
        .map(|asked| asked.worker.name())
        .collect();
    assert_eq!(who, ["echo", "ann", "bob"]);
    assert_eq!(began.elapsed().as_millis(), 20);
    let runs = [
        "Coordinator: decompose, assign, work, synthesise",
        "within: Subtasks: all, a, b",
    ];
    assert_eq!(Vec::from_iter(told(&trace)), runs);
}

#[tokio::test(start_paused = true)]
async fn nobody_capable_says_what_was_asked_and_what_there_is() {
    let coordinator = fixed([
        Subtask::new("a", "one").needs(["shout"]),
        Subtask::new("b", ()).needs(["dance", "sing"]),
        Subtask::new("c", ()).needs(["fly"]),
    ]);
    let trace = Trace::new();
    let error = coordinator
        .with_agent(echo())
        .with_agent(shouts("ann", &["shout", "sing"]))
        .on(&Orchestrator::new().observer(trace.clone()))
        .execute(())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Coordinator`: step `assign` failed: no agent of `Coordinator` can do subtask `b`, which needs `dance`, `sing`, \
         subtask `c`, which needs `fly`; there are `echo` (`echo`), `ann` (`shout`, `sing`)"
    );
    assert_eq!(told(&trace).len(), 1, "nothing has started");
}

#[tokio::test(start_paused = true)]
async fn what_can_never_be_done_is_all_told_before_anything_starts() {
    let cases: [(&[Subtask], &[&str]); 3] = [
        (
            &[
                Subtask::new("a", ()).after(["b"]),
                Subtask::new("b", ()).after(["a"]),
                Subtask::new("copy", ()).after(["cpoy", "draft"]),
                Subtask::new("draft", ()),
            ],
            &["cycle", "cpoy"],
        ),
        (&[Subtask::new("", ())], &["empty"]),
        (
            &[Subtask::new("a", ()).with_retry(orchestrated::dynamic::Retries::new(2))],
            &["idempotent"],
        ),
    ];
    for (subtasks, said) in cases {
        let error = fixed(subtasks.to_vec())
            .with_agent(echo())
            .execute(())
            .await
            .unwrap_err();
        let failure = error.failure().unwrap();
        assert_eq!(failure.step(), Some("assign"));
        let errors: &PlanErrors = failure.error().unwrap().downcast_ref().unwrap();
        let text = errors.to_string();
        assert!(errors.len() >= said.len(), "{text}");
        for word in said {
            assert!(text.contains(word), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_input_keeps_its_own_results_by_another_name() {
    let subtasks = [
        Subtask::new("a", ()),
        Subtask::new("b", json!({ "results": 3 })).after(["a"]),
    ];
    let error = fixed(subtasks)
        .with_agent(echo())
        .execute(())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("subtask `b` has `results` of its own"),
        "{error}"
    );
    // What comes after nothing is given what is its own.
    let own = fixed([Subtask::new("b", json!({ "results": 3 }))]).with_agent(echo());
    let outcome = own.execute(()).await.unwrap();
    assert_eq!(outcome.output.value()["b"], json!({ "results": 3 }));
}

#[tokio::test(start_paused = true)]
async fn errors_are_collected_and_what_is_optional_is_missed() {
    let subtasks = || {
        [
            Subtask::new("bad", "fail").needs(["shout"]),
            Subtask::new("left out", ()).needs(["echo"]).after(["bad"]),
            Subtask::new("good", "one").needs(["shout"]),
        ]
    };
    let team = |coordinator: Coordinator| {
        coordinator
            .with_agent(echo())
            .with_agent(shouts("ann", &["shout"]))
    };
    let outcome = team(fixed(subtasks()))
        .collect_errors(true)
        .execute(())
        .await
        .unwrap();
    assert_eq!(*outcome.output.value(), json!({ "good": "ONE" }));
    let left_out = outcome
        .results
        .get("left out")
        .unwrap()
        .as_ref()
        .unwrap_err();
    assert!(left_out.downcast_ref::<DependencyFailed>().is_some());
    assert_eq!(outcome.assignments[1].took, None);

    let error = team(fixed(subtasks())).execute(()).await.unwrap_err();
    assert!(matches!(error, OrchestrationError::Run(_)), "{error}");

    let [bad, left_out, good] = subtasks();
    let optional = team(fixed([bad.optional(), left_out, good]));
    let outcome = optional.execute(()).await.unwrap();
    assert_eq!(outcome.output.value()["left out"], json!({ "results": {} }));
}

#[tokio::test(start_paused = true)]
async fn what_was_done_is_undone_when_another_subtask_fails_later() {
    let undone = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&undone);
    let undo = move |output: AgentOutput| {
        noted.lock().unwrap().push(output.into_value());
        async { Ok(()) }
    };
    let subtasks = [
        Subtask::new("a", "one")
            .needs(["echo"])
            .with_rollback(undo.clone()),
        Subtask::new("b", "two")
            .needs(["echo"])
            .after(["a"])
            .with_rollback(undo),
        Subtask::new("c", ()).after(["b"]).needs(["shout"]),
    ];
    let team = fixed(subtasks)
        .with_agent(echo())
        .with_agent(shouts("ann", &["shout"]));
    let error = team.execute(()).await.unwrap_err();
    assert_eq!(error.failure().unwrap().rollbacks().len(), 2);
    let two = json!({ "input": "two", "results": { "a": "one" } });
    assert_eq!(*undone.lock().unwrap(), [two, json!("one")]);
}

#[test]
fn what_a_model_has_written_is_read_and_nothing_else_is() {
    let read = serde_json::from_str::<Vec<Subtask>>;
    let subtasks =
        read(r#"[{ "name": "a", "input": { "n": 1 }, "after": ["b"], "priority": "high" }]"#);
    let subtasks = subtasks.unwrap();
    assert_eq!(subtasks[0].input().get::<u8>("n").unwrap(), 1);
    assert_eq!(subtasks[0].priority(), TaskPriority::High);
    let error = read(r#"[{ "name": "a", "depends_on": ["b"] }]"#).unwrap_err();
    assert!(
        error.to_string().contains("unknown field `depends_on`"),
        "{error}"
    );
    assert!(read(r#"[{ "input": 3 }]"#).is_err());
}
