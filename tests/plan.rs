//! What a workflow says of itself before anything runs.

use orchestrated::{
    Failure, Orchestrator, Workflow,
    plan::{Kind, Plan, Step},
    workflow,
};

workflow! {
    workflow Review(diff: &str, limit: usize) -> Result<String, String> {
        mcp fn files(diff) -> Result<Vec<String>, String> { Ok(diff.lines().map(str::to_owned).collect()) }
        tool fn practices(limit) -> usize { *limit }
        agent fn review(files, practices) -> (words: String, score: usize) { (files.join(" "), *practices) }
        fn syntax(words) -> bool { !words.is_empty() }
        #[after(syntax)]
        tool fn stored(score) { let _ = score; }
        fn report(move words, syntax) -> String { format!("{words} {syntax}") }
        Ok(report)
    }
    workflow Outer(diff: &str, limit: usize) -> Result<String, String> {
        flow inner = Review { diff, limit };
        fn doubled(inner) -> String { inner.repeat(2) }
        Ok(doubled)
    }
    workflow Outermost(diff: &str, limit: usize) -> Result<String, String> {
        flow outer = Outer { diff, limit };
        Ok(outer)
    }
    #[schedule(batches)]
    workflow Chains(n: u32) -> u32 {
        fn a(n) -> u32 { *n }
        fn b(a) -> u32 { *a }
        fn c(n) -> u32 { *n }
        fn d(c) -> u32 { *c }
        b + d
    }
    workflow Empty() {}
}

fn names<'p>(steps: impl IntoIterator<Item = &'p Step>) -> Vec<&'p str> {
    steps.into_iter().map(Step::name).collect()
}

#[test]
fn the_plan_is_a_constant() {
    const PLAN: &Plan = Review::PLAN;
    const DEPTH: usize = Outermost::PLAN.depth();
    assert_eq!((PLAN.name(), DEPTH), ("Review", 3));
    assert_eq!(PLAN.inputs().collect::<Vec<_>>(), ["diff", "limit"]);
    let batches: Vec<_> = PLAN.batches().map(|batch| names(batch.steps())).collect();
    assert_eq!(
        batches,
        [
            &["files", "practices"][..],
            &["review"],
            &["syntax"],
            &["stored", "report"]
        ]
    );
    let kinds: Vec<_> = PLAN.steps().iter().map(Step::kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Mcp,
            Kind::Tool,
            Kind::Agent,
            Kind::Plain,
            Kind::Tool,
            Kind::Plain
        ]
    );
    let fallible: Vec<_> = PLAN.steps().iter().map(Step::is_fallible).collect();
    assert_eq!(fallible, [true, false, false, false, false, false]);
    let review = PLAN.step("review").unwrap();
    assert_eq!(review.inputs().collect::<Vec<_>>(), ["files", "practices"]);
    assert_eq!(review.outputs().collect::<Vec<_>>(), ["words", "score"]);
    assert_eq!((review.dependencies(), review.batch()), (&[0, 1][..], 1));
    assert_eq!(PLAN.step("stored").unwrap().dependencies(), [2, 3]);
    assert_eq!(PLAN.stages().count(), 4);
    assert_eq!(PLAN.critical_path().length, 4);
    assert!(std::ptr::eq(PLAN, <Review<'_> as Workflow>::PLAN));
}

#[test]
fn the_plan_of_a_flow_is_a_part_of_the_whole() {
    let inner = Outer::PLAN.step("inner").unwrap();
    assert_eq!(inner.kind(), Kind::Flow);
    assert_eq!(inner.flow().map(Plan::name), Some("Review"));
    let depths = [Empty::PLAN, Review::PLAN, Outer::PLAN, Outermost::PLAN].map(Plan::depth);
    assert_eq!(depths, [1, 1, 2, 3]);
    let agents =
        [Empty::PLAN, Chains::PLAN, Review::PLAN, Outermost::PLAN].map(Plan::launches_agents);
    assert_eq!(agents, [false, false, true, true]);
}

#[test]
fn the_plan_is_what_the_planner_makes_of_the_same_graph() {
    use orchestrated::plan::{Graph, Node};
    let graph = Graph::new(["n"])
        .with(Node::new("a", Kind::Plain).reads(["n"]).produces(["a"]))
        .with(Node::new("b", Kind::Plain).reads(["a"]).produces(["b"]))
        .with(Node::new("c", Kind::Plain).reads(["n"]).produces(["c"]))
        .with(Node::new("d", Kind::Plain).reads(["c"]).produces(["d"]));
    let plan = Plan::new("Chains", &graph).unwrap().with_strict_batches();
    assert_eq!(plan.to_string(), Chains::PLAN.to_string());
    assert_eq!(plan, *Chains::PLAN);
    assert_eq!(Empty::PLAN.steps().len() + Empty::PLAN.batch_count(), 0);
}

/// What is generic over workflows needs no more than the trait.
async fn planned<W: Workflow>(
    workflow: W,
    orchestrator: &Orchestrator,
) -> (usize, Result<W::Output, Failure<W::Error>>) {
    (W::PLAN.steps().len(), workflow.run(orchestrator).await)
}

#[tokio::test]
async fn a_function_is_generic_over_workflows() {
    let o = Orchestrator::new();
    let (steps, ran) = planned(
        Review {
            diff: "a\nb",
            limit: 1,
        },
        &o,
    )
    .await;
    assert_eq!((steps, &*ran.unwrap()), (6, "a b true"));
    let (steps, ran) = planned(
        Outermost {
            diff: "a",
            limit: 1,
        },
        &o,
    )
    .await;
    assert_eq!((steps, &*ran.unwrap()), (1, "a truea true"));
    let (steps, ran) = planned(Chains { n: 1 }, &o).await;
    assert_eq!((steps, ran.unwrap()), (4, 2));
}

#[test]
fn an_orchestrator_is_cheap_to_clone_and_share() {
    fn shared<T: Clone + Send + Sync + Unpin + std::fmt::Debug + 'static>(_: &T) {}
    let o = Orchestrator::new().deadline(std::time::Duration::from_secs(1));
    shared(&o);
    assert!(size_of::<Orchestrator>() <= 4 * size_of::<usize>());
    assert!(format!("{:?}", o.clone()).contains("1s"));
}
