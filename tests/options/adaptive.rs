//! `timeout(adaptive, start = ..)`: half as much again as 95 of 100 runs have taken, once 20 are known.

use std::time::Duration;

use orchestrated::{Failure, History, Orchestrator, Reason, workflow};

use crate::log::{Fault, Log, ms, pass};

workflow! {
    workflow Takes(millis: u64) -> u64 {
        #[timeout(adaptive, start = 1s)]
        tool fn work(millis) -> u64 { if *millis > 0 { pass(*millis).await; } *millis }
        work
    }

    /// The same by another name.
    workflow Other(millis: u64) -> u64 {
        #[timeout(adaptive, start = 1s)]
        tool fn work(millis) -> u64 { pass(*millis).await; *millis }
        work
    }

    workflow Fails(millis: u64, fails: bool) -> Result<u64, Fault> {
        #[timeout(adaptive, start = 1s)]
        tool fn work(millis, fails) -> Result<u64, Fault> {
            pass(*millis).await;
            if *fails { Err(Fault::Busy) } else { Ok(*millis) }
        }
        Ok(work)
    }

    workflow Started(millis: u64, start: Duration) -> u64 {
        #[timeout(adaptive, start = *start + *start)]
        tool fn work(millis, start) -> u64 { let _ = start; pass(*millis).await; *millis }
        work
    }

    workflow Twice(log: &Log) -> u64 {
        #[idempotent]
        #[retry(attempts = 2, backoff = 500ms)]
        #[timeout(adaptive, start = 100ms)]
        tool fn work(log) -> u64 { if log.say("work") == 1 { pass(300).await; } pass(7).await; 1 }
        work
    }

    workflow Fixed(millis: u64) -> u64 {
        #[timeout(10.5ms)]
        tool fn work(millis) -> u64 { pass(*millis).await; *millis }
        work
    }

    workflow Noted(millis: u64) -> u64 {
        #[estimate(1s)]
        tool fn estimated(millis) -> u64 { pass(*millis).await; *millis }
        tool fn neither(millis) -> u64 { pass(*millis).await; *millis }
        estimated + neither
    }
}

async fn takes(o: &Orchestrator, millis: u64) -> Result<u64, Duration> {
    limit(Takes { millis }.run(o).await)
}

/// The limit that an attempt has not kept.
fn limit<T, E>(ended: Result<T, Failure<E>>) -> Result<T, Duration> {
    ended.map_err(|failure| match failure.reason() {
        Reason::TimedOut(limit) => *limit,
        _ => panic!("it took no longer than it may"),
    })
}

fn known(history: &History, step: &str) -> Vec<u64> {
    let step = history.step(step).map_or(&[][..], |step| step.durations());
    let millis = step
        .iter()
        .map(|took| u64::try_from(took.as_millis()).unwrap());
    millis.collect()
}

fn work(workflow: &str) -> String {
    format!("{workflow}/work")
}

#[tokio::test(start_paused = true)]
async fn it_is_the_start_until_20_runs_are_known() {
    let o = Orchestrator::new();
    assert_eq!(takes(&o, 1_001).await, Err(ms(1_000)));
    for _ in 0..18 {
        assert_eq!(takes(&o, 10).await, Ok(10));
    }
    // 19 are known.
    assert_eq!(takes(&o, 1_000).await, Ok(1_000));
    // Of 20 the 19th is the one: half as much again as that, which took 1 s.
    assert_eq!(takes(&o, 1_500).await, Ok(1_500));

    for (millis, ended) in [(14, Ok(14)), (15, Ok(15)), (16, Err(ms(15)))] {
        let o = Orchestrator::new();
        for _ in 0..19 {
            assert_eq!(takes(&o, 10).await, Ok(10));
        }
        // The one of 20 that takes longer than all the others.
        assert_eq!(takes(&o, 900).await, Ok(900));
        assert_eq!(takes(&o, millis).await, ended);
    }
}

#[tokio::test(start_paused = true)]
async fn it_grows_with_what_takes_too_long() {
    let o = Orchestrator::new();
    for _ in 0..20 {
        assert_eq!(takes(&o, 100).await, Ok(100));
    }
    // A time-out says that it takes as long at least; of 22 runs two are enough to say so.
    assert_eq!(takes(&o, 300).await, Err(ms(150)));
    assert_eq!(takes(&o, 300).await, Err(ms(150)));
    assert_eq!(takes(&o, 300).await, Err(ms(225)));
    assert_eq!(takes(&o, 300).await, Err(ms(225)));
    let limits = [o.history().step(&work(Takes::PLAN.path())).unwrap().p95()];
    assert_eq!(limits, [Some(ms(225))]);
    assert_eq!(takes(&o, 300).await, Ok(300));
}

#[tokio::test(start_paused = true)]
async fn what_fails_at_once_says_nothing() {
    let o = Orchestrator::new();
    let run = |millis, fails| Fails { millis, fails }.run(&o);
    for _ in 0..20 {
        assert!(run(100, false).await.is_ok());
    }
    for _ in 0..60 {
        assert!(run(1, true).await.unwrap_err().error().is_some());
    }
    assert_eq!(run(150, false).await.unwrap(), 150);
    assert_eq!(known(&o.history(), &work(Fails::PLAN.path())).len(), 21);
}

#[tokio::test(start_paused = true)]
async fn no_step_takes_no_time_at_all() {
    let o = Orchestrator::new();
    for _ in 0..20 {
        assert_eq!(takes(&o, 0).await, Ok(0));
    }
    assert_eq!(takes(&o, 1).await, Ok(1));
    assert_eq!(takes(&o, 2).await, Err(ms(1)));
}

#[tokio::test(start_paused = true)]
async fn a_step_goes_by_its_own_history() {
    let o = Orchestrator::new();
    for _ in 0..20 {
        assert_eq!(takes(&o, 10).await, Ok(10));
    }
    assert_eq!(limit(Other { millis: 1_000 }.run(&o).await), Ok(1_000));
    assert_eq!(limit(Other { millis: 1_001 }.run(&o).await), Err(ms(1_000)));
    // That of its orchestrator, and of the clones of that.
    assert_eq!(takes(&o.clone(), 16).await, Err(ms(15)));
    assert_eq!(takes(&Orchestrator::new(), 16).await, Ok(16));
}

#[tokio::test(start_paused = true)]
async fn the_start_may_be_an_expression() {
    let o = Orchestrator::new();
    let run = |millis| {
        let start = ms(5);
        Started { millis, start }.run(&o)
    };
    assert_eq!(limit(run(10).await), Ok(10));
    assert_eq!(limit(run(11).await), Err(ms(10)));
}

#[tokio::test(start_paused = true)]
async fn every_attempt_counts() {
    let (o, log) = (Orchestrator::new(), Log::new());
    assert_eq!(Twice { log: &log }.run(&o).await.unwrap(), 1);
    assert_eq!(known(&o.history(), &work(Twice::PLAN.path())), [100, 7]);
    // A wait between two attempts is none.
    assert_eq!(log.now(), 607);
}

#[tokio::test(start_paused = true)]
async fn a_history_goes_on_elsewhere() {
    let today = Orchestrator::new();
    for millis in [10; 19] {
        assert_eq!(takes(&today, millis).await, Ok(10));
    }
    let tomorrow = Orchestrator::new();
    tomorrow.load_history(today.history());
    assert_eq!(takes(&tomorrow, 900).await, Ok(900));
    assert_eq!(takes(&tomorrow, 16).await, Err(ms(15)));
    // That of the first one is its own.
    assert_eq!(takes(&today, 900).await, Ok(900));
    let name = work(Takes::PLAN.path());
    let history = tomorrow.history();
    assert_eq!(known(&history, &name), [&[10; 19][..], &[900, 15]].concat());
    assert_eq!(history.step(&name).unwrap().p95(), Some(ms(15)));
}

#[cfg(feature = "serde")]
#[tokio::test(start_paused = true)]
async fn a_history_is_saved_and_loaded() {
    let today = Orchestrator::new();
    for millis in 1..=20 {
        assert_eq!(takes(&today, millis).await, Ok(millis));
    }
    let saved = serde_json::to_string(&today.history()).unwrap();
    let history: History = serde_json::from_str(&saved).unwrap();
    assert_eq!(history, today.history());
    let tomorrow = Orchestrator::new();
    tomorrow.load_history(history);
    assert_eq!(
        takes(&tomorrow, 30).await,
        Err(Duration::from_micros(28_500))
    );
}

#[tokio::test(start_paused = true)]
async fn a_history_is_bounded() {
    let o = Orchestrator::new();
    for millis in 1..=150 {
        assert_eq!(takes(&o, millis).await, Ok(millis));
    }
    let name = work(Takes::PLAN.path());
    let history = o.history();
    assert_eq!(known(&history, &name), (51..=150).collect::<Vec<_>>());
    assert_eq!(history.steps().len(), 1);
    // What is loaded is older, and there is no room for it.
    o.load_history(history.clone());
    assert_eq!(o.history(), history);
}

#[tokio::test(start_paused = true)]
async fn only_steps_that_ask_for_it_have_a_history() {
    let o = Orchestrator::new();
    assert_eq!(Noted { millis: 5 }.run(&o).await.unwrap(), 10);
    let history = o.history();
    let names: Vec<_> = history.steps().map(|step| step.name().to_owned()).collect();
    assert_eq!(names, [format!("{}/estimated", Noted::PLAN.path())]);
}

/// A timer is never early and often late, by a fraction of a millisecond: that must not look as if the step usually took
/// longer than it may, or its runs would be refused from then on.
#[tokio::test(start_paused = true)]
async fn a_step_that_takes_too_long_is_not_refused_for_it() {
    let o = Orchestrator::new();
    for _ in 0..30 {
        let ended = Fixed { millis: 20 }.run(&o).await;
        assert_eq!(limit(ended), Err(Duration::from_micros(10_500)));
    }
    assert_eq!(Fixed { millis: 5 }.run(&o).await.unwrap(), 5);
}
