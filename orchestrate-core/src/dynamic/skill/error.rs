//! What can be wrong with the input of a skill, and with chains.

use std::{error::Error, fmt};

use super::{
    super::text::{listed, quoted},
    UnknownSkill,
};

/// What keeps a skill from working with an input: all of it at once.
///
/// ```
/// use orchestrated::dynamic::{AgentInput, SkillInputError};
///
/// fn validate(input: &AgentInput) -> Result<(), SkillInputError> {
///     let from = input.get::<u32>("from").err().map(|error| error.to_string());
///     let to = input.get::<u32>("to").err().map(|error| error.to_string());
///     SkillInputError::unless_empty([from, to].into_iter().flatten())
/// }
/// let input = AgentInput::default().with("form", 1).with("to", 2);
/// assert_eq!(validate(&input).unwrap_err().problems().len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillInputError {
    skill: Option<String>,
    problems: Vec<String>,
}

impl SkillInputError {
    /// One problem.
    #[must_use]
    pub fn new(problem: impl fmt::Display) -> Self {
        Self {
            skill: None,
            problems: vec![problem.to_string()],
        }
    }

    /// An error where there is a problem.
    ///
    /// # Errors
    ///
    /// When there is at least one.
    pub fn unless_empty(problems: impl IntoIterator<Item = impl fmt::Display>) -> Result<(), Self> {
        let problems: Vec<_> = problems.into_iter().map(|it| it.to_string()).collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Self {
            skill: None,
            problems,
        })
    }

    /// With another problem.
    #[must_use]
    pub fn and(mut self, problem: impl fmt::Display) -> Self {
        self.problems.push(problem.to_string());
        self
    }

    /// The problems.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The skill that cannot work with it; none where nobody has said yet.
    #[must_use]
    pub fn skill(&self) -> Option<&str> {
        self.skill.as_deref()
    }

    pub(super) fn of(mut self, skill: &str) -> Self {
        self.skill = Some(skill.to_owned());
        self
    }
}

impl fmt::Display for SkillInputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(skill) = &self.skill {
            write!(f, "skill {} cannot work with its input: ", quoted(skill))?;
        }
        f.write_str(&self.problems.join("; "))
    }
}

impl Error for SkillInputError {}

/// One mistake in steps, or in the text that they come in. Its parts are data: a program can act on them, and a model can be
/// told.
///
/// Places are written like `steps[3].parameters`: steps are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkillPlanError {
    /// There are no steps.
    NoSteps,
    /// A step asks for a skill that nobody knows.
    UnknownSkill {
        /// Where it does.
        place: String,
        /// What there is instead.
        error: UnknownSkill,
    },
    /// Two steps have one name, or a step has none at all.
    BadName {
        /// The step.
        place: String,
        /// The name; empty where there is none.
        name: String,
    },
    /// A step is tried again, though neither it nor its skill is declared idempotent.
    UnsafeRetry {
        /// The step.
        step: String,
        /// Its skill.
        skill: String,
    },
    /// A path that can point at nothing.
    BadPath {
        /// Where it stands.
        place: String,
        /// The path.
        path: String,
    },

    /// A text is no JSON, names something twice, or exceeds a limit before its end.
    Unreadable {
        /// What is wrong.
        message: String,
        /// The line, counted from 1; 0 where it is not known.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// Something is of another type than it should be.
    Misfit {
        /// Where it stands.
        place: String,
        /// What should stand there.
        expected: &'static str,
        /// What does.
        found: &'static str,
    },
    /// A field that does not exist.
    UnknownField {
        /// Where it stands.
        place: String,
        /// The fields that there are.
        known: &'static [&'static str],
        /// The field that may have been meant.
        nearest: Option<String>,
    },
    /// A field that must be there, and is not.
    MissingField {
        /// Where it should stand.
        place: String,
        /// The field.
        field: &'static str,
    },
    /// Something exceeds one of the [`SkillChainLimits`](super::SkillChainLimits).
    TooMuch {
        /// Where it stands; empty for the whole.
        place: String,
        /// What there is too much of.
        what: &'static str,
        /// How much there is, as far as it was counted.
        found: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// Reading has ended after so many mistakes.
    AndMore {
        /// How many were found.
        mistakes: usize,
    },
}

impl fmt::Display for SkillPlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSteps => f.write_str("there are no steps"),
            Self::UnknownSkill { place, error } => write!(f, "{place}: {error}"),
            Self::BadName { place, name } if name.trim().is_empty() => {
                write!(f, "{place}: its name is empty")
            }
            Self::BadName { place, name } => {
                write!(f, "{place}: another step is already named {}", quoted(name))
            }
            Self::UnsafeRetry { step, skill } => write!(
                f,
                "`retry` on step {}, but neither it nor skill {} is declared idempotent: a second attempt may repeat \
                 its effects",
                quoted(step),
                quoted(skill)
            ),
            Self::BadPath { place, path } => write!(
                f,
                "{place}: {} is no path: it starts with `/`, or with `input:/`, and a `~` stands before `0` or `1`",
                quoted(path)
            ),
            Self::Unreadable {
                message, line: 0, ..
            } => f.write_str(message),
            Self::Unreadable {
                message,
                line,
                column,
            } => write!(f, "line {line}, column {column}: {message}"),
            Self::Misfit {
                place,
                expected,
                found,
            } => write!(f, "{place}: {expected} is expected, and not {found}"),
            Self::UnknownField {
                place,
                nearest: Some(nearest),
                ..
            } => write!(f, "{place}: unknown field; did you mean `{nearest}`?"),
            Self::UnknownField { place, known, .. } => {
                let known = listed(known.iter().copied());
                write!(f, "{place}: unknown field; there are: {known}")
            }
            Self::MissingField { place, field } => write!(f, "{place}: there is no `{field}`"),
            Self::TooMuch {
                place,
                what,
                found,
                limit,
            } => {
                let separator = if place.is_empty() { "" } else { ": " };
                write!(
                    f,
                    "{place}{separator}{found} {what}: at most {limit} are allowed"
                )
            }
            Self::AndMore { mistakes } => {
                write!(f, "nothing is looked at any more after {mistakes} mistakes")
            }
        }
    }
}

impl Error for SkillPlanError {}

/// All that is wrong with steps: at least one mistake.
///
/// It prints one mistake a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillPlanErrors {
    list: Vec<SkillPlanError>,
}

/// After so many mistakes nobody looks on.
pub(super) const MISTAKES: usize = 100;

impl SkillPlanErrors {
    /// An error where there is something wrong.
    pub(super) fn unless_empty(mut list: Vec<SkillPlanError>) -> Result<(), Self> {
        if list.is_empty() {
            return Ok(());
        }
        if list.len() > MISTAKES {
            list.truncate(MISTAKES);
            list.push(SkillPlanError::AndMore { mistakes: MISTAKES });
        }
        Err(Self { list })
    }

    /// The mistakes, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, SkillPlanError> {
        self.list.iter()
    }

    /// How many mistakes there are: never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.list.len()
    }
}

impl From<SkillPlanError> for SkillPlanErrors {
    fn from(error: SkillPlanError) -> Self {
        Self { list: vec![error] }
    }
}

impl fmt::Display for SkillPlanErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.list.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl Error for SkillPlanErrors {}

impl IntoIterator for SkillPlanErrors {
    type Item = SkillPlanError;
    type IntoIter = std::vec::IntoIter<SkillPlanError>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a SkillPlanErrors {
    type Item = &'a SkillPlanError;
    type IntoIter = std::slice::Iter<'a, SkillPlanError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
