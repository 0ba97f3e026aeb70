//! `repeat`: again until the output is good enough, with the last one as feedback, and never without end.

use orchestrated::{Orchestrator, Reason, workflow};

use crate::log::{Fault, Log, pass};

workflow! {
    workflow Grow(log: &Log, enough: u32) -> u32 {
        #[repeat(max = 3, until = grown >= enough)]
        tool fn grown(log, enough, last) -> u32 {
            let _ = enough;
            log.say(format!("after {last:?}"));
            pass(10).await;
            last.map_or(1, |last| last * 10)
        }
        grown
    }

    /// The condition takes its time.
    workflow Judged(log: &Log, enough: u32) -> String {
        #[repeat(max = 4, until = judged(log, draft, *enough).await)]
        agent fn draft(log, enough, last) -> String {
            let _ = enough;
            log.say("drafts");
            format!("{}.", last.map_or("", String::as_str))
        }
        draft
    }

    workflow Parts(enough: u32) -> String {
        #[repeat(max = 9, until = *score >= *enough && text.len() == usize::try_from(*score).unwrap())]
        agent fn draft(enough, last) -> (text: String, score: u32) {
            let _ = enough;
            let (text, score) = last.map_or_else(Default::default, Clone::clone);
            (text + "x", score + 1)
        }
        format!("{text} {score}")
    }

    workflow Breaks(log: &Log) -> Result<u32, Fault> {
        #[repeat(max = 9, until = { let _ = value; false })]
        tool fn value(log, last) -> Result<u32, Fault> {
            log.say("value");
            match last { Some(2) => Err(Fault::Busy), last => Ok(last.map_or(0, |last| last + 1)) }
        }
        Ok(value)
    }

    workflow NoFeedback(log: &Log, max: u32) -> u32 {
        #[repeat(max = *max, until = *value >= 3)]
        fn value(log, max) -> u32 { let _ = max; u32::try_from(log.say("value")).unwrap() }
        value
    }
}

async fn judged(log: &Log, draft: &str, enough: u32) -> bool {
    pass(5).await;
    log.say(format!("judges {draft}"));
    draft.len() >= enough as usize
}

#[tokio::test(start_paused = true)]
async fn each_round_sees_the_one_before() {
    let o = Orchestrator::new();
    let rounds = ["after None", "after Some(1)", "after Some(10)"];
    for (enough, output) in [(1, 1), (2, 10), (100, 100)] {
        let log = Log::new();
        let ended = Grow { log: &log, enough }.run(&o).await;
        assert_eq!(ended.unwrap(), output);
        let count = output.ilog10() as usize + 1;
        assert_eq!(log.words(), rounds[..count]);
        assert_eq!(log.now(), 10 * count as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn it_fails_when_the_bound_is_reached() {
    let o = Orchestrator::new();
    let log = Log::new();
    let run = Grow {
        log: &log,
        enough: 101,
    };
    let failure = run.run(&o).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Unsatisfied { rounds: 3 }
    ));
    assert_eq!(log.words().len(), 3);
    assert_eq!(failure.step(), Some("grown"));
    let text = failure.to_string();
    assert!(
        text.ends_with("step `grown` did not meet its condition in 3 rounds"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_condition_may_wait() {
    let log = Log::new();
    let run = Judged {
        log: &log,
        enough: 2,
    };
    assert_eq!(run.run(&Orchestrator::new()).await.unwrap(), "..");
    assert_eq!(log.words(), ["drafts", "judges .", "drafts", "judges .."]);
    assert_eq!(log.now(), 10);
}

#[tokio::test(start_paused = true)]
async fn the_condition_sees_every_part_of_the_output() {
    let ended = Parts { enough: 4 }.run(&Orchestrator::new()).await;
    assert_eq!(ended.unwrap(), "xxxx 4");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_not_repeated() {
    let log = Log::new();
    let failure = Breaks { log: &log }.run(&Orchestrator::new()).await;
    assert_eq!(failure.unwrap_err().error(), Some(&Fault::Busy));
    assert_eq!(log.count("value"), 4);
}

#[tokio::test(start_paused = true)]
async fn the_bound_may_be_an_expression() {
    let o = Orchestrator::new();
    for (max, ends) in [
        (5, Ok(3)),
        (3, Ok(3)),
        (2, Err(2)),
        (1, Err(1)),
        (0, Err(1)),
    ] {
        let log = Log::new();
        let ended = NoFeedback { log: &log, max }.run(&o).await;
        let ended = ended.map_err(|failure| match failure.reason() {
            Reason::Unsatisfied { rounds } => *rounds,
            reason => panic!("{reason:?}"),
        });
        assert_eq!(ended, ends, "at most {max}");
    }
}

workflow! {
    workflow Retried(log: &Log) -> Result<u32, Fault> {
        #[idempotent]
        #[repeat(max = 3, until = *value >= 2)]
        #[retry(attempts = 2, backoff = 10ms)]
        tool fn value(log, last, cx) -> Result<u32, Fault> {
            log.say(format!("attempt {} after {last:?}", cx.attempt()));
            if cx.attempt() == 1 { return Err(Fault::Busy); }
            Ok(last.map_or(1, |last| last + 1))
        }
        Ok(value)
    }

    workflow Items(log: &Log, items: Vec<u32>) -> Result<Vec<u32>, Fault> {
        #[each(item in items)]
        #[repeat(max = 3, until = *value >= *item)]
        tool fn value(log, items, last) -> Result<u32, Fault> {
            let _ = items;
            log.say(format!("{item} after {last:?}"));
            pass(u64::from(*item)).await;
            Ok(last.map_or(1, |last| last + 1))
        }
        Ok(value)
    }
}

#[tokio::test(start_paused = true)]
async fn each_round_has_its_own_attempts() {
    let log = Log::new();
    assert_eq!(
        Retried { log: &log }
            .run(&Orchestrator::new())
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        log.words(),
        [
            "attempt 1 after None",
            "attempt 2 after None",
            "attempt 1 after Some(1)",
            "attempt 2 after Some(1)"
        ]
    );
    assert_eq!(log.now(), 20);
}

#[tokio::test(start_paused = true)]
async fn each_item_has_its_own_rounds() {
    let o = Orchestrator::new();
    let log = Log::new();
    let run = Items {
        log: &log,
        items: vec![3, 1, 2],
    };
    assert_eq!(run.run(&o).await.unwrap(), [3, 1, 2]);
    let feedback = ["3 after None", "3 after Some(1)", "3 after Some(2)"];
    let of_three: Vec<_> = log
        .words()
        .into_iter()
        .filter(|word| word.starts_with('3'))
        .collect();
    assert_eq!(of_three, feedback);
    assert_eq!((log.words().len(), log.now()), (6, 9));

    let log = Log::new();
    let run = Items {
        log: &log,
        items: vec![1, 4],
    };
    let failure = run.run(&o).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Unsatisfied { rounds: 3 }
    ));
}

workflow! {
    workflow Round(log: &Log, enough: usize) -> usize {
        #[rollback({ log.say(format!("undo {made}")); })]
        tool fn made(log, enough) -> usize { let _ = enough; log.say("made") }
        made
    }

    /// Every round is done, and so every round is undone.
    workflow Rounds(log: &Log, enough: usize) -> Result<usize, Fault> {
        #[repeat(max = 3, until = *round >= *enough)]
        flow round = Round { log, enough };
        #[after(round)]
        tool fn fails() -> Result<usize, Fault> { Err(Fault::Busy) }
        Ok(round + fails)
    }
}

#[tokio::test(start_paused = true)]
async fn every_round_of_a_flow_is_undone() {
    let o = Orchestrator::new();
    for enough in 1..=3 {
        let log = Log::new();
        let failure = Rounds { log: &log, enough };
        let failure = failure.run(&o).await.unwrap_err();
        assert_eq!(failure.step(), Some("fails"));
        let undone = (1..=enough).rev().map(|made| format!("undo {made}"));
        let words = vec!["made".to_owned(); enough].into_iter().chain(undone);
        assert_eq!(log.words(), words.collect::<Vec<_>>());
        assert_eq!(failure.rollbacks().len(), enough);
    }
    // Never enough of them.
    let log = Log::new();
    let failure = Rounds {
        log: &log,
        enough: 4,
    };
    let failure = failure.run(&o).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::Unsatisfied { .. }));
    let words = ["made", "made", "made", "undo 3", "undo 2", "undo 1"];
    assert_eq!(log.words(), words);
    assert_eq!(failure.rollbacks().len(), 3);
}
