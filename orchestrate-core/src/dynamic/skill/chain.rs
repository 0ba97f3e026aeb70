//! Skills one after the other.

use std::{borrow::Cow, sync::Arc};

use orchestrate_plan::Plan;

use super::{
    super::{
        AgentError, AgentInput, AgentOutput, AgentTask, OrchestrationError, TaskGraph, TaskResults,
        task::Inner,
    },
    SkillChainSpec, SkillPlanError, SkillPlanErrors, SkillRecord, SkillRegistry, SkillStep,
    record::why,
    resolve::{Resolved, resolve},
};
use crate::Orchestrator;

/// Skills one after the other: each looks at what the one before hands on, and then works on it.
///
/// A chain is written in code, or read from a [`SkillChainSpec`] that a model wrote. Either way all of it is checked before
/// anything runs, and it runs as one graph: limits, deadlines, events and cancellation are those of its orchestrator.
///
/// ```
/// use orchestrated::dynamic::{OnFailure, OutputMapping, SkillCall, SkillChain, SkillRegistry, SkillStep, skill_fn};
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let words = skill_fn("words", |call: SkillCall| async move {
///     let words: Vec<_> = call.input.to::<&str>()?.split_whitespace().collect();
///     Ok(json!({ "count": words.len(), "words": words }).into())
/// });
/// let double = skill_fn("double", |call: SkillCall| async move { Ok((call.input.to::<u64>()? * 2).into()) });
/// let skills = SkillRegistry::new().with(words)?.with(double)?;
///
/// let chain = SkillChain::new(&skills)
///     .then(SkillStep::new("words").with_output(OutputMapping::path("/count")))
///     .then(SkillStep::new("double").on_failure(OnFailure::skip(0)));
/// assert_eq!(
///     chain.plan("one two three")?.plan().to_string(),
///     "\
/// Chain: 2 steps in 2 batches, one at a time
///   batch 1  words   tool
///   batch 2  double  tool  <- words  default"
/// );
/// let outcome = chain.execute("one two three").await?;
/// assert_eq!(outcome.output().to::<u64>()?, 6);
/// assert_eq!(outcome.steps()[0].to_string(), "step `words` (skill `words`): succeeded");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a chain does nothing until it is executed"]
pub struct SkillChain {
    skills: SkillRegistry,
    orchestrator: Orchestrator,
    spec: SkillChainSpec,
}

/// What a chain has produced.
#[derive(Clone, Debug)]
pub struct SkillChainOutcome {
    output: AgentOutput,
    steps: Vec<SkillRecord>,
}

/// What became of a chain, however it has ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct SkillChainRecord {
    /// What became of each step, in order; nothing where the steps can never work.
    pub steps: Vec<SkillRecord>,
    /// What the last step has handed on, or why there is nothing.
    pub result: Result<AgentOutput, OrchestrationError>,
}

impl SkillChain {
    /// One without steps, of these skills, on an [`Orchestrator`] of its own.
    pub fn new(skills: &SkillRegistry) -> Self {
        Self {
            skills: skills.clone(),
            orchestrator: Orchestrator::new(),
            spec: SkillChainSpec::default(),
        }
    }

    /// One with the steps of a specification.
    ///
    /// # Errors
    ///
    /// All that is wrong with them: skills that nobody knows, names that are taken twice, steps that are tried again though
    /// they are not idempotent, paths that can point at nothing.
    pub fn of(spec: SkillChainSpec, skills: &SkillRegistry) -> Result<Self, SkillPlanErrors> {
        let chain = Self {
            spec,
            ..Self::new(skills)
        };
        chain.resolved()?;
        Ok(chain)
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures: `Chain` where nobody says one.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.spec.name = Some(name.into());
        self
    }

    /// With another step after the others: a [`SkillStep`], or the name of a skill.
    pub fn then(mut self, step: impl Into<SkillStep>) -> Self {
        self.spec.steps.push(step.into());
        self
    }

    /// Its steps, as they serialize.
    #[must_use]
    pub fn spec(&self) -> &SkillChainSpec {
        &self.spec
    }

    /// The graph that [`execute`](Self::execute) would run for this input: its plan can be looked at first, and a `flow`
    /// step of a `workflow!` can run it, as a [`DynamicWorkflow`](super::super::DynamicWorkflow). The output of the chain
    /// is that of the last task.
    ///
    /// # Errors
    ///
    /// All that is wrong with the steps.
    pub fn plan(&self, input: impl Into<AgentInput>) -> Result<TaskGraph, OrchestrationError> {
        self.tasks(&self.resolved()?, &input.into())
    }

    /// The whole chain as a task of another orchestrator, which is given this: a run inside that one's run. Its output is
    /// that of the last step. Where the input is made of what others produce,
    /// [`AgentTask::with_input_from`] says how.
    ///
    /// # Errors
    ///
    /// All that is wrong with the steps.
    pub fn into_task(
        self,
        name: impl Into<Arc<str>>,
        input: impl Into<AgentInput>,
    ) -> Result<AgentTask, SkillPlanErrors> {
        self.resolved()?;
        let input = input.into();
        let task = AgentTask::of_graph(name, Arc::new(self));
        Ok(task.with_input_from(move |_| Ok(input.clone())))
    }

    /// Executes the steps one after the other: the first is given this, and the others what the step before hands on.
    ///
    /// # Errors
    ///
    /// When the steps can never work, then nothing has started; when a step fails, and neither another attempt nor a default
    /// makes good for it; when the run is cancelled, takes too long, or must not start.
    pub async fn execute(
        &self,
        input: impl Into<AgentInput>,
    ) -> Result<SkillChainOutcome, OrchestrationError> {
        let SkillChainRecord { steps, result } = self.execute_recorded(input).await;
        Ok(SkillChainOutcome {
            output: result?,
            steps,
        })
    }

    /// Executes it, and says of each step what became of it even when the chain fails.
    pub async fn execute_recorded(&self, input: impl Into<AgentInput>) -> SkillChainRecord {
        let input = input.into();
        let planned = self.resolved().map_err(OrchestrationError::from);
        let planned = planned.and_then(|steps| Ok((self.tasks(&steps, &input)?, steps)));
        let (graph, steps) = match planned {
            Ok(planned) => planned,
            Err(error) => {
                return SkillChainRecord {
                    steps: Vec::new(),
                    result: Err(error),
                };
            }
        };
        let ran = graph.run(&self.orchestrator).await;
        let failure = ran.as_ref().err();
        let records = steps
            .iter()
            .map(|step| step.record(|name| why(failure?, name)));
        let records = records.collect();
        let result = ran
            .map_err(OrchestrationError::from)
            .map(|results| last(&results));
        SkillChainRecord {
            steps: records,
            result,
        }
    }

    fn resolved(&self) -> Result<Vec<Resolved<'_>>, SkillPlanErrors> {
        if self.spec.steps.is_empty() {
            return Err(SkillPlanError::NoSteps.into());
        }
        resolve(self.spec.steps.iter(), &self.skills)
    }

    fn tasks(
        &self,
        steps: &[Resolved<'_>],
        input: &AgentInput,
    ) -> Result<TaskGraph, OrchestrationError> {
        let befores = [None].into_iter().chain(steps.iter().map(Some));
        let tasks = steps.iter().zip(befores).map(|(step, before)| {
            let task = step.task(input);
            let Some(before) = before else { return task };
            let before = before.name.clone();
            task.after([&*before]).with_input_from(move |done| {
                // It is there: a step that has none ends the run.
                Ok(done.output(&before).cloned().unwrap_or_default().into())
            })
        });
        let name = self.spec.name.clone().unwrap_or(Cow::Borrowed("Chain"));
        Ok(TaskGraph::new(name, tasks)?)
    }
}

/// What the last step has handed on.
fn last(results: &TaskResults) -> AgentOutput {
    let last = results.outputs().next_back();
    last.map(|(_, output)| output.clone()).unwrap_or_default()
}

impl Inner for SkillChain {
    fn plan(&self) -> Option<Plan> {
        let graph = Self::plan(self, AgentInput::default()).ok()?;
        Some(graph.plan().clone())
    }

    fn graph(&self, input: AgentInput) -> Result<TaskGraph, AgentError> {
        Ok(Self::plan(self, input)?)
    }

    fn output(&self, results: &TaskResults) -> Result<AgentOutput, AgentError> {
        Ok(last(results))
    }
}

impl SkillChainOutcome {
    /// What the last step has handed on.
    #[must_use]
    pub fn output(&self) -> &AgentOutput {
        &self.output
    }

    /// The same by value.
    #[must_use]
    pub fn into_output(self) -> AgentOutput {
        self.output
    }

    /// What became of each step, in order: it has succeeded, or was skipped.
    #[must_use]
    pub fn steps(&self) -> &[SkillRecord] {
        &self.steps
    }
}
