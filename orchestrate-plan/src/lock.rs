//! Plans as a text that is kept with the source, and what has changed since it was written.

mod changes;
mod diff;
mod parse;
#[cfg(test)]
mod tests;
mod text;

use core::fmt;

pub use changes::{Change, Changes, Effect};
pub use parse::LockError;

use crate::{Estimates, plan::Plan};

/// The plans of some workflows as a text that is made to be read in a review.
///
/// It says for each workflow its critical path, its batches, and for each step its kind, whose
/// outputs it reads, what it comes after, and what it asks for. The estimates are those of the
/// attributes, so the text is the same on every machine. Neither the order in which steps are
/// declared nor that in which a step names its inputs changes it.
///
/// `orchestrated::lock!` keeps such a text in a file.
///
/// ```
/// use orchestrate_plan::{Graph, Kind, Lock, Node, Plan};
///
/// let lint = Node::new("lint", Kind::Tool).produces(["lint"]);
/// let review = Node::new("review", Kind::Agent).produces(["review"]);
/// let before = Plan::new("Check", &Graph::default().with(lint.clone()).with(review.clone()))?;
/// let after = Plan::new("Check", &Graph::default().with(lint).with(review.reads(["lint"])))?;
///
/// let text = Lock::of(&[&before]).to_string();
/// let kept = Lock::parse(&text)?;
/// assert_eq!(
///     kept.changes(&Lock::of(&[&after])).to_string(),
///     "\
/// Check
///   worse: critical path 1 step -> 2 steps: `review` now waits for `lint`
///   worse: `lint` and `review` no longer run in parallel
///   worse: batches 1 -> 2"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pub(crate) plans: Vec<Locked>,
}

/// A plan, as far as a lock knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) name: String,
    /// What is said of the workflow as a whole: `strict batches`, `deadline 5m`.
    pub(crate) options: Vec<String>,
    pub(crate) path: Path,
    pub(crate) stages: usize,
    /// The names of the steps, sorted.
    pub(crate) batches: Vec<Vec<LockedStep>>,
}

/// The critical path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    /// As it is written; none where nothing is estimated.
    pub(crate) time: Option<String>,
    pub(crate) steps: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LockedStep {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The values that it reads of other steps, with the step of each; sorted.
    pub(crate) reads: Vec<Read>,
    /// The steps that it comes after besides; sorted.
    pub(crate) after: Vec<String>,
    pub(crate) options: Vec<String>,
    pub(crate) flow: Option<Box<Locked>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Read {
    pub(crate) step: String,
    /// Where it is not called like its step.
    pub(crate) value: Option<String>,
}

impl Lock {
    /// The plans, in this order.
    #[must_use]
    pub fn of(plans: &[&Plan]) -> Self {
        Self {
            plans: plans.iter().map(|plan| Locked::of(plan)).collect(),
        }
    }

    /// Reads what [`Lock`] prints.
    ///
    /// # Errors
    ///
    /// When it is no such text: it was edited, or a merge has left its marks in it. The error names
    /// the line.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        parse::lock(text)
    }

    /// What is different in `now`, and what follows from it.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Changes {
        changes::changes(self, now)
    }

    /// The lines that are different in `now`, with `-` and `+` before them and some around them.
    #[must_use]
    pub fn diff(before: &str, now: &str) -> String {
        diff::diff(before, now)
    }
}

impl Locked {
    fn of(plan: &Plan) -> Self {
        let dry_run = plan.dry_run(&Estimates::new());
        let owners = plan.producers();
        let name = |step: usize| plan.steps()[step].name().to_owned();
        let step = |step: &crate::Step| {
            let reads = step.inputs().filter_map(|input| {
                let step = name(*owners.get(input)?);
                let value = (step != input).then(|| input.to_owned());
                Some(Read { step, value })
            });
            let mut reads: Vec<Read> = reads.collect();
            reads.sort();
            reads.dedup();
            let after = step.dependencies().iter().map(|&step| name(step));
            let mut after: Vec<String> = after
                .filter(|before| reads.iter().all(|read| read.step != *before))
                .collect();
            after.sort();
            LockedStep {
                name: step.name().to_owned(),
                kind: step.kind().word().to_owned(),
                reads,
                after,
                options: crate::options::words(step.options(), step.kind(), text::quoted),
                flow: step.flow().map(|flow| Box::new(Self::of(flow))),
            }
        };
        let batches = plan.batches().map(|batch| {
            let mut steps: Vec<LockedStep> = batch.steps().map(step).collect();
            steps.sort_by(|one, other| one.name.cmp(&other.name));
            steps
        });
        let strict = plan
            .has_strict_batches()
            .then(|| "strict batches".to_owned());
        let deadline = plan.deadline();
        let deadline = deadline.map(|deadline| format!("deadline {}", crate::time::Time(deadline)));
        let time = dry_run.critical_time;
        Self {
            name: plan.name().to_owned(),
            options: strict.into_iter().chain(deadline).collect(),
            path: Path {
                time: (!time.is_zero()).then(|| crate::time::Time(time).to_string()),
                steps: dry_run.critical_path,
            },
            stages: plan.stages().len(),
            batches: batches.collect(),
        }
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = &LockedStep> {
        self.batches.iter().flatten()
    }
}

impl LockedStep {
    /// The names of the steps that it depends on.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = &str> {
        let reads = self.reads.iter().map(|read| read.step.as_str());
        reads.chain(self.after.iter().map(String::as_str))
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::lock(self, f)
    }
}
