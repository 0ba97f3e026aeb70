//! What an alert looks at: the steps that run, or those that wait for their turn.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use crate::RunId;

/// A step of a run, or an item of it.
pub(super) type Subject = (RunId, usize, Option<usize>);

/// Since when each of them runs or waits.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    since: HashMap<Subject, Duration>,
    /// The same, the oldest one first.
    oldest: BTreeSet<(Duration, Subject)>,
}

impl Subjects {
    /// It is there already, or from now on.
    pub(super) fn insert(&mut self, subject: Subject, at: Duration) {
        let since = *self.since.entry(subject).or_insert(at);
        self.oldest.insert((since, subject));
    }

    pub(super) fn remove(&mut self, subject: Subject) {
        if let Some(since) = self.since.remove(&subject) {
            self.oldest.remove(&(since, subject));
        }
    }

    /// The whole step, with its items.
    pub(super) fn remove_step(&mut self, run: RunId, step: usize) {
        self.retain(|&(of, other, _)| (of, other) != (run, step));
    }

    pub(super) fn remove_run(&mut self, run: RunId) {
        self.retain(|&(of, ..)| of != run);
    }

    pub(super) fn len(&self) -> usize {
        self.since.len()
    }

    /// The one that has been there for the longest time, and since when.
    pub(super) fn oldest(&self) -> Option<(Duration, Subject)> {
        self.oldest.first().copied()
    }

    fn retain(&mut self, keep: impl Fn(&Subject) -> bool) {
        self.since.retain(|subject, _| keep(subject));
        self.oldest.retain(|(_, subject)| keep(subject));
    }
}
