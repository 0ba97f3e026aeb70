//! Two workflows of one name in one call.

use std::collections::HashMap;

use crate::{
    message,
    report::Report,
    syntax::{Call, plain},
};

/// Keeps the first of two: rustc would tell of each item that they become.
pub(crate) fn check(call: &mut Call, report: &mut Report) {
    let mut first: HashMap<String, bool> = HashMap::new();
    call.workflows.retain(|workflow| {
        // A `cfg` may choose among them.
        let is_chosen = workflow
            .attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"));
        let name = plain(&workflow.name);
        match first.get(&name) {
            Some(first_is_chosen) if !is_chosen && !first_is_chosen => {
                report.error(&workflow.name, &message::workflow_twice(&workflow.name));
                false
            }
            _ => {
                first.insert(name, is_chosen);
                true
            }
        }
    });
}
