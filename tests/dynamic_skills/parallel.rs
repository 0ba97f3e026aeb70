//! Skills side by side, and several instances of one.

use std::{sync::Arc, time::Duration};

use orchestrated::{
    Orchestrator, Trace,
    dynamic::{
        FirstSuccessful, OrchestrationError, ParallelSkills, Skill, SkillCall, SkillChain,
        SkillPlanError, SkillPool, SkillRegistry, skill_fn,
    },
};
use serde_json::{Value, json};

use super::{Count, skills, told};

#[tokio::test(start_paused = true)]
async fn skills_side_by_side_take_as_long_as_the_longest() {
    let skills = skills(&Count::default());
    let started = tokio::time::Instant::now();
    let calls = [("do", json!({ "a": 1 })), ("do", json!({ "b": [2] }))];
    let together = ParallelSkills::new(&skills).merged();
    let outcome = together.execute(calls.clone()).await.unwrap();
    assert_eq!(started.elapsed(), Duration::from_millis(10));
    assert_eq!(outcome.output().value(), &json!({ "a": 1, "b": [2] }));
    assert!((outcome.output().confidence() - 0.5).abs() < f64::EPSILON);
    assert_eq!(
        outcome.results().output("do 2").unwrap().value(),
        &json!({ "b": [2] })
    );
    let one = ParallelSkills::new(&skills).collected().with_concurrency(1);
    let outcome = one.execute(calls).await.unwrap();
    assert_eq!(started.elapsed(), Duration::from_millis(30));
    assert_eq!(outcome.output().value(), &json!([{ "a": 1 }, { "b": [2] }]));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_aggregated_is_an_error() {
    let skills = skills(&Count::default());
    let merged = ParallelSkills::new(&skills).merged();
    let error = |calls: &[Value]| {
        let calls: Vec<_> = calls.iter().map(|value| ("do", value.clone())).collect();
        let merged = merged.clone();
        async move { merged.execute(calls).await.unwrap_err().to_string() }
    };
    assert_eq!(
        error(&[json!({ "a": 1 }), json!({ "b": 1, "a": 2 })]).await,
        "the results could not be aggregated: `a` of `do 2` has another value in an output before it"
    );
    assert_eq!(
        error(&[json!("text")]).await,
        "the results could not be aggregated: the output of `do` is a text, and no object"
    );
    let panics = ParallelSkills::new(&skills).aggregated_by(|_| panic!("of mine"));
    let panicked = panics.execute([("do", 1)]).await.unwrap_err();
    assert_eq!(panicked.to_string(), "workflow `Skills` panicked: of mine");
    let all = ParallelSkills::new(&skills).collect_errors(true);
    assert_eq!(
        all.execute([("do", "fail")]).await.unwrap_err().to_string(),
        "no task has succeeded: step `do` failed: told to fail"
    );
    let nothing: [(&str, ()); 0] = [];
    assert_eq!(
        all.execute(nothing).await.unwrap().output().value(),
        &json!([])
    );
    assert_eq!(
        merged.execute(nothing).await.unwrap().output().value(),
        &json!({})
    );
}

#[tokio::test(start_paused = true)]
async fn the_output_is_made_within_the_run() {
    let skills = skills(&Count::default());
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let mut together = ParallelSkills::new(&skills).on(&orchestrator).merged();
    let error = together.execute([("do", "text")]).await.unwrap_err();
    assert!(matches!(error, OrchestrationError::Aggregate { .. }));
    let run = trace.last().unwrap();
    assert_eq!(run.outcome.map(|outcome| outcome.word()), Some("failed"));

    // The first that succeeds cancels the others, and failures before it are passed over.
    together.set_aggregator(FirstSuccessful);
    let outcome = together
        .with_concurrency(3)
        .execute(["fail", "fine", "hang", "late"].map(|input| ("do", input)))
        .await
        .unwrap();
    assert_eq!(outcome.output().to::<&str>().unwrap(), "fine");
    assert_eq!(
        told(outcome.steps()),
        [
            "step `do` (skill `do`): failed: step `do` failed: told to fail",
            "step `do 2` (skill `do`): succeeded",
            "step `do 3` (skill `do`): stopped",
            "step `do 4` (skill `do`): not run",
        ]
    );
    let run = trace.last().unwrap();
    assert_eq!(run.outcome.map(|outcome| outcome.word()), Some("finished"));
}

#[tokio::test(start_paused = true)]
async fn failures_are_collected_or_end_all() {
    let skills = skills(&Count::default());
    let calls = ["fine", "fail", "panic", "A"].map(|input| ("do", input));
    let first = ParallelSkills::new(&skills)
        .execute(calls)
        .await
        .unwrap_err();
    assert!(matches!(first, OrchestrationError::Run(_)), "{first}");
    let outcome = ParallelSkills::new(&skills)
        .collect_errors(true)
        .aggregated_by(|results| Ok(results.failures().count().into()))
        .execute(calls)
        .await
        .unwrap();
    assert_eq!(outcome.output().to::<usize>().unwrap(), 3);
    assert_eq!(
        told(outcome.steps()),
        [
            "step `do` (skill `do`): succeeded",
            "step `do 2` (skill `do`): failed: step `do 2` failed: told to fail",
            "step `do 3` (skill `do`): failed: step `do 3` panicked: told to panic",
            "step `do 4` (skill `do`): failed: step `do 4` failed: skill `do` cannot work with its input: it shouts",
        ]
    );
    let unknown = ParallelSkills::new(&skills)
        .execute([("dp", 1), ("sy", 2)])
        .await;
    let Err(OrchestrationError::Skills(errors)) = unknown else {
        panic!("nobody knows them")
    };
    assert!(
        errors
            .iter()
            .all(|error| matches!(error, SkillPlanError::UnknownSkill { .. }))
    );
    assert_eq!(errors.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_pool_gives_a_call_to_who_has_the_least_to_do() {
    let counts = [(); 3].map(|()| Count::default());
    let instances = counts.each_ref().map(|count| {
        let count = count.clone();
        skill_fn("instance", move |call: SkillCall| {
            count.one();
            async move {
                tokio::time::sleep(Duration::from_millis(call.input.to()?)).await;
                assert_ne!(call.input.to::<u64>()?, 7, "seven");
                Ok(().into())
            }
        })
    });
    let pool = Arc::new(SkillPool::new("sleep", instances));
    let skills = SkillRegistry::new().with(Arc::clone(&pool)).unwrap();
    // The second call keeps its instance busy: the later ones go to the others.
    let calls = [10, 1000, 10, 10, 10, 7].map(|time| ("sleep", time));
    let two = ParallelSkills::new(&skills)
        .collect_errors(true)
        .with_concurrency(3);
    two.execute(calls).await.unwrap();
    let mut counts = counts.map(|count| count.get());
    counts.sort_unstable();
    assert_eq!(counts[0], 1);
    assert_eq!(counts.iter().sum::<u32>(), 6);
    // A panic gives its place back, too.
    assert_eq!((pool.in_flight(), pool.loads()[1].in_flight), (0, 0));
    let handled: u64 = pool.loads().iter().map(|load| load.handled).sum();
    assert_eq!(handled, 6);
    let none: [Arc<dyn Skill>; 0] = [];
    let empty = SkillRegistry::new()
        .with(SkillPool::new("none", none))
        .unwrap();
    let error = SkillChain::new(&empty)
        .then("none")
        .execute(())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Chain`: step `none` failed: the pool has no instance of the skill"
    );
}
