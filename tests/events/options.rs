//! Steps with options: attempts, waits, what is remembered, left out or made good for.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use expect_test::expect;
use orchestrated::{AutoApprover, Decision, workflow};

use crate::lines::{lines, ms, observed};

workflow! {
    workflow Retried(tries: &AtomicU32) -> Result<u32, String> {
        #[idempotent]
        #[retry(3, backoff = 100ms)]
        #[timeout(50ms)]
        tool fn answer(tries) -> Result<u32, String> {
            match tries.fetch_add(1, Relaxed) {
                0 => Err("busy".to_owned()),
                1 => { ms(1000).await; Ok(0) }
                n => { ms(5).await; Ok(n) }
            }
        }
        Ok(answer)
    }

    workflow MadeGood() -> Result<u32, String> {
        #[fallback(Ok(1))]
        tool fn backed() -> Result<u32, String> { Err("no".to_owned()) }
        #[default(2)]
        tool fn defaulted() -> Result<u32, String> { panic!("oh") }
        #[optional]
        tool fn optional() -> Result<u32, String> { Err("nor this".to_owned()) }
        #[when(false)]
        tool fn skipped() -> u32 { 4 }
        fn sum(backed, defaulted, optional, skipped) -> u32 {
            backed + defaulted + optional.map_or(0, |n| *n) + skipped.map_or(0, |n| *n)
        }
        Ok(sum)
    }

    workflow Remembered(n: u32) -> u32 {
        #[idempotent]
        #[cache(capacity = 8)]
        tool fn square(n) -> u32 { ms(10).await; n * n }
        square
    }

    workflow Items(numbers: &[u32]) -> Result<Vec<u32>, String> {
        #[each(number in numbers, concurrency = 2)]
        #[retry(2, backoff = 0ms)]
        #[idempotent]
        tool fn doubled(numbers, cx) -> Result<u32, String> {
            ms(10).await;
            if *number == 3 && cx.attempt() == 1 { Err("odd".to_owned()) } else { Ok(number * 2) }
        }
        Ok(doubled)
    }

    workflow Asked() -> bool {
        human fn agreed() -> Decision { "well?" }
        agreed.is_approved()
    }

    workflow Uses() -> u32 {
        #[uses(gpu = 1)]
        tool fn one() -> u32 { ms(10).await; 1 }
        #[uses(gpu = 1)]
        tool fn two() -> u32 { ms(10).await; 2 }
        one + two
    }

    workflow Batched(numbers: &[u32]) -> Vec<u32> {
        #[each(number in numbers)]
        #[batch(size = 2, wait = 5ms)]
        tool fn doubled(numbers) -> Vec<u32> { ms(10).await; number.iter().map(|n| n * 2).collect() }
        doubled
    }
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_told_with_why_it_failed() {
    let (orchestrator, mut events) = observed();
    let tries = AtomicU32::new(0);
    assert_eq!(
        Retried { tries: &tries }.run(&orchestrator).await.unwrap(),
        2
    );
    expect![[r#"
        0    Retried starts
        0    Retried batch 1 starts
        0    Retried answer starts
        0    Retried answer attempt 1
        0    Retried answer attempt 1 fails: busy (error)
        0    Retried answer waits: retry in 100ms
        100  Retried answer attempt 2
        150  Retried answer attempt 2 fails: timed out after 50ms (timed_out)
        150  Retried answer waits: retry in 200ms
        350  Retried answer attempt 3
        355  Retried answer attempt 3 is done
        355  Retried answer finished
        355  Retried batch 1 ends
        355  Retried finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn what_makes_good_for_a_failure() {
    let (orchestrator, mut events) = observed();
    assert_eq!(MadeGood {}.run(&orchestrator).await.unwrap(), 3);
    expect![[r#"
        0    MadeGood starts
        0    MadeGood batch 1 starts
        0    MadeGood backed starts
        0    MadeGood backed attempt 1
        0    MadeGood backed attempt 1 fails: no (error)
        0    MadeGood backed attempt 2
        0    MadeGood backed attempt 2 is done
        0    MadeGood backed excused: no (error)
        0    MadeGood defaulted starts
        0    MadeGood defaulted attempt 1
        0    MadeGood defaulted attempt 1 fails: panicked: oh (panicked)
        0    MadeGood defaulted excused: panicked: oh (panicked)
        0    MadeGood optional starts
        0    MadeGood optional attempt 1
        0    MadeGood optional attempt 1 fails: nor this (error)
        0    MadeGood optional excused: nor this (error)
        0    MadeGood skipped starts
        0    MadeGood skipped skipped
        0    MadeGood batch 1 ends
        0    MadeGood batch 2 starts
        0    MadeGood sum starts
        0    MadeGood sum finished
        0    MadeGood batch 2 ends
        0    MadeGood finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn what_is_remembered_is_not_run() {
    let (orchestrator, mut events) = observed();
    Remembered { n: 3 }.run(&orchestrator).await.unwrap();
    Remembered { n: 3 }.run(&orchestrator).await.unwrap();
    // One computes, and the other waits for it.
    let both = tokio::join!(
        Remembered { n: 4 }.run(&orchestrator),
        Remembered { n: 4 }.run(&orchestrator)
    );
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 32);
    expect![[r#"
        0    Remembered starts
        0    Remembered batch 1 starts
        0    Remembered square starts
        0    Remembered square attempt 1
        10   Remembered square attempt 1 is done
        10   Remembered square finished
        10   Remembered batch 1 ends
        10   Remembered finished
        10   Remembered starts
        10   Remembered batch 1 starts
        10   Remembered square starts
        10   Remembered square cached
        10   Remembered batch 1 ends
        10   Remembered finished
        10   Remembered starts
        10   Remembered batch 1 starts
        10   Remembered square starts
        10   Remembered square attempt 1
        10   Remembered starts
        10   Remembered batch 1 starts
        10   Remembered square starts
        10   Remembered square waits: cache
        20   Remembered square attempt 1 is done
        20   Remembered square finished
        20   Remembered batch 1 ends
        20   Remembered finished
        20   Remembered square cached
        20   Remembered batch 1 ends
        20   Remembered finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn items_are_told_apart() {
    let (orchestrator, mut events) = observed();
    let doubled = Items {
        numbers: &[1, 2, 3],
    }
    .run(&orchestrator)
    .await;
    assert_eq!(doubled.unwrap(), [2, 4, 6]);
    expect![[r#"
        0    Items starts
        0    Items batch 1 starts
        0    Items doubled starts
        0    Items doubled[0] attempt 1
        0    Items doubled[1] attempt 1
        10   Items doubled[0] attempt 1 is done
        10   Items doubled[0] ends
        10   Items doubled 1/3
        10   Items doubled[1] attempt 1 is done
        10   Items doubled[1] ends
        10   Items doubled 2/3
        10   Items doubled[2] attempt 1
        20   Items doubled[2] attempt 1 fails: odd (error)
        20   Items doubled[2] attempt 2
        30   Items doubled[2] attempt 2 is done
        30   Items doubled[2] ends
        30   Items doubled 3/3
        30   Items doubled finished
        30   Items batch 1 ends
        30   Items finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn items_and_attempts_are_recorded_one_by_one() {
    let (orchestrator, _events) = observed();
    let items = Items {
        numbers: &[1, 2, 3],
    };
    items.run(&orchestrator).await.unwrap();
    MadeGood {}.run(&orchestrator).await.unwrap();
    let history = orchestrator.history();
    let took = history.steps().map(|step| {
        let name = step.name().rsplit('/').next().unwrap();
        let took = step.durations().iter().map(std::time::Duration::as_millis);
        format!("{name} {:?}", took.collect::<Vec<_>>())
    });
    // What fails at once says nothing, nor does what makes good for it.
    let took: Vec<String> = took.collect();
    assert_eq!(took, ["doubled [10, 10, 10]", "sum [0]"]);
}

#[tokio::test(start_paused = true)]
async fn people_and_resources_are_waited_for() {
    let (orchestrator, mut events) = observed();
    let orchestrator = orchestrator
        .approver(AutoApprover::approve())
        .resource("gpu", 1);
    assert!(Asked {}.run(&orchestrator).await.unwrap());
    assert_eq!(Uses {}.run(&orchestrator).await.unwrap(), 3);
    expect![[r#"
        0    Asked starts
        0    Asked batch 1 starts
        0    Asked agreed starts
        0    Asked agreed attempt 1
        0    Asked agreed waits: approval
        0    Asked agreed attempt 1 is done
        0    Asked agreed finished
        0    Asked batch 1 ends
        0    Asked finished
        0    Uses starts
        0    Uses batch 1 starts
        0    Uses one starts
        0    Uses one attempt 1
        0    Uses two starts
        0    Uses two waits: turn
        10   Uses one attempt 1 is done
        10   Uses one finished
        10   Uses two attempt 1
        20   Uses two attempt 1 is done
        20   Uses two finished
        20   Uses batch 1 ends
        20   Uses finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn calls_are_gathered() {
    let (orchestrator, mut events) = observed();
    let doubled = Batched {
        numbers: &[1, 2, 3],
    };
    assert_eq!(doubled.run(&orchestrator).await.unwrap(), [2, 4, 6]);
    expect![[r#"
        0    Batched starts
        0    Batched batch 1 starts
        0    Batched doubled starts
        0    Batched doubled[0] waits: batch
        0    Batched doubled[1] waits: batch
        0    Batched doubled[2] waits: batch
        0    Batched doubled[0] attempt 1
        5    Batched doubled[2] attempt 1
        10   Batched doubled[0] attempt 1 is done
        10   Batched doubled[0] ends
        10   Batched doubled 1/3
        10   Batched doubled[1] ends
        10   Batched doubled 2/3
        15   Batched doubled[2] attempt 1 is done
        15   Batched doubled[2] ends
        15   Batched doubled 3/3
        15   Batched doubled finished
        15   Batched batch 1 ends
        15   Batched finished
    "#]]
    .assert_eq(&lines(&mut events));
}
