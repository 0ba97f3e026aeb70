//! Many runs at once, on several threads, with several observers.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use orchestrated::{
    Event, EventKind, Monitor, Observer, Orchestrator, RunOutcome, Trace, workflow,
};

use crate::{lines::Kept, well_formed::well_formed};

async fn turn() {
    tokio::task::yield_now().await;
}

workflow! {
    workflow Part(n: u64) -> Result<u64, String> {
        tool fn one(n) -> u64 { turn().await; *n }
        #[idempotent]
        #[retry(2, backoff = 0ms)]
        tool fn two(one, cx) -> Result<u64, String> {
            turn().await;
            if one.is_multiple_of(3) && cx.attempt() == 1 { Err("again".to_owned()) } else { Ok(*one) }
        }
        Ok(two)
    }

    workflow Whole(n: u64, numbers: &[u64]) -> Result<u64, String> {
        flow part = Part { n };
        #[each(number in numbers, concurrency = 2)]
        #[idempotent]
        #[cache]
        tool fn items(numbers) -> u64 { turn().await; *number }
        #[rollback(turn().await)]
        tool fn done(part) -> u64 { turn().await; *part }
        tool fn fails(done, items) -> Result<u64, String> {
            if done.is_multiple_of(5) { Err("five".to_owned()) } else { Ok(done + items.len() as u64) }
        }
        Ok(fails)
    }
}

const RUNS: u64 = 400;

async fn all(orchestrator: &Orchestrator) {
    let runs: Vec<_> = (0..RUNS)
        .map(|n| {
            let orchestrator = orchestrator.clone();
            tokio::spawn(async move {
                let ended = Whole {
                    n,
                    numbers: &[1, 2, 3],
                }
                .run(&orchestrator)
                .await;
                assert_eq!(ended.is_err(), n.is_multiple_of(5));
            })
        })
        .collect();
    for run in runs {
        run.await.unwrap();
    }
    orchestrator.flush().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_run_is_told_whole_and_in_order() {
    for limit in [None, Some(3)] {
        let kept = [Kept::default(), Kept::default()];
        let (monitor, trace) = (Monitor::new(), Trace::keeping(1000));
        let o = Orchestrator::new()
            .observer_with_queue(kept[0].clone(), 1 << 17)
            .observer(monitor.clone())
            .observer(trace.clone())
            .observer_with_queue(kept[1].clone(), 1 << 17);
        let o = match limit {
            Some(limit) => o.max_concurrency(limit),
            None => o,
        };
        all(&o).await;
        assert_eq!(o.events_missed(), 0);
        for kept in kept {
            let runs = well_formed(&kept.0.lock().unwrap());
            assert_eq!(runs.len() as u64, RUNS);
            let failed = runs
                .iter()
                .filter(|(_, outcome)| *outcome != RunOutcome::Finished);
            assert_eq!(failed.count() as u64, RUNS / 5);
        }
        let snapshot = monitor.snapshot();
        assert!(snapshot.runs.is_empty());
        let totals = snapshot.totals;
        assert_eq!(
            (totals.runs_started, totals.runs_failed),
            (2 * RUNS, RUNS / 5)
        );
        assert_eq!(
            (totals.runs_finished, totals.runs_dropped),
            (2 * RUNS - RUNS / 5, 0)
        );
        // Two of the part, and three; the flow is none.
        assert_eq!(totals.completed + totals.failed, 5 * RUNS);
        assert_eq!((totals.failed, totals.stopped), (RUNS / 5, 0));
        assert_eq!(totals.retries, RUNS.div_ceil(3));
        let runs = trace.runs();
        assert_eq!(runs.len() as u64, 2 * RUNS);
        assert!(runs.iter().all(|run| run.outcome.is_some()));
    }
}

/// Runs a workflow at every tenth event of somebody else, and waits for what it cannot: itself.
struct Runs {
    orchestrator: Arc<Mutex<Option<Orchestrator>>>,
    runs: Arc<AtomicU64>,
}

impl Observer for Runs {
    fn observe(&mut self, event: &Event) {
        let EventKind::RunStarted {
            plan, within: None, ..
        } = &event.kind
        else {
            return;
        };
        if plan.name() != "Whole" {
            return;
        }
        let orchestrator = self.orchestrator.lock().unwrap().clone();
        if let Some(orchestrator) = orchestrator {
            let ended = futures::executor::block_on(async {
                let ended = Part { n: 1 }.run(&orchestrator).await;
                orchestrator.flush().await;
                ended
            });
            assert_eq!(ended.unwrap(), 1);
            self.runs.fetch_add(1, Relaxed);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_observer_may_run_workflows_of_the_same_orchestrator() {
    let (mine, runs) = (Arc::default(), Arc::new(AtomicU64::new(0)));
    let observer = Runs {
        orchestrator: Arc::clone(&mine),
        runs: Arc::clone(&runs),
    };
    let o = Orchestrator::new().observer_with_queue(observer, 1 << 17);
    *mine.lock().unwrap() = Some(o.clone());
    let all = tokio::time::timeout(Duration::from_mins(1), all(&o));
    all.await.unwrap();
    assert_eq!(runs.load(Relaxed), RUNS);
    // The last one goes by the thread of the observer itself, or by this one.
    drop(o);
    *mine.lock().unwrap() = None;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_observer_may_drop_the_last_orchestrator() {
    let mine: Arc<Mutex<Option<Orchestrator>>> = Arc::default();
    let theirs = Arc::clone(&mine);
    let (told, is_told) = std::sync::mpsc::channel();
    let o = Orchestrator::new().observer(move |event: &Event| {
        if let EventKind::RunEnded { .. } = event.kind {
            let last = theirs.lock().unwrap().take();
            drop(last);
            let _ = told.send(());
        }
    });
    *mine.lock().unwrap() = Some(o.clone());
    // It may go on only when this one is gone.
    let held = mine.lock().unwrap();
    let run = futures::executor::block_on(Part { n: 1 }.run(&o));
    drop(o);
    drop(held);
    assert_eq!(run.unwrap(), 1);
    is_told.recv_timeout(Duration::from_mins(1)).unwrap();
}
