//! A chain as it serializes: what is read back as the same.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    super::{OnFailure, OutputMapping, SkillStep},
    SkillChainSpec,
};
use crate::dynamic::Retries;

pub(super) fn chain(spec: &SkillChainSpec) -> Value {
    let mut fields = Map::new();
    if let Some(name) = &spec.name {
        fields.insert("name".to_owned(), name.as_ref().into());
    }
    let steps: Vec<Value> = spec.steps.iter().map(step).collect();
    fields.insert("steps".to_owned(), steps.into());
    fields.into()
}

/// A step: only what it says.
fn step(step: &SkillStep) -> Value {
    let parameters = step.parameters.value();
    let fields = [
        ("skill", Some(step.skill.as_str().into())),
        ("name", step.name.as_deref().map(Value::from)),
        (
            "parameters",
            (!parameters.is_null()).then(|| parameters.clone()),
        ),
        ("output", output(&step.output)),
        ("on_failure", on_failure(&step.on_failure)),
        ("timeout_ms", step.timeout.map(milliseconds)),
        ("idempotent", step.idempotent.then_some(Value::Bool(true))),
    ];
    let fields = fields.into_iter();
    let fields = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect())
}

fn output(output: &OutputMapping) -> Option<Value> {
    match output {
        OutputMapping::Whole => None,
        OutputMapping::Path(path) => Some(path.to_string().into()),
        OutputMapping::Object(names) => {
            let names = names.iter();
            let paths = names.map(|(name, path)| (name.clone(), path.to_string().into()));
            Some(Value::Object(paths.collect()))
        }
    }
}

fn on_failure(on_failure: &OnFailure) -> Option<Value> {
    match on_failure {
        OnFailure::Fail => None,
        OnFailure::Retry(retries) => Some(json!({ "retry": retry(retries) })),
        OnFailure::Skip { default } => Some(
            json!({ "skip": { "default": default.value(), "confidence": default.confidence() } }),
        ),
    }
}

fn retry(retries: &Retries) -> Value {
    json!({
        "attempts": retries.attempts,
        "backoff_ms": milliseconds(retries.backoff),
        "max_backoff_ms": milliseconds(retries.max_backoff),
        "jitter": retries.jitter,
    })
}

/// Whole ones, at least 1 where the time is not 0; of a time that is longer than any, the longest.
fn milliseconds(time: Duration) -> Value {
    let whole = time.as_nanos().div_ceil(1_000_000);
    u64::try_from(whole).unwrap_or(u64::MAX).into()
}
