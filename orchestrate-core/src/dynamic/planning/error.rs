//! What can be wrong with operations, and with the text that they come in.

mod message;

use std::{error::Error, fmt};

use orchestrate_plan::Kind;

/// One mistake in operations, in a plan, or in the text of either. Its parts are data: a program can act on them, and a
/// model can be told.
///
/// It prints as one line: lower case, no full stop, names in backticks. A name that is very long is cut, and control
/// characters are escaped.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, PlanError, analyze}, plan::Kind};
///
/// let errors = analyze([Operation::new("sum", Kind::Tool).reads(["numbers"])]).unwrap_err();
/// for error in &errors {
///     if let PlanError::UnknownInput { operation, input, .. } = error {
///         assert_eq!((&**operation, &**input), ("sum", "numbers"));
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// Operations depend on one another in a circle, so that none of them could start.
    Cycle {
        /// The operations in the direction of their data, each once: the first one depends on the last.
        operations: Vec<String>,
    },
    /// An operation reads its own output.
    OwnOutput {
        /// The operation.
        operation: String,
    },
    /// An operation comes after itself.
    AfterItself {
        /// The operation.
        operation: String,
    },
    /// An operation reads what nobody produces, and what is no input either.
    UnknownInput {
        /// The operation that reads it.
        operation: String,
        /// What it reads.
        input: String,
        /// The values that may have been meant, the nearest first; often none. Three at most.
        nearest: Vec<String>,
    },
    /// An operation reads the name of an operation whose outputs have names of their own.
    NotAnOutput {
        /// The operation that reads it.
        operation: String,
        /// What it reads: the name of another operation.
        input: String,
        /// The outputs of that one.
        outputs: Vec<String>,
    },
    /// What stands in `after` is no operation.
    UnknownDependency {
        /// The operation that should come later.
        operation: String,
        /// What it should come after.
        after: String,
        /// The operations that may have been meant, the nearest first; often none. Three at most.
        nearest: Vec<String>,
    },
    /// A value is produced by two operations, or is an input already.
    DuplicateProducer {
        /// The operation that produces it again.
        operation: String,
        /// The value.
        output: String,
        /// The operation that produces it first; none where it is an input of the whole.
        first: Option<String>,
    },
    /// An operation produces a value twice.
    ProducedTwice {
        /// The operation.
        operation: String,
        /// The value.
        output: String,
    },
    /// Two operations have one name.
    DuplicateOperation {
        /// That name.
        operation: String,
    },
    /// Two inputs of the whole have one name.
    DuplicateInput {
        /// That name.
        input: String,
    },
    /// A name is empty, or of spaces only.
    EmptyName {
        /// The operation; none for the inputs of the whole.
        operation: Option<OperationPlace>,
        /// Where it stands: `id`, `inputs`, `outputs` or `after`.
        field: &'static str,
    },
    /// Something else that the planner finds.
    Unplanned {
        /// In its words, where an operation is a step.
        message: String,
    },

    /// A text is not what it should be: its syntax, or the type of something in it.
    Unreadable {
        /// What is wrong, in the words of what reads it.
        message: String,
        /// The line, counted from 1. None where it is not known.
        line: Option<usize>,
        /// The column, counted from 1.
        column: Option<usize>,
        /// The operation that was being read.
        operation: Option<OperationPlace>,
    },
    /// A field that does not exist.
    UnknownField {
        /// The operation that has it; none where it is a field of the whole.
        operation: Option<OperationPlace>,
        /// The field.
        field: String,
        /// The field that may have been meant.
        nearest: Option<&'static str>,
    },
    /// A field that is given more than once.
    RepeatedField {
        /// The operation that has it; none where it is a field of the whole.
        operation: Option<OperationPlace>,
        /// The field.
        field: String,
    },
    /// A field that must be there, and is not.
    MissingField {
        /// The operation that lacks it; none where it is a field of the whole.
        operation: Option<OperationPlace>,
        /// The field.
        field: &'static str,
    },
    /// A kind that does not exist.
    UnknownKind {
        /// The operation that has it.
        operation: OperationPlace,
        /// The word.
        kind: String,
        /// The kind that may have been meant.
        nearest: Option<String>,
    },

    /// A text has more bytes than [`PlanLimits::bytes`](super::PlanLimits::bytes), or stands for more by its aliases.
    TooLarge {
        /// How many bytes it has, as far as they were counted.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// There are more operations than [`PlanLimits::operations`](super::PlanLimits::operations).
    TooManyOperations {
        /// How many are allowed.
        limit: usize,
    },
    /// A list has more names than [`PlanLimits::names`](super::PlanLimits::names).
    TooManyNames {
        /// The operation; none for the inputs of the whole.
        operation: Option<OperationPlace>,
        /// The list: `inputs`, `outputs`, `after`, or `dependencies` of a plan.
        field: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// A name has more bytes than [`PlanLimits::name_bytes`](super::PlanLimits::name_bytes).
    NameTooLong {
        /// How it starts.
        start: String,
        /// How many bytes it has.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// There are more values in parameters than [`PlanLimits::values`](super::PlanLimits::values).
    TooManyValues {
        /// The operation at which the limit was reached.
        operation: Option<OperationPlace>,
        /// How many are allowed.
        limit: usize,
    },
    /// Parameters nest deeper than [`PlanLimits::nesting`](super::PlanLimits::nesting).
    TooNested {
        /// The operation.
        operation: Option<OperationPlace>,
        /// How many levels are allowed.
        limit: usize,
    },
    /// There are more batches than [`PlanLimits::depth`](super::PlanLimits::depth).
    TooDeep {
        /// How many there are, as far as they were counted.
        batches: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A batch has more operations than [`PlanLimits::width`](super::PlanLimits::width).
    TooWide {
        /// The batch, counted from 0.
        batch: usize,
        /// How many operations it has, as far as they were counted.
        operations: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Workflows nest deeper in a plan than a run may.
    TooManyWorkflows {
        /// How many levels are allowed.
        limit: usize,
    },

    /// A task is tried again that is not declared idempotent.
    UnsafeRetry {
        /// The task.
        task: String,
    },
    /// A task of a stream comes after another, of which the stream need not know any more.
    AfterInStream {
        /// The task.
        task: String,
        /// What it should come after.
        after: String,
    },
    /// Nobody is there to do an operation.
    Unassigned {
        /// The operation.
        operation: String,
    },
    /// An operation is of a kind that no agent does: human, or flow.
    OfOtherKind {
        /// The operation.
        operation: String,
        /// Its kind.
        kind: Kind,
    },
    /// What the operations read is not given.
    MissingInput {
        /// The input.
        input: String,
    },
    /// A parameter has the name of what its operation reads.
    ParameterOfInput {
        /// The operation.
        operation: String,
        /// The parameter.
        parameter: String,
    },
    /// An operation asks for an agent that nobody knows.
    UnknownAgent {
        /// The agent.
        agent: String,
        /// The operation that asks for it.
        operation: String,
        /// The agents that may have been meant, the nearest first; often none.
        nearest: Vec<String>,
    },
}

/// Which operation of a text it is.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::dynamic::{Operations, PlanError, PlanLimits};
///
/// let text = r#"[{ "id": "a" }, { "id": "b", "inputs": 3 }]"#;
/// let errors = Operations::from_json(text, &PlanLimits::default()).unwrap_err();
/// let Some(PlanError::Unreadable { operation: Some(place), .. }) = errors.iter().next() else {
///     unreachable!("a number is no list of names")
/// };
/// assert_eq!((place.index, place.id.as_deref()), (1, Some("b")));
/// assert_eq!(place.to_string(), "operation `b`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationPlace {
    /// Where it stands among the operations, counted from 0.
    pub index: usize,
    /// Its name, where that was read already.
    pub id: Option<String>,
}

/// What was planned, in a word: a mistake in tasks is told of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dynamic) enum Planned {
    Operations,
    Tasks,
    Subtasks,
}

impl Planned {
    fn one(self) -> &'static str {
        match self {
            Self::Operations => "operation",
            Self::Tasks => "task",
            Self::Subtasks => "subtask",
        }
    }

    /// The same of what only tasks can have.
    fn task(self) -> &'static str {
        match self {
            Self::Operations | Self::Tasks => "task",
            Self::Subtasks => "subtask",
        }
    }

    fn many(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Tasks => "tasks",
            Self::Subtasks => "subtasks",
        }
    }
}

/// All that is wrong with operations, with tasks, or with subtasks: at least one mistake.
///
/// It prints one mistake a line, in the words of what was planned. A [`PlanError`] alone does not know that, and speaks of
/// operations; see [`messages`](Self::messages).
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, analyze}, plan::Kind};
///
/// let errors = analyze([Operation::new("sum", Kind::Tool).reads(["a", "b"])]).unwrap_err();
/// assert_eq!(errors.len(), 2);
/// assert_eq!(
///     errors.to_string(),
///     "no operation produces `a`, and no input is named so\nno operation produces `b`, and no input is named so"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanErrors {
    list: Vec<PlanError>,
    planned: Planned,
}

impl PlanErrors {
    /// All of them, of which there is at least one.
    pub(in crate::dynamic) fn new(list: Vec<PlanError>) -> Self {
        Self {
            list,
            planned: Planned::Operations,
        }
    }

    /// The same mistakes, made in these.
    pub(in crate::dynamic) fn in_planned(mut self, planned: Planned) -> Self {
        self.planned = planned;
        self
    }

    /// An error where there is something wrong.
    pub(in crate::dynamic) fn unless_empty(list: Vec<PlanError>) -> Result<(), Self> {
        if list.is_empty() {
            Ok(())
        } else {
            Err(Self::new(list))
        }
    }

    /// The mistakes, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, PlanError> {
        self.list.iter()
    }

    /// The mistakes as they print, each in a line of its own.
    ///
    /// ```
    /// use orchestrated::dynamic::{AgentInput, AgentTask, TaskGraph, agent_fn};
    ///
    /// let agent = agent_fn("agent", |_: AgentInput| async { Ok(().into()) });
    /// let errors = TaskGraph::new("Circle", [AgentTask::new("a", agent, ()).after(["a"])]).unwrap_err();
    /// assert_eq!(errors.messages().collect::<Vec<_>>(), ["task `a` comes after itself"]);
    /// ```
    #[must_use]
    pub fn messages(&self) -> impl ExactSizeIterator<Item = String> + '_ {
        let list = self.list.iter();
        list.map(|error| message::message(error, self.planned))
    }

    /// How many mistakes there are: never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.list.len()
    }
}

impl From<PlanError> for PlanErrors {
    fn from(error: PlanError) -> Self {
        Self::new(vec![error])
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message::message(self, Planned::Operations))
    }
}

impl Error for PlanError {}

/// ``operation `fetch` ``, or `operation 3`, counted from 1, where it has no name.
impl fmt::Display for OperationPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message::place(self, Planned::Operations))
    }
}

impl fmt::Display for PlanErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, message) in self.messages().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{message}")?;
        }
        Ok(())
    }
}

impl Error for PlanErrors {}

impl IntoIterator for PlanErrors {
    type Item = PlanError;
    type IntoIter = std::vec::IntoIter<PlanError>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a PlanErrors {
    type Item = &'a PlanError;
    type IntoIter = std::slice::Iter<'a, PlanError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
