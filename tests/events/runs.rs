//! Runs, batches and steps without options.

use expect_test::expect;
use orchestrated::{CancelToken, workflow};

use crate::lines::{lines, ms, observed};

workflow! {
    workflow Diamond() -> Result<u32, String> {
        tool fn top() -> u32 { ms(10).await; 1 }
        tool fn left(top) -> u32 { ms(20).await; top + 1 }
        tool fn right(top) -> Result<u32, String> { ms(30).await; Ok(top + 2) }
        fn bottom(left, right) -> u32 { left + right }
        Ok(bottom)
    }

    workflow Skewed(fails: bool) -> Result<u32, String> {
        tool fn first(cx) -> u32 { cx.progress(1, 2); ms(10).await; cx.progress(2, 2); 1 }
        tool fn slow() -> u32 { ms(100).await; 1 }
        tool fn second(first, fails) -> Result<u32, String> {
            ms(20).await;
            if *fails { Err(format!("no {first}\nat all")) } else { Ok(2) }
        }
        fn last(second, slow) -> u32 { second + slow }
        Ok(last)
    }

    workflow Panics() -> u32 {
        tool fn waits() -> u32 { ms(100).await; 1 }
        tool fn panics() -> u32 { ms(10).await; panic!("oh no") }
        waits + panics
    }

    workflow Outer() -> Result<u32, String> {
        flow inner = Diamond {};
        tool fn asks(inner, cx) -> Result<u32, String> {
            let again = Diamond {}.run(cx).await.map_err(|failure| failure.to_string())?;
            Ok(inner + again)
        }
        Ok(asks)
    }

    workflow Limited() -> Result<u32, String> {
        #[timeout(1s)]
        tool fn attempted() -> Result<u32, String> { ms(10).await; Ok(1) }
        #[idempotent]
        #[retry(2, backoff = 5ms)]
        tool fn whole(attempted, cx) -> Result<u32, String> {
            ms(10).await;
            if cx.attempt() == 1 { Err(format!("not {attempted}")) } else { Ok(2) }
        }
        #[default(3)]
        tool fn excused(whole) -> Result<u32, String> { ms(10).await; Err(format!("nor {whole}")) }
        Ok(excused)
    }

    workflow Forever() -> Result<u32, String> {
        #[timeout(1s)]
        tool fn waits() -> u32 { std::future::pending().await }
        Ok(waits)
    }

    workflow Last() -> Result<u32, String> {
        fn one() -> u32 { 1 }
        if one == 1 { Err("the end".to_owned()) } else { Ok(one) }
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_is_told_step_by_step() {
    let (orchestrator, mut events) = observed();
    assert_eq!(Diamond {}.run(&orchestrator).await.unwrap(), 5);
    expect![[r#"
        0    Diamond starts
        0    Diamond batch 1 starts
        0    Diamond top starts
        10   Diamond top finished
        10   Diamond batch 1 ends
        10   Diamond batch 2 starts
        10   Diamond left starts
        10   Diamond right starts
        30   Diamond left finished
        40   Diamond right finished
        40   Diamond batch 2 ends
        40   Diamond batch 3 starts
        40   Diamond bottom starts
        40   Diamond bottom finished
        40   Diamond batch 3 ends
        40   Diamond finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn batches_overlap_where_steps_do() {
    let (orchestrator, mut events) = observed();
    assert_eq!(Skewed { fails: false }.run(&orchestrator).await.unwrap(), 3);
    expect![[r#"
        0    Skewed starts
        0    Skewed batch 1 starts
        0    Skewed first starts
        0    Skewed first 1/2
        0    Skewed slow starts
        10   Skewed first 2/2
        10   Skewed first finished
        10   Skewed batch 2 starts
        10   Skewed second starts
        30   Skewed second finished
        30   Skewed batch 2 ends
        100  Skewed slow finished
        100  Skewed batch 1 ends
        100  Skewed batch 3 starts
        100  Skewed last starts
        100  Skewed last finished
        100  Skewed batch 3 ends
        100  Skewed finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_what_runs() {
    let (orchestrator, mut events) = observed();
    Skewed { fails: true }.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Skewed starts
        0    Skewed batch 1 starts
        0    Skewed first starts
        0    Skewed first 1/2
        0    Skewed slow starts
        10   Skewed first 2/2
        10   Skewed first finished
        10   Skewed batch 2 starts
        10   Skewed second starts
        30   Skewed second failed: no 1
        at all (error)
        30   Skewed batch 2 ends
        30   Skewed slow stopped
        30   Skewed batch 1 ends
        30   Skewed failed at second: no 1
        at all
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_told_of_its_step() {
    let (orchestrator, mut events) = observed();
    Panics {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Panics starts
        0    Panics batch 1 starts
        0    Panics waits starts
        0    Panics panics starts
        10   Panics panics failed: panicked: oh no (panicked)
        10   Panics waits stopped
        10   Panics batch 1 ends
        10   Panics failed at panics: panicked: oh no
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn runs_within_steps_say_so() {
    let (orchestrator, mut events) = observed();
    assert_eq!(Outer {}.run(&orchestrator).await.unwrap(), 10);
    expect![[r#"
        0    Outer starts
        0    Outer batch 1 starts
        0    Outer inner starts
        0    Outer inner attempt 1
        0    Diamond starts within Outer.inner
        0    Diamond batch 1 starts
        0    Diamond top starts
        10   Diamond top finished
        10   Diamond batch 1 ends
        10   Diamond batch 2 starts
        10   Diamond left starts
        10   Diamond right starts
        30   Diamond left finished
        40   Diamond right finished
        40   Diamond batch 2 ends
        40   Diamond batch 3 starts
        40   Diamond bottom starts
        40   Diamond bottom finished
        40   Diamond batch 3 ends
        40   Diamond finished
        40   Outer inner attempt 1 is done
        40   Outer inner finished
        40   Outer batch 1 ends
        40   Outer batch 2 starts
        40   Outer asks starts
        40   Diamond starts within Outer.asks
        40   Diamond batch 1 starts
        40   Diamond top starts
        50   Diamond top finished
        50   Diamond batch 1 ends
        50   Diamond batch 2 starts
        50   Diamond left starts
        50   Diamond right starts
        70   Diamond left finished
        80   Diamond right finished
        80   Diamond batch 2 ends
        80   Diamond batch 3 starts
        80   Diamond bottom starts
        80   Diamond bottom finished
        80   Diamond batch 3 ends
        80   Diamond finished
        80   Outer asks finished
        80   Outer batch 2 ends
        80   Outer finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn the_last_expression_fails_no_step() {
    let (orchestrator, mut events) = observed();
    Last {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Last starts
        0    Last batch 1 starts
        0    Last one starts
        0    Last one finished
        0    Last batch 1 ends
        0    Last failed: the end
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_is_told_of_too() {
    let (orchestrator, mut events) = observed();
    // Not polled, not started.
    drop(Diamond {}.run(&orchestrator));
    let ended = tokio::time::timeout(
        std::time::Duration::from_millis(15),
        Diamond {}.run(&orchestrator),
    );
    ended.await.unwrap_err();
    expect![[r#"
        0    Diamond starts
        0    Diamond batch 1 starts
        0    Diamond top starts
        10   Diamond top finished
        10   Diamond batch 1 ends
        10   Diamond batch 2 starts
        10   Diamond left starts
        10   Diamond right starts
        15   Diamond left stopped
        15   Diamond right stopped
        15   Diamond batch 2 ends
        15   Diamond dropped
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_or_too_late_or_refused() {
    let token = CancelToken::new();
    let (orchestrator, mut events) = observed();
    let cancelled = orchestrator.clone().cancel_on(&token);
    let (ended, ()) = tokio::join!(Diamond {}.run(&cancelled), async {
        ms(15).await;
        token.cancel();
    });
    ended.unwrap_err();
    let late = orchestrator
        .clone()
        .deadline(std::time::Duration::from_millis(20));
    Diamond {}.run(&late).await.unwrap_err();
    orchestrator.shutdown().await;
    Diamond {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Diamond starts
        0    Diamond batch 1 starts
        0    Diamond top starts
        10   Diamond top finished
        10   Diamond batch 1 ends
        10   Diamond batch 2 starts
        10   Diamond left starts
        10   Diamond right starts
        15   Diamond left stopped
        15   Diamond right stopped
        15   Diamond batch 2 ends
        15   Diamond cancelled: was cancelled
        15   Diamond starts
        15   Diamond batch 1 starts
        15   Diamond top starts
        25   Diamond top finished
        25   Diamond batch 1 ends
        25   Diamond batch 2 starts
        25   Diamond left starts
        25   Diamond right starts
        35   Diamond left stopped
        35   Diamond right stopped
        35   Diamond batch 2 ends
        35   Diamond timed_out: timed out after 20ms
        35   Diamond starts
        35   Diamond refused: was not started: its orchestrator has been shut down
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn steps_wait_for_their_turn() {
    let (orchestrator, mut events) = observed();
    let orchestrator = orchestrator.max_concurrency(1);
    assert_eq!(Diamond {}.run(&orchestrator).await.unwrap(), 5);
    expect![[r#"
        0    Diamond starts
        0    Diamond batch 1 starts
        0    Diamond top starts
        10   Diamond top finished
        10   Diamond batch 1 ends
        10   Diamond batch 2 starts
        10   Diamond left starts
        10   Diamond right waits: turn
        30   Diamond left finished
        30   Diamond right starts
        60   Diamond right finished
        60   Diamond batch 2 ends
        60   Diamond batch 3 starts
        60   Diamond bottom starts
        60   Diamond bottom finished
        60   Diamond batch 3 ends
        60   Diamond finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn what_is_observed_is_recorded() {
    let (orchestrator, _events) = observed();
    Diamond {}.run(&orchestrator).await.unwrap();
    let history = orchestrator.history();
    let took = history.steps().map(|step| {
        let name = step.name().rsplit('/').next().unwrap().to_owned();
        (name, step.durations()[0].as_millis())
    });
    let expected = [("bottom", 0), ("left", 20), ("right", 30), ("top", 10)];
    assert!(took.eq(expected.map(|(name, ms)| (name.to_owned(), ms))));
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_attempt_by_attempt_is_recorded_once() {
    let (orchestrator, _events) = observed();
    Limited {}.run(&orchestrator).await.unwrap();
    let history = orchestrator.history();
    let took = history.steps().map(|step| {
        let name = step.name().rsplit('/').next().unwrap().to_owned();
        let durations = step.durations().iter();
        (
            name,
            durations.map(std::time::Duration::as_millis).collect(),
        )
    });
    let expected: [(_, Vec<u128>); 2] = [("attempted", vec![10]), ("whole", vec![10])];
    assert!(took.eq(expected.map(|(name, ms)| (name.to_owned(), ms))));
}

#[test]
fn where_there_is_no_timer_the_attempt_says_so() {
    let (orchestrator, mut events) = observed();
    let run = Forever {}.run(&orchestrator);
    futures::executor::block_on(run).unwrap_err();
    let lines = lines(&mut events);
    let ended = lines.lines().find(|line| line.contains("attempt 1 fails"));
    let ended = ended.expect(&lines);
    assert!(
        ended.contains("timer") && ended.ends_with("(refused)"),
        "{lines}"
    );
}
