//! Options together, and how steps end that have them.

use std::{
    future::pending,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use expect_test::expect;
use orchestrated::{Approver, ApproverGone, AutoApprover, Decision, Request, Trace, workflow};

use crate::lines::{lines, ms, observed};

workflow! {
    workflow Rounds(tries: &AtomicU32) -> Result<u32, String> {
        #[idempotent]
        #[repeat(max = 3, until = *count >= 3)]
        #[retry(2, backoff = 10ms)]
        tool fn count(tries) -> Result<u32, String> {
            ms(1).await;
            let n = tries.fetch_add(1, Relaxed);
            if n == 1 { Err("busy".to_owned()) } else { Ok(n) }
        }
        Ok(count)
    }

    workflow Unmet() -> Result<u32, String> {
        #[idempotent]
        #[repeat(max = 2, until = false)]
        tool fn count() -> Result<u32, String> { ms(1).await; Ok(1) }
        Ok(count)
    }

    workflow CachedItems(numbers: &[u32]) -> Vec<u32> {
        #[idempotent]
        #[each(number in numbers)]
        #[cache]
        tool fn squares(numbers) -> u32 { ms(u64::from(*number)).await; number * number }
        tool fn slow(squares) -> usize { ms(5).await; squares.len() }
        { let _ = slow; squares }
    }

    workflow CriticalItems(numbers: &[u32]) -> Result<Vec<u32>, String> {
        #[critical]
        #[irreversible = "it is sent"]
        #[each(number in numbers)]
        tool fn sent(numbers) -> Result<u32, String> { ms(u64::from(*number)).await; Ok(*number) }
        Ok(sent)
    }

    workflow Breaks() -> Result<u32, String> {
        #[breaker(failures = 1, cooldown = 1s)]
        #[fallback(Err(format!("nor this: {error}")))]
        #[fallback(Err("nor that".to_owned()))]
        tool fn call() -> Result<u32, String> { ms(1).await; Err("down".to_owned()) }
        Ok(call)
    }

    workflow TooFew() -> Result<u32, String> {
        #[optional]
        tool fn one() -> Result<u32, String> { Err("one".to_owned()) }
        #[optional]
        tool fn two() -> Result<u32, String> { ms(1).await; Ok(2) }
        #[quorum(2)]
        fn sum(one, two) -> u32 { one.map_or(0, |n| *n) + two.map_or(0, |n| *n) }
        Ok(sum)
    }

    workflow OptionalItems(numbers: &[u32]) -> Vec<u32> {
        #[each(number in numbers)]
        #[when(numbers.len() > 1)]
        #[optional]
        tool fn halves(numbers, cx) -> Result<u32, String> {
            // How many items are done is told in its place.
            cx.progress(1, 9);
            ms(1).await;
            if number % 2 == 0 { Ok(number / 2) } else { Err("odd".to_owned()) }
        }
        halves.unwrap_or_default().into_iter().map(|half| half.unwrap_or_default()).collect()
    }

    workflow Asks() -> Result<u32, String> {
        #[timeout(10ms)]
        #[fallback(Decision::Approved)]
        human fn late() -> Decision { ms(2).await; "well?" }
        human fn never(late) { let _ = late; "and?" }
        Ok(1)
    }

    workflow Turns() -> Result<u32, String> {
        tool fn fails() -> Result<u32, String> { ms(10).await; Err("no".to_owned()) }
        tool fn waits() -> u32 { ms(10).await; 1 }
        #[timeout(1s)]
        tool fn waits_too() -> u32 { ms(10).await; 1 }
        Ok(fails + waits + waits_too)
    }

    workflow Nothing() -> u32 { 3 }

    workflow LastPanics() -> u32 { tool fn one() -> u32 { ms(1).await; 1 } if one == 1 { panic!("at the end") } else { one } }
}

/// Answers the first question late, and then is gone.
#[derive(Debug)]
struct Late;

impl Approver for Late {
    fn ask(&self, request: Request) -> orchestrated::Answer<'_> {
        Box::pin(async move {
            if request.step == "late" {
                pending::<()>().await;
            }
            Err(ApproverGone::new())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn rounds_count_their_attempts_anew() {
    let (orchestrator, mut events) = observed();
    let tries = AtomicU32::new(0);
    let rounds = Rounds { tries: &tries }.run(&orchestrator);
    assert_eq!(rounds.await.unwrap(), 3);
    Unmet {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Rounds starts
        0    Rounds batch 1 starts
        0    Rounds count starts
        0    Rounds count attempt 1
        1    Rounds count attempt 1 is done
        1    Rounds count attempt 1
        2    Rounds count attempt 1 fails: busy (error)
        2    Rounds count waits: retry in 10ms
        12   Rounds count attempt 2
        13   Rounds count attempt 2 is done
        13   Rounds count attempt 1
        14   Rounds count attempt 1 is done
        14   Rounds count finished
        14   Rounds batch 1 ends
        14   Rounds finished
        14   Unmet starts
        14   Unmet batch 1 starts
        14   Unmet count starts
        14   Unmet count attempt 1
        15   Unmet count attempt 1 is done
        15   Unmet count attempt 1
        16   Unmet count attempt 1 is done
        16   Unmet count failed: did not meet its condition in 2 rounds (unsatisfied)
        16   Unmet batch 1 ends
        16   Unmet failed at count: did not meet its condition in 2 rounds
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn an_item_waits_no_longer_than_it_does() {
    let (orchestrator, mut events) = observed();
    let trace = Trace::new();
    let orchestrator = orchestrator.observer(trace.clone());
    let both = tokio::join!(
        CachedItems { numbers: &[4, 8] }.run(&orchestrator),
        CachedItems { numbers: &[8, 20] }.run(&orchestrator)
    );
    assert_eq!(both.0.unwrap().len() + both.1.unwrap().len(), 4);
    expect![[r#"
        0    CachedItems starts
        0    CachedItems batch 1 starts
        0    CachedItems squares starts
        0    CachedItems squares[0] attempt 1
        0    CachedItems squares[1] attempt 1
        0    CachedItems starts
        0    CachedItems batch 1 starts
        0    CachedItems squares starts
        0    CachedItems squares[0] waits: cache
        0    CachedItems squares[1] attempt 1
        4    CachedItems squares[0] attempt 1 is done
        4    CachedItems squares[0] ends
        4    CachedItems squares 1/2
        8    CachedItems squares[1] attempt 1 is done
        8    CachedItems squares[1] ends
        8    CachedItems squares 2/2
        8    CachedItems squares finished
        8    CachedItems batch 1 ends
        8    CachedItems batch 2 starts
        8    CachedItems slow starts
        8    CachedItems squares[0] ends
        8    CachedItems squares 1/2
        13   CachedItems slow finished
        13   CachedItems batch 2 ends
        13   CachedItems finished
        20   CachedItems squares[1] attempt 1 is done
        20   CachedItems squares[1] ends
        20   CachedItems squares 2/2
        20   CachedItems squares finished
        20   CachedItems batch 1 ends
        20   CachedItems batch 2 starts
        20   CachedItems slow starts
        25   CachedItems slow finished
        25   CachedItems batch 2 ends
        25   CachedItems finished
    "#]]
    .assert_eq(&lines(&mut events));
    expect![[r#"
        Some(0) cache 0..Some(8)
    "#]]
    .assert_eq(&waits(&trace));
}

#[tokio::test(start_paused = true)]
async fn a_step_of_items_is_approved_as_a_whole() {
    let (orchestrator, mut events) = observed();
    let trace = Trace::new();
    let orchestrator = orchestrator.observer(trace.clone());
    let critical = CriticalItems { numbers: &[4, 8] };
    let approved = orchestrator.clone().approver(AutoApprover::approve());
    critical.run(&approved).await.unwrap();
    let critical = CriticalItems { numbers: &[4, 8] };
    let rejected = orchestrator.clone().approver(AutoApprover::reject("never"));
    critical.run(&rejected).await.unwrap_err();
    expect![[r#"
        0    CriticalItems starts
        0    CriticalItems batch 1 starts
        0    CriticalItems sent starts
        0    CriticalItems sent waits: approval
        0    CriticalItems sent[0] attempt 1
        0    CriticalItems sent[1] attempt 1
        4    CriticalItems sent[0] attempt 1 is done
        4    CriticalItems sent[0] ends
        4    CriticalItems sent 1/2
        8    CriticalItems sent[1] attempt 1 is done
        8    CriticalItems sent[1] ends
        8    CriticalItems sent 2/2
        8    CriticalItems sent finished
        8    CriticalItems batch 1 ends
        8    CriticalItems finished
        8    CriticalItems starts
        8    CriticalItems batch 1 starts
        8    CriticalItems sent starts
        8    CriticalItems sent waits: approval
        8    CriticalItems sent failed: was rejected: never (rejected)
        8    CriticalItems batch 1 ends
        8    CriticalItems failed at sent: was rejected: never
    "#]]
    .assert_eq(&lines(&mut events));
    expect![[r#"
        None approval 0..Some(0)
        None approval 8..Some(8)
    "#]]
    .assert_eq(&waits(&trace));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_make_good_for_a_failure() {
    let (orchestrator, mut events) = observed();
    Breaks {}.run(&orchestrator).await.unwrap_err();
    // Its breaker is open.
    Breaks {}.run(&orchestrator).await.unwrap_err();
    TooFew {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Breaks starts
        0    Breaks batch 1 starts
        0    Breaks call starts
        0    Breaks call attempt 1
        1    Breaks call attempt 1 fails: down (error)
        1    Breaks call attempt 2
        1    Breaks call attempt 2 fails: nor this: step `call` failed: down (error)
        1    Breaks call attempt 3
        1    Breaks call attempt 3 fails: nor that (error)
        1    Breaks call failed: nor that (error)
        1    Breaks batch 1 ends
        1    Breaks failed at call: nor that
        1    Breaks starts
        1    Breaks batch 1 starts
        1    Breaks call starts
        1    Breaks call failed: was not tried: its breaker is open for another 1s (breaker_open)
        1    Breaks batch 1 ends
        1    Breaks failed at call: was not tried: its breaker is open for another 1s
        1    TooFew starts
        1    TooFew batch 1 starts
        1    TooFew one starts
        1    TooFew one attempt 1
        1    TooFew one attempt 1 fails: one (error)
        1    TooFew one excused: one (error)
        1    TooFew two starts
        1    TooFew two attempt 1
        2    TooFew two attempt 1 is done
        2    TooFew two finished
        2    TooFew batch 1 ends
        2    TooFew batch 2 starts
        2    TooFew sum starts
        2    TooFew sum failed: has no quorum: 1 of its optional inputs succeeded, and it needs 2 (quorum)
        2    TooFew batch 2 ends
        2    TooFew failed at sum: has no quorum: 1 of its optional inputs succeeded, and it needs 2
    "#]].assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn items_that_are_optional_or_left_out() {
    let (orchestrator, mut events) = observed();
    let halves = OptionalItems { numbers: &[4, 5] }.run(&orchestrator);
    assert_eq!(halves.await.unwrap(), [2, 0]);
    let halves = OptionalItems { numbers: &[4] }.run(&orchestrator);
    assert_eq!(halves.await.unwrap().len(), 0);
    expect![[r#"
        0    OptionalItems starts
        0    OptionalItems batch 1 starts
        0    OptionalItems halves starts
        0    OptionalItems halves[0] attempt 1
        0    OptionalItems halves[1] attempt 1
        1    OptionalItems halves[0] attempt 1 is done
        1    OptionalItems halves[0] ends
        1    OptionalItems halves 1/2
        1    OptionalItems halves[1] attempt 1 fails: odd (error)
        1    OptionalItems halves[1] ends
        1    OptionalItems halves 2/2
        1    OptionalItems halves finished
        1    OptionalItems batch 1 ends
        1    OptionalItems finished
        1    OptionalItems starts
        1    OptionalItems batch 1 starts
        1    OptionalItems halves starts
        1    OptionalItems halves skipped
        1    OptionalItems batch 1 ends
        1    OptionalItems finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn people_who_are_late_or_not_there() {
    let (orchestrator, mut events) = observed();
    let asked = orchestrator.clone().approver(Late);
    Asks {}.run(&asked).await.unwrap_err();
    expect![[r#"
        0    Asks starts
        0    Asks batch 1 starts
        0    Asks late starts
        0    Asks late attempt 1
        2    Asks late waits: approval
        10   Asks late attempt 1 fails: timed out after 10ms (timed_out)
        10   Asks late attempt 2
        10   Asks late attempt 2 is done
        10   Asks late excused: timed out after 10ms (timed_out)
        10   Asks batch 1 ends
        10   Asks batch 2 starts
        10   Asks never starts
        10   Asks never attempt 1
        10   Asks never waits: approval
        10   Asks never attempt 1 fails: got no decision: the approver is gone (no_approver)
        10   Asks never failed: got no decision: the approver is gone (no_approver)
        10   Asks batch 2 ends
        10   Asks failed at never: got no decision: the approver is gone
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn steps_that_wait_when_their_run_fails() {
    let (orchestrator, mut events) = observed();
    let one = orchestrator.clone().max_concurrency(1);
    Turns {}.run(&one).await.unwrap_err();
    expect![[r#"
        0    Turns starts
        0    Turns batch 1 starts
        0    Turns fails starts
        0    Turns waits waits: turn
        0    Turns waits_too starts
        0    Turns waits_too waits: turn
        10   Turns fails failed: no (error)
        10   Turns waits stopped
        10   Turns waits_too stopped
        10   Turns batch 1 ends
        10   Turns failed at fails: no
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn runs_without_steps_and_runs_that_fail_at_none() {
    let (orchestrator, mut events) = observed();
    assert_eq!(Nothing {}.run(&orchestrator).await.unwrap(), 3);
    LastPanics {}.run(&orchestrator).await.unwrap_err();
    expect![[r#"
        0    Nothing starts
        0    Nothing finished
        0    LastPanics starts
        0    LastPanics batch 1 starts
        0    LastPanics one starts
        1    LastPanics one finished
        1    LastPanics batch 1 ends
        1    LastPanics failed: panicked: at the end
    "#]]
    .assert_eq(&lines(&mut events));
}

/// What was waited for, in milliseconds.
fn waits(trace: &Trace) -> String {
    let runs = trace.runs();
    let steps = runs.iter().flat_map(|run| &run.steps);
    let waits = steps.flat_map(|step| &step.waits).map(|wait| {
        let (from, to) = (
            wait.started.as_millis(),
            wait.ended.map(|at| at.as_millis()),
        );
        format!("{:?} {} {from}..{to:?}\n", wait.item, wait.on.word())
    });
    waits.collect()
}
