//! How long steps have taken: to look at, to save and to load, and to set time-outs by.

mod shared;
#[cfg(feature = "serde")]
mod wire;

use std::{collections::BTreeMap, time::Duration};

use orchestrate_plan::Estimates;
#[cfg(doc)]
use orchestrate_plan::Plan;

pub(crate) use shared::Histories;

use crate::percentile::nearest_rank;

/// How many durations of a step are kept: the latest ones.
const LATEST: usize = 100;
/// How many durations say enough for a [`p95`].
const ENOUGH: usize = 20;
/// How many steps are kept. All of them take about 7 MB.
const STEPS: usize = 4096;

/// How long the steps of workflows have taken, in their latest runs.
///
/// It holds the latest 100 durations of at most 4,096 steps, each under the path of its workflow and its own name:
/// `my_crate::CodeReview/review`. Recorded are the attempts at steps with a `timeout` or an `estimate`, and with an
/// [`observer`](crate::Orchestrator::observer) those at all steps, item by item: those that
/// succeeded, and those that took too long. A step is listed once it has run.
///
/// With the feature `serde` it serializes, into a form that is made to be read: a list of milliseconds for each step, the
/// oldest first.
///
/// ```json
/// { "milliseconds": { "my_crate::CodeReview/files": [12.5, 11.875], "my_crate::CodeReview/review": [8412.0] } }
/// ```
///
/// What comes in is checked, so a history that was changed on its way is refused or harmless.
///
/// ```
/// use orchestrated::History;
///
/// let history = History::default();
/// for step in history.steps() {
///     println!("{}: {:?} in 95 of 100 runs, over {} runs", step.name(), step.p95(), step.runs());
/// }
/// assert!(history.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The latest durations of each step by its name, the oldest first. Never more than `STEPS` of `LATEST`, never none of
    /// a step, and each name is two with a `/` between them.
    latest: BTreeMap<String, Vec<Duration>>,
}

/// How long a step has taken, in its latest runs: a part of a [`History`].
///
/// ```
/// use orchestrated::History;
///
/// let history = History::default();
/// assert_eq!(history.step("my_crate::CodeReview/review").and_then(|step| step.p95()), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepHistory<'h> {
    name: &'h str,
    latest: &'h [Duration],
}

impl History {
    /// The steps that have run, in the order of their names.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = StepHistory<'_>> {
        self.latest
            .iter()
            .map(|(name, latest)| StepHistory { name, latest })
    }

    /// The step of this name, `path of the workflow/step`, if it has run.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<StepHistory<'_>> {
        let (name, latest) = self.latest.get_key_value(name)?;
        Some(StepHistory { name, latest })
    }

    /// Whether no step has run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.latest.is_empty()
    }
}

impl<'h> StepHistory<'h> {
    /// The path of the workflow and the name of the step: `my_crate::CodeReview/review`.
    #[must_use]
    pub fn name(&self) -> &'h str {
        self.name
    }

    /// How many of its latest runs are known: at most 100.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.latest.len()
    }

    /// How long its latest runs have taken, the oldest first.
    #[must_use]
    pub fn durations(&self) -> &'h [Duration] {
        self.latest
    }

    /// The time within which 95 of 100 runs were done, once 20 runs are known.
    ///
    /// It is the 95th percentile by nearest rank: the shortest of the known durations that at least 95 percent of them do
    /// not exceed, which is the one at rank ⌈0.95 n⌉ when they are sorted (definition 1 of Hyndman and Fan, *Sample
    /// Quantiles in Statistical Packages*, The American Statistician 50, 1996). So it is a duration that has been
    /// measured. A step that has become slower shows it after 6 runs at the latest, a faster one after 95.
    #[must_use]
    pub fn p95(&self) -> Option<Duration> {
        p95(self.latest)
    }

    /// The time within which half of the runs were done: the 50th percentile by nearest rank, as [`p95`](Self::p95) is the
    /// 95th. It is known from the first run on, and says more with each.
    ///
    /// ```
    /// # use orchestrated::History;
    /// # let history = History::default();
    /// let step = history.step("my_crate::CodeReview/review");
    /// assert_eq!(step.and_then(|step| step.median()), None);
    /// ```
    #[must_use]
    pub fn median(&self) -> Option<Duration> {
        let mut sorted = self.latest.to_vec();
        let rank = sorted.len().div_ceil(2).checked_sub(1)?;
        Some(*sorted.select_nth_unstable(rank).1)
    }
}

/// What steps have taken, for a [dry run](Plan::dry_run): their medians.
///
/// The median, because a dry run is about a run as it usually is: half of the runs of a step took no longer. The 95th
/// percentiles of a chain of steps would add up to far more than 95 of 100 runs take. They are what a time-out goes by, and
/// so they are in the worst case: of a step with `#[timeout(adaptive, ..)]`.
///
/// ```
/// use orchestrated::{plan::Estimates, workflow, Orchestrator};
///
/// workflow! {
///     workflow Ask() -> u32 {
///         #[timeout(30s)]
///         agent fn answer() -> u32 { 42 }
///         answer
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let orchestrator = Orchestrator::new();
/// Ask {}.run(&orchestrator).await?;
/// let estimates = Estimates::from(&orchestrator.history());
/// assert!(Ask::PLAN.dry_run(&estimates).without_estimate.is_empty());
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
impl From<&History> for Estimates {
    fn from(history: &History) -> Self {
        history
            .steps()
            .fold(Self::new(), |estimates, step| match step.median() {
                Some(median) => estimates.measured(step.name(), median, step.p95()),
                None => estimates,
            })
    }
}

/// See [`StepHistory::p95`]. The order of what it is given does not matter; there is no more of it than `LATEST`.
fn p95(latest: &[Duration]) -> Option<Duration> {
    let n = latest.len();
    if n < ENOUGH {
        return None;
    }
    let mut sorted = [Duration::ZERO; LATEST];
    let sorted = sorted.get_mut(..n)?;
    sorted.copy_from_slice(latest);
    nearest_rank(sorted, 95)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_nearest_rank() {
        let up_to = |n: u32| (1..=n).rev().map(|i| i * MS).collect::<Vec<_>>();
        for (n, expected) in [(20, 19), (21, 20), (40, 38), (41, 39), (99, 95), (100, 95)] {
            assert_eq!(p95(&up_to(n)), Some(expected * MS), "of {n}");
        }
        assert_eq!(p95(&up_to(19)), None);
        assert_eq!(p95(&[]), None);
    }

    proptest! {
        /// The definition, word for word.
        #[test]
        fn the_shortest_that_95_percent_do_not_exceed(
            durations in prop::collection::vec(0..50_u32, ENOUGH..=LATEST),
        ) {
            let durations: Vec<_> = durations.into_iter().map(|ms| ms * MS).collect();
            let enough = |limit: &Duration| {
                durations.iter().filter(|&took| took <= limit).count() * 100 >= 95 * durations.len()
            };
            let expected = durations.iter().copied().filter(enough).min();
            prop_assert_eq!(p95(&durations), expected);
        }
    }

    #[test]
    fn a_median_is_one_of_them() {
        let median = |durations: &[u32]| {
            let latest: Vec<Duration> = durations.iter().map(|ms| *ms * MS).collect();
            let (name, latest) = ("w/s", &latest[..]);
            StepHistory { name, latest }.median()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7 * MS));
        assert_eq!(median(&[9, 1]), Some(MS));
        assert_eq!(median(&[9, 1, 5]), Some(5 * MS));
        assert_eq!(median(&[4, 3, 2, 1]), Some(2 * MS));
    }

    #[test]
    fn a_dry_run_goes_by_medians() {
        let mut slow = vec![4 * MS; 19];
        slow.push(90 * MS);
        let history = History {
            latest: BTreeMap::from([("a::A/one".to_owned(), slow)]),
        };
        let expected = Estimates::new().measured("a::A/one", 4 * MS, Some(4 * MS));
        assert_eq!(Estimates::from(&history), expected);
    }

    #[test]
    fn steps_can_be_looked_at() {
        let history = History {
            latest: BTreeMap::from([
                ("b::B/two".to_owned(), vec![2 * MS; 20]),
                ("a::A/one".to_owned(), vec![MS]),
            ]),
        };
        let seen: Vec<_> = history
            .steps()
            .map(|step| (step.name(), step.p95(), step.runs()))
            .collect();
        assert_eq!(
            seen,
            [("a::A/one", None, 1), ("b::B/two", Some(2 * MS), 20)]
        );
        assert_eq!(history.step("a::A/one").unwrap().durations(), [MS]);
        assert_eq!(history.step("a::A/two"), None);
        assert!(!history.is_empty() && History::default().is_empty());
    }
}
