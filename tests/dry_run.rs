//! What a workflow says of a run before it runs, and runs that somebody approves first.

use std::time::Duration;

use orchestrated::{
    AutoApprover, Decision, Orchestrator, Reason, Refusal, Workflow,
    plan::{Estimates, Plan, Source, Why},
    workflow,
};

struct Settings {
    attempts: u32,
    patience: Duration,
}

workflow! {
    workflow Review(text: &str, settings: &Settings) -> Result<String, String> {
        #[estimate(400ms)]
        #[timeout(1s)]
        #[uses(slot = 1)]
        mcp fn files(text) -> Vec<String> { text.lines().map(str::to_owned).collect() }

        #[idempotent]
        #[retry(3, backoff = 1s, max_backoff = 90s)]
        #[timeout(10s)]
        #[cache]
        #[breaker]
        #[fallback(Ok("nothing".to_owned()))]
        agent fn look(files) -> Result<String, String> { Ok(files.join(" ")) }

        #[repeat(max = 4, until = !checked.is_empty())]
        #[timeout(2s)]
        tool fn checked(look) -> String { look.clone() }

        #[idempotent]
        #[retry(settings.attempts, backoff = settings.patience)]
        #[timeout(settings.patience)]
        tool fn open(look, settings) -> Result<usize, String> { Ok(look.len()) }

        #[each(file in files, concurrency = 2)]
        #[default(0)]
        #[timeout(3s)]
        #[uses(slot = 1)]
        tool fn sizes(files) -> usize { file.len() }

        #[optional]
        #[when(files.len() > 3)]
        #[timeout(5s)]
        tool fn extra(files) -> usize { files.len() }

        #[quorum(1)]
        #[default(String::new())]
        fn verdict(extra, checked, sizes, open) -> String { format!("{checked} {sizes:?} {open} {}", extra.is_some()) }

        Ok(verdict)
    }

    #[deadline(5m)]
    #[schedule(batches)]
    workflow Release(text: &str, settings: &Settings) -> Result<String, String> {
        flow review = Review { text, settings };

        #[critical]
        #[requires("deploy")]
        #[irreversible = "it is out"]
        #[estimate(2s)]
        tool fn published(review) -> String { review.clone() }

        Ok(published)
    }
}

fn options(plan: &Plan, step: &str) -> orchestrated::plan::Options {
    plan.step(step).unwrap().options().clone()
}

#[test]
fn a_plan_knows_what_its_options_say() {
    let plan = Review::PLAN;
    let look = options(plan, "look");
    assert!(look.is_cached() && look.has_breaker());
    assert_eq!((look.fallbacks(), look.max_attempts()), (1, Some(3)));
    let backoff = (Duration::from_secs(1), Duration::from_secs(90));
    assert_eq!(look.backoff(), Some(backoff));
    assert_eq!(options(plan, "checked").max_rounds(), Some(4));
    let open = options(plan, "open");
    assert_eq!(
        (open.max_attempts(), open.attempts(), open.backoff()),
        (None, 1, None)
    );
    assert!(open.has_timeout() && open.timeout().is_none());
    let sizes = options(plan, "sizes");
    assert!(sizes.has_default() && sizes.is_per_item());
    assert_eq!(sizes.concurrency(), Some(2));
    assert_eq!(options(plan, "verdict").quorum(), Some(1));
    assert!(Release::PLAN.has_strict_batches() && !plan.has_strict_batches());
}

#[test]
fn a_dry_run_of_a_workflow() {
    let dry_run =
        Release::PLAN.dry_run(&Estimates::new().with("review/look", Duration::from_secs(8)));
    assert_eq!(dry_run.duration(), Duration::from_millis(10_400));
    assert_eq!(
        dry_run.critical_path,
        [
            "review/files",
            "review/look",
            "review/checked",
            "review/verdict",
            "published"
        ]
    );
    assert_eq!(dry_run.steps[0].source, Source::Flow);
    // The deadline bounds what nothing else does.
    assert_eq!(
        (dry_run.worst.time, dry_run.worst.by_deadline),
        (Duration::from_mins(5), true)
    );
    let inside = &dry_run.steps[0].worst;
    let why: Vec<(&str, Why)> = inside
        .open
        .iter()
        .map(|open| (open.step.as_str(), open.why))
        .collect();
    assert_eq!(
        why,
        [
            ("review/look", Why::Fallback),
            ("review/open", Why::UnknownTimeout),
            ("review/open", Why::UnknownAttempts),
            ("review/sizes", Why::Items),
        ]
    );
    let needs = &dry_run.needs;
    assert_eq!(
        (needs.resources[0].least, needs.resources[0].at_once),
        (1, Some(2))
    );
    assert_eq!(needs.permissions[0].steps, ["published"]);
    assert_eq!(needs.people, ["published"]);
    assert_eq!(dry_run.conditional, ["review/extra"]);
    assert_eq!(dry_run.per_item, ["review/sizes"]);
}

const SETTINGS: Settings = Settings {
    attempts: 2,
    patience: Duration::from_secs(1),
};

fn release() -> Release<'static, 'static> {
    Release {
        text: "a\nb",
        settings: &SETTINGS,
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_measured_is_what_is_expected() {
    let orchestrator = Orchestrator::new()
        .resource("slot", 2)
        .grant("deploy")
        .approver(AutoApprover::approve());
    release().run(&orchestrator).await.unwrap();
    let estimates = Estimates::from(&orchestrator.history());
    let dry_run = Release::PLAN.dry_run(&estimates);
    // Steps with a time-out or an estimate are measured.
    assert_eq!(dry_run.steps[1].source, Source::History);
    let review = dry_run.steps[0].flow.as_ref().unwrap();
    assert_eq!(review.steps[1].source, Source::History);
    // What was left out by its `when` has no history.
    assert_eq!(dry_run.without_estimate, ["review/extra", "review/verdict"]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_approved_first() {
    let approver = AutoApprover::with(|request| match &*request.step {
        // Who approves the whole still decides about each step.
        "" => Decision::Approved,
        step => Decision::rejected(format!("not {step}")),
    });
    let orchestrator = Orchestrator::new()
        .resource("slot", 2)
        .grant("deploy")
        .approver(approver.clone());
    // It is `Send` where the run is.
    let run = tokio::spawn({
        let orchestrator = orchestrator.clone();
        async move { orchestrator.approve_then_run(release()).await }
    });
    let failure = run.await.unwrap().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Release`: step `published` was rejected: not published"
    );
    let asked = approver.asked();
    assert_eq!(asked.len(), 2);
    let dry_run = Release::PLAN.dry_run(&Estimates::new()).to_string();
    assert_eq!(asked[0].question.details[0].value, dry_run);
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_told_before_anybody_is_asked() {
    let approver = AutoApprover::approve();
    let orchestrator = Orchestrator::new().approver(approver.clone());
    let failure = orchestrator.approve_then_run(release()).await.unwrap_err();
    assert!(matches!(
        failure.reason(),
        Reason::Refused(Refusal::Unready(_))
    ));
    assert!(approver.asked().is_empty());
}

workflow! {
    workflow Nested(orchestrator: &Orchestrator) -> Option<String> {
        agent fn asked(orchestrator) -> String {
            let run = orchestrator.approve_then_run(Inner {});
            let failure = run.await.unwrap_err();
            failure.to_string()
        }
        Some(asked)
    }
    workflow Inner() -> u32 {
        agent fn never() -> u32 { 1 }
        never
    }
}

#[tokio::test]
async fn an_agent_asks_nobody_for_agents() {
    let approver = AutoApprover::approve();
    let orchestrator = Orchestrator::new().approver(approver.clone());
    let told = Nested {
        orchestrator: &orchestrator,
    }
    .run(&Orchestrator::new())
    .await
    .unwrap();
    assert!(
        told.unwrap()
            .contains("a sub-agent cannot launch other sub-agents")
    );
    assert!(approver.asked().is_empty());
    assert!(<Inner as Workflow>::PLAN.launches_agents());
}
