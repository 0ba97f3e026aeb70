//! Runs for tools that show traces: Chrome's trace-event format.
//!
//! [Perfetto](https://ui.perfetto.dev), `chrome://tracing` and [Speedscope](https://www.speedscope.app) open it.

mod json;
mod lanes;
mod spans;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    time::Duration,
};

use json::Text;
use spans::{Process, Span, What, processes};

use crate::{RunTrace, UndoOutcome};

/// These runs in the trace-event format, as JSON.
///
/// A run that is no part of another is a process: named after its workflow, with its number. Steps that run side by side
/// stand in lanes of their own. Attempts, waits, and the runs inside a step stand below it; a rollback is an instant. What is
/// known of a step (kind, batch, outcome, attempts, why it failed) is in its arguments, and a counter shows how many steps
/// were running. What has not ended goes on until the last moment that is known.
///
/// Times are microseconds with three decimals: no nanosecond is lost.
///
/// ```
/// use orchestrated::{chrome, workflow, Orchestrator, Trace};
///
/// workflow! {
///     workflow Greet(name: &str) -> String {
///         tool fn greeting(name) -> String { format!("Hello, {name}!") }
///         greeting
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let trace = Trace::new();
/// Greet { name: "Ada" }.run(&Orchestrator::new().observer(trace.clone())).await?;
///
/// let json = chrome::trace_events(&trace.runs()).to_string();
/// assert!(json.contains(r#""name":"greeting""#));
/// // std::fs::write("greet.trace.json", json)?; then drop that file on https://ui.perfetto.dev
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[must_use = "events are written with `{}`"]
pub fn trace_events(runs: &[RunTrace]) -> impl fmt::Display + fmt::Debug + '_ {
    TraceEvents(runs)
}

#[derive(Debug)]
struct TraceEvents<'r>(&'r [RunTrace]);

impl fmt::Display for TraceEvents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
        let mut events = Events { f, between: "\n" };
        for process in processes(self.0) {
            events.process(&process)?;
        }
        f.write_str("\n]}\n")
    }
}

/// Writes events, one a line.
struct Events<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    between: &'static str,
}

impl Events<'_, '_> {
    fn process(&mut self, process: &Process<'_>) -> fmt::Result {
        let (pid, run) = (process.run.run.get(), process.run);
        let name = format!("{} #{}", run.plan.name(), run.run);
        self.named(pid, 0, "process_name", &name)?;
        let lanes = lanes::lanes(&process.spans);
        let count = lanes.iter().max().map_or(0, |last| last + 1);
        for lane in 0..count {
            self.named(pid, lane, "thread_name", &format!("lane {}", lane + 1))?;
        }
        for (span, lane) in process.spans.iter().zip(&lanes) {
            self.span(pid, *lane, span)?;
        }
        self.running(pid, &process.spans)
    }

    fn named(&mut self, pid: u64, tid: usize, what: &str, name: &str) -> fmt::Result {
        self.next()?;
        let name = Text(name);
        write!(
            self.f,
            r#"{{"ph":"M","pid":{pid},"tid":{tid},"name":"{what}","args":{{"name":{name}}}}}"#
        )
    }

    fn span(&mut self, pid: u64, tid: usize, span: &Span<'_>) -> fmt::Result {
        self.next()?;
        let (name, category) = (span.name(), span.what.category());
        write!(
            self.f,
            r#"{{"ph":"X","pid":{pid},"tid":{tid},"ts":{},"dur":{},"cat":"{category}","name":{}"#,
            Micros(span.from),
            Micros(span.to.saturating_sub(span.from)),
            Text(&name)
        )?;
        let mut between = ",\"args\":{";
        for (key, value) in span.arguments() {
            write!(self.f, "{between}\"{key}\":{value}")?;
            between = ",";
        }
        self.f.write_str(if between == "," { "}}" } else { "}" })?;
        if let What::Step { step, .. } = &span.what
            && let Some(undone) = &step.undone
        {
            self.next()?;
            write!(
                self.f,
                r#"{{"ph":"i","s":"t","pid":{pid},"tid":{tid},"ts":{},"cat":"rollback","name":{}}}"#,
                Micros(undone.at),
                Text(&format!("{name}: {}", words(&undone.outcome)))
            )?;
        }
        Ok(())
    }

    /// How many steps were running, whenever that changed. Of a step that is a run, the steps inside count.
    fn running(&mut self, pid: u64, spans: &[Span<'_>]) -> fmt::Result {
        let mut changes: BTreeMap<Duration, i64> = BTreeMap::new();
        for span in spans {
            for (from, to) in span.running() {
                *changes.entry(from).or_default() += 1;
                *changes.entry(to).or_default() -= 1;
            }
        }
        let mut running = 0;
        for (at, change) in changes {
            running += change;
            self.next()?;
            write!(
                self.f,
                r#"{{"ph":"C","pid":{pid},"ts":{},"name":"running steps","args":{{"steps":{running}}}}}"#,
                Micros(at)
            )?;
        }
        Ok(())
    }

    fn next(&mut self) -> fmt::Result {
        self.f.write_str(self.between)?;
        self.between = ",\n";
        Ok(())
    }
}

/// As the chart of a terminal says it.
fn words(undone: &UndoOutcome) -> &'static str {
    match undone {
        UndoOutcome::Failed(_) => "undo failed",
        outcome => outcome.word(),
    }
}

/// A time in microseconds.
struct Micros(Duration);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_micros())?;
        match self.0.subsec_nanos() % 1000 {
            0 => Ok(()),
            nanos => {
                f.write_char('.')?;
                write!(f, "{nanos:03}")
            }
        }
    }
}
