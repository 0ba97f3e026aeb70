//! How observers are told: in order, by threads of their own, and never at the cost of a run.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
    mpsc,
};

use orchestrated::{Event, Observer, Orchestrator, workflow};

use crate::lines::{Kept, lines, ms, shown};

workflow! {
    workflow Add(one: u32) -> u32 {
        tool fn two(one) -> u32 { ms(1).await; one + 1 }
        fn three(two) -> u32 { two + 1 }
        three
    }
}

/// What a run of `Add` tells.
const TOLD: u64 = 10;

#[tokio::test(start_paused = true)]
async fn all_observers_are_told_the_same() {
    let kept = [Kept::default(), Kept::default()];
    let orchestrator = Orchestrator::new()
        .observer(kept[0].clone())
        .observer(kept[1].clone());
    let (orchestrator, mut events) = orchestrator.events();
    Add { one: 1 }.run(&orchestrator).await.unwrap();
    orchestrator.flush().await;
    let [first, second] = kept.map(|kept| shown(&kept.0.lock().unwrap()));
    assert_eq!(first.lines().count() as u64, TOLD, "{first}");
    assert_eq!(first, second);
    assert_eq!(first, lines(&mut events));
    assert_eq!(orchestrator.events_missed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_clone_that_was_made_before_is_not_observed() {
    let before = Orchestrator::new();
    let kept = Kept::default();
    let after = before.clone().observer(kept.clone());
    Add { one: 1 }.run(&before).await.unwrap();
    after.flush().await;
    assert_eq!(kept.0.lock().unwrap().len(), 0);
    let clone = after.clone();
    Add { one: 1 }.run(&clone).await.unwrap();
    clone.flush().await;
    assert_eq!(kept.0.lock().unwrap().len() as u64, TOLD);
}

/// Waits at each event until it is let go on.
struct Slow {
    go_on: mpsc::Receiver<()>,
    told: Arc<AtomicU64>,
    missed: Arc<AtomicU64>,
}

impl Observer for Slow {
    fn observe(&mut self, _: &Event) {
        let _ = self.go_on.recv();
        self.told.fetch_add(1, Relaxed);
    }

    fn missed(&mut self, events: u64) {
        self.missed.fetch_add(events, Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_observer_misses_events_and_slows_nobody() {
    let (go, go_on) = mpsc::channel();
    let (told, missed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let slow = Slow {
        go_on,
        told: Arc::clone(&told),
        missed: Arc::clone(&missed),
    };
    let orchestrator = Orchestrator::new().observer_with_queue(slow, 16);
    // It takes one event at most, and 16 wait: the runs end all the same.
    for _ in 0..3 {
        Add { one: 1 }.run(&orchestrator).await.unwrap();
    }
    let left_out = orchestrator.events_missed();
    assert!(
        (3 * TOLD - 17..=3 * TOLD - 16).contains(&left_out),
        "{left_out}"
    );
    drop(go);
    // It hears how many that were, once.
    orchestrator.flush().await;
    assert_eq!(missed.load(Relaxed), left_out);
    Add { one: 1 }.run(&orchestrator).await.unwrap();
    orchestrator.flush().await;
    assert_eq!(missed.load(Relaxed), left_out);
    assert_eq!(told.load(Relaxed) + left_out, 4 * TOLD);
}

/// Waits for its first event to be let go on, and then is quick.
struct SlowAtFirst {
    slow: Slow,
    heard: mpsc::Sender<u64>,
}

impl Observer for SlowAtFirst {
    fn observe(&mut self, event: &Event) {
        self.slow.observe(event);
        let _ = self.heard.send(0);
    }

    fn missed(&mut self, events: u64) {
        let _ = self.heard.send(events);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_said_once_and_where_it_was_missed() {
    let (go, go_on) = mpsc::channel();
    let (to, from) = mpsc::channel();
    let slow = Slow {
        go_on,
        told: Arc::default(),
        missed: Arc::default(),
    };
    let observer = SlowAtFirst { slow, heard: to };
    let orchestrator = Orchestrator::new().observer_with_queue(observer, 16);
    for _ in 0..2 {
        Add { one: 1 }.run(&orchestrator).await.unwrap();
    }
    let left_out = orchestrator.events_missed();
    assert!(left_out > 0);
    drop(go);
    // Until all that waited has been seen; nobody flushes.
    for _ in 0..2 * TOLD - left_out {
        assert_eq!(from.recv(), Ok(0));
    }
    Add { one: 1 }.run(&orchestrator).await.unwrap();
    orchestrator.flush().await;
    let heard: Vec<u64> = from.try_iter().collect();
    assert_eq!(heard[..2], [left_out, 0]);
    assert_eq!(heard.iter().sum::<u64>(), left_out);
    assert_eq!(heard.len() as u64, TOLD + 1);
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_panics_is_told_of_the_next_event() {
    let told = Arc::new(Mutex::new(0));
    let counts = Arc::clone(&told);
    let orchestrator = Orchestrator::new().observer(move |_: &Event| {
        *counts.lock().unwrap() += 1;
        // Without the message on stderr.
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    Add { one: 1 }.run(&orchestrator).await.unwrap();
    orchestrator.flush().await;
    // The lock is free: it was given back before the panic, each time.
    assert!(told.is_poisoned() || *told.lock().unwrap() == TOLD);
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_what_is_left_before_the_orchestrator_is_gone() {
    let kept = Kept::default();
    let orchestrator = Orchestrator::new().observer(kept.clone());
    Add { one: 1 }.run(&orchestrator).await.unwrap();
    drop(orchestrator);
    assert_eq!(kept.0.lock().unwrap().len() as u64, TOLD);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_orchestrators() {
    let (orchestrator, mut events) = Orchestrator::new().events();
    let run = Add { one: 1 }.run(&orchestrator);
    run.await.unwrap();
    drop(orchestrator);
    let mut told = 0;
    while events.next().await.is_some() {
        told += 1;
    }
    assert_eq!((told, events.missed()), (TOLD, 0));
}
