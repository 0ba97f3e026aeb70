//! What the steps have asked for, and what came of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use orchestrated::{Reason, StepFailure};

/// Counts by step, over all the runs.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<BTreeMap<String, Tally>>);

/// What one step has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How often it got to its server, or tried to: not what a cache has answered or a breaker kept away.
    pub(crate) begun: u64,
    /// The same with the second attempts, and so on.
    pub(crate) attempts: u64,
    /// Those that ended with an error.
    pub(crate) failed: u64,
    /// Those that were dropped: they took too long, or their run had failed.
    pub(crate) cut_off: u64,
    /// How often the mirror stepped in.
    pub(crate) mirrored: u64,
    /// How often a breaker was open.
    pub(crate) turned_away: u64,
    /// How often a run went on without it.
    pub(crate) without: u64,
}

impl Ledger {
    /// An attempt begins; it is over when what this returns says so, or is dropped.
    pub(crate) fn attempt<'l>(&'l self, step: &'l str, number: u32) -> Attempt<'l> {
        self.note(step, |tally| {
            tally.begun += u64::from(number == 1);
            tally.attempts += 1;
        });
        Attempt {
            ledger: self,
            step,
            has_ended: false,
        }
    }

    /// The mirror is asked.
    pub(crate) fn mirrored(&self, step: &str) {
        self.note(step, |tally| tally.mirrored += 1);
    }

    /// A run goes on without a step.
    pub(crate) fn without(&self, failure: &StepFailure) {
        self.note(failure.step(), |tally| {
            tally.without += 1;
            let turned_away = matches!(failure.reason(), Reason::BreakerOpen(_));
            tally.turned_away += u64::from(turned_away);
        });
    }

    /// What this step has done.
    pub(crate) fn of(&self, step: &str) -> Tally {
        self.tallies().get(step).copied().unwrap_or_default()
    }

    fn note(&self, step: &str, note: impl FnOnce(&mut Tally)) {
        note(self.tallies().entry(step.to_owned()).or_default());
    }

    fn tallies(&self) -> MutexGuard<'_, BTreeMap<String, Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt that is under way. What takes too long is dropped, and that is how it is known.
#[derive(Debug)]
#[must_use = "an attempt that is dropped counts as cut off"]
pub(crate) struct Attempt<'l> {
    ledger: &'l Ledger,
    step: &'l str,
    has_ended: bool,
}

impl Attempt<'_> {
    /// It has an end.
    pub(crate) fn ended(mut self, is_ok: bool) {
        self.has_ended = true;
        self.ledger
            .note(self.step, |tally| tally.failed += u64::from(!is_ok));
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.ledger.note(self.step, |tally| tally.cut_off += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_cut_off() {
        let ledger = Ledger::default();
        drop(ledger.attempt("map", 1));
        ledger.attempt("map", 2).ended(false);
        ledger.attempt("map", 3).ended(true);
        ledger.mirrored("map");
        let tally = Tally {
            begun: 1,
            attempts: 3,
            failed: 1,
            cut_off: 1,
            mirrored: 1,
            ..Tally::default()
        };
        assert_eq!(ledger.of("map"), tally);
        assert_eq!(ledger.of("other"), Tally::default());
    }
}
