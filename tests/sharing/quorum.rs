//! `#[quorum(n)]`: how many of the optional inputs must have succeeded.

use orchestrated::{Orchestrator, Reason, StepFailure, workflow};

use super::{Fault, Log, bounded, ms};

fn vote(n: u32, good: u32) -> Result<u32, Fault> {
    if n <= good {
        Ok(n)
    } else {
        Err(Fault::No("no vote"))
    }
}

workflow! {
    workflow Panel(log: &Log, good: u32) -> Result<u32, Fault> {
        #[optional]
        agent fn one(good) -> Result<u32, Fault> { ms(3).await; vote(1, *good) }
        #[optional]
        agent fn two(good) -> Result<u32, Fault> { ms(2).await; vote(2, *good) }
        #[optional]
        agent fn three(good) -> Result<u32, Fault> { ms(1).await; vote(3, *good) }

        // `good` is not optional: it does not count.
        #[quorum(2)]
        tool fn sum(log, good, one, two, three) -> u32 {
            log.say(format!("summed {good}"));
            [one, two, three].into_iter().filter_map(Result::ok).sum()
        }

        Ok(sum)
    }

    /// The number as an expression, and no `Result`: not met is a failure all the same.
    workflow Counted(good: u32, needed: usize) -> u32 {
        #[optional]
        tool fn one(good) -> Result<u32, Fault> { vote(1, *good) }
        #[quorum(*needed)]
        fn sum(one, needed) -> u32 { let _ = needed; one.map_or(0, |vote| *vote) }
        sum
    }

    workflow Defaulted(log: &Log, good: u32) -> String {
        #[optional]
        tool fn one(good) -> Result<u32, Fault> { vote(1, *good) }
        #[optional]
        tool fn two(good) -> Result<u32, Fault> { vote(2, *good) }
        #[quorum(2)]
        #[default(format!("defaulted: {error}"))]
        tool fn both(log, one, two) -> String { log.say("both"); format!("{one:?} {two:?}") }
        both
    }

    /// Its own reader gets that there was none.
    workflow Passed(good: u32) -> String {
        #[optional]
        tool fn one(good) -> Result<u32, Fault> { vote(1, *good) }
        #[optional]
        #[quorum(1)]
        tool fn two(one) -> u32 { one.map_or(0, |vote| *vote) }
        fn told(two) -> String { two.map_or_else(StepFailure::to_string, u32::to_string) }
        told
    }

    workflow Items(votes: Vec<u32>) -> usize {
        #[optional]
        #[each(n in votes)]
        tool fn cast(votes) -> Result<u32, Fault> { vote(*n, 10) }
        #[quorum(3)]
        tool fn counted(cast) -> usize { cast.iter().filter(|vote| vote.is_ok()).count() }
        counted
    }

    workflow Maybe(asked: bool, good: u32) -> String {
        #[when(*asked)]
        #[optional]
        tool fn one(asked, good) -> Result<u32, Fault> { vote(u32::from(*asked), *good) }
        #[when(*asked)]
        #[optional]
        #[each(n in many)]
        tool fn each(asked, many, good) -> Result<u32, Fault> { vote(*n + u32::from(*asked) + u32::try_from(many.len()).unwrap() - 3, *good) }
        fn many() -> Vec<u32> { vec![1, 2] }
        #[quorum(2)]
        fn told(one, each) -> String { format!("{} {}", one.is_some(), each.map_or(0, Vec::len)) }
        told
    }

    /// A condition stands outside of the quorum: what does not run needs none.
    workflow Unasked(good: u32) -> Option<u32> {
        #[optional]
        tool fn one(good) -> Result<u32, Fault> { vote(1, *good) }
        #[when(*good > 5)]
        #[quorum(1)]
        fn told(one, good) -> u32 { one.copied().unwrap_or_default() + good }
        told
    }

    workflow EachOf(good: u32, words: Vec<String>) -> usize {
        #[optional]
        tool fn one(good) -> Result<u32, Fault> { vote(1, *good) }
        #[quorum(1)]
        #[optional]
        #[each(word in words)]
        tool fn lengths(words, one) -> usize { word.len() + one.map_or(0, |_| words.len()) }
        lengths.into_iter().flatten().sum()
    }
}

#[tokio::test(start_paused = true)]
async fn met() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let sum = bounded(Panel { log: &log, good: 3 }.run(&o)).await.unwrap();
    assert_eq!((sum, log.words()), (6, vec!["summed 3".to_owned()]));
    let sum = bounded(Panel { log: &log, good: 2 }.run(&o)).await.unwrap();
    assert_eq!((sum, log.words()), (3, vec!["summed 2".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn not_met() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let failure = bounded(Panel { log: &log, good: 1 }.run(&o))
        .await
        .unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 2,
            succeeded: 1
        }
    ));
    assert_eq!(
        failure.to_string(),
        "workflow `Panel`: step `sum` has no quorum: 1 of its optional inputs succeeded, and it needs 2"
    );
    assert_eq!(
        (failure.step(), failure.batch(), failure.attempts()),
        (Some("sum"), Some(2), 0)
    );
    assert!(log.words().is_empty(), "its body has run");
}

#[tokio::test(start_paused = true)]
async fn the_number_may_be_an_expression() {
    let o = Orchestrator::new();
    let run = |good, needed| bounded(Counted { good, needed }.run(&o));
    assert_eq!(run(1, 1).await.unwrap(), 1);
    assert_eq!(run(0, 0).await.unwrap(), 0);
    let failure = run(0, 1).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 1,
            succeeded: 0
        }
    ));
}

#[tokio::test(start_paused = true)]
async fn a_default_stands_in() {
    let (o, log) = (Orchestrator::new(), Log::new());
    let both = bounded(Defaulted { log: &log, good: 2 }.run(&o))
        .await
        .unwrap();
    assert_eq!(both, "Ok(1) Ok(2)");
    assert_eq!(log.words(), ["both"]);
    let none = bounded(Defaulted { log: &log, good: 1 }.run(&o))
        .await
        .unwrap();
    assert_eq!(
        none,
        "defaulted: step `both` has no quorum: 1 of its optional inputs succeeded, and it needs 2"
    );
    assert!(log.words().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_optional_step_without_a_quorum_has_failed() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Passed { good: 1 }.run(&o)).await.unwrap(), "1");
    assert_eq!(
        bounded(Passed { good: 0 }.run(&o)).await.unwrap(),
        "step `two` has no quorum: 0 of its optional inputs succeeded, and it needs 1"
    );
}

#[tokio::test(start_paused = true)]
async fn each_item_counts() {
    let o = Orchestrator::new();
    let run = |votes: &[u32]| {
        bounded(
            Items {
                votes: votes.to_vec(),
            }
            .run(&o),
        )
    };
    assert_eq!(run(&[1, 11, 2, 12, 3]).await.unwrap(), 3);
    let failure = run(&[1, 11, 2, 12, 13]).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 3,
            succeeded: 2
        }
    ));
    assert!(run(&[]).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_has_not_run_has_not_succeeded() {
    let o = Orchestrator::new();
    let run = |asked, good| bounded(Maybe { asked, good }.run(&o));
    assert_eq!(run(true, 2).await.unwrap(), "true 2");
    // One and the first of two.
    assert_eq!(run(true, 1).await.unwrap(), "true 2");
    let failure = run(true, 0).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 2,
            succeeded: 0
        }
    ));
    let failure = run(false, 2).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 2,
            succeeded: 0
        }
    ));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_run_needs_no_quorum() {
    let o = Orchestrator::new();
    assert_eq!(bounded(Unasked { good: 0 }.run(&o)).await.unwrap(), None);
    assert_eq!(bounded(Unasked { good: 6 }.run(&o)).await.unwrap(), Some(7));
}

#[tokio::test(start_paused = true)]
async fn it_is_of_the_step_and_not_of_each_item() {
    let o = Orchestrator::new();
    let words = || vec!["a".to_owned(), "bc".to_owned()];
    assert_eq!(
        bounded(
            EachOf {
                good: 1,
                words: words()
            }
            .run(&o)
        )
        .await
        .unwrap(),
        7
    );
    // The items are optional; that there is no quorum concerns none of them.
    let failure = bounded(
        EachOf {
            good: 0,
            words: words(),
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Quorum {
            needed: 1,
            succeeded: 0
        }
    ));
}
