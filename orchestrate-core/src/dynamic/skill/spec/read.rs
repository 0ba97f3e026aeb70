//! From a value of JSON to a chain: all that is wrong with it, each mistake with its place.

use std::time::Duration;

use orchestrate_plan::nearest;
use serde_json::{Map, Value};

use super::{
    super::{OnFailure, OutputMapping, SkillPlanError, SkillPlanErrors, SkillStep, ValuePath},
    SkillChainLimits, SkillChainSpec,
};
use crate::dynamic::{AgentInput, AgentOutput, Retries, text::shown, value::kind};

const WHOLE: &[&str] = &["name", "steps"];
const STEP: &[&str] = &[
    "skill",
    "name",
    "parameters",
    "output",
    "on_failure",
    "timeout_ms",
    "idempotent",
];
const ON_FAILURE: &[&str] = &["retry", "skip"];
const RETRY: &[&str] = &["attempts", "backoff_ms", "max_backoff_ms", "jitter"];
const SKIP: &[&str] = &["default", "confidence"];

/// What models write in place of a field.
const MEANT: &[(&str, &str)] = &[
    ("tool", "skill"),
    ("skill_name", "skill"),
    ("args", "parameters"),
    ("arguments", "parameters"),
    ("params", "parameters"),
    ("output_mapping", "output"),
    ("error_handling", "on_failure"),
    ("on_error", "on_failure"),
    ("timeout", "timeout_ms"),
    ("backoff", "backoff_ms"),
    ("max_backoff", "max_backoff_ms"),
    ("default_output", "default"),
    ("value", "default"),
];

pub(super) struct Reading<'l> {
    limits: &'l SkillChainLimits,
    mistakes: Vec<SkillPlanError>,
}

impl<'l> Reading<'l> {
    pub(super) fn new(limits: &'l SkillChainLimits) -> Self {
        Self {
            limits,
            mistakes: Vec::new(),
        }
    }

    pub(super) fn chain(mut self, value: &Value) -> Result<SkillChainSpec, SkillPlanErrors> {
        let spec = self.whole(value);
        SkillPlanErrors::unless_empty(self.mistakes)?;
        Ok(spec)
    }

    fn whole(&mut self, value: &Value) -> SkillChainSpec {
        if let Value::Array(steps) = value {
            return SkillChainSpec::new(self.steps(steps));
        }
        let Some(fields) = self.object(value, "the chain", WHOLE, "a list of steps, or an object,")
        else {
            return SkillChainSpec::default();
        };
        let name = fields.get("name").filter(|name| !name.is_null());
        let name = name.and_then(|name| self.name(name, "name"));
        let steps = match fields.get("steps") {
            Some(Value::Array(steps)) => self.steps(steps),
            Some(other) => {
                self.misfit(other, "steps", "a list of steps");
                Vec::new()
            }
            None => {
                self.missing("the chain", "steps");
                Vec::new()
            }
        };
        SkillChainSpec {
            name: name.map(Into::into),
            steps,
        }
    }

    fn steps(&mut self, steps: &[Value]) -> Vec<SkillStep> {
        if steps.is_empty() {
            self.mistakes.push(SkillPlanError::NoSteps);
        }
        self.at_most("steps", "steps", steps.len(), self.limits.steps);
        let steps = steps.iter().take(self.limits.steps).enumerate();
        let steps = steps.map(|(index, step)| self.step(step, &format!("steps[{index}]")));
        steps.collect()
    }

    fn step(&mut self, value: &Value, place: &str) -> SkillStep {
        let mut step = SkillStep::new("");
        if value.is_string() {
            step.skill = self.name(value, place).unwrap_or_default();
            return step;
        }
        let Some(fields) = self.object(value, place, STEP, "the name of a skill, or an object,")
        else {
            return step;
        };
        // A field that nobody knows may be the one that is missing.
        if !fields.contains_key("skill") && fields.keys().all(|key| STEP.contains(&&**key)) {
            self.missing(place, "skill");
        }
        for &field in STEP {
            let Some(value) = fields.get(field) else {
                continue;
            };
            let place = &format!("{place}.{field}");
            match field {
                "skill" => step.skill = self.name(value, place).unwrap_or_default(),
                // What is null is not said.
                _ if value.is_null() => {}
                "name" => step.name = self.name(value, place),
                "parameters" => step.parameters = AgentInput::new(value.clone()),
                "output" => step.output = self.output(value, place),
                "on_failure" => step.on_failure = self.on_failure(value, place),
                "timeout_ms" => step.timeout = self.time(value, place, 1),
                "idempotent" => step.idempotent = self.truth(value, place),
                _ => {}
            }
        }
        step
    }

    fn output(&mut self, value: &Value, place: &str) -> OutputMapping {
        let names = match value {
            Value::String(path) if path.is_empty() => return OutputMapping::Whole,
            Value::String(path) => return OutputMapping::Path(self.path(path, place)),
            Value::Object(names) => names,
            other => {
                self.misfit(other, place, "a path, or an object of paths,");
                return OutputMapping::Whole;
            }
        };
        self.at_most(place, "names", names.len(), self.limits.names);
        let mut paths = Vec::new();
        for (name, path) in names.iter().take(self.limits.names) {
            let place = &format!("{place}.{}", shown(name));
            self.at_most(place, "bytes of a name", name.len(), self.limits.name_bytes);
            match path {
                Value::String(path) => paths.push((name.clone(), self.path(path, place))),
                other => self.misfit(other, place, "a path"),
            }
        }
        OutputMapping::Object(paths)
    }

    fn path(&mut self, text: &str, place: &str) -> ValuePath {
        self.at_most(place, "bytes of a path", text.len(), self.limits.name_bytes);
        let path = ValuePath::parse(text);
        if !path.is_pointer() {
            self.mistakes.push(SkillPlanError::BadPath {
                place: place.to_owned(),
                path: shown(text),
            });
        }
        path
    }

    fn on_failure(&mut self, value: &Value, place: &str) -> OnFailure {
        const EXPECTED: &str = "`\"fail\"`, or an object with `retry` or `skip`,";
        if value.as_str() == Some("fail") {
            return OnFailure::Fail;
        }
        let Some(fields) = self.object(value, place, ON_FAILURE, EXPECTED) else {
            return OnFailure::Fail;
        };
        match (fields.get("retry"), fields.get("skip")) {
            (Some(retry), None) => {
                let retries = self.retry(retry, &format!("{place}.retry"));
                OnFailure::Retry(retries)
            }
            (None, Some(skip)) => OnFailure::Skip {
                default: self.skip(skip, &format!("{place}.skip")),
            },
            _ => {
                // A field that nobody knows has been told.
                if fields.keys().all(|key| ON_FAILURE.contains(&&**key)) {
                    self.misfit_as(
                        place,
                        "one of `retry` and `skip`",
                        match fields.len() {
                            0 => "none",
                            _ => "both",
                        },
                    );
                }
                OnFailure::Fail
            }
        }
    }

    fn retry(&mut self, value: &Value, whole: &str) -> Retries {
        if value.is_number() {
            return Retries::new(self.attempts(value, whole));
        }
        let Some(fields) = self.object(value, whole, RETRY, "a number of attempts, or an object,")
        else {
            return Retries::new(1);
        };
        let place = |field: &str| format!("{whole}.{field}");
        let mut retries = if let Some(attempts) = fields.get("attempts") {
            Retries::new(self.attempts(attempts, &place("attempts")))
        } else {
            self.missing(whole, "attempts");
            Retries::new(1)
        };
        if let Some(value) = fields.get("backoff_ms")
            && let Some(first) = self.time(value, &place("backoff_ms"), 0)
        {
            retries = retries.with_backoff(first);
        }
        if let Some(value) = fields.get("max_backoff_ms")
            && let Some(longest) = self.time(value, &place("max_backoff_ms"), 0)
        {
            retries = retries.with_max_backoff(longest);
        }
        if let Some(value) = fields.get("jitter")
            && self.truth(value, &place("jitter"))
        {
            retries = retries.with_jitter();
        }
        retries
    }

    fn attempts(&mut self, value: &Value, place: &str) -> u32 {
        let attempts = value.as_u64().filter(|&attempts| attempts > 0);
        let Some(attempts) = attempts else {
            self.unfit_number(value, place, "a whole number of attempts, from 1 on,");
            return 1;
        };
        let limit = self.limits.attempts;
        self.at_most(place, "attempts", saturated(attempts), saturated(limit));
        u32::try_from(attempts).unwrap_or(limit).min(limit)
    }

    fn skip(&mut self, value: &Value, place: &str) -> AgentOutput {
        let Some(fields) = self.object(value, place, SKIP, "an object with a `default`") else {
            return AgentOutput::default();
        };
        let Some(default) = fields.get("default") else {
            if fields.keys().all(|key| SKIP.contains(&&**key)) {
                self.missing(place, "default");
            }
            return AgentOutput::default();
        };
        let output = AgentOutput::new(default.clone());
        let Some(confidence) = fields.get("confidence") else {
            return output;
        };
        let range = confidence.as_f64().filter(|it| (0.0..=1.0).contains(it));
        let Some(confidence) = range else {
            let place = &format!("{place}.confidence");
            self.unfit_number(confidence, place, "a number from 0 to 1");
            return output;
        };
        output.with_confidence(confidence)
    }

    fn time(&mut self, value: &Value, place: &str, least: u64) -> Option<Duration> {
        let expected = match least {
            0 => "a whole number of milliseconds",
            _ => "a whole number of milliseconds, from 1 on,",
        };
        let Some(time) = value.as_u64().filter(|&time| time >= least) else {
            self.unfit_number(value, place, expected);
            return None;
        };
        let limit = saturated(u64::try_from(self.limits.time.as_millis()).unwrap_or(u64::MAX));
        self.at_most(place, "milliseconds", saturated(time), limit);
        Some(Duration::from_millis(time))
    }

    fn truth(&mut self, value: &Value, place: &str) -> bool {
        let truth = value.as_bool();
        if truth.is_none() {
            self.misfit(value, place, "`true` or `false`");
        }
        truth.unwrap_or_default()
    }

    fn name(&mut self, value: &Value, place: &str) -> Option<String> {
        let Value::String(name) = value else {
            self.misfit(value, place, "a name");
            return None;
        };
        self.at_most(place, "bytes of a name", name.len(), self.limits.name_bytes);
        Some(name.clone())
    }

    /// An object with no other fields than these.
    fn object<'v>(
        &mut self,
        value: &'v Value,
        place: &str,
        known: &'static [&'static str],
        expected: &'static str,
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(fields) = value else {
            self.misfit(value, place, expected);
            return None;
        };
        for field in fields.keys().filter(|field| !known.contains(&&***field)) {
            let meant = MEANT.iter().find(|(written, meant)| {
                field.eq_ignore_ascii_case(written) && known.contains(meant)
            });
            let nearest = match meant {
                Some((_, meant)) => Some((*meant).to_owned()),
                None => nearest(field, known.iter().copied()).into_iter().next(),
            };
            self.mistakes.push(SkillPlanError::UnknownField {
                place: format!("{place}.{}", shown(field)),
                known,
                nearest,
            });
        }
        Some(fields)
    }

    fn misfit(&mut self, value: &Value, place: &str, expected: &'static str) {
        self.misfit_as(place, expected, kind(value));
    }

    /// It may be a number, and still none of those.
    fn unfit_number(&mut self, value: &Value, place: &str, expected: &'static str) {
        let found = match value {
            Value::Number(_) => "another number",
            other => kind(other),
        };
        self.misfit_as(place, expected, found);
    }

    fn misfit_as(&mut self, place: &str, expected: &'static str, found: &'static str) {
        self.mistakes.push(SkillPlanError::Misfit {
            place: place.to_owned(),
            expected,
            found,
        });
    }

    fn missing(&mut self, place: &str, field: &'static str) {
        self.mistakes.push(SkillPlanError::MissingField {
            place: place.to_owned(),
            field,
        });
    }

    fn at_most(&mut self, place: &str, what: &'static str, found: usize, limit: usize) {
        if found > limit {
            self.mistakes.push(SkillPlanError::TooMuch {
                place: place.to_owned(),
                what,
                found,
                limit,
            });
        }
    }
}

fn saturated(count: impl TryInto<usize>) -> usize {
    count.try_into().unwrap_or(usize::MAX)
}
