//! A skill as an agent: what every orchestrator asks.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use orchestrate_plan::Kind;

use super::{
    super::{Agent, AgentContext, AgentError, AgentInput, AgentOutput, IntoAgent},
    IntoSkill, Skill, SkillCall,
};

/// A skill as an [`Agent`], so that it serves in every orchestrator. It stays a tool in the plan, and is capable of what has
/// the name of the skill.
///
/// An `Arc<dyn Skill>`, such as a [registry](super::SkillRegistry::get) has, becomes one by itself.
///
/// ```
/// use orchestrated::dynamic::{AgentTask, ParallelOrchestrator, SkillAgent, SkillCall, skill_fn};
///
/// # futures::executor::block_on(async {
/// let repeat = skill_fn("repeat", |call: SkillCall| async move {
///     Ok(call.input.to::<&str>()?.repeat(call.parameters.get("times")?).into())
/// });
/// let twice = SkillAgent::new(repeat).with_parameters(serde_json::json!({ "times": 2 }));
/// let results = ParallelOrchestrator::new().execute([AgentTask::new("say", twice, "ho")]).await?;
/// assert_eq!(results.output("say").unwrap().to::<&str>()?, "hoho");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct SkillAgent {
    skill: Arc<dyn Skill>,
    parameters: AgentInput,
    capabilities: Vec<String>,
}

impl SkillAgent {
    /// This skill, without parameters.
    #[must_use]
    pub fn new(skill: impl IntoSkill) -> Self {
        let skill = skill.into_skill();
        Self {
            parameters: AgentInput::default(),
            capabilities: vec![skill.name().to_owned()],
            skill,
        }
    }

    /// With these parameters, whatever the input is.
    #[must_use]
    pub fn with_parameters(mut self, parameters: impl Into<AgentInput>) -> Self {
        self.parameters = parameters.into();
        self
    }

    /// Adds what it can do.
    #[must_use]
    pub fn capable_of(mut self, capabilities: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let capabilities = capabilities.into_iter().map(Into::into);
        self.capabilities.extend(capabilities);
        self
    }
}

#[async_trait]
impl Agent for SkillAgent {
    fn name(&self) -> &str {
        self.skill.name()
    }

    fn kind(&self) -> Kind {
        Kind::Tool
    }

    fn capabilities(&self) -> &[String] {
        &self.capabilities
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        input: AgentInput,
    ) -> Result<AgentOutput, AgentError> {
        let call = SkillCall::new(input).with_parameters(self.parameters.clone());
        call_skill(&*self.skill, cx, call).await
    }
}

/// Has a skill look at its input, and then work on it.
pub(super) async fn call_skill(
    skill: &dyn Skill,
    cx: AgentContext<'_>,
    call: SkillCall,
) -> Result<AgentOutput, AgentError> {
    if let Err(error) = skill.validate(&call.input) {
        return Err(AgentError::new(error.of(skill.name())).permanent());
    }
    skill.execute(cx, call).await
}

impl IntoAgent for Arc<dyn Skill> {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::new(SkillAgent::new(self))
    }
}

impl IntoAgent for &Arc<dyn Skill> {
    fn into_agent(self) -> Arc<dyn Agent> {
        Arc::new(SkillAgent::new(self))
    }
}

impl fmt::Debug for SkillAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkillAgent")
            .field("skill", &self.skill.name())
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}
