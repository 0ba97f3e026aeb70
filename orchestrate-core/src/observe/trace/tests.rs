use std::time::{Duration, SystemTime};

use orchestrate_plan::{Graph, Kind, Node, Plan};
use proptest::prelude::*;

use super::*;
use crate::{Cause, EventKind, Fault, PlanRef, RunOutcome, StepOutcome, UndoOutcome, Wait, Within};

/// Two steps, one after the other.
fn plan() -> PlanRef {
    let graph = Graph::default()
        .with(Node::new("first", Kind::Tool).produces(["first"]))
        .with(Node::new("second", Kind::Agent).reads(["first"]));
    Plan::new("Two", &graph).unwrap().into()
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn tell(trace: &mut Trace, run: u64, at: u64, kind: EventKind) {
    trace.observe(&Event::new(RunId::from_number(run), ms(at), kind));
}

fn start(trace: &mut Trace, run: u64, within: Option<u64>) {
    let within = within.map(|run| Within {
        run: RunId::from_number(run),
        step: 0,
    });
    let kind = EventKind::RunStarted {
        plan: plan(),
        within,
        wall: SystemTime::UNIX_EPOCH,
    };
    tell(trace, run, 0, kind);
}

fn end(trace: &mut Trace, run: u64) {
    let outcome = RunOutcome::Finished;
    tell(trace, run, 100, EventKind::RunEnded { outcome });
}

fn kept(trace: &Trace) -> Vec<u64> {
    trace.runs().iter().map(|run| run.run.get()).collect()
}

fn fault() -> Fault {
    Fault::new(Cause::Error, "no")
}

#[test]
fn a_step_is_put_together() {
    let mut trace = Trace::new();
    let t = &mut trace;
    start(t, 1, None);
    let (step, item) = (1, None);
    let on = Wait::Turn;
    tell(t, 1, 5, EventKind::StepWaiting { step, item, on });
    tell(t, 1, 10, EventKind::StepStarted { step });
    for (attempt, from, to) in [(1, 10, 20), (2, 30, 40)] {
        tell(
            t,
            1,
            from,
            EventKind::AttemptStarted {
                step,
                item,
                attempt,
            },
        );
        let fault = (attempt == 1).then(fault);
        tell(
            t,
            1,
            to,
            EventKind::AttemptEnded {
                step,
                item,
                attempt,
                fault,
            },
        );
        let on = Wait::Retry { pause: ms(10) };
        if attempt == 1 {
            tell(t, 1, to, EventKind::StepWaiting { step, item, on });
            // What is no end of a wait.
            tell(
                t,
                1,
                to + 5,
                EventKind::StepProgress {
                    step,
                    done: 1,
                    total: 2,
                },
            );
        }
    }
    let outcome = StepOutcome::Finished;
    tell(t, 1, 50, EventKind::StepEnded { step, outcome });

    let run = trace.last().unwrap();
    let step = &run.steps[1];
    let times = (step.ready, step.started, step.ended);
    assert_eq!(times, (Some(ms(5)), Some(ms(10)), Some(ms(50))));
    let attempts = step.attempts.iter();
    let attempts: Vec<_> = attempts
        .map(|it| (it.attempt, it.started, it.ended, it.fault.is_some()))
        .collect();
    assert_eq!(
        attempts,
        [
            (1, ms(10), Some(ms(20)), true),
            (2, ms(30), Some(ms(40)), false)
        ]
    );
    let waits: Vec<_> = step.waits.iter().map(|it| (it.started, it.ended)).collect();
    assert_eq!(waits, [(ms(5), Some(ms(10))), (ms(20), Some(ms(30)))]);
    assert_eq!(step.progress.map(|it| (it.done, it.total)), Some((1, 2)));
    assert_eq!((run.ended, run.outcome.clone()), (None, None));
    assert_eq!(run.steps[0], crate::StepTrace::default());
}

#[test]
fn items_are_told_apart_and_end_with_their_step() {
    let mut trace = Trace::new();
    let t = &mut trace;
    start(t, 1, None);
    let (step, attempt) = (0, 1);
    tell(t, 1, 0, EventKind::StepStarted { step });
    for item in [0, 1, 2] {
        let item = Some(item);
        tell(
            t,
            1,
            1,
            EventKind::AttemptStarted {
                step,
                item,
                attempt,
            },
        );
    }
    let item = Some(1);
    tell(
        t,
        1,
        5,
        EventKind::AttemptEnded {
            step,
            item,
            attempt,
            fault: Some(fault()),
        },
    );
    let on = Wait::Batch;
    tell(
        t,
        1,
        6,
        EventKind::StepWaiting {
            step,
            item: Some(0),
            on,
        },
    );
    let outcome = StepOutcome::Failed(fault());
    tell(t, 1, 9, EventKind::StepEnded { step, outcome });

    let run = trace.last().unwrap();
    let ends: Vec<_> = run.steps[0].attempts.iter().map(|it| it.ended).collect();
    assert_eq!(ends, [Some(ms(9)), Some(ms(5)), Some(ms(9))]);
    assert_eq!(run.steps[0].waits[0].ended, Some(ms(9)));
}

#[test]
fn rollbacks_are_told_after_the_end_and_nothing_else_is() {
    let mut trace = Trace::new();
    let t = &mut trace;
    start(t, 1, None);
    end(t, 1);
    let step = 0;
    let failed = UndoOutcome::Failed("stuck".to_owned());
    for (at, outcome) in [
        (110, UndoOutcome::Undone),
        (120, failed.clone()),
        (130, UndoOutcome::Undone),
    ] {
        tell(t, 1, at, EventKind::StepUndone { step, outcome });
    }
    tell(t, 1, 140, EventKind::StepStarted { step });
    let outcome = RunOutcome::Dropped;
    tell(t, 1, 150, EventKind::RunEnded { outcome });

    let run = trace.last().unwrap();
    let undone = run.steps[0].undone.clone().unwrap();
    assert_eq!((undone.at, undone.outcome), (ms(130), failed));
    assert_eq!(run.steps[0].started, None);
    assert_eq!(
        (run.took(), run.outcome),
        (Some(ms(100)), Some(RunOutcome::Finished))
    );
}

#[test]
fn the_latest_runs_are_kept() {
    let mut trace = Trace::keeping(2);
    for run in [1, 2, 3] {
        start(&mut trace, run, None);
    }
    // The order of ends decides who goes, and that of starts how they are listed.
    end(&mut trace, 3);
    end(&mut trace, 1);
    assert_eq!(kept(&trace), [1, 2, 3]);
    end(&mut trace, 2);
    assert_eq!(kept(&trace), [1, 2]);
    assert_eq!(trace.run(RunId::from_number(3)), None);
    assert_eq!(trace.last().unwrap().run.get(), 2);
}

#[test]
fn a_run_goes_with_those_inside_it() {
    let mut trace = Trace::keeping(3);
    let t = &mut trace;
    for (run, within) in [(1, None), (2, Some(1)), (3, Some(2))] {
        start(t, run, within);
    }
    for run in [3, 2, 1] {
        end(t, run);
    }
    assert_eq!(kept(t), [1, 2, 3]);
    start(t, 4, None);
    assert_eq!(t.last().unwrap().run.get(), 4);
    end(t, 4);
    assert_eq!(kept(t), [4]);
}

#[test]
fn parts_go_before_the_only_whole() {
    let mut trace = Trace::keeping(2);
    let t = &mut trace;
    start(t, 1, None);
    for part in 2..6 {
        start(t, part, Some(1));
        end(t, part);
    }
    assert_eq!(kept(t), [1, 4, 5]);
    end(t, 1);
    assert_eq!(kept(t), [1, 5]);
    let state = t.0.kept();
    assert_eq!(format!("{:?}", state.sizes()), "[2, 2, 0, 1, 1]");
}

#[test]
#[cfg_attr(miri, ignore = "too large for an interpreter")]
fn attempts_beyond_the_bound_are_left_out() {
    let mut trace = Trace::new();
    start(&mut trace, 1, None);
    for item in 0..10_050 {
        let (step, item, attempt) = (0, Some(item), 1);
        tell(
            &mut trace,
            1,
            1,
            EventKind::AttemptStarted {
                step,
                item,
                attempt,
            },
        );
        tell(
            &mut trace,
            1,
            2,
            EventKind::AttemptEnded {
                step,
                item,
                attempt,
                fault: None,
            },
        );
    }
    let run = trace.last().unwrap();
    assert_eq!(run.steps[0].attempts.len(), 10_000);
    assert!(
        run.steps[0]
            .attempts
            .iter()
            .all(|it| it.ended == Some(ms(2)))
    );
}

#[test]
fn clones_are_one_trace_that_is_told_in_place() {
    let trace = Trace::new();
    let sink = trace.clone().__sink().unwrap();
    let plan = plan();
    let kind = EventKind::RunStarted {
        plan,
        within: None,
        wall: SystemTime::UNIX_EPOCH,
    };
    sink.tell(&Event::new(RunId::from_number(1), ms(0), kind));
    assert_eq!(kept(&trace), [1]);
    assert_eq!(trace.metrics(), []);
}

fn events() -> impl Strategy<Value = EventKind> {
    let step = 0..4_usize;
    let item = prop::option::of(0..2_usize);
    let start = prop::option::of(0..4_u64).prop_map(|within| EventKind::RunStarted {
        plan: plan(),
        within: within.map(|run| Within {
            run: RunId::from_number(run),
            step: 9,
        }),
        wall: SystemTime::UNIX_EPOCH,
    });
    prop_oneof![
        start,
        step.clone()
            .prop_map(|step| EventKind::StepStarted { step }),
        (step.clone(), item.clone()).prop_map(|(step, item)| EventKind::StepWaiting {
            step,
            item,
            on: Wait::Cache
        }),
        (step.clone(), item.clone()).prop_map(|(step, item)| EventKind::AttemptStarted {
            step,
            item,
            attempt: 1
        }),
        (step.clone(), item).prop_map(|(step, item)| EventKind::AttemptEnded {
            step,
            item,
            attempt: 1,
            fault: Some(fault())
        }),
        step.clone().prop_map(|step| EventKind::StepEnded {
            step,
            outcome: StepOutcome::Excused(fault())
        }),
        step.prop_map(|step| EventKind::StepUndone {
            step,
            outcome: UndoOutcome::Undone
        }),
        Just(EventKind::RunEnded {
            outcome: RunOutcome::Dropped
        }),
    ]
}

/// How much is told at most.
const MOST: usize = if cfg!(miri) { 20 } else { 80 };

proptest! {
    /// Whatever is told, in whatever order: what is kept is bounded, and can be drawn.
    #[test]
    fn nothing_that_is_told_panics(told in prop::collection::vec((0..6_u64, 0..50_u64, events()), 0..MOST)) {
        let mut trace = Trace::keeping(2);
        for (run, at, kind) in told {
            tell(&mut trace, run, at, kind);
        }
        let runs = trace.runs();
        prop_assert!(runs.iter().filter(|run| run.ended.is_some()).count() <= 2);
        for run in &runs {
            prop_assert!(!run.metrics().to_string().is_empty());
        }
        let chart = crate::Gantt::of_runs(&runs);
        prop_assert!(chart.to_string().len() + chart.svg().len() > 0);
        prop_assert!(!crate::chrome::trace_events(&runs).to_string().is_empty());
    }
}
