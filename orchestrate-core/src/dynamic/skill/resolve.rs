//! From steps to tasks: their skills looked up, and all that is wrong with them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{
    super::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, AgentTask},
    OnFailure, Skill, SkillCall, SkillPlanError, SkillPlanErrors, SkillRecord, SkillRegistry,
    SkillStep,
    agent::call_skill,
    error::MISTAKES,
    record::Note,
};

/// A step with its skill, under the name that it has in the plan.
pub(super) struct Resolved<'s> {
    pub(super) name: String,
    skill: Arc<dyn Skill>,
    step: &'s SkillStep,
    note: Note,
}

/// The steps with their skills, in order.
///
/// # Errors
///
/// All that is wrong with them.
pub(super) fn resolve<'s>(
    steps: impl ExactSizeIterator<Item = &'s SkillStep> + Clone,
    skills: &SkillRegistry,
) -> Result<Vec<Resolved<'s>>, SkillPlanErrors> {
    let mut mistakes = Vec::new();
    let names = names(steps.clone(), &mut mistakes);
    let mut resolved = Vec::with_capacity(steps.len());
    for (index, (step, name)) in steps.zip(names).enumerate() {
        if mistakes.len() > MISTAKES {
            break;
        }
        let place = format!("steps[{index}]");
        mistakes.extend(bad_paths(step, &place));
        match skills.get(&step.skill) {
            Ok(skill) => {
                if retries(step) && !step.idempotent && !skill.is_idempotent() {
                    mistakes.push(SkillPlanError::UnsafeRetry {
                        step: name.clone(),
                        skill: step.skill.clone(),
                    });
                }
                resolved.push(Resolved {
                    name,
                    skill: Arc::clone(skill),
                    step,
                    note: Note::default(),
                });
            }
            Err(error) => mistakes.push(SkillPlanError::UnknownSkill { place, error }),
        }
    }
    SkillPlanErrors::unless_empty(mistakes)?;
    Ok(resolved)
}

fn retries(step: &SkillStep) -> bool {
    matches!(step.on_failure, OnFailure::Retry(retries) if retries.attempts > 1)
}

fn bad_paths(step: &SkillStep, place: &str) -> impl Iterator<Item = SkillPlanError> {
    let bad = step.output.paths().filter(|path| !path.is_pointer());
    bad.map(move |path| SkillPlanError::BadPath {
        place: format!("{place}.output"),
        path: path.to_string(),
    })
}

/// The name of each step: its own, or that of its skill with a number where that is taken.
fn names<'s>(
    steps: impl Iterator<Item = &'s SkillStep> + Clone,
    mistakes: &mut Vec<SkillPlanError>,
) -> Vec<String> {
    let mut taken = HashSet::new();
    for (index, step) in steps.clone().enumerate() {
        let name = step.name.as_deref().unwrap_or(&step.skill);
        let is_empty = name.trim().is_empty();
        if is_empty || (step.name.is_some() && !taken.insert(name.to_owned())) {
            mistakes.push(SkillPlanError::BadName {
                place: format!("steps[{index}]"),
                name: name.to_owned(),
            });
        }
    }
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let named = steps.map(|step| {
        if let Some(name) = &step.name {
            return name.clone();
        }
        let number = numbers.entry(&step.skill).or_default();
        loop {
            *number += 1;
            let name = match *number {
                1 => step.skill.clone(),
                number => format!("{} {number}", step.skill),
            };
            if taken.insert(name.clone()) {
                return name;
            }
        }
    });
    named.collect()
}

impl Resolved<'_> {
    /// The task of the step, for a run that has begun with this input.
    pub(super) fn task(&self, input: &AgentInput) -> AgentTask {
        let step = self.step;
        let called = Called {
            skill: Arc::clone(&self.skill),
            step: step.clone(),
            initial: input.clone(),
            note: self.note.clone(),
        };
        let mut task = AgentTask::new(&*self.name, called, input.clone());
        if step.idempotent || self.skill.is_idempotent() {
            task = task.idempotent();
        }
        if let Some(limit) = step.timeout {
            task = task.with_timeout(limit);
        }
        match &step.on_failure {
            OnFailure::Fail => task,
            OnFailure::Retry(retries) => task.with_retry(*retries),
            OnFailure::Skip { default } => {
                let note = self.note.clone();
                task.with_default(default.clone())
                    .on_default(Arc::new(move |failure| note.skipped(failure)))
            }
        }
    }

    /// What became of the step, once the run is over; `failed` says why it has failed, if it has.
    pub(super) fn record(&self, failed: impl FnOnce(&str) -> Option<String>) -> SkillRecord {
        let failed = || failed(&self.name);
        self.note.record(&self.name, &self.step.skill, failed)
    }
}

/// A call of a skill as a task does it.
struct Called {
    skill: Arc<dyn Skill>,
    step: SkillStep,
    initial: AgentInput,
    note: Note,
}

#[async_trait]
impl Agent for Called {
    fn name(&self) -> &str {
        &self.step.skill
    }

    fn kind(&self) -> Kind {
        Kind::Tool
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        self.note.attempt(cx.attempt());
        let call = SkillCall::new(input).with_parameters(self.step.parameters.clone());
        let output = call_skill(&*self.skill, cx, call).await?;
        let output = self.step.output.apply(output, &self.initial)?;
        self.note.succeeded(&output);
        Ok(output)
    }
}
