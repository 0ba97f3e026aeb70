//! How many results become one answer.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use expect_test::expect;
use orchestrated::{
    Gantt, Monitor, Orchestrator, Reason, RunOutcome, StepOutcome, Trace,
    dynamic::{
        AgentError, AgentOutput, AgentTask, AggregateError, AverageConfidence, Custom,
        FirstSuccessful, MajorityVote, OrchestrationError, ParallelOrchestrator, ResultAggregator,
        TaskResult, TaskResults, agent_fn,
    },
};

use super::{
    Says, says, text,
    well_formed::{told, well_formed, well_formed_if_decided},
};

async fn one_of(
    aggregator: impl ResultAggregator + 'static,
    tasks: impl IntoIterator<Item = AgentTask>,
) -> Result<AgentOutput, OrchestrationError> {
    let orchestrator = ParallelOrchestrator::new().with_aggregator(aggregator);
    orchestrator.execute_aggregated(tasks).await
}

#[tokio::test(start_paused = true)]
async fn the_first_success_cancels_the_rest() {
    let finished = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&finished);
    let slow = agent_fn("slow", move |_| {
        let counted = Arc::clone(&counted);
        async move {
            tokio::time::sleep(Duration::from_secs(50)).await;
            counted.fetch_add(1, Ordering::SeqCst);
            Ok("slow".into())
        }
    });
    let begun = tokio::time::Instant::now();
    let tasks = [
        AgentTask::new("slow", slow, ()),
        says("fail", 1),
        says("panic", 2),
        says("quick", 5),
    ];
    let answer = one_of(FirstSuccessful, tasks).await.unwrap();
    assert_eq!(text(&answer), "quick");
    assert_eq!(begun.elapsed(), Duration::from_millis(5));
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(finished.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_decision_does_not_count() {
    // It stands first, and cannot be dropped once it runs: it may have done something.
    let late = says("late", 50).with_rollback(|_| async { Ok(()) });
    let answer = one_of(FirstSuccessful, [late, says("quick", 5)]).await;
    assert_eq!(text(&answer.unwrap()), "quick");
}

#[tokio::test(start_paused = true)]
async fn what_others_come_after_is_for_those() {
    let tasks = || {
        [
            says("gather", 1),
            says("one", 9).after(["gather"]),
            says("two", 3).after(["gather"]),
        ]
    };
    assert_eq!(
        text(&one_of(FirstSuccessful, tasks()).await.unwrap()),
        "two"
    );
    let count = Custom::new(|results| Ok(results.len().into()));
    assert_eq!(
        one_of(count, tasks()).await.unwrap().to::<usize>().unwrap(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn why_there_is_no_answer_is_told_of_each_task() {
    let tasks = [
        says("fail", 1),
        says("panic", 1),
        says("hang", 9_000).with_timeout(Duration::from_secs(1)),
        says("after", 1).after(["fail"]),
    ];
    let error = one_of(MajorityVote, tasks).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no task has succeeded: step `fail` failed: told to fail; step `panic` panicked: told to panic; \
         step `hang` timed out after 1s; \
         step `after` failed: not run, because `fail` has failed, which it comes after"
    );
    let OrchestrationError::Aggregate {
        error: AggregateError::NoSuccess { failures },
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(failures.len(), 4);

    let error = one_of(AverageConfidence, []).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is nothing to aggregate: there was no task"
    );
}

#[tokio::test(start_paused = true)]
async fn many_failures_are_told_within_bounds() {
    let tasks = (0..20).map(|n| AgentTask::new(format!("t{n}"), Says(1), "fail"));
    let text = one_of(MajorityVote, tasks).await.unwrap_err().to_string();
    assert!(
        text.ends_with("step `t11` failed: told to fail; and 8 more"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn failures_have_no_vote() {
    let tasks = [
        says("fail", 1),
        AgentTask::new("a", Says(1), "yes"),
        AgentTask::new("b", Says(1), "no"),
        AgentTask::new("c", Says(2), "yes"),
    ];
    let answer = one_of(MajorityVote, tasks).await.unwrap();
    assert_eq!(text(&answer), "yes");
    assert!((answer.confidence() - 2.0 / 3.0).abs() < 1e-9);
}

#[tokio::test(start_paused = true)]
async fn what_has_been_done_is_undone_where_there_is_no_answer() {
    let undone = Arc::new(Mutex::new(Vec::new()));
    let books = |name: &str| {
        let undone = Arc::clone(&undone);
        says(name, 1).with_rollback(move |room: AgentOutput| {
            undone.lock().unwrap().push(text(&room).to_owned());
            async { Ok(()) }
        })
    };
    let picky = Custom::new(|_: &TaskResults| Err(AgentError::msg("none is good enough")));
    let error = one_of(picky, [books("room"), books("car")])
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the results could not be aggregated: none is good enough"
    );
    assert_eq!(
        format!("{error:#}"),
        "the results could not be aggregated: none is good enough\n  \
         step `car` of workflow `Parallel` is undone\n  step `room` of workflow `Parallel` is undone"
    );
    assert_eq!(*undone.lock().unwrap(), ["car", "room"]);

    let panics = Custom::new(|_: &TaskResults| panic!("what now"));
    let error = one_of(panics, [books("room")]).await.unwrap_err();
    assert!(error.to_string().ends_with("panicked: what now"), "{error}");
    assert_eq!(undone.lock().unwrap().len(), 3);

    // An answer keeps what was done.
    one_of(MajorityVote, [books("room")]).await.unwrap();
    assert_eq!(undone.lock().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_listens_hears_that_a_run_without_an_answer_has_failed() {
    let (orchestrator, mut events) = Orchestrator::new().events();
    let parallel = ParallelOrchestrator::new().on(&orchestrator);
    let vote = parallel.clone().with_aggregator(MajorityVote);
    vote.execute_aggregated([says("fail", 1), says("panic", 2)])
        .await
        .unwrap_err();
    let runs = well_formed(&told(&mut events));
    let [(_, RunOutcome::Failed { step: None, fault })] = &runs[..] else {
        panic!("{runs:?}")
    };
    assert!(
        fault.to_string().contains("no task has succeeded"),
        "{fault}"
    );
}

#[tokio::test(start_paused = true)]
async fn who_listens_hears_that_a_run_that_was_decided_has_finished() {
    let (trace, monitor) = (Trace::new(), Monitor::new());
    let orchestrator = Orchestrator::new()
        .observer(trace.clone())
        .observer(monitor.clone());
    let (orchestrator, mut events) = orchestrator.events();
    let first = ParallelOrchestrator::new()
        .on(&orchestrator)
        .named("First")
        .with_concurrency(3)
        .with_aggregator(FirstSuccessful);
    let late = says("late", 50).with_rollback(|_| async { Ok(()) });
    let tasks = [
        says("fail", 1),
        late,
        says("slow", 90),
        says("quick", 2),
        says("next", 9),
    ];
    first.execute_aggregated(tasks).await.unwrap();

    let told = told(&mut events);
    let runs = well_formed_if_decided(&told, &["First"]);
    assert!(matches!(runs[..], [(_, RunOutcome::Finished)]), "{runs:?}");
    let run = trace.last().unwrap();
    let words: Vec<_> = run
        .steps
        .iter()
        .map(|step| step.outcome.as_ref().map(StepOutcome::word))
        .collect();
    assert_eq!(
        words,
        // The second cannot be dropped, and the last one has never started.
        ["excused", "finished", "stopped", "finished"]
            .map(Some)
            .into_iter()
            .chain([None])
            .collect::<Vec<_>>()
    );
    let stats = &trace.metrics()[0];
    assert_eq!((stats.failure_rate, stats.runs), (0.0, 1));
    let totals = monitor.snapshot().totals;
    assert_eq!((totals.runs_finished, totals.runs_failed), (1, 0));
    assert_eq!((totals.completed, totals.failed, totals.stopped), (2, 1, 1));
    expect![[r"
        First  finished in 50ms
               0s             20ms           40ms
               ├──────────────┼──────────────┼───────
        fail   ×                                        1ms  (×)
        late   ██████████████████████████████████████  50ms  ◆
        slow   ▚▚                                       3ms  stopped
        quick  ▕█▎                                      2ms
        × fail: told to fail
        not reached: next
        █ works  ▒ fails  ▚ stopped  (×) excused  ◆ bottleneck"]]
    .assert_eq(&Gantt::of(&run).width(60).to_string());
}

/// It panics when a task has ended.
struct Nervous;

impl ResultAggregator for Nervous {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        Err(AggregateError::no_success(results))
    }

    fn is_decided(&self, task: &str, _: &TaskResult) -> bool {
        panic!("{task} has ended")
    }
}

#[tokio::test(start_paused = true)]
async fn an_aggregator_that_panics_fails_the_run() {
    let error = one_of(Nervous, [says("a", 1), says("b", 2)])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, OrchestrationError::Run(failure) if matches!(failure.reason(), Reason::Panicked(_)))
    );
    assert!(
        error.to_string().ends_with("panicked: a has ended"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_aggregator_may_need_all() {
    let all = Custom::new(|results| Ok(results.len().into())).needs_all();
    let error = one_of(all, [says("fail", 1), says("slow", 5)])
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `fail` failed: told to fail"
    );
}

#[tokio::test(start_paused = true)]
async fn without_an_aggregator_nothing_starts() {
    let started = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&started);
    let agent = agent_fn("agent", move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(AgentOutput::default()) }
    });
    let mut orchestrator = ParallelOrchestrator::new();
    let task = AgentTask::new("task", agent, ());
    let error = orchestrator
        .execute_aggregated([task.clone()])
        .await
        .unwrap_err();
    assert!(matches!(error, OrchestrationError::NoAggregator), "{error}");
    assert_eq!(started.load(Ordering::SeqCst), 0);
    orchestrator.set_aggregator(FirstSuccessful);
    orchestrator.execute_aggregated([task]).await.unwrap();
    assert_eq!(started.load(Ordering::SeqCst), 1);
}
