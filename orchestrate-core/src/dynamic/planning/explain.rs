//! What the planner finds, in the names of operations.

use orchestrate_plan::{Graph, Problem, Producer};

use super::{PlanError, blank::is_blank};

/// The problem with its names; none when it is about a blank name, which has been told already.
pub(super) fn problem(problem: Problem, graph: &Graph) -> Option<PlanError> {
    let id = |node: usize| graph.nodes[node].name.clone();
    let error = match problem {
        Problem::DuplicateInput { input, .. } => PlanError::DuplicateInput {
            input: graph.inputs[input].clone(),
        },
        Problem::UnknownInput {
            node,
            read,
            nearest,
        } => PlanError::UnknownInput {
            operation: id(node),
            input: graph.nodes[node].reads[read].clone(),
            nearest,
        },
        Problem::StepRead { node, step, .. } => PlanError::NotAnOutput {
            operation: id(node),
            input: id(step),
            outputs: graph.nodes[step].produces.clone(),
        },
        Problem::UnknownOrder {
            node,
            after,
            nearest,
        } => PlanError::UnknownDependency {
            operation: id(node),
            after: graph.nodes[node].after[after].clone(),
            nearest,
        },
        Problem::DuplicateOutput {
            node,
            output,
            first,
        } => {
            let name = graph.nodes[node].produces[output].clone();
            match first {
                Producer::Input(_) => PlanError::DuplicateProducer {
                    operation: id(node),
                    output: name,
                    first: None,
                },
                Producer::Step { node: first, .. } if first == node => PlanError::ProducedTwice {
                    operation: id(node),
                    output: name,
                },
                // Both are called like the one thing that they produce.
                Producer::Step { node: first, .. } if id(first) == name && id(node) == name => {
                    PlanError::DuplicateOperation { operation: name }
                }
                Producer::Step { node: first, .. } => PlanError::DuplicateProducer {
                    operation: id(node),
                    output: name,
                    first: Some(id(first)),
                },
            }
        }
        Problem::DuplicateStep { node, .. } => PlanError::DuplicateOperation {
            operation: id(node),
        },
        Problem::OwnOutput { node, .. } => PlanError::OwnOutput {
            operation: id(node),
        },
        Problem::OwnOrder { node, .. } => PlanError::AfterItself {
            operation: id(node),
        },
        Problem::Cycle { steps, .. } => PlanError::Cycle {
            operations: steps.into_iter().map(id).collect(),
        },
        other => PlanError::Unplanned {
            message: other.message(graph),
        },
    };
    let is_about_blank = match &error {
        PlanError::DuplicateInput { input: name }
        | PlanError::UnknownInput { input: name, .. }
        | PlanError::UnknownDependency { after: name, .. }
        | PlanError::DuplicateProducer { output: name, .. }
        | PlanError::ProducedTwice { output: name, .. }
        | PlanError::DuplicateOperation { operation: name }
        | PlanError::OwnOutput { operation: name } => is_blank(name),
        _ => false,
    };
    (!is_about_blank).then_some(error)
}
