//! What became of tasks.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

use super::AgentOutput;
use crate::StepFailure;

/// What became of a task: its output, or why there is none.
///
/// A failure is known while the run goes on, so it is the one of a step; see [`TaskResults`].
pub type TaskResult = Result<AgentOutput, StepFailure>;

/// What became of the tasks of a run, by their names, in the order in which the tasks were given.
///
/// ```
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let half = agent_fn("half", |input: AgentInput| async move {
///     let n: i64 = input.to()?;
///     if n % 2 == 0 { Ok((n / 2).into()) } else { Err(AgentError::msg("it is odd")) }
/// });
/// let half = std::sync::Arc::new(half);
/// let tasks = [4, 7].map(|n| AgentTask::new(n.to_string(), std::sync::Arc::clone(&half), n));
/// let results = ParallelOrchestrator::new().collect_errors(true).execute(tasks).await?;
/// for (name, result) in &results {
///     println!("{name}: {result:?}");
/// }
/// assert_eq!(results.output("4").unwrap().to::<i64>()?, 2);
/// assert_eq!(results.failures().map(|(name, _)| name).collect::<Vec<_>>(), ["7"]);
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct TaskResults {
    entries: Vec<(Arc<str>, TaskResult)>,
    /// Where each name stands, once somebody has looked for one among many.
    index: OnceLock<HashMap<Arc<str>, usize>>,
}

/// So few are found by looking at all of them.
const FEW: usize = 16;

impl TaskResults {
    pub(super) fn new(entries: Vec<(Arc<str>, TaskResult)>) -> Self {
        Self {
            entries,
            index: OnceLock::new(),
        }
    }

    /// How many tasks there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What became of the task of this name.
    #[must_use]
    pub fn get(&self, task: &str) -> Option<&TaskResult> {
        let at = if self.entries.len() <= FEW {
            self.entries.iter().position(|(name, _)| &**name == task)?
        } else {
            *self.index().get(task)?
        };
        Some(&self.entries[at].1)
    }

    fn index(&self) -> &HashMap<Arc<str>, usize> {
        self.index.get_or_init(|| {
            let entries = self.entries.iter().enumerate();
            // Of two with one name the first is meant, as where they are few.
            let names = entries.map(|(at, (name, _))| (Arc::clone(name), at));
            names.rev().collect()
        })
    }

    /// The output of the task of this name, if it has one.
    #[must_use]
    pub fn output(&self, task: &str) -> Option<&AgentOutput> {
        self.get(task)?.as_ref().ok()
    }

    /// The tasks and what became of them, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &TaskResult)> + DoubleEndedIterator {
        self.entries.iter().map(|(name, result)| (&**name, result))
    }

    /// The tasks that have an output.
    pub fn outputs(&self) -> impl DoubleEndedIterator<Item = (&str, &AgentOutput)> {
        self.iter()
            .filter_map(|(name, result)| Some((name, result.as_ref().ok()?)))
    }

    /// The tasks that have none, and why.
    pub fn failures(&self) -> impl DoubleEndedIterator<Item = (&str, &StepFailure)> {
        self.iter()
            .filter_map(|(name, result)| Some((name, result.as_ref().err()?)))
    }
}

/// A line for each task, in the order in which they were given: its name and its value as JSON, or its failure, which
/// names it. `{:#}` says more of a failure, as with [`StepFailure`].
///
/// ```
/// use orchestrated::dynamic::{AgentError, AgentInput, AgentTask, ParallelOrchestrator, agent_fn};
///
/// # futures::executor::block_on(async {
/// let count = agent_fn("count", |text: AgentInput| async move { Ok(text.to::<&str>()?.len().into()) });
/// let broken = agent_fn("broken", |_: AgentInput| async { Err(AgentError::msg("no network")) });
/// let tasks = [AgentTask::new("length", count, "four"), AgentTask::new("page", broken, ())];
/// let results = ParallelOrchestrator::new().collect_errors(true).execute(tasks).await?;
/// assert_eq!(results.to_string(), "length: 4\nstep `page` failed: no network");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
impl fmt::Display for TaskResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, result)) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            match result {
                Ok(output) => write!(f, "{name}: {}", output.value())?,
                Err(failure) => failure.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// The tasks and what became of them.
impl fmt::Debug for TaskResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// Results in this order: what an aggregator can be tried with.
impl<N: Into<Arc<str>>> FromIterator<(N, TaskResult)> for TaskResults {
    fn from_iter<I: IntoIterator<Item = (N, TaskResult)>>(results: I) -> Self {
        let results = results.into_iter();
        Self::new(
            results
                .map(|(name, result)| (name.into(), result))
                .collect(),
        )
    }
}

impl IntoIterator for TaskResults {
    type Item = (Arc<str>, TaskResult);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'r> IntoIterator for &'r TaskResults {
    type Item = (&'r str, &'r TaskResult);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'r>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{AgentOutput, TaskResults};

    #[test]
    fn how_they_are_kept_is_not_printed() {
        let results: TaskResults = [("a", Ok(AgentOutput::new(1)))].into_iter().collect();
        assert_eq!(results.output("a"), Some(&AgentOutput::new(1)));
        assert_eq!(
            format!("{results:?}"),
            r#"{"a": Ok(AgentOutput { value: 1, confidence: 1.0 })}"#
        );
        assert_eq!(format!("{:?} {0}.", TaskResults::default()), "{} .");
    }
}
