//! `#[batch(size = .., wait = ..)]`: the items of a step, and those of other runs, in one call.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use orchestrated::{Orchestrator, Reason, StepFailure, workflow};

use super::{Fault, Log, bounded, ms};

workflow! {
    workflow Lengths(log: &Log, words: Vec<String>) -> Result<Vec<usize>, Fault> {
        #[each(word in words)]
        #[batch(size = 3, wait = 5ms)]
        tool fn lengths(log, words) -> Result<Vec<usize>, Fault> {
            let _ = words;
            log.works(word.join("+"), 10).await;
            if word.contains(&"!".to_owned()) { return Err(Fault::No("a bad word")); }
            Ok(word.iter().map(String::len).collect())
        }
        Ok(lengths)
    }

    /// The item among the params, a typed one, an expression as the size, and one that cannot fail.
    workflow Typed(log: &Log, words: &[String], size: &usize) -> Vec<String> {
        #[each(word in words)]
        #[batch(size = *size)]
        tool fn told(log, words, size, word: &[String]) -> Vec<String> {
            log.works(word.len(), 1).await;
            word.iter().map(|word| format!("{word}/{}/{size}", words.len())).collect()
        }
        told
    }

    workflow Wrong(log: &Log, words: Vec<String>, given: &usize) -> Result<usize, Fault> {
        #[each(word in words)]
        #[batch(size = 2)]
        tool fn told(log, words, given) -> Vec<u32> { let _ = (words, word); log.say("called"); vec![1; *given] }
        Ok(told.len())
    }

    workflow Optional(log: &Log, words: Vec<String>) -> Vec<Result<usize, String>> {
        #[each(word in words)]
        #[batch(size = 2, wait = 5ms)]
        #[optional]
        tool fn lengths(log, words) -> Result<Vec<usize>, Fault> {
            let _ = words;
            log.say(word.join("+"));
            if word[0].starts_with('!') { Err(Fault::No("a bad word")) } else { Ok(word.iter().map(String::len).collect()) }
        }
        fn own(lengths) -> usize {
            let own = |one: &&Result<usize, StepFailure>| one.as_ref().is_err_and(|failure| failure.downcast_ref::<Fault>().is_some());
            lengths.iter().filter(own).count()
        }
        lengths.into_iter().map(|one| one.map_err(|failure| format!("{own} {failure}"))).collect()
    }

    workflow Retried(log: &Log, calls: &AtomicU32, words: Vec<String>) -> Result<Vec<usize>, Fault> {
        #[each(word in words)]
        #[idempotent]
        #[retry(attempts = 3, backoff = 10ms, max_backoff = 10ms)]
        #[timeout(100ms)]
        #[batch(size = 2, wait = 5ms)]
        tool fn lengths(log, calls, words) -> Result<Vec<usize>, Fault> {
            let _ = words;
            log.say(format!("{} {}", word.join("+"), log.now()));
            match calls.fetch_add(1, SeqCst) {
                0 => Err(Fault::No("the first")),
                1 => { ms(1_000).await; Ok(Vec::new()) }
                _ => Ok(word.iter().map(String::len).collect()),
            }
        }
        Ok(lengths)
    }

    workflow Panics(words: Vec<String>) -> Result<Vec<usize>, Fault> {
        #[each(word in words)]
        #[batch(size = 2)]
        tool fn lengths(words) -> Vec<usize> { assert!(words.is_empty(), "{} words", word.len()); Vec::new() }
        Ok(lengths)
    }

    workflow Cached(log: &Log, words: Vec<String>) -> Result<Vec<usize>, Fault> {
        #[each(word in words)]
        #[idempotent]
        #[cache(key = word.clone())]
        #[batch(size = 10, wait = 5ms)]
        tool fn lengths(log, words) -> Vec<usize> { let _ = words; log.say(word.join("+")); word.iter().map(String::len).collect() }
        Ok(lengths)
    }

    workflow Limited(log: &Log, words: Vec<String>) -> Vec<usize> {
        #[each(word in words)]
        #[batch(size = 2, wait = 5ms)]
        #[uses(server = 1)]
        tool fn lengths(log, words) -> Vec<usize> { let _ = words; log.works(word.join("+"), 10).await; word.iter().map(String::len).collect() }
        lengths
    }
}

fn words(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn the_body_gets_a_slice() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text| {
        bounded(
            Lengths {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    assert_eq!(run("a bb ccc dddd").await.unwrap(), [1, 2, 3, 4]);
    // The last one waits for others.
    assert_eq!(
        log.words(),
        ["+a+bb+ccc 0", "+dddd 5", "-a+bb+ccc 10", "-dddd 15"]
    );
    assert_eq!(run("").await.unwrap(), [0; 0]);
    assert_eq!(log.now(), 15);
}

#[tokio::test(start_paused = true)]
async fn the_slice_may_be_listed_and_typed() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let words = words("a b c");
    let run = |size| {
        bounded(
            Typed {
                log: &log,
                words: &words,
                size,
            }
            .run(&o),
        )
    };
    assert_eq!(run(&2).await.unwrap(), ["a/3/2", "b/3/2", "c/3/2"]);
    // It waits 2 ms where nothing else is said.
    assert_eq!(log.words(), ["+2 0", "-2 1", "+1 2", "-1 3"]);
    // A batch of one does not wait.
    assert_eq!(run(&1).await.unwrap().len(), 3);
    assert_eq!(log.now(), 4);
}

#[tokio::test(start_paused = true)]
async fn runs_of_one_orchestrator_are_gathered() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text, o: Orchestrator| {
        let log = &log;
        bounded(async move {
            Lengths {
                log,
                words: words(text),
            }
            .run(&o)
            .await
        })
    };
    let (one, other, elsewhere) = tokio::join!(
        run("a bb", o.clone()),
        async {
            ms(1).await;
            run("cccc dd", o.clone()).await
        },
        run("x", Orchestrator::new()),
    );
    assert_eq!(one.unwrap(), [1, 2]);
    assert_eq!(other.unwrap(), [4, 2]);
    assert_eq!(elsewhere.unwrap(), [1]);
    assert_eq!(
        log.words(),
        [
            "+a+bb+cccc 1",
            "+x 5",
            "+dd 6",
            "-a+bb+cccc 11",
            "-x 15",
            "-dd 16"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn only_with_the_same_references() {
    let o = Orchestrator::new();
    let (log, other) = (Log::new(), Log::new());
    let run = |log, text| {
        bounded(
            Lengths {
                log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let (one, two, three) = tokio::join!(run(&log, "a"), run(&other, "bb"), run(&log, "ccc"));
    assert_eq!(
        [one.unwrap(), two.unwrap(), three.unwrap()],
        [[1], [2], [3]]
    );
    assert_eq!(log.words(), ["+a+ccc 5", "-a+ccc 15"]);
    assert_eq!(other.words(), ["+bb 5", "-bb 15"]);
}

static SHARED: LazyLock<Orchestrator> = LazyLock::new(Orchestrator::new);
static CALLS: AtomicU32 = AtomicU32::new(0);

workflow! {
    workflow Spawned(n: u32, items: Vec<u32>) -> Vec<u32> {
        #[each(item in items)]
        #[batch(size = 8, wait = 5ms)]
        tool fn doubled(items) -> Vec<u32> { let _ = items; CALLS.fetch_add(1, SeqCst); item.iter().map(|item| item * 2).collect() }
        #[after(doubled)]
        fn last(n) -> u32 { *n }
        let _ = last;
        doubled
    }
}

#[tokio::test(start_paused = true)]
async fn runs_on_tasks_of_their_own_are_gathered() {
    let runs: Vec<_> = (0..4)
        .map(|n| {
            tokio::spawn(
                Spawned {
                    n,
                    items: vec![n, n + 10],
                }
                .run(&*SHARED),
            )
        })
        .collect();
    for (n, run) in (0..4).zip(runs) {
        let doubled = bounded(run).await.unwrap().unwrap();
        assert_eq!(doubled, [n * 2, (n + 10) * 2]);
    }
    assert_eq!(CALLS.load(SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_number_of_outputs() {
    let (o, log) = (Orchestrator::new(), Log::new());
    for given in [0, 1, 3] {
        let run = Wrong {
            log: &log,
            words: words("a b"),
            given: &given,
        };
        let failure = bounded(run.run(&o)).await.unwrap_err();
        assert!(
            matches!(failure.reason(), Reason::BatchLength { outputs, items: 2 } if *outputs == given)
        );
        assert_eq!(
            failure.to_string(),
            format!(
                "workflow `Wrong`: step `told` returned {given} outputs for a batch of 2 items"
            )
        );
    }
    let run = Wrong {
        log: &log,
        words: words("a b"),
        given: &2,
    };
    assert_eq!(bounded(run.run(&o)).await.unwrap(), 2);
    assert_eq!(log.words(), ["called"; 4]);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_one_of_all() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text| {
        bounded(
            Optional {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let lengths = run("!a bb ccc").await.unwrap();
    // It is the leader's own; the others are told.
    let own = "1 step `lengths` failed: a bad word";
    let told = "1 step `lengths` failed with the batch that it was gathered into: a bad word";
    assert_eq!(lengths, [Err(own.to_owned()), Err(told.to_owned()), Ok(3)]);
    assert_eq!(log.words(), ["!a+bb", "ccc"]);

    // Of another run it is a failure too.
    let run = |text| {
        bounded(
            Lengths {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let (one, other) = tokio::join!(run("!"), run("a"));
    assert_eq!(one.unwrap_err().error(), Some(&Fault::No("a bad word")));
    let other = other.unwrap_err();
    assert!(matches!(other.reason(), Reason::Batch(why) if why == "a bad word"));
    let (one, other) = tokio::join!(
        bounded(Panics { words: words("a") }.run(&o)),
        bounded(Panics { words: words("b") }.run(&o))
    );
    assert!(matches!(one.unwrap_err().reason(), Reason::Panicked(_)));
    assert!(
        matches!(other.unwrap_err().reason(), Reason::Batch(why) if why == "panicked: 2 words")
    );
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_goes_while_it_gathers_leaves_the_lead() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text| {
        bounded(
            Lengths {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let gone = tokio::time::timeout(Duration::from_millis(2), run("gone"));
    let (gone, stays) = tokio::join!(gone, run("stays"));
    assert!(gone.is_err());
    assert_eq!(stays.unwrap(), [5]);
    assert_eq!(log.words(), ["+stays 5", "-stays 15"]);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_goes_while_it_calls_fails_the_others() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text| {
        bounded(
            Lengths {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let gone = tokio::time::timeout(Duration::from_millis(8), run("gone"));
    let (gone, stays) = tokio::join!(gone, run("stays"));
    assert!(gone.is_err());
    assert!(matches!(stays.unwrap_err().reason(), Reason::Batch(_)));
    assert_eq!(log.words(), ["+gone+stays 5", "!gone+stays 8"]);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_gathered_again() {
    let (o, log, calls) = (Orchestrator::new(), Log::new(), AtomicU32::new(0));
    let run = |text| {
        let words = words(text);
        bounded(
            Retried {
                log: &log,
                calls: &calls,
                words,
            }
            .run(&o),
        )
    };
    assert_eq!(run("a bb").await.unwrap(), [1, 2]);
    // An error, a time-out, and then it works: for all of them, one call each.
    assert_eq!(log.words(), ["a+bb 0", "a+bb 10", "a+bb 120"]);

    // A call that went with its leader is made again.
    let calls = AtomicU32::new(1);
    let run = |text| {
        let words = words(text);
        bounded(
            Retried {
                log: &log,
                calls: &calls,
                words,
            }
            .run(&o),
        )
    };
    let gone = tokio::time::timeout(Duration::from_millis(50), run("gone"));
    let (gone, stays) = tokio::join!(gone, run("stays"));
    assert!(gone.is_err());
    assert_eq!(stays.unwrap(), [5]);
    assert_eq!(log.words(), ["gone+stays 120", "stays 185"]);
}

workflow! {
    /// The options around an item are about its own output, and not about the batch.
    workflow Around(log: &Log, items: &[u32]) -> Result<(Vec<u32>, Vec<u32>), Fault> {
        #[each(item in items)]
        #[batch(size = 2)]
        #[fallback(if *item < 5 { Ok(*item * 10) } else { Err(Fault::No("five")) })]
        #[default(u32::try_from(error.to_string().len()).unwrap())]
        tool fn fell(log, items) -> Result<Vec<u32>, Fault> { let _ = items; log.say(format!("{item:?}")); Err(Fault::No("always")) }

        #[each(item in items)]
        #[batch(size = 2)]
        #[rollback(log.say(format!("undo {item} {done}")))]
        tool fn done(log, items) -> Vec<u32> { let _ = (log, items); item.iter().map(|item| item + 1).collect() }

        tool fn last(fell, done) -> Result<(), Fault> {
            if fell.len() + done.len() > 4 { Err(Fault::No("too many")) } else { Ok(()) }
        }
        let () = last;
        Ok((fell, done))
    }
}

#[tokio::test(start_paused = true)]
async fn the_options_around_it_are_those_of_the_item() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let (fell, done) = bounded(
        Around {
            log: &log,
            items: &[1, 5],
        }
        .run(&o),
    )
    .await
    .unwrap();
    let length = u32::try_from("step `fell` failed: five".len()).unwrap();
    assert_eq!((fell, done), (vec![10, length], vec![2, 6]));
    assert_eq!(log.words(), ["[1, 5]"]);
    let failure = bounded(
        Around {
            log: &log,
            items: &[1, 5, 2],
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("too many")));
    assert_eq!(
        log.words(),
        ["[1, 5]", "[2]", "undo 2 3", "undo 5 6", "undo 1 2"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_cached_is_not_gathered() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |text| {
        bounded(
            Cached {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    assert_eq!(run("a bb a").await.unwrap(), [1, 2, 1]);
    assert_eq!(run("bb ccc").await.unwrap(), [2, 3]);
    assert_eq!(log.words(), ["a+bb", "ccc"]);
    assert_eq!(log.now(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_batch_takes_one_turn() {
    let log = Log::new();
    let o = Orchestrator::new().resource("server", 1).max_concurrency(1);
    let run = |text| {
        bounded(
            Limited {
                log: &log,
                words: words(text),
            }
            .run(&o),
        )
    };
    let (one, other) = tokio::join!(run("a bb ccc"), run("dddd"));
    assert_eq!((one.unwrap(), other.unwrap()), (vec![1, 2, 3], vec![4]));
    assert_eq!(
        log.words(),
        ["+a+bb 0", "-a+bb 10", "+ccc+dddd 10", "-ccc+dddd 20"]
    );
}
