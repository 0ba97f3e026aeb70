//! Skills: tools that say what they can work with, by name, put together into chains and side by side.

mod agent;
mod chain;
mod error;
mod mapping;
mod parallel;
mod pool;
mod record;
mod registry;
mod resolve;
mod spec;
mod step;

use std::{fmt, future::Future, sync::Arc};

use async_trait::async_trait;

use super::{AgentContext, AgentError, AgentInput, AgentOutput};

pub use agent::SkillAgent;
pub use chain::{SkillChain, SkillChainOutcome, SkillChainRecord};
pub use error::{SkillInputError, SkillPlanError, SkillPlanErrors};
pub use mapping::{MappingError, OutputMapping, ValuePath};
pub use parallel::{ParallelSkills, SkillsOutcome};
pub use pool::SkillPool;
pub use record::{SkillEnd, SkillRecord};
pub use registry::{RegisterError, SkillRegistry, UnknownSkill};
pub use spec::{SkillChainLimits, SkillChainSpec};
pub use step::{OnFailure, SkillStep};

/// A skill: a tool with a name, which looks at what it is given before it works on it.
///
/// It is implemented with [`async_trait`](super::async_trait), and stands behind a pointer: an `Arc<dyn Skill>` does many
/// calls at once. To the rule about agents it is a tool.
///
/// ```
/// use orchestrated::dynamic::{
///     AgentContext, AgentError, AgentInput, AgentOutput, Skill, SkillCall, SkillChain, SkillInputError, SkillRegistry,
///     async_trait,
/// };
///
/// /// The first words of a text: as many as its parameter `words` says.
/// struct Shorten;
///
/// #[async_trait]
/// impl Skill for Shorten {
///     fn name(&self) -> &str { "shorten" }
///
///     fn validate(&self, input: &AgentInput) -> Result<(), SkillInputError> {
///         match input.to::<&str>() {
///             Ok(_) => Ok(()),
///             Err(error) => Err(SkillInputError::new(error)),
///         }
///     }
///
///     async fn execute(&self, _: AgentContext<'_>, call: SkillCall) -> Result<AgentOutput, AgentError> {
///         let words: usize = call.parameters.get("words")?;
///         let text: Vec<_> = call.input.to::<&str>()?.split_whitespace().take(words).collect();
///         Ok(text.join(" ").into())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// use orchestrated::dynamic::SkillStep;
///
/// let skills = SkillRegistry::new().with(Shorten)?;
/// let chain = SkillChain::new(&skills)
///     .then(SkillStep::new("shorten").with_parameters(AgentInput::default().with("words", 2)));
/// assert_eq!(chain.execute("one two three").await?.output().to::<&str>()?, "one two");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// # Panics
///
/// One that panics in [`validate`](Self::validate) or [`execute`](Self::execute) fails its step. What it says of itself
/// ([`name`](Self::name), [`description`](Self::description), [`is_idempotent`](Self::is_idempotent)) must not panic; a
/// panic there goes where that of an [`Agent`](super::Agent) goes.
#[async_trait]
pub trait Skill: Send + Sync {
    /// Its name: that by which chains ask for it.
    fn name(&self) -> &str;

    /// What it does, for people and for models; empty where it says nothing.
    #[expect(
        clippy::unnecessary_literal_bound,
        reason = "who implements it has a text of its own"
    )]
    fn description(&self) -> &str {
        ""
    }

    /// Whether running it twice does no harm: a step that is tried again asks for that. It does harm, where the skill says
    /// nothing.
    fn is_idempotent(&self) -> bool {
        false
    }

    /// Looks at an input before any work is done: fine, where it says nothing.
    ///
    /// # Errors
    ///
    /// All that keeps the skill from working with it, at once. No second attempt is made then.
    fn validate(&self, input: &AgentInput) -> Result<(), SkillInputError> {
        let _ = input;
        Ok(())
    }

    /// Does its work. The input has been [validated](Self::validate).
    ///
    /// # Errors
    ///
    /// When it cannot.
    async fn execute(
        &self,
        cx: AgentContext<'_>,
        call: SkillCall,
    ) -> Result<AgentOutput, AgentError>;
}

/// What a skill is asked: what to work on, and how.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, SkillCall};
///
/// let call = SkillCall::new("rust is old").with_parameters(AgentInput::default().with("word", "rust"));
/// assert!(call.input.to::<&str>()?.contains(call.parameters.get::<&str>("word")?));
/// # Ok::<_, orchestrated::dynamic::ValueError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SkillCall {
    /// What it works on: in a chain, what the step before it hands on.
    pub input: AgentInput,
    /// How: what its step says, whatever the input is. Nothing where that says nothing.
    pub parameters: AgentInput,
}

impl SkillCall {
    /// Work on this, without parameters.
    pub fn new(input: impl Into<AgentInput>) -> Self {
        Self {
            input: input.into(),
            parameters: AgentInput::default(),
        }
    }

    /// With these parameters.
    #[must_use]
    pub fn with_parameters(mut self, parameters: impl Into<AgentInput>) -> Self {
        self.parameters = parameters.into();
        self
    }
}

impl fmt::Debug for dyn Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Skill({})", self.name())
    }
}

/// What is taken as a skill: a [`Skill`], or an [`Arc`] of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a skill",
    label = "not a skill",
    note = "implement `Skill` for it, or make one of a closure with `skill_fn`"
)]
pub trait IntoSkill {
    /// The skill.
    fn into_skill(self) -> Arc<dyn Skill>;
}

impl<S: Skill + 'static> IntoSkill for S {
    fn into_skill(self) -> Arc<dyn Skill> {
        Arc::new(self)
    }
}

impl<S: Skill + 'static> IntoSkill for Arc<S> {
    fn into_skill(self) -> Arc<dyn Skill> {
        self
    }
}

impl IntoSkill for Arc<dyn Skill> {
    fn into_skill(self) -> Self {
        self
    }
}

impl IntoSkill for &Arc<dyn Skill> {
    fn into_skill(self) -> Arc<dyn Skill> {
        Arc::clone(self)
    }
}

/// A skill that is a closure: see [`skill_fn`].
#[derive(Clone)]
pub struct SkillFn<F> {
    name: Arc<str>,
    description: Arc<str>,
    is_idempotent: bool,
    validate: Option<Arc<Validate>>,
    run: F,
}

type Validate = dyn Fn(&AgentInput) -> Result<(), SkillInputError> + Send + Sync;

/// Makes a skill of an async function of its call.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, SkillCall, SkillInputError, skill_fn};
///
/// let repeat = skill_fn("repeat", |call: SkillCall| async move {
///     let times = call.parameters.get("times")?;
///     Ok(call.input.to::<&str>()?.repeat(times).into())
/// })
/// .described("Says a text several times")
/// .idempotent()
/// .validating(|input: &AgentInput| match input.to::<&str>() {
///     Ok("") => Err(SkillInputError::new("there is nothing to say")),
///     Ok(_) => Ok(()),
///     Err(error) => Err(SkillInputError::new(error)),
/// });
/// # let _ = repeat;
/// ```
pub fn skill_fn<F, R>(name: impl Into<Arc<str>>, run: F) -> SkillFn<F>
where
    F: Fn(SkillCall) -> R + Send + Sync,
    R: Future<Output = Result<AgentOutput, AgentError>> + Send,
{
    SkillFn {
        name: name.into(),
        description: "".into(),
        is_idempotent: false,
        validate: None,
        run,
    }
}

impl<F> SkillFn<F> {
    /// Says what it does.
    #[must_use]
    pub fn described(mut self, description: impl Into<Arc<str>>) -> Self {
        self.description = description.into();
        self
    }

    /// Running it twice does no harm.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.is_idempotent = true;
        self
    }

    /// Looks at an input before any work is done: see [`Skill::validate`].
    #[must_use]
    pub fn validating(
        mut self,
        validate: impl Fn(&AgentInput) -> Result<(), SkillInputError> + Send + Sync + 'static,
    ) -> Self {
        self.validate = Some(Arc::new(validate));
        self
    }
}

#[async_trait]
impl<F, R> Skill for SkillFn<F>
where
    F: Fn(SkillCall) -> R + Send + Sync,
    R: Future<Output = Result<AgentOutput, AgentError>> + Send,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn is_idempotent(&self) -> bool {
        self.is_idempotent
    }

    fn validate(&self, input: &AgentInput) -> Result<(), SkillInputError> {
        match &self.validate {
            Some(validate) => validate(input),
            None => Ok(()),
        }
    }

    async fn execute(
        &self,
        _: AgentContext<'_>,
        call: SkillCall,
    ) -> Result<AgentOutput, AgentError> {
        (self.run)(call).await
    }
}

impl<F> fmt::Debug for SkillFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Skill({})", self.name)
    }
}
