//! What became of steps.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::super::{AgentError, AgentOutput};
use crate::{Failure, StepFailure};

/// What became of a step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SkillRecord {
    /// The name of the step.
    pub step: String,
    /// The name of its skill.
    pub skill: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// How it has ended.
    pub end: SkillEnd,
}

/// How a step has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SkillEnd {
    /// It has succeeded.
    Succeeded {
        /// What it has handed on.
        output: AgentOutput,
    },
    /// It has failed, and its default was handed on.
    Skipped {
        /// Why it has failed.
        failure: StepFailure,
    },
    /// It has failed.
    Failed {
        /// Why.
        why: String,
    },
    /// It had started when the run ended, for another reason.
    Stopped,
    /// It has not started.
    NotRun,
}

impl SkillRecord {
    /// Whether it has succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self.end, SkillEnd::Succeeded { .. })
    }
}

/// ``step `find` (skill `search`): succeeded after 2 attempts``
impl fmt::Display for SkillRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step `{}` (skill `{}`): ", self.step, self.skill)?;
        match &self.end {
            SkillEnd::Succeeded { .. } => f.write_str("succeeded")?,
            SkillEnd::Skipped { .. } => f.write_str("skipped")?,
            SkillEnd::Failed { .. } => f.write_str("failed")?,
            SkillEnd::Stopped => f.write_str("stopped")?,
            SkillEnd::NotRun => return f.write_str("not run"),
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        match &self.end {
            SkillEnd::Skipped { failure } => write!(f, ": {failure}"),
            SkillEnd::Failed { why } => write!(f, ": {why}"),
            _ => Ok(()),
        }
    }
}

/// What is noted of a step while it runs.
#[derive(Clone, Default)]
pub(super) struct Note(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    attempts: u32,
    output: Option<AgentOutput>,
    skipped: Option<StepFailure>,
}

impl Note {
    /// Notes that this attempt begins.
    pub(super) fn attempt(&self, number: u32) {
        self.set(|noted| noted.attempts = number);
    }

    pub(super) fn succeeded(&self, output: &AgentOutput) {
        self.set(|noted| noted.output = Some(output.clone()));
    }

    pub(super) fn skipped(&self, failure: &StepFailure) {
        self.set(|noted| noted.skipped = Some(failure.clone()));
    }

    fn set(&self, set: impl FnOnce(&mut Noted)) {
        set(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What became of the step, once the run is over; `failed` says why it has failed, if it has.
    pub(super) fn record(
        &self,
        step: &str,
        skill: &str,
        failed: impl FnOnce() -> Option<String>,
    ) -> SkillRecord {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = std::mem::take(&mut *noted);
        let end = match (noted.skipped, noted.output) {
            (Some(failure), _) => SkillEnd::Skipped { failure },
            (None, Some(output)) => SkillEnd::Succeeded { output },
            (None, None) => match failed() {
                Some(why) => SkillEnd::Failed { why },
                None if noted.attempts > 0 => SkillEnd::Stopped,
                None => SkillEnd::NotRun,
            },
        };
        SkillRecord {
            step: step.to_owned(),
            skill: skill.to_owned(),
            attempts: noted.attempts,
            end,
        }
    }
}

/// Why the run failed, where that is the failure of this step.
pub(super) fn why(failure: &Failure<AgentError>, step: &str) -> Option<String> {
    (failure.step() == Some(step)).then(|| failure.to_string())
}
