//! What `tracing` is told of a run.

#[path = "spans/collect.rs"]
#[allow(dead_code, reason = "the tests of outcomes look at more of it")]
mod collect;

use collect::{Collected, Made, collect, collect_beside};
use orchestrated::{Orchestrator, RunId, workflow};
use tracing_subscriber::filter::LevelFilter;

async fn turns(n: usize) {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
}

/// Tells before it waits, in between, and after.
async fn tells(step: &'static str, n: usize) -> usize {
    for turn in 0..n {
        tracing::info!(step, turn, "told");
        turns(1).await;
    }
    tracing::info!(step, turn = n, "told");
    n
}

workflow! {
    workflow Straight() -> RunId {
        tool fn first() -> usize { tells("first", 2).await }
        agent fn second(first) -> usize { tells("second", *first).await }
        fn third(second, cx) -> RunId { tracing::info!(step = "third", "told"); let _ = second; cx.run_id() }
        third
    }
    workflow Joined() -> usize {
        mcp fn left() -> usize { tells("left", 3).await }
        fn plain() -> usize { tracing::info!(step = "plain", "told"); 0 }
        tool fn right() -> usize { tells("right", 5).await }
        agent fn middle() -> usize { tells("middle", 1).await }
        left + right + middle + plain
    }
    workflow Skewed() -> usize {
        tool fn a() -> usize { tells("a", 3).await }
        tool fn b(a) -> usize { tells("b", *a).await }
        tool fn c() -> usize { tells("c", 1).await }
        fn d(c) -> usize { tracing::info!(step = "d", "told"); *c }
        tool fn e(d) -> usize { tells("e", 1 + *d).await }
        b + e
    }
    workflow Nested() -> usize {
        tool fn beside() -> usize { tells("beside", 4).await }
        flow joined = Joined {};
        tool fn launched(cx) -> usize { Skewed {}.run(cx).await.unwrap() + tells("launched", 1).await }
        beside + joined + launched
    }
}

fn span<'s>(spans: &'s [Made], label: &str) -> &'s Made {
    let mut found = spans
        .iter()
        .filter(|made| made.path.last().is_some_and(|last| last == label));
    let span = found
        .next()
        .unwrap_or_else(|| panic!("no span of `{label}`"));
    assert!(found.next().is_none(), "two spans of `{label}`");
    span
}

/// All spans are closed and left, and each event of a step is in the span of that step.
fn check(collected: &Collected) {
    for span in collected.spans() {
        assert!(
            span.closed && span.inside == 0 && (span.entered > 0 || span.name == "batch"),
            "{span:?}"
        );
    }
    let mut told = 0;
    for event in collected.events() {
        if event
            .fields
            .get("message")
            .is_some_and(|message| message == "told")
        {
            assert_eq!(event.path.last(), event.fields.get("step"), "{event:?}");
            told += 1;
        }
    }
    assert!(told > 0);
}

fn of(fields: &[&[(&'static str, &str)]]) -> Vec<(&'static str, String)> {
    let fields = fields.iter().flat_map(|fields| fields.iter());
    let mut fields: Vec<_> = fields
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    fields.sort_unstable();
    fields
}

#[tokio::test(start_paused = true)]
async fn a_run_and_each_of_its_batches_and_steps_have_a_span() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let id = Straight {}
        .run(&Orchestrator::new())
        .await
        .unwrap()
        .to_string();
    check(&collected);
    let spans = collected.spans();
    let run = span(&spans, "Straight");
    assert_eq!(run.name, "run");
    let (of_run, ended) = (
        [("run", &*id), ("workflow", "Straight")],
        [("duration", "0.0"), ("outcome", "ok")],
    );
    assert_eq!(run.shown(), of(&[&of_run, &ended]));
    for (step, kind, batch) in [
        ("first", "tool", "1"),
        ("second", "agent", "2"),
        ("third", "fn", "3"),
    ] {
        let made = span(&spans, step);
        let in_batch = format!("batch {batch}");
        assert_eq!(made.name, "step");
        assert_eq!(made.path, ["Straight", &in_batch, step]);
        let of_step = [("batch", batch), ("kind", kind), ("step", step)];
        assert_eq!(made.shown(), of(&[&of_run, &of_step, &ended]));
        let made = span(&spans, &in_batch);
        assert_eq!(made.name, "batch");
        let of_batch = [("batch", batch), ("steps", "1")];
        assert_eq!(made.shown(), of(&[&of_run, &of_batch, &ended]));
    }
    assert_eq!(spans.len(), 1 + 3 + 3);
}

#[tokio::test]
async fn steps_that_interleave_do_not_mix() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    Joined {}.run(&Orchestrator::new()).await.unwrap();
    Skewed {}.run(&Orchestrator::new()).await.unwrap();
    check(&collected);
    // Runs, batches and steps.
    assert_eq!(collected.spans().len(), (1 + 1 + 4) + (1 + 3 + 5));
}

#[tokio::test]
async fn runs_that_interleave_do_not_mix() {
    use tracing::Instrument as _;
    let (collected, _guard) = collect(LevelFilter::INFO);
    let o = Orchestrator::new();
    tokio::join!(
        async { Joined {}.run(&o).await.unwrap() }.instrument(tracing::info_span!("one")),
        async { Skewed {}.run(&o).await.unwrap() }.instrument(tracing::info_span!("two")),
        async {
            turns(2).await;
            Straight {}.run(&o).await.unwrap()
        },
    );
    check(&collected);
    let spans = collected.spans();
    assert_eq!(
        span(&spans, "left").path,
        ["one", "Joined", "batch 1", "left"]
    );
    assert_eq!(span(&spans, "e").path, ["two", "Skewed", "batch 3", "e"]);
    assert_eq!(
        span(&spans, "second").path,
        ["Straight", "batch 2", "second"]
    );
}

#[tokio::test]
async fn workflows_nest() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    Nested {}.run(&Orchestrator::new()).await.unwrap();
    check(&collected);
    let spans = collected.spans();
    assert_eq!(
        span(&spans, "left").path,
        ["Nested", "batch 1", "joined", "Joined", "batch 1", "left"]
    );
    assert_eq!(
        span(&spans, "e").path,
        ["Nested", "batch 1", "launched", "Skewed", "batch 3", "e"]
    );
    assert_eq!(span(&spans, "joined").fields["kind"], "flow");
}

workflow! {
    workflow Fails(panics: bool) -> Result<u32, String> {
        tool fn first() -> usize { tells("first", 1).await }
        mcp fn fails(first, panics) -> Result<u32, String> {
            turns(*first).await;
            assert!(!panics, "it panicked");
            Err("it failed".to_owned())
        }
        #[after(first)]
        tool fn waits() -> u32 { std::future::pending().await }
        Ok(fails + waits)
    }
    workflow FailsInside() -> Result<u32, String> {
        fn no() -> bool { false }
        flow fails = Fails { panics: no };
        Ok(fails)
    }
    workflow FailsLast() -> Result<u32, String> { Err("the last".to_owned()) }
}

/// The path of an event, and its fields.
type Failed = (Vec<String>, Vec<(&'static str, String)>);

fn failures(collected: &Collected) -> Vec<Failed> {
    let failed = collected
        .events()
        .into_iter()
        .filter(|event| event.level == tracing::Level::ERROR);
    failed
        .map(|event| (event.path, event.fields.into_iter().collect()))
        .collect()
}

fn fields<const N: usize>(of: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    of.map(|(name, value)| (name, value.to_owned())).to_vec()
}

#[tokio::test]
async fn a_failure_is_an_event_of_its_run() {
    let o = Orchestrator::new();
    for (panics, error) in [(false, "it failed"), (true, "panicked: it panicked")] {
        let (collected, _guard) = collect(LevelFilter::INFO);
        assert!(Fails { panics }.run(&o).await.is_err());
        check(&collected);
        let told = fields([
            ("batch", "2"),
            ("error", error),
            ("message", "run failed"),
            ("step", "fails"),
            ("workflow", "Fails"),
        ]);
        assert_eq!(failures(&collected), [(vec!["Fails".to_owned()], told)]);
    }

    let (collected, _guard) = collect(LevelFilter::INFO);
    assert!(FailsLast {}.run(&o).await.is_err());
    let told = fields([
        ("error", "the last"),
        ("message", "run failed"),
        ("workflow", "FailsLast"),
    ]);
    assert_eq!(failures(&collected), [(vec!["FailsLast".to_owned()], told)]);

    let (collected, _guard) = collect(LevelFilter::INFO);
    assert!(FailsInside {}.run(&o).await.is_err());
    check(&collected);
    let paths: Vec<_> = failures(&collected)
        .into_iter()
        .map(|(path, _)| path.join(" "))
        .collect();
    assert_eq!(paths, ["FailsInside batch 2 fails Fails", "FailsInside"]);
}

#[tokio::test]
async fn a_refusal_is_an_event_where_the_run_was_asked_for() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    assert!(AsksInAgent {}.run(&Orchestrator::new()).await.unwrap());
    let failed = failures(&collected);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, ["AsksInAgent", "batch 1", "asked"]);
    assert!(
        failed[0].1[0]
            .1
            .contains("a sub-agent cannot launch other sub-agents")
    );
}

workflow! {
    workflow AsksInAgent() -> bool {
        agent fn asked() -> bool { own_joined().await }
        asked
    }
}

async fn own_joined() -> bool {
    Joined {}.run(&Orchestrator::new()).await.is_err()
}

#[tokio::test]
async fn spans_close_with_the_run_and_not_with_its_future() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let o = Orchestrator::new();
    let mut run = std::pin::pin!(Straight {}.run(&o));
    run.as_mut().await.unwrap();
    check(&collected);
    let mut run = std::pin::pin!(Fails { panics: true }.run(&o));
    assert!(run.as_mut().await.is_err());
    check(&collected);
}

workflow! {
    /// Each later step looks at the spans of those before it.
    workflow Looks(collected: &Collected) -> usize {
        tool fn alone() -> usize { tells("alone", 1).await }
        tool fn left(alone) -> usize { tells("left", *alone).await }
        fn right(alone) -> usize { *alone }
        fn both(left, right, collected) -> usize { all_closed(collected, &["alone", "left", "right"]); left + right }
        tool fn apart(collected) -> usize { turns(9).await; all_closed(collected, &["alone", "left", "right", "both"]); 1 }
        fn last(both, apart, collected) -> usize { all_closed(collected, &["both", "apart"]); both + apart }
        last
    }
}

fn all_closed(collected: &Collected, steps: &[&str]) {
    let spans = collected.spans();
    for step in steps {
        assert!(
            span(&spans, step).closed,
            "the span of `{step}` is still open"
        );
    }
}

#[tokio::test]
async fn a_span_closes_with_its_step() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let looked = Looks {
        collected: &collected,
    };
    assert_eq!(looked.run(&Orchestrator::new()).await.unwrap(), 3);
    check(&collected);
}

#[tokio::test]
async fn a_run_that_is_dropped_closes_its_spans() {
    let (collected, _guard) = collect(LevelFilter::INFO);
    let o = Orchestrator::new();
    {
        let run = std::pin::pin!(Nested {}.run(&o));
        assert!(futures::poll!(run).is_pending());
    }
    check(&collected);
    Straight {}.run(&o).await.unwrap();
    assert_eq!(
        span(&collected.spans(), "third").path,
        ["Straight", "batch 3", "third"]
    );
}

#[tokio::test]
async fn who_wants_no_spans_of_runs_is_told_of_failures_where_they_are_run() {
    use tracing::Instrument as _;
    use tracing_subscriber::filter::Targets;
    let filter = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("orchestrated", LevelFilter::WARN);
    // Whether somebody else wants them or not.
    for others in [LevelFilter::OFF, LevelFilter::INFO] {
        let (collected, _guard) = collect_beside(filter.clone(), others);
        let failed = async { FailsLast {}.run(&Orchestrator::new()).await.is_err() };
        assert!(failed.instrument(tracing::info_span!("caller")).await);
        let failed = failures(&collected);
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].0, ["caller"]);
    }
}
