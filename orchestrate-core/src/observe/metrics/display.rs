//! Metrics as they are read.

use std::fmt;

use super::{BatchMetrics, Percentiles, StepMetrics, WorkflowMetrics, WorkflowStats};
use crate::text::{Glance, printable, width};

/// ```text
/// CodeReview: 1.9s, 2.1 times as fast as one after the other (4s)
///   batch 1  files, practices: 800ms at most (files), 700ms on average
///   batch 2  review: 1.2s, 3 attempts
///   parallel: 2 of 3 steps (67%)
///   critical path: files -> review
///   bottleneck: review, 1.2s
/// ```
impl fmt::Display for WorkflowMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}, {:.1} times as fast as one after the other ({})",
            printable(&self.workflow),
            Glance(self.total_duration),
            self.speedup_factor,
            Glance(self.sequential_time)
        )?;
        let (mut batches, mut steps) = (
            self.parallel_batches.iter().peekable(),
            self.sequential_steps.iter().peekable(),
        );
        // Both are in the order of batches.
        loop {
            let step =
                steps.next_if(|step| batches.peek().is_none_or(|batch| step.batch < batch.batch));
            if let Some(step) = step {
                write!(f, "\n  batch {}  {step}", step.batch + 1)?;
            } else if let Some(batch) = batches.next() {
                write!(f, "\n  batch {}  {batch}", batch.batch + 1)?;
            } else {
                break;
            }
        }
        let parallel: usize = self
            .parallel_batches
            .iter()
            .map(|batch| batch.operations.len())
            .sum();
        let all = parallel + self.sequential_steps.len();
        let percent = 100.0 * self.parallelization_ratio;
        write!(f, "\n  parallel: {parallel} of {all} steps ({percent:.0}%)")?;
        if !self.critical_path.is_empty() {
            f.write_str("\n  critical path: ")?;
            listed(f, &self.critical_path, " -> ")?;
        }
        if let Some(step) = &self.bottleneck {
            let name = printable(&step.name);
            write!(f, "\n  bottleneck: {name}, {}", Glance(step.duration))?;
        }
        Ok(())
    }
}

/// `files, practices: 800ms at most (files), 700ms on average`
impl fmt::Display for BatchMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        listed(f, &self.operations, ", ")?;
        write!(
            f,
            ": {} at most ({}), {} on average",
            Glance(self.max_duration),
            printable(&self.bottleneck),
            Glance(self.avg_duration)
        )
    }
}

/// `review: 1.2s, 3 attempts, waited 80ms for its turn`
impl fmt::Display for StepMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", printable(&self.name), Glance(self.duration))?;
        if self.attempts > 1 {
            write!(f, ", {} attempts", self.attempts)?;
        }
        if !self.waited.is_zero() {
            write!(f, ", waited {} for its turn", Glance(self.waited))?;
        }
        Ok(())
    }
}

/// More names than anybody reads are counted.
fn listed(f: &mut fmt::Formatter<'_>, names: &[String], between: &str) -> fmt::Result {
    const SHOWN: usize = 12;
    for (index, name) in names.iter().take(SHOWN).enumerate() {
        let between = if index == 0 { "" } else { between };
        write!(f, "{between}{}", printable(name))?;
    }
    match names.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, "{between}{more} more"),
    }
}

/// ```text
/// my_crate::CodeReview: 40 runs, 5% failed (38 finished, 2 failed)
///            p50    p95    p99  failed
///   run     1.9s   2.4s   3.1s
///   files  800ms  900ms   1.1s      0%
/// ```
impl fmt::Display for WorkflowStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = if self.runs == 1 { "run" } else { "runs" };
        let (name, percent) = (printable(&self.workflow), 100.0 * self.failure_rate);
        write!(f, "{name}: {} {runs}, {percent:.0}% failed", self.runs)?;
        let outcomes = self.outcomes.iter();
        let outcomes: Vec<_> = outcomes
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        write!(f, " ({})", outcomes.join(", "))?;
        let names = self.steps.iter().map(|step| width(&printable(&step.name)));
        let left = names.chain([3]).max().unwrap_or(3);
        write!(
            f,
            "\n  {:left$}  {:>7}  {:>7}  {:>7}  failed",
            "", "p50", "p95", "p99"
        )?;
        write!(f, "\n  {:left$}{}", "run", Columns(self.durations))?;
        for step in &self.steps {
            let name = printable(&step.name);
            let gap = left.saturating_sub(width(&name));
            write!(f, "\n  {name}{:gap$}{}", "", Columns(step.durations))?;
            if step.durations.is_some() {
                write!(f, "  {:>5.0}%", 100.0 * step.failure_rate)?;
            }
        }
        Ok(())
    }
}

struct Columns(Option<Percentiles>);

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Percentiles { p50, p95, p99 }) = self.0 else {
            return write!(f, "  {:>7}", "-");
        };
        write!(
            f,
            "  {:>7}  {:>7}  {:>7}",
            Glance(p50),
            Glance(p95),
            Glance(p99)
        )
    }
}
