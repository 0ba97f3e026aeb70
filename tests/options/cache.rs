//! `cache`: what a step has produced, kept by its inputs for all the runs of an orchestrator.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::FutureExt as _;
use orchestrated::{Orchestrator, Reason, workflow};

use crate::log::{Fault, Log, ms, pass};

workflow! {
    workflow Keyed(log: &Log, n: u32) -> String {
        #[idempotent]
        #[cache(key = *n)]
        tool fn made(log, n) -> String { pass(10).await; let time = log.say(format!("{n}")); format!("{n}.{time}") }
        made
    }

    workflow Lives(log: &Log, n: u32) -> String {
        #[idempotent]
        #[cache(ttl = 1m, key = *n)]
        tool fn made(log, n) -> String { let time = log.say(format!("{n}")); format!("{n}.{time}") }
        made
    }

    workflow Few(log: &Log, n: u32) -> String {
        #[idempotent]
        #[cache(capacity = 2, key = *n)]
        tool fn made(log, n) -> String { let time = log.say(format!("{n}")); format!("{n}.{time}") }
        made
    }

    workflow Expressions(log: &Log, n: u32, ttl: Duration, capacity: usize) -> String {
        #[idempotent]
        #[cache(ttl = *ttl * 2, capacity = *capacity, key = *n)]
        tool fn made(log, n, ttl, capacity) -> String { let time = log.say(format!("{n}")); format!("{n}.{time}") }
        made
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_is_not_made_again() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let (clone, another) = (o.clone(), Orchestrator::new());
    let run = async |n, o| Keyed { log: &log, n }.run(o).await.unwrap();
    assert_eq!(run(1, &o).await, "1.1");
    assert_eq!(log.now(), 10);
    for o in [&o, &clone] {
        assert_eq!(run(1, o).await, "1.1");
    }
    assert_eq!(log.now(), 10, "it takes no time");
    assert_eq!(run(2, &o).await, "2.1");
    assert_eq!(log.words(), ["1", "2"]);
    // Another orchestrator has its own.
    assert_eq!(run(1, &another).await, "1.2");
    assert_eq!(run(1, &o).await, "1.1");
}

#[tokio::test(start_paused = true)]
async fn it_lives_for_its_time() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |n| Lives { log: &log, n }.run(&o).await.unwrap();
    assert_eq!(run(1).await, "1.1");
    pass(59_999).await;
    // To be used does not prolong it.
    assert_eq!(run(1).await, "1.1");
    assert_eq!(run(2).await, "2.1");
    pass(1).await;
    assert_eq!(run(1).await, "1.2");
    assert_eq!(run(2).await, "2.1");
    pass(59_999).await;
    assert_eq!((run(1).await, run(2).await), ("1.2".into(), "2.2".into()));

    let run = async |n| {
        let (ttl, capacity) = (ms(500), 1);
        let run = Expressions {
            log: &log,
            n,
            ttl,
            capacity,
        };
        run.run(&o).await.unwrap()
    };
    assert_eq!(run(7).await, "7.1");
    pass(999).await;
    assert_eq!(run(7).await, "7.1");
    pass(1).await;
    assert_eq!(run(7).await, "7.2");
    assert_eq!(run(8).await, "8.1");
    assert_eq!(run(7).await, "7.3", "there is room for one");
}

#[tokio::test(start_paused = true)]
async fn the_one_that_was_not_used_for_longest_goes_first() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |n| Few { log: &log, n }.run(&o).await.unwrap();
    assert_eq!([run(1).await, run(2).await], ["1.1", "2.1"]);
    assert_eq!(run(1).await, "1.1");
    // 2 goes.
    assert_eq!(run(3).await, "3.1");
    assert_eq!([run(1).await, run(3).await], ["1.1", "3.1"]);
    assert_eq!(run(2).await, "2.2");
    // And now 1.
    assert_eq!(run(3).await, "3.1");
    assert_eq!(run(1).await, "1.2");
}

#[tokio::test(start_paused = true)]
async fn there_is_room_for_256() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = async |n| Keyed { log: &log, n }.run(&o).await.unwrap();
    for n in 0..256 {
        run(n).await;
    }
    assert_eq!(run(0).await, "0.1");
    assert_eq!(run(256).await, "256.1");
    assert_eq!((run(0).await, run(1).await), ("0.1".into(), "1.2".into()));
}

workflow! {
    workflow Slow(log: &Log, fails: usize) -> Result<usize, Fault> {
        #[idempotent]
        #[cache(key = ())]
        agent fn made(log, fails) -> Result<usize, Fault> {
            let _gone = log.until_dropped("ends");
            let time = log.say("starts");
            pass(100).await;
            if time <= *fails { Err(Fault::Broken(u32::try_from(time).unwrap())) } else { Ok(time) }
        }
        Ok(made)
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_that_miss_together_compute_once() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = || {
        Slow {
            log: &log,
            fails: 0,
        }
        .run(&o)
    };
    let late = async {
        pass(60).await;
        run().await
    };
    let (one, other, third) = futures::join!(run(), run(), late);
    assert_eq!([one.unwrap(), other.unwrap(), third.unwrap()], [1; 3]);
    assert_eq!((log.count("starts"), log.now()), (1, 100));
}

#[tokio::test(start_paused = true)]
async fn runs_on_threads_compute_once_too() {
    let o = Orchestrator::new();
    let log: &'static Log = Box::leak(Box::new(Log::new()));
    let runs = (0..4).map(|_| {
        let o = o.clone();
        tokio::spawn(async move { Slow { log, fails: 0 }.run(&o).await.unwrap() })
    });
    let runs = futures::future::join_all(runs).await;
    assert!(runs.into_iter().all(|value| value.unwrap() == 1));
    assert_eq!(log.count("starts"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_never_kept() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = || {
        Slow {
            log: &log,
            fails: 2,
        }
        .run(&o)
    };
    let failure = run().await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::Broken(1)));
    // Nor is it handed to who waits: that one computes in its turn.
    let (one, other) = futures::join!(run(), run());
    assert_eq!(one.unwrap_err().error(), Some(&Fault::Broken(2)));
    assert_eq!(other.unwrap(), 3);
    assert_eq!((log.count("starts"), log.now()), (3, 300));
    assert_eq!(run().await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_computes_when_the_other_one_is_dropped() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = || {
        Slow {
            log: &log,
            fails: 0,
        }
        .run(&o)
    };
    let mut first = Box::pin(run());
    assert!(first.as_mut().now_or_never().is_none());
    let drops = async move {
        pass(40).await;
        drop(first);
    };
    let ((), one, other) = futures::join!(drops, run(), run());
    assert_eq!([one.unwrap(), other.unwrap()], [2, 2]);
    assert_eq!(log.words(), ["starts", "ends", "starts", "ends"]);
    assert_eq!(log.times("ends"), [40, 140]);
    assert_eq!(run().await.unwrap(), 2);
}

workflow! {
    workflow Panics(log: &Log) -> usize {
        #[idempotent]
        #[cache(key = 0)]
        tool fn made(log) -> usize {
            let time = log.say("made");
            pass(10).await;
            assert!(time > 1, "the first time");
            time
        }
        made
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_never_kept_either() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let (one, other) = futures::join!(Panics { log: &log }.run(&o), Panics { log: &log }.run(&o));
    assert!(matches!(one.unwrap_err().reason(), Reason::Panicked(_)));
    assert_eq!(other.unwrap(), 2);
}

/// Gives each call a number of its own.
fn number() -> usize {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed)
}

workflow! {
    workflow All(n: u32, text: &str, parts: &[u8], maybe: Option<u32>) -> usize {
        #[idempotent]
        #[cache]
        tool fn made(n, text, parts, maybe, cx) -> usize { let _ = (n, text, parts, maybe, cx); number() }
        made
    }

    workflow Swapped(a: u32, b: u32) -> (usize, usize) {
        fn left(a) -> u32 { *a }
        fn right(b) -> u32 { *b }
        #[cache]
        fn one(left, right) -> usize { let _ = (left, right); number() }
        #[cache]
        fn other(right, left) -> usize { let _ = (left, right); number() }
        (one, other)
    }

    /// The same step of another workflow.
    workflow SwappedToo(a: u32, b: u32) -> (usize, usize) {
        fn left(a) -> u32 { *a }
        fn right(b) -> u32 { *b }
        #[cache]
        fn one(left, right) -> usize { let _ = (left, right); number() }
        (one, 0)
    }

    workflow Half(n: u32, text: &str) -> usize {
        #[cache(key = text.to_lowercase())]
        fn made(n, text) -> usize { let _ = (n, text); number() }
        made
    }

    workflow Typed<T: Clone + Send + Sync + 'static>(text: &str, what: T) -> (T, usize) {
        #[cache(key = text.to_owned())]
        fn made(text, what) -> (T, usize) { let _ = text; (what.clone(), number()) }
        made
    }

    workflow Nothing(log: &Log, n: u32) -> u32 {
        #[cache(key = ())]
        fn once(log) { log.say("once"); }
        #[after(once)]
        fn same(n) -> u32 { *n }
        same
    }

    workflow Named(n: u32) -> usize {
        #[cache]
        fn pair(n) -> (half: u32, call: usize) { (n / 2, number()) }
        fn both(half, call) -> usize { usize::try_from(*half).unwrap() * 1_000_000 + call }
        both
    }
}

#[tokio::test(start_paused = true)]
async fn all_the_inputs_are_the_key() {
    let o = Orchestrator::new();
    let run = async |n, text: &str, parts: &[u8], maybe| {
        let run = All {
            n,
            text,
            parts,
            maybe,
        };
        run.run(&o).await.unwrap()
    };
    let first = run(1, "a", &[1], None).await;
    // By value: these are other places with the same in them.
    let (copy, bytes) = ("a".to_owned(), vec![1]);
    assert_eq!(run(1, &copy, &bytes, None).await, first);
    let mut others = vec![
        first,
        run(2, "a", &[1], None).await,
        run(1, "b", &[1], None).await,
        run(1, "a", &[1, 1], None).await,
        run(1, "a", &[1], Some(0)).await,
    ];
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), 5);
    assert_eq!(run(1, "a", &[1], None).await, first);
}

#[tokio::test(start_paused = true)]
async fn steps_and_workflows_share_nothing() {
    let o = Orchestrator::new();
    let run = async |a, b| Swapped { a, b }.run(&o).await.unwrap();
    let (one, other) = run(1, 1).await;
    assert_ne!(one, other);
    assert_eq!(run(1, 1).await, (one, other));
    let crossed = run(1, 2).await;
    assert_eq!(run(1, 2).await, crossed);
    let back = run(2, 1).await;
    assert!(back.0 != crossed.0 && back.1 != crossed.1 && back.0 != crossed.1);
    let (elsewhere, _) = SwappedToo { a: 1, b: 1 }.run(&o).await.unwrap();
    assert_ne!(elsewhere, one);
}

#[tokio::test(start_paused = true)]
async fn the_key_may_be_said() {
    let o = Orchestrator::new();
    let run = async |n, text| Half { n, text }.run(&o).await.unwrap();
    let one = run(1, "Ada").await;
    assert_eq!(run(2, "ADA").await, one);
    assert_ne!(run(1, "Adam").await, one);
}

#[tokio::test(start_paused = true)]
async fn a_generic_workflow_has_one_for_each_type() {
    let o = Orchestrator::new();
    let number = async |what: u32| Typed { text: "a", what }.run(&o).await.unwrap();
    let text = async |what: &'static str| Typed { text: "a", what }.run(&o).await.unwrap();
    let (one, other) = (number(1).await, text("b").await);
    assert_eq!((one.0, other.0), (1, "b"));
    // What is asked for is not the key, and so the first one is given.
    assert_eq!((number(2).await, text("c").await), (one, other));
}

#[tokio::test(start_paused = true)]
async fn a_step_may_produce_nothing_or_more() {
    let (o, log) = (Orchestrator::new(), Log::new());
    for n in 0..3 {
        assert_eq!(Nothing { log: &log, n }.run(&o).await.unwrap(), n);
    }
    assert_eq!(log.words(), ["once"]);

    let first = Named { n: 6 }.run(&o).await.unwrap();
    assert_eq!(first / 1_000_000, 3);
    assert_eq!(Named { n: 6 }.run(&o).await.unwrap(), first);
    assert_ne!(Named { n: 7 }.run(&o).await.unwrap(), first);
}

workflow! {
    workflow Items(log: &Log, words: Vec<String>, n: u32) -> Vec<String> {
        #[each(word in words)]
        #[idempotent]
        #[cache(key = (word.clone(), *n))]
        tool fn made(log, words, n) -> String {
            let _ = words;
            pass(10).await;
            let time = log.say(word.clone());
            format!("{word}{n}.{time}")
        }
        made
    }

    /// An item and the other inputs are the key, and not all the items.
    workflow WholeKey(words: Vec<String>, n: u32) -> Vec<usize> {
        #[each(word in words)]
        #[idempotent]
        #[cache]
        tool fn made(words, n) -> usize { let _ = (words, n, word); number() }
        made
    }
}

#[tokio::test(start_paused = true)]
async fn each_item_has_a_key() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let run = async |items: &[&str], n| {
        let run = Items {
            log: &log,
            words: words(items),
            n,
        };
        run.run(&o).await.unwrap()
    };
    assert_eq!(run(&["a", "b", "a"], 1).await, ["a1.1", "b1.1", "a1.1"]);
    assert_eq!(run(&["b", "c"], 1).await, ["b1.1", "c1.1"]);
    assert_eq!(run(&["b"], 2).await, ["b2.2"]);
    assert_eq!(log.words(), ["a", "b", "c", "b"]);

    let run = async |items: &[&str], n| {
        let words = words(items);
        WholeKey { words, n }.run(&o).await.unwrap()
    };
    let (one, other) = (run(&["a", "b"], 1).await, run(&["b", "a", "c"], 1).await);
    assert_eq!((one[0], one[1]), (other[1], other[0]));
    assert_ne!(run(&["a"], 2).await[0], one[0]);
}
