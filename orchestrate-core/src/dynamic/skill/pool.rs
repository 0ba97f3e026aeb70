//! Several instances of one skill.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use super::{
    super::{AgentContext, AgentError, AgentInput, AgentLoad, AgentOutput, route::Desk},
    IntoSkill, Skill, SkillCall, SkillInputError,
};

/// Several instances of one skill, which share its work: each call goes to the instance that has the least of it in flight,
/// and of equals to the one that has waited longest.
///
/// It is registered as the one skill of its name. It is idempotent when all of its instances are. What an input must be, its
/// first instance says, and so does its description.
///
/// ```
/// use orchestrated::dynamic::{ParallelSkills, SkillCall, SkillPool, SkillRegistry, skill_fn};
///
/// # futures::executor::block_on(async {
/// let servers = ["north", "south"].map(|server| {
///     skill_fn(server, move |_: SkillCall| async move { Ok(server.into()) })
/// });
/// let skills = SkillRegistry::new().with(SkillPool::new("fetch", servers))?;
/// let fetched = ParallelSkills::new(&skills).execute([("fetch", "a"), ("fetch", "b")]).await?;
/// assert_eq!(fetched.output().value(), &serde_json::json!(["north", "south"]));
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct SkillPool {
    name: Box<str>,
    desk: Desk<dyn Skill>,
    first: Option<Arc<dyn Skill>>,
}

impl SkillPool {
    /// These instances, under this name. A call of a pool without any fails.
    #[must_use]
    pub fn new(
        name: impl Into<Box<str>>,
        instances: impl IntoIterator<Item = impl IntoSkill>,
    ) -> Self {
        let mut pool = Self {
            name: name.into(),
            desk: Desk::default(),
            first: None,
        };
        for instance in instances {
            let skill = instance.into_skill();
            pool.first.get_or_insert_with(|| Arc::clone(&skill));
            let own = skill.name().to_owned();
            pool.desk.enter(&own, skill, 1);
        }
        pool
    }

    /// How many instances there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.desk.members().len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// How much each instance has to do, in the order in which they were given. One that has the name of another is known
    /// by a number besides: `fetch #2`.
    #[must_use]
    pub fn loads(&self) -> Vec<AgentLoad> {
        self.desk.loads()
    }

    /// How many calls its instances are working on.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.desk.in_flight()
    }
}

#[async_trait]
impl Skill for SkillPool {
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        let first = self.first.as_ref();
        first.map_or("", |skill| skill.description())
    }

    fn is_idempotent(&self) -> bool {
        let members = self.desk.members();
        members.iter().all(|member| member.worker().is_idempotent())
    }

    fn validate(&self, input: &AgentInput) -> Result<(), SkillInputError> {
        match &self.first {
            Some(skill) => skill.validate(input),
            None => Ok(()),
        }
    }

    async fn execute(
        &self,
        cx: AgentContext<'_>,
        call: SkillCall,
    ) -> Result<AgentOutput, AgentError> {
        let Some(given) = self.desk.give(self.desk.members().iter()) else {
            return Err(AgentError::msg("the pool has no instance of the skill").permanent());
        };
        given.member().worker().execute(cx, call).await
    }
}

impl fmt::Debug for SkillPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkillPool")
            .field("name", &self.name)
            .field("instances", &self.desk)
            .finish_non_exhaustive()
    }
}
