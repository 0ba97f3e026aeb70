//! What can be wrong with a graph.

mod message;

use core::fmt;

use crate::graph::Graph;

/// One mistake in a graph. Everything is an index: `node` into [`Graph::nodes`], the others into
/// the list of that step which they name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Two inputs of the workflow have one name.
    DuplicateInput {
        /// The second input.
        input: usize,
        /// The first input: it keeps the name.
        first: usize,
    },
    /// A step reads a name that is neither a workflow input nor an output.
    UnknownInput {
        /// The step that reads it.
        node: usize,
        /// Which of its reads.
        read: usize,
        /// The names that may have been meant, the nearest first; often none. Three at most.
        nearest: Vec<String>,
    },
    /// A step reads the name of a step where it should read an output: the outputs of that step
    /// have names of their own, or it has none.
    StepRead {
        /// The step that reads it.
        node: usize,
        /// Which of its reads.
        read: usize,
        /// The step of that name.
        step: usize,
    },
    /// `#[after(x)]` names no step.
    UnknownOrder {
        /// The step that has the order.
        node: usize,
        /// Which of its orders.
        after: usize,
        /// The steps that may have been meant, the nearest first; often none. Three at most.
        nearest: Vec<String>,
    },
    /// An output has the name of an input of the workflow, or of an earlier output.
    DuplicateOutput {
        /// The step that produces it again.
        node: usize,
        /// Which of its outputs.
        output: usize,
        /// Where the value comes from that keeps the name.
        first: Producer,
    },
    /// Two steps have one name, and no [`Problem::DuplicateOutput`] says so already.
    DuplicateStep {
        /// The second step.
        node: usize,
        /// The first step: it keeps the name.
        first: usize,
    },
    /// A step reads its own output.
    OwnOutput {
        /// The step.
        node: usize,
        /// Which of its reads.
        read: usize,
    },
    /// A step comes after itself.
    OwnOrder {
        /// The step.
        node: usize,
        /// Which of its orders.
        after: usize,
    },
    /// Steps depend on one another in a circle, so that none of them could start.
    ///
    /// A step stands in at most one cycle of a report, and a cycle is as short as it can be among
    /// the steps that depend on one another.
    Cycle {
        /// The steps in the direction of their data, each once: the next one depends on the one
        /// before it, and the first on the last. It starts with the step that is declared first.
        steps: Vec<usize>,
        /// What of the first step depends on the last one.
        closing: Closing,
    },
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Producer {
    /// An input of the workflow: an index into [`Graph::inputs`].
    Input(usize),
    /// An output of a step.
    Step {
        /// The step: an index into [`Graph::nodes`].
        node: usize,
        /// An index into what the step [produces](crate::Node::produces).
        output: usize,
    },
}

/// What closes a [cycle](Problem::Cycle): the way in which its first step depends on its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closing {
    /// It reads one of its outputs: an index into [`Node::reads`](crate::Node::reads).
    Read(usize),
    /// It comes after it: an index into [`Node::after`](crate::Node::after).
    After(usize),
}

/// Where in a graph a [problem](Problem) lies: the word that a report points at.
///
/// Places are ordered as they stand in a declaration: the inputs of the workflow, and then step by
/// step its orders, its name, its reads and its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// An input of the workflow.
    Input(usize),
    /// A step, and what of it.
    Step(usize, Part),
}

/// A part of a step: see [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// An index into [`Node::after`](crate::Node::after).
    After(usize),
    /// The step's name.
    Name,
    /// An index into [`Node::reads`](crate::Node::reads).
    Read(usize),
    /// An index into [`Node::produces`](crate::Node::produces).
    Output(usize),
}

impl Problem {
    /// The word at fault. Of a conflict it is the second place; of a cycle it is what closes it.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, Part, Place, analyze};
    ///
    /// let graph = Graph::default().with(Node::new("draft", Kind::Agent).reads(["topic"]));
    /// let problems = analyze(&graph).unwrap_err();
    /// assert_eq!(problems.iter().next().unwrap().place(), Place::Step(0, Part::Read(0)));
    /// ```
    #[must_use]
    pub fn place(&self) -> Place {
        match *self {
            Self::DuplicateInput { input, .. } => Place::Input(input),
            Self::UnknownInput { node, read, .. }
            | Self::StepRead { node, read, .. }
            | Self::OwnOutput { node, read } => Place::Step(node, Part::Read(read)),
            Self::UnknownOrder { node, after, .. } | Self::OwnOrder { node, after } => {
                Place::Step(node, Part::After(after))
            }
            Self::DuplicateOutput { node, output, .. } => Place::Step(node, Part::Output(output)),
            Self::DuplicateStep { node, .. } => Place::Step(node, Part::Name),
            Self::Cycle { ref steps, closing } => {
                let part = match closing {
                    Closing::Read(read) => Part::Read(read),
                    Closing::After(after) => Part::After(after),
                };
                Place::Step(steps[0], part)
            }
        }
    }

    /// The step at fault: of a conflict the second one, and of a cycle the one that is declared
    /// first. None when no step is at fault.
    #[must_use]
    pub fn node(&self) -> Option<usize> {
        match self.place() {
            Place::Input(_) => None,
            Place::Step(node, _) => Some(node),
        }
    }

    /// What is wrong, in one line: lower case, no full stop, names in backticks.
    ///
    /// ```
    /// use orchestrate_plan::{Graph, Kind, Node, analyze};
    ///
    /// let graph = Graph::new(["draft"]).with(Node::new("draft", Kind::Agent).produces(["draft"]));
    /// let problems = analyze(&graph).unwrap_err();
    /// let problem = problems.iter().next().unwrap();
    /// assert_eq!(problem.message(&graph), "`draft` is already an input of the workflow");
    /// ```
    ///
    /// # Panics
    ///
    /// When `graph` is not the one that was analyzed.
    #[must_use]
    pub fn message(&self, graph: &Graph) -> String {
        message::message(self, graph)
    }

    /// The rule that is broken and what to do about it, in the same register as
    /// [`Problem::message`]; `None` when there is nothing to add.
    ///
    /// # Panics
    ///
    /// When `graph` is not the one that was analyzed.
    #[must_use]
    pub fn help(&self, graph: &Graph) -> Option<String> {
        Some(message::help(self, graph))
    }
}

/// All the problems of a graph: at least one, in the order of their [places](Place).
///
/// As an error it prints one problem a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    /// A copy, for the names: it is made only when something is wrong.
    graph: Graph,
}

impl Problems {
    pub(crate) fn new(mut list: Vec<Problem>, graph: &Graph) -> Self {
        list.sort_by_key(Problem::place);
        Self {
            list,
            graph: graph.clone(),
        }
    }

    /// The problems, in the order of their places.
    pub fn iter(&self) -> core::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// How many problems there are: never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.list.len()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}", problem.message(&self.graph))?;
        }
        Ok(())
    }
}

impl core::error::Error for Problems {}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = core::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
