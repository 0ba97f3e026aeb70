//! What stands beside a bar.

use std::{borrow::Cow, collections::HashSet};

use crate::{RunOutcome, RunTrace, StepOutcome, StepTrace, UndoOutcome};

/// Something worth knowing of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It bounds the run most.
    Bottleneck,
    /// How it ended, where it did not simply finish: the word of its outcome.
    Ended(&'static str),
    /// It has not ended.
    Running,
    Attempts(usize),
    Items(u64),
    Undone,
    UndoFailed,
    Irreversible,
    /// How many of the steps of this line have failed.
    FailedOf(usize),
}

impl Mark {
    /// In words.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Bottleneck => "◆ bottleneck",
            Self::Ended(word) => word,
            Self::Running => "running",
            Self::Attempts(attempts) => return Cow::Owned(format!("{attempts} attempts")),
            Self::Items(1) => "1 item",
            Self::Items(items) => return Cow::Owned(format!("{items} items")),
            Self::Undone => "↺ undone",
            Self::UndoFailed => "↺ undo failed",
            Self::Irreversible => "irreversible",
            Self::FailedOf(failed) => return Cow::Owned(format!("{failed} failed")),
        })
    }

    /// In a letter or two, where there is no room; and what that means.
    pub(crate) fn short(&self) -> (Cow<'static, str>, &'static str) {
        let owned = |text: String, meaning| (Cow::Owned(text), meaning);
        let (text, meaning) = match self {
            Self::Bottleneck => ("◆", "◆ bottleneck"),
            Self::Ended("failed") => ("×", "× failed"),
            Self::Ended("excused") => ("(×)", "(×) excused"),
            Self::Ended("cached") => ("=", "= cached"),
            Self::Ended("skipped") => ("-", "- skipped"),
            Self::Ended(word) => return (Cow::Borrowed(word), ""),
            Self::Running => ("…", "… running"),
            Self::Attempts(count) => return owned(format!("{count}↻"), "↻ attempts"),
            Self::Items(count) => return owned(format!("{count}≡"), "≡ items"),
            Self::Undone => ("↺", "↺ undone"),
            Self::UndoFailed => ("↺!", "↺! undo failed"),
            Self::Irreversible => ("!", "! irreversible"),
            Self::FailedOf(count) => return owned(format!("{count}×"), "× failed"),
        };
        (Cow::Borrowed(text), meaning)
    }

    /// Whether it is bad news.
    pub(crate) fn alarms(&self) -> bool {
        matches!(
            self,
            Self::Ended("failed") | Self::UndoFailed | Self::Irreversible | Self::FailedOf(_)
        )
    }
}

pub(super) fn marks(step: &StepTrace) -> Vec<Mark> {
    let mut marks = Vec::new();
    match &step.outcome {
        None => marks.push(Mark::Running),
        Some(StepOutcome::Finished) => {}
        Some(outcome) => marks.push(Mark::Ended(outcome.word())),
    }
    let own = step
        .attempts
        .iter()
        .filter(|attempt| attempt.item.is_none());
    let own = own.count();
    if own > 1 {
        marks.push(Mark::Attempts(own));
    }
    let items = step.attempts.iter().filter_map(|attempt| attempt.item);
    let items = items.collect::<HashSet<_>>().len();
    if items > 0 {
        // How many there are is told with how many are done; the attempts that are kept have an end.
        let told = step.progress.map_or(0, |progress| progress.total);
        marks.push(Mark::Items(told.max(items as u64)));
    }
    match step.undone.as_ref().map(|undone| &undone.outcome) {
        None => {}
        Some(UndoOutcome::Undone) => marks.push(Mark::Undone),
        Some(UndoOutcome::Failed(_)) => marks.push(Mark::UndoFailed),
        Some(UndoOutcome::Irreversible(_)) => marks.push(Mark::Irreversible),
    }
    marks
}

pub(super) fn of_run(run: &RunTrace) -> Vec<Mark> {
    match &run.outcome {
        None => vec![Mark::Running],
        Some(RunOutcome::Finished) => Vec::new(),
        Some(outcome) => vec![Mark::Ended(outcome.word())],
    }
}
