//! Which runs are kept, and which go.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::collect::Collected;
use crate::{
    RunId,
    observe::{Event, EventKind, RunTrace},
};

/// How many runs may be kept that have not ended. More of them are only where ends are never told.
const UNENDED: usize = 65_536;

/// The runs of a trace. Everywhere a run is meant by its number in the order of starts.
#[derive(Debug)]
pub(super) struct Kept {
    limit: usize,
    runs: BTreeMap<u64, Entry>,
    numbers: HashMap<RunId, u64>,
    unended: BTreeSet<u64>,
    /// Those that have ended, by the order of their ends: those that are no part of another, and those that are.
    wholes: BTreeMap<u64, u64>,
    parts: BTreeMap<u64, u64>,
    /// Counts starts and ends.
    now: u64,
}

#[derive(Debug)]
struct Entry {
    collected: Collected,
    /// The run that it is a part of, if that is kept.
    around: Option<u64>,
    /// The runs that are a part of it.
    inside: HashSet<u64>,
    /// When it ended, by the count of starts and ends.
    ended: Option<u64>,
}

impl Kept {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            runs: BTreeMap::new(),
            numbers: HashMap::new(),
            unended: BTreeSet::new(),
            wholes: BTreeMap::new(),
            parts: BTreeMap::new(),
            now: 0,
        }
    }

    pub(super) fn all(&self) -> Vec<Arc<RunTrace>> {
        let traces = self.runs.values().map(|entry| entry.collected.trace());
        traces.cloned().collect()
    }

    pub(super) fn find(&self, run: RunId) -> Option<Arc<RunTrace>> {
        let entry = self.runs.get(self.numbers.get(&run)?)?;
        Some(entry.collected.trace().clone())
    }

    pub(super) fn last(&self) -> Option<Arc<RunTrace>> {
        let mut wholes = self.runs.values().rev().filter(|run| run.around.is_none());
        wholes.next().map(|entry| entry.collected.trace().clone())
    }

    /// Takes in what has happened. What is told of a run that is not kept changes nothing.
    pub(super) fn tell(&mut self, event: &Event) {
        if let EventKind::RunStarted { .. } = event.kind {
            self.start(event);
            return;
        }
        let Some(&number) = self.numbers.get(&event.run) else {
            return;
        };
        let Some(entry) = self.runs.get_mut(&number) else {
            return;
        };
        entry.collected.tell(event);
        if matches!(event.kind, EventKind::RunEnded { .. }) && entry.ended.is_none() {
            self.end(number);
        }
    }

    fn start(&mut self, event: &Event) {
        if self.numbers.contains_key(&event.run) {
            return;
        }
        let Some(collected) = Collected::start(event) else {
            return;
        };
        if self.unended.len() >= UNENDED
            && let Some(&earliest) = self.unended.first()
        {
            self.forget(earliest);
        }
        self.now += 1;
        let number = self.now;
        let within = collected.trace().within;
        let around = within.and_then(|within| self.numbers.get(&within.run).copied());
        if let Some(around) = around.and_then(|around| self.runs.get_mut(&around)) {
            around.inside.insert(number);
        }
        let entry = Entry {
            collected,
            around,
            inside: HashSet::new(),
            ended: None,
        };
        self.runs.insert(number, entry);
        self.numbers.insert(event.run, number);
        self.unended.insert(number);
    }

    fn end(&mut self, number: u64) {
        let Some(entry) = self.runs.get_mut(&number) else {
            return;
        };
        self.now += 1;
        entry.ended = Some(self.now);
        let ended = match entry.around {
            None => &mut self.wholes,
            Some(_) => &mut self.parts,
        };
        ended.insert(self.now, number);
        self.unended.remove(&number);
        while self.wholes.len() + self.parts.len() > self.limit {
            let Some(one_too_many) = self.one_too_many() else {
                return;
            };
            self.forget(one_too_many);
        }
    }

    /// How many entries each list has.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 5] {
        let unended = self.unended.len();
        let (wholes, parts) = (self.wholes.len(), self.parts.len());
        [self.runs.len(), self.numbers.len(), unended, wholes, parts]
    }

    /// The whole that ended first; but before the only one goes, its parts do.
    fn one_too_many(&self) -> Option<u64> {
        let first = |ended: &BTreeMap<u64, u64>| ended.first_key_value().map(|(_, &run)| run);
        if self.wholes.len() > 1 {
            return first(&self.wholes);
        }
        first(&self.parts).or_else(|| first(&self.wholes))
    }

    /// Forgets a run, and the runs inside it.
    fn forget(&mut self, number: u64) {
        let around = self.runs.get(&number).and_then(|entry| entry.around);
        if let Some(around) = around.and_then(|around| self.runs.get_mut(&around)) {
            around.inside.remove(&number);
        }
        let mut going = vec![number];
        while let Some(number) = going.pop() {
            let Some(entry) = self.runs.remove(&number) else {
                continue;
            };
            self.numbers.remove(&entry.collected.trace().run);
            self.unended.remove(&number);
            if let Some(ended) = entry.ended {
                self.wholes.remove(&ended);
                self.parts.remove(&ended);
            }
            going.extend(entry.inside);
        }
    }
}
