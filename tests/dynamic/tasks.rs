//! Tasks, how they hang together, and what becomes of them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{FutureExt as _, executor::block_on};
use orchestrated::{
    Monitor, Orchestrator, Reason, Trace,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, DependencyFailed,
        DynamicWorkflow, OrchestrationError, ParallelOrchestrator, PlanErrors, Retries, TaskGraph,
        TaskPriority, agent_fn, async_trait,
    },
    workflow,
};

/// Says its input, after some time.
struct Says {
    after: Duration,
}

#[async_trait]
impl Agent for Says {
    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        tokio::time::sleep(self.after).await;
        let before: Vec<_> = cx
            .outputs()
            .map(|(_, output)| output.to::<&str>())
            .collect::<Result<_, _>>()?;
        match input.to::<&str>()? {
            "fail" => Err(AgentError::msg("told to fail")),
            "panic" => panic!("told to panic"),
            "hang" => std::future::pending().await,
            text => Ok([&before[..], &[text]].concat().join(" ").into()),
        }
    }
}

fn says(name: &str) -> AgentTask {
    AgentTask::new(
        name,
        Says {
            after: Duration::from_millis(1),
        },
        name,
    )
}

#[tokio::test(start_paused = true)]
async fn tasks_run_after_one_another_and_see_what_those_have_produced() {
    let graph = TaskGraph::new(
        "Words",
        [
            says("c").after(["b", "a"]),
            says("a"),
            says("b").after(["a"]),
        ],
    )
    .unwrap();
    let results = graph.run(&Orchestrator::new()).await.unwrap();
    let told: Vec<_> = results
        .outputs()
        .map(|(name, output)| (name, output.to::<&str>().unwrap()))
        .collect();
    assert_eq!(told, [("c", "a b a c"), ("a", "a"), ("b", "a b")]);
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_ends_all() {
    let tasks = [says("hang"), says("fail")];
    let error = ParallelOrchestrator::new()
        .execute(tasks)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `fail` failed: told to fail"
    );
    let tasks = [says("hang"), says("panic")];
    let error = ParallelOrchestrator::new()
        .execute(tasks)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `panic` panicked: told to panic"
    );
}

#[tokio::test(start_paused = true)]
async fn errors_are_collected_where_that_is_asked_for() {
    let orchestrator = ParallelOrchestrator::new()
        .collect_errors(true)
        .with_timeout(Duration::from_secs(1));
    let tasks = [
        says("fail"),
        says("panic"),
        says("hang"),
        says("well"),
        says("left out").after(["well", "fail"]),
        says("and so").after(["left out"]),
    ];
    let results = orchestrator.execute(tasks).await.unwrap();
    assert_eq!(results.outputs().count(), 1);
    let failures: Vec<_> = results
        .failures()
        .map(|(_, failure)| failure.to_string())
        .collect();
    assert_eq!(
        failures,
        [
            "step `fail` failed: told to fail",
            "step `panic` panicked: told to panic",
            "step `hang` timed out after 1s",
            "step `left out` failed: not run, because `fail` has failed, which it comes after",
            "step `and so` failed: not run, because `left out` has failed, which it comes after",
        ]
    );
    let left_out = results.get("left out").unwrap().as_ref().unwrap_err();
    assert_eq!(
        &*left_out
            .downcast_ref::<DependencyFailed>()
            .unwrap()
            .dependency,
        "fail"
    );
    assert!(matches!(results.get("hang"), Some(Err(failure)) if failure.is_timeout()));
}

#[tokio::test(start_paused = true)]
async fn the_highest_priority_goes_first() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let notes = Arc::new(agent_fn("notes", move |input: AgentInput| {
        seen.lock().unwrap().push(input.to::<String>().unwrap());
        async { Ok(AgentOutput::default()) }
    }));
    let task = |name: &str, priority| {
        AgentTask::new(name, Arc::clone(&notes), name).with_priority(priority)
    };
    let tasks = [
        task("low", TaskPriority::Low),
        task("first", TaskPriority::Normal),
        task("second", TaskPriority::Normal),
        task("critical", TaskPriority::Critical),
        task("high", TaskPriority::High),
    ];
    let one = ParallelOrchestrator::new().with_concurrency(1);
    one.execute(tasks).await.unwrap();
    assert_eq!(
        *order.lock().unwrap(),
        ["critical", "high", "first", "second", "low"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_retry_asks_for_an_idempotent_task() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let third = Arc::new(agent_fn("third", move |_| {
        let attempt = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            match attempt {
                3 => Ok(attempt.into()),
                _ => Err(AgentError::msg("not yet")),
            }
        }
    }));
    let task = || AgentTask::new("third", Arc::clone(&third), ()).with_retry(Retries::new(3));
    let error = ParallelOrchestrator::new()
        .execute([task()])
        .await
        .unwrap_err();
    assert!(matches!(error, OrchestrationError::Plan(_)), "{error}");
    assert_eq!(attempts.load(Ordering::SeqCst), 0);
    let results = ParallelOrchestrator::new()
        .execute([task().idempotent()])
        .await
        .unwrap();
    assert_eq!(results.output("third").unwrap().to::<u32>().unwrap(), 3);
}

/// Undoes what it has booked.
fn books(name: &'static str, undone: &Arc<Mutex<Vec<String>>>) -> AgentTask {
    let undone = Arc::clone(undone);
    says(name).with_rollback(move |output| {
        let undone = Arc::clone(&undone);
        async move {
            undone.lock().unwrap().push(output.to::<String>()?);
            Ok(())
        }
    })
}

workflow! {
    /// Its graph is decided by its first step.
    workflow Trip(wanted: Vec<&'static str>, undone: Arc<Mutex<Vec<String>>>, fails: bool) -> Result<usize, AgentError> {
        fn graph(wanted, undone) -> Result<TaskGraph, PlanErrors> {
            TaskGraph::new("Bookings", wanted.iter().map(|name| books(name, undone)))
        }

        flow booked = DynamicWorkflow { graph: move graph };

        tool fn paid(booked, fails) -> Result<usize, AgentError> {
            if *fails { Err(AgentError::msg("no money")) } else { Ok(booked.len()) }
        }

        Ok(paid)
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_runs_a_graph_that_a_step_has_decided_and_undoes_it_when_the_run_fails_later() {
    let undone = Arc::new(Mutex::new(Vec::new()));
    let trip = |wanted: &[&'static str], fails| Trip {
        wanted: wanted.to_vec(),
        undone: Arc::clone(&undone),
        fails,
    };
    let orchestrator = Orchestrator::new();
    assert_eq!(
        trip(&["room", "car"], false)
            .run(&orchestrator)
            .await
            .unwrap(),
        2
    );
    assert!(undone.lock().unwrap().is_empty());

    let failure = trip(&["room", "car"], true)
        .run(&orchestrator)
        .await
        .unwrap_err();
    assert_eq!(*undone.lock().unwrap(), ["car", "room"]);
    let rollbacks: Vec<_> = failure
        .rollbacks()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        rollbacks,
        [
            "step `car` of workflow `Bookings` is undone",
            "step `room` of workflow `Bookings` is undone",
        ]
    );

    // A failure inside it undoes what it has done, too.
    undone.lock().unwrap().clear();
    let failure = trip(&["room", "fail"], false)
        .run(&orchestrator)
        .await
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "workflow `Trip`: step `booked`: workflow `Bookings`: step `fail` failed: told to fail"
    );
    assert_eq!(*undone.lock().unwrap(), ["room"]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_orchestrates_agents_is_refused() {
    let outer = agent_fn("outer", |_| async {
        let inner = ParallelOrchestrator::new().execute([says("inner")]).await;
        let Err(OrchestrationError::Run(failure)) = inner else {
            panic!("it must not run")
        };
        assert!(matches!(failure.reason(), Reason::NestedAgent));
        Ok(AgentOutput::default())
    });
    let results = ParallelOrchestrator::new()
        .execute([AgentTask::new("outer", outer, ())])
        .await;
    results.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_graph() {
    let orchestrator = Orchestrator::new().deadline(Duration::from_secs(1));
    let graph = TaskGraph::new("Slow", [says("hang")]).unwrap();
    let failure = graph.run(&orchestrator).await.unwrap_err();
    assert!(matches!(failure.reason(), Reason::TimedOut(_)), "{failure}");
}

#[test]
fn a_task_without_a_name_is_refused() {
    for tasks in [vec![says("")], vec![says(" ")], vec![says(""), says("")]] {
        let error = TaskGraph::new("Nameless", tasks).unwrap_err();
        let errors: Vec<_> = error.messages().collect();
        assert_eq!(errors[0], "the name of task 1 is empty");
    }
    let error = TaskGraph::new("Nameless", [says("a").after([""])]).unwrap_err();
    assert_eq!(error.to_string(), "a name in `after` of task `a` is empty");
}

/// It does not know its own name.
struct Nameless {
    name: String,
    asked: &'static AtomicUsize,
}

#[async_trait]
impl Agent for Nameless {
    fn name(&self) -> &str {
        // Those who put it together have asked already.
        assert!(self.asked.fetch_add(1, Ordering::SeqCst) < 1, "who am I");
        &self.name
    }

    async fn execute(&self, _: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
        Ok(().into())
    }
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_panics_at_its_name_breaks_nothing_of_others() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let (trace, monitor) = (Trace::new(), Monitor::new());
    let orchestrator = Orchestrator::new()
        .observer(trace.clone())
        .observer(monitor.clone());
    let parallel = ParallelOrchestrator::new()
        .on(&orchestrator)
        .with_concurrency(1);
    let task = || {
        let agent = Nameless {
            name: "nameless".to_owned(),
            asked: &ASKED,
        };
        AgentTask::new("task", agent, ())
            .idempotent()
            .with_retry(Retries::new(2))
    };
    for _ in 0..3 {
        let run = std::panic::AssertUnwindSafe(parallel.execute([task(), says("beside")]));
        // Whether it fails the run or goes to who asked.
        let _ = run.catch_unwind().await;
    }
    assert!(ASKED.load(Ordering::SeqCst) > 1, "somebody has asked");
    let results = parallel.execute([says("well")]).await.unwrap();
    assert_eq!(results.len(), 1);
    assert!(trace.last().unwrap().outcome.is_some());
    assert_eq!(monitor.snapshot().runs.len(), 0);
}

#[test]
fn names_may_be_borrowed_twice_and_agents_may_be_shared_in_any_way() {
    let echo = Arc::new(agent_fn("echo", |input: AgentInput| async move {
        Ok(input.into())
    }));
    let boxed: Box<dyn Agent> = Box::new(agent_fn("boxed", |_: AgentInput| async {
        Ok(AgentOutput::new("last"))
    }));
    let names = vec!["left".to_owned(), "right".to_owned()];
    let mut tasks: Vec<_> = names
        .iter()
        .map(|name| AgentTask::new(name, &echo, name.as_str()))
        .collect();
    let words = ["left", "right"];
    tasks.push(
        AgentTask::new("end", boxed, ())
            .after(words.iter())
            .after(&names),
    );
    let results = block_on(ParallelOrchestrator::new().execute(tasks)).unwrap();
    assert_eq!(
        results.to_string(),
        "left: \"left\"\nright: \"right\"\nend: \"last\""
    );
}
