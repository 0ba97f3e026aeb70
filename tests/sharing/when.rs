//! `#[when(expr)]`: a step that runs only if so.

use std::time::Duration;

use orchestrated::{AutoApprover, Decision, Orchestrator, Reason, StepFailure, workflow};

use super::{Fault, Log, bounded, ms};

async fn is_even(n: u32) -> bool {
    ms(5).await;
    n.is_multiple_of(2)
}

workflow! {
    workflow Halves(log: &Log, n: u32) -> (Option<u32>, String) {
        #[when(n.is_multiple_of(2))]
        tool fn half(log, n) -> u32 { log.works("half", 10).await; n / 2 }
        fn told(half) -> String { half.map_or_else(|| "odd".to_owned(), u32::to_string) }
        (half, told)
    }

    /// The condition may wait, and its time is the step's.
    workflow Awaits(n: u32) -> Result<String, Fault> {
        #[when(is_even(*n).await)]
        #[timeout(8ms)]
        tool fn half(n) -> Result<(half: u32, text: String), Fault> {
            ms(6).await;
            if *n == 4 { return Err(Fault::No("four")); }
            Ok((n / 2, n.to_string()))
        }
        tool fn side(n) -> u32 { ms(1).await; *n }
        tool fn beside(side) -> u32 { ms(30).await; *side }
        fn told(half: Option<&u32>, text: Option<&String>, beside) -> String { format!("{half:?} {text:?} {beside}") }
        Ok(told)
    }

    workflow Both(n: u32) -> String {
        #[when(*n > 1)]
        #[optional]
        tool fn small(n) -> Result<u32, Fault> { if *n > 2 { Err(Fault::No("large")) } else { Ok(*n) } }
        #[when(*n > 1)]
        #[optional]
        tool fn tuple(n) -> Result<(left: u32, right: u32), Fault> { if *n > 2 { Err(Fault::No("large")) } else { Ok((*n, n + 1)) } }
        fn told(small: Option<Result<&u32, &StepFailure>>, left, right) -> String {
            let [small, left, right] = [small, left, right].map(|one| one.map(|one| one.map_err(StepFailure::step)));
            format!("{small:?} {left:?} {right:?}")
        }
        told
    }

    workflow Items(log: &Log, words: Vec<String>, wanted: bool) -> Option<Vec<usize>> {
        #[when(*wanted)]
        #[each(word in words)]
        tool fn lengths(log, words, wanted) -> usize { log.say(word.as_str()); word.len() * usize::from(*wanted) + words.len() - 2 }
        fn read(lengths: Option<&Vec<usize>>) -> bool { lengths.is_some() }
        lengths.filter(|_| read)
    }

    workflow Chain(n: u32) -> String {
        #[when(*n > 0)]
        fn first(n) -> u32 { *n }
        // It sees what its body sees.
        #[when(first.is_some_and(|first| *first > 1))]
        fn second(first) -> u32 { first.map_or(0, |first| first * 10) }
        #[when(second.is_none())]
        flow third = Inner { n: second };
        format!("{first:?} {third:?}")
    }

    workflow Inner(n: Option<u32>) -> u32 {
        tool fn next(n) -> u32 { n.map_or(1, |n| n + 1) }
        next
    }

    workflow Panics(n: u32) -> Option<u32> {
        #[when(10 / *n > 1)]
        fn first(n) -> u32 { *n }
        first
    }
}

#[tokio::test(start_paused = true)]
async fn the_output_is_an_option() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let ran = bounded(Halves { log: &log, n: 4 }.run(&o)).await.unwrap();
    assert_eq!(ran, (Some(2), "2".to_owned()));
    assert_eq!(log.words(), ["+half 0", "-half 10"]);
    let skipped = bounded(Halves { log: &log, n: 5 }.run(&o)).await.unwrap();
    assert_eq!(skipped, (None, "odd".to_owned()));
    assert!(log.words().is_empty());
    assert_eq!(log.now(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_condition_may_wait() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let ran = bounded(Awaits { n: 6 }.run(&o)).await.unwrap();
    assert_eq!((&*ran, log.now()), (r#"Some(3) Some("6") 6"#, 31));
    let skipped = bounded(Awaits { n: 7 }.run(&o)).await.unwrap();
    assert_eq!((&*skipped, log.now()), ("None None 7", 62));
    let failure = bounded(Awaits { n: 4 }.run(&o)).await.unwrap_err();
    // The time-out is that of an attempt, and the condition comes before.
    assert_eq!((failure.error(), log.now()), (Some(&Fault::No("four")), 73));
}

#[tokio::test(start_paused = true)]
async fn it_may_be_optional_too() {
    let o = Orchestrator::new();
    let run = |n| bounded(Both { n }.run(&o));
    assert_eq!(run(1).await.unwrap(), "None None None");
    assert_eq!(run(2).await.unwrap(), "Some(Ok(2)) Some(Ok(2)) Some(Ok(3))");
    assert_eq!(
        run(3).await.unwrap(),
        r#"Some(Err("small")) Some(Err("tuple")) Some(Err("tuple"))"#
    );
}

#[tokio::test(start_paused = true)]
async fn all_the_items_or_none() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let words = || vec!["a".to_owned(), "bc".to_owned()];
    let run = |wanted| {
        bounded(
            Items {
                log: &log,
                words: words(),
                wanted,
            }
            .run(&o),
        )
    };
    assert_eq!(run(true).await.unwrap(), Some(vec![1, 2]));
    assert_eq!(log.words(), ["a", "bc"]);
    assert_eq!(run(false).await.unwrap(), None);
    assert!(log.words().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_condition_sees_what_its_step_reads() {
    let o = Orchestrator::new();
    let run = |n| bounded(Chain { n }.run(&o));
    assert_eq!(run(0).await.unwrap(), "None Some(1)");
    assert_eq!(run(1).await.unwrap(), "Some(1) Some(1)");
    assert_eq!(run(2).await.unwrap(), "Some(2) None");
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_panics_is_a_failure_of_its_step() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Panics { n: 2 }.run(&o)).await.unwrap(), Some(2));
    assert_eq!(bounded(Panics { n: 9 }.run(&o)).await.unwrap(), None);
    let failure = bounded(Panics { n: 0 }.run(&o)).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Panics`: step `first` panicked: attempt to divide by zero"
    );
}

fn key(log: &Log, n: u32) -> u32 {
    log.say("key");
    n
}

workflow! {
    /// Everything that stands inside of the condition.
    workflow Unasked(log: &Log, n: u32, wanted: bool) -> Result<String, Fault> {
        #[when(*wanted)]
        human fn asked(wanted) -> Decision { format!("{wanted}?") }

        #[when(*wanted)]
        #[critical]
        #[irreversible = "a test"]
        tool fn critical(log, wanted) -> u32 { log.say("critical"); 1 }

        #[when(*wanted)]
        #[uses(gpu = 1)]
        tool fn limited(log, wanted) -> u32 { log.say("limited"); 1 }

        #[when(*wanted)]
        #[idempotent]
        #[cache(key = key(log, *n))]
        tool fn cached(log, n, wanted) -> u32 { log.say("cached"); *n }

        #[when(*wanted)]
        #[rollback(log.say("undone"))]
        tool fn undone(log, wanted) -> u32 { log.say("done"); 1 }

        #[after(undone)]
        tool fn last(n) -> Result<(), Fault> { if *n > 9 { Err(Fault::No("last")) } else { Ok(()) } }

        let _ = last;
        Ok(format!("{:?} {critical:?} {limited:?} {cached:?} {undone:?}", asked.map(|asked| asked.is_approved())))
    }

    workflow Holds() {
        #[uses(gpu = 1)]
        tool fn holds() { ms(1_000).await }
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_does_not_run_asks_for_nothing() {
    let log = Log::new();
    let approver = AutoApprover::approve();
    let o = Orchestrator::new()
        .resource("gpu", 1)
        .approver(approver.clone());
    let run = |n, wanted| {
        bounded(
            Unasked {
                log: &log,
                n,
                wanted,
            }
            .run(&o),
        )
    };
    let ((), skipped) = tokio::join!(async { bounded(Holds {}.run(&o)).await.unwrap() }, async {
        // The gpu is taken by now.
        ms(10).await;
        let skipped = run(1, false).await.unwrap();
        assert_eq!(log.now(), 10);
        skipped
    });
    assert_eq!(skipped, "None None None None None");
    assert!(log.words().is_empty());
    assert_eq!(approver.asked(), []);

    // Nothing of it was kept either: this is the first time for the cache.
    let ran = run(1, true).await.unwrap();
    assert_eq!(ran, "Some(true) Some(1) Some(1) Some(1) Some(1)");
    let mut words = log.words();
    words.sort();
    assert_eq!(words, ["cached", "critical", "done", "key", "limited"]);
    assert_eq!(approver.asked().len(), 2);

    let failure = run(10, false).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("last")));
    assert!(log.words().is_empty(), "what has not run was undone");
    let failure = run(10, true).await.unwrap_err();
    assert!(failure.rollbacks().len() == 2 && log.words().contains(&"undone".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_may_ask_needs_somebody_to_ask() {
    let log = Log::new();
    let o = Orchestrator::new().resource("gpu", 1);
    let run = bounded(
        Unasked {
            log: &log,
            n: 1,
            wanted: false,
        }
        .run(&o),
    );
    assert!(matches!(
        run.await.unwrap_err().reason(),
        Reason::Refused(_)
    ));
    assert_eq!(log.began.elapsed(), Duration::ZERO);
}
