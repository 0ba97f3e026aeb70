//! Runs put together of them: to draw, and to count.

use std::time::Duration;

use orchestrate_plan::{Graph, Kind, Node, Plan};

use super::{attempted_by, attempts, begins, ends, event, starts, waits};
use crate::{
    Cause, Event, EventKind, Fault, Observer as _, PlanRef, RunId, RunOutcome, RunTrace,
    StepOutcome, Trace, UndoOutcome, Wait,
};

/// What is told of a run, in milliseconds, and what a trace makes of it.
#[derive(Debug)]
pub(crate) struct Script {
    run: u64,
    trace: Trace,
}

pub(crate) const MS: Duration = Duration::from_millis(1);

pub(crate) fn fault(message: &str) -> Fault {
    Fault::new(Cause::Error, message)
}

/// A plan of these steps: name, kind, what each reads.
pub(crate) fn plan(name: &str, steps: &[(&str, Kind, &[&str])]) -> PlanRef {
    let mut graph = Graph::default();
    for (step, kind, reads) in steps {
        let node = Node::new(*step, *kind).produces([*step]);
        graph = graph.with(node.reads(reads.iter().copied()));
    }
    Plan::new(name, &graph).unwrap().into()
}

impl Script {
    #[expect(clippy::needless_pass_by_value, reason = "the plan is made for it")]
    pub(crate) fn new(
        trace: &Trace,
        run: u64,
        within: Option<(u64, usize)>,
        at: u64,
        plan: PlanRef,
    ) -> Self {
        let trace = trace.clone();
        Self { run, trace }.then(&begins(run, at, &plan, within))
    }

    fn then(mut self, event: &Event) -> Self {
        self.trace.observe(event);
        self
    }

    pub(crate) fn tell(self, at: u64, kind: EventKind) -> Self {
        let event = event(self.run, at, kind);
        self.then(&event)
    }

    pub(crate) fn start(self, at: u64, step: usize) -> Self {
        let event = starts(self.run, at, step);
        self.then(&event)
    }

    pub(crate) fn wait(self, at: u64, step: usize, on: Wait) -> Self {
        let event = waits(self.run, at, step, None, on);
        self.then(&event)
    }

    pub(crate) fn attempt(
        self,
        at: u64,
        to: u64,
        step: usize,
        attempt: u32,
        fault: Option<Fault>,
    ) -> Self {
        self.item(at, to, step, None, (attempt, fault))
    }

    pub(crate) fn item(
        self,
        at: u64,
        to: u64,
        step: usize,
        item: Option<usize>,
        (attempt, fault): (u32, Option<Fault>),
    ) -> Self {
        let start = attempts(self.run, at, step, item, attempt);
        let end = attempted_by(self.run, to, step, item, attempt, fault);
        self.then(&start).then(&end)
    }

    pub(crate) fn end(self, at: u64, step: usize, outcome: StepOutcome) -> Self {
        let event = ends(self.run, at, step, outcome);
        self.then(&event)
    }

    /// A step that works from here to there.
    pub(crate) fn work(self, at: u64, to: u64, step: usize) -> Self {
        self.start(at, step).end(to, step, StepOutcome::Finished)
    }

    pub(crate) fn undo(self, at: u64, step: usize, outcome: UndoOutcome) -> Self {
        self.tell(at, EventKind::StepUndone { step, outcome })
    }

    pub(crate) fn finish(self, at: u64) -> RunTrace {
        self.close(at, RunOutcome::Finished)
    }

    pub(crate) fn close(self, at: u64, outcome: RunOutcome) -> RunTrace {
        let script = self.tell(at, EventKind::RunEnded { outcome });
        script.trace.run(RunId::from_number(script.run)).unwrap()
    }
}

/// Two steps side by side, one that is tried again and waits, two after it.
pub(crate) fn review() -> RunTrace {
    let steps: &[(&str, Kind, &[&str])] = &[
        ("files", Kind::Mcp, &[]),
        ("practices", Kind::Mcp, &[]),
        ("review", Kind::Agent, &["files", "practices"]),
        ("syntax", Kind::Tool, &["review"]),
        ("format", Kind::Tool, &["review"]),
        ("report", Kind::Plain, &["syntax", "format"]),
    ];
    Script::new(&Trace::new(), 7, None, 1000, plan("CodeReview", steps))
        .work(1000, 1420, 0)
        .wait(1000, 1, Wait::Turn)
        .work(1200, 1730, 1)
        .start(1730, 2)
        .attempt(1730, 2050, 2, 1, Some(fault("503 Service Unavailable")))
        .wait(2050, 2, Wait::Retry { pause: 200 * MS })
        .attempt(2250, 2400, 2, 2, Some(fault("503 Service Unavailable")))
        .wait(2400, 2, Wait::Retry { pause: 400 * MS })
        .attempt(2800, 3600, 2, 3, None)
        .end(3600, 2, StepOutcome::Finished)
        .end(3600, 3, StepOutcome::Cached)
        .work(3600, 3725, 4)
        .work(3725, 3726, 5)
        .finish(3726)
}

/// A step fails: one beside it is stopped, what was done is undone, the rest is never reached.
pub(crate) fn deploy() -> RunTrace {
    let steps: &[(&str, Kind, &[&str])] = &[
        ("build", Kind::Tool, &[]),
        ("approve", Kind::Human, &["build"]),
        ("upload", Kind::Mcp, &["approve"]),
        ("notify", Kind::Mcp, &["approve"]),
        ("warm", Kind::Tool, &["approve"]),
        ("switch", Kind::Tool, &["upload"]),
        ("announce", Kind::Agent, &["switch"]),
    ];
    let failed = fault("connection refused (os error 111)\nwhile switching <prod> & \"beta\"");
    let run = Script::new(&Trace::new(), 8, None, 0, plan("Deploy", steps))
        .work(0, 900, 0)
        .start(900, 1)
        .wait(900, 1, Wait::Approval)
        .end(2400, 1, StepOutcome::Finished)
        .start(2400, 3)
        .end(2600, 3, StepOutcome::Excused(fault("no such channel")))
        .start(2400, 4)
        .work(2400, 3000, 2)
        .start(3000, 5)
        .end(3400, 5, StepOutcome::Failed(failed.clone()))
        .end(3400, 4, StepOutcome::Stopped)
        .undo(3700, 2, UndoOutcome::Undone)
        .undo(
            3900,
            0,
            UndoOutcome::Irreversible("a build stays".to_owned()),
        );
    let outcome = RunOutcome::Failed {
        step: Some(5),
        fault: failed,
    };
    run.close(3900, outcome)
}

/// Items, a step that is skipped, and a run inside a run.
pub(crate) fn nested() -> Vec<RunTrace> {
    let trace = Trace::new();
    let steps: &[(&str, Kind, &[&str])] = &[
        ("pages", Kind::Mcp, &[]),
        ("summaries", Kind::Agent, &["pages"]),
        ("translate", Kind::Agent, &["summaries"]),
        ("review", Kind::Flow, &["summaries"]),
        ("publish", Kind::Tool, &["review", "translate"]),
    ];
    let mut run = Script::new(&trace, 20, None, 0, plan("Digest", steps))
        .work(0, 300, 0)
        .start(300, 1);
    for item in 0..8 {
        let at = 300 + 200 * (item as u64 / 4);
        run = run.item(at, at + 150 + 7 * item as u64, 1, Some(item), (1, None));
    }
    let run = run
        .end(700, 1, StepOutcome::Finished)
        .end(700, 2, StepOutcome::Skipped)
        .start(700, 3);
    let inner: &[(&str, Kind, &[&str])] = &[
        ("lint", Kind::Tool, &[]),
        ("think", Kind::Agent, &[]),
        ("verdict", Kind::Plain, &["lint", "think"]),
    ];
    Script::new(&trace, 21, Some((20, 3)), 700, plan("Review", inner))
        .work(700, 850, 0)
        .work(700, 1500, 1)
        .work(1500, 1510, 2)
        .finish(1510);
    run.end(1510, 3, StepOutcome::Finished)
        .work(1510, 1600, 4)
        .finish(1600);
    trace.runs()
}

/// A thousand steps: 4 batches of 200, and 200 one after the other.
pub(crate) fn thousand() -> RunTrace {
    let mut graph = Graph::default().with(Node::new("begin", Kind::Plain).produces(["gate0"]));
    let mut times = vec![(0, 10)];
    for batch in 0..4_u64 {
        let before = format!("gate{batch}");
        let mut all = Vec::new();
        for step in 0..199_u64 {
            let name = format!("part_{batch}_{step}");
            graph = graph.with(
                Node::new(&name, Kind::Tool)
                    .reads([before.clone()])
                    .produces([name.clone()]),
            );
            times.push((
                10 + 500 * batch,
                10 + 500 * batch + 100 + (step * 7919) % 380,
            ));
            all.push(name);
        }
        let gate = format!("gate{}", batch + 1);
        graph = graph.with(
            Node::new(&gate, Kind::Plain)
                .reads(all)
                .produces([gate.clone()]),
        );
        times.push((10 + 500 * batch + 480, 10 + 500 * (batch + 1)));
    }
    for link in 4..203_u64 {
        let (from, to) = (format!("gate{link}"), format!("gate{}", link + 1));
        graph = graph.with(
            Node::new(&to, Kind::Agent)
                .reads([from])
                .produces([to.clone()]),
        );
        times.push((2010 + 10 * (link - 4), 2010 + 10 * (link - 3)));
    }
    let plan = Plan::new("Thousand", &graph).unwrap();
    let mut run = Script::new(&Trace::new(), 9, None, 0, plan.into());
    for (step, (from, to)) in times.into_iter().enumerate() {
        run = run.work(from, to, step);
    }
    run.finish(4000)
}
