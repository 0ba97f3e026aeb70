//! What must hold of every run.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use orchestrated::Orchestrator;

use crate::{
    Ended, Graph,
    dice::Dice,
    graphs::GRAPHS,
    world::{self, Event, Fault, Orders, Wait, What, World},
};

/// Runs with time that passes only when all wait.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a closure that stands in the call"
)]
fn each_graph(run: impl AsyncFn(&Graph, &mut Dice)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    for graph in GRAPHS {
        let mut dice = Dice::new(graph.seed ^ 0x5EED);
        let checked = || runtime.block_on(run(graph, &mut dice));
        assert!(
            catch_unwind(AssertUnwindSafe(checked)).is_ok(),
            "the workflow of seed {} does not do what it should: {}",
            graph.seed,
            graph.plan
        );
    }
}

#[test]
fn a_run_gives_what_its_steps_give_one_after_the_other_and_takes_the_critical_path() {
    each_graph(async |graph, dice| {
        for style in [
            Style::Ready,
            Style::Timed,
            Style::Timed,
            Style::Any,
            Style::Any,
            Style::Any,
        ] {
            let mut orders = style.orders(graph, dice);
            // What is absorbed changes the result, and not whether there is one.
            for (orders, step) in orders.iter_mut().zip(graph.steps) {
                if (step.optional || step.default) && dice.happens(30) {
                    orders.fault = Some(fault(dice, step.fallible));
                }
            }
            let world = World::new(orders.clone());
            let ended = (graph.run)(&world, &Orchestrator::new()).await;
            let expected = Expected::of(graph, &orders);
            assert_eq!(ended.expect("nothing fails it"), expected.result);
            let took = world.millis();
            assert_eq!(took, expected.makespan, "{orders:?}");
            check_events(graph, &orders, &world);
            check_starts(graph, &orders, &world, &expected);
            if !graph.strict {
                assert_eq!(took, critical_path(graph, &orders));
            }
            check_drops(&world);
        }
    });
}

#[test]
fn with_a_limit_the_result_is_the_same() {
    each_graph(async |graph, dice| {
        for _ in 0..2 {
            let orders = Style::Any.orders(graph, dice);
            let world = World::new(orders.clone());
            let (orchestrator, _events) = Orchestrator::new()
                .max_concurrency(1 + dice.below(4))
                .events();
            let ended = (graph.run)(&world, &orchestrator).await;
            assert_eq!(
                ended.expect("nothing fails it"),
                Expected::of(graph, &orders).result
            );
            check_events(graph, &orders, &world);
            check_drops(&world);
        }
    });
}

#[test]
fn after_a_failure_nothing_starts_and_what_has_completed_is_undone() {
    // The panics are ordered: nobody need read of each.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        if !text.is_some_and(|text| text.ends_with("panics, as it is told to")) {
            hook(info);
        }
    }));
    each_graph(async |graph, dice| {
        for style in [
            Style::Ready,
            Style::Timed,
            Style::Timed,
            Style::Any,
            Style::Any,
            Style::Any,
        ] {
            let mut orders = style.orders(graph, dice);
            for _ in 0..=dice.below(3) {
                let step = dice.below(orders.len());
                orders[step].fault = Some(fault(dice, graph.steps[step].fallible));
            }
            let world = World::new(orders.clone());
            let ended = (graph.run)(&world, &Orchestrator::new()).await;
            check_events(graph, &orders, &world);
            check_failure(graph, &orders, &world, &ended);
            drop(ended);
            check_drops(&world);
        }
    });
}

#[test]
fn a_run_that_is_dropped_leaves_nothing() {
    each_graph(async |graph, dice| {
        for _ in 0..3 {
            let orders = Style::Any.orders(graph, dice);
            let world = World::new(orders.clone());
            let whole = Expected::of(graph, &orders).makespan;
            let limit =
                Duration::from_millis(dice.below(usize::try_from(whole).unwrap_or(0)) as u64);
            let orchestrator = Orchestrator::new();
            let run = (graph.run)(&world, &orchestrator);
            let _ = tokio::time::timeout(limit, run).await;
            let events = world.events();
            check_events(graph, &orders, &world);
            assert!(
                !events.iter().any(|event| event.what == What::IsUndone),
                "{events:?}"
            );
            check_drops(&world);
        }
    });
}

#[derive(Clone, Copy)]
enum Style {
    /// Nothing waits.
    Ready,
    /// Everything takes a time of its own.
    Timed,
    /// One like this, one like that.
    Any,
}

impl Style {
    fn orders(self, graph: &Graph, dice: &mut Dice) -> Vec<Orders> {
        let orders = graph.steps.iter().map(|step| {
            let millis = 1 + dice.below(40) as u64;
            let wait = match self {
                _ if step.plain => Wait::Not,
                Self::Ready => Wait::Not,
                Self::Timed => Wait::Sleeps(millis),
                Self::Any => match dice.below(6) {
                    0 => Wait::Not,
                    1 => Wait::Yields(1 + u32::try_from(dice.below(5)).unwrap_or(0)),
                    2 => Wait::Joins(millis),
                    3 => Wait::Disturbed(millis),
                    _ => Wait::Sleeps(millis),
                },
            };
            Orders {
                wait,
                fault: None,
                goes: !step.when || dice.happens(60),
            }
        });
        orders.collect()
    }
}

fn fault(dice: &mut Dice, fallible: bool) -> Fault {
    if fallible && dice.happens(60) {
        Fault::Error
    } else {
        Fault::Panic
    }
}

/// What the steps do one after the other.
struct Expected {
    result: u64,
    /// When each starts, if it does not fail before.
    starts: Vec<u64>,
    makespan: u64,
}

impl Expected {
    fn of(graph: &Graph, orders: &[Orders]) -> Self {
        let mut values: Vec<Vec<u64>> = Vec::new();
        for (at, (step, orders)) in graph.steps.iter().zip(orders).enumerate() {
            let inputs: Vec<u64> = step
                .reads
                .iter()
                .map(|&(producer, output)| values[producer][output])
                .collect();
            let outputs = (0..step.outputs).map(|output| {
                if !orders.goes {
                    world::SKIPPED
                } else if orders.fault.is_none() {
                    world::output(world::made(at, &inputs), output)
                } else if step.default {
                    world::instead(at, output)
                } else {
                    world::FAILED
                }
            });
            let outputs = outputs.collect();
            values.push(outputs);
        }
        let left: Vec<u64> = graph
            .left
            .iter()
            .map(|&(producer, output)| values[producer][output])
            .collect();
        let (starts, makespan) = times(graph, orders);
        Self {
            result: world::made(usize::MAX, &left),
            starts,
            makespan,
        }
    }
}

/// When each step starts, and when the last one ends.
fn times(graph: &Graph, orders: &[Orders]) -> (Vec<u64>, u64) {
    let takes = |step: usize| {
        if orders[step].goes {
            orders[step].wait.millis()
        } else {
            0
        }
    };
    let (mut starts, mut ends) = (Vec::new(), Vec::<u64>::new());
    for (at, step) in graph.steps.iter().enumerate() {
        let start = step
            .dependencies
            .iter()
            .map(|&on| ends[on])
            .max()
            .unwrap_or(0);
        starts.push(start);
        ends.push(start + takes(at));
    }
    if graph.strict {
        let mut now = 0;
        for batch in graph.plan.batches() {
            let batch = batch.steps().map(|step| index(graph, step.name()));
            let batch: Vec<usize> = batch.collect();
            for &step in &batch {
                starts[step] = now;
            }
            now += batch.into_iter().map(takes).max().unwrap_or(0);
        }
        return (starts, now);
    }
    (starts, ends.into_iter().max().unwrap_or(0))
}

/// What the planner says of it.
fn critical_path(graph: &Graph, orders: &[Orders]) -> u64 {
    let path = graph.plan.critical_path_by(|step| {
        let orders = orders[index(graph, step.name())];
        if orders.goes { orders.wait.millis() } else { 0 }
    });
    path.length
}

fn index(graph: &Graph, name: &str) -> usize {
    let at = graph.steps.iter().position(|step| step.name == name);
    at.expect("the plan has the steps of the graph")
}

/// What holds however the run ends: what starts has what it needs, once, and ends once.
fn check_events(graph: &Graph, orders: &[Orders], world: &World) {
    let events = world.events();
    let of = |step: usize| -> Vec<What> {
        let own = events.iter().filter(|event| event.step == step);
        own.map(|event| event.what).collect()
    };
    for (at, step) in graph.steps.iter().enumerate() {
        let end = match &of(at)[..] {
            [] => continue,
            [What::Starts, What::Completes] => What::Completes,
            [What::Starts, What::Completes, What::IsUndone] if step.rollback => What::Completes,
            [What::Starts, What::Fails] => What::Fails,
            [What::Starts, What::IsDropped] => What::IsDropped,
            other => panic!("{} has a strange life: {other:?} in {events:?}", step.name),
        };
        assert!(orders[at].goes, "{} runs: {events:?}", step.name);
        assert_eq!(
            end == What::Fails,
            end != What::IsDropped && orders[at].fault.is_some()
        );
        let place = |step: usize, what: &[What]| {
            let is_it = |event: &Event| event.step == step && what.contains(&event.what);
            events.iter().position(is_it)
        };
        let start = place(at, &[What::Starts]);
        for &on in step.dependencies {
            let absorbs = graph.steps[on].optional || graph.steps[on].default;
            let ends: &[What] = if absorbs {
                &[What::Completes, What::Fails]
            } else {
                &[What::Completes]
            };
            let end = place(on, ends);
            assert!(
                !orders[on].goes || end.is_some() && end < start,
                "{} starts before {} has ended: {events:?}",
                step.name,
                graph.steps[on].name,
            );
        }
    }
}

/// Each step starts at the very moment when it can.
fn check_starts(graph: &Graph, orders: &[Orders], world: &World, expected: &Expected) {
    let events = world.events();
    for (at, step) in graph.steps.iter().enumerate() {
        let mut starts = events
            .iter()
            .filter(|event| event.step == at && event.what == What::Starts);
        let start = starts.next().map(|event| event.at);
        let wanted = orders[at].goes.then_some(expected.starts[at]);
        assert_eq!(start, wanted, "{}: {events:?}", step.name);
    }
}

/// The run ends with the first failure that nobody absorbs: nothing starts after it, and what must be is undone.
fn check_failure(graph: &Graph, orders: &[Orders], world: &World, ended: &Ended) {
    let events = world.events();
    let is_fatal = |event: &Event| {
        let step = &graph.steps[event.step];
        event.what == What::Fails && !step.optional && !step.default
    };
    let Some(fatal) = events.iter().position(is_fatal) else {
        let expected = Expected::of(graph, orders);
        assert_eq!(ended.as_ref().expect("nothing fails it"), &expected.result);
        return;
    };
    let failure = ended.as_ref().expect_err("a step fails it");
    let failed = graph.steps[events[fatal].step].name;
    assert_eq!(failure.step(), Some(failed), "{failure}: {events:?}");
    let after = &events[fatal + 1..];
    let late = after.iter().find(|event| event.what == What::Starts);
    assert!(late.is_none(), "{late:?} after {failed}: {events:?}");
    let awaited =
        |event: &&Event| event.what == What::Completes && !graph.steps[event.step].rollback;
    let late = after.iter().find(awaited);
    assert!(
        late.is_none(),
        "{late:?} after {failed}, with nothing to undo: {events:?}"
    );

    let completed = events.iter().filter(|event| event.what == What::Completes);
    let completed = completed
        .map(|event| event.step)
        .filter(|&step| graph.steps[step].rollback);
    let mut completed: Vec<usize> = completed.collect();
    completed.reverse();
    let undone = events.iter().filter(|event| event.what == What::IsUndone);
    let undone: Vec<usize> = undone.map(|event| event.step).collect();
    assert_eq!(undone, completed, "{events:?}");
    check_times(graph, orders, &events, fatal);
}

/// What had time to start before the failure has started, and what had time to end has ended.
fn check_times(graph: &Graph, orders: &[Orders], events: &[Event], fatal: usize) {
    let (starts, _) = times(graph, orders);
    let at = events[fatal].at;
    for (step, &start) in starts.iter().enumerate() {
        let of = |what: What| {
            events
                .iter()
                .any(|event| event.step == step && event.what == what)
        };
        let (goes, millis) = (orders[step].goes, orders[step].wait.millis());
        assert!(
            !goes || start >= at || of(What::Starts),
            "step {step} had time to start: {events:?}"
        );
        assert!(
            start <= at || !of(What::Starts),
            "step {step} starts early: {events:?}"
        );
        let has_ended = of(What::Completes) || of(What::Fails);
        assert!(
            !goes || start + millis >= at || has_ended,
            "step {step} had time to end: {events:?}"
        );
    }
}

fn check_drops(world: &World) {
    let drops = world.drops();
    assert!(drops.iter().all(|&drops| drops == 1), "{drops:?}");
}
