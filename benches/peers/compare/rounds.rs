//! Contenders that take turns, round after round.

use orchestrate_peers::{Contender, Look};

use crate::{
    cell::Cell,
    figures::{Times, number},
};

/// How thoroughly a cell is measured.
#[derive(Debug)]
pub(crate) struct Rounds<'c> {
    pub(crate) cell: &'c Cell<'c>,
    /// How many there are.
    pub(crate) count: usize,
    /// How long a sample lasts at least, in seconds.
    pub(crate) sample: f64,
}

impl Rounds<'_> {
    /// Samples of each contender.
    pub(crate) fn take_turns<'a>(
        &self,
        contenders: &[&'a Contender],
    ) -> Result<Vec<(&'a Contender, Times)>, String> {
        let mut samples = Vec::new();
        for contender in contenders {
            samples.push((*contender, Times::default(), self.runs(contender)?));
        }
        let count = samples.len();
        for round in 0..self.count {
            for turn in 0..count {
                let (contender, times, runs) = &mut samples[(round + turn) % count];
                times
                    .whole
                    .push(self.sample(contender, *runs, Look::Whole)?);
                if contender.builds {
                    times
                        .alone
                        .push(self.sample(contender, *runs, Look::RunAlone)?);
                }
            }
        }
        Ok(samples
            .into_iter()
            .map(|(contender, times, _)| (contender, times))
            .collect())
    }

    /// Nanoseconds a run.
    fn sample(&self, contender: &Contender, runs: usize, look: Look) -> Result<f64, String> {
        let measured = self.cell.ask(contender, runs, look)?;
        Ok(measured.seconds * 1e9 / number(runs))
    }

    /// How many runs make a sample: found with code and memory warm.
    fn runs(&self, contender: &Contender) -> Result<usize, String> {
        let mut runs = self.cell.least_runs();
        // The quickest of a few: one that was held up by something else would make samples too short.
        let tries = if self.sample > 0.0 { 3 } else { 1 };
        loop {
            let mut seconds = f64::INFINITY;
            for _ in 0..tries {
                seconds = seconds.min(self.cell.ask(contender, runs, Look::Whole)?.seconds);
            }
            if seconds >= self.sample || runs >= 1 << 20 {
                return Ok(runs);
            }
            runs *= if seconds * 8.0 < self.sample { 8 } else { 2 };
        }
    }
}
