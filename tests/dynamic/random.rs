//! Graphs drawn at random, with faults, options, limits, and somebody who cancels: what must hold of all of them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use orchestrated::{
    CancelToken, Orchestrator, Reason, RunOutcome,
    dynamic::{
        Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask, Retries, TaskGraph,
        TaskPriority, TaskResults, async_trait,
    },
};
use proptest::prelude::*;

use crate::well_formed::{told, well_formed};

/// How an attempt goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Well,
    Fails,
    Panics,
    Hangs,
}

#[derive(Clone, Debug)]
struct Drawn {
    /// Those before it that it comes after.
    after: Vec<usize>,
    takes: u64,
    goes: Goes,
    limit: Option<u64>,
    attempts: u32,
    optional: bool,
    default: bool,
    fallback: Option<Goes>,
    rollback: bool,
    priority: usize,
}

#[derive(Clone, Debug)]
struct Case {
    tasks: Vec<Drawn>,
    collects: bool,
    at_most: Option<usize>,
    of_all: Option<usize>,
    deadline: Option<u64>,
    cancel: Option<u64>,
}

fn goes() -> impl Strategy<Value = Goes> {
    prop_oneof![
        6 => Just(Goes::Well),
        1 => Just(Goes::Fails),
        1 => Just(Goes::Panics),
        1 => Just(Goes::Hangs),
    ]
}

fn task(index: usize) -> impl Strategy<Value = Drawn> {
    let after = prop::collection::btree_set(0..index.max(1), 0..3);
    let flags = prop::array::uniform3(prop::bool::weighted(0.25));
    let fallback = prop::option::weighted(0.2, goes());
    let limit = prop::option::weighted(0.4, 1..6_u64);
    (
        after,
        0..6_u64,
        goes(),
        limit,
        1..3_u32,
        flags,
        fallback,
        0..4_usize,
    )
        .prop_map(
            move |(after, takes, goes, limit, attempts, flags, fallback, priority)| Drawn {
                after: after.into_iter().filter(|&before| before < index).collect(),
                takes,
                goes,
                // What hangs must end.
                limit: if goes == Goes::Hangs || fallback == Some(Goes::Hangs) {
                    limit.or(Some(4))
                } else {
                    limit
                },
                attempts,
                optional: flags[0],
                default: flags[1],
                rollback: flags[2],
                // A fallback takes as long as it likes.
                fallback: fallback.filter(|goes| *goes != Goes::Hangs),
                priority,
            },
        )
}

fn case() -> impl Strategy<Value = Case> {
    // More than 30 are polled in another way.
    prop_oneof![9 => 1..9_usize, 1 => 31..36_usize]
        .prop_flat_map(|count| {
            let tasks: Vec<_> = (0..count).map(task).collect();
            let few = || prop::option::weighted(0.3, 1..4_usize);
            let moment = || prop::option::weighted(0.2, 0..12_u64);
            (tasks, any::<bool>(), few(), few(), moment(), moment())
        })
        .prop_map(
            |(tasks, collects, at_most, of_all, deadline, cancel)| Case {
                tasks,
                collects,
                at_most,
                of_all,
                deadline,
                cancel,
            },
        )
}

/// What has happened.
#[derive(Default)]
struct World {
    running: usize,
    most: usize,
    /// The tasks in the order in which they ended well, as far as their agent did it.
    done: Vec<String>,
    undone: Vec<String>,
    /// What a task found when it started: of each that it comes after, whether there was an output.
    found: BTreeMap<String, Vec<bool>>,
}

struct Live(Arc<Mutex<World>>);

impl Live {
    fn new(world: &Arc<Mutex<World>>) -> Self {
        let mut seen = world.lock().unwrap();
        seen.running += 1;
        seen.most = seen.most.max(seen.running);
        Self(Arc::clone(world))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.lock().unwrap().running -= 1;
    }
}

struct Does {
    world: Arc<Mutex<World>>,
    goes: Goes,
    takes: u64,
    after: Vec<usize>,
}

#[async_trait]
impl Agent for Does {
    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let _live = Live::new(&self.world);
        let found = self
            .after
            .iter()
            .map(|before| cx.output(&name(*before)).is_some());
        let task = cx.task().name().to_owned();
        self.world
            .lock()
            .unwrap()
            .found
            .insert(task.clone(), found.collect());
        if self.takes > 0 {
            tokio::time::sleep(Duration::from_millis(self.takes)).await;
        }
        match self.goes {
            Goes::Well => {
                self.world.lock().unwrap().done.push(task);
                Ok(input.into_value().into())
            }
            Goes::Fails => Err(AgentError::msg("as drawn")),
            Goes::Panics => panic!("as drawn"),
            Goes::Hangs => std::future::pending().await,
        }
    }
}

fn name(index: usize) -> String {
    format!("t{index}")
}

impl Case {
    fn graph(&self, world: &Arc<Mutex<World>>) -> TaskGraph {
        let tasks = self.tasks.iter().enumerate().map(|(index, drawn)| {
            let does = |goes| Does {
                world: Arc::clone(world),
                goes,
                takes: drawn.takes,
                after: drawn.after.clone(),
            };
            let mut task = AgentTask::new(name(index), does(drawn.goes), index)
                .after(drawn.after.iter().copied().map(name))
                .with_priority(TaskPriority::ALL[drawn.priority]);
            if let Some(limit) = drawn.limit {
                task = task.with_timeout(Duration::from_millis(limit));
            }
            if drawn.attempts > 1 {
                let retries = Retries::new(drawn.attempts).with_backoff(Duration::from_millis(1));
                task = task.idempotent().with_retry(retries);
            }
            if drawn.optional {
                task = task.optional();
            }
            if drawn.default {
                task = task.with_default("default");
            }
            if let Some(goes) = drawn.fallback {
                task = task.with_fallback(does(goes), move |_| index.into());
            }
            if drawn.rollback {
                let world = Arc::clone(world);
                task = task.with_rollback(move |_| {
                    let (world, name) = (Arc::clone(&world), name(index));
                    async move {
                        tokio::task::yield_now().await;
                        world.lock().unwrap().undone.push(name);
                        Ok(())
                    }
                });
            }
            task
        });
        // The order in which they are given means nothing.
        let tasks: Vec<_> = tasks.collect();
        let graph = TaskGraph::new("Random", tasks.into_iter().rev()).unwrap();
        let graph = graph.collect_errors(self.collects);
        match self.at_most {
            Some(tasks) => graph.with_concurrency(tasks),
            None => graph,
        }
    }

    async fn check(&self, is_observed: bool) {
        let world = Arc::new(Mutex::new(World::default()));
        let graph = self.graph(&world);
        let token = CancelToken::new();
        let mut orchestrator = Orchestrator::new().cancel_on(&token);
        if let Some(deadline) = self.deadline {
            orchestrator = orchestrator.deadline(Duration::from_millis(deadline));
        }
        if let Some(steps) = self.of_all {
            orchestrator = orchestrator.max_concurrency(steps);
        }
        let (orchestrator, mut events) = if is_observed {
            let (orchestrator, events) = orchestrator.events();
            (orchestrator, Some(events))
        } else {
            (orchestrator, None)
        };
        let cancels = async {
            if let Some(moment) = self.cancel {
                tokio::time::sleep(Duration::from_millis(moment)).await;
                token.cancel();
            }
        };
        let (ended, ()) = futures::join!(graph.run(&orchestrator), cancels);
        let world = world.lock().unwrap();

        assert_eq!(world.running, 0, "a task has leaked");
        let limit = self
            .at_most
            .unwrap_or(usize::MAX)
            .min(self.of_all.unwrap_or(usize::MAX));
        // A fallback takes no turn.
        if self.tasks.iter().all(|task| task.fallback.is_none()) {
            assert!(world.most <= limit, "{} at once", world.most);
        }
        for (task, found) in &world.found {
            let index: usize = task[1..].parse().unwrap();
            for (before, is_there) in self.tasks[index].after.iter().zip(found) {
                assert!(
                    is_there | self.tasks[*before].optional,
                    "{task} has started too early"
                );
            }
        }
        if let Some(events) = &mut events {
            let runs = well_formed(&told(events));
            let [(_, outcome)] = &runs[..] else {
                panic!("one run, and not {runs:?}")
            };
            assert_eq!(matches!(outcome, RunOutcome::Finished), ended.is_ok());
        }
        match &ended {
            Ok(results) => {
                assert!(world.undone.is_empty());
                self.check_results(results);
            }
            Err(failure) => {
                let told: Vec<_> = failure
                    .rollbacks()
                    .iter()
                    .map(|undone| undone.step.to_string())
                    .collect();
                assert_eq!(told, world.undone);
                let mut unique = told.clone();
                unique.sort();
                unique.dedup();
                assert_eq!(unique.len(), told.len(), "undone once");
                for task in &world.done {
                    let index: usize = task[1..].parse().unwrap();
                    assert_eq!(told.contains(task), self.tasks[index].rollback, "{task}");
                }
                // The last to complete first, of those whose agent did it.
                let undone: Vec<_> = told
                    .iter()
                    .filter(|task| world.done.contains(task))
                    .collect();
                let mut done: Vec<_> = world
                    .done
                    .iter()
                    .filter(|task| told.contains(task))
                    .collect();
                done.reverse();
                assert_eq!(undone, done);
                let is_from_outside = matches!(failure.reason(), Reason::Cancelled)
                    && self.cancel.is_some()
                    || matches!(failure.reason(), Reason::TimedOut(_)) && self.deadline.is_some()
                    || matches!(failure.reason(), Reason::Refused(_)) && self.deadline.is_some();
                assert!(
                    is_from_outside || !self.collects && failure.step().is_some(),
                    "{failure}"
                );
            }
        }
    }

    fn check_results(&self, results: &TaskResults) {
        assert_eq!(results.len(), self.tasks.len());
        for (index, task) in self.tasks.iter().enumerate() {
            let result = results.get(&name(index)).unwrap();
            let may_fail = self.collects || task.optional;
            assert!(result.is_ok() || may_fail, "{index}: {result:?}");
            let is_left_out = task.after.iter().any(|before| {
                results.get(&name(*before)).unwrap().is_err() && !self.tasks[*before].optional
            });
            if is_left_out {
                assert_eq!(result.as_ref().unwrap_err().attempts(), 0);
            } else if task.default {
                assert!(result.is_ok());
            }
        }
        let order: Vec<_> = results.iter().map(|(name, _)| name.to_owned()).collect();
        let given: Vec<_> = (0..self.tasks.len()).rev().map(name).collect();
        assert_eq!(order, given);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_everything_is_accounted_for(case in case()) {
        for is_observed in [false, true] {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(case.check(is_observed));
        }
    }
}
