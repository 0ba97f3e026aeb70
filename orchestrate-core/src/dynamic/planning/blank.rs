//! Names that are none: empty, or of spaces only.

use super::{OperationPlace, Operations, PlanError};

/// Each list once, however many of its names are blank.
pub(super) fn names(operations: &Operations) -> Vec<PlanError> {
    let mut errors = Vec::new();
    let mut look = |names: &[String], operation: Option<usize>, field: &'static str| {
        if names.iter().any(|name| is_blank(name)) {
            let operation = operation.map(|index| OperationPlace {
                index,
                id: Some(operations.list[index].id.clone()).filter(|id| !is_blank(id)),
            });
            errors.push(PlanError::EmptyName { operation, field });
        }
    };
    look(&operations.inputs, None, "inputs");
    for (index, operation) in operations.list.iter().enumerate() {
        look(std::slice::from_ref(&operation.id), Some(index), "id");
        look(&operation.inputs, Some(index), "inputs");
        look(&operation.outputs, Some(index), "outputs");
        look(&operation.after, Some(index), "after");
    }
    errors
}

/// Whether nobody could see the name.
pub(in crate::dynamic) fn is_blank(name: &str) -> bool {
    name.trim().is_empty()
}
