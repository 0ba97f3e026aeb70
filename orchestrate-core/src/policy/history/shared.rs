//! The history of an orchestrator: its runs write it, and read it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{History, LATEST, STEPS, p95};
use crate::planned::AGENTS;

/// How long the steps of an orchestrator's runs have taken.
///
/// It is bounded: `LATEST` durations of `STEPS` steps. When there is one step too many, the one goes first that has not
/// run for the longest time, and before it those that were loaded and have not run since, in the order of their names.
#[derive(Debug, Default)]
pub(crate) struct Histories(Mutex<Tracks>);

#[derive(Debug, Default)]
struct Tracks {
    /// By workflow, then by step: so that nothing has to be put together for finding one.
    workflows: HashMap<String, HashMap<String, Track>>,
    steps: usize,
    /// Counts the runs of steps.
    now: u64,
}

/// The latest durations of a step.
#[derive(Debug, Default)]
struct Track {
    /// A ring, once there are `LATEST` of them.
    latest: Vec<Duration>,
    /// The oldest one of the ring.
    oldest: usize,
    /// When the step last ran, by the count of runs; 0 if it has not.
    ran: u64,
    /// The p95 of the latest, where it has been worked out.
    p95: Option<Duration>,
}

impl Histories {
    /// Notes that the step has run, and for how long.
    pub(crate) fn record(&self, workflow: &str, step: &str, took: Duration) {
        let mut tracks = self.tracks();
        tracks.now += 1;
        let now = tracks.now;
        if let Some(track) = tracks.find_mut(workflow, step) {
            track.push(took);
            track.ran = now;
            return;
        }
        let mut track = Track {
            ran: now,
            ..Track::default()
        };
        track.push(took);
        if tracks.steps >= STEPS {
            tracks.evict();
        }
        tracks.insert(workflow, step, track);
    }

    /// [`StepHistory::p95`](super::StepHistory::p95): none before there are 20 runs.
    pub(crate) fn p95(&self, workflow: &str, step: &str) -> Option<Duration> {
        self.tracks().find_mut(workflow, step)?.p95()
    }

    /// How many of its latest runs are known: at most 100.
    #[cfg(test)]
    fn runs(&self, workflow: &str, step: &str) -> usize {
        let mut tracks = self.tracks();
        let track = tracks.find_mut(workflow, step);
        track.map_or(0, |track| track.latest.len())
    }

    pub(crate) fn snapshot(&self) -> History {
        let tracks = self.tracks();
        let steps = tracks
            .each()
            .map(|(workflow, step, track)| (format!("{workflow}/{step}"), track.in_order()));
        History {
            latest: steps.collect(),
        }
    }

    /// Adds what was known before: it is older than all that has been recorded here. Steps for which there is no room are
    /// left out; those that have run here stay.
    pub(crate) fn load(&self, history: History) {
        let mut tracks = self.tracks();
        for (name, older) in history.latest {
            let Some((workflow, step)) = parts(&name) else {
                continue;
            };
            if let Some(track) = tracks.find_mut(workflow, step) {
                track.prepend(older);
            } else if tracks.steps < STEPS {
                let mut track = Track::default();
                track.prepend(older);
                tracks.insert(workflow, step, track);
            }
        }
    }

    fn tracks(&self) -> MutexGuard<'_, Tracks> {
        // No half-done change is ever left behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The workflow and the step of which a name is made. The name of an agent may have slashes of its own.
fn parts(name: &str) -> Option<(&str, &str)> {
    let agent = name.split_once('/').filter(|&(of, _)| of == AGENTS);
    agent.or_else(|| name.rsplit_once('/'))
}

impl Tracks {
    fn find_mut(&mut self, workflow: &str, step: &str) -> Option<&mut Track> {
        self.workflows.get_mut(workflow)?.get_mut(step)
    }

    fn each(&self) -> impl Iterator<Item = (&str, &str, &Track)> {
        self.workflows.iter().flat_map(|(workflow, steps)| {
            let step = move |(step, track)| (&**workflow, &**(step as &String), track);
            steps.iter().map(step)
        })
    }

    /// For a step that is not there yet.
    fn insert(&mut self, workflow: &str, step: &str, track: Track) {
        self.workflows
            .entry(workflow.to_owned())
            .or_default()
            .insert(step.to_owned(), track);
        self.steps += 1;
    }

    /// Looks at all of them: it takes some microseconds, and only a program with more than `STEPS` steps ever asks for it.
    fn evict(&mut self) {
        let first = self
            .each()
            .min_by_key(|&(workflow, step, track)| (track.ran, workflow, step));
        let Some((workflow, step)) =
            first.map(|(workflow, step, _)| (workflow.to_owned(), step.to_owned()))
        else {
            return;
        };
        if let Some(steps) = self.workflows.get_mut(&*workflow)
            && steps.remove(&*step).is_some()
        {
            self.steps -= 1;
            if steps.is_empty() {
                self.workflows.remove(&*workflow);
            }
        }
    }
}

impl Track {
    fn push(&mut self, took: Duration) {
        if self.latest.len() < LATEST {
            self.latest.push(took);
            self.p95 = None;
            return;
        }
        let gone = std::mem::replace(&mut self.latest[self.oldest], took);
        self.oldest = (self.oldest + 1) % LATEST;
        // Every run of a step with a time-out asks for it, and it takes longer than all else that is done here: so it is
        // kept as long as the new duration stands on the same side of it as the one that goes.
        self.p95 = self
            .p95
            .filter(|&p95| gone < p95 && took <= p95 || gone > p95 && took >= p95);
    }

    fn p95(&mut self) -> Option<Duration> {
        if self.p95.is_none() {
            self.p95 = p95(&self.latest);
        }
        self.p95
    }

    fn in_order(&self) -> Vec<Duration> {
        let (newer, older) = self.latest.split_at(self.oldest);
        [older, newer].concat()
    }

    fn prepend(&mut self, mut older: Vec<Duration>) {
        older.append(&mut self.in_order());
        let surplus = older.len().saturating_sub(LATEST);
        older.drain(..surplus);
        self.latest = older;
        self.oldest = 0;
        self.p95 = None;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const W: &str = "app::Review";
    /// How many runs a history that is made up has had.
    const RUNS: usize = if cfg!(miri) { 30 } else { 300 };

    fn runs(histories: &Histories, durations: impl IntoIterator<Item = Duration>) {
        for took in durations {
            histories.record(W, "files", took);
        }
    }

    fn history(name: &str, durations: impl IntoIterator<Item = u32>) -> History {
        let durations = durations.into_iter().map(|ms| ms * MS).collect();
        History {
            latest: BTreeMap::from([(name.to_owned(), durations)]),
        }
    }

    #[test]
    fn nothing_is_said_before_20_runs() {
        let histories = Histories::default();
        runs(&histories, [MS; 19]);
        assert_eq!(histories.p95(W, "files"), None);
        assert_eq!(histories.runs(W, "files"), 19);
        runs(&histories, [MS]);
        assert_eq!(histories.p95(W, "files"), Some(MS));
        assert_eq!(
            (histories.runs(W, "review"), histories.p95(W, "review")),
            (0, None)
        );
        assert_eq!(histories.runs("app::Other", "files"), 0);
    }

    #[test]
    fn the_latest_are_kept_and_a_change_shows() {
        let histories = Histories::default();
        runs(&histories, (0..250).map(|_| MS));
        assert_eq!(histories.runs(W, "files"), LATEST);
        // Slower: after 6 runs.
        runs(&histories, [9 * MS; 5]);
        assert_eq!(histories.p95(W, "files"), Some(MS));
        runs(&histories, [9 * MS]);
        assert_eq!(histories.p95(W, "files"), Some(9 * MS));
        // Faster: after 95.
        runs(&histories, (0..100).map(|_| 9 * MS));
        runs(&histories, (0..94).map(|_| MS));
        assert_eq!(histories.p95(W, "files"), Some(9 * MS));
        runs(&histories, [MS]);
        assert_eq!(histories.p95(W, "files"), Some(MS));
    }

    proptest! {
        /// What is kept of it is what would be worked out.
        #[test]
        fn a_p95_that_is_kept_is_the_one_of_the_latest(
            durations in prop::collection::vec(0..6_u32, RUNS),
            older in prop::collection::vec(0..6_u32, 1..=LATEST),
        ) {
            let histories = Histories::default();
            for (i, ms) in durations.into_iter().enumerate() {
                histories.record(W, "files", ms * MS);
                if i == RUNS / 2 {
                    histories.load(history("app::Review/files", older.iter().copied()));
                }
                let snapshot = histories.snapshot();
                let files = snapshot.step("app::Review/files").unwrap();
                prop_assert_eq!(histories.p95(W, "files"), files.p95());
            }
        }
    }

    #[test]
    fn a_snapshot_is_in_order_and_comes_back() {
        let histories = Histories::default();
        runs(&histories, (1..=130).map(|ms| ms * MS));
        histories.record(W, "review", 7 * MS);
        let snapshot = histories.snapshot();
        let names: Vec<_> = snapshot.steps().map(|step| step.name()).collect();
        assert_eq!(names, ["app::Review/files", "app::Review/review"]);
        let files = snapshot.step("app::Review/files").unwrap();
        assert!(
            files
                .durations()
                .iter()
                .copied()
                .eq((31..=130).map(|ms| ms * MS))
        );
        assert_eq!(files.p95(), histories.p95(W, "files"));

        let later = Histories::default();
        later.load(snapshot.clone());
        assert_eq!(later.snapshot(), snapshot);
        assert_eq!(later.p95(W, "files"), Some(125 * MS));
        // What is loaded goes on as if it had been recorded: the oldest one goes first.
        later.record(W, "files", MS);
        let files = later.snapshot();
        let files = files.step("app::Review/files").unwrap().durations();
        assert_eq!((files[0], files[99]), (32 * MS, MS));
    }

    #[test]
    fn what_is_loaded_is_older_than_what_is_there() {
        let histories = Histories::default();
        runs(&histories, (1..=40).map(|ms| ms * MS));
        histories.load(history("app::Review/files", 1000..1100));
        let snapshot = histories.snapshot();
        let expected = (1040..1100).chain(1..=40).map(|ms| ms * MS);
        assert!(
            snapshot
                .step("app::Review/files")
                .unwrap()
                .durations()
                .iter()
                .copied()
                .eq(expected)
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "too large for an interpreter")]
    fn the_number_of_steps_is_bounded() {
        let histories = Histories::default();
        let name = |i: usize| format!("app::W{}/step{i}", i % 7);
        let full = (0..STEPS).map(|i| (name(i), vec![MS]));
        histories.load(History {
            latest: full.collect(),
        });
        // There is no room for what is loaded on top of it.
        histories.load(history("app::W0/late", [1]));
        assert_eq!(histories.runs("app::W0", "late"), 0);
        assert_eq!(histories.snapshot().steps().len(), STEPS);

        // Who runs is kept; of those that have never run here, the first by name goes.
        histories.record("app::W0", "step0", MS);
        histories.record("app::New", "one", MS);
        assert_eq!(histories.snapshot().steps().len(), STEPS);
        assert_eq!(histories.runs("app::W0", "step0"), 2);
        assert_eq!(histories.runs("app::New", "one"), 1);
        assert_eq!(histories.runs("app::W0", "step1001"), 0);

        // Where all have run here, it is the one that has not for the longest time.
        let histories = Histories::default();
        for i in 0..STEPS {
            histories.record("app::Many", format!("s{i}").leak(), MS);
        }
        histories.record("app::Many", "s0", MS);
        histories.record("app::New", "one", MS);
        let of_many = |step| histories.runs("app::Many", step);
        assert_eq!((of_many("s0"), of_many("s1"), of_many("s2")), (2, 0, 1));
        assert_eq!(histories.snapshot().steps().len(), STEPS);
    }

    #[test]
    fn steps_without_a_workflow_are_left_out() {
        let histories = Histories::default();
        histories.load(history("files", [1]));
        assert!(histories.snapshot().is_empty());
    }
}
