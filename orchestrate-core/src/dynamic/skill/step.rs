//! One call of a skill: in a chain, or beside others.

use std::time::Duration;

use super::{
    super::{AgentInput, AgentOutput, Retries},
    OutputMapping,
};

/// A step: which skill, how, what it hands on, and what is done when it fails.
///
/// ```
/// use std::time::Duration;
/// use orchestrated::dynamic::{OnFailure, OutputMapping, Retries, SkillStep};
///
/// let step = SkillStep::new("search")
///     .named("find sources")
///     .with_parameters(serde_json::json!({ "limit": 5 }))
///     .with_output(OutputMapping::path("/results"))
///     .with_timeout(Duration::from_secs(10))
///     .idempotent()
///     .on_failure(OnFailure::Retry(Retries::new(3)));
/// assert_eq!(step.skill(), "search");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a step does nothing until it is part of a chain or of a call"]
pub struct SkillStep {
    pub(super) skill: String,
    pub(super) name: Option<String>,
    pub(super) parameters: AgentInput,
    pub(super) output: OutputMapping,
    pub(super) on_failure: OnFailure,
    pub(super) timeout: Option<Duration>,
    pub(super) idempotent: bool,
}

/// What is done when a step fails: when its skill does, panics or takes too long, when that cannot work with its input, or
/// when something is missing that the step should hand on.
///
/// ```
/// use orchestrated::dynamic::{OnFailure, Retries, SkillStep};
///
/// let search = SkillStep::new("search").on_failure(OnFailure::Retry(Retries::new(3)));
/// let summary = SkillStep::new("summarise").on_failure(OnFailure::skip("no summary"));
/// # let _ = (search, summary);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum OnFailure {
    /// The whole fails.
    #[default]
    Fail,
    /// It is tried again, and the whole fails when all attempts have. It asks for a step or a skill that is idempotent: a
    /// second attempt may repeat its effects. An input that the skill cannot work with is not tried again.
    Retry(Retries),
    /// It goes on with a default.
    Skip {
        /// What is handed on then, as it is: what the step maps of an output does not apply to it.
        default: AgentOutput,
    },
}

impl OnFailure {
    /// Goes on with this.
    #[must_use]
    pub fn skip(default: impl Into<AgentOutput>) -> Self {
        Self::Skip {
            default: default.into(),
        }
    }
}

impl SkillStep {
    /// A call of this skill.
    pub fn new(skill: impl Into<String>) -> Self {
        Self {
            skill: skill.into(),
            name: None,
            parameters: AgentInput::default(),
            output: OutputMapping::Whole,
            on_failure: OnFailure::Fail,
            timeout: None,
            idempotent: false,
        }
    }

    /// Its name in plans, events and failures. Without one it has that of its skill; the second such step of `search` is
    /// `search 2`.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What its skill is told besides the input.
    pub fn with_parameters(mut self, parameters: impl Into<AgentInput>) -> Self {
        self.parameters = parameters.into();
        self
    }

    /// What it hands on.
    pub fn with_output(mut self, output: OutputMapping) -> Self {
        self.output = output;
        self
    }

    /// What is done when it fails.
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// How long one attempt may take.
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Running it twice does no harm, whatever its skill says of itself.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The name of its skill.
    #[must_use]
    pub fn skill(&self) -> &str {
        &self.skill
    }
}

impl From<&str> for SkillStep {
    fn from(skill: &str) -> Self {
        Self::new(skill)
    }
}

impl From<String> for SkillStep {
    fn from(skill: String) -> Self {
        Self::new(skill)
    }
}
