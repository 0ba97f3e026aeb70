//! `#[uses(name = n)]` and `Orchestrator::resource(name, n)`: what steps take while they run.

use std::time::Duration;

use orchestrated::{Orchestrator, Reason, Refusal, plan::Unmet, workflow};
use tokio::time::timeout;

use super::{Fault, Log, bounded, ms};

workflow! {
    workflow Gpus(log: &Log) {
        #[uses(gpu = 1)]
        #[timeout(11ms)]
        tool fn a(log) { log.works("a", 10).await; }
        #[uses(gpu = 2)]
        #[timeout(11ms)]
        agent fn b(log) { log.works("b", 10).await; }
        #[uses(gpu = 1)]
        mcp fn c(log) { log.works("c", 10).await; }
        // It needs none, and waits for nobody.
        tool fn d(log) { log.works("d", 10).await; }
    }

    workflow Both(log: &Log) {
        #[uses(gpu = 1)]
        tool fn a(log) { log.works("a", 10).await; }
        #[uses(disk = 1)]
        tool fn b(log) { log.works("b", 20).await; }
        #[uses(gpu = 1, disk = 1)]
        tool fn both(log) { log.works("both", 10).await; }
        #[uses(gpu = 1)]
        tool fn late(log) { log.works("late", 5).await; }
    }

    workflow Items(log: &Log, items: Vec<u32>) {
        #[each(item in items)]
        #[uses(gpu = 1)]
        tool fn worked(log, items) -> usize { log.works(item, 10).await; items.len() }
        let _ = worked;
    }

    workflow Inner(log: &Log) {
        tool fn one(log) { log.works("one", 10).await; }
        #[after(one)]
        tool fn two(log) { log.works("two", 10).await; }
    }

    workflow Whole(log: &Log) {
        #[uses(gpu = 1)]
        flow inner = Inner { log };
        let () = inner;
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_at_once_than_there_is() {
    let o = Orchestrator::new().resource("gpu", 2);
    let log = Log::new();
    bounded(Gpus { log: &log }.run(&o)).await.unwrap();
    // `b` came before `c`, and what it needs is held back for it.
    assert_eq!(
        log.words(),
        [
            "+a 0", "+d 0", "-a 10", "+b 10", "-d 10", "-b 20", "+c 20", "-c 30"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn all_of_it_or_nothing() {
    let o = Orchestrator::new().resource("gpu", 1).resource("disk", 1);
    let log = Log::new();
    bounded(Both { log: &log }.run(&o)).await.unwrap();
    let words = log.words();
    assert!(words.contains(&"+both 20".to_owned()), "{words:?}");
    assert_eq!(log.now(), 35, "{words:?}");
}

#[tokio::test(start_paused = true)]
async fn in_all_the_runs_together() {
    let o = Orchestrator::new().resource("gpu", 2).max_concurrency(9);
    let log = Log::new();
    let run = |o: Orchestrator| {
        let log = &log;
        bounded(async move {
            Items {
                log,
                items: vec![1, 2, 3],
            }
            .run(&o)
            .await
        })
    };
    // A clone has the same, and no more.
    let (one, other) = tokio::join!(run(o.clone()), run(o.clone()));
    one.unwrap();
    other.unwrap();
    assert_eq!((log.most(), log.now()), (2, 30));
    // An orchestrator that is set anew has its own.
    let (one, other) = tokio::join!(run(o.clone()), run(o.resource("gpu", 1)));
    one.unwrap();
    other.unwrap();
    assert_eq!((log.most(), log.now()), (3, 60));
}

#[tokio::test(start_paused = true)]
async fn a_flow_holds_it_as_a_whole() {
    let o = Orchestrator::new().resource("gpu", 1);
    let log = Log::new();
    let run = || bounded(Whole { log: &log }.run(&o));
    let (one, other) = tokio::join!(run(), run());
    one.unwrap();
    other.unwrap();
    assert_eq!((log.most(), log.now()), (1, 40));
    assert_eq!(
        log.words()[..4],
        ["+one 0", "-one 10", "+two 10", "-two 20"]
    );
}

workflow! {
    workflow TooMuch(log: &Log) {
        tool fn first(log) { log.say("first"); }
        #[uses(gpu = 3, disk = 1)]
        #[after(first)]
        tool fn second(log) { log.say("second"); }
    }

    workflow Outer(log: &Log) {
        tool fn start(log) { log.say("start"); }
        #[after(start)]
        #[when(log.now() > 1_000_000)]
        #[optional]
        flow inner = TooMuch { log };
        let _ = inner;
    }

    workflow ByContext(log: &Log) -> Result<(), Fault> {
        tool fn start(log, cx) -> Result<(), Fault> {
            log.say("start");
            let failure = TooMuch { log }.run(cx).await.unwrap_err();
            assert!(matches!(failure.reason(), Reason::Refused(Refusal::Unready(_))));
            Err(Fault::No("refused"))
        }
        Ok(start)
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_there_is_is_refused_before_anything_starts() {
    let o = Orchestrator::new().resource("gpu", 2);
    let log = Log::new();
    let failure = bounded(TooMuch { log: &log }.run(&o)).await.unwrap_err();
    let Reason::Refused(Refusal::Unready(unready)) = failure.reason() else {
        panic!("{failure}")
    };
    let [
        Unmet::TooMuch {
            count: 3,
            capacity: 2,
            ..
        },
        Unmet::NoResource {
            count: 1, resource, ..
        },
    ] = unready.problems()
    else {
        panic!("{unready}")
    };
    assert_eq!((&**resource, failure.step()), ("disk", None));

    // Of the workflows inside too, whether they will run or not.
    let failure = bounded(Outer { log: &log }.run(&o)).await.unwrap_err();
    assert!(
        matches!(failure.reason(), Reason::Refused(Refusal::Unready(unready)) if unready.problems().len() == 2)
    );
    assert!(log.words().is_empty());

    // What a step runs by its context is not known before.
    let failure = bounded(ByContext { log: &log }.run(&o)).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("refused")));
    assert_eq!(log.words(), ["start"]);

    let o = o.resource("gpu", 3).resource("disk", 1);
    bounded(TooMuch { log: &log }.run(&o)).await.unwrap();
    assert_eq!(log.words(), ["first", "second"]);
}

workflow! {
    workflow Fails(log: &Log, how: u32) -> Result<(), Fault> {
        #[uses(gpu = 1)]
        #[optional]
        #[timeout(50ms)]
        tool fn fails(log, how) -> Result<(), Fault> {
            log.works("fails", 10).await;
            match how {
                0 => Err(Fault::No("on purpose")),
                1 => panic!("on purpose"),
                _ => { ms(1_000).await; Ok(()) }
            }
        }
        #[uses(gpu = 1)]
        #[timeout(500ms)]
        #[after(fails)]
        tool fn after(log, how) -> Result<(), Fault> {
            log.works("after", 10).await;
            match how {
                0 => Err(Fault::No("on purpose")),
                1 => panic!("on purpose"),
                _ => { ms(1_000).await; Ok(()) }
            }
        }
        assert!(fails.is_err());
        Ok(after)
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_given_back() {
    let o = Orchestrator::new().resource("gpu", 1);
    let log = Log::new();
    let free = async || {
        let before = log.now();
        bounded(
            Items {
                log: &log,
                items: vec![1],
            }
            .run(&o),
        )
        .await
        .unwrap();
        assert_eq!(log.now(), before + 10, "{:?}", log.words());
    };
    for (how, ends) in [(0, 20), (1, 20), (2, 550)] {
        let before = log.now();
        let ended = bounded(Fails { log: &log, how }.run(&o)).await;
        assert_eq!(ended.unwrap_err().step(), Some("after"));
        assert_eq!(log.now(), before + ends);
        free().await;
    }
    // By being dropped: what holds it, and what waits for it.
    for after in [5, 15] {
        let run = || {
            timeout(
                Duration::from_millis(after),
                Fails { log: &log, how: 2 }.run(&o),
            )
        };
        let (one, other) = bounded(async { tokio::join!(run(), run()) }).await;
        assert!(one.is_err() && other.is_err());
        free().await;
    }
}
