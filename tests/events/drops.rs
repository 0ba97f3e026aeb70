//! Runs that are dropped, cancelled or shut down at every moment, and what panics while it is dropped.

use std::time::Duration;

use expect_test::expect;
use orchestrated::{
    AutoApprover, CancelToken, Decision, Events, Orchestrator, RunOutcome, workflow,
};

use crate::{
    lines::{lines, ms, observed},
    well_formed::{told, well_formed},
};

/// Panics when it is dropped, unless something panics already.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            std::panic::resume_unwind(Box::new("dropped"));
        }
    }
}

workflow! {
    workflow Inner(n: u32) -> Result<u32, String> {
        #[rollback(ms(2).await)]
        tool fn booked(n) -> u32 { ms(3).await; *n }
        tool fn waits(booked) -> u32 { ms(4).await; *booked }
        Ok(waits)
    }

    workflow Looks(n: u32) -> u32 {
        tool fn look(n, cx) -> u32 { ms(1).await; cx.progress(1, 2); ms(1).await; *n }
        look
    }

    /// Of everything something, with rollbacks.
    workflow Undoes(numbers: &[u32]) -> Result<u32, String> {
        #[rollback({ ms(2).await; assert!(*number != 2, "cannot") })]
        #[each(number in numbers, concurrency = 2)]
        tool fn items(numbers) -> u32 { ms(u64::from(*number)).await; *number }
        #[retry(3, backoff = 2ms)]
        #[idempotent]
        tool fn again(cx) -> Result<u32, String> {
            ms(2).await;
            if cx.attempt() < 3 { Err("busy".to_owned()) } else { Ok(3) }
        }
        #[timeout(20ms)]
        flow inner = Inner { n: again };
        human fn agreed(inner) -> Decision { ms(3).await; format!("{inner}?") }
        #[optional]
        tool fn looks(agreed, again, cx) -> Result<u32, String> {
            let _ = agreed;
            Looks { n: *again }.run(cx).await.map_err(|failure| failure.to_string())
        }
        tool fn last(items, looks) -> Result<u32, String> {
            ms(2).await;
            if looks.is_ok() { Err(format!("no, {items:?}")) } else { Ok(1) }
        }
        Ok(last)
    }

    /// The same without.
    workflow Drops(numbers: &[u32]) -> Result<u32, String> {
        #[idempotent]
        #[each(number in numbers, concurrency = 2)]
        #[cache]
        tool fn items(numbers) -> u32 { ms(u64::from(*number)).await; *number }
        #[each(number in numbers)]
        #[batch(size = 2, wait = 2ms)]
        tool fn halves(numbers) -> Vec<u32> { ms(2).await; number.iter().map(|n| n / 2).collect() }
        tool fn bare() -> u32 { ms(5).await; 1 }
        #[timeout(5ms)]
        #[retry(2, backoff = 2ms)]
        #[idempotent]
        flow looks = Looks { n: bare };
        #[breaker]
        #[fallback(Ok(1))]
        tool fn again(looks) -> Result<u32, String> { ms(1).await; Err(format!("no {looks}")) }
        Ok(again + bare + u32::try_from(items.len() + halves.len()).unwrap_or(0))
    }

    workflow DropsABomb() -> u32 {
        tool fn one() -> Bomb { ms(1).await; Bomb }
        tool fn two(move one) -> u32 { ms(1).await; drop(one); 2 }
        two
    }

    workflow LeavesABomb() -> Result<u32, String> {
        tool fn one() -> Bomb { ms(1).await; Bomb }
        tool fn two(one) -> u32 { ms(1).await; let _ = one; 2 }
        Ok(two)
    }

    workflow HoldsABomb() -> Result<u32, String> {
        tool fn holds() -> u32 { let _bomb = Bomb; ms(9).await; 1 }
        tool fn fails() -> Result<u32, String> { ms(1).await; Err("no".to_owned()) }
        Ok(holds + fails)
    }

    workflow UndoesABomb() -> Result<u32, String> {
        tool fn holds() -> u32 { let _bomb = Bomb; ms(9).await; 1 }
        #[rollback({ ms(1).await; assert!(*done > 1, "cannot") })]
        tool fn done() -> u32 { 1 }
        tool fn fails() -> Result<u32, String> { ms(1).await; Err("no".to_owned()) }
        Ok(holds + fails + done)
    }

    workflow Unlimited() -> Result<u32, String> {
        #[rollback(ms(2).await)]
        tool fn one() -> u32 { ms(1).await; 1 }
        fn two(one) -> u32 { *one }
        if two == 1 { panic!("at the end") } else { Ok(two) }
    }
}

const NUMBERS: [u32; 3] = [3, 1, 2];

fn orchestrator(limit: usize) -> (Orchestrator, Events) {
    let (orchestrator, events) = observed();
    let orchestrator = orchestrator.approver(AutoApprover::approve());
    let orchestrator = if limit > 0 {
        orchestrator.max_concurrency(limit)
    } else {
        orchestrator
    };
    (orchestrator, events)
}

/// The one run that is in no other, and that it has been told of whole.
fn outcome(events: &mut Events) -> RunOutcome {
    let mut runs = well_formed(&told(events));
    assert_eq!(runs.len(), 1);
    runs.remove(0).1
}

#[tokio::test(start_paused = true)]
async fn whenever_a_run_is_dropped() {
    for limit in [0, 1, 2] {
        for at in 0..40 {
            let at = Duration::from_millis(at);
            let (o, mut events) = orchestrator(limit);
            let dropped = tokio::time::timeout(at, Undoes { numbers: &NUMBERS }.run(&o)).await;
            let outcome = outcome(&mut events);
            assert_eq!(dropped.is_err(), outcome == RunOutcome::Dropped);
            let (o, mut events) = orchestrator(limit);
            let dropped = tokio::time::timeout(at, Drops { numbers: &NUMBERS }.run(&o)).await;
            let outcome = self::outcome(&mut events);
            assert_eq!(dropped.is_err(), outcome == RunOutcome::Dropped);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whenever_a_run_is_cancelled_late_or_shut_down() {
    for limit in [0, 1, 2] {
        for at in 0..40 {
            for how in 0..3 {
                let (o, mut events) = orchestrator(limit);
                let token = CancelToken::new();
                let o = match how {
                    0 => o.cancel_on(&token),
                    1 => o.deadline(Duration::from_millis(at + 1)),
                    _ => o,
                };
                let stops = async {
                    ms(at).await;
                    match how {
                        0 => token.cancel(),
                        1 => {}
                        _ => o.shutdown().await,
                    }
                };
                let run = async { Undoes { numbers: &NUMBERS }.run(&o).await };
                let (ended, ()) = tokio::join!(run, stops);
                assert_eq!(ended.is_ok(), outcome(&mut events) == RunOutcome::Finished);
            }
            let (o, mut events) = orchestrator(limit);
            let o = o.deadline(Duration::from_millis(at + 1));
            let ended = Drops { numbers: &NUMBERS }.run(&o).await;
            assert_eq!(ended.is_ok(), outcome(&mut events) == RunOutcome::Finished);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_panics_while_it_is_dropped() {
    let (o, mut events) = observed();
    DropsABomb {}.run(&o).await.unwrap_err();
    let _ = LeavesABomb {}.run(&o).await;
    HoldsABomb {}.run(&o).await.unwrap_err();
    UndoesABomb {}.run(&o).await.unwrap_err();
    Unlimited {}.run(&o).await.unwrap_err();
    expect![[r#"
        0    DropsABomb starts
        0    DropsABomb batch 1 starts
        0    DropsABomb one starts
        1    DropsABomb one finished
        1    DropsABomb batch 1 ends
        1    DropsABomb batch 2 starts
        1    DropsABomb two starts
        2    DropsABomb two failed: panicked: dropped (panicked)
        2    DropsABomb batch 2 ends
        2    DropsABomb failed at two: panicked: dropped
        2    LeavesABomb starts
        2    LeavesABomb batch 1 starts
        2    LeavesABomb one starts
        3    LeavesABomb one finished
        3    LeavesABomb batch 1 ends
        3    LeavesABomb batch 2 starts
        3    LeavesABomb two starts
        4    LeavesABomb two finished
        4    LeavesABomb batch 2 ends
        4    LeavesABomb failed: panicked: dropped
        4    HoldsABomb starts
        4    HoldsABomb batch 1 starts
        4    HoldsABomb holds starts
        4    HoldsABomb fails starts
        5    HoldsABomb fails failed: no (error)
        5    HoldsABomb holds stopped
        5    HoldsABomb batch 1 ends
        5    HoldsABomb failed at fails: panicked: dropped
        5    UndoesABomb starts
        5    UndoesABomb batch 1 starts
        5    UndoesABomb holds starts
        5    UndoesABomb done starts
        5    UndoesABomb done attempt 1
        5    UndoesABomb done attempt 1 is done
        5    UndoesABomb done finished
        5    UndoesABomb fails starts
        6    UndoesABomb fails failed: no (error)
        6    UndoesABomb holds stopped
        6    UndoesABomb batch 1 ends
        7    UndoesABomb done undo failed: it panicked: cannot
        7    UndoesABomb failed at fails: no
        7    Unlimited starts
        7    Unlimited batch 1 starts
        7    Unlimited one starts
        7    Unlimited one attempt 1
        8    Unlimited one attempt 1 is done
        8    Unlimited one finished
        8    Unlimited batch 1 ends
        8    Unlimited batch 2 starts
        8    Unlimited two starts
        8    Unlimited two finished
        8    Unlimited batch 2 ends
        10   Unlimited one undone
        10   Unlimited failed: panicked: at the end
    "#]]
    .assert_eq(&lines(&mut events));
}
