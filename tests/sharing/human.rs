//! `human` steps: people decide, and what depends on them waits.

use std::{
    future::pending,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use orchestrated::{
    Answer, Approvals, Approved, Approver, ApproverGone, AutoApprover, CancelToken, Decision,
    FromDecision, Orchestrator, PendingApproval, Question, Reason, Rejected, Request, StepFailure,
    approval_channel, workflow,
};
use tokio::time::sleep;

use super::{Fault, Log, bounded, ms};

#[derive(Debug, PartialEq)]
enum Verdict {
    Ship,
    Rework(String),
}

impl FromDecision for Verdict {
    fn from_decision(decision: Decision) -> Self {
        match decision {
            Decision::Approved => Self::Ship,
            Decision::Rejected { reason } => Self::Rework(reason),
        }
    }
}

workflow! {
    /// Everything that such a step may return.
    workflow Returns(log: &Log, n: u32) -> Result<String, Fault> {
        human fn decision(n) -> Decision { format!("decision {n}?") }
        human fn yes(n) -> bool { Question::new("yes?").detail("n", n) }
        human fn verdict() -> Verdict { "verdict?" }
        fn told(log, decision: &Decision, yes, verdict) -> String {
            log.say("told");
            format!("{decision}; {yes}; {verdict:?}")
        }
        Ok(told)
    }

    workflow Must(log: &Log, n: u32) -> Result<u32, Fault> {
        human fn approved(n) -> Result<Approved, Fault> { format!("approve {n}?") }
        // It cannot run without one.
        fn done(log, approved: &Approved, n) -> u32 { let _ = approved; log.say("done"); *n }
        Ok(done)
    }

    workflow Unit(log: &Log) -> Result<(), String> {
        human fn approved() -> Result<(), Rejected> { "approve?" }
        #[after(approved)]
        fn done(log) { log.say("done"); }
        Ok(())
    }

    /// Nobody looks at what was decided, so a no fails the run: also one that has no error.
    workflow Nothing(log: &Log) {
        human fn approved() { "approve?" }
        #[after(approved)]
        fn done(log) { log.say("done"); }
    }

    workflow Inside(log: &Log) -> Result<u32, Fault> {
        fn n() -> u32 { 3 }
        flow must = Must { log, n };
        Ok(must)
    }

    workflow FellBack(n: u32) -> Result<String, Fault> {
        #[fallback(if *n > 2 { Ok(Approved) } else { Err(Fault::No("too small")) })]
        human fn approved(n) -> Result<Approved, Fault> { format!("{n}?") }
        #[optional]
        human fn other() -> Result<Approved, Rejected> { "other?" }
        fn told(approved, other) -> String { format!("{approved:?}; {}", other.map_or_else(StepFailure::to_string, |_| "fine".to_owned())) }
        Ok(told)
    }
}

fn asks(approver: &AutoApprover) -> Orchestrator {
    Orchestrator::new().approver(approver.clone())
}

#[tokio::test(start_paused = true)]
async fn approved_or_not_is_what_the_step_returns() {
    let log = Log::new();
    let approver = AutoApprover::approve();
    let told = bounded(Returns { log: &log, n: 7 }.run(&asks(&approver)))
        .await
        .unwrap();
    assert_eq!(told, "approved; true; Ship");
    let asked = approver.asked();
    let mut texts: Vec<_> = asked
        .iter()
        .map(|request| request.question.to_string())
        .collect();
    texts.sort();
    assert_eq!(texts, ["decision 7?", "verdict?", "yes?\n  n: 7"]);
    assert!(
        asked
            .iter()
            .all(|request| request.workflow == "Returns" && request.run == asked[0].run)
    );

    let approver = AutoApprover::reject("too late");
    let told = bounded(Returns { log: &log, n: 7 }.run(&asks(&approver)))
        .await
        .unwrap();
    assert_eq!(told, r#"rejected: too late; false; Rework("too late")"#);
}

#[tokio::test(start_paused = true)]
async fn a_no_may_be_an_error() {
    let log = Log::new();
    let (yes, no) = (
        asks(&AutoApprover::approve()),
        asks(&AutoApprover::reject("too late")),
    );
    assert_eq!(
        bounded(Must { log: &log, n: 7 }.run(&yes)).await.unwrap(),
        7
    );
    bounded(Unit { log: &log }.run(&yes)).await.unwrap();
    bounded(Nothing { log: &log }.run(&yes)).await.unwrap();
    assert_eq!(log.words(), ["done"; 3]);

    let failure = bounded(Must { log: &log, n: 7 }.run(&no))
        .await
        .unwrap_err();
    assert_eq!(
        failure.error(),
        Some(&Fault::Rejected("too late".to_owned()))
    );
    assert_eq!((failure.step(), failure.attempts()), (Some("approved"), 1));
    // Converted, as the error of any step.
    let failure = bounded(Unit { log: &log }.run(&no)).await.unwrap_err();
    assert_eq!(failure.error().unwrap(), "rejected: too late");
    let failure = bounded(Nothing { log: &log }.run(&no)).await.unwrap_err();
    assert!(
        matches!(failure.reason(), Reason::Rejected(rejected) if rejected.reason() == "too late")
    );
    assert_eq!(
        failure.to_string(),
        "workflow `Nothing`: step `approved` was rejected: too late"
    );
    let failure = bounded(Inside { log: &log }.run(&no)).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Inside`: step `must`: workflow `Must`: step `approved` failed: rejected (too late)"
    );
    assert!(log.words().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_options_of_every_step_apply_to_a_no() {
    let no = asks(&AutoApprover::reject("no"));
    let told = bounded(FellBack { n: 3 }.run(&no)).await.unwrap();
    assert_eq!(told, "Approved; step `other` failed: rejected: no");
    let failure = bounded(FellBack { n: 2 }.run(&no)).await.unwrap_err();
    assert_eq!(failure.error(), Some(&Fault::No("too small")));
    let yes = asks(&AutoApprover::approve());
    assert_eq!(
        bounded(FellBack { n: 0 }.run(&yes)).await.unwrap(),
        "Approved; fine"
    );
}

/// Answers after a while, or never.
struct Slow(Option<u64>);

impl Approver for Slow {
    fn ask(&self, _: Request) -> Answer<'_> {
        Box::pin(async {
            match self.0 {
                Some(millis) => sleep(Duration::from_millis(millis)).await,
                None => pending().await,
            }
            Ok(Decision::Approved)
        })
    }
}

workflow! {
    workflow Patient(log: &Log) -> Result<String, Fault> {
        tool fn files(log) -> u32 { log.works("files", 10).await; 1 }
        #[timeout(1h)]
        #[default(Decision::rejected(format!("nobody answered: {error}")))]
        human fn asked(files) -> Decision { format!("{files}?") }
        tool fn checked(log, files) -> u32 { log.works("checked", 20).await; *files }
        tool fn stored(log, checked) -> u32 { log.works("stored", 30).await; *checked }
        fn told(log, asked) -> String { log.say(format!("told {}", log.now())); asked.to_string() }
        Ok(format!("{told} {stored}"))
    }

    workflow Forever(log: &Log) -> Result<(), Fault> {
        #[rollback(log.say("undone"))]
        tool fn done(log) { log.works("done", 10).await; }
        #[after(done)]
        human fn asked() -> Result<Approved, Fault> { "?" }
        #[after(asked)]
        tool fn never(log) { log.say("never"); }
        let _ = asked;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_depends_on_it_waits() {
    let log = Log::new();
    let o = Orchestrator::new().approver(Slow(Some(100_000)));
    let told = bounded(Patient { log: &log }.run(&o)).await.unwrap();
    assert_eq!(told, "approved 1");
    assert_eq!(
        log.words(),
        [
            "+files 0",
            "-files 10",
            "+checked 10",
            "-checked 30",
            "+stored 30",
            "-stored 60",
            "told 100010",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn when_nobody_answers_in_time_there_is_a_default() {
    let log = Log::new();
    let o = Orchestrator::new().approver(Slow(None));
    let told = bounded(Patient { log: &log }.run(&o)).await.unwrap();
    assert_eq!(
        told,
        "rejected: nobody answered: step `asked` timed out after 3600s 1"
    );
    assert_eq!(log.now(), 3_600_010);
}

/// Answers each question by its step, and keeps those of which it is told nothing.
async fn office(mut approvals: Approvals, kept: Arc<Mutex<Vec<PendingApproval>>>) -> usize {
    let mut seen = 0;
    while let Some(pending) = approvals.next().await {
        seen += 1;
        ms(1_000).await;
        match &*pending.request().step {
            "decision" => pending.reject("on a Friday?").unwrap(),
            "approved" => pending.approve().unwrap(),
            "dropped" => drop(pending),
            _ => kept.lock().unwrap().push(pending),
        }
    }
    seen
}

static HALL: LazyLock<(Orchestrator, Mutex<Option<Approvals>>)> = LazyLock::new(|| {
    let (approver, approvals) = approval_channel();
    let o = Orchestrator::new().approver(approver);
    (o, Mutex::new(Some(approvals)))
});

workflow! {
    workflow Spawned(n: u32) -> Result<String, Fault> {
        human fn decision(n) -> Decision { format!("decision {n}?") }
        human fn approved(n, cx) -> Result<Approved, Fault> {
            ms(5).await;
            Question::new(format!("{} of run {}", cx.step(), cx.run_id())).detail("n", n)
        }
        fn told(decision, n, approved) -> String { let Approved = approved; format!("{n} {decision}") }
        Ok(told)
    }
}

#[tokio::test(start_paused = true)]
async fn over_a_channel_from_task_to_task() {
    let approvals = HALL.1.lock().unwrap().take().unwrap();
    let office = tokio::spawn(office(approvals, Arc::default()));
    let runs: Vec<_> = (0..3)
        .map(|n| tokio::spawn(Spawned { n }.run(&HALL.0)))
        .collect();
    for (n, run) in runs.into_iter().enumerate() {
        let told = bounded(run).await.unwrap().unwrap();
        assert_eq!(told, format!("{n} rejected: on a Friday?"));
    }
    assert!(!office.is_finished(), "the orchestrator may still ask");
    office.abort();
}

#[tokio::test(start_paused = true)]
async fn the_channel_ends_with_its_orchestrators() {
    let (approver, approvals) = approval_channel();
    let o = Orchestrator::new().approver(approver);
    let office = tokio::spawn(office(approvals, Arc::default()));
    let told = bounded(Spawned { n: 9 }.run(&o)).await.unwrap();
    assert_eq!(told, "9 rejected: on a Friday?");
    drop(o);
    assert_eq!(bounded(office).await.unwrap(), 2);
}

workflow! {
    workflow Lost() -> Result<(), Fault> {
        human fn dropped() -> Result<Approved, Fault> { "?" }
        let _ = dropped;
        Ok(())
    }

    workflow LostInfallible() -> bool {
        human fn dropped() -> bool { "?" }
        dropped
    }

    workflow LostOptional() -> String {
        #[optional]
        human fn dropped() -> bool { "?" }
        fn told(dropped) -> String { dropped.map_or_else(StepFailure::to_string, bool::to_string) }
        told
    }
}

/// One of one's own.
struct Gone;
impl Approver for Gone {
    fn ask(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            Err(ApproverGone::because(format!(
                "no office for {}",
                request.step
            )))
        })
    }
}

struct Panics;
impl Approver for Panics {
    fn ask(&self, request: Request) -> Answer<'_> {
        panic!("asked by {}", request.step)
    }
}

#[tokio::test(start_paused = true)]
async fn an_approver_that_is_gone_is_a_failure() {
    let (approver, approvals) = approval_channel();
    let o = Orchestrator::new().approver(approver);
    let spawned = tokio::spawn(office(approvals, Arc::default()));
    // It takes the question, and drops it.
    let failure = bounded(Lost {}.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::NoApprover(_)));
    assert_eq!(
        failure.to_string(),
        "workflow `Lost`: step `dropped` got no decision: the approver is gone: the question was dropped without an answer"
    );
    let failure = bounded(LostInfallible {}.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::NoApprover(_)));
    let told = bounded(LostOptional {}.run(&o)).await.unwrap();
    assert!(told.starts_with("step `dropped` got no decision"), "{told}");
    // It goes home, and with it all the questions.
    spawned.abort();
    assert!(spawned.await.unwrap_err().is_cancelled());
    let failure = bounded(Lost {}.run(&o)).await.unwrap_err();
    assert!(
        failure
            .to_string()
            .ends_with("nobody takes questions any more"),
        "{failure}"
    );

    let failure = bounded(Lost {}.run(&Orchestrator::new().approver(Gone)))
        .await
        .unwrap_err();
    assert!(
        failure
            .to_string()
            .ends_with("the approver is gone: no office for dropped")
    );
    let failure = bounded(Lost {}.run(&Orchestrator::new().approver(Panics)))
        .await
        .unwrap_err();
    assert!(matches!(failure.reason(), Reason::Panicked(_)));
    assert_eq!(failure.step(), Some("dropped"));
}

#[tokio::test(start_paused = true)]
async fn a_question_is_withdrawn_with_its_run() {
    let log = Log::new();
    let (approver, approvals) = approval_channel();
    let token = CancelToken::new();
    let o = Orchestrator::new().approver(approver).cancel_on(&token);
    let kept = Arc::new(Mutex::new(Vec::new()));
    let spawned = tokio::spawn(office(approvals, Arc::clone(&kept)));
    let cancel = async {
        ms(5_000).await;
        assert!(!kept.lock().unwrap()[0].is_withdrawn());
        token.cancel();
    };
    let run = Forever { log: &log }.run(&o);
    let (ended, ()) = bounded(async { tokio::join!(run, cancel) }).await;
    assert!(matches!(ended.unwrap_err().reason(), Reason::Cancelled));
    assert_eq!(log.words(), ["+done 0", "-done 10", "undone"]);
    assert_eq!(log.now(), 5_000);
    let pending = kept.lock().unwrap().pop().unwrap();
    assert!(pending.is_withdrawn() && pending.approve().is_err());
    // By its time-out too.
    let o = Orchestrator::new()
        .approver(Slow(None))
        .deadline(Duration::from_secs(1));
    let failure = bounded(Forever { log: &log }.run(&o)).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)));
    assert_eq!(log.words().last().unwrap(), "undone");
    drop(spawned);
}
