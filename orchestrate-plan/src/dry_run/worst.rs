//! What a step, and a run, may take at worst.

use core::{fmt, time::Duration};

use super::estimates::Measured;
use crate::{backoff::backoff_total, kind::Kind, options::Options, time::Time};

/// The longest that a run may take.
///
/// It counts the attempts, waits, time-outs, rounds and items that the plan knows. What it does not
/// know is named in [`open`](Worst::open), and then `time` is what the rest takes: the worst case
/// takes at least that long. Not in it is what lies outside the workflow: waiting for a turn, for a
/// resource, or for another run that fills a cache; and what undoes the steps of a run that fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Worst {
    /// How long; the least of it where something is open.
    pub time: Duration,
    /// Whether it is the deadline of the workflow that ends the run.
    pub by_deadline: bool,
    /// What has no bound, or one that is not known.
    pub open: Vec<Open>,
}

impl Worst {
    /// Whether `time` is a bound: nothing is open.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.open.is_empty()
    }

    /// Under the deadline of its workflow.
    pub(super) fn until(self, deadline: Option<Duration>) -> Self {
        match deadline {
            Some(deadline) if !self.open.is_empty() || self.time > deadline => Self {
                time: deadline,
                by_deadline: true,
                open: Vec::new(),
            },
            _ => self,
        }
    }
}

/// A step that may take any time, or one that is not known before it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Open {
    /// The path of the step.
    pub step: String,
    /// Why.
    pub why: Why,
}

/// Why nothing is known of how long a step may take: see [`Open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Why {
    /// It has no time-out. Its attempts are counted with what they are expected to take.
    NoTimeout,
    /// An expression says its time-out. Its attempts are counted with what they are expected to
    /// take.
    UnknownTimeout,
    /// An expression says how often it is tried. It is counted once.
    UnknownAttempts,
    /// An expression says how long it waits between two attempts. That is counted as nothing.
    UnknownBackoff,
    /// An expression says how often it is repeated. It is counted once.
    UnknownRounds,
    /// It waits for a person. That is counted with what the step is expected to take, and the
    /// approval of a critical step as nothing.
    Person,
    /// It has a fallback, which runs without a time-out. Each is counted with what an attempt is
    /// expected to take.
    Fallback,
    /// It runs for each of some items, only so many at the same time, and how many there are is not
    /// known. They are counted as one: see [`Estimates::items`](crate::Estimates::items).
    Items,
    /// Its items wait until there are enough for a call. That is counted as nothing.
    Batch,
}

/// Printed, it is a few words: `no time-out`.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTimeout => "no time-out",
            Self::UnknownTimeout => "a time-out that is an expression",
            Self::UnknownAttempts => "attempts that are an expression",
            Self::UnknownBackoff => "a backoff that is an expression",
            Self::UnknownRounds => "rounds that are an expression",
            Self::Person => "waits for a person",
            Self::Fallback => "a fallback has no time-out",
            Self::Items => "unknown number of items",
            Self::Batch => "items wait for others",
        })
    }
}

/// A step, as its worst case sees it.
pub(super) struct Subject<'s> {
    pub(super) path: &'s str,
    pub(super) kind: Kind,
    pub(super) options: &'s Options,
    /// What an attempt is expected to take.
    pub(super) attempt: Duration,
    pub(super) measured: Option<Measured>,
    /// One after the other, by how many runs at the same time; where that is known.
    pub(super) waves: Option<u32>,
    /// The worst case of its workflow.
    pub(super) flow: Option<&'s Worst>,
}

/// From the inside out, as the options wrap the body of a step.
pub(super) fn worst(subject: &Subject<'_>) -> Worst {
    let options = subject.options;
    let mut open = Vec::new();
    let mut say = |why| {
        open.push(Open {
            step: subject.path.to_owned(),
            why,
        });
    };
    let (attempt, mut inside) = attempt(subject, &mut say);
    let mut time = match options.max_attempts() {
        None => {
            say(Why::UnknownAttempts);
            attempt
        }
        Some(attempts) => {
            let waits = options
                .backoff()
                .map(|(first, longest)| backoff_total(first, longest, attempts));
            if waits.is_none() && attempts > 1 {
                say(Why::UnknownBackoff);
            }
            let made = attempt.saturating_mul(attempts);
            made.saturating_add(waits.unwrap_or_default())
        }
    };
    match options.max_rounds() {
        None => say(Why::UnknownRounds),
        Some(rounds) => time = time.saturating_mul(rounds),
    }
    if options.fallbacks() > 0 {
        say(Why::Fallback);
        let fallbacks = u32::try_from(options.fallbacks()).unwrap_or(u32::MAX);
        time = time.saturating_add(subject.attempt.saturating_mul(fallbacks));
    }
    match subject.waves {
        None => say(Why::Items),
        Some(waves) => time = time.saturating_mul(waves),
    }
    if options.is_batched() {
        say(Why::Batch);
    }
    if options.needs_approval() && subject.kind != Kind::Human {
        say(Why::Person);
    }
    open.append(&mut inside);
    Worst {
        time,
        by_deadline: false,
        open,
    }
}

/// One attempt, and what is open in the workflow that it runs.
fn attempt(subject: &Subject<'_>, say: &mut impl FnMut(Why)) -> (Duration, Vec<Open>) {
    let expected = subject.attempt;
    match subject.options.timeout() {
        Some(start) if subject.options.is_adaptive() => {
            let p95 = subject.measured.and_then(|measured| measured.p95);
            let limit = p95.map_or(start, |p95| p95.saturating_add(p95 / 2));
            return (limit.max(expected), Vec::new());
        }
        Some(limit) => return (limit, Vec::new()),
        None => {}
    }
    if subject.options.has_timeout() {
        say(Why::UnknownTimeout);
        return (expected, Vec::new());
    }
    match (subject.flow, subject.kind) {
        (Some(flow), _) => (flow.time.max(expected), flow.open.clone()),
        // It never waits, so a time-out could not end it.
        (None, Kind::Plain) => (expected, Vec::new()),
        (None, Kind::Human) => {
            say(Why::Person);
            (expected, Vec::new())
        }
        (None, _) => {
            say(Why::NoTimeout);
            (expected, Vec::new())
        }
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Time(self.time);
        if self.by_deadline {
            write!(f, "{time}: the deadline")
        } else if self.is_bound() {
            write!(f, "{time}")
        } else {
            write!(f, "at least {time}")
        }
    }
}
