//! Every sentence about operations, tasks and subtasks, and the text that operations come in.

use super::{OperationPlace, PlanError, Planned};
use crate::dynamic::text::{circle, did_you_mean, quoted, said};

/// How many outputs are offered.
const OFFERED: usize = 8;

/// What is wrong, in one line, in the words of what was planned.
pub(super) fn message(error: &PlanError, planned: Planned) -> String {
    let one = planned.one();
    match error {
        PlanError::Cycle { operations } => {
            format!(
                "{} form a cycle: {}",
                planned.many(),
                circle(operations, planned.many())
            )
        }
        PlanError::OwnOutput { operation } => {
            format!("{one} {} reads its own output", quoted(operation))
        }
        PlanError::AfterItself { operation } => {
            format!("{one} {} comes after itself", quoted(operation))
        }
        PlanError::UnknownInput { input, nearest, .. } => format!(
            "no {one} produces {}, and no input is named so{}",
            quoted(input),
            did_you_mean(nearest.iter().take(1))
        ),
        PlanError::NotAnOutput { input, outputs, .. } => format!(
            "{one} {} has no output {}{}",
            quoted(input),
            quoted(input),
            did_you_mean(outputs.iter().take(OFFERED))
        ),
        PlanError::UnknownDependency { after, nearest, .. } => format!(
            "no {one} is named {}{}",
            quoted(after),
            did_you_mean(nearest.iter().take(1))
        ),
        PlanError::DuplicateProducer { output, first, .. } => match first {
            None => format!("{} is already an input", quoted(output)),
            Some(first) => {
                let (output, first) = (quoted(output), quoted(first));
                format!("{output} is already produced by {one} {first}")
            }
        },
        PlanError::ProducedTwice { operation, output } => format!(
            "{} is produced twice by {one} {}",
            quoted(output),
            quoted(operation)
        ),
        PlanError::DuplicateOperation { operation } => {
            format!("{one} {} is already declared", quoted(operation))
        }
        PlanError::DuplicateInput { input } => format!("{} is already an input", quoted(input)),
        PlanError::EmptyName { operation, field } => {
            let of = of(operation.as_ref(), planned);
            // The name of an operation is a field; that of a task is not.
            if planned != Planned::Operations && *field == "id" {
                format!("the name{of} is empty")
            } else {
                format!("a name in `{field}`{of} is empty")
            }
        }
        PlanError::Unplanned { message } => said(message),
        PlanError::UnsafeRetry { .. }
        | PlanError::AfterInStream { .. }
        | PlanError::OfOtherKind { .. }
        | PlanError::MissingInput { .. }
        | PlanError::ParameterOfInput { .. }
        | PlanError::Unassigned { .. }
        | PlanError::UnknownAgent { .. } => of_work(error, planned),
        PlanError::Unreadable { .. }
        | PlanError::UnknownField { .. }
        | PlanError::RepeatedField { .. }
        | PlanError::MissingField { .. }
        | PlanError::UnknownKind { .. } => of_text(error),
        PlanError::TooLarge { .. }
        | PlanError::TooManyOperations { .. }
        | PlanError::TooManyNames { .. }
        | PlanError::NameTooLong { .. }
        | PlanError::TooManyValues { .. }
        | PlanError::TooNested { .. }
        | PlanError::TooDeep { .. }
        | PlanError::TooWide { .. }
        | PlanError::TooManyWorkflows { .. } => of_limit(error, planned),
    }
}

/// About who does it, and with what.
fn of_work(error: &PlanError, planned: Planned) -> String {
    match error {
        PlanError::UnsafeRetry { task } => format!(
            "`retry` on {} {}, which is not declared idempotent: a second attempt may repeat its effects",
            planned.task(),
            quoted(task)
        ),
        PlanError::AfterInStream { task, after } => format!(
            "task {} comes after {}: the tasks of a stream are independent of one another",
            quoted(task),
            quoted(after)
        ),
        PlanError::OfOtherKind { operation, kind } => format!(
            "operation {} is of kind `{kind}`, which no agent does",
            quoted(operation)
        ),
        PlanError::MissingInput { input } => {
            format!("input {} is read, but not given", quoted(input))
        }
        PlanError::ParameterOfInput {
            operation,
            parameter,
        } => format!(
            "parameter {} of operation {} has the name of what it reads",
            quoted(parameter),
            quoted(operation)
        ),
        PlanError::Unassigned { operation } => format!(
            "nobody is there to do operation {0}: name an agent for it, or register one under the name {0}",
            quoted(operation)
        ),
        PlanError::UnknownAgent {
            agent,
            operation,
            nearest,
        } => format!(
            "no agent is named {}, which operation {} asks for{}",
            quoted(agent),
            quoted(operation),
            did_you_mean(nearest.iter().take(1))
        ),
        // All others have a sentence elsewhere.
        _ => String::new(),
    }
}

/// About what is written.
fn of_text(error: &PlanError) -> String {
    let planned = Planned::Operations;
    match error {
        PlanError::Unreadable {
            message,
            line,
            column,
            operation,
        } => {
            let place = match (line, column) {
                (Some(line), Some(column)) => format!("line {line}, column {column}"),
                _ => String::new(),
            };
            let operation = operation.as_ref().map(ToString::to_string);
            let place = [place, operation.unwrap_or_default()];
            let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
            let separator = if place.is_empty() { "" } else { ": " };
            format!("{}{separator}{}", place.join(", "), said(message))
        }
        PlanError::UnknownField {
            operation,
            field,
            nearest,
        } => {
            let legal = match (nearest, operation) {
                (Some(nearest), _) => format!("; did you mean `{nearest}`?"),
                (None, Some(_)) => {
                    ": there are `id`, `kind`, `inputs`, `outputs`, `after`, `agent` and `parameters`".to_owned()
                }
                (None, None) => ": there are `name`, `inputs` and `operations`".to_owned(),
            };
            format!(
                "unknown field {}{}{legal}",
                quoted(field),
                of(operation.as_ref(), planned)
            )
        }
        PlanError::RepeatedField { operation, field } => format!(
            "{} is given more than once{}",
            quoted(field),
            inside(operation.as_ref(), planned)
        ),
        PlanError::MissingField { operation, field } => match operation {
            Some(operation) => format!("{operation} has no `{field}`"),
            None => format!("there is no `{field}`"),
        },
        PlanError::UnknownKind {
            operation,
            kind,
            nearest,
        } => {
            let legal = nearest.as_ref().map_or_else(
                || ": a kind is `agent`, `tool`, `mcp`, `fn`, `flow` or `human`".to_owned(),
                |nearest| format!("; did you mean `{nearest}`?"),
            );
            format!("unknown kind {} of {operation}{legal}", quoted(kind))
        }
        // All others have a sentence elsewhere.
        _ => String::new(),
    }
}

/// About what is too much.
fn of_limit(error: &PlanError, planned: Planned) -> String {
    let many = planned.many();
    let (what, limit, unit) = match error {
        PlanError::TooLarge { bytes, limit } => (format!("the text has {bytes} bytes"), limit, ""),
        PlanError::TooManyOperations { limit } => (format!("there are too many {many}"), limit, ""),
        PlanError::TooManyNames {
            operation,
            field,
            limit,
        } => (
            format!(
                "`{field}`{} has too many names",
                of(operation.as_ref(), planned)
            ),
            limit,
            "",
        ),
        PlanError::NameTooLong {
            start,
            bytes,
            limit,
        } => (
            format!("a name has {bytes} bytes, from {} on", quoted(start)),
            limit,
            "",
        ),
        PlanError::TooManyValues { operation, limit } => (
            format!(
                "there are too many values in parameters{}",
                inside(operation.as_ref(), planned)
            ),
            limit,
            "",
        ),
        PlanError::TooNested { operation, limit } => (
            format!(
                "parameters nest too deep{}",
                inside(operation.as_ref(), planned)
            ),
            limit,
            " levels",
        ),
        PlanError::TooDeep { batches, limit } => (
            format!("there are {batches} batches one after the other"),
            limit,
            "",
        ),
        PlanError::TooWide {
            batch,
            operations,
            limit,
        } => (
            format!("batch {} has {operations} {many}", batch + 1),
            limit,
            "",
        ),
        PlanError::TooManyWorkflows { limit } => {
            ("workflows nest too deep".to_owned(), limit, " levels")
        }
        // All others have a sentence elsewhere.
        _ => return String::new(),
    };
    format!("{what}: at most {limit}{unit} are allowed")
}

fn of(operation: Option<&OperationPlace>, planned: Planned) -> String {
    operation.map_or_else(String::new, |operation| {
        format!(" of {}", place(operation, planned))
    })
}

fn inside(operation: Option<&OperationPlace>, planned: Planned) -> String {
    operation.map_or_else(String::new, |operation| {
        format!(" in {}", place(operation, planned))
    })
}

/// Which one it is: by its name, or by its number from 1 on.
pub(super) fn place(operation: &OperationPlace, planned: Planned) -> String {
    let one = planned.one();
    match &operation.id {
        Some(id) => format!("{one} {}", quoted(id)),
        None => format!("{one} {}", operation.index + 1),
    }
}
