//! Planning at run time: operations in, a plan or all that is wrong out. The planner is that of the macro.

mod blank;
mod error;
mod explain;
mod limits;
mod operation;
mod operations;
mod read;
#[cfg(test)]
mod tests;

pub(super) use blank::is_blank;
pub(super) use error::Planned;
pub use error::{OperationPlace, PlanError, PlanErrors};
pub use limits::PlanLimits;
pub use operation::Operation;
pub use operations::Operations;
/// The plan of operations: the same type as the plan of a `workflow!`, which prints, serializes and can be run dry.
pub use orchestrate_plan::Plan as ExecutionPlan;
pub use read::read_plan;

use orchestrate_plan::{Graph, Node, Problems};

/// Plans operations: what depends on what, and what can run at the same time.
///
/// It is the planner of `workflow!`, so the same graph gets the same batches and stages. Nothing is run, and who does an
/// operation is not asked.
///
/// It takes time and memory in proportion to the operations and their names, and has no limits of its own: what comes from
/// outside goes through [`analyze_within`].
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, Operations, analyze}, plan::Kind};
///
/// let operations = Operations::reading(["topic"])
///     .with(Operation::new("search", Kind::Mcp).reads(["topic"]))
///     .with(Operation::new("facts", Kind::Tool).reads(["topic"]))
///     .with(Operation::new("draft", Kind::Agent).reads(["search", "facts"]));
/// let plan = analyze(operations)?;
/// assert_eq!(
///     plan.to_string(),
///     "\
/// Operations: 3 steps in 2 batches of at most 2
///   batch 1  search  mcp
///            facts   tool
///   batch 2  draft   agent  <- search, facts"
/// );
/// # Ok::<(), orchestrated::dynamic::PlanErrors>(())
/// ```
///
/// # Errors
///
/// All that is wrong with the operations, each mistake once: cycles, names that nobody knows or that are taken twice, and
/// names without a letter.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, analyze}, plan::Kind};
///
/// let errors = analyze([
///     Operation::new("draft", Kind::Agent).reads(["review"]),
///     Operation::new("review", Kind::Agent).reads(["draft"]),
///     Operation::new("publish", Kind::Mcp).reads(["reveiw"]),
/// ])
/// .unwrap_err();
/// assert_eq!(
///     errors.to_string(),
///     "operations form a cycle: `draft` -> `review` -> `draft`\n\
///      no operation produces `reveiw`, and no input is named so; did you mean `review`?"
/// );
/// ```
pub fn analyze(operations: impl Into<Operations>) -> Result<ExecutionPlan, PlanErrors> {
    plan(operations.into())
}

/// The same for what comes from outside: [`analyze()`] under limits.
///
/// How many operations there are, how long their names are and how many of these each has is looked at before anything is
/// planned; how many batches follow and how wide they are, afterwards.
///
/// ```
/// # use orchestrate_core as orchestrated;
/// use orchestrated::{dynamic::{Operation, PlanLimits, analyze_within}, plan::Kind};
///
/// let limits = PlanLimits::default().with_operations(100).with_width(2);
/// let errors = analyze_within(
///     ["a", "b", "c"].map(|id| Operation::new(id, Kind::Tool)),
///     &limits,
/// )
/// .unwrap_err();
/// assert_eq!(errors.to_string(), "batch 1 has 3 operations: at most 2 are allowed");
/// ```
///
/// # Errors
///
/// All limits that are exceeded; else those of [`analyze()`].
pub fn analyze_within(
    operations: impl Into<Operations>,
    limits: &PlanLimits,
) -> Result<ExecutionPlan, PlanErrors> {
    let operations = operations.into();
    PlanErrors::unless_empty(limits.exceeded_by(&operations))?;
    let plan = plan(operations)?;
    PlanErrors::unless_empty(limits.exceeded_by_plan(&plan))?;
    Ok(plan)
}

fn plan(operations: Operations) -> Result<ExecutionPlan, PlanErrors> {
    let mut errors = blank::names(&operations);
    let (name, graph) = graph(operations);
    match ExecutionPlan::new(name, &graph) {
        Ok(plan) => {
            PlanErrors::unless_empty(errors)?;
            Ok(plan)
        }
        Err(problems) => {
            let problems = problems.into_iter();
            errors.extend(problems.filter_map(|problem| explain::problem(problem, &graph)));
            Err(PlanErrors::new(errors))
        }
    }
}

/// What the planner sees of operations: names, and no more.
fn graph(operations: Operations) -> (String, Graph) {
    let mut graph = Graph::new(operations.inputs);
    graph.nodes.reserve_exact(operations.list.len());
    for operation in operations.list {
        let outputs = if operation.outputs.is_empty() {
            vec![operation.id.clone()]
        } else {
            operation.outputs
        };
        graph.nodes.push(Node {
            name: operation.id,
            kind: operation.kind,
            reads: operation.inputs,
            produces: outputs,
            after: operation.after,
            ..Node::default()
        });
    }
    (operations.name, graph)
}

/// What is wrong with tasks: they name nothing but each other.
pub(super) fn of_tasks(problems: Problems, tasks: &Graph) -> impl Iterator<Item = PlanError> {
    let problems = problems.into_iter();
    problems
        .filter_map(|problem| explain::problem(problem, tasks))
        .map(|error| match error {
            PlanError::UnknownInput {
                operation,
                input,
                nearest,
            } => PlanError::UnknownDependency {
                operation,
                after: input,
                nearest,
            },
            PlanError::OwnOutput { operation } => PlanError::AfterItself { operation },
            error => error,
        })
}
