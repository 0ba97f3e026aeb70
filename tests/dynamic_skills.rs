//! Skills: by name, in chains, side by side.

#![cfg(feature = "dynamic")]

#[path = "dynamic_skills/hostile.rs"]
mod hostile;
#[path = "dynamic_skills/parallel.rs"]
mod parallel;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use orchestrated::{
    Orchestrator, Reason,
    dynamic::{
        Agent as _, AgentError, AgentInput, AgentOutput, AgentTask, DynamicWorkflow, IntoAgent,
        OnFailure, OrchestrationError, OutputMapping, ParallelOrchestrator, RegisterError, Retries,
        Skill, SkillAgent, SkillCall, SkillChain, SkillEnd, SkillInputError, SkillRecord,
        SkillRegistry, SkillStep, TaskGraph, ValuePath, agent_fn, skill_fn,
    },
    plan::Kind,
    workflow,
};
use serde_json::{Value, json};

/// How often skills were executed.
#[derive(Clone, Default)]
struct Count(Arc<AtomicU32>);

impl Count {
    fn one(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Does what its input says; what is a text must not be empty, nor shout.
fn does(count: &Count) -> impl Skill + 'static {
    let count = count.clone();
    let validate = |input: &AgentInput| {
        let text = input.to::<&str>().unwrap_or("fine");
        let empty = text.is_empty().then_some("it is empty");
        let shouts = (text == text.to_uppercase()).then_some("it shouts");
        SkillInputError::unless_empty([empty, shouts].into_iter().flatten())
    };
    skill_fn("do", move |call: SkillCall| {
        let attempt = count.one();
        async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            match call.input.to::<&str>() {
                Ok("fail") => Err(AgentError::msg("told to fail")),
                Ok("third") if attempt < 3 => Err(AgentError::msg("not yet")),
                Ok("panic") => panic!("told to panic"),
                Ok("hang") => std::future::pending().await,
                _ => Ok(AgentOutput::new(call.input.into_value()).with_confidence(0.5)),
            }
        }
    })
    .validating(validate)
}

/// Says its parameters, whatever its input is.
fn says() -> impl Skill + 'static {
    skill_fn("say", |call: SkillCall| async move {
        Ok(call.parameters.into_value().into())
    })
    .idempotent()
}

fn skills(count: &Count) -> SkillRegistry {
    let skills = SkillRegistry::new().with(does(count)).unwrap();
    skills.with(says()).unwrap()
}

fn say(value: Value) -> SkillStep {
    SkillStep::new("say").with_parameters(value)
}

fn told(steps: &[SkillRecord]) -> Vec<String> {
    steps.iter().map(ToString::to_string).collect()
}

#[test]
fn a_name_stands_for_one_skill() {
    let named = |name: &str, says: &str| {
        skill_fn(name, |_| async { Ok(().into()) }).described(says.to_owned())
    };
    let mut skills = SkillRegistry::new();
    skills.register(named("search", "one")).unwrap();
    let before = skills.clone();
    let error = skills.register(named("search", "two")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a skill is already registered as `search`: `replace` takes its place on purpose"
    );
    assert_eq!(
        skills.register(named(" ", "none")).unwrap_err(),
        RegisterError::Unnamed
    );
    assert_eq!(skills.get("search").unwrap().description(), "one");
    let old = skills.replace(named("search", "two")).unwrap();
    assert_eq!(old.description(), "one");
    assert_eq!(skills.get("search").unwrap().description(), "two");
    assert!(skills.replace(named("read", "")).is_none());
    assert_eq!((skills.len(), before.len()), (2, 1));
    assert_eq!(before.get("search").unwrap().description(), "one");
    assert!(skills.iter().map(|(name, _)| name).eq(["read", "search"]));
    let unknown = skills.get("reed").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no skill is named `reed`; did you mean `read`? there are: `read`, `search`"
    );
    assert_eq!(
        SkillRegistry::new().get("x").unwrap_err().to_string(),
        "no skill is named `x`; none is registered"
    );
}

#[tokio::test(start_paused = true)]
async fn steps_hand_on_what_they_say() {
    let skills = skills(&Count::default());
    let found = json!({ "results": [{ "a/b": 1 }, { "a/b": 2 }], "of": "all" });
    let chain = SkillChain::new(&skills)
        .then(say(found).with_output(OutputMapping::object([
            ("first", ValuePath::output("/results/0/a~1b")),
            ("question", ValuePath::input("/question")),
            ("asked", ValuePath::input("")),
        ])))
        .then("do")
        .then(SkillStep::new("do").with_output(OutputMapping::path("/asked/question")));
    let outcome = chain.execute(json!({ "question": "why" })).await.unwrap();
    assert_eq!(outcome.output().to::<&str>().unwrap(), "why");
    assert!((outcome.output().confidence() - 0.5).abs() < f64::EPSILON);
    let SkillEnd::Succeeded { output } = &outcome.steps()[1].end else {
        panic!("it has succeeded")
    };
    assert_eq!(
        output.value(),
        &json!({ "first": 1, "question": "why", "asked": { "question": "why" } })
    );
    assert_eq!(
        told(outcome.steps()),
        [
            "step `say` (skill `say`): succeeded",
            "step `do` (skill `do`): succeeded",
            "step `do 2` (skill `do`): succeeded",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_path_at_which_nothing_stands_is_a_failure_that_names_it() {
    let skills = skills(&Count::default());
    let chain = |output| SkillChain::new(&skills).then(say(json!({ "a": 1 })).with_output(output));
    let error = chain(OutputMapping::path("/b"))
        .execute(())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Chain`: step `say` failed: nothing stands at `/b` of the output"
    );
    let names = OutputMapping::object([
        ("x", ValuePath::output("/a")),
        ("y", ValuePath::input("/c")),
    ]);
    let error = chain(names).execute(()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Chain`: step `say` failed: nothing stands at `/c` of the initial input"
    );
}

#[tokio::test(start_paused = true)]
async fn a_retry_asks_for_what_is_idempotent() {
    let count = Count::default();
    let skills = skills(&count);
    let retry = |step: SkillStep| step.on_failure(OnFailure::Retry(Retries::new(3)));
    let chain = SkillChain::new(&skills).then(retry(SkillStep::new("do")));
    let error = chain.execute("third").await.unwrap_err();
    assert!(matches!(error, OrchestrationError::Skills(_)));
    assert_eq!(
        error.to_string(),
        "`retry` on step `do`, but neither it nor skill `do` is declared idempotent: a second attempt may repeat its effects"
    );
    assert_eq!(count.get(), 0);
    let chain = SkillChain::new(&skills)
        .then(retry(SkillStep::new("do").idempotent()))
        .then(retry(say(json!(1))));
    let outcome = chain.execute("third").await.unwrap();
    assert_eq!(
        told(outcome.steps()),
        [
            "step `do` (skill `do`): succeeded after 3 attempts",
            "step `say` (skill `say`): succeeded",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_input_that_a_skill_cannot_work_with_is_not_tried_again() {
    let count = Count::default();
    let skills = skills(&count);
    let step = SkillStep::new("do").idempotent();
    let chain = SkillChain::new(&skills)
        .then(step.clone().on_failure(OnFailure::Retry(Retries::new(5))))
        .then("say");
    let record = chain.execute_recorded("").await;
    let Err(OrchestrationError::Run(failure)) = record.result else {
        panic!("it has failed")
    };
    let why = "workflow `Chain`: step `do` failed: skill `do` cannot work with its input: it is empty; it shouts";
    assert_eq!(failure.to_string(), why);
    assert_eq!((failure.attempts(), count.get()), (1, 0));
    let error = failure.error().unwrap().downcast_ref::<SkillInputError>();
    assert_eq!(error.unwrap().problems().len(), 2);
    assert_eq!(
        told(&record.steps),
        [
            format!("step `do` (skill `do`): failed: {why}"),
            "step `say` (skill `say`): not run".to_owned()
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_that_fails_is_skipped_however_it_fails() {
    let skills = skills(&Count::default());
    for (input, why) in [
        ("fail", "step `do` failed: told to fail"),
        ("panic", "step `do` panicked: told to panic"),
        ("hang", "step `do` timed out after 1s"),
        (
            "A",
            "step `do` failed: skill `do` cannot work with its input: it shouts",
        ),
        (
            "fine",
            "step `do` failed: nothing stands at `/a` of the output",
        ),
    ] {
        let step = SkillStep::new("do")
            .with_timeout(Duration::from_secs(1))
            .with_output(OutputMapping::path("/a"));
        let chain = SkillChain::new(&skills)
            .then(step.on_failure(OnFailure::skip("instead")))
            .then(SkillStep::new("do").named("again"));
        let outcome = chain.execute(input).await.unwrap();
        assert_eq!(outcome.output().to::<&str>().unwrap(), "instead");
        let SkillEnd::Skipped { failure } = &outcome.steps()[0].end else {
            panic!("{input} is skipped")
        };
        assert_eq!((failure.to_string().as_str(), failure.attempts()), (why, 1));
        assert!(outcome.steps()[1].is_success());
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_is_wrong_is_told_before_anything_runs() {
    let count = Count::default();
    let skills = skills(&count);
    let chain = SkillChain::new(&skills)
        .then("do")
        .then(SkillStep::new("doo").named("same"))
        .then(SkillStep::new("do").named("same"))
        .then(SkillStep::new("do").with_output(OutputMapping::path("a")))
        .then(SkillStep::new("do").with_output(OutputMapping::path("/a~2")))
        .then(SkillStep::new("do").named(""))
        .then(
            SkillStep::new("do")
                .named("r")
                .on_failure(OnFailure::Retry(Retries::new(2))),
        );
    let Err(OrchestrationError::Skills(errors)) = chain.execute(()).await else {
        panic!("it must not run")
    };
    assert_eq!(errors.len(), 6);
    expect_test::expect![[r"
        steps[2]: another step is already named `same`
        steps[5]: its name is empty
        steps[1]: no skill is named `doo`; did you mean `do`? there are: `do`, `say`
        steps[3].output: `a` is no path: it starts with `/`, or with `input:/`, and a `~` stands before `0` or `1`
        steps[4].output: `/a~2` is no path: it starts with `/`, or with `input:/`, and a `~` stands before `0` or `1`
        `retry` on step `r`, but neither it nor skill `do` is declared idempotent: a second attempt may repeat its effects"]]
    .assert_eq(&errors.to_string());
    assert_eq!(count.get(), 0);
    let empty = SkillChain::new(&skills).execute(()).await.unwrap_err();
    assert_eq!(empty.to_string(), "there are no steps");
}

#[tokio::test(start_paused = true)]
async fn names_are_made_where_there_are_none() {
    let skills = skills(&Count::default());
    let chain = SkillChain::new(&skills)
        .then("do")
        .then("do")
        .then(SkillStep::new("say").named("do 2"))
        .then("do");
    let graph = chain.plan("x").unwrap();
    let names: Vec<_> = graph.tasks().iter().map(AgentTask::name).collect();
    assert_eq!(names, ["do", "do 3", "do 2", "do 4"]);
    assert!(
        graph
            .plan()
            .steps()
            .iter()
            .all(|step| step.kind() == Kind::Tool)
    );
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_chain() {
    let skills = skills(&Count::default());
    let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
    // Nobody makes good for a run that stops.
    let chain = SkillChain::new(&skills)
        .on(&orchestrator)
        .named("Slow")
        .then(say(json!("hang")))
        .then(SkillStep::new("do").on_failure(OnFailure::skip(1)))
        .then("say");
    let record = chain.execute_recorded(()).await;
    let Err(OrchestrationError::Run(failure)) = record.result else {
        panic!("it takes too long")
    };
    assert!(matches!(failure.reason(), Reason::TimedOut(_)), "{failure}");
    assert_eq!(
        told(&record.steps),
        [
            "step `say` (skill `say`): succeeded",
            "step `do` (skill `do`): stopped",
            "step `say 2` (skill `say`): not run",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_skill_serves_as_an_agent() {
    let skills = skills(&Count::default());
    let agent = SkillAgent::new(skills.get("say").unwrap()).with_parameters(json!("hi"));
    assert_eq!((agent.name(), agent.kind()), ("say", Kind::Tool));
    assert!(agent.can_handle(
        &AgentTask::new("t", agent_fn("a", |_| async { Ok(().into()) }), ()).needs(["say"])
    ));
    let tasks = [
        AgentTask::new("hi", agent, ()),
        AgentTask::new("do", skills.get("do").unwrap(), "it"),
        AgentTask::new("invalid", skills.get("do").unwrap().into_agent(), ""),
    ];
    let results = ParallelOrchestrator::new()
        .collect_errors(true)
        .execute(tasks)
        .await
        .unwrap();
    assert_eq!(results.output("hi").unwrap().to::<&str>().unwrap(), "hi");
    assert_eq!(results.output("do").unwrap().to::<&str>().unwrap(), "it");
    assert!(results.output("invalid").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_skill_launches_no_agents() {
    let outer = skill_fn("outer", |_| async {
        let agent = agent_fn("inner", |_| async { Ok(().into()) });
        let inner = ParallelOrchestrator::new()
            .execute([AgentTask::new("inner", agent, ())])
            .await;
        let Err(OrchestrationError::Run(failure)) = inner else {
            panic!("it must not run")
        };
        Ok(matches!(failure.reason(), Reason::NestedAgent).into())
    });
    let skills = SkillRegistry::new().with(outer).unwrap();
    let outcome = SkillChain::new(&skills)
        .then("outer")
        .execute(())
        .await
        .unwrap();
    assert!(outcome.output().to::<bool>().unwrap());
}

workflow! {
    /// Its chain is decided by its first step.
    workflow Chained(skills: SkillRegistry, wanted: Vec<&'static str>) -> Result<String, AgentError> {
        fn graph(skills, wanted) -> Result<TaskGraph, OrchestrationError> {
            let steps = wanted.iter().copied();
            steps.fold(SkillChain::new(skills), SkillChain::then).plan("begin")
        }

        flow ran = DynamicWorkflow { graph: move graph };

        Ok(ran.outputs().map(|(name, _)| name).collect::<Vec<_>>().join(", "))
    }
}

#[tokio::test(start_paused = true)]
async fn a_chain_is_part_of_workflows_and_of_other_graphs() {
    let skills = skills(&Count::default());
    let chained = Chained {
        skills: skills.clone(),
        wanted: vec!["do", "say"],
    };
    assert_eq!(chained.run(&Orchestrator::new()).await.unwrap(), "do, say");

    let chain = SkillChain::new(&skills)
        .named("Inner")
        .then("do")
        .then("do");
    let task = chain.clone().into_task("inner", "x").unwrap();
    assert!(chain.then("nobody").into_task("never", ()).is_err());
    let fails = SkillChain::new(&skills)
        .then("do")
        .into_task("fails", "fail")
        .unwrap();
    let all = ParallelOrchestrator::new().collect_errors(true);
    let results = all.execute([task, fails]).await.unwrap();
    assert_eq!(results.output("inner").unwrap().to::<&str>().unwrap(), "x");
    let failure = results.get("fails").unwrap().as_ref().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "step `fails`: workflow `Chain`: step `do` failed: told to fail"
    );
}
