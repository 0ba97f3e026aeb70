//! One graph, what is in its steps, and how its runs follow one another: what contenders are compared in.

use std::fmt;

use orchestrate_peers::{Bench, By, Contender, Driver, How, Job, Look, Measured, Shape, Work};

use crate::{
    figures::{Figures, Row, ratio},
    options::Options,
    rounds::Rounds,
};

/// How many runs there are at once.
const AT_ONCE: usize = 10_000;

/// The graph of the runs at once.
const SMALL: Shape = Shape::Fan;

/// What contenders are compared in.
#[derive(Debug)]
pub(crate) struct Cell<'d> {
    pub(crate) driver: &'d Driver,
    pub(crate) job: Job,
    pub(crate) how: How,
}

/// What is measured, in order.
pub(crate) fn all<'d>(options: &Options, drivers: &'d [Driver; 2]) -> Vec<Cell<'d>> {
    let [one_thread, _] = drivers;
    let mut cells = Vec::new();
    for work in Work::ALL {
        cells.extend(options.shapes.iter().map(|shape| Cell {
            driver: one_thread,
            job: Job {
                shape: *shape,
                work,
            },
            how: How::InTurn,
        }));
    }
    if options.at_once {
        // Steps that are ready would be over before the next run begins: no two would be there at once.
        let job = Job {
            shape: SMALL,
            work: Work::Yields,
        };
        cells.extend(drivers.iter().map(|driver| Cell {
            driver,
            job,
            how: How::AtOnce,
        }));
    }
    cells
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Job { shape, work } = self.job;
        write!(f, "{}, {}", shape.name(), work.name())?;
        match self.how {
            How::InTurn => Ok(()),
            How::AtOnce => write!(f, ", {AT_ONCE} at once, {}", self.driver.name()),
        }
    }
}

impl Cell<'_> {
    /// Measures all contenders.
    pub(crate) fn measure(&self, options: &Options) -> Result<Figures, String> {
        let able: Vec<&Contender> = options
            .contenders
            .iter()
            .filter(|contender| self.cannot(contender).is_none())
            .collect();
        let mut samples = self.rounds(options).take_turns(&able)?;
        let best = samples
            .iter()
            .filter(|(contender, _)| contender.by == By::Hand)
            .min_by(|(_, one), (_, other)| one.median().total_cmp(&other.median()));
        let best = best.map(|(contender, times)| (contender.name, times.whole.clone()));
        let mut rows = Vec::new();
        for contender in &options.contenders {
            let taken = samples
                .iter()
                .position(|(able, _)| able.name == contender.name)
                .map(|at| samples.swap_remove(at).1);
            let Some(times) = taken else {
                rows.push(Row::unable(contender, self.cannot(contender)));
                continue;
            };
            let ratio = best.as_ref().map(|(_, best)| ratio(&times.whole, best));
            let counted = self.count(contender)?;
            rows.push(Row::of(contender, &times, ratio, counted.as_ref()));
        }
        Ok(Figures {
            shape: self.job.shape.name(),
            steps: self.job.known().len(),
            work: self.job.work.name(),
            runtime: self.driver.name(),
            at_once: (self.how == How::AtOnce).then_some(AT_ONCE),
            best_by_hand: best.map(|(name, _)| name),
            rows,
        })
    }

    fn rounds(&self, options: &Options) -> Rounds<'_> {
        let (rounds, sample) = match (self.how, options.quick) {
            (How::InTurn, false) => (41, 0.003),
            (How::InTurn, true) => (3, 0.000_5),
            (How::AtOnce, false) => (5, 0.0),
            (How::AtOnce, true) => (1, 0.0),
        };
        Rounds {
            cell: self,
            count: rounds,
            sample,
        }
    }

    /// Why a contender cannot be measured here.
    fn cannot(&self, contender: &Contender) -> Option<&'static str> {
        if matches!(self.driver, Driver::TwoWorkers(_)) && !contender.is_send {
            return Some(
                "its runs are not `Send`: they stay on the thread that they were started on",
            );
        }
        (contender.cannot)(self.job.known())
    }

    /// How many runs a sample has at least.
    pub(crate) fn least_runs(&self) -> usize {
        match self.how {
            How::InTurn => 1,
            How::AtOnce => AT_ONCE,
        }
    }

    /// Asks a contender, and checks what its runs gave.
    pub(crate) fn ask(
        &self,
        contender: &Contender,
        runs: usize,
        look: Look,
    ) -> Result<Measured, String> {
        let measured = (contender.measure)(&Bench {
            driver: self.driver,
            job: self.job,
            runs,
            how: self.how,
            look,
        });
        let expected = self.job.known().result * runs as u64;
        if measured.sum != expected {
            return Err(format!(
                "{} gave {} in {self}, and not {expected}",
                contender.name, measured.sum
            ));
        }
        Ok(measured)
    }

    /// Allocations and bytes, where they are exact.
    fn count(&self, contender: &Contender) -> Result<Option<(Measured, usize)>, String> {
        let runs = self.least_runs();
        match self.driver {
            Driver::OneThread(_) => {
                let counted = self.ask(contender, runs, Look::Allocations)?;
                Ok(Some((counted, runs)))
            }
            Driver::TwoWorkers(_) => Ok(None),
        }
    }
}
