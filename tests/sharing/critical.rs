//! `#[critical]`: a person agrees before the step runs.

use std::time::Duration;

use orchestrated::{
    Answer, Approver, AutoApprover, Decision, Orchestrator, Reason, Request, StepFailure,
    plan::Kind, workflow,
};

use super::{Fault, Log, bounded, ms};

/// Has no `Debug`.
struct Server {
    name: &'static str,
}

#[derive(Debug)]
#[expect(dead_code, reason = "shown by its `Debug`")]
struct Target {
    name: &'static str,
}

workflow! {
    workflow Deploy(log: &Log, server: &Server, version: String, targets: Vec<Target>, cx_of: Server) -> Result<usize, Fault> {
        #[rollback(log.say("not prepared"))]
        tool fn prepared(log) -> u32 { log.say("prepared"); 3 }

        #[critical]
        #[rollback(log.say(format!("undone {version}")))]
        mcp fn deployed(log, server, version, targets, prepared, move cx_of, cx) -> Result<usize, Fault> {
            log.say(format!("deployed {version} {} {} {prepared} {}", server.name, cx_of.name, cx.attempt()));
            Ok(targets.len())
        }

        Ok(deployed)
    }
}

fn deploy<'r>(log: &'r Log, server: &'r Server) -> Deploy<'r, 'r> {
    Deploy {
        log,
        server,
        version: "1.4.0".to_owned(),
        targets: vec![Target { name: "a" }, Target { name: "b" }],
        cx_of: Server { name: "other" },
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the log")
    }
}

#[tokio::test(start_paused = true)]
async fn it_asks_first_and_shows_its_inputs() {
    let (log, server) = (Log::new(), Server { name: "one" });
    let approver = AutoApprover::approve();
    let o = Orchestrator::new().approver(approver.clone());
    let deployed = bounded(deploy(&log, &server).run(&o)).await.unwrap();
    assert_eq!(deployed, 2);
    assert_eq!(log.words(), ["prepared", "deployed 1.4.0 one other 3 1"]);
    let [request] = &approver.asked()[..] else {
        panic!("it asked {} times", approver.asked().len())
    };
    assert_eq!(
        (&*request.workflow, &*request.step, request.kind),
        ("Deploy", "deployed", Kind::Mcp)
    );
    assert_eq!(
        request.question.to_string(),
        "\
run step `deployed` of workflow `Deploy`?
  log: the log
  server: a `sharing::critical::Server`
  version: \"1.4.0\"
  targets: [Target { name: \"a\" }, Target { name: \"b\" }]
  prepared: 3
  cx_of: a `sharing::critical::Server`"
    );
}

#[tokio::test(start_paused = true)]
async fn a_no_fails_the_run_before_anything_is_done() {
    let (log, server) = (Log::new(), Server { name: "one" });
    let o = Orchestrator::new().approver(AutoApprover::reject("on a Friday?"));
    let failure = bounded(deploy(&log, &server).run(&o)).await.unwrap_err();
    assert!(
        matches!(failure.reason(), Reason::Rejected(rejected) if rejected.reason() == "on a Friday?")
    );
    assert_eq!(
        failure.to_string(),
        "workflow `Deploy`: step `deployed` was rejected: on a Friday?"
    );
    assert_eq!((failure.step(), failure.attempts()), (Some("deployed"), 0));
    assert_eq!(log.words(), ["prepared", "not prepared"]);
    assert_eq!(failure.rollbacks().len(), 1);
}

workflow! {
    workflow Items(log: &Log, items: Vec<u32>) -> Result<Vec<u32>, Fault> {
        #[critical]
        #[irreversible = "a test"]
        #[each(item in items, concurrency = 1)]
        tool fn sent(log, items) -> Result<u32, Fault> { log.say(format!("{item}/{}", items.len())); Ok(*item) }
        Ok(sent)
    }

    workflow OptionalItems(log: &Log, items: Vec<u32>) -> Vec<bool> {
        #[critical]
        #[optional]
        #[irreversible = "a test"]
        #[each(item in items)]
        tool fn sent(log, items) -> Result<usize, Fault> { log.say(item.to_string()); Ok(items.len()) }
        sent.into_iter().map(|sent| sent.is_ok()).collect()
    }

    workflow Absorbed(log: &Log) -> String {
        #[critical]
        #[optional]
        #[irreversible = "a test"]
        tool fn optional(log) -> u32 { log.say("optional"); 1 }
        #[critical]
        #[default(0)]
        #[irreversible = "a test"]
        tool fn defaulted(log) -> u32 { log.say("defaulted"); 1 }
        fn told(optional, defaulted) -> String {
            format!("{} {defaulted}", optional.map_or_else(StepFailure::to_string, u32::to_string))
        }
        told
    }

    workflow Inner(log: &Log) -> u32 {
        tool fn inner(log) -> u32 { log.say("inner"); 1 }
        inner
    }

    workflow Outer(log: &Log) -> u32 {
        #[critical]
        #[irreversible = "a test"]
        flow one = Inner { log };
        one
    }

    workflow Generic<T: Clone + Send + Sync>(value: T) -> T {
        #[critical]
        #[irreversible = "a test"]
        tool fn copied(value) -> T { value.clone() }
        copied
    }

    workflow Timed(log: &Log) -> u32 {
        #[critical]
        #[irreversible = "a test"]
        #[timeout(20ms)]
        #[uses(gpu = 1)]
        tool fn timed(log) -> u32 { log.works("timed", 10).await; 1 }
        timed
    }

    workflow Needs(log: &Log, good: bool) -> u32 {
        #[optional]
        tool fn input(good) -> Result<u32, Fault> { if *good { Ok(1) } else { Err(Fault::No("bad")) } }
        #[quorum(1)]
        #[critical]
        #[irreversible = "a test"]
        tool fn needs(log, input) -> u32 { log.say("needs"); *input.unwrap() }
        needs
    }
}

#[tokio::test(start_paused = true)]
async fn all_the_items_are_one_question() {
    let log = Log::new();
    let approver = AutoApprover::approve();
    let o = Orchestrator::new().approver(approver.clone());
    let sent = bounded(
        Items {
            log: &log,
            items: vec![5, 6, 7],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!(sent, [5, 6, 7]);
    assert_eq!(approver.asked().len(), 1);
    assert_eq!(approver.asked()[0].question.details[1].value, "[5, 6, 7]");
    let sent = bounded(
        OptionalItems {
            log: &log,
            items: vec![1, 2],
        }
        .run(&o),
    )
    .await
    .unwrap();
    assert_eq!((sent, approver.asked().len()), (vec![true, true], 2));
    assert_eq!(log.words(), ["5/3", "6/3", "7/3", "1", "2"]);

    let o = Orchestrator::new().approver(AutoApprover::reject("no"));
    let failure = bounded(
        Items {
            log: &log,
            items: vec![5],
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert!(matches!(failure.reason(), Reason::Rejected(_)));
    // The items are optional, and the no is about all of them.
    let failure = bounded(
        OptionalItems {
            log: &log,
            items: vec![1, 2],
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert!(matches!(failure.reason(), Reason::Rejected(_)));
    assert!(log.words().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_no_is_a_failure_like_any_other() {
    let log = Log::new();
    let o = Orchestrator::new().approver(AutoApprover::reject("no"));
    let told = bounded(Absorbed { log: &log }.run(&o)).await.unwrap();
    assert_eq!(told, "step `optional` was rejected: no 0");
    assert!(log.words().is_empty());
    let o = Orchestrator::new().approver(AutoApprover::approve());
    assert_eq!(
        bounded(Absorbed { log: &log }.run(&o)).await.unwrap(),
        "1 1"
    );
}

#[tokio::test(start_paused = true)]
async fn a_workflow_may_be_critical() {
    let log = Log::new();
    let approver = AutoApprover::approve();
    let o = Orchestrator::new().approver(approver.clone());
    assert_eq!(bounded(Outer { log: &log }.run(&o)).await.unwrap(), 1);
    assert_eq!(approver.asked()[0].kind, Kind::Flow);
    let o = Orchestrator::new().approver(AutoApprover::reject("no"));
    assert!(bounded(Outer { log: &log }.run(&o)).await.is_err());
    assert_eq!(log.words(), ["inner"]);
}

#[tokio::test(start_paused = true)]
async fn an_input_of_any_type_is_shown_by_what_it_can_say() {
    let approver = AutoApprover::approve();
    let o = Orchestrator::new().approver(approver.clone());
    // What a generic type can say is not known.
    assert_eq!(bounded(Generic { value: 7_u8 }.run(&o)).await.unwrap(), 7);
    assert_eq!(approver.asked()[0].question.details[0].value, "a `u8`");
}

/// Takes its time.
struct Slow;
impl Approver for Slow {
    fn ask(&self, _: Request) -> Answer<'_> {
        Box::pin(async {
            ms(3_600_000).await;
            Ok(Decision::Approved)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_of_the_question_is_none_of_an_attempt() {
    let log = Log::new();
    let o = Orchestrator::new().approver(Slow).resource("gpu", 1);
    // Two at the same time: nothing is held while somebody thinks.
    let run = || bounded(Timed { log: &log }.run(&o));
    let (one, other) = tokio::join!(run(), run());
    assert_eq!(one.unwrap() + other.unwrap(), 2);
    assert_eq!(log.now(), 3_600_020);
    // But it is one of the run.
    let o = o.deadline(Duration::from_mins(1));
    let failure = bounded(Timed { log: &log }.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_about_what_cannot_run() {
    let log = Log::new();
    let approver = AutoApprover::approve();
    let o = Orchestrator::new().approver(approver.clone());
    let failure = bounded(
        Needs {
            log: &log,
            good: false,
        }
        .run(&o),
    )
    .await
    .unwrap_err();
    assert!(matches!(failure.reason(), Reason::Quorum { .. }));
    assert_eq!(approver.asked(), []);
    assert_eq!(
        bounded(
            Needs {
                log: &log,
                good: true
            }
            .run(&o)
        )
        .await
        .unwrap(),
        1
    );
    assert_eq!(approver.asked()[0].question.details[1].value, "Ok(1)");
}
