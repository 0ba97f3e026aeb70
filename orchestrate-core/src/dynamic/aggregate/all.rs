//! Answers that are made of all outputs.

use serde_json::{Map, Value};

use super::{AggregateError, ResultAggregator};
use crate::dynamic::{AgentOutput, TaskResults, text::quoted, value::kind};

/// A list of the outputs, in the order in which the tasks were given, as sure as the least sure of them.
///
/// Of no tasks that is an empty list; when all have failed there is none. It needs all tasks to succeed: the first failure
/// ends all, unless the orchestrator collects errors. Then it is a list of what there is.
///
/// ```
/// use orchestrated::dynamic::{AgentOutput, Collect, ResultAggregator as _, TaskResults};
/// use serde_json::json;
///
/// let results = TaskResults::from_iter([
///     ("words", Ok(AgentOutput::new(2).with_confidence(0.5))),
///     ("lines", Ok(AgentOutput::new(1))),
/// ]);
/// let all = Collect.aggregate(&results)?;
/// assert_eq!((all.value(), all.confidence()), (&json!([2, 1]), 0.5));
/// # Ok::<_, orchestrated::dynamic::AggregateError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collect;

/// One object of the outputs, which are objects, as sure as the least sure of them. A name that two of them have with
/// different values is an error, and so is an output that is no object.
///
/// Of no tasks that is an empty object; when all have failed there is none. It needs all tasks to succeed: the first failure
/// ends all, unless the orchestrator collects errors. Then it is one of what there is.
///
/// ```
/// use orchestrated::dynamic::{AgentOutput, Merge, ResultAggregator as _, TaskResults};
/// use serde_json::json;
///
/// let output = |value| Ok(AgentOutput::new(value));
/// let counts = |lines: u32| {
///     let results = [("a", output(json!({ "words": 2, "lines": 1 }))), ("b", output(json!({ "lines": lines })))];
///     Merge.aggregate(&TaskResults::from_iter(results))
/// };
/// assert_eq!(counts(1)?.value(), &json!({ "lines": 1, "words": 2 }));
/// assert_eq!(
///     counts(3).unwrap_err().to_string(),
///     "the results could not be aggregated: `lines` of `b` has another value in an output before it"
/// );
/// # Ok::<_, orchestrated::dynamic::AggregateError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merge;

impl ResultAggregator for Collect {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        let confidence = least_sure(results)?;
        let values = results.outputs().map(|(_, output)| output.value().clone());
        Ok(AgentOutput::new(values.collect::<Vec<_>>()).with_confidence(confidence))
    }

    fn tolerates_failures(&self) -> bool {
        false
    }
}

impl ResultAggregator for Merge {
    fn aggregate(&self, results: &TaskResults) -> Result<AgentOutput, AggregateError> {
        let confidence = least_sure(results)?;
        let mut merged = Map::new();
        for (task, output) in results.outputs() {
            merge(&mut merged, task, output.value())?;
        }
        Ok(AgentOutput::new(merged).with_confidence(confidence))
    }

    fn tolerates_failures(&self) -> bool {
        false
    }
}

fn merge(all: &mut Map<String, Value>, task: &str, output: &Value) -> Result<(), AggregateError> {
    let Value::Object(object) = output else {
        return Err(AggregateError::msg(format_args!(
            "the output of {} is {}, and no object",
            quoted(task),
            kind(output)
        )));
    };
    for (name, value) in object {
        if all.get(name).is_some_and(|before| before != value) {
            return Err(AggregateError::msg(format_args!(
                "{} of {} has another value in an output before it",
                quoted(name),
                quoted(task)
            )));
        }
        all.insert(name.clone(), value.clone());
    }
    Ok(())
}

/// How sure all of them are together.
fn least_sure(results: &TaskResults) -> Result<f64, AggregateError> {
    if results.outputs().next().is_none() && !results.is_empty() {
        return Err(AggregateError::no_success(results));
    }
    let outputs = results.outputs();
    Ok(outputs.fold(1.0, |least, (_, output)| output.confidence().min(least)))
}
