//! Skills side by side.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        AgentError, AgentInput, AgentOutput, Collect, Custom, Merge, OrchestrationError,
        ResultAggregator, TaskGraph, TaskResult, TaskResults,
        aggregate::{self, Answered},
    },
    SkillRecord, SkillRegistry, SkillStep,
    resolve::{Resolved, resolve},
};
use crate::{Orchestrator, Reason};

/// Skills side by side, and one output made of theirs.
///
/// Which output that is, an [aggregator](ResultAggregator) says: a list of all of them where nobody says another.
///
/// ```
/// use orchestrated::dynamic::{ParallelSkills, SkillCall, SkillRegistry, SkillStep, skill_fn};
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let words = skill_fn("words", |call: SkillCall| async move {
///     Ok(json!({ "words": call.input.to::<&str>()?.split_whitespace().count() }).into())
/// });
/// let lines = skill_fn("lines", |call: SkillCall| async move {
///     Ok(json!({ "lines": call.input.to::<&str>()?.lines().count() }).into())
/// });
/// let skills = SkillRegistry::new().with(words)?.with(lines)?;
/// let text = "one two\nthree";
/// let counted = ParallelSkills::new(&skills).merged().execute([("words", text), ("lines", text)]).await?;
/// assert_eq!(counted.output().value(), &json!({ "lines": 2, "words": 3 }));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is executed"]
pub struct ParallelSkills {
    skills: SkillRegistry,
    orchestrator: Orchestrator,
    name: Cow<'static, str>,
    at_most: Option<usize>,
    collect_errors: bool,
    aggregator: Arc<dyn ResultAggregator>,
}

/// What skills side by side have produced.
#[derive(Clone, Debug)]
pub struct SkillsOutcome {
    output: AgentOutput,
    results: TaskResults,
    steps: Vec<SkillRecord>,
}

impl ParallelSkills {
    /// Of these skills, on an [`Orchestrator`] of its own. The first failure ends all.
    pub fn new(skills: &SkillRegistry) -> Self {
        Self {
            skills: skills.clone(),
            orchestrator: Orchestrator::new(),
            name: Cow::Borrowed("Skills"),
            at_most: None,
            collect_errors: false,
            aggregator: Arc::new(Collect),
        }
    }

    /// Executes on this orchestrator: under its limits, its deadline and its permissions, and told to its observers.
    pub fn on(mut self, orchestrator: &Orchestrator) -> Self {
        self.orchestrator = orchestrator.clone();
        self
    }

    /// The name of its runs, in plans, events and failures.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Lets at most so many calls run at once, at least 1.
    pub fn with_concurrency(mut self, calls: usize) -> Self {
        self.at_most = Some(calls.max(1));
        self
    }

    /// Goes on when a call fails, and makes the output of the others; otherwise the first failure ends all, where the
    /// aggregator [needs all](ResultAggregator::tolerates_failures).
    pub fn collect_errors(mut self, collect: bool) -> Self {
        self.collect_errors = collect;
        self
    }

    /// What makes one output of the results: [`Collect`] where nobody says another.
    ///
    /// ```
    /// use orchestrated::dynamic::{FirstSuccessful, ParallelSkills, SkillCall, SkillRegistry, skill_fn};
    ///
    /// # futures::executor::block_on(async {
    /// let near = skill_fn("near", |_: SkillCall| async { Ok("from near".into()) });
    /// let far = skill_fn("far", |_: SkillCall| std::future::pending());
    /// let skills = SkillRegistry::new().with(near)?.with(far)?;
    /// // The first that succeeds cancels the others.
    /// let first = ParallelSkills::new(&skills).with_aggregator(FirstSuccessful);
    /// let fetched = first.execute([("far", "page"), ("near", "page")]).await?;
    /// assert_eq!(fetched.output().to::<&str>()?, "from near");
    /// assert_eq!(fetched.steps()[0].to_string(), "step `far` (skill `far`): stopped");
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn with_aggregator(mut self, aggregator: impl ResultAggregator + 'static) -> Self {
        self.set_aggregator(aggregator);
        self
    }

    /// The same for skills that stand somewhere already: from the next call on.
    pub fn set_aggregator(&mut self, aggregator: impl ResultAggregator + 'static) -> &mut Self {
        self.aggregator = Arc::new(aggregator);
        self
    }

    /// With [`Collect`].
    pub fn collected(self) -> Self {
        self.with_aggregator(Collect)
    }

    /// With [`Merge`].
    pub fn merged(self) -> Self {
        self.with_aggregator(Merge)
    }

    /// With what this closure makes of the results, which stand in the order of the calls: a [`Custom`] that
    /// [needs all](Custom::needs_all). With [`collect_errors`](Self::collect_errors) there are failures among them.
    pub fn aggregated_by(
        self,
        aggregate: impl Fn(&TaskResults) -> Result<AgentOutput, AgentError> + Send + Sync + 'static,
    ) -> Self {
        self.with_aggregator(Custom::new(aggregate).needs_all())
    }

    /// The graph that [`execute`](Self::execute) would run: its plan can be looked at first.
    ///
    /// # Errors
    ///
    /// All that is wrong with the calls.
    pub fn plan<S: Into<SkillStep>, I: Into<AgentInput>>(
        &self,
        calls: impl IntoIterator<Item = (S, I)>,
    ) -> Result<TaskGraph, OrchestrationError> {
        let calls = given(calls);
        self.graph(&self.resolved(&calls)?, &calls)
    }

    /// Calls the skills, each with its input, side by side: a [`SkillStep`], or the name of a skill.
    ///
    /// # Errors
    ///
    /// When the calls can never work, then nothing has started; when one fails (unless
    /// [errors are collected](Self::collect_errors)); when the run is cancelled, takes too long, or must not start; when no
    /// output can be made of the results.
    pub async fn execute<S: Into<SkillStep>, I: Into<AgentInput>>(
        &self,
        calls: impl IntoIterator<Item = (S, I)>,
    ) -> Result<SkillsOutcome, OrchestrationError> {
        let calls = given(calls);
        let steps = self.resolved(&calls)?;
        let graph = self.graph(&steps, &calls)?;
        let answered = aggregate::run(graph, &self.aggregator, &self.orchestrator).await?;
        let Answered { answer, results } = answered;
        let records = steps
            .iter()
            .map(|step| step.record(|name| why(results.get(name)?)));
        Ok(SkillsOutcome {
            output: answer,
            steps: records.collect(),
            results,
        })
    }

    fn resolved<'c>(
        &self,
        calls: &'c [(SkillStep, AgentInput)],
    ) -> Result<Vec<Resolved<'c>>, OrchestrationError> {
        let steps = calls.iter().map(|(step, _)| step);
        Ok(resolve(steps, &self.skills)?)
    }

    fn graph(
        &self,
        steps: &[Resolved<'_>],
        calls: &[(SkillStep, AgentInput)],
    ) -> Result<TaskGraph, OrchestrationError> {
        let inputs = calls.iter().map(|(_, input)| input);
        let tasks = steps
            .iter()
            .zip(inputs)
            .map(|(step, input)| step.task(input));
        let collects = self.collect_errors || self.aggregator.tolerates_failures();
        let graph = TaskGraph::new(self.name.clone(), tasks)?.collect_errors(collects);
        Ok(match self.at_most {
            Some(calls) => graph.with_concurrency(calls),
            None => graph,
        })
    }
}

/// Why a call has failed; one that was cancelled has not.
fn why(result: &TaskResult) -> Option<String> {
    let failure = result.as_ref().err()?;
    let is_failure = !matches!(failure.reason(), Reason::Cancelled);
    is_failure.then(|| failure.to_string())
}

fn given<S: Into<SkillStep>, I: Into<AgentInput>>(
    calls: impl IntoIterator<Item = (S, I)>,
) -> Vec<(SkillStep, AgentInput)> {
    let calls = calls.into_iter();
    calls
        .map(|(step, input)| (step.into(), input.into()))
        .collect()
}

impl SkillsOutcome {
    /// The one output that is made of all.
    #[must_use]
    pub fn output(&self) -> &AgentOutput {
        &self.output
    }

    /// The same by value.
    #[must_use]
    pub fn into_output(self) -> AgentOutput {
        self.output
    }

    /// What each call has produced, by the names of their steps, in the order of the calls.
    #[must_use]
    pub fn results(&self) -> &TaskResults {
        &self.results
    }

    /// What became of each call, in their order.
    #[must_use]
    pub fn steps(&self) -> &[SkillRecord] {
        &self.steps
    }
}
