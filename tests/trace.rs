//! What a trace keeps of real runs, and what is made of it; in virtual time.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "this is how snapshots are updated"
)]

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use expect_test::expect;
use orchestrated::{
    Gantt, Orchestrator, RunOutcome, Trace, UndoOutcome, WorkflowStats, chrome, workflow,
};

workflow! {
    /// Fails twice, waits, and goes on.
    workflow Review(tries: &AtomicU32) -> Result<u32, String> {
        mcp fn files() -> u32 { ms(80).await; 1 }

        #[idempotent]
        #[retry(3, backoff = 100ms)]
        agent fn think(tries, files) -> Result<u32, String> {
            ms(200).await;
            if tries.fetch_add(1, Relaxed) < 2 { Err("busy".to_owned()) } else { Ok(*files) }
        }

        #[when(false)]
        tool fn lint(files) -> u32 { *files }

        fn verdict(think, lint) -> u32 { think + lint.copied().unwrap_or(0) }
        Ok(verdict)
    }

    workflow Release(pages: &[u64], tries: &AtomicU32, works: bool) -> Result<u32, String> {
        #[each(page in pages, concurrency = 4)]
        tool fn render(pages) -> u64 { ms(*page).await; *page }

        flow review = Review { tries };

        #[rollback(())]
        mcp fn upload(render, review) -> Result<u32, String> {
            ms(render.iter().sum::<u64>() / 10).await;
            Ok(*review)
        }

        tool fn switch(upload, works) -> Result<u32, String> {
            ms(50).await;
            if *works { Ok(*upload) } else { Err("no such host".to_owned()) }
        }

        agent fn announce(switch) -> u32 { ms(10).await; *switch }
        Ok(announce)
    }

    /// The one of the book.
    workflow Digest(pages: &[u64], tries: &AtomicU32) -> Result<usize, String> {
        #[each(page in pages, concurrency = 4)]
        mcp fn texts(pages) -> String { ms(*page).await; format!("page {page}") }

        mcp fn glossary() -> String { ms(150).await; "words".to_owned() }

        #[idempotent]
        #[retry(3, backoff = 100ms)]
        agent fn summary(texts, glossary, tries) -> Result<String, String> {
            ms(300).await;
            match tries.fetch_add(1, Relaxed) {
                0 => Err("the model is overloaded".to_owned()),
                _ => Ok(format!("{} {}", texts.len(), glossary.len())),
            }
        }

        tool fn spelling(summary) -> usize { ms(40).await; summary.len() }

        Ok(spelling)
    }

    workflow Two() -> u32 {
        tool fn one() -> u32 { ms(10).await; 1 }
        tool fn two() -> u32 { ms(10).await; 2 }
        one + two
    }
}

async fn ms(n: u64) {
    tokio::time::sleep(Duration::from_millis(n)).await;
}

/// The runs of a release.
async fn release(works: bool) -> Trace {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let release = Release {
        pages: &[100, 200, 300, 100, 200, 300, 100],
        tries: &AtomicU32::new(0),
        works,
    };
    assert_eq!(release.run(&orchestrator).await.is_ok(), works);
    trace
}

#[tokio::test(start_paused = true)]
async fn a_run_and_the_run_inside_it() {
    let trace = release(true).await;
    expect![[r#"
        Release  finished in 1.17s
                          0s              500ms            1s
                          ├───────────────┼────────────────┼─────
        render     tool   █████████████▎                           400ms  7 items
        review     flow   ████████████████████████████████▋        980ms  ◆ bottleneck
          files    mcp    ██▋                                       80ms
          think    agent     ▒▒▒▒▒▒×░░░▒▒▒▒▒▒×░░░░░░██████▋        900ms  ◆ bottleneck, 3 attempts
          lint     tool     ·                                             skipped
          verdict  fn                                     ▏           0s
        upload     mcp                                    ▐████    130ms
        switch     tool                                        █▋   50ms
        announce   agent                                        ▐   10ms
        █ works  ░ waits  ▒ fails  · did not run"#]]
    .assert_eq(
        &Gantt::of_runs(&trace.runs())
            .width(90)
            .color(false)
            .to_string(),
    );
    expect![[r#"
        Release: 1.17s, 2.1 times as fast as one after the other (2.47s)
          batch 1  render, review: 980ms at most (review), 690ms on average
          batch 2  upload: 130ms
          batch 3  switch: 50ms
          batch 4  announce: 10ms
          parallel: 2 of 5 steps (40%)
          critical path: review -> upload -> switch -> announce
          bottleneck: review, 980ms"#]]
    .assert_eq(&trace.last().unwrap().metrics().to_string());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_undone() {
    let trace = release(false).await;
    let run = trace.last().unwrap();
    let undone = run.steps[2].undone.as_ref().unwrap();
    assert_eq!(undone.outcome, UndoOutcome::Undone);
    expect![[r#"
        Release  failed at switch after 1.16s
                          0s              500ms            1s
                          ├───────────────┼────────────────┼─────
        render     tool   █████████████▍                           400ms  7 items
        review     flow   ████████████████████████████████▉        980ms  ◆ bottleneck
          files    mcp    ██▋                                       80ms
          think    agent     ▒▒▒▒▒▒×░░░▒▒▒▒▒▒×░░░░░░██████▉        900ms  ◆ bottleneck, 3 attempts
          lint     tool     ·                                             skipped
          verdict  fn                                     ▕           0s
        upload     mcp                                    ▕████▎↺  130ms  ↺ undone
        switch     tool                                        ▒×   50ms  failed
        × switch: no such host
        not reached: announce
        █ works  ░ waits  ▒ fails  · did not run  ↺ undone"#]]
    .assert_eq(
        &Gantt::of_runs(&trace.runs())
            .width(90)
            .color(false)
            .to_string(),
    );
    let stats = trace.metrics();
    assert_eq!(stats, WorkflowStats::of_runs(&trace.runs()));
    let [release, review] = &stats[..] else {
        panic!("two workflows: {stats:?}");
    };
    assert_eq!(release.outcomes.get("failed"), Some(&1));
    assert_eq!(
        (review.workflow.as_str(), review.runs),
        ("trace::Review", 1)
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_its_turn() {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new()
        .observer(trace.clone())
        .max_concurrency(1);
    Two {}.run(&orchestrator).await.unwrap();
    let metrics = trace.last().unwrap().metrics();
    let [one, two] = [0, 1].map(|step| trace.last().unwrap().steps[step].clone());
    assert_eq!(two.ready, one.ready);
    assert_eq!(metrics.sequential_time, Duration::from_millis(20));
    assert_eq!(metrics.total_duration, Duration::from_millis(20));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_has_an_end() {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let run = tokio::time::timeout(Duration::from_millis(5), Two {}.run(&orchestrator));
    assert!(run.await.is_err());
    let run = trace.last().unwrap();
    assert_eq!(run.outcome, Some(RunOutcome::Dropped));
    expect![[r#"
        Two  dropped after 5ms
                   0s          2ms         4ms
                   ├───────────┼───────────┼──────
        one  tool  ▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚  5ms  ◆ bottleneck, stopped
        two  tool  ▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚▚  5ms  stopped
        █ works  ▚ stopped"#]]
    .assert_eq(&Gantt::of(&run).width(70).color(false).to_string());
}

#[tokio::test(start_paused = true)]
async fn events_for_perfetto() {
    let trace = release(true).await;
    let json = chrome::trace_events(&trace.runs()).to_string();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let events = json["traceEvents"].as_array().unwrap();
    let spans = events.iter().filter(|event| event["ph"] == "X");
    let steps = spans.filter(|event| event["cat"] == "step");
    assert_eq!(steps.count(), 5 + 4);
}

#[tokio::test(start_paused = true)]
async fn the_book_shows_what_is_printed() {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    let digest = Digest {
        pages: &[80, 120, 90, 100, 110, 70],
        tries: &AtomicU32::new(0),
    };
    digest.run(&orchestrator).await.unwrap();
    let run = trace.last().unwrap();
    let book = include_str!("../docs/src/after_a_run.md");
    let chart = Gantt::of(&run).width(80).color(false).to_string();
    assert!(book.contains(&format!("```text\n{chart}\n```")), "{chart}");
    let metrics = run.metrics().to_string();
    assert!(
        book.contains(&format!("```text\n{metrics}\n```")),
        "{metrics}"
    );
}
