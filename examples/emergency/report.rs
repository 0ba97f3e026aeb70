//! Who was served when, and what the order has brought to whom.

use std::{fmt, time::Duration};

use orchestrated::plan::Priority;

use crate::calls::{Call, Time};

/// A call that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Served<'c> {
    pub(crate) call: &'c Call,
    /// When somebody had time for it.
    pub(crate) began: Time,
}

impl Served<'_> {
    fn waited(&self) -> Duration {
        self.began.since(self.call.came)
    }
}

/// The calls of an evening.
#[derive(Debug)]
pub(crate) struct Evening<'c> {
    /// In the order in which they were taken.
    pub(crate) served: Vec<Served<'c>>,
}

impl<'c> Evening<'c> {
    pub(crate) fn new(mut served: Vec<Served<'c>>) -> Self {
        served.sort_by_key(|served| (served.began, served.call.came));
        Self { served }
    }

    fn of(&self, priority: Priority) -> impl Iterator<Item = &Served<'c>> + Clone {
        self.served
            .iter()
            .filter(move |served| served.call.priority == priority)
    }

    /// How many of these calls there were.
    pub(crate) fn count(&self, priority: Priority) -> usize {
        self.of(priority).count()
    }

    /// How long one of these calls has waited: all together by their number.
    pub(crate) fn mean_wait(&self, priority: Priority) -> Duration {
        let all: Duration = self.of(priority).map(Served::waited).sum();
        let count = u32::try_from(self.count(priority)).unwrap_or(u32::MAX);
        Duration::from_secs(all.checked_div(count).unwrap_or_default().as_secs())
    }

    /// How long that one of them has waited that has waited longest.
    pub(crate) fn longest_wait(&self, priority: Priority) -> Duration {
        self.of(priority)
            .map(Served::waited)
            .max()
            .unwrap_or_default()
    }

    /// How many calls at most came after one of these and were taken before it.
    pub(crate) fn passed_over(&self, priority: Priority) -> usize {
        let of = self.of(priority);
        of.map(|served| self.passed(served))
            .max()
            .unwrap_or_default()
    }

    fn passed(&self, served: &Served<'_>) -> usize {
        let before = self
            .served
            .iter()
            .take_while(|other| other.began < served.began);
        before
            .filter(|other| other.call.came > served.call.came)
            .count()
    }
}

/// One line a call, in the order in which they were taken.
impl fmt::Display for Evening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "came      taken     waited  passed  priority  what")?;
        for served in &self.served {
            let Served { call, began } = served;
            write!(
                f,
                "\n{}  {began}  {:>5}s  {:>6}  {:<8}  {}",
                call.came,
                served.waited().as_secs(),
                self.passed(served),
                call.priority,
                call.what,
            )?;
        }
        Ok(())
    }
}

/// The waits of each priority, beside what they are when everybody is equal.
pub(crate) fn compared(evening: &Evening<'_>, equal: &Evening<'_>) -> String {
    let rows = Priority::ALL.into_iter().rev().map(|priority| {
        let row = [evening, equal].map(|evening| {
            let [mean, longest] = [evening.mean_wait(priority), evening.longest_wait(priority)];
            format!("{:>8}s  {:>6}s", mean.as_secs(), longest.as_secs())
        });
        let (calls, passed) = (evening.count(priority), evening.passed_over(priority));
        format!(
            "{priority:<8}  {calls:>5}  {}  {passed:>11}  {}",
            row[0], row[1]
        )
    });
    let head = [
        "                                              at most   if all were equal",
        "priority  calls  mean wait  longest  passed over  mean wait  longest",
    ];
    let lines: Vec<String> = head.map(str::to_owned).into_iter().chain(rows).collect();
    lines.join("\n")
}
