//! Who of several agents does a task, and how many results become one answer.

#![cfg(feature = "dynamic")]

#[path = "dynamic_route/answers.rs"]
mod answers;
#[path = "events/well_formed.rs"]
mod well_formed;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    Orchestrator,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentPool, AgentTask,
        LoadBalancer, NoCapableAgent, ParallelOrchestrator, Retries, Router, agent_fn, async_trait,
    },
};

/// Says its input after so many milliseconds; some words mean something else.
struct Says(u64);

#[async_trait]
impl Agent for Says {
    async fn execute(
        &self,
        _: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        tokio::time::sleep(Duration::from_millis(self.0)).await;
        match input.to::<&str>()? {
            "fail" => Err(AgentError::msg("told to fail")),
            "panic" => panic!("told to panic"),
            text => Ok(text.into()),
        }
    }
}

/// A task of this name that says it after so many milliseconds.
fn says(word: &str, after: u64) -> AgentTask {
    AgentTask::new(word, Says(after), word)
}

fn text(output: &AgentOutput) -> &str {
    output.to().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_task_that_nobody_can_do_says_who_there_is() {
    let find = agent_fn("find", |_| async { Ok("found".into()) }).capable_of(["search", "rank"]);
    let mute = agent_fn("mute", |_| async { Ok("done".into()) });
    let desk = Arc::new(Router::new("desk").with(find).with(mute));
    let task =
        |needs: &[&str]| AgentTask::new("look", Arc::clone(&desk), ()).needs(needs.iter().copied());
    let failures: Vec<_> = [task(&["serach"]), task(&["search", "sing"])]
        .map(|task| desk.route(&task).unwrap_err().to_string())
        .into();
    assert_eq!(
        failures,
        [
            "no agent of `desk` can do task `look`, which needs `serach`; did you mean `search`? \
             there are `find` (`search`, `rank`), `mute`",
            "no agent of `desk` can do task `look`, which needs `search`, `sing`; \
             there are `find` (`search`, `rank`), `mute`",
        ]
    );
    let results = ParallelOrchestrator::new()
        .collect_errors(true)
        .execute([task(&["serach"])])
        .await
        .unwrap();
    let failure = results.get("look").unwrap().as_ref().unwrap_err();
    let error = failure.downcast_ref::<NoCapableAgent>().unwrap();
    assert_eq!(error.nearest, [("serach".to_owned(), "search".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn routers_stand_in_routers() {
    let able = |word: &'static str| {
        agent_fn(word, move |_| async move { Ok(word.into()) }).capable_of([word])
    };
    let library = Router::new("library")
        .with(able("search"))
        .with(able("read"));
    let desk = Arc::new(Router::new("desk").with(library).with(able("write")));
    assert_eq!(desk.capabilities(), ["search", "read", "write"]);
    let tasks = ["read", "write", "search"]
        .map(|word| AgentTask::new(word, Arc::clone(&desk), ()).needs([word]));
    let results = ParallelOrchestrator::new().execute(tasks).await.unwrap();
    assert!(results.outputs().all(|(name, output)| text(output) == name));
}

#[tokio::test(start_paused = true)]
async fn however_a_task_ends_it_is_no_more_work_in_flight() {
    let desk = Arc::new(Router::new("desk").with(Says(1)).with(Says(9_000)));
    let task = |name: &str| AgentTask::new(name, Arc::clone(&desk), name);
    let orchestrator = ParallelOrchestrator::new()
        .collect_errors(true)
        .with_timeout(Duration::from_secs(1));
    let names = ["fail", "well", "panic", "late", "well too", "hang"];
    let results = orchestrator.execute(names.map(task)).await.unwrap();
    assert_eq!(results.outputs().count(), 1);
    // The run is dropped while tasks are in flight.
    let tasks = ["a", "b"].map(task);
    let run = orchestrator.execute(tasks);
    assert!(
        tokio::time::timeout(Duration::from_millis(10), run)
            .await
            .is_err()
    );
    let ended: Vec<_> = desk
        .loads()
        .iter()
        .map(|l| (l.in_flight, l.handled))
        .collect();
    assert_eq!(ended, [(0, 4), (0, 4)]);
}

#[tokio::test(start_paused = true)]
async fn another_attempt_goes_to_another_agent() {
    let broken = agent_fn("broken", |_| async { Err(AgentError::msg("out of order")) });
    let desk = Router::new("desk").with(broken).with(Says(1));
    let task = AgentTask::new("say", desk, "well")
        .idempotent()
        .with_retry(Retries::new(2));
    let results = ParallelOrchestrator::new().execute([task]).await.unwrap();
    assert_eq!(text(results.output("say").unwrap()), "well");
}

#[tokio::test(start_paused = true)]
async fn who_is_removed_ends_what_it_has_begun_and_gets_nothing_more() {
    let pool = AgentPool::new("workers");
    let slow = pool.add(Says(1_000));
    let task = |name: &str| AgentTask::new(name, pool.clone(), name);
    let running = ParallelOrchestrator::new();
    let running = running.execute([task("begun")]);
    let changes = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(pool.in_flight(), 1);
        assert!(pool.remove(&slow).is_some());
        assert!(pool.is_empty() && pool.in_flight() == 0);
        let nobody = ParallelOrchestrator::new().execute([task("next")]).await;
        assert!(
            nobody
                .unwrap_err()
                .to_string()
                .ends_with("there is none in it")
        );
        assert_eq!(*pool.add(Says(1)), *"Says");
        ParallelOrchestrator::new().execute([task("next")]).await
    };
    let (begun, next) = tokio::join!(running, changes);
    assert_eq!(text(begun.unwrap().output("begun").unwrap()), "begun");
    assert_eq!(text(next.unwrap().output("next").unwrap()), "next");
    let load = &pool.loads()[0];
    assert_eq!((load.in_flight, load.handled), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_task_may_be_given_to_whom_was_chosen_before() {
    let desk = Router::new("desk").with(Says(1)).with(Says(1));
    let tasks: Vec<_> = ["a", "b", "c", "d"]
        .into_iter()
        .map(|name| {
            let chosen = desk.route(&says(name, 0)).unwrap();
            AgentTask::new(name, chosen, name)
        })
        .collect();
    assert!(desk.loads().iter().all(|load| load.in_flight == 2));
    ParallelOrchestrator::new().execute(tasks).await.unwrap();
    assert!(
        desk.loads()
            .iter()
            .all(|load| (load.in_flight, load.handled) == (0, 2))
    );
}

/// Milliseconds of work, few of which are many: the n-th draw of a heavy tail.
fn skewed(n: u64) -> u64 {
    // A small generator of numbers that look random, and are the same in every run.
    let drawn = (n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)).rotate_left(17) % 1000;
    1_000 / (drawn + 1) + 1
}

/// How many times the mean the most is.
#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn most_by_mean(numbers: impl IntoIterator<Item = u64>) -> f64 {
    let numbers: Vec<u64> = numbers.into_iter().collect();
    let most = *numbers.iter().max().unwrap() as f64;
    most * numbers.len() as f64 / numbers.iter().sum::<u64>() as f64
}

#[tokio::test(start_paused = true)]
async fn skewed_work_is_spread_evenly_over_eight_agents() {
    const AGENTS: usize = 8;
    const TASKS: u64 = 8_000;
    let work: Arc<Mutex<[u64; AGENTS]>> = Arc::default();
    let instances = (0..AGENTS).map(|me| {
        let work = Arc::clone(&work);
        agent_fn("worker", move |input: AgentInput| {
            let work = Arc::clone(&work);
            async move {
                let takes = input.to::<u64>()?;
                tokio::time::sleep(Duration::from_millis(takes)).await;
                work.lock().unwrap()[me] += takes;
                Ok(AgentOutput::default())
            }
        })
    });
    let balancer = Arc::new(LoadBalancer::new("workers").with_all(instances));
    let tasks: Vec<_> = (0..TASKS)
        .map(|n| AgentTask::new(n.to_string(), Arc::clone(&balancer), skewed(n)))
        .collect();
    let longest = (0..TASKS).map(skewed).max().unwrap();
    let mean = (0..TASKS).map(skewed).sum::<u64>() / TASKS;
    assert!(
        longest > 50 * mean,
        "{longest} and {mean}: it is not skewed"
    );

    // What is in flight is looked at while there is enough for everybody.
    let watched = Arc::clone(&balancer);
    let watching = tokio::spawn(async move {
        let mut worst: f64 = 0.0;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(3)).await;
            let loads = watched.loads();
            worst = worst.max(most_by_mean(loads.iter().map(|load| load.in_flight as u64)));
        }
        worst
    });
    let orchestrator = ParallelOrchestrator::new()
        .with_concurrency(64)
        .on(&Orchestrator::new());
    orchestrator.execute(tasks).await.unwrap();
    let in_flight = watching.await.unwrap();
    let handled = most_by_mean(balancer.loads().iter().map(|load| load.handled));
    let work = most_by_mean(*work.lock().unwrap());
    assert!(work <= 1.15, "work: {work}");
    assert!(handled <= 1.15, "tasks: {handled}");
    assert!(in_flight <= 1.15, "in flight: {in_flight}");
}
