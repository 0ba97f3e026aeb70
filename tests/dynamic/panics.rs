//! What panics, wherever it stands, fails what it belongs to, and nothing else.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::{FutureExt as _, StreamExt as _};
use orchestrated::{
    Orchestrator, Reason,
    dynamic::{
        Agent, AgentChain, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask,
        AggregateError, CircuitBreaker, OrchestrationError, ParallelOrchestrator, ResultAggregator,
        Retries, Router, SequentialOrchestrator, TaskGraph, TaskResult, TaskResults, agent_fn,
        async_trait,
    },
    plan::Kind,
};

const MS: Duration = Duration::from_millis(1);

fn well(name: &'static str, takes: u32) -> AgentTask {
    let does = agent_fn(name, move |_: AgentInput| async move {
        tokio::time::sleep(MS * takes).await;
        Ok(name.into())
    });
    AgentTask::new(name, does, ())
}

fn undone(task: AgentTask, log: &Arc<Mutex<Vec<String>>>) -> AgentTask {
    let log = Arc::clone(log);
    task.with_rollback(move |output: AgentOutput| {
        let log = Arc::clone(&log);
        async move {
            tokio::time::sleep(MS).await;
            log.lock().unwrap().push(output.to()?);
            Ok(())
        }
    })
}

/// Panics where it is told to.
struct Panics(&'static str);

impl Panics {
    fn at(&self, place: &str) {
        assert!(self.0 != place, "panics at {place}");
    }
}

impl ResultAggregator for Panics {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        self.at("aggregate");
        Ok(results.outputs().count().into())
    }

    fn is_decided(&self, _: &str, _: &TaskResult) -> bool {
        self.at("is_decided");
        false
    }
}

/// What has a rollback is neither dropped nor forgotten when the aggregator panics.
#[tokio::test(start_paused = true)]
async fn an_aggregator_that_panics_fails_the_run_and_what_was_done_is_undone() {
    for place in ["aggregate", "is_decided"] {
        let log = Arc::default();
        let tasks = [
            undone(well("quick", 1), &log),
            undone(well("slow", 5), &log),
        ];
        let orchestrator = ParallelOrchestrator::new().with_aggregator(Panics(place));
        let error = orchestrator.execute_aggregated(tasks).await.unwrap_err();
        let OrchestrationError::Run(failure) = &error else {
            panic!("{error:?}")
        };
        assert!(
            matches!(failure.reason(), Reason::Panicked(_)),
            "{place}: {failure}"
        );
        assert_eq!(*log.lock().unwrap(), ["slow", "quick"], "{place}");
        assert_eq!(failure.rollbacks().len(), 2);
        // It is no fault of the task that had just ended.
        assert_eq!(failure.step(), None, "{place}: {failure}");
    }
}

/// An agent of which each method can panic.
struct Moody {
    name: String,
    panics: &'static str,
    calls: Arc<AtomicU32>,
}

impl Moody {
    fn at(&self, place: &str) {
        assert!(self.panics != place, "panics at {place}");
    }
}

impl Drop for Moody {
    fn drop(&mut self) {
        self.calls.fetch_add(1000, Ordering::SeqCst);
    }
}

#[async_trait]
impl Agent for Moody {
    fn name(&self) -> &str {
        self.at("name");
        &self.name
    }

    fn kind(&self) -> Kind {
        self.at("kind");
        Kind::Agent
    }

    fn capabilities(&self) -> &[String] {
        self.at("capabilities");
        &[]
    }

    fn can_handle(&self, _: &AgentTask) -> bool {
        self.at("can_handle");
        true
    }

    async fn execute(&self, _: AgentContext<'_>, _: AgentInput) -> Result<AgentOutput, AgentError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.at("execute");
        tokio::time::sleep(MS).await;
        self.at("later");
        Ok("well".into())
    }
}

/// The run ends, with an error that says so where it fails, and what has a rollback is undone: whatever method it is.
#[tokio::test(start_paused = true)]
async fn an_agent_that_panics_in_any_method_does_no_more_than_fail() {
    for place in [
        "nowhere",
        "name",
        "kind",
        "capabilities",
        "can_handle",
        "execute",
        "later",
    ] {
        for is_observed in [false, true] {
            for has_options in [false, true] {
                let log = Arc::default();
                let calls = Arc::new(AtomicU32::new(0));
                let moody = Moody {
                    name: "moody".to_owned(),
                    panics: place,
                    calls: Arc::clone(&calls),
                };
                let mut task = AgentTask::new("task", moody, ());
                if has_options {
                    task = task
                        .with_breaker(CircuitBreaker::new(1, MS))
                        .idempotent()
                        .with_retry(Retries::new(2).with_backoff(MS));
                }
                let tasks = [undone(well("before", 0), &log), task.after(["before"])];
                let orchestrator = Orchestrator::new();
                let orchestrator = if is_observed {
                    orchestrator.events().0
                } else {
                    orchestrator
                };
                // Its name and its kind are asked when the tasks are planned, too: there it is the caller's own panic.
                let graph = catch_unwind(AssertUnwindSafe(|| TaskGraph::new("Moody", tasks)));
                let Ok(graph) = graph else {
                    assert_eq!(place, "kind");
                    continue;
                };
                let graph = graph.unwrap();
                let ended = AssertUnwindSafe(graph.run(&orchestrator)).catch_unwind();
                let Ok(ended) = ended.await else {
                    // The same, where it is planned when somebody listens.
                    assert!(place == "kind" || place == "name", "{place}");
                    continue;
                };
                match ended {
                    Ok(results) => {
                        let output = results.output("task").unwrap();
                        assert_eq!(output.value(), "well", "{place}");
                    }
                    Err(failure) => {
                        assert!(
                            matches!(failure.reason(), Reason::Panicked(_)),
                            "{place}: {failure}"
                        );
                        assert_eq!(*log.lock().unwrap(), ["before"], "{place}");
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_router_passes_over_who_panics_when_asked() {
    let calls = Arc::new(AtomicU32::new(0));
    let moody = |panics| Moody {
        name: "moody".to_owned(),
        panics,
        calls: Arc::clone(&calls),
    };
    let desk = Router::new("desk")
        .with(moody("can_handle"))
        .with(moody("nowhere"));
    let results = ParallelOrchestrator::new()
        .execute([AgentTask::new("task", desk, ())])
        .await
        .unwrap();
    assert_eq!(results.output("task").unwrap().value(), "well");
}

/// What panics when it is dropped, while another panic is not under way.
struct Bomb(Arc<AtomicU32>);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
        assert!(std::thread::panicking(), "in a destructor");
    }
}

fn hangs(name: &'static str, dropped: &Arc<AtomicU32>) -> AgentTask {
    let dropped = Arc::clone(dropped);
    let does = agent_fn(name, move |_: AgentInput| {
        let bomb = Bomb(Arc::clone(&dropped));
        async move {
            let _bomb = bomb;
            std::future::pending().await
        }
    });
    AgentTask::new(name, does, ())
}

fn fails(name: &'static str) -> AgentTask {
    let does = agent_fn(name, |_: AgentInput| async {
        tokio::time::sleep(MS).await;
        Err(AgentError::msg("told to fail"))
    });
    AgentTask::new(name, does, ())
}

#[tokio::test(start_paused = true)]
async fn a_destructor_that_panics_hides_no_failure() {
    let dropped = Arc::new(AtomicU32::new(0));
    let tasks = ["a", "b", "c"].map(|name| hangs(name, &dropped));
    let tasks = tasks.into_iter().chain([fails("fails")]);
    let error = ParallelOrchestrator::new()
        .execute(tasks)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `fails` failed: told to fail"
    );
    assert_eq!(dropped.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn nor_does_one_of_a_stream() {
    let dropped = Arc::new(AtomicU32::new(0));
    let tasks = ["a", "b", "c"].map(|name| hangs(name, &dropped));
    let tasks = tasks.into_iter().chain([fails("fails")]);
    let mut results = ParallelOrchestrator::new().execute_streaming(tasks);
    let (name, result) = results.next().await.unwrap();
    assert_eq!(&*name, "fails");
    assert_eq!(
        result.unwrap_err().to_string(),
        "workflow `Parallel`: step `fails` failed: told to fail"
    );
    assert_eq!(dropped.load(Ordering::SeqCst), 3);
    assert!(results.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn closures_that_panic_fail_their_task() {
    let collects = ParallelOrchestrator::new().collect_errors(true);
    let instead = || agent_fn("instead", |_: AgentInput| async { Ok("instead".into()) });
    let results = collects
        .execute([
            well("input", 0).with_input_from(|_| panic!("the input")),
            well("saved", 0)
                .with_input_from(|_| panic!("the input"))
                .with_default("default"),
            fails("fallback").with_fallback(instead(), |_| panic!("the fallback")),
            fails("second")
                .with_fallback(instead(), |_| panic!("the fallback"))
                .with_fallback(instead(), |_| ().into()),
            well("well", 2),
        ])
        .await
        .unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|(_, result)| match result {
            Ok(output) => output.value().to_string(),
            Err(failure) => failure.to_string(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "step `input` panicked: the input",
            "\"default\"",
            "step `fallback` panicked: the fallback",
            "\"instead\"",
            "\"well\"",
        ]
    );

    let chain = AgentChain::new()
        .then(instead())
        .then_with_transform(instead(), |_| panic!("the transform"));
    let error = SequentialOrchestrator::new().execute(chain, ()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "workflow `Sequential`: step `instead 2` panicked: the transform"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_panics_does_not_keep_the_others_from_being_done() {
    let log = Arc::default();
    let tasks = [
        undone(well("first", 0), &log),
        well("at once", 1).with_rollback(|_| -> std::future::Ready<Result<(), AgentError>> {
            panic!("before it waits")
        }),
        well("later", 2).with_rollback(|_| async {
            tokio::time::sleep(MS).await;
            panic!("after it has waited")
        }),
        undone(well("last", 3), &log),
        fails("fails").after(["last", "later"]),
    ];
    let error = ParallelOrchestrator::new()
        .execute(tasks)
        .await
        .unwrap_err();
    let OrchestrationError::Run(failure) = error else {
        panic!("{error:?}")
    };
    let told: Vec<_> = failure
        .rollbacks()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(*log.lock().unwrap(), ["last", "first"]);
}

/// The iterator is the caller's own: its panic goes on to the caller, and what had been started can still be taken.
#[tokio::test(start_paused = true)]
async fn an_iterator_that_panics_loses_nothing_that_was_started() {
    let mut given = 0;
    let tasks = std::iter::from_fn(move || {
        given += 1;
        match given {
            1 => Some(well("one", 1)),
            2 => panic!("the iterator"),
            3 => Some(well("two", 1)),
            _ => None,
        }
    });
    let mut results = ParallelOrchestrator::new().execute_streaming(tasks);
    let first = AssertUnwindSafe(results.next()).catch_unwind().await;
    assert!(first.is_err());
    let rest: Vec<_> = results.by_ref().map(|(name, _)| name).collect().await;
    assert_eq!(
        rest.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["one", "two"]
    );
}

/// What is thrown may itself panic when it is dropped: that is a panic of its task.
#[tokio::test(start_paused = true)]
async fn what_is_thrown_may_panic_when_it_is_dropped() {
    let dropped = Arc::new(AtomicU32::new(0));
    let bomb = Arc::clone(&dropped);
    let throws = agent_fn("throws", move |_: AgentInput| {
        let bomb = Bomb(Arc::clone(&bomb));
        async move { std::panic::panic_any(bomb) }
    });
    let log = Arc::default();
    let tasks = [
        undone(well("before", 0), &log),
        AgentTask::new("throws", throws, ())
            .after(["before"])
            .with_default("default"),
        undone(well("beside", 3), &log),
    ];
    let error = ParallelOrchestrator::new()
        .execute(tasks)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow `Parallel`: step `throws` panicked: in a destructor"
    );
    assert_eq!(*log.lock().unwrap(), ["beside", "before"]);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}
