//! Skills by name.

use std::{collections::BTreeMap, error::Error, fmt, sync::Arc};

use orchestrate_plan::nearest;

use super::{
    super::text::{listed, quoted},
    IntoSkill, Skill,
};

/// Skills by name, where chains look for them. Cheap to clone: a clone has the skills that there were when it was made.
///
/// A name stands for one skill. Where several instances share its work, that one is a [`SkillPool`](super::SkillPool).
///
/// ```
/// use orchestrated::dynamic::{SkillCall, SkillRegistry, skill_fn};
///
/// let mut skills = SkillRegistry::new();
/// skills.register(skill_fn("search", |call: SkillCall| async move { Ok(call.input.into_value().into()) }))?;
/// assert_eq!(skills.get("search")?.name(), "search");
/// assert_eq!(
///     skills.get("serach").unwrap_err().to_string(),
///     "no skill is named `serach`; did you mean `search`? there are: `search`"
/// );
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct SkillRegistry {
    skills: Arc<BTreeMap<Box<str>, Arc<dyn Skill>>>,
}

impl SkillRegistry {
    /// One without skills.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a skill under its name.
    ///
    /// # Errors
    ///
    /// When that is taken, or empty; then nothing has changed.
    pub fn register(&mut self, skill: impl IntoSkill) -> Result<(), RegisterError> {
        let skill = skill.into_skill();
        let name = skill.name();
        if name.trim().is_empty() {
            return Err(RegisterError::Unnamed);
        }
        if self.skills.contains_key(name) {
            return Err(RegisterError::Taken {
                name: name.to_owned(),
            });
        }
        self.replace(skill);
        Ok(())
    }

    /// The same by value: `SkillRegistry::new().with(search)?.with(read)?`.
    ///
    /// # Errors
    ///
    /// Those of [`register`](Self::register).
    pub fn with(mut self, skill: impl IntoSkill) -> Result<Self, RegisterError> {
        self.register(skill)?;
        Ok(self)
    }

    /// Registers a skill under its name, on purpose even where that is taken: the skill that had it is given back. Chains
    /// that were made before keep that one.
    pub fn replace(&mut self, skill: impl IntoSkill) -> Option<Arc<dyn Skill>> {
        let skill = skill.into_skill();
        let name = skill.name().into();
        Arc::make_mut(&mut self.skills).insert(name, skill)
    }

    /// The skill of this name.
    ///
    /// # Errors
    ///
    /// When there is none: with the nearest names, and all that there are.
    pub fn get(&self, name: &str) -> Result<&Arc<dyn Skill>, UnknownSkill> {
        self.skills
            .get(name)
            .ok_or_else(|| self.unknown(name.to_owned()))
    }

    #[cold]
    fn unknown(&self, name: String) -> UnknownSkill {
        let known: Vec<String> = self.skills.keys().map(ToString::to_string).collect();
        UnknownSkill {
            nearest: nearest(&name, known.iter().map(String::as_str)),
            name,
            known,
        }
    }

    /// The skills, in the order of their names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Arc<dyn Skill>)> {
        self.skills.iter().map(|(name, skill)| (&**name, skill))
    }

    /// How many skills there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.skills.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.skills.is_empty()
    }
}

impl fmt::Debug for SkillRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.skills.keys()).finish()
    }
}

/// Why a skill is not registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError {
    /// Another skill has its name.
    Taken {
        /// The name.
        name: String,
    },
    /// Its name is empty.
    Unnamed,
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { name } => write!(
                f,
                "a skill is already registered as {}: `replace` takes its place on purpose",
                quoted(name)
            ),
            Self::Unnamed => f.write_str("the name of a skill is empty"),
        }
    }
}

impl Error for RegisterError {}

/// Nobody knows a skill of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSkill {
    /// The name.
    pub name: String,
    /// The skills that may have been meant, the nearest first; often none. Three at most.
    pub nearest: Vec<String>,
    /// The skills that there are, in the order of their names.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownSkill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no skill is named {}; ", quoted(&self.name))?;
        if let Some(near) = self.nearest.first() {
            write!(f, "did you mean {}? ", quoted(near))?;
        }
        if self.known.is_empty() {
            return f.write_str("none is registered");
        }
        let known = self.known.iter().map(String::as_str);
        write!(f, "there are: {}", listed(known))
    }
}

impl Error for UnknownSkill {}
