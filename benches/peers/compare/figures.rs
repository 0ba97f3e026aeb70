//! What was measured, in numbers.

use orchestrate_peers::{Contender, Measured, version};
use serde::Serialize;

/// Samples of a contender, a round each: nanoseconds a run.
#[derive(Debug, Default)]
pub(crate) struct Times {
    pub(crate) whole: Vec<f64>,
    /// Without putting the graph together. Empty where there is nothing to put together.
    pub(crate) alone: Vec<f64>,
}

impl Times {
    pub(crate) fn median(&self) -> f64 {
        quantile(&self.whole, 2, 4)
    }
}

/// A cell.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) shape: &'static str,
    pub(crate) steps: usize,
    pub(crate) work: &'static str,
    pub(crate) runtime: &'static str,
    /// How many runs at once; one after the other if nothing.
    pub(crate) at_once: Option<usize>,
    pub(crate) best_by_hand: Option<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// A contender in a cell. Nothing was measured if it cannot run there.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) contender: &'static str,
    pub(crate) package: &'static str,
    pub(crate) version: Option<&'static str>,
    pub(crate) steps: &'static str,
    pub(crate) cannot: Option<&'static str>,
    /// Of a run, its graph put together: the median.
    pub(crate) nanoseconds: Option<f64>,
    pub(crate) lower_quartile: Option<f64>,
    pub(crate) upper_quartile: Option<f64>,
    /// To the best version by hand.
    pub(crate) ratio: Option<f64>,
    /// Without putting the graph together.
    pub(crate) run_alone_nanoseconds: Option<f64>,
    /// Of a run.
    pub(crate) allocations: Option<f64>,
    /// Of a run.
    pub(crate) allocated_bytes: Option<f64>,
    /// Of a run, on the heap.
    pub(crate) peak_bytes: Option<f64>,
    /// The size of a run's future: on the heap too where runs are tasks.
    pub(crate) future_bytes: Option<usize>,
}

impl Row {
    pub(crate) fn unable(contender: &Contender, cannot: Option<&'static str>) -> Self {
        Self {
            contender: contender.name,
            package: contender.package,
            version: version(contender.package),
            steps: contender.steps.name(),
            cannot,
            nanoseconds: None,
            lower_quartile: None,
            upper_quartile: None,
            ratio: None,
            run_alone_nanoseconds: None,
            allocations: None,
            allocated_bytes: None,
            peak_bytes: None,
            future_bytes: None,
        }
    }

    pub(crate) fn of(
        contender: &Contender,
        times: &Times,
        ratio: Option<f64>,
        counted: Option<&(Measured, usize)>,
    ) -> Self {
        let alone = (!times.alone.is_empty()).then(|| quantile(&times.alone, 2, 4));
        let a_run = |count: fn(&Measured) -> u64| {
            let (counted, runs) = counted?;
            Some(large(count(counted)) / number(*runs))
        };
        Self {
            nanoseconds: Some(times.median()),
            lower_quartile: Some(quantile(&times.whole, 1, 4)),
            upper_quartile: Some(quantile(&times.whole, 3, 4)),
            ratio,
            run_alone_nanoseconds: alone,
            allocations: a_run(|counted| counted.allocations.count_total),
            allocated_bytes: a_run(|counted| counted.allocations.bytes_total),
            peak_bytes: a_run(|counted| counted.allocations.bytes_max),
            future_bytes: counted.map(|(counted, _)| counted.future_bytes),
            ..Self::unable(contender, None)
        }
    }
}

/// The median of the ratios, round by round: what disturbs a round disturbs both.
pub(crate) fn ratio(times: &[f64], best: &[f64]) -> f64 {
    let ratios: Vec<f64> = times
        .iter()
        .zip(best)
        .map(|(own, best)| own / best)
        .collect();
    quantile(&ratios, 2, 4)
}

pub(crate) fn quantile(values: &[f64], part: usize, of: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * part / of]
}

pub(crate) fn number(count: usize) -> f64 {
    large(count as u64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody allocates 2 to the power of 53 bytes"
)]
fn large(count: u64) -> f64 {
    count as f64
}
