//! Runs to make reports of: told by hand, so that they are the same every time.

use std::fmt::Write as _;

use orchestrated::{
    RunTrace,
    plan::{Graph, Kind, Node, Plan},
};
use serde_json::{Value, json};

/// What became of a step. All times are in milliseconds.
pub(crate) struct Told(Value);

/// It was not reached.
pub(crate) fn unreached() -> Told {
    Told(json!({
        "ready": null, "started": null, "ended": null, "outcome": null,
        "attempts": [], "waits": [], "progress": null, "undone": null,
    }))
}

/// It ran, and finished.
pub(crate) fn ran(from: u64, to: u64) -> Told {
    unreached()
        .set("ready", ns(from))
        .set("started", ns(from))
        .set("ended", ns(to))
        .set("outcome", "finished")
}

fn ns(ms: u64) -> u64 {
    ms * 1_000_000
}

fn fault(cause: &str, message: &str) -> Value {
    json!({ "cause": cause, "message": message })
}

impl Told {
    fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0[field] = value.into();
        self
    }

    fn push(mut self, field: &str, value: Value) -> Self {
        if let Some(values) = self.0[field].as_array_mut() {
            values.push(value);
        }
        self
    }

    /// `cached`, `skipped` or `stopped`.
    pub(crate) fn outcome(self, word: &str) -> Self {
        self.set("outcome", word)
    }

    pub(crate) fn failed(self, cause: &str, message: &str) -> Self {
        self.set("outcome", json!({ "failed": fault(cause, message) }))
    }

    pub(crate) fn excused(self, cause: &str, message: &str) -> Self {
        self.set("outcome", json!({ "excused": fault(cause, message) }))
    }

    /// An attempt, and why it failed, if it did.
    pub(crate) fn attempt(self, number: u32, from: u64, to: u64, error: Option<&str>) -> Self {
        self.item(None, number, from, to, error)
    }

    /// An attempt at an item.
    pub(crate) fn item(
        self,
        item: Option<usize>,
        number: u32,
        from: u64,
        to: u64,
        error: Option<&str>,
    ) -> Self {
        let fault = error.map(|error| fault("error", error));
        self.push(
            "attempts",
            json!({ "item": item, "attempt": number, "started": ns(from), "ended": ns(to), "fault": fault }),
        )
    }

    /// `turn`, `approval`, `batch` or `cache`; all but `turn` after the step has started.
    pub(crate) fn waited(self, on: &str, from: u64, to: u64) -> Self {
        let told = self.push(
            "waits",
            json!({ "item": null, "on": on, "started": ns(from), "ended": ns(to) }),
        );
        match on {
            "turn" => told.set("started", ns(to)),
            _ => told,
        }
    }

    pub(crate) fn paused(self, from: u64, to: u64) -> Self {
        let on = json!({ "retry": { "pause": ns(to - from) } });
        self.push(
            "waits",
            json!({ "item": null, "on": on, "started": ns(from), "ended": ns(to) }),
        )
    }

    pub(crate) fn progress(self, done: u64, total: u64) -> Self {
        self.set("progress", json!({ "done": done, "total": total }))
    }

    pub(crate) fn undone(self, at: u64) -> Self {
        self.set("undone", json!({ "at": ns(at), "outcome": "undone" }))
    }

    /// `failed` or `irreversible`, and why.
    pub(crate) fn not_undone(self, at: u64, how: &str, why: &str) -> Self {
        self.set("undone", json!({ "at": ns(at), "outcome": { how: why } }))
    }
}

/// A run, from its start to its end.
pub(crate) fn run(
    id: u64,
    plan: &Plan,
    (from, to): (u64, u64),
    outcome: &Value,
    steps: Vec<Told>,
) -> RunTrace {
    let steps: Vec<Value> = steps.into_iter().map(|told| told.0).collect();
    let run = json!({
        "run": id,
        "plan": plan,
        "within": null,
        "wall": 1_790_000_000_000_000_000_u64 + ns(from),
        "started": ns(from),
        "ended": ns(to),
        "outcome": outcome,
        "steps": steps,
    });
    serde_json::from_value(run).expect("a run that can be read back")
}

/// The same run, as a part of a step of another one.
pub(crate) fn within(run: &RunTrace, outer: u64, step: usize) -> RunTrace {
    let mut json = serde_json::to_value(run).expect("a run can be written");
    json["within"] = json!({ "run": outer, "step": step });
    serde_json::from_value(json).expect("a run that can be read back")
}

fn review_plan() -> Plan {
    let second = std::time::Duration::from_secs(1);
    let graph = Graph::new(["app", "pr"])
        .with(
            Node::new("files", Kind::Mcp)
                .reads(["app", "pr"])
                .produces(["files"]),
        )
        .with(
            Node::new("practices", Kind::Mcp)
                .reads(["app", "pr"])
                .produces(["practices"])
                .idempotent()
                .retry(3)
                .timeout(second),
        )
        .with(
            Node::new("review", Kind::Agent)
                .reads(["app", "files", "practices"])
                .produces(["review"]),
        )
        .with(
            Node::new("syntax", Kind::Tool)
                .reads(["review"])
                .produces(["syntax"]),
        )
        .with(
            Node::new("format", Kind::Tool)
                .reads(["review"])
                .produces(["format"]),
        )
        .with(
            Node::new("report", Kind::Plain)
                .reads(["review", "syntax", "format"])
                .produces(["report"]),
        );
    Plan::new("CodeReview", &graph).expect("a plan")
}

/// A run that finished, from a moment on.
pub(crate) fn review(id: u64, at: u64) -> RunTrace {
    let from = |time: u64| at + time;
    let steps = vec![
        ran(from(0), from(180)),
        ran(from(0), from(410))
            .attempt(1, from(0), from(95), Some("503 service unavailable"))
            .paused(from(95), from(195))
            .attempt(2, from(195), from(410), None),
        ran(from(410), from(1_650)).waited("turn", from(410), from(530)),
        ran(from(1_650), from(1_720)),
        ran(from(1_650), from(1_810)).progress(42, 42),
        ran(from(1_810), from(1_812)),
    ];
    run(
        id,
        &review_plan(),
        (at, from(1_815)),
        &json!("finished"),
        steps,
    )
}

/// A run that failed late: a flow step, a person, three attempts, excused failures, and rollbacks of every sort.
pub(crate) fn release() -> Vec<RunTrace> {
    let graph = Graph::new(["site", "version"])
        .with(
            Node::new("pages", Kind::Tool)
                .reads(["site"])
                .produces(["pages"]),
        )
        .with(
            Node::new("settings", Kind::Mcp)
                .reads(["site"])
                .produces(["settings"]),
        )
        .with(
            Node::new("links", Kind::Tool)
                .reads(["pages"])
                .produces(["links"])
                .optional(),
        )
        .with(
            Node::new("markup", Kind::Tool)
                .reads(["pages"])
                .produces(["markup"])
                .when(),
        )
        .with(
            Node::new("review", Kind::Flow)
                .reads(["pages"])
                .produces(["review"]),
        )
        .with(
            Node::new("notes", Kind::Agent)
                .reads(["pages", "settings"])
                .produces(["notes"]),
        )
        .with(
            Node::new("approved", Kind::Human)
                .reads(["version", "links", "markup", "review"])
                .produces(["approved"]),
        )
        .with(
            Node::new("written", Kind::Tool)
                .reads(["pages"])
                .produces(["written"])
                .after(["approved"])
                .rollback(),
        )
        .with(
            Node::new("remembered", Kind::Mcp)
                .reads(["settings", "version"])
                .produces(["remembered"])
                .after(["approved"])
                .rollback(),
        )
        .with(
            Node::new("announced", Kind::Mcp)
                .reads(["notes"])
                .after(["approved"])
                .irreversible("mail cannot be called back"),
        )
        .with(
            Node::new("visited", Kind::Tool)
                .reads(["written", "remembered"])
                .produces(["visited"])
                .idempotent()
                .retry(3),
        )
        .with(
            Node::new("summary", Kind::Plain)
                .reads(["visited", "notes"])
                .produces(["summary"]),
        );
    let plan = Plan::new("Release", &graph).expect("a plan");
    let review_plan = review_plan();
    let plan = plan.with_flow(4, review_plan);
    let refused = "GET https://example.org/2.3.0/: connection refused\nthe server answered nothing on port 443";
    let steps = vec![
        ran(0, 120).progress(18, 18),
        ran(0, 60).outcome("cached"),
        ran(120, 900).excused("timed_out", "no answer within 780ms"),
        unreached().set("ended", ns(121)).outcome("skipped"),
        ran(150, 1_970),
        ran(120, 1_300),
        ran(1_970, 3_100).waited("approval", 1_975, 3_100),
        ran(3_100, 3_300).undone(4_620),
        ran(3_100, 3_180).not_undone(4_560, "failed", "database is locked"),
        ran(3_100, 3_150).not_undone(4_565, "irreversible", "mail cannot be called back"),
        ran(3_300, 4_500)
            .attempt(1, 3_300, 3_520, Some(refused))
            .paused(3_520, 3_620)
            .attempt(2, 3_620, 3_950, Some(refused))
            .paused(3_950, 4_150)
            .attempt(3, 4_150, 4_500, Some(refused))
            .failed("error", refused),
        unreached(),
    ];
    let outcome = json!({ "failed": { "step": 10, "fault": fault("error", refused) } });
    let outer = run(41, &plan, (0, 4_640), &outcome, steps);
    vec![outer, within(&review(42, 152), 41, 4)]
}

/// A run whose flow step bounds nothing: a longer step runs beside it, which first waits for its turn.
pub(crate) fn beside() -> Vec<RunTrace> {
    let graph = Graph::new(["pr"])
        .with(
            Node::new("build", Kind::Tool)
                .reads(["pr"])
                .produces(["build"]),
        )
        .with(
            Node::new("review", Kind::Flow)
                .reads(["pr"])
                .produces(["review"]),
        )
        .with(Node::new("draft", Kind::Tool).reads(["pr"]).when())
        .with(Node::new("done", Kind::Plain).reads(["build", "review"]));
    let plan = Plan::new("Beside", &graph).expect("a plan");
    let plan = plan.with_flow(1, review_plan());
    let steps = vec![
        ran(0, 3_000).waited("turn", 0, 500).set("started", ns(0)),
        ran(0, 1_815).attempt(1, 0, 1_815, None).outcome("stopped"),
        ran(0, 0).outcome("skipped"),
        ran(3_000, 3_000),
    ];
    let outer = run(1, &plan, (0, 3_000), &json!("finished"), steps);
    vec![outer, within(&review(2, 0), 1, 1)]
}

/// A run of so many steps, in batches of so many: with waits, attempts, errors, and steps that failed.
pub(crate) fn large(steps: usize, width: usize) -> RunTrace {
    let kinds = [Kind::Agent, Kind::Tool, Kind::Mcp, Kind::Plain, Kind::Human];
    let mut numbers = Numbers(7);
    let mut graph = Graph::new(["seed"]);
    let mut told = Vec::new();
    let mut last = 0;
    for step in 0..steps {
        let (batch, name) = (step / width, format!("step_{step}"));
        let mut node = Node::new(&name, kinds[numbers.below(5)]).produces([name.as_str()]);
        if batch == 0 {
            node = node.reads(["seed"]);
        } else {
            let above = (batch - 1) * width + numbers.below(width);
            let far = batch.saturating_sub(1 + numbers.below(3)) * width + numbers.below(width);
            let mut reads = vec![format!("step_{above}")];
            if far != above {
                reads.push(format!("step_{far}"));
            }
            node = node.reads(reads);
        }
        graph = graph.with(node.idempotent().retry(3).rollback());
        let from = (batch * 400 + numbers.below(60)) as u64;
        let to = from + 80 + numbers.below(250) as u64;
        last = last.max(to);
        told.push(any(step, from, to, &mut numbers));
    }
    let plan = Plan::new("Large", &graph).expect("a plan");
    run(1, &plan, (0, last + 5), &json!("finished"), told)
}

fn any(step: usize, from: u64, to: u64, numbers: &mut Numbers) -> Told {
    let mut error =
        format!("the service refused call {step}: quota of project `north` is used up\n");
    let _ = write!(
        error,
        "  at worker {}, request 8f14e45f-{step:04}",
        numbers.below(9)
    );
    let middle = from + (to - from) / 2;
    let told = ran(from, to);
    match numbers.below(12) {
        0 | 1 => told
            .attempt(1, from, from + 30, Some(&error))
            .paused(from + 30, middle)
            .attempt(2, middle, to, None),
        2 => told
            .attempt(1, from, middle, Some(&error))
            .attempt(2, middle, to, Some(&error))
            .excused("error", &error),
        3 => told
            .waited("turn", from, from + 40)
            .attempt(1, from + 40, to, None),
        4 => told.outcome("cached"),
        _ => told.attempt(1, from, to, None).progress(step as u64, 1_000),
    }
}

/// The same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

/// What would like to be more than text.
pub(crate) const HOSTILE: &str = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)> \u{202e}gnp.exe\u{7}";

/// A run whose names and errors are no friends.
pub(crate) fn hostile() -> RunTrace {
    let graph = Graph::new([HOSTILE, "שלום"])
        .with(
            Node::new("<b>bold</b>", Kind::Tool)
                .reads([HOSTILE])
                .produces(["مرحبا بالعالم"]),
        )
        .with(
            Node::new("\"><i>", Kind::Mcp)
                .reads(["مرحبا بالعالم"])
                .produces(["{{data}}"]),
        )
        .with(
            Node::new(
                "a_name_that_is_far_too_long_for_any_box_in_which_it_may_stand",
                Kind::Agent,
            )
            .reads(["{{data}}"]),
        );
    let plan = Plan::new(HOSTILE, &graph).expect("a plan");
    let steps = vec![
        ran(0, 10).attempt(1, 0, 10, None),
        ran(10, 20)
            .attempt(1, 10, 20, Some(HOSTILE))
            .failed("panicked", HOSTILE),
        unreached(),
    ];
    let outcome = json!({ "failed": { "step": 1, "fault": fault("panicked", HOSTILE) } });
    run(9, &plan, (0, 20), &outcome, steps)
}
