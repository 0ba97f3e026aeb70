//! From what was told of a run to its metrics.

use std::{collections::HashMap, time::Duration};

use super::{BatchMetrics, StepMetrics, WorkflowMetrics, critical_path};
use crate::observe::{RunTrace, StepOutcome, StepTrace, Wait, WaitTrace};

impl RunTrace {
    /// What this run amounts to.
    ///
    /// ```
    /// use orchestrated::{workflow, Orchestrator, Trace};
    ///
    /// workflow! {
    ///     workflow Add(a: &u32, b: &u32) -> u32 {
    ///         fn twice_a(a) -> u32 { a * 2 }
    ///         fn twice_b(b) -> u32 { b * 2 }
    ///         twice_a + twice_b
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let trace = Trace::new();
    /// Add { a: &1, b: &2 }.run(&Orchestrator::new().observer(trace.clone())).await?;
    ///
    /// let metrics = trace.last().expect("it has run").metrics();
    /// assert_eq!(metrics.parallel_batches[0].operations, ["twice_a", "twice_b"]);
    /// assert_eq!(metrics.parallelization_ratio, 1.0);
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn metrics(&self) -> WorkflowMetrics {
        let end = self.latest();
        let operations: Vec<Option<StepMetrics>> = (0..self.steps.len())
            .map(|step| self.operation(step, end))
            .collect();
        let (mut parallel_batches, mut sequential_steps) = (Vec::new(), Vec::new());
        for batch in self.plan.batches() {
            let indices = batch.indices().iter();
            let ran = indices.filter_map(|&step| operations.get(step)?.as_ref());
            let ran: Vec<&StepMetrics> = ran.collect();
            match ran[..] {
                [] => {}
                [alone] => sequential_steps.push(alone.clone()),
                _ => parallel_batches.extend(side_by_side(batch.index(), &ran)),
            }
        }
        let total_duration = self.ended.unwrap_or(end).saturating_sub(self.started);
        let work = self.steps.iter().filter(|step| step.has_run());
        let sequential_time = work
            .map(|step| sequential(step, end))
            .fold(Duration::ZERO, Duration::saturating_add);
        let path = critical_path(self);
        let bottleneck = self.longest_of(&path, end);
        let planned = self.plan.steps();
        let names = path.iter().filter_map(|&step| planned.get(step));
        WorkflowMetrics {
            workflow: self.plan.name().to_owned(),
            total_duration,
            parallelization_ratio: ratio(&parallel_batches, sequential_steps.len()),
            parallel_batches,
            sequential_steps,
            speedup_factor: quotient(sequential_time, total_duration),
            sequential_time,
            critical_path: names.map(|step| step.name().to_owned()).collect(),
            bottleneck: bottleneck.and_then(|step| operations.into_iter().nth(step).flatten()),
        }
    }

    /// The operation that bounds the run most, by its index: the longest on the critical path.
    pub(crate) fn bottleneck(&self) -> Option<usize> {
        self.longest_of(&critical_path(self), self.latest())
    }

    fn longest_of(&self, path: &[usize], end: Duration) -> Option<usize> {
        let operations = path
            .iter()
            .filter_map(|&step| Some((step, self.steps.get(step)?)))
            .filter(|(_, step)| step.has_run());
        // Of equals, the first.
        let longest = operations.rev().max_by_key(|(_, step)| step.lasted(end));
        longest.map(|(step, _)| step)
    }

    fn operation(&self, index: usize, end: Duration) -> Option<StepMetrics> {
        let step = self.steps.get(index).filter(|step| step.has_run())?;
        let planned = self.plan.steps().get(index)?;
        Some(StepMetrics {
            name: planned.name().to_owned(),
            batch: planned.batch(),
            duration: step.lasted(end),
            waited: step.waited(end),
            attempts: step.attempts.len().max(1),
        })
    }
}

impl StepTrace {
    /// Whether it has run: what was remembered or left out has not.
    pub(crate) fn has_run(&self) -> bool {
        let idle = matches!(
            self.outcome,
            Some(StepOutcome::Cached | StepOutcome::Skipped)
        );
        self.started.is_some() && !idle
    }

    /// From when to when it ran, until now if it has not ended; what it waited for its turn is left out, and what took no
    /// time.
    pub(crate) fn at_work(&self, now: Duration) -> Vec<(Duration, Duration)> {
        let Some(started) = self.started.filter(|_| self.has_run()) else {
            return Vec::new();
        };
        let end = self.ended.unwrap_or(now);
        let (mut from, mut spans) = (started, Vec::new());
        for wait in self.turns_since(started) {
            spans.push((from, wait.started));
            from = wait.ended.unwrap_or(end);
        }
        spans.push((from, end));
        spans.retain(|(from, to)| from < to);
        spans
    }

    /// How long it took until its end, or until `now`; what it waited for its turn is left out.
    pub(crate) fn lasted(&self, now: Duration) -> Duration {
        let started = self.started.unwrap_or(now);
        let took = self.ended.unwrap_or(now).saturating_sub(started);
        took.saturating_sub(self.waited_since(started, now))
    }

    /// How long it waited for its turn.
    fn waited(&self, now: Duration) -> Duration {
        self.waited_since(Duration::ZERO, now)
    }

    fn turns_since(&self, since: Duration) -> impl Iterator<Item = &WaitTrace> {
        let own = self.waits.iter().filter(|wait| wait.item.is_none());
        own.filter(move |wait| wait.on == Wait::Turn && wait.started >= since)
    }

    fn waited_since(&self, since: Duration, now: Duration) -> Duration {
        let end = self.ended.unwrap_or(now);
        let turns = self.turns_since(since);
        let times = turns.map(|wait| wait.ended.unwrap_or(end).saturating_sub(wait.started));
        times.fold(Duration::ZERO, Duration::saturating_add)
    }
}

fn side_by_side(batch: usize, ran: &[&StepMetrics]) -> Option<BatchMetrics> {
    // Of equals, the first.
    let longest = ran.iter().rev().max_by_key(|step| step.duration)?;
    let sum = ran.iter().map(|step| step.duration);
    let sum = sum.fold(Duration::ZERO, Duration::saturating_add);
    Some(BatchMetrics {
        batch,
        operations: ran.iter().map(|step| step.name.clone()).collect(),
        max_duration: longest.duration,
        avg_duration: sum / u32::try_from(ran.len()).unwrap_or(u32::MAX),
        bottleneck: longest.name.clone(),
    })
}

/// What a step would take without anything side by side: of items, one after the other.
fn sequential(step: &StepTrace, end: Duration) -> Duration {
    let mut items: HashMap<usize, (Duration, Duration)> = HashMap::new();
    for attempt in &step.attempts {
        let Some(item) = attempt.item else { continue };
        let ended = attempt.ended.unwrap_or(end);
        let (first, last) = items.entry(item).or_insert((attempt.started, ended));
        *first = attempt.started.min(*first);
        *last = ended.max(*last);
    }
    if items.is_empty() {
        return step.lasted(end);
    }
    let times = items
        .into_values()
        .map(|(first, last)| last.saturating_sub(first));
    times.fold(Duration::ZERO, Duration::saturating_add)
}

fn ratio(parallel: &[BatchMetrics], sequential: usize) -> f64 {
    let parallel: usize = parallel.iter().map(|batch| batch.operations.len()).sum();
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    match parallel + sequential {
        0 => 0.0,
        all => share(parallel) / share(all),
    }
}

fn quotient(work: Duration, time: Duration) -> f64 {
    if time.is_zero() {
        1.0
    } else {
        work.as_secs_f64() / time.as_secs_f64()
    }
}
