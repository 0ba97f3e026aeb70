//! What is told of runs, written by hand: for the tests of observers.

pub(crate) mod runs;

use std::time::{Duration, SystemTime};

use orchestrate_plan::{Graph, Kind, Node, Plan};

use super::{Cause, Event, EventKind, Fault, RunOutcome, StepOutcome, UndoOutcome, Wait, Within};
use crate::RunId;

/// Something that happens in the run of this number, so many milliseconds after the clock was started.
pub(crate) fn event(run: u64, millis: u64, kind: EventKind) -> Event {
    Event::new(RunId::from_number(run), Duration::from_millis(millis), kind)
}

/// A run starts; of a part of another one, the number of that and the step are given.
pub(crate) fn begins(run: u64, millis: u64, plan: &Plan, within: Option<(u64, usize)>) -> Event {
    let kind = EventKind::RunStarted {
        plan: plan.clone().into(),
        within: within.map(|(run, step)| Within {
            run: RunId::from_number(run),
            step,
        }),
        wall: SystemTime::UNIX_EPOCH,
    };
    event(run, millis, kind)
}

pub(crate) fn starts(run: u64, millis: u64, step: usize) -> Event {
    event(run, millis, EventKind::StepStarted { step })
}

pub(crate) fn waits(run: u64, millis: u64, step: usize, item: Option<usize>, on: Wait) -> Event {
    event(run, millis, EventKind::StepWaiting { step, item, on })
}

pub(crate) fn attempts(
    run: u64,
    millis: u64,
    step: usize,
    item: Option<usize>,
    attempt: u32,
) -> Event {
    let kind = EventKind::AttemptStarted {
        step,
        item,
        attempt,
    };
    event(run, millis, kind)
}

/// An attempt ends, with this error if there is one.
pub(crate) fn attempted(
    run: u64,
    millis: u64,
    step: usize,
    item: Option<usize>,
    error: Option<&str>,
) -> Event {
    let fault = error.map(|error| Fault::new(Cause::Error, error));
    attempted_by(run, millis, step, item, 1, fault)
}

/// The same for the attempt of this number, and any fault.
pub(crate) fn attempted_by(
    run: u64,
    millis: u64,
    step: usize,
    item: Option<usize>,
    attempt: u32,
    fault: Option<Fault>,
) -> Event {
    let kind = EventKind::AttemptEnded {
        step,
        item,
        attempt,
        fault,
    };
    event(run, millis, kind)
}

pub(crate) fn progresses(run: u64, millis: u64, step: usize, done: u64, total: u64) -> Event {
    event(run, millis, EventKind::StepProgress { step, done, total })
}

pub(crate) fn ends(run: u64, millis: u64, step: usize, outcome: StepOutcome) -> Event {
    event(run, millis, EventKind::StepEnded { step, outcome })
}

pub(crate) fn finishes(run: u64, millis: u64, step: usize) -> Event {
    ends(run, millis, step, StepOutcome::Finished)
}

pub(crate) fn is_done(run: u64, millis: u64) -> Event {
    let outcome = RunOutcome::Finished;
    event(run, millis, EventKind::RunEnded { outcome })
}

pub(crate) fn fails(run: u64, millis: u64, step: Option<usize>, fault: Fault) -> Event {
    let outcome = RunOutcome::Failed { step, fault };
    event(run, millis, EventKind::RunEnded { outcome })
}

/// `files` and `practices`, then `review`, then `syntax` and `format`, then `report`.
pub(crate) fn review() -> Plan {
    let second = Duration::from_secs(1);
    let graph = Graph::new(["pr"])
        .with(
            Node::new("files", Kind::Mcp)
                .reads(["pr"])
                .produces(["files"])
                .estimate(second),
        )
        .with(
            Node::new("practices", Kind::Mcp)
                .reads(["pr"])
                .produces(["practices"])
                .estimate(second),
        )
        .with(
            Node::new("review", Kind::Agent)
                .reads(["files", "practices"])
                .produces(["review"])
                .estimate(8 * second),
        )
        .with(
            Node::new("syntax", Kind::Tool)
                .reads(["review"])
                .produces(["syntax"])
                .estimate(second),
        )
        .with(
            Node::new("format", Kind::Tool)
                .reads(["review"])
                .produces(["format"])
                .estimate(2 * second),
        )
        .with(Node::new("report", Kind::Plain).reads(["syntax", "format"]));
    Plan::new("CodeReview", &graph).unwrap()
}

/// `change`, then `review`, which is the flow above, then `merge`, of which nothing is estimated.
pub(crate) fn release() -> Plan {
    let graph = Graph::default()
        .with(Node::new("change", Kind::Tool).produces(["change"]))
        .with(
            Node::new("review", Kind::Flow)
                .reads(["change"])
                .produces(["review"]),
        )
        .with(Node::new("merge", Kind::Tool).reads(["review"]));
    Plan::new("Release", &graph).unwrap().with_flow(1, review())
}

/// `Outer` with the flow `inner`, whose one step can be rolled back.
pub(crate) fn undoable() -> Plan {
    let inner = Graph::default().with(Node::new("store", Kind::Tool).rollback());
    let outer = Graph::default().with(Node::new("inner", Kind::Flow));
    let inner = Plan::new("Inner", &inner).unwrap();
    Plan::new("Outer", &outer).unwrap().with_flow(0, inner)
}

/// A run of [`undoable`] that fails after the flow in it has ended, so that this is undone.
pub(crate) fn undoes() -> [Event; 9] {
    let plan = undoable();
    let inner = plan.steps()[0].flow().unwrap();
    let outcome = UndoOutcome::Undone;
    [
        begins(1, 0, &plan, None),
        starts(1, 0, 0),
        begins(2, 0, inner, Some((1, 0))),
        starts(2, 0, 0),
        finishes(2, 1000, 0),
        is_done(2, 1000),
        finishes(1, 1000, 0),
        event(2, 2000, EventKind::StepUndone { step: 0, outcome }),
        fails(1, 2000, None, Fault::new(Cause::Error, "no")),
    ]
}

/// As many steps as this, which depend on nothing: `s0`, `s1` ..
pub(crate) fn wide(steps: usize) -> Plan {
    let nodes = (0..steps).map(|step| Node::new(format!("s{step}"), Kind::Tool));
    Plan::new("Wide", &nodes.fold(Graph::default(), Graph::with)).unwrap()
}
