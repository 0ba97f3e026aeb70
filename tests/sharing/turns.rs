//! `Orchestrator::max_concurrency(n)` and workflows that a step runs by its `cx`: they run in the turn of that step.

use orchestrated::{Orchestrator, workflow};

use super::{Log, bounded, ms};

workflow! {
    workflow Leaf(log: &Log) -> u32 {
        tool fn leaf(log) -> u32 { log.works("leaf", 10).await; 1 }
        #[timeout(15ms)]
        tool fn other(log) -> u32 { log.works("other", 10).await; 1 }
        leaf + other
    }

    workflow Middle(log: &Log) -> u32 {
        flow left = Leaf { log };
        #[timeout(1s)]
        flow right = Leaf { log };
        left + right
    }

    workflow ByContext(log: &Log) -> u32 {
        tool fn ran(log, cx) -> u32 { Leaf { log }.run(cx).await.unwrap() }
        ran
    }

    workflow ByContextWithOptions(log: &Log) -> u32 {
        #[timeout(1s)]
        tool fn ran(log, cx) -> u32 { Leaf { log }.run(cx).await.unwrap() }
        ran
    }

    /// What the step runs has a flow step.
    workflow ByContextDeep(log: &Log) -> u32 {
        tool fn ran(log, cx) -> u32 { Middle { log }.run(cx).await.unwrap() }
        ran
    }

    workflow FlowByContext(log: &Log) -> u32 {
        flow ran = ByContext { log };
        ran
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_step_runs_by_its_context_runs_in_its_turn() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    assert_eq!(bounded(ByContext { log: &log }.run(&o)).await.unwrap(), 2);
    assert_eq!(log.now(), 10, "both at once");
    assert_eq!(
        bounded(ByContextWithOptions { log: &log }.run(&o))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        bounded(FlowByContext { log: &log }.run(&o)).await.unwrap(),
        2
    );
    assert_eq!(log.now(), 30);
    assert_eq!(
        bounded(Box::pin(ByContextDeep { log: &log }.run(&o)))
            .await
            .unwrap(),
        4
    );
    assert_eq!(log.now(), 40);
    log.words();
    // Others wait for that turn.
    let run = || bounded(ByContext { log: &log }.run(&o));
    let _ = tokio::join!(run(), run());
    assert_eq!(log.now(), 60);
}

workflow! {
    workflow Gathers(log: &Log, items: &[u32]) -> Vec<u32> {
        #[each(item in items)]
        #[batch(size = 9, wait = 50ms)]
        tool fn gathered(log, items) -> Vec<u32> { let _ = items; log.works("gathered", 5).await; item.to_vec() }
        gathered
    }

    workflow Caches(log: &Log, n: u32) -> u32 {
        #[idempotent]
        #[cache(key = *n)]
        tool fn cached(log, n) -> u32 { log.works("cached", 5).await; *n }
        cached
    }

    workflow Nests(log: &Log, items: &[u32]) -> (Vec<u32>, u32) {
        tool fn ran(log, items, cx) -> (Vec<u32>, u32) {
            // By now others wait, for this turn.
            ms(10).await;
            let gathered = Gathers { log, items }.run(cx).await.unwrap();
            (gathered, Caches { log, n: items[0] }.run(cx).await.unwrap())
        }
        ran
    }
}

#[tokio::test(start_paused = true)]
async fn what_runs_in_a_turn_waits_for_nobody_who_waits_for_that_turn() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    let items = [7, 8];
    let ended = bounded(async {
        tokio::join!(
            Nests {
                log: &log,
                items: &items
            }
            .run(&o),
            Gathers {
                log: &log,
                items: &items
            }
            .run(&o),
            Caches { log: &log, n: 7 }.run(&o),
        )
    });
    let (nests, gathers, caches) = ended.await;
    assert_eq!(nests.unwrap(), (vec![7, 8], 7));
    assert_eq!((gathers.unwrap(), caches.unwrap()), (vec![7, 8], 7));
    log.words();
    // What was computed in a turn is kept as well.
    assert_eq!(
        bounded(
            Nests {
                log: &log,
                items: &[9]
            }
            .run(&o)
        )
        .await
        .unwrap()
        .1,
        9
    );
    log.words();
    assert_eq!(
        bounded(Caches { log: &log, n: 9 }.run(&o)).await.unwrap(),
        9
    );
    assert!(log.words().is_empty());
}
