//! Flows with options.

use expect_test::expect;
use orchestrated::workflow;

use crate::lines::{lines, ms, observed};

workflow! {
    workflow Slow() -> Result<u32, String> {
        tool fn slow() -> u32 { ms(100).await; 1 }
        Ok(slow)
    }

    workflow Hangs() -> u32 {
        #[timeout(10ms)]
        #[default(7)]
        flow slow = Slow {};
        slow
    }

    workflow Again() -> Result<u32, String> {
        #[timeout(10ms)]
        #[idempotent]
        #[retry(2, backoff = 5ms)]
        flow slow = Slow {};
        Ok(slow)
    }

    workflow Booked() -> Result<u32, String> {
        #[rollback(ms(3).await)]
        tool fn booked() -> u32 { ms(1).await; 1 }
        tool fn waits(booked) -> u32 { ms(50).await; *booked }
        Ok(waits)
    }

    workflow Trip() -> Result<u32, String> {
        #[timeout(10ms)]
        #[optional]
        flow trip = Booked {};
        Ok(trip.unwrap_or(0))
    }

    workflow EachFlow(numbers: &[u32]) -> Result<Vec<u32>, String> {
        #[each(number in numbers, concurrency = 2)]
        flow parts = Part { n: number, numbers };
        Ok(parts)
    }

    workflow Part(n: &u32, numbers: &[u32]) -> Result<u32, String> {
        tool fn doubled(n, numbers, cx) -> Result<u32, String> {
            cx.progress(1, 2);
            ms(u64::from(*n)).await;
            if numbers.len() > 5 { Err("many".to_owned()) } else { Ok(2 * *n) }
        }
        Ok(doubled)
    }
}

#[tokio::test(start_paused = true)]
async fn flows_that_take_too_long() {
    let (orchestrator, mut events) = observed();
    assert_eq!(Hangs {}.run(&orchestrator).await.unwrap(), 7);
    Again {}.run(&orchestrator).await.unwrap_err();
    assert_eq!(Trip {}.run(&orchestrator).await.unwrap(), 0);
    expect![[r#"
        0    Hangs starts
        0    Hangs batch 1 starts
        0    Hangs slow starts
        0    Hangs slow attempt 1
        0    Slow starts within Hangs.slow
        0    Slow batch 1 starts
        0    Slow slow starts
        10   Hangs slow attempt 1 fails: timed out after 10ms (timed_out)
        10   Slow slow stopped
        10   Slow batch 1 ends
        10   Slow dropped
        10   Hangs slow excused: timed out after 10ms (timed_out)
        10   Hangs batch 1 ends
        10   Hangs finished
        10   Again starts
        10   Again batch 1 starts
        10   Again slow starts
        10   Again slow attempt 1
        10   Slow starts within Again.slow
        10   Slow batch 1 starts
        10   Slow slow starts
        20   Again slow attempt 1 fails: timed out after 10ms (timed_out)
        20   Slow slow stopped
        20   Slow batch 1 ends
        20   Slow dropped
        20   Again slow waits: retry in 5ms
        25   Again slow attempt 2
        25   Slow starts within Again.slow
        25   Slow batch 1 starts
        25   Slow slow starts
        35   Again slow attempt 2 fails: timed out after 10ms (timed_out)
        35   Slow slow stopped
        35   Slow batch 1 ends
        35   Slow dropped
        35   Again slow failed: timed out after 10ms (timed_out)
        35   Again batch 1 ends
        35   Again timed_out at slow: timed out after 10ms
        35   Trip starts
        35   Trip batch 1 starts
        35   Trip trip starts
        35   Trip trip attempt 1
        35   Booked starts within Trip.trip
        35   Booked batch 1 starts
        35   Booked booked starts
        35   Booked booked attempt 1
        36   Booked booked attempt 1 is done
        36   Booked booked finished
        36   Booked batch 1 ends
        36   Booked batch 2 starts
        36   Booked waits starts
        45   Trip trip attempt 1 fails: timed out after 10ms (timed_out)
        45   Booked waits stopped
        45   Booked batch 2 ends
        48   Booked booked undone
        48   Booked cancelled: was cancelled
        48   Trip trip excused: timed out after 10ms (timed_out)
        48   Trip batch 1 ends
        48   Trip finished
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test(start_paused = true)]
async fn the_runs_of_items_are_within_their_step() {
    let (orchestrator, mut events) = observed();
    let parts = EachFlow {
        numbers: &[1, 2, 3],
    }
    .run(&orchestrator);
    assert_eq!(parts.await.unwrap(), [2, 4, 6]);
    let parts = EachFlow {
        numbers: &[1, 2, 3, 4, 5, 6],
    }
    .run(&orchestrator);
    parts.await.unwrap_err();
    expect![[r#"
        0    EachFlow starts
        0    EachFlow batch 1 starts
        0    EachFlow parts starts
        0    EachFlow parts[0] attempt 1
        0    Part starts within EachFlow.parts
        0    Part batch 1 starts
        0    Part doubled starts
        0    Part doubled 1/2
        0    EachFlow parts[1] attempt 1
        0    Part starts within EachFlow.parts
        0    Part batch 1 starts
        0    Part doubled starts
        0    Part doubled 1/2
        1    Part doubled finished
        1    Part batch 1 ends
        1    Part finished
        1    EachFlow parts[0] attempt 1 is done
        1    EachFlow parts[0] ends
        1    EachFlow parts 1/3
        1    EachFlow parts[2] attempt 1
        1    Part starts within EachFlow.parts
        1    Part batch 1 starts
        1    Part doubled starts
        1    Part doubled 1/2
        2    Part doubled finished
        2    Part batch 1 ends
        2    Part finished
        2    EachFlow parts[1] attempt 1 is done
        2    EachFlow parts[1] ends
        2    EachFlow parts 2/3
        4    Part doubled finished
        4    Part batch 1 ends
        4    Part finished
        4    EachFlow parts[2] attempt 1 is done
        4    EachFlow parts[2] ends
        4    EachFlow parts 3/3
        4    EachFlow parts finished
        4    EachFlow batch 1 ends
        4    EachFlow finished
        4    EachFlow starts
        4    EachFlow batch 1 starts
        4    EachFlow parts starts
        4    EachFlow parts[0] attempt 1
        4    Part starts within EachFlow.parts
        4    Part batch 1 starts
        4    Part doubled starts
        4    Part doubled 1/2
        4    EachFlow parts[1] attempt 1
        4    Part starts within EachFlow.parts
        4    Part batch 1 starts
        4    Part doubled starts
        4    Part doubled 1/2
        5    Part doubled failed: many (error)
        5    Part batch 1 ends
        5    Part failed at doubled: many
        5    EachFlow parts[0] attempt 1 fails: error (error)
        5    EachFlow parts[0] ends
        5    Part doubled stopped
        5    Part batch 1 ends
        5    Part dropped
        5    EachFlow parts failed: many (error)
        5    EachFlow batch 1 ends
        5    EachFlow failed at parts: many
    "#]]
    .assert_eq(&lines(&mut events));
}
