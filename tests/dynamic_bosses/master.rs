//! A master and its workers.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use orchestrated::{
    CancelToken, Orchestrator, Reason, Trace,
    dynamic::{
        Agent, AgentError, AgentInput, AgentOutput, Execution, Master, MasterWorker,
        OrchestrationError, PlanError, PlanErrors, PlanLimits, Retries, Subtask, TaskResults,
        Unassignable, Worker, Workers, agent_fn, async_trait,
    },
};

use crate::{shouts, told};

/// A subtask a word; it joins what comes of them.
#[derive(Default)]
struct Words {
    learned: Mutex<Vec<String>>,
}

#[async_trait]
impl Master for Words {
    async fn decompose(&self, task: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        let words = task.to::<&str>()?;
        if words == "nothing" {
            return Ok(Vec::new());
        }
        assert_ne!(words, "panic at once");
        let words = words.split(' ');
        Ok(words.map(|word| Subtask::new(word, word)).collect())
    }

    async fn aggregate(
        &self,
        task: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        assert_ne!(task.to::<&str>()?, "so bad");
        let outputs = results.outputs().map(|(_, output)| output.to::<&str>());
        Ok(outputs.collect::<Result<Vec<_>, _>>()?.join(" ").into())
    }

    async fn learn(&self, execution: &Execution<'_>) -> Result<(), AgentError> {
        if execution.task.to::<&str>()? == "never learns" {
            return Err(AgentError::msg("no memory"));
        }
        for asked in execution.assignments {
            let how = match execution.results.get(asked.subtask.name()) {
                Some(Ok(_)) => "well",
                _ => "badly",
            };
            let name = asked.subtask.name();
            let (worker, took) = (asked.worker.name(), asked.took);
            let line = format!("{name}: {worker}, {took:?}, {how}");
            self.learned.lock().unwrap().push(line);
        }
        Ok(())
    }
}

pub(crate) fn team() -> MasterWorker {
    MasterWorker::new(Words::default(), [shouts("ann", &[]), shouts("bob", &[])])
}

#[tokio::test(start_paused = true)]
async fn the_work_is_shared_out_evenly_and_done_side_by_side() {
    let began = tokio::time::Instant::now();
    let outcome = team().execute("a b c d e").await.unwrap();
    assert_eq!(outcome.output.to::<&str>().unwrap(), "A B C D E");
    let who: Vec<_> = outcome
        .assignments
        .iter()
        .map(|asked| (asked.subtask.name(), asked.worker.name()))
        .collect();
    let even = [
        ("a", "ann"),
        ("b", "bob"),
        ("c", "ann"),
        ("d", "bob"),
        ("e", "ann"),
    ];
    assert_eq!(who, even);
    assert_eq!(began.elapsed().as_millis(), 10);
    assert!(outcome.not_learned.is_none());
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_run_at_once() {
    let began = tokio::time::Instant::now();
    team()
        .with_concurrency(2)
        .execute("a b c d e")
        .await
        .unwrap();
    assert_eq!(began.elapsed().as_millis(), 30);
    // A limit of the orchestrator holds as well, and the run does not wait for itself.
    let one = Orchestrator::new().max_concurrency(1);
    let began = tokio::time::Instant::now();
    team().on(&one).execute("a b c").await.unwrap();
    assert_eq!(began.elapsed().as_millis(), 30);
}

#[tokio::test(start_paused = true)]
async fn the_master_learns_from_the_execution() {
    let master = Arc::new(Words::default());
    let workers = [shouts("ann", &[]), shouts("bob", &[])];
    let team = MasterWorker::new(Arc::clone(&master), workers)
        .collect_errors(true)
        .with_timeout(Duration::from_secs(1));
    let outcome = team.execute("a fail hang").await.unwrap();
    assert_eq!(outcome.output.to::<&str>().unwrap(), "A");
    assert_eq!(
        *master.learned.lock().unwrap(),
        [
            "a: ann, Some(10ms), well",
            "fail: bob, Some(10ms), badly",
            // As long as it was let.
            "hang: ann, Some(1s), badly",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_learned_fails_nothing() {
    let outcome = team().execute("never learns").await.unwrap();
    assert_eq!(outcome.output.to::<&str>().unwrap(), "NEVER LEARNS");
    assert_eq!(
        outcome.not_learned.unwrap().to_string(),
        "step `learn` failed: no memory"
    );
}

#[tokio::test(start_paused = true)]
async fn all_is_one_run_with_its_steps() {
    let trace = Trace::new();
    let orchestrator = Orchestrator::new().observer(trace.clone());
    team()
        .on(&orchestrator)
        .named("Shout")
        .execute("a b")
        .await
        .unwrap();
    let runs = [
        "Shout: decompose, assign, work, aggregate, learn",
        "within: Subtasks: a, b",
    ];
    assert_eq!(Vec::from_iter(told(&trace)), runs);
}

/// One subtask, that is tried three times.
struct Once;
#[async_trait]
impl Master for Once {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        let retries = Retries::new(3);
        Ok(vec![Subtask::new("n", ()).idempotent().with_retry(retries)])
    }
    async fn aggregate(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        Ok(results.output("n").cloned().unwrap_or_default())
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_output_is_a_failure_and_is_tried_again() {
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let better = agent_fn("better", move |_| {
        let n = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move { Ok(n.into()) }
    });
    let team = MasterWorker::new(Once, [better]).with_validation(|subtask, output| {
        match output.to::<u32>()? {
            n if n % 3 == 0 => Ok(()),
            n => Err(AgentError::msg(format!(
                "{n} of `{}` will not do",
                subtask.name()
            ))),
        }
    });
    let outcome = team.execute(()).await.unwrap();
    assert_eq!(outcome.output.to::<u32>().unwrap(), 3);

    let never = team.with_validation(|_, _| Err(AgentError::msg("no").permanent()));
    let error = never.execute(()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `MasterWorker`: step `work`: workflow `Subtasks`: step `n` failed: no"
    );
    assert_eq!(tries.load(Ordering::SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_where_and_a_panic_does_not_unwind() {
    let cases = [
        (
            "a fail",
            "step `work`: workflow `Subtasks`: step `fail` failed: told to fail",
        ),
        (
            "a panic",
            "step `work`: workflow `Subtasks`: step `panic` panicked: told to panic",
        ),
    ];
    for (task, why) in cases {
        let error = team().execute(task).await.unwrap_err();
        assert_eq!(error.to_string(), format!("workflow `MasterWorker`: {why}"));
        assert!(matches!(error, OrchestrationError::Run(_)));
    }
    let error = team().execute("panic at once").await.unwrap_err();
    assert_eq!(error.failure().unwrap().step(), Some("decompose"));
    assert!(matches!(
        error.failure().unwrap().reason(),
        Reason::Panicked(_)
    ));
}

#[tokio::test(start_paused = true)]
async fn results_are_not_lost_when_nothing_is_made_of_them() {
    let error = team().execute("so bad").await.unwrap_err();
    assert_eq!(error.failure().unwrap().step(), Some("aggregate"));
    let OrchestrationError::NotAggregated { failure, results } = error else {
        panic!("the work was done: {error}")
    };
    assert!(matches!(failure.reason(), Reason::Panicked(_)));
    assert_eq!(results.output("bad").unwrap().to::<&str>().unwrap(), "BAD");
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do_is_done_at_once() {
    let outcome = team().execute("nothing").await.unwrap();
    assert_eq!(outcome.output.to::<&str>().unwrap(), "");
    assert!(outcome.assignments.is_empty() && outcome.results.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_can_never_work_is_refused_before_any_of_it_starts() {
    // A name that is taken twice.
    let error = team().execute("a b a").await.unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!(failure.step(), Some("assign"));
    let errors: &PlanErrors = failure.error().unwrap().downcast_ref().unwrap();
    assert!(matches!(
        errors.iter().next(),
        Some(PlanError::DuplicateOperation { .. })
    ));
    // More than is allowed.
    let few = team().with_limits(PlanLimits::default().with_operations(2));
    let error = few.execute("a b c").await.unwrap_err();
    assert!(
        error.to_string().contains("at most 2 are allowed"),
        "{error}"
    );
    // Nobody there.
    let nobody = MasterWorker::new(Words::default(), Vec::<Arc<dyn Agent>>::new());
    let error = nobody.execute("a").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `MasterWorker`: step `assign` failed: no agent of `MasterWorker` can do subtask `a`; there is none in it"
    );
    let failure = error.failure().unwrap();
    assert!(failure.error().unwrap().is::<Unassignable>());
    assert!(
        nobody
            .with_worker(shouts("ann", &[]))
            .execute("a")
            .await
            .is_ok()
    );
}

/// Asks for everything the worker that is named in the subtask.
struct Named;

#[async_trait]
impl Master for Named {
    async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
        let names = ["bob", "bob", "ann"].into_iter().enumerate();
        Ok(names
            .map(|(i, name)| Subtask::new(i.to_string(), name))
            .collect())
    }

    async fn assign<'w>(
        &self,
        subtask: &Subtask,
        workers: &Workers<'w>,
    ) -> Result<Option<Worker<'w>>, AgentError> {
        Ok(workers.named(subtask.input().to()?))
    }

    async fn aggregate(
        &self,
        _: &AgentInput,
        results: &TaskResults,
    ) -> Result<AgentOutput, AgentError> {
        Ok(results.len().into())
    }
}

#[tokio::test(start_paused = true)]
async fn a_master_can_say_itself_who_does_what() {
    let workers = [shouts("ann", &[]), shouts("bob", &[])];
    let outcome = MasterWorker::new(Named, workers).execute(()).await.unwrap();
    let who: Vec<_> = outcome
        .assignments
        .iter()
        .map(|asked| asked.worker.name())
        .collect();
    assert_eq!(who, ["bob", "bob", "ann"]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_and_a_cancellation_end_the_whole() {
    let short = Orchestrator::new().deadline(Duration::from_secs(1));
    let error = team().on(&short).execute("a hang").await.unwrap_err();
    let reason = error.failure().unwrap().reason();
    assert!(matches!(reason, Reason::TimedOut(_)), "{error}");

    let token = CancelToken::new();
    let cancelled = Orchestrator::new().cancel_on(&token);
    let team = team().on(&cancelled);
    let run = team.execute("a hang");
    let cancel = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        token.cancel();
    };
    let (ended, ()) = tokio::join!(run, cancel);
    let error = ended.unwrap_err();
    assert!(
        matches!(error.failure().unwrap().reason(), Reason::Cancelled),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_master_launches_no_agents_itself() {
    struct Outer;
    #[async_trait]
    impl Master for Outer {
        async fn decompose(&self, _: &AgentInput) -> Result<Vec<Subtask>, AgentError> {
            let inner = MasterWorker::new(Words::default(), [shouts("ann", &[])]);
            inner.execute("a").await?;
            Ok(Vec::new())
        }
        async fn aggregate(
            &self,
            _: &AgentInput,
            _: &TaskResults,
        ) -> Result<AgentOutput, AgentError> {
            Ok(AgentOutput::default())
        }
    }
    let outer = MasterWorker::new(Outer, [shouts("ann", &[])]);
    let error = outer.execute(()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a sub-agent cannot launch other sub-agents"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_thousand_subtasks_are_done_and_more_are_refused_where_nothing_is_said() {
    let words = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(" ");
    let outcome = team().execute(words(1000)).await.unwrap();
    let of_ann = outcome.assignments.iter();
    let of_ann = of_ann.filter(|asked| asked.worker.name() == "ann").count();
    assert_eq!((outcome.results.len(), of_ann), (1000, 500));
    let error = team().execute(words(1001)).await.unwrap_err();
    assert!(
        error.to_string().contains("at most 1000 are allowed"),
        "{error}"
    );
}
