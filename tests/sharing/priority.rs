//! `#[priority(..)]`: who goes first when a limit is reached, and that nobody waits for ever.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use orchestrated::{Orchestrator, workflow};
use tokio::sync::Notify;

use super::{Log, bounded, ms};

workflow! {
    workflow Ordered(log: &Log) {
        tool fn first(log) { log.works("first", 10).await; }
        #[priority(low)]
        tool fn low(log) { log.works("low", 10).await; }
        tool fn ordinary(log) { log.works("ordinary", 10).await; }
        #[priority(critical)]
        tool fn critical(log) { log.works("critical", 10).await; }
        #[priority(normal)]
        tool fn normal(log) { log.works("normal", 10).await; }
        #[priority(high)]
        agent fn high(log) { log.works("high", 10).await; }
    }

    workflow Resource(log: &Log, items: Vec<u32>) {
        #[uses(gpu = 1)]
        #[priority(low)]
        #[each(item in items)]
        tool fn low(log, items) -> usize { log.works(format!("low {item}"), 10).await; items.len() }
        // A plain step counts for what it uses.
        #[uses(gpu = 1)]
        #[priority(high)]
        fn high(log) { log.say(format!("high {}", log.now())); }
        let _ = low;
    }
}

#[tokio::test(start_paused = true)]
async fn the_higher_one_goes_first() {
    let o = Orchestrator::new().max_concurrency(1);
    let log = Log::new();
    bounded(Ordered { log: &log }.run(&o)).await.unwrap();
    let started: Vec<_> = log
        .words()
        .into_iter()
        .filter(|word| word.starts_with('+'))
        .collect();
    assert_eq!(
        started,
        [
            "+first 0",
            "+critical 10",
            "+high 20",
            "+ordinary 30",
            "+normal 40",
            "+low 50"
        ]
    );
    // Where there is enough for all, nobody goes first.
    let log = Log::new();
    bounded(Ordered { log: &log }.run(&Orchestrator::new()))
        .await
        .unwrap();
    assert_eq!(log.now(), 10);
}

#[tokio::test(start_paused = true)]
async fn of_a_resource_too() {
    let o = Orchestrator::new().resource("gpu", 1);
    let log = Log::new();
    bounded(
        Resource {
            log: &log,
            items: vec![1, 2],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(
        log.words(),
        ["+low 1 0", "-low 1 10", "high 10", "+low 2 10", "-low 2 20"]
    );
}

workflow! {
    workflow High(done: &AtomicUsize) {
        #[priority(high)]
        tool fn high(done) { ms(1).await; done.fetch_add(1, SeqCst); }
    }

    workflow Low(done: &AtomicUsize, over: &Notify) -> usize {
        #[priority(low)]
        tool fn low(done, over) -> usize { over.notify_waiters(); done.load(SeqCst) }
        low
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_high_ones_does_not_starve_a_low_one() {
    let o = Orchestrator::new().max_concurrency(2);
    let (done, over) = (AtomicUsize::new(0), Notify::new());
    // Always more of them than there are turns: each that ends is followed by another one, for ever.
    let flood = futures::future::join_all((0..20).map(|_| async {
        loop {
            High { done: &done }.run(&o).await.unwrap();
        }
    }));
    let low = async {
        ms(10).await;
        let before = done.load(SeqCst);
        Low {
            done: &done,
            over: &over,
        }
        .run(&o)
        .await
        .unwrap()
            - before
    };
    let passed_over = bounded(async {
        tokio::select! {
            passed_over = low => passed_over,
            _ = flood => unreachable!("it goes on for ever"),
        }
    })
    .await;
    // Those that came before it, those that pass it over on two levels, 8 times each, and what runs meanwhile.
    assert!(
        passed_over >= 18,
        "{passed_over}: it did not wait for those that came before"
    );
    assert!(passed_over <= 18 + 2 * 8 + 2 + 2, "{passed_over}");
}
