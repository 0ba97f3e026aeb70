//! `#[each(item in items)]`: the body once an item.

use std::collections::BTreeMap;

use orchestrated::{Orchestrator, workflow};

use super::{Fault, Log, bounded};

/// Takes as many milliseconds as it says; an odd number fails at its end.
async fn takes(log: &Log, n: u64) -> Result<u64, Fault> {
    log.works(n, n).await;
    if n.is_multiple_of(2) {
        Ok(n)
    } else {
        Err(Fault::No("odd"))
    }
}

workflow! {
    workflow All(log: &Log, items: Vec<u64>) -> Result<Vec<u64>, Fault> {
        #[each(n in items)]
        tool fn took(log, items) -> Result<u64, Fault> { takes(log, *n).await.map(|n| n + items.len() as u64) }
        Ok(took)
    }

    /// The item among the params, and the items not used but there.
    workflow Narrow(log: &Log, items: Vec<u64>, width: usize) -> Result<Vec<u64>, Fault> {
        #[each(n in items, concurrency = *width)]
        tool fn took(log, width, items, n: &u64) -> Result<u64, Fault> {
            assert!(items.contains(n));
            takes(log, *n).await.map(|n| n + *width as u64 - *width as u64)
        }
        Ok(took)
    }

    workflow Two(log: &Log, items: Vec<u64>) -> Result<Vec<u64>, Fault> {
        #[each(n in items, concurrency = 2)]
        tool fn took(log, items) -> Result<u64, Fault> { let _ = items; takes(log, *n).await }
        Ok(took)
    }

    /// Items of every form that can be gone over by reference.
    workflow Forms(
        by_reference: &Vec<String>,
        slice: &[u32],
        map: BTreeMap<String, u32>,
        array: [u8; 3],
        optional: Option<u32>,
    ) -> Vec<String> {
        #[each(word in by_reference)]
        tool fn words(by_reference, word) -> String { format!("{word} of {}", by_reference.len()) }

        #[each(n in slice)]
        fn numbers(slice) -> u32 { n + u32::try_from(slice.len()).unwrap() }

        // What is produced by a step, asked for as a slice.
        #[each(word in words)]
        tool fn lengths(words: &[String]) -> usize { word.len() + words.len() }

        #[each(entry in map)]
        tool fn entries(map, entry: (&String, &u32)) -> String { let (name, n) = entry; format!("{name}{n}/{}", map.len()) }

        #[each(byte in array)]
        fn bytes(array) -> u8 { byte + array[0] }

        #[each(one in optional)]
        fn ones(optional) -> u32 { one + optional.unwrap_or(0) }

        vec![format!("{numbers:?}"), format!("{lengths:?}"), format!("{entries:?}"), format!("{bytes:?}"), format!("{ones:?}")]
    }

    /// In a stage of several batches, beside other steps; with readers there, and named outputs.
    workflow Skewed(log: &Log, items: Vec<u64>) -> String {
        tool fn started(log, items) -> Vec<u64> { log.works("started", 5).await; items.clone() }
        #[each(n in started, concurrency = 1)]
        tool fn halved(log, started) -> (half: u64, text: String) { let _ = started; log.works(n, *n).await; (n / 2, n.to_string()) }
        tool fn other(log) -> u32 { log.works("other", 30).await; 1 }
        tool fn another(log, other) -> u32 { log.works("another", 1).await; *other }
        fn told(half, text: &[String], another) -> String { format!("{half:?} {} {another}", text.join(",")) }
        told
    }
}

const ITEMS: [u64; 4] = [40, 10, 30, 20];

#[tokio::test(start_paused = true)]
async fn all_at_once_and_in_the_order_of_the_items() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let took = bounded(
        All {
            log: &log,
            items: ITEMS.into(),
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(took, [44, 14, 34, 24]);
    assert_eq!((log.now(), log.most()), (40, 4));
    assert_eq!(
        log.words(),
        [
            "+40 0", "+10 0", "+30 0", "+20 0", "-10 10", "-20 20", "-30 30", "-40 40"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn none_at_all() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let took = bounded(
        All {
            log: &log,
            items: Vec::new(),
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!((took.len(), log.now()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn as_many_at_once_as_may_run() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = |width| {
        bounded(
            Narrow {
                log: &log,
                items: ITEMS.into(),
                width,
            }
            .run(&o),
        )
    };
    for (width, ends) in [(1, 100), (2, 160), (3, 200), (9, 240)] {
        assert_eq!(run(width).await.unwrap(), ITEMS);
        assert_eq!((log.now(), log.most()), (ends, width.min(4)));
    }
    assert_eq!(log.words().len(), 4 * 8);
    // None at all would never end.
    assert_eq!(run(0).await.unwrap(), ITEMS);
    assert_eq!(log.most(), 1);

    let log = Log::new();
    let took = bounded(
        Two {
            log: &log,
            items: ITEMS.into(),
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(took, ITEMS);
    // The next one starts when one ends, and not when both have.
    assert_eq!(
        log.words(),
        [
            "+40 0", "+10 0", "-10 10", "+30 10", "-40 40", "-30 40", "+20 40", "-20 60"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_ends_the_rest() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let items = vec![40, 15, 30, 20];
    let failure = bounded(Two { log: &log, items }.run(&o)).await.unwrap_err();
    assert_eq!(
        (failure.step(), failure.error()),
        (Some("took"), Some(&Fault::No("odd")))
    );
    // What runs is dropped, and what has not started never does.
    assert_eq!(log.words(), ["+40 0", "+15 0", "-15 15", "!40 15"]);
}

#[tokio::test(start_paused = true)]
async fn items_of_any_collection() {
    let words = ["a", "bcd"].map(str::to_owned).to_vec();
    let map = BTreeMap::from([("y".to_owned(), 2), ("x".to_owned(), 1)]);
    let forms = Forms {
        by_reference: &words,
        slice: &[5, 6],
        map,
        array: [1, 2, 3],
        optional: Some(4),
    };
    assert_eq!(
        bounded(forms.run(&Orchestrator::new())).await.unwrap(),
        [
            "[7, 8]",
            "[8, 10]",
            r#"["x1/2", "y2/2"]"#,
            "[2, 3, 4]",
            "[8]"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn items_beside_other_steps() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let told = bounded(
        Skewed {
            log: &log,
            items: vec![4, 6],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(told, "[2, 3] 4,6 1");
    assert_eq!(
        log.words(),
        [
            "+started 0",
            "+other 0",
            "-started 5",
            "+4 5",
            "-4 9",
            "+6 9",
            "-6 15",
            "-other 30",
            "+another 30",
            "-another 31",
        ]
    );
}

workflow! {
    workflow Review(log: &Log, pr: &u64) -> Result<u64, Fault> {
        agent fn took(log, pr) -> Result<u64, Fault> { takes(log, *pr).await }
        tool fn more(log, took) -> u64 { log.say(format!("more {took}")); took + 1 }
        Ok(more)
    }

    workflow Reviews(log: &Log, prs: Vec<u64>) -> Result<(usize, Vec<u64>), Fault> {
        #[each(pr in prs, concurrency = 2)]
        flow reviews = Review { log, pr };
        fn count(reviews: &[u64]) -> usize { reviews.len() }
        Ok((count, reviews))
    }

    workflow Tolerant(log: &Log, prs: Vec<u64>) -> Vec<Result<u64, String>> {
        #[each(pr in prs)]
        #[optional]
        flow reviews = Review { log, pr };
        reviews.into_iter().map(|review| review.map_err(|failure| failure.to_string())).collect()
    }

    workflow Defaulted(log: &Log, prs: Vec<u64>) -> Vec<u64> {
        #[each(pr in prs)]
        #[timeout(25ms)]
        #[fallback(if *pr == 7 { Ok(log.now()) } else { Err(Fault::No("no fallback")) })]
        #[default(pr * 100 + u64::from(error.is_timeout()))]
        flow reviews = Review { log, pr };
        reviews
    }
}

#[tokio::test(start_paused = true)]
async fn a_workflow_an_item() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let (count, reviews) = bounded(
        Reviews {
            log: &log,
            prs: ITEMS.into(),
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!((count, &reviews[..]), (4, &[41, 11, 31, 21][..]));
    assert_eq!((log.now(), log.most()), (60, 2));
    log.words();

    let prs = vec![40, 15, 30, 20];
    let failure = bounded(Reviews { log: &log, prs }.run(&o))
        .await
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Reviews`: step `reviews`: workflow `Review`: step `took` failed: odd"
    );
    assert_eq!(log.words(), ["+40 60", "+15 60", "-15 75", "!40 75"]);
}

#[tokio::test(start_paused = true)]
async fn a_workflow_an_item_that_may_fail() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let reviews = bounded(
        Tolerant {
            log: &log,
            prs: vec![4, 5, 6],
        }
        .run(&o),
    )
    .await
    .unwrap();
    let failed = "step `reviews`: workflow `Review`: step `took` failed: odd";
    assert_eq!(reviews, [Ok(5), Err(failed.to_owned()), Ok(7)]);
    let prs = vec![4, 5, 7, 40];
    let reviews = bounded(Defaulted { log: &log, prs }.run(&o)).await.unwrap();
    // The fallback of the third came 7 ms after the 6 of the runs before.
    assert_eq!(reviews, [5, 500, 13, 4000]);
}

workflow! {
    /// Its steps wait long and have nothing to undo; one before them has.
    workflow Part(log: &Log, n: &u64) -> Result<u64, Fault> {
        #[rollback(log.say(format!("undo {n}")))]
        tool fn booked(log, n) -> Result<u64, Fault> { log.works(format!("booked {n}"), 1).await; Ok(*n) }
        tool fn waits(log, booked) -> u64 { log.works(format!("waits {booked}"), 3_600_000).await; *booked }
        Ok(waits)
    }

    workflow Parts(log: &Log, items: &[u64]) -> Result<Vec<u64>, Fault> {
        #[each(n in items)]
        flow parts = Part { log, n };
        tool fn fails(log) -> Result<(), Fault> { log.works("fails", 10).await; Err(Fault::No("beside")) }
        let () = fails;
        Ok(parts)
    }

    workflow Retried(log: &Log, items: Vec<u64>) -> Result<Vec<u64>, Fault> {
        #[each(n in items)]
        #[idempotent]
        #[retry(attempts = 2, backoff = 1h, max_backoff = 1h)]
        #[rollback(log.say(format!("undo {n}")))]
        tool fn tried(log, items) -> Result<u64, Fault> { let _ = items; takes(log, *n).await }
        tool fn fails(log) -> Result<(), Fault> { log.works("fails", 10).await; Err(Fault::No("beside")) }
        let () = fails;
        Ok(tried)
    }
}

#[tokio::test(start_paused = true)]
async fn the_items_see_that_their_run_stops() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let failure = bounded(
        Parts {
            log: &log,
            items: &[1, 2],
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("beside")));
    let words = log.words();
    assert_eq!(
        log.now(),
        10,
        "the run waits for what it can drop: {words:?}"
    );
    for word in ["!waits 1 10", "!waits 2 10", "undo 1", "undo 2"] {
        assert_eq!(
            words.iter().filter(|said| *said == word).count(),
            1,
            "{words:?}"
        );
    }

    // An item between two attempts makes no other one, and one that is done is undone.
    let run = Retried {
        log: &log,
        items: vec![1, 2],
    };
    let failure = bounded(run.run(&o)).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("beside")));
    assert_eq!(log.now(), 20, "the run waits for the next attempt");
    assert_eq!(log.words().last().unwrap(), "undo 2");
}

workflow! {
    /// Fails after as many milliseconds, if that is an odd number; else it goes on for an hour.
    workflow Odd(log: &Log, n: &u64) -> Result<u64, Fault> {
        #[rollback(log.say(format!("undo {n}")))]
        tool fn took(log, n) -> Result<u64, Fault> { takes(log, *n).await }
        tool fn waits(log, took) -> u64 { log.works(format!("waits {took}"), 3_600_000).await; *took }
        tool fn never(log, waits) -> u64 { log.say("never"); *waits }
        Ok(never)
    }

    workflow Odds(log: &Log, items: &[u64]) -> Result<Vec<u64>, Fault> {
        #[each(n in items)]
        flow parts = Odd { log, n };
        Ok(parts)
    }

    workflow RetriedOdds(log: &Log, items: &[u64]) -> Result<Vec<u64>, Fault> {
        #[each(n in items)]
        #[idempotent]
        #[retry(attempts = 2, backoff = 1h, max_backoff = 1h, when = *n != 5)]
        #[rollback(log.say(format!("undo {n}")))]
        tool fn tried(log, items) -> Result<u64, Fault> { let _ = items; takes(log, *n).await }
        Ok(tried)
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_one_stops_those_that_must_not_be_dropped() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let run = Odds {
        log: &log,
        items: &[2, 5, 8],
    };
    let failure = bounded(run.run(&o)).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("odd")));
    // What books is awaited and undone; what only waits is dropped, and what comes after it never starts.
    assert_eq!(
        log.words(),
        [
            "+2 0",
            "+5 0",
            "+8 0",
            "-2 2",
            "+waits 2 2",
            "-5 5",
            "!waits 2 5",
            "undo 2",
            "-8 8",
            "undo 8"
        ]
    );

    let run = RetriedOdds {
        log: &log,
        items: &[3, 5, 2],
    };
    let failure = bounded(run.run(&o)).await.unwrap_err();
    assert_eq!(
        (failure.error(), failure.attempts()),
        (Some(&Fault::No("odd")), 1)
    );
    // The first would have tried again in an hour.
    assert_eq!(
        (log.now(), log.words().last().unwrap().as_str()),
        (13, "undo 2")
    );
}
