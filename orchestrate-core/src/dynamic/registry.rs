//! Agents by name, and the operations that they do.

use std::{collections::BTreeMap, sync::Arc};

use orchestrate_plan::{Kind, Plan, nearest};
use serde_json::{Map, Value};

use super::{
    Agent, AgentError, AgentInput, AgentTask, IntoAgent, Operation, Operations, PlanError,
    PlanErrors, PlanLimits, TaskGraph, ValueError, analyze, analyze_within, context::Dependencies,
};

/// Agents by their names: who does the operations of a plan that is known only at run time.
///
/// ```
/// use orchestrated::{Orchestrator, dynamic::{AgentInput, AgentRegistry, Operations, PlanLimits, agent_fn}};
///
/// // What a model has written.
/// let text = r#"{
///     "name": "Digest",
///     "inputs": ["text"],
///     "operations": [
///         { "id": "words", "agent": "split", "inputs": ["text"] },
///         { "id": "longest", "inputs": ["words"] }
///     ]
/// }"#;
/// let operations = Operations::from_json(text, &PlanLimits::default())?;
///
/// let agents = AgentRegistry::new()
///     .with(agent_fn("split", |input: AgentInput| async move {
///         Ok(input.get::<String>("text")?.split(' ').collect::<Vec<_>>().into())
///     }))
///     .with(agent_fn("longest", |input: AgentInput| async move {
///         let words: Vec<String> = input.get("words")?;
///         Ok(words.into_iter().max_by_key(String::len).unwrap_or_default().into())
///     }));
///
/// # futures::executor::block_on(async {
/// let graph = agents.assign_within(
///     operations,
///     AgentInput::default().with("text", "to plan is nothing"),
///     &PlanLimits::default(),
/// )?;
/// let results = graph.run(&Orchestrator::new()).await?;
/// assert_eq!(results.output("longest").unwrap().to::<&str>()?, "nothing");
/// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct AgentRegistry {
    agents: BTreeMap<String, Arc<dyn Agent>>,
}

impl AgentRegistry {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an agent under its own name; it takes the place of who had that name before.
    #[must_use]
    pub fn with(self, agent: impl IntoAgent) -> Self {
        let agent = agent.into_agent();
        let name = agent.name().to_owned();
        self.with_named(name, agent)
    }

    /// Adds an agent under this name.
    #[must_use]
    pub fn with_named(mut self, name: impl Into<String>, agent: impl IntoAgent) -> Self {
        self.agents.insert(name.into(), agent.into_agent());
        self
    }

    /// The agent of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Agent>> {
        self.agents.get(name)
    }

    /// The names, in their order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.agents.keys().map(String::as_str)
    }

    /// Plans operations and gives each to its agent: what is left is to run them. `input` holds what the operations read
    /// that none of them produces, under its name.
    ///
    /// An operation is done by the agent that it names, or by the one of its own name. That is given an object: what the
    /// operation reads, under its names, and with it the operation's parameters, which stand under their own names where
    /// they are an object, and else under the name `parameters`. What it produces is the output of the operation; where
    /// that has several, they are taken from the object that the agent produces. The plan is that of
    /// [`analyze()`](super::analyze()), but for the kinds, which are those of the agents: what a plan from outside calls an
    /// agent's work changes nothing about it.
    ///
    /// # Errors
    ///
    /// Those of [`analyze()`](super::analyze()); agents that nobody knows; inputs that are not there; parameters with the
    /// name of what is read; and human and flow operations, which no agent does.
    pub fn assign(
        &self,
        operations: impl Into<Operations>,
        input: impl Into<AgentInput>,
    ) -> Result<TaskGraph, PlanErrors> {
        let input = input.into();
        self.assign_by(operations.into(), &input, |operations| analyze(operations))
    }

    /// The same for operations from outside: under limits, those on the depth and the width of their graph included.
    ///
    /// # Errors
    ///
    /// Those of [`analyze_within`] and of [`assign`](Self::assign).
    pub fn assign_within(
        &self,
        operations: impl Into<Operations>,
        input: impl Into<AgentInput>,
        limits: &PlanLimits,
    ) -> Result<TaskGraph, PlanErrors> {
        let input = input.into();
        self.assign_by(operations.into(), &input, |operations| {
            analyze_within(operations, limits)
        })
    }

    fn assign_by(
        &self,
        mut operations: Operations,
        input: &AgentInput,
        analyze: impl FnOnce(&Operations) -> Result<Plan, PlanErrors>,
    ) -> Result<TaskGraph, PlanErrors> {
        let mut errors = self.unassigned(&operations);
        errors.extend(missing(&operations, input));
        for operation in &mut operations.list {
            if let Some(agent) = self.get(operation.performer()) {
                operation.kind = agent.kind();
            }
        }
        let plan = match analyze(&operations) {
            Ok(plan) if errors.is_empty() => plan,
            Ok(_) => return Err(PlanErrors::new(errors)),
            Err(found) => {
                errors.extend(found);
                return Err(PlanErrors::new(errors));
            }
        };
        let producers: BTreeMap<&str, &Operation> = operations
            .list
            .iter()
            .flat_map(|operation| {
                let names = operation.output_names().iter();
                names.map(move |name| (name.as_str(), operation))
            })
            .collect();
        let tasks = operations.list.iter().enumerate();
        let tasks = tasks.filter_map(|(step, operation)| {
            let agent = self.get(operation.performer())?;
            let inputs = Inputs::new(operation, &producers, input);
            Some(
                AgentTask::new(&*operation.id, agent, ())
                    .after(names_before(&plan, step))
                    .with_input_from(move |done| inputs.gather(done)),
            )
        });
        let tasks = tasks.collect();
        Ok(TaskGraph::planned(plan, tasks))
    }

    fn unassigned(&self, operations: &Operations) -> Vec<PlanError> {
        let operations = operations.list.iter();
        operations
            .filter_map(|operation| {
                if matches!(operation.kind, Kind::Human | Kind::Flow) {
                    return Some(PlanError::OfOtherKind {
                        operation: operation.id.clone(),
                        kind: operation.kind,
                    });
                }
                let agent = operation.performer();
                if self.get(agent).is_some() {
                    return None;
                }
                let operation_id = operation.id.clone();
                Some(match &operation.agent {
                    Some(agent) => PlanError::UnknownAgent {
                        agent: agent.clone(),
                        operation: operation_id,
                        nearest: nearest(agent, self.names()),
                    },
                    None => PlanError::Unassigned {
                        operation: operation_id,
                    },
                })
            })
            .collect()
    }
}

/// The operations that this one comes after.
fn names_before(plan: &Plan, step: usize) -> impl Iterator<Item = &str> {
    let before = plan.steps()[step].dependencies().iter();
    before.map(|&before| plan.steps()[before].name())
}

/// What is not there, and what is there twice.
fn missing(operations: &Operations, input: &AgentInput) -> Vec<PlanError> {
    let given = input.value().as_object();
    let missing = operations
        .inputs
        .iter()
        .filter(|name| given.is_none_or(|given| !given.contains_key(*name)))
        .map(|name| PlanError::MissingInput {
            input: name.clone(),
        });
    let twice = operations.list.iter().flat_map(|operation| {
        let reads = operation.inputs.iter();
        reads
            .filter(|read| match &operation.parameters {
                Value::Object(parameters) => parameters.contains_key(*read),
                Value::Null => false,
                _ => *read == PARAMETERS,
            })
            .map(|read| PlanError::ParameterOfInput {
                operation: operation.id.clone(),
                parameter: read.clone(),
            })
    });
    missing.chain(twice).collect()
}

/// The name of parameters that have none of their own.
const PARAMETERS: &str = "parameters";

/// How the input of an operation is put together.
struct Inputs {
    /// What is known before anything runs.
    known: Map<String, Value>,
    /// What others produce: its name, by whom, and whether it is one output of several.
    produced: Vec<(String, String, bool)>,
}

impl Inputs {
    fn new(
        operation: &Operation,
        producers: &BTreeMap<&str, &Operation>,
        input: &AgentInput,
    ) -> Self {
        let mut known = match &operation.parameters {
            Value::Null => Map::new(),
            Value::Object(parameters) => parameters.clone(),
            other => Map::from_iter([(PARAMETERS.to_owned(), other.clone())]),
        };
        let mut produced = Vec::new();
        for read in &operation.inputs {
            if let Some(producer) = producers.get(read.as_str()) {
                let is_one_of_several = producer.output_names().len() > 1;
                produced.push((read.clone(), producer.id.clone(), is_one_of_several));
            } else if let Some(value) = input.value().get(read) {
                known.insert(read.clone(), value.clone());
            }
        }
        Self { known, produced }
    }

    fn gather(&self, done: &Dependencies<'_>) -> Result<AgentInput, AgentError> {
        let mut gathered = self.known.clone();
        for (name, producer, is_one_of_several) in &self.produced {
            let Some(output) = done.output(producer) else {
                return Err(AgentError::msg(format_args!(
                    "there is no `{name}`: operation `{producer}` has failed"
                )));
            };
            let value = if *is_one_of_several {
                output.get(name).map_err(|error: ValueError| {
                    AgentError::msg(format_args!("of operation `{producer}`, {error}"))
                })?
            } else {
                output.value().clone()
            };
            gathered.insert(name.clone(), value);
        }
        Ok(AgentInput::new(gathered))
    }
}
