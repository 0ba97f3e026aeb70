//! `#[requires(..)]` and `Orchestrator::grant(..)`; `PLAN.check(..)`, which a run does too: all that is missing, at once,
//! and nothing started.

use std::time::Duration;

use orchestrated::{
    AutoApprover, Decision, Failure, Orchestrator, Reason, Refusal,
    plan::{Plan, Unmet, Unready},
    workflow,
};

use super::{Fault, Log, bounded, ms};

workflow! {
    workflow Store(log: &Log, row: u32) -> u32 {
        tool fn first(log) { log.say("first"); }
        #[requires("db:write", "db:read")]
        #[after(first)]
        tool fn stored(log, row) -> u32 { log.say("stored"); *row }
        #[requires("db:read")]
        fn read(stored) -> u32 { *stored }
        read
    }

    workflow Inside(log: &Log) -> u32 {
        fn row() -> u32 { 7 }
        #[requires("audit")]
        flow stored = Store { log, row };
        stored
    }
}

fn lines(unready: &Unready) -> Vec<String> {
    unready.problems().iter().map(ToString::to_string).collect()
}

fn refused<T, E>(ended: Result<T, Failure<E>>) -> Unready {
    let Err(failure) = ended else {
        panic!("it has run")
    };
    assert_eq!((failure.step(), failure.batch()), (None, None));
    match failure.into_reason() {
        Reason::Refused(Refusal::Unready(unready)) => unready,
        reason => panic!("{}", matches!(reason, Reason::Error(_))),
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_granted_does_not_run() {
    let log = Log::new();
    let run = async |o: &Orchestrator| bounded(Store { log: &log, row: 1 }.run(o)).await;
    let write = "step `stored` of `Store` requires `db:write`, which is not granted: `Orchestrator::grant(\"db:write\")`";
    let reads = ["stored", "read"].map(|step| {
        format!("step `{step}` of `Store` requires `db:read`, which is not granted: `Orchestrator::grant(\"db:read\")`")
    });

    let nothing = Orchestrator::new();
    let unready = refused(run(&nothing).await);
    assert_eq!(lines(&unready), [write, &reads[0], &reads[1]]);
    assert_eq!(Store::PLAN.check(&nothing), Err(unready));
    let reader = nothing.grant("db:read");
    assert_eq!(lines(&refused(run(&reader).await)), [write]);
    // It is that name and no other.
    let near = reader
        .clone()
        .grant("db:")
        .grant("db:write:all")
        .grant("DB:WRITE");
    assert_eq!(lines(&refused(run(&near).await)), [write]);
    assert!(log.words().is_empty());

    let writer = reader.clone().grant("db:write");
    assert_eq!(Store::PLAN.check(&writer), Ok(()));
    assert_eq!(run(&writer).await.unwrap(), 1);
    assert_eq!(log.words(), ["first", "stored"]);
    // The one that it was made from has not got it.
    assert!(Store::PLAN.check(&reader).is_err());
}

#[tokio::test(start_paused = true)]
async fn workflows_inside_are_looked_at() {
    let log = Log::new();
    let o = Orchestrator::new().grant("db:write").grant("db:read");
    let unready = refused(bounded(Inside { log: &log }.run(&o)).await);
    assert_eq!(unready.workflow(), "Inside");
    assert!(
        matches!(&unready.problems(), [Unmet::NotGranted { permission, .. }] if permission == "audit")
    );
    let o = Orchestrator::new().grant("audit");
    let unready = refused(bounded(Inside { log: &log }.run(&o)).await);
    assert_eq!(unready.problems().len(), 3);
    assert!(
        unready
            .problems()
            .iter()
            .all(|unmet| unmet.workflow() == "Store")
    );
    assert!(log.words().is_empty());
    let o = o.grant("db:write").grant("db:read");
    assert_eq!(bounded(Inside { log: &log }.run(&o)).await.unwrap(), 7);
}

workflow! {
    workflow Everything(log: &Log) -> Result<(), Fault> {
        tool fn first(log) { log.say("first"); }
        #[uses(gpu = 2, disk = 1)]
        #[requires("gpu")]
        tool fn trained(log) { log.say("trained"); }
        human fn asked(log) -> Decision { log.say("asked"); "?" }
        #[critical]
        tool fn sent(log) { log.say("sent"); }
        #[critical]
        #[irreversible = "it is out"]
        tool fn published(log) { log.say("published"); }
        #[critical]
        #[rollback(log.say("not deployed"))]
        tool fn deployed(log) { log.say("deployed"); }
        let _ = asked;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn all_the_problems_at_once() {
    let log = Log::new();
    let o = Orchestrator::new().resource("gpu", 1);
    let unready = refused(bounded(Everything { log: &log }.run(&o)).await);
    assert_eq!(Everything::PLAN.check(&o), Err(unready.clone()));
    assert_eq!(
        unready.to_string(),
        "\
workflow `Everything` is not ready to run: 8 problems
  step `trained` of `Everything` uses 2 of `gpu`, but the orchestrator has 1: `Orchestrator::resource(\"gpu\", 2)`
  step `trained` of `Everything` uses `disk`, which the orchestrator does not have: `Orchestrator::resource(\"disk\", 1)`
  step `trained` of `Everything` requires `gpu`, which is not granted: `Orchestrator::grant(\"gpu\")`
  step `asked` of `Everything` asks somebody, but the orchestrator has no approver: `Orchestrator::approver(..)`
  step `sent` of `Everything` asks somebody, but the orchestrator has no approver: `Orchestrator::approver(..)`
  step `sent` of `Everything` is critical, but nothing undoes it: `#[rollback(..)]`, or `#[irreversible = \"reason\"]` where nothing can
  step `published` of `Everything` asks somebody, but the orchestrator has no approver: `Orchestrator::approver(..)`
  step `deployed` of `Everything` asks somebody, but the orchestrator has no approver: `Orchestrator::approver(..)`"
    );
    // A log has it in one line.
    let failure = bounded(Everything { log: &log }.run(&o)).await.unwrap_err();
    let line = failure.to_string();
    assert!(
        !line.contains('\n') && line.matches("; step `").count() == 7,
        "{line}"
    );

    let approver = AutoApprover::approve();
    let o = o
        .resource("gpu", 2)
        .resource("disk", 1)
        .grant("gpu")
        .approver(approver.clone());
    let unready = refused(bounded(Everything { log: &log }.run(&o)).await);
    assert!(matches!(unready.problems(), [Unmet::NotUndone { step, .. }] if step == "sent"));
    assert!(
        log.words().is_empty() && approver.asked().is_empty(),
        "something has started"
    );
}

/// The same workflow as it was yesterday: with another timeout, and another deadline.
mod yesterday {
    use super::{Orchestrator, bounded, ms, workflow};

    // By its name and its module it is the one below.
    pub(super) async fn runs(times: usize, o: &Orchestrator) {
        workflow! {
            workflow Slow(millis: u64) {
                #[timeout(1m)]
                tool fn first(millis) { ms(*millis).await; }
                #[estimate(1s)]
                #[after(first)]
                tool fn second(millis) { ms(*millis).await; }
                #[timeout(adaptive, start = 1m)]
                #[after(second)]
                tool fn third(millis) { ms(*millis).await; }
            }
        }
        for _ in 0..times {
            bounded(Slow { millis: 2_000 }.run(o)).await.unwrap();
        }
    }

    pub(super) fn today() -> [&'static super::Plan; 3] {
        workflow! {
            #[deadline(5s)]
            workflow Slow(millis: u64) {
                #[timeout(1500ms)]
                tool fn first(millis) { ms(*millis).await; }
                #[after(first)]
                #[timeout(2s)]
                tool fn second(millis) { ms(*millis).await; }
                #[timeout(adaptive, start = 1s)]
                #[after(second)]
                tool fn third(millis) { ms(*millis).await; }
            }
            workflow Other(millis: u64) {
                #[timeout(1500ms)]
                tool fn first(millis) { ms(*millis).await; }
            }
            workflow Outer(millis: u64) {
                flow slow = Slow { millis };
                let () = slow;
            }
        }
        drop(Slow { millis: 1 });
        drop(Other { millis: 1 });
        drop(Outer { millis: 1 });
        [Slow::PLAN, Other::PLAN, Outer::PLAN]
    }
}

#[tokio::test(start_paused = true)]
async fn timeouts_are_held_against_what_is_known() {
    let o = Orchestrator::new();
    let [slow, other, outer] = yesterday::today();
    // Too few are known.
    yesterday::runs(19, &o).await;
    assert_eq!(slow.check(&o), Ok(()));
    yesterday::runs(1, &o).await;
    let problems = |plan: &Plan, o: &Orchestrator| lines(&plan.check(o).unwrap_err());
    let told = problems(slow, &o);
    assert_eq!(
        told,
        [
            "step `first` of `Slow` usually takes 2s, but its timeout is 1.5s: \
             give it more, or `#[timeout(adaptive, start = ..)]`",
            "workflow `Slow` usually takes 6s, but its deadline is 5s: `#[deadline(..)]`",
        ]
    );
    // A workflow inside is held against what it takes itself.
    assert_eq!(problems(outer, &o), told);
    // Another one with such a step has taken nothing yet.
    assert_eq!(other.check(&o), Ok(()));

    // The deadline is the shorter one, and says whose it is.
    let short = o.clone().deadline(Duration::from_secs(4));
    assert_eq!(
        problems(slow, &short)[1],
        "workflow `Slow` usually takes 6s, but the orchestrator's deadline is 4s: `Orchestrator::deadline(..)`"
    );
    // What is known can be handed on.
    let fresh = Orchestrator::new();
    assert_eq!(slow.check(&fresh), Ok(()));
    fresh.load_history(o.history());
    assert_eq!(problems(slow, &fresh), told);
}
