//! What one keeps who starts each step as soon as the last of those that it reads has given its number.

use crate::Known;

pub(super) struct ReadySteps {
    known: &'static Known,
    gave: Vec<u64>,
    /// For each step how many of those that it reads are still to come.
    missing: Vec<usize>,
}

impl ReadySteps {
    pub(super) fn of(known: &'static Known) -> Self {
        Self {
            known,
            gave: vec![0; known.len()],
            missing: known.graph.steps.iter().map(Vec::len).collect(),
        }
    }

    /// Starts the steps that read no other, each with what it reads.
    pub(super) fn first(&self, mut start: impl FnMut(usize, u64)) {
        for step in 0..self.known.len() {
            if self.missing[step] == 0 {
                start(step, self.known.sum(step, |read| self.gave[read]));
            }
        }
    }

    /// Takes what a step gave, and starts the steps for which it was the last.
    pub(super) fn done(&mut self, step: usize, number: u64, mut start: impl FnMut(usize, u64)) {
        self.gave[step] = number;
        for reader in &self.known.readers[step] {
            self.missing[*reader] -= 1;
            if self.missing[*reader] == 0 {
                start(*reader, self.known.sum(*reader, |read| self.gave[read]));
            }
        }
    }

    /// What the steps gave that no other reads, added up.
    pub(super) fn result(self) -> u64 {
        self.known.ends.iter().map(|end| self.gave[*end]).sum()
    }
}
