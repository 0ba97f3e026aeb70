use std::{
    cell::RefCell,
    future::ready,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
};

use futures::{
    FutureExt as _,
    executor::block_on,
    future::{join, join_all},
    poll,
};
use tokio::time::{advance, sleep};

use super::*;
use crate::planned::StepKey;
use crate::policy::each::{Others, closures::each};

const STEP: StepKey = StepKey::constant("tests::Flow", "step");

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn batch() -> Arc<Batch<u32, u32>> {
    Batches::default().of(STEP, vec![])
}

/// A step that doubles its items, and takes as long as it is told to.
struct Doubles {
    size: usize,
    wait: Duration,
    takes: Duration,
    /// The batches that it was run with, and when.
    ran: RefCell<Vec<(Duration, Vec<u32>)>>,
    began: Instant,
}

impl Doubles {
    fn new(size: usize, wait: u64, takes: u64) -> Self {
        Self {
            size,
            wait: ms(wait),
            takes: ms(takes),
            ran: RefCell::default(),
            began: Instant::now(),
        }
    }

    async fn call(&self, batch: &Batch<u32, u32>, item: u32) -> Result<u32, BatchError<String>> {
        let run = |items: Vec<u32>| async move {
            let began = self.began.elapsed();
            self.ran.borrow_mut().push((began, items.clone()));
            sleep(self.takes).await;
            Ok(items.iter().map(|item| item * 2).collect())
        };
        batch
            .call(item, self.size, self.wait, String::clone, run)
            .await
    }

    fn ran(&self) -> Vec<(u64, Vec<u32>)> {
        let ran = self.ran.borrow();
        let ran = ran
            .iter()
            .map(|(at, items)| (u64::try_from(at.as_millis()).unwrap(), items.clone()));
        ran.collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_runs_at_once() {
    let (batch, step) = (batch(), Doubles::new(3, 50, 5));
    let calls = [7, 8, 9].map(|item| step.call(&batch, item));
    assert_eq!(join_all(calls).await, [Ok(14), Ok(16), Ok(18)]);
    assert_eq!(step.ran(), [(0, vec![7, 8, 9])]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_waits_no_longer_than_it_may() {
    let (batch, step) = (batch(), Doubles::new(3, 50, 0));
    let late = async {
        sleep(ms(40)).await;
        step.call(&batch, 2).await
    };
    let both = join(step.call(&batch, 1), late);
    assert_eq!(both.await, (Ok(2), Ok(4)));
    // From the first call on.
    assert_eq!(step.ran(), [(50, vec![1, 2])]);
}

#[tokio::test(start_paused = true)]
async fn the_leader_is_woken_when_its_batch_is_full() {
    let (batch, step) = (batch(), Doubles::new(2, 50, 0));
    let late = async {
        sleep(ms(40)).await;
        step.call(&batch, 2).await
    };
    let both = join(step.call(&batch, 1), late);
    assert_eq!(both.await, (Ok(2), Ok(4)));
    assert_eq!(step.ran(), [(40, vec![1, 2])]);
    // So is one that waits for ever.
    let step = Doubles {
        wait: Duration::MAX,
        ..Doubles::new(2, 0, 0)
    };
    let both = join(step.call(&batch, 3), step.call(&batch, 4));
    assert_eq!(both.await, (Ok(6), Ok(8)));
}

#[tokio::test(start_paused = true)]
async fn one_too_many_starts_the_next_batch() {
    let (batch, step) = (batch(), Doubles::new(50, 2, 10));
    let make = |_, item| step.call(&batch, item);
    let stopped = || BatchError::LeaderGone;
    let all = each(0..51, None, Others::Drop, || false, stopped, make).await;
    assert_eq!(all, Ok((0..51).map(|item| item * 2).collect()));
    assert_eq!(step.ran(), [(0, (0..50).collect()), (2, vec![50])]);
}

#[tokio::test(start_paused = true)]
async fn runs_are_gathered() {
    let batches = Batches::default();
    let step = Doubles::new(4, 2, 1);
    let run = |group: Vec<usize>, items: [u32; 2]| {
        let (batches, step) = (&batches, &step);
        async move {
            let batch = batches.of(STEP, group);
            join_all(items.map(|item| step.call(&batch, item))).await
        }
    };
    let app = String::from("app");
    let group = same(&app).to_vec();
    let both = join(run(group.clone(), [1, 2]), run(group.clone(), [3, 4])).await;
    assert_eq!(both, (vec![Ok(2), Ok(4)], vec![Ok(6), Ok(8)]));
    assert_eq!(step.ran(), [(0, vec![1, 2, 3, 4])]);
    // Those that have something else for the same input are not.
    let other = same(app.as_str()).to_vec();
    join(run(group, [1, 2]), run(other, [3, 4])).await;
    assert_eq!(step.ran()[1..], [(3, vec![1, 2]), (3, vec![3, 4])]);
    // Nothing is left of them.
    assert!(lock(&batches.by_step).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_one_does_not_wait() {
    for size in [0, 1] {
        let (batch, step) = (batch(), Doubles::new(size, 50, 0));
        let both = join(step.call(&batch, 1), step.call(&batch, 2));
        assert_eq!(both.await, (Ok(2), Ok(4)));
        assert_eq!(step.ran(), [(0, vec![1]), (0, vec![2])]);
    }
    // Not even for a clock.
    let call = |_: Vec<_>| ready(Ok::<_, String>(vec![1]));
    let alone = std::thread::spawn(move || {
        block_on(batch().call(1, 1, ms(1), String::clone, call)).unwrap()
    });
    assert_eq!(alone.join().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_number_is_everybodys_failure() {
    for given in [0, 1, 3] {
        let batch = batch();
        let call = || {
            let run = |_| ready(Ok::<_, String>(vec![0; given]));
            batch.call(1, 2, ms(1), String::clone, run)
        };
        let length = Err(BatchError::Length { given, expected: 2 });
        assert_eq!(join(call(), call()).await, (length.clone(), length));
    }
}

#[tokio::test(start_paused = true)]
async fn the_leader_has_the_error_and_the_others_its_text() {
    #[derive(Debug, PartialEq)]
    struct Down(u8);
    let batch = batch();
    let describe = |down: &Down| format!("down {}", down.0);
    let call = || batch.call(1, 2, ms(1), describe, |_| ready(Err(Down(3))));
    let (leader, follower) = join(call(), call()).await;
    assert_eq!(leader, Err(BatchError::Failed(Down(3))));
    assert_eq!(follower, Err(BatchError::Shared("down 3".into())));
    assert_eq!(call().await, Err(BatchError::Failed(Down(3))));
}

#[tokio::test(start_paused = true)]
async fn who_leads_and_goes_leaves_the_lead_to_the_next() {
    let (batch, step) = (batch(), Doubles::new(9, 50, 0));
    let mut calls: Vec<_> = (0..4)
        .map(|item| Box::pin(step.call(&batch, item)))
        .collect();
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    advance(ms(20)).await;
    // The one that would be next goes first.
    drop(calls.remove(1));
    drop(calls.remove(0));
    assert_eq!(join_all(calls).await, [Ok(4), Ok(6)]);
    assert_eq!(step.ran(), [(50, vec![2, 3])]);
}

#[tokio::test(start_paused = true)]
async fn who_leads_next_is_woken() {
    let batch = batch();
    let spawn = |item| {
        let batch = Arc::clone(&batch);
        let run = |items: Vec<u32>| ready(Ok::<_, String>(items));
        tokio::spawn(async move { batch.call(item, 9, ms(50), String::clone, run).await })
    };
    let (leader, next) = (spawn(1), spawn(2));
    sleep(ms(20)).await;
    leader.abort();
    let next = tokio::time::timeout(ms(40), next).await;
    assert_eq!(next.unwrap().unwrap(), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_runs_without_those_that_went() {
    let (batch, step) = (batch(), Doubles::new(2, 50, 0));
    let mut leader = Box::pin(step.call(&batch, 1));
    let mut follower = pin!(step.call(&batch, 2));
    assert!(poll!(&mut leader).is_pending());
    assert!(poll!(&mut follower).is_pending());
    drop(leader);
    assert_eq!(follower.await, Ok(4));
    assert_eq!(step.ran(), [(0, vec![2])]);
    // Who comes when all have gone has its own time to wait.
    let mut alone = Box::pin(step.call(&batch, 3));
    assert!(poll!(&mut alone).is_pending());
    advance(ms(30)).await;
    drop(alone);
    assert_eq!(step.call(&batch, 4).await, Ok(8));
    assert_eq!(step.ran()[1..], [(80, vec![4])]);
}

#[tokio::test(start_paused = true)]
async fn the_others_are_told_when_the_body_is_dropped() {
    let (batch, step) = (batch(), Doubles::new(3, 50, 50));
    let mut calls: Vec<_> = (0..3)
        .map(|item| Box::pin(step.call(&batch, item)))
        .collect();
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    assert!(poll!(&mut calls[0]).is_pending());
    assert_eq!(step.ran().len(), 1);
    // A follower that goes is not missed.
    drop(calls.remove(1));
    drop(calls.remove(0));
    assert_eq!(join_all(calls).await, [Err(BatchError::LeaderGone)]);
}

#[tokio::test(start_paused = true)]
async fn the_others_are_told_when_the_body_panics() {
    let batch = batch();
    let call = || {
        let run = |_: Vec<u32>| async { panic!("in the body") };
        batch.call(1, 2, ms(1), String::clone, run)
    };
    let mut leader = Box::pin(call());
    let mut follower = pin!(call());
    assert!(poll!(&mut leader).is_pending());
    assert!(poll!(&mut follower).is_pending());
    let panicked = catch_unwind(AssertUnwindSafe(|| leader.as_mut().now_or_never()));
    assert!(panicked.is_err());
    assert_eq!(follower.await, Err(BatchError::LeaderGone));
}

#[tokio::test(start_paused = true)]
async fn who_calls_while_a_body_runs_is_in_the_next_batch() {
    let (batch, step) = (batch(), Doubles::new(2, 5, 100));
    let later = async |after, item| {
        sleep(ms(after)).await;
        step.call(&batch, item).await
    };
    let calls = [(0, 1), (0, 2), (10, 3), (20, 4), (21, 5)];
    let calls = calls.map(|(after, item)| later(after, item));
    let outputs = join_all(calls).await;
    assert_eq!(outputs, [Ok(2), Ok(4), Ok(6), Ok(8), Ok(10)]);
    assert_eq!(
        step.ran(),
        [(0, vec![1, 2]), (15, vec![3]), (21, vec![4, 5])]
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_stays_is_answered() {
    const SEEDS: u64 = if cfg!(miri) { 3 } else { 200 };
    for seed in 0..SEEDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let (batch, step) = (batch(), Doubles::new(random.usize(1..6), 5, 7));
        let calls = (0..40).map(|item| {
            let (comes, stays) = (random.u64(0..30), random.u64(0..40));
            let (batch, step) = (&batch, &step);
            async move {
                sleep(ms(comes)).await;
                // Some go before they are answered.
                let stays = tokio::time::timeout(ms(stays), step.call(batch, item));
                if let Ok(outcome) = stays.await {
                    let told = [Ok(item * 2), Err(BatchError::LeaderGone)];
                    assert!(told.contains(&outcome), "{outcome:?}");
                }
            }
        });
        let all = tokio::time::timeout(ms(100), join_all(calls));
        assert!(all.await.is_ok(), "seed {seed}");
        for (at, items) in step.ran() {
            assert!((1..=step.size).contains(&items.len()), "{at}: {items:?}");
        }
    }
}

#[test]
fn threads_are_gathered() {
    const ITEMS: u32 = if cfg!(miri) { 5 } else { 500 };
    let batch = batch();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for item in 0..ITEMS {
                    let run = |items: Vec<u32>| ready(Ok::<_, String>(items));
                    // Nobody goes on before all are there.
                    let call = batch.call(item, 4, Duration::MAX, String::clone, run);
                    assert_eq!(block_on(call), Ok(item));
                }
            });
        }
    });
}

#[test]
fn it_is_sent_where_its_parts_are() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    async fn lengths(prefix: &str, items: &[String]) -> Result<Vec<usize>, String> {
        tokio::task::yield_now().await;
        Ok(items.iter().map(|item| prefix.len() + item.len()).collect())
    }
    let batches = Batches::default();
    let (prefix, items) = (String::from("--"), vec!["a".to_owned(), "bc".to_owned()]);
    let run = sent(async {
        let (prefix, items) = (&prefix, &items);
        let batch = batches.of::<String, usize>(STEP, same(prefix).to_vec());
        let make = |_, item: &_| {
            let batch = &batch;
            let item = String::clone(item);
            async move {
                let run = |items: Vec<String>| async move { lengths(prefix, &items).await };
                batch.call(item, 2, ms(1), String::clone, run).await
            }
        };
        let stopped = || BatchError::LeaderGone;
        each(items, None, Others::Drop, || false, stopped, make).await
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    assert_eq!(runtime.unwrap().block_on(run), Ok(vec![3, 4]));
}

#[test]
fn batches_are_known_by_their_step_and_group() {
    let batches = Batches::default();
    let first = batches.of::<u8, u8>(STEP, vec![1, 2]);
    assert!(Arc::ptr_eq(&first, &batches.of(STEP, vec![1, 2])));
    assert!(!Arc::ptr_eq(&first, &batches.of(STEP, vec![1, 3])));
    assert!(!Arc::ptr_eq(
        &first,
        &batches.of(StepKey::constant("other", "step"), vec![1, 2])
    ));
    drop(batches.of::<u8, u16>(STEP, vec![1, 2]));
    assert_eq!(lock(&batches.by_step).len(), 1);
    assert_eq!(
        format!("{batches:?} {first:?}"),
        r#"Batches { .. } Batch { step: StepKey { workflow: "tests::Flow", step: "step" }, .. }"#
    );
    drop(batches);
    drop(first);
}

#[test]
fn the_same_is_one_value() {
    let texts = ["a", "b"];
    assert_eq!(same(&texts), same(&texts));
    assert_ne!(same(&texts), same(&texts[0]));
    assert_ne!(same(&texts[..1]), same(&texts[..]));
    assert_ne!(same(&texts[0]), same(&texts[1]));
}

#[test]
fn every_failure_has_its_words() {
    let (given, expected) = (1, 2);
    let failures: [BatchError<fmt::Error>; 4] = [
        BatchError::Failed(fmt::Error),
        BatchError::Shared("down".into()),
        BatchError::Length { given, expected },
        BatchError::LeaderGone,
    ];
    let words = failures.map(|failure| {
        assert!(failure.source().is_none());
        failure.to_string()
    });
    assert_eq!(
        words,
        [
            &fmt::Error.to_string(),
            "down",
            "the batch gave 1 outputs for 2 items",
            "the call that ran the batch ended before it"
        ]
    );
}
