//! `#[each(..)]` with the other options: around each item.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use orchestrated::{Orchestrator, Reason, StepFailure, workflow};

use super::{Fault, Log, bounded, ms};

workflow! {
    workflow Optional(items: Vec<u32>) -> (String, usize) {
        #[each(n in items)]
        #[optional]
        tool fn small(items) -> Result<u32, Fault> {
            ms(u64::from(10 - n)).await;
            match n {
                0 => panic!("zero of {}", items.len()),
                1..=4 => Ok(*n),
                _ => Err(Fault::No("large")),
            }
        }
        fn told(small: &[Result<u32, StepFailure>]) -> String {
            let told = small.iter().map(|one| one.as_ref().map_or_else(StepFailure::to_string, u32::to_string));
            told.collect::<Vec<_>>().join("; ")
        }
        (told, small.len())
    }

    workflow Named(items: Vec<u32>) -> String {
        #[each(n in items)]
        #[optional]
        #[when(!items.is_empty())]
        tool fn split(items) -> Result<(half: u32, text: String), Fault> {
            if *n > 4 { return Err(Fault::No("large")); }
            Ok((n / 2, format!("{n}/{}", items.len())))
        }
        fn told(half, text: Option<&Vec<Result<String, StepFailure>>>) -> String {
            let half = half.map(|half| half.iter().map(|one| one.as_ref().ok()).collect::<Vec<_>>());
            let text = text.map(|text| text.iter().map(|one| one.as_ref().map_err(StepFailure::attempts)).collect::<Vec<_>>());
            format!("{half:?} {text:?}")
        }
        told
    }

    workflow Defaulted(items: Vec<u32>) -> Vec<String> {
        #[each(n in items)]
        #[timeout(20ms)]
        #[default(format!("{n} of {}: {error}", items.len()))]
        tool fn told(items) -> Result<String, Fault> {
            ms(u64::from(*n)).await;
            if items[0] == *n { Err(Fault::No("the first")) } else { Ok(n.to_string()) }
        }
        told
    }

    workflow Retried(log: &Log, calls: &AtomicU32, items: Vec<u32>) -> Result<Vec<u32>, Fault> {
        #[each(n in items, concurrency = 1)]
        #[idempotent]
        #[retry(attempts = 3, backoff = 10ms, max_backoff = 10ms, when = *n < 9 || calls.load(SeqCst) > 99)]
        #[timeout(50ms)]
        tool fn tried(log, calls, items, cx) -> Result<u32, Fault> {
            log.say(format!("{n}.{} {}", cx.attempt(), log.now()));
            calls.fetch_add(1, SeqCst);
            if cx.attempt() < *n { return Err(Fault::No("not yet")); }
            if *n == 0 && cx.attempt() == 1 { ms(60).await; }
            Ok(*n + u32::try_from(items.len()).unwrap())
        }
        Ok(tried)
    }

    workflow FellBack(items: Vec<u32>) -> Result<Vec<String>, Fault> {
        #[each(n in items)]
        #[fallback(if *n < 5 { Ok(format!("less than five: {n}")) } else { Err(Fault::No("five")) })]
        #[fallback(if items.len() > 2 { Ok(error.to_string()) } else { Err(Fault::No("too few")) })]
        tool fn told(items) -> Result<String, Fault> { let _ = items; if *n < 2 { Ok(n.to_string()) } else { Err(Fault::No("two")) } }
        Ok(told)
    }

    workflow Cached(log: &Log, words: Vec<String>) -> Result<Vec<usize>, Fault> {
        // An item is the key, and not all of them; what is the same is worked out once.
        #[each(word in words)]
        #[idempotent]
        #[cache(ttl = 1h, key = word.clone())]
        tool fn lengths(log, words) -> Result<usize, Fault> {
            let _ = words;
            log.works(word, 10).await;
            if word.is_empty() { Err(Fault::No("empty")) } else { Ok(word.len()) }
        }
        Ok(lengths)
    }

    workflow CachedWhole(words: Vec<String>, of: usize) -> Vec<usize> {
        #[each(word in words)]
        #[idempotent]
        #[cache]
        tool fn lengths(words, of) -> usize { let _ = words; CALLS.fetch_add(1, SeqCst); word.len() * of }
        lengths
    }

    workflow Repeated(items: Vec<u32>) -> Result<Vec<u32>, Fault> {
        #[each(n in items)]
        #[repeat(max = 4, until = grown >= n)]
        tool fn grown(items, last) -> u32 { let _ = items; ms(1).await; last.map_or(1, |last| last * 2) }
        Ok(grown)
    }

    workflow Broken(log: &Log, items: Vec<u32>) -> Vec<bool> {
        #[each(n in items, concurrency = 1)]
        #[optional]
        #[breaker(failures = 2, cooldown = 1m)]
        tool fn tried(log, items) -> Result<(), Fault> {
            let _ = items;
            log.say(n.to_string());
            if n.is_multiple_of(2) { Ok(()) } else { Err(Fault::No("odd")) }
        }
        fn open(tried) -> Vec<bool> {
            let is_open = |one: &Result<(), StepFailure>| one.as_ref().is_err_and(|failure| matches!(failure.reason(), Reason::BreakerOpen(_)));
            tried.iter().map(is_open).collect()
        }
        open
    }
}

/// An input would be a part of the key.
static CALLS: AtomicU32 = AtomicU32::new(0);

#[tokio::test(start_paused = true)]
async fn optional_is_each_of_them() {
    let o = Orchestrator::new();
    let (told, count) = bounded(
        Optional {
            items: vec![3, 7, 0, 1],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(
        told,
        "3; step `small` failed: large; step `small` panicked: zero of 4; 1"
    );
    assert_eq!(count, 4);
}

#[tokio::test(start_paused = true)]
async fn named_outputs_are_lists() {
    let o = Orchestrator::new();
    let told = bounded(
        Named {
            items: vec![2, 5, 4],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(
        told,
        r#"Some([Some(1), None, Some(2)]) Some([Ok("2/3"), Err(1), Ok("4/3")])"#
    );
    let told = bounded(Named { items: Vec::new() }.run(&o)).await.unwrap();
    assert_eq!(told, "None None");
}

#[tokio::test(start_paused = true)]
async fn a_default_is_that_of_the_item() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let told = bounded(
        Defaulted {
            items: vec![5, 90, 10],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            "5 of 3: step `told` failed: the first",
            "90 of 3: step `told` timed out after 20ms",
            "10",
        ]
    );
    assert_eq!(log.now(), 20);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_those_of_the_item() {
    let (o, log, calls) = (Orchestrator::new(), Log::new(), AtomicU32::new(0));
    let run = |items| {
        bounded(
            Retried {
                log: &log,
                calls: &calls,
                items,
            }
            .run(&o),
        )
    };
    assert_eq!(run(vec![1, 3, 0, 2]).await.unwrap(), [5, 7, 4, 6]);
    assert_eq!(
        log.words(),
        [
            "1.1 0", "3.1 0", "3.2 10", "3.3 20", "0.1 20", "0.2 80", "2.1 80", "2.2 90"
        ]
    );
    let failure = run(vec![4]).await.unwrap_err();
    assert_eq!((failure.attempts(), log.words().len()), (3, 3));
    // Its condition sees the item, and the inputs.
    let failure = run(vec![9]).await.unwrap_err();
    assert_eq!((failure.attempts(), log.words().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn fallbacks_are_those_of_the_item() {
    let o = Orchestrator::new();
    let told = bounded(
        FellBack {
            items: vec![1, 2, 5],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(told, ["1", "less than five: 2", "step `told` failed: five"]);
    let failure = bounded(FellBack { items: vec![1, 5] }.run(&o))
        .await
        .unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("too few")));
}

#[tokio::test(start_paused = true)]
async fn an_item_is_cached_by_itself() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |words: &[&str]| {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        bounded(Cached { log: &log, words }.run(&o))
    };
    // Two that are the same at the same time are one.
    assert_eq!(run(&["a", "bc", "a"]).await.unwrap(), [1, 2, 1]);
    assert_eq!(log.words(), ["+a 0", "+bc 0", "-a 10", "-bc 10"]);
    assert_eq!(run(&["bc", "def"]).await.unwrap(), [2, 3]);
    assert_eq!(log.words(), ["+def 10", "-def 20"]);
    // A failure is not kept.
    assert!(run(&["", "a"]).await.is_err());
    assert!(run(&[""]).await.is_err());
    assert_eq!(log.words(), ["+ 20", "- 30", "+ 30", "- 40"]);
}

#[tokio::test(start_paused = true)]
async fn all_the_inputs_are_the_key_with_the_item_in_place_of_the_items() {
    let o = Orchestrator::new();
    let run = |words: &[&str], of| {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        bounded(CachedWhole { words, of }.run(&o))
    };
    assert_eq!(run(&["a", "bc"], 1).await.unwrap(), [1, 2]);
    assert_eq!(CALLS.load(SeqCst), 2);
    assert_eq!(run(&["bc", "def"], 1).await.unwrap(), [2, 3]);
    assert_eq!(CALLS.load(SeqCst), 3);
    assert_eq!(run(&["bc"], 10).await.unwrap(), [20]);
    assert_eq!(CALLS.load(SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn the_feedback_is_that_of_the_item() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let grown = bounded(
        Repeated {
            items: vec![5, 1, 8, 2],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!((grown, log.now()), (vec![8, 1, 8, 2], 4));
    let failure = bounded(Repeated { items: vec![1, 9] }.run(&o))
        .await
        .unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Unsatisfied { rounds: 4 }
    ));
}

#[tokio::test(start_paused = true)]
async fn the_breaker_is_that_of_the_step() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let items = vec![1, 2, 1, 3, 2, 2];
    let open = bounded(Broken { log: &log, items }.run(&o)).await.unwrap();
    assert_eq!(open, [false, false, false, false, true, true]);
    assert_eq!(log.words(), ["1", "2", "1", "3"]);
}
